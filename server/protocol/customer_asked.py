"""What the API is asked for about customers.

What an address or a number must be like the domain decides; here are lengths
and the words that are known.
"""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType

from server.protocol.form import Form

_TEXT = Annotated[str, Meta(min_length=1, max_length=2_048)]
_NAME = Annotated[str, Meta(min_length=1, max_length=200)]
_KEY = Annotated[str, Meta(min_length=1, max_length=256)]
_LABEL = Annotated[str, Meta(min_length=1, max_length=64)]
_CONTACTS = Annotated[dict[_LABEL, _KEY], Meta(max_length=16)]
_PURPOSE = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}\Z")]
_VERSION = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{1,32}\Z")]
_LEVEL = Annotated[
    str, Meta(pattern=r"^(opted_out|implicit|explicit|double)\Z")
]
_REASON = Annotated[
    str,
    Meta(
        pattern=r"^(asked|accuracy_contested|unlawful|legal_claims"
        r"|objection)\Z"
    ),
]
_MOMENT = Annotated[float, Meta(ge=0, le=1e11)]


class NewCustomer(Form, frozen=True, kw_only=True):
    """Somebody whom the account knows before they write."""

    channel: Annotated[str, Meta(min_length=1, max_length=40)]
    platform_key: Annotated[str, Meta(min_length=1, max_length=128)]
    name: _NAME | None = None
    picture_url: _TEXT | None = None
    email: _KEY | None = None
    phone: _KEY | None = None
    contacts: _CONTACTS = {}  # noqa: RUF012 - msgspec makes a new one each


class Lookup(Form, frozen=True, kw_only=True):
    """By what somebody is looked up: a channel's key, a mailbox, a number."""

    channel: Annotated[str, Meta(min_length=1, max_length=40)] | None = None
    platform_key: _KEY | None = None
    email: _KEY | None = None
    phone: _KEY | None = None


class CustomerChange(Form, frozen=True, kw_only=True):
    """What is put right; what is left out stays, null takes it away."""

    name: _NAME | UnsetType | None = UNSET
    picture_url: _TEXT | UnsetType | None = UNSET
    email: _KEY | UnsetType | None = UNSET
    phone: _KEY | UnsetType | None = UNSET
    contacts: _CONTACTS | UnsetType | None = UNSET
    note: Annotated[str, Meta(max_length=2_000)] = ""

    def changes(self) -> dict[str, Any]:
        """What is to be, by field."""
        fields = ("name", "picture_url", "email", "phone", "contacts")
        given = {name: getattr(self, name) for name in fields}
        return {name: one for name, one in given.items() if one is not UNSET}


class NewConsent(Form, frozen=True, kw_only=True):
    """What somebody has agreed to, or agrees to no more."""

    purpose: _PURPOSE
    level: _LEVEL
    version: _VERSION = "1"


class NewRestriction(Form, frozen=True, kw_only=True):
    """Why it may not be done any more."""

    reason: _REASON = "asked"


class Lifting(Form, frozen=True, kw_only=True):
    """When the person was told that it would be lifted."""

    notice_given_at: _MOMENT | None = None


class NewMessage(Form, frozen=True, kw_only=True):
    """What the business says of its own accord."""

    text: Annotated[str, Meta(min_length=1, max_length=4_000)]
    purpose: _PURPOSE = "service"
