"""What the API is asked for about people and their requests."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from server.protocol.form import ID, TEXT, Form
from server.protocol.privacy_forms import (
    CLASSIFICATION,
    LEGAL_BASIS,
    OWNER,
    PrivacyFieldsForm,
)

_ROW = Annotated[str, Meta(min_length=1, max_length=64)]
_WORDS = Annotated[str, Meta(max_length=2_000)]
_KIND = Annotated[
    str,
    Meta(
        pattern=r"^(access|erasure|rectification|restriction|portability"
        r"|objection|withdrawal)\Z"
    ),
]
_LAW = Annotated[str, Meta(pattern=r"^(gdpr|ccpa)\Z")]
_END = Annotated[str, Meta(pattern=r"^(done|refused)\Z")]


class NewRequest(Form, frozen=True, kw_only=True):
    """Somebody asked for something."""

    kind: _KIND
    law: _LAW = "gdpr"
    subject: _WORDS
    customer: _ROW | None = None
    received_at: Annotated[float, Meta(ge=0, le=1e11)] | None = None


class RequestExtension(Form, frozen=True, kw_only=True):
    """The person was told that it takes longer, and why."""

    note: _WORDS = ""


class RequestEnd(Form, frozen=True, kw_only=True):
    """It was answered, or refused."""

    state: _END
    note: _WORDS = ""


class Search(Form, frozen=True, kw_only=True):
    """Some words, and where the call before stopped."""

    text: Annotated[str, Meta(min_length=3, max_length=200)]
    after: Annotated[str, Meta(max_length=256)] = ""


class HoldingsLookup(Form, frozen=True, kw_only=True):
    """Whoever a channel knows by a key of its own."""

    channel: ID
    platform_key: Annotated[str, Meta(min_length=1, max_length=256)]


class NewExport(Form, frozen=True, kw_only=True):
    """Of whom, or of what: one of the two."""

    customer: _ROW | None = None
    conversation: _ROW | None = None


class NewErasure(Form, frozen=True, kw_only=True):
    """Who, or what: a customer, a conversation, or a channel and its key."""

    customer: _ROW | None = None
    conversation: _ROW | None = None
    channel: _ROW | None = None
    platform_key: Annotated[str, Meta(min_length=1, max_length=256)] | None = (
        None
    )


class NewPrivacyFields(Form, frozen=True, kw_only=True):
    """What the account says of a record type."""

    classification: CLASSIFICATION
    legal_basis: LEGAL_BASIS | None = None
    owner: OWNER = ""
    note: TEXT = ""

    def of(self, name: str) -> PrivacyFieldsForm:
        """It, of the record type of that name."""
        return PrivacyFieldsForm(
            id=name,
            classification=self.classification,
            legal_basis=self.legal_basis,
            owner=self.owner.strip(),
            note=self.note.strip(),
        )
