"""What erasing needs to know and to have done, as it asks for it."""

from __future__ import annotations

from typing import Any, Protocol

from server.ids import AccountId, ConversationId
from server.services.stocktaking import Held
from server.store.customers import CustomerRow
from server.store.erasures import ErasureRow, OwnRow, Place
from server.store.requests import RequestRow


class Stored(Protocol):
    """What the store knows of erasures."""

    async def get(self, account: AccountId, erasure: str) -> ErasureRow | None:
        """That erasure of that account."""
        ...

    async def open(self) -> list[ErasureRow]:
        """Those that are not done."""
        ...

    async def page(
        self, account: AccountId, after: Place, limit: int
    ) -> list[ErasureRow]:
        """Erasures, the newest first."""
        ...

    async def conversations(
        self, account: AccountId, customer: str, *, after: str, limit: int
    ) -> list[OwnRow]:
        """The conversations on disk of that person, by id."""
        ...


class People(Protocol):
    """What the store knows of customers."""

    async def get(
        self, account: AccountId, customer: str
    ) -> CustomerRow | None:
        """That customer of that account."""
        ...

    async def by_platform(
        self, account: AccountId, platform: bytes
    ) -> CustomerRow | None:
        """The customer with that blind index."""
        ...


class Requests(Protocol):
    """What the store knows of requests."""

    async def of_customer(
        self, account: AccountId, customer: str, limit: int
    ) -> list[RequestRow]:
        """At most ``limit`` requests of that person."""
        ...


class Holdings(Protocol):
    """Counts what is held; see ``stocktaking``."""

    async def of_conversation(
        self, account: AccountId, conversation: ConversationId
    ) -> list[Held]:
        """What is held of one conversation."""
        ...

    async def of_customer_alone(
        self, account: AccountId, customer: str
    ) -> list[Held]:
        """What is held of one person besides their conversations."""
        ...


class Papers(Protocol):
    """What is written for an account."""

    def blank(self, account: AccountId, request: str) -> bytes:
        """The sealed words of a request in which there are none."""
        ...

    def signed(
        self, account: AccountId, receipt: dict[str, object]
    ) -> dict[str, Any]:
        """``receipt`` with the account's signature."""
        ...
