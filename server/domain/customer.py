"""A customer who is known: what the account knows the person by.

The person on one channel; the same one on another channel is another
customer, for the account may tell them apart where we must not join them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

from server.domain.platform_keys import Address, normalised
from server.errors import Invalid, InvalidCode, Refused

LONGEST_NAME: Final = 200
LONGEST_URL: Final = 2_048
#: The account's own ids of somebody: in its CRM, its shop, its tickets.
MOST_CONTACTS: Final = 16
LONGEST_LABEL: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who somebody is; all of it is personal, so none of it shows.

    Attributes:
        platform_key: The channel's own id of them.
        name: As they are to be called.
        picture_url: Where there is a picture; never fetched by the server.
        email: As it was given.
        phone: Likewise.
        contacts: The account's own ids of them, by what it calls these.
    """

    platform_key: str = field(repr=False)
    name: str | None = field(default=None, repr=False)
    picture_url: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    contacts: Mapping[str, str] = field(default_factory=dict, repr=False)

    def amended(self, changes: Mapping[str, Any]) -> Identity:
        """It with ``changes``, by field; None takes one away.

        Raises:
            Invalid: A field may not be that, or may not be changed: whoever
                has another key is another customer.
        """
        own = {one.name for one in fields(self)} - {"platform_key"}
        for name in changes:
            if name not in own:
                raise Invalid("$", InvalidCode.NOT_ALLOWED, "no such field")
        given = dict(changes)
        if given.get("contacts", {}) is None:
            given["contacts"] = {}
        after = replace(self, **given)
        after.check()
        return after

    def check(self) -> None:
        """See that it can be kept.

        Raises:
            Invalid: With the path of what cannot.
        """
        _check_text(self.name, "$.name", LONGEST_NAME)
        _check_text(self.picture_url, "$.picture_url", LONGEST_URL)
        url = self.picture_url
        if url is not None and not url.startswith("https://"):
            raise Invalid(
                "$.picture_url", InvalidCode.MALFORMED, "an https address"
            )
        if len(self.contacts) > MOST_CONTACTS:
            raise Invalid(
                "$.contacts", InvalidCode.TOO_MANY, f"at most {MOST_CONTACTS}"
            )
        for label in self.contacts:
            _check_text(label, "$.contacts", LONGEST_LABEL)
        for _ in self.addresses():
            pass

    @property
    def key(self) -> str:
        """The platform key, as it is looked up.

        Raises:
            Invalid: It is none.
        """
        return _normal(Address.PLATFORM, self.platform_key, "$.platform_key")

    def addresses(self) -> Iterator[tuple[Address, tuple[str, ...]]]:
        """By what else the person is found, as it is looked up.

        Raises:
            Invalid: Something is none of its kind.
        """
        if self.email is not None:
            yield (
                Address.EMAIL,
                (_normal(Address.EMAIL, self.email, "$.email"),),
            )
        if self.phone is not None:
            yield (
                Address.PHONE,
                (_normal(Address.PHONE, self.phone, "$.phone"),),
            )
        for label, value in self.contacts.items():
            plain = _normal(Address.CONTACT, value, "$.contacts")
            yield Address.CONTACT, (label, plain)


def _normal(kind: Address, text: str, path: str) -> str:
    try:
        return normalised(kind, text, path=path)
    except Refused:
        raise Invalid(path, InvalidCode.MALFORMED, f"no {kind}") from None


def _check_text(text: str | None, path: str, longest: int) -> None:
    if text is not None and not (
        0 < len(text) <= longest and text.isprintable()
    ):
        raise Invalid(
            path,
            InvalidCode.MALFORMED,
            f"1 to {longest} characters that can be seen",
        )
