"""Who calls the API: an agent by token, a program by key, or the operator.

What is kept of each is a hash. A key reads ``dfk_<id>_<secret>``; the id is
there for people who look for a lost one, and proves nothing.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable

from server.domain.agent import Agent
from server.domain.audit import ActorKind, AuditEvent
from server.domain.permission import (
    SCOPES_OF_KEYS,
    Principal,
    PrincipalKind,
    Scope,
    operator,
    scopes_of,
)
from server.errors import RefusalCode, Refused
from server.ids import AccountId, token_hash
from server.protocol.client_frames import Hello
from server.protocol.forms import ApiKeyForm
from server.services.house import House
from server.services.signing_in import GOOD_FOR, SigningIn

PREFIX = "dfk_"
#: Keys of which the last use is remembered.
MOST_USES = 4_096


#: The key with that SHA-256, and whose it is, if there is one.
KeyByHash = Callable[[bytes], tuple[AccountId, ApiKeyForm] | None]


class Proving:
    """Finds out who calls.

    Args:
        house: The parts.
        signing_in: Knows agents' tokens.
        key_by_hash: Knows keys.
        operator_hash: SHA-256 of the operator's key; None if there is none.

    Attributes:
        used_at: When each key was last used, unix seconds, by account and
            id; since the start.
    """

    def __init__(
        self,
        house: House,
        signing_in: SigningIn,
        *,
        key_by_hash: KeyByHash,
        operator_hash: bytes | None = None,
    ) -> None:
        self._house = house
        self._signing_in = signing_in
        self._key_by_hash = key_by_hash
        self._operator_hash = operator_hash
        self.used_at: dict[tuple[AccountId, str], float] = {}

    async def by_bearer(self, token: str) -> Principal:
        """Who bears ``token``.

        Raises:
            Refused: ``BAD_CREDENTIALS``: nobody.
            Unavailable: The store cannot be read.
        """
        if token.startswith(PREFIX):
            return self._by_key(token)
        if self._operator_hash is not None and hmac.compare_digest(
            token_hash(token), self._operator_hash
        ):
            return operator("key")
        return person(await self._signing_in.by_token(token))

    def _by_key(self, token: str) -> Principal:
        # By its hash, so that how long the search takes tells nothing.
        found = self._key_by_hash(token_hash(token))
        if found is None:
            raise self._refused("key")
        account, key = found
        now = self._house.clock.now()
        if key.expires_at is not None and key.expires_at <= now:
            raise self._refused("expired_key", key.id)
        if len(self.used_at) >= MOST_USES:
            self.used_at.pop(next(iter(self.used_at)))
        self.used_at[account, key.id] = now
        # Counted by whoever keeps the log, and written once a minute.
        self._house.audit.note(
            AuditEvent.KEY_USED, by=ActorKind.KEY, actor=key.id
        )
        wanted = {scope for scope in Scope if scope.value in key.scopes}
        return Principal(
            kind=PrincipalKind.KEY,
            id=key.id,
            account=account,
            scopes=frozenset(wanted & SCOPES_OF_KEYS),
        )

    def _refused(self, detail: str, key: str = "") -> Refused:
        self._house.audit.note(
            AuditEvent.SIGN_IN_FAILED,
            by=ActorKind.KEY,
            actor=key,
            detail=detail,
        )
        return Refused(RefusalCode.BAD_CREDENTIALS)

    async def sign_in(self, name: str, password: str) -> tuple[str, float]:
        """A token for the agent of that name, and until when it is good.

        Raises:
            Refused: ``BAD_CREDENTIALS`` or ``TOO_FAST``.
            Unavailable: It could not be written down.
        """
        hello = Hello(name=name, password=password)
        _, token = await self._signing_in.by_password(hello)
        return token, self._house.clock.now() + GOOD_FOR

    async def sign_out(self, principal: Principal, token: str) -> None:
        """Make an agent's ``token`` worthless; nothing else can sign out.

        Raises:
            Refused: ``NOT_NOW``: the caller has not signed in.
            Unavailable: It could not be written down, and is still good.
        """
        if principal.kind is not PrincipalKind.PERSON:
            raise Refused(RefusalCode.NOT_NOW)
        await self._signing_in.sign_out(token)
        self._house.audit.note(
            AuditEvent.SIGNED_OUT, by=ActorKind.AGENT, actor=principal.id
        )


def person(agent: Agent) -> Principal:
    """``agent`` as somebody who calls the API."""
    return Principal(
        kind=PrincipalKind.PERSON,
        id=agent.id,
        account=agent.account,
        scopes=scopes_of(agent.roles),
    )
