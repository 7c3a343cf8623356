"""An account: the client business, whose customers write."""

from __future__ import annotations

from dataclasses import dataclass

from server.ids import AccountId


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The tenant: nothing of one account is ever seen by another.

    Attributes:
        id: As the operator named it in the settings.
        name: As people call it.
    """

    id: AccountId
    name: str
