"""The register of processing: what an account does with data, from its set-up.

GDPR 30 asks every controller for such a record. What the server does is all
known to it: which kinds there are, how long each channel keeps them, to whom
they are handed. So it is made anew each time it is asked for, and cannot be
out of date. What the account does elsewhere is not in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from server.domain.application import Application
from server.domain.channel import Channel, Transcript
from server.domain.consent import NO_CONSENT_RULES
from server.domain.privacy_fields import PrivacyFields
from server.domain.record_types import RECORD_TYPES, RecordType
from server.ids import AccountId
from server.services.directory import Directory
from server.services.fields import Fields

#: What the server does by itself, in every account.
MEASURES = (
    "Each conversation, customer and account has a data key of its own.",
    "Messages, files, identities and consents lie sealed on the disk.",
    "Erasing overwrites the key first; what a crash stops, the start finishes.",
    "Deadlines are watched, and what is overdue is shown and reported.",
    "What the account's patterns find is hidden before anything is stored.",
    "Restrictions act on running conversations before the call returns.",
    "Every operation needs a scope; roles and keys have few, in one account.",
    "An audit log whose entries are chained says who of the account did what.",
    "Logs, metrics and the audit log hold no contents and name no customer.",
    "Backups hold no conversation, and bring back nobody who was erased.",
)


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of data, and what the account says of it."""

    kind: RecordType
    fields: PrivacyFields


@dataclass(frozen=True, slots=True)
class Processing:
    """All of it.

    Attributes:
        account: The controller's id.
        name: Its name.
        at: Unix seconds of the making.
        purposes: What for, in words.
        categories: The kinds of data that are held.
        applications: Who is handed things, by socket or webhook.
        channels: By which way people come, and how long each keeps.
    """

    account: AccountId
    name: str
    at: float
    purposes: tuple[str, ...]
    categories: tuple[Category, ...]
    applications: tuple[Application, ...]
    channels: tuple[Channel, ...]


class ProcessingRegister:
    """Makes the register.

    Args:
        directory: What accounts are made of.
        fields: What they say of record types.
    """

    def __init__(self, directory: Directory, fields: Fields) -> None:
        self._directory = directory
        self._fields = fields

    def of(self, account: AccountId, *, at: float) -> Processing:
        """The register of ``account`` as it is at ``at``."""
        directory = self._directory
        channels = sorted(
            (
                one
                for one in directory.channels.values()
                if one.account == account
            ),
            key=lambda one: one.id,
        )
        applications = sorted(
            (
                one
                for one in directory.applications.values()
                if one.account == account
            ),
            key=lambda one: one.id,
        )
        return Processing(
            account=account,
            name=directory.accounts[account].name,
            at=at,
            purposes=tuple(_purposes(channels, applications)),
            categories=tuple(
                Category(kind, self._fields.of(account, kind))
                for kind in RECORD_TYPES
                if kind.held
            ),
            applications=tuple(applications),
            channels=tuple(channels),
        )


def _purposes(
    channels: list[Channel], applications: list[Application]
) -> Iterator[str]:
    yield "answering customers who write"
    if applications:
        yield "having the account's own applications take part"
    if any(one.consent != NO_CONSENT_RULES for one in channels):
        yield "writing to customers who agreed to it"
    if any(one.transcript is not Transcript.NONE for one in channels):
        yield "handing over the transcript of what was said"
    if any(one.retention for one in channels):
        yield "keeping conversations after their end"
    yield "doing what customers and the law ask for"
    yield "running the service safely, and showing afterwards who did what"
