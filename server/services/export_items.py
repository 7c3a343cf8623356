"""What is held, as the maps of ``export.json``; see docs/export.md."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from server.domain.customer import Identity
from server.domain.customer_event import (
    Consent,
    CustomerEvent,
    Rectified,
    Restricted,
)
from server.domain.message import Message
from server.services.request_register import Registered
from server.store.customers import CustomerRow
from server.store.rows import ConversationRow


def identity_item(row: CustomerRow, identity: Identity) -> dict[str, Any]:
    """Who somebody is."""
    return {
        "id": row.id,
        "channel": row.channel,
        "created_at": row.created_at,
        "seen_at": row.seen_at,
        **asdict(identity),
    }


def event_item(event: CustomerEvent) -> dict[str, Any]:
    """What was agreed to, restricted or put right."""
    match event:
        case Consent():
            return {
                "kind": "consent",
                "at": event.at,
                "purpose": event.purpose,
                "level": event.level.word,
                "version": event.version,
                "source": event.source.value,
            }
        case Restricted():
            return {
                "kind": "restriction",
                "at": event.at,
                "restriction": event.restriction.value,
                "is_set": event.is_set,
                "reason": event.reason.value,
                "source": event.source.value,
                "notice_given_at": event.notice_given_at,
            }
        case Rectified():
            return {
                "kind": "rectification",
                "at": event.at,
                "fields": list(event.fields),
                "note": event.note,
            }


def request_item(one: Registered) -> dict[str, Any]:
    """What was asked for."""
    request = one.request
    return {
        "id": request.id,
        "kind": request.kind.value,
        "law": request.law.value,
        "state": request.state.value,
        "received_at": request.received_at,
        "due_at": request.due_at,
        "closed_at": request.closed_at,
    }


def conversation_item(row: ConversationRow) -> dict[str, Any]:
    """A conversation, but for what was said in it."""
    return {
        "id": row.id,
        "channel": row.channel,
        "phase": row.phase.value,
        "started_at": row.started_at,
        "last_at": row.last_at,
        "due_at": row.due_at,
        "ended_at": row.ended_at,
        "ended_by": None if row.ended_by is None else row.ended_by.value,
        "terms": row.terms,
        "on_hold": row.held,
    }


def message_item(message: Message) -> dict[str, Any]:
    """What was said, with all that goes with the words."""
    item: dict[str, Any] = {
        "number": message.number,
        "at": message.said_at,
        "author": message.author.value,
        "name": message.name,
        "text": message.text,
    }
    if message.rich is not None:
        item["rich"] = dict(message.rich)
    if message.answers is not None:
        item["answers"] = message.answers
        item["postback"] = message.postback
    if message.is_note:
        item["note"] = True
    if message.is_unkept:
        item["unkept"] = True
    return item
