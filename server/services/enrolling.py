"""Making agents and keys: what is secret of them is made or hashed here.

Nobody hands out more than is theirs: a key has at most the scopes of whoever
makes it, and a key that may write agents gives them no role with more than it
has itself. People may name people: an administrator names the privacy officer
whose rights an administrator has not, and the audit log says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, Protocol

from server.domain.permission import (
    SCOPES_OF_KEYS,
    AgentRole,
    Principal,
    PrincipalKind,
    Scope,
    scopes_of,
)
from server.domain.resource import ResourceKind
from server.errors import Invalid, InvalidCode
from server.ids import AccountId, Randomness, new_token, token_hash
from server.protocol.api_requests import AgentChange, NewAgent, NewKey
from server.protocol.forms import AgentForm, ApiKeyForm
from server.services.proving import PREFIX
from server.vault.passwords import DEFAULTS, hash_password

#: Passwords hashed at once; each takes 30 ms and 19 MiB.
AT_ONCE = 2


class Kept(Protocol):
    """What enrolling needs of whoever keeps agents and keys."""

    async def create(
        self,
        principal: Principal,
        kind: ResourceKind,
        *,
        account: AccountId,
        form: Any,
    ) -> Any:
        """Keep something new."""
        ...

    async def replace(
        self,
        principal: Principal,
        kind: ResourceKind,
        *,
        account: AccountId,
        form: Any,
        if_revision: int | None = None,
    ) -> Any:
        """Keep it instead of the one of its id."""
        ...

    def get(self, kind: ResourceKind, account: AccountId, id: str) -> Any:  # noqa: A002
        """The one of that id, with its secrets."""
        ...


class Enrolling:
    """Makes agents and keys.

    Args:
        kept: Keeps them.
        randomness: For salts and keys.
    """

    def __init__(self, kept: Kept, randomness: Randomness) -> None:
        self._kept = kept
        self._randomness = randomness
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def enrol(
        self, principal: Principal, account: AccountId, wish: NewAgent
    ) -> Any:
        """Make the agent that ``wish`` is about.

        Raises:
            Invalid: A password that everybody tries, or a role too high.
            ServerError: As whoever keeps it.
        """
        _check_roles(principal, wish.roles)
        form = AgentForm(
            name=wish.name,
            display_name=wish.display_name,
            password_hash=await self._hashed(wish.password),
            roles=wish.roles,
        )
        return await self._kept.create(
            principal, ResourceKind.AGENT, account=account, form=form
        )

    async def change(
        self,
        principal: Principal,
        account: AccountId,
        wish: AgentChange,
        *,
        name: str,
        if_revision: int | None,
    ) -> Any:
        """Make the agent called ``name`` what ``wish`` says.

        Raises:
            NotFound: There is none.
            ServerError: As ``enrol``.
        """
        before = self._kept.get(ResourceKind.AGENT, account, name)
        _check_roles(principal, wish.roles)
        # Nor may a key take over somebody who may do more than it may.
        _check_roles(principal, before.form.roles)
        form = AgentForm(
            name=name,
            display_name=wish.display_name,
            password_hash=(
                before.form.password_hash
                if wish.password is None
                else await self._hashed(wish.password)
            ),
            roles=wish.roles,
        )
        return await self._kept.replace(
            principal,
            ResourceKind.AGENT,
            account=account,
            form=form,
            if_revision=if_revision,
        )

    async def make_key(
        self, principal: Principal, account: AccountId, wish: NewKey
    ) -> tuple[Any, str]:
        """Make the key that ``wish`` is about.

        Returns:
            What is kept of it, and the key itself.

        Raises:
            Invalid: A scope that there is not, or that the caller has not.
            ServerError: As whoever keeps it.
        """
        may = {scope.value for scope in principal.scopes & SCOPES_OF_KEYS}
        for number, scope in enumerate(wish.scopes):
            if scope not in may:
                raise Invalid(
                    f"$.scopes[{number}]",
                    InvalidCode.NOT_ALLOWED,
                    "a scope that the caller has; see GET /me",
                )
        key = f"{PREFIX}{wish.id}_{new_token(self._randomness)}"
        form = ApiKeyForm(
            id=wish.id,
            name=wish.name,
            scopes=tuple(sorted(set(wish.scopes))),
            key_hash=token_hash(key).hex(),
            expires_at=wish.expires_at,
        )
        stored = await self._kept.create(
            principal, ResourceKind.KEY, account=account, form=form
        )
        return stored, key

    async def _hashed(self, password: str) -> str:
        if password.lower() in DEFAULTS:
            raise Invalid(
                "$.password", InvalidCode.NOT_ALLOWED, "one that nobody tries"
            )
        async with self._turns:
            return await asyncio.to_thread(
                hash_password, password, self._randomness
            )


def _check_roles(principal: Principal, roles: Iterable[str]) -> None:
    if principal.kind is not PrincipalKind.KEY:
        return
    wanted: frozenset[Scope] = scopes_of(map(AgentRole, roles))
    if not wanted <= principal.scopes:
        raise Invalid(
            "$.roles",
            InvalidCode.NOT_ALLOWED,
            "roles that may do no more than the key",
        )
