"""Agents prove who they are: by password once, then by token.

Sign-ins are rows, so that a restart signs nobody out. What is kept of a token
is its hash; what is kept of a password is Argon2id, which costs 30 ms and
19 MiB a try: so few run at once, in threads, and the rest wait in a short
queue that a flood can fill without stopping anything else.
"""

from __future__ import annotations

import asyncio
import contextlib

from server.domain.agent import Agent
from server.domain.audit import ActorKind, AuditEvent
from server.errors import RefusalCode, Refused, Unavailable
from server.ids import AgentId, new_token, token_hash
from server.protocol.client_frames import Hello
from server.services.house import House
from server.store.group import Group
from server.store.rows import SignInRow
from server.vault.passwords import hash_password, password_matches

#: Seconds a token is good for: a working day, and nobody signed in for ever.
GOOD_FOR = 12 * 3600.0
#: Seconds between two looks for tokens that have expired.
ROUND = 3600.0
#: Passwords checked at once, on the two cores we count on.
AT_ONCE = 2
#: Sign-ins that wait for their turn; the last waits about half a second.
MOST_WAITING = 32


class SigningIn:
    """Checks names, passwords and tokens."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._nobody: str | None = None

    async def by_password(self, hello: Hello) -> tuple[Agent, str]:
        """The agent, and a new token.

        Raises:
            Refused: ``BAD_CREDENTIALS``, the same for an unknown name and a
                wrong password; ``TOO_FAST`` if too many are waiting.
            Unavailable: The token could not be written down.
        """
        agent = self._house.agents.get(AgentId(hello.name or ""))
        matches = await self._matches(agent, hello.password or "")
        if agent is None:
            raise self._refused("name")
        if not matches:
            raise self._refused("password", agent.id)
        tried, token = agent, new_token(self._house.randomness)
        row = SignInRow(
            hash=token_hash(token),
            agent=agent.id,
            expires_at=self._house.clock.now() + GOOD_FOR,
        )

        def keep(group: Group) -> None:
            # Removed, or given another password, while this one was tried:
            # those who had signed in by then were signed out without it.
            self._check_unchanged(tried)
            group.keep_sign_in(row)

        await self._house.records.write(keep)
        agent = self._check_unchanged(tried)
        self._house.metrics.sign_ins["signed_in"].add()
        self._house.audit.note(
            AuditEvent.SIGNED_IN, by=ActorKind.AGENT, actor=agent.id
        )
        return agent, token

    def _check_unchanged(self, agent: Agent) -> Agent:
        """``agent`` as they are now."""
        now = self._house.agents.get(agent.id)
        if now is None or now.password_hash != agent.password_hash:
            raise self._refused("password", agent.id)
        return now

    def _refused(self, what: str, agent: str = "") -> Refused:
        # The name that was tried is not written down: people type their
        # passwords there. The name of an agent there is has no such danger.
        self._house.metrics.sign_ins["failed"].add()
        self._house.audit.note(
            AuditEvent.SIGN_IN_FAILED,
            by=ActorKind.AGENT,
            actor=agent,
            detail=what,
        )
        return Refused(RefusalCode.BAD_CREDENTIALS)

    async def _matches(self, agent: Agent | None, password: str) -> bool:
        if self._waiting >= MOST_WAITING:
            self._house.metrics.sign_ins["too_many"].add()
            raise Refused(RefusalCode.TOO_FAST, retry_after=1.0)
        self._waiting += 1
        try:
            async with self._turns:
                if agent is None:
                    # As much work as for a name that exists, so that the
                    # time it takes does not tell which names do.
                    kept = await self._password_of_nobody()
                else:
                    kept = agent.password_hash
                return await asyncio.to_thread(password_matches, password, kept)
        finally:
            self._waiting -= 1

    async def _password_of_nobody(self) -> str:
        if self._nobody is None:
            self._nobody = await asyncio.to_thread(
                hash_password,
                new_token(self._house.randomness),
                self._house.randomness,
            )
        return self._nobody

    async def by_token(self, token: str) -> Agent:
        """The agent whose token it is.

        Raises:
            Refused: ``BAD_CREDENTIALS``: it is unknown, expired, or its
                agent is no longer configured.
            Unavailable: The store cannot be read.
        """
        row = await self._house.records.sign_in(token_hash(token))
        if row is None or row.expires_at <= self._house.clock.now():
            raise self._refused("token")
        agent = self._house.agents.get(row.agent)
        if agent is None:
            raise self._refused("token")
        return agent

    async def run(self) -> None:
        """Forget what has expired, hour by hour, until cancelled."""
        while True:
            with contextlib.suppress(Unavailable):  # the next hour repeats it
                await self._house.records.write(self._forget_expired)
            await self._house.clock.sleep(ROUND)

    def _forget_expired(self, group: Group) -> None:
        group.expire_sign_ins(self._house.clock.now())

    async def sign_out(self, token: str) -> None:
        """Make ``token`` worthless; safe to repeat.

        Raises:
            Unavailable: It could not be written down, and is still good.
        """
        hashed = token_hash(token)

        def drop(group: Group) -> None:
            group.drop_sign_in(hashed)

        await self._house.records.write(drop)
