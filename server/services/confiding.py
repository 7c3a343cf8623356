"""Private data: three ways in, one meaning.

By a call of the account's back-end, by a token that it sealed and the page
passed on, and with the creation of a session. The page never reads them and
cannot take part in them: each way is proved by the channel's secret. They are
sent to applications and to nobody else.
"""

from __future__ import annotations

import math
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from server.domain.audit import AuditEvent
from server.domain.channel import Channel
from server.domain.message import Author
from server.domain.private_limits import check, merge, replace
from server.domain.restriction import Use
from server.errors import RefusalCode, Refused
from server.ids import AccountId, ChannelId, ConversationId
from server.live.rate_limit import RateLimit
from server.live.rate_limits import RateLimits
from server.live.sessions import Session
from server.services.beginning import begin
from server.services.hiding import hide_values
from server.services.house import House
from server.services.recognising import recognise
from server.services.remembering import Remembering
from server.services.timing import due_of
from server.vault.token_refusal import TokenFault, TokenRefused
from server.vault.token_secret import TokenSecret
from server.vault.tokens import (
    open_token,
    unverified_issuer,
    verify_private,
)

#: Seconds a created session waits for its first visit: the page that it was
#: created for may still be on its way to a telephone.
LINGER = 300.0
#: Changes of one session's data a second, and at once.
PER_SECOND = 5.0
BURST = 20.0
#: Calls from one address a second, and at once. A back-end has few addresses
#: and many customers; whoever guesses gains nothing at any rate.
CALLS_PER_SECOND = 200.0
CALLS_AT_ONCE = 1_000.0
LONGEST_CUSTOMER_ID = 128

_CREATION = frozenset({"customerId", "privateData"})


@dataclass(frozen=True, slots=True)
class Grant:
    """That somebody may change the private data of a session.

    Attributes:
        session: Which.
        made_at: Unix seconds by the back-end's clock.
    """

    session: Session = field(repr=False)
    made_at: float


class Confiding:
    """What a back-end may do by calling us.

    Args:
        house: The parts.
        remembering: Finds sessions.
    """

    def __init__(self, house: House, remembering: Remembering) -> None:
        self._house = house
        self._remembering = remembering
        # Tried where there is no secret to try, so that it takes as long.
        self._nobodys = TokenSecret.generate(house.randomness)
        self._calls = RateLimits(CALLS_PER_SECOND, CALLS_AT_ONCE)

    def heed(self, address: str) -> None:
        """Somebody calls from ``address``.

        Raises:
            Refused: ``TOO_FAST``.
        """
        wait = self._calls.take(address, self._house.clock.elapsed())
        if wait:
            raise Refused(RefusalCode.TOO_FAST, retry_after=wait)

    async def grant(self, token: str) -> Grant:
        """What ``token`` allows.

        Raises:
            TokenRefused: It is bad, stale, or of no session that we know:
                which of it is not said.
            Refused: ``CONVERSATION_ENDED``, to who may know it; ``TOO_FAST``.
            Unavailable, Corrupt: What is stored cannot be read.
        """
        house = self._house
        with noting_refusals(house):
            id_ = ConversationId(unverified_issuer(token))
            channel = await self._channel_of(id_)
            claims = self._verified(token, channel)
        session = await self._remembering.session(id_)
        if session is None:
            raise Refused(RefusalCode.CONVERSATION_ENDED)
        _slow_down(house, session)
        await self._recognise(session, claims)
        return Grant(session, claims.get("iat", house.clock.now()))

    async def _recognise(
        self, session: Session, claims: Mapping[str, Any]
    ) -> None:
        with noting_refusals(self._house):
            key = _customer_in(claims)
            if key is not None:
                await _recognised(self._house, session, key)

    async def _channel_of(self, id_: ConversationId) -> Channel | None:
        # Not by bringing the session back: anybody can claim any id.
        house = self._house
        name: ChannelId | None
        if session := house.sessions.get(id_):
            name = session.conversation.channel
        elif row := await house.records.conversation(id_):
            name = row.channel
        else:
            name = house.ended.channel_of(id_, at=house.clock.elapsed())
        return None if name is None else house.channels.get(name)

    def _verified(self, token: str, channel: Channel | None) -> dict[str, Any]:
        secret = _secret_of(channel)
        claims = verify_private(
            token,
            secret=secret or self._nobodys,
            now=self._house.clock.now(),
            needs_iat=channel is None or not channel.accepts_tokens_without_iat,
        )
        if secret is None:
            raise TokenRefused(TokenFault.KEY)
        return claims

    def keep(self, grant: Grant, value: object, *, is_patch: bool) -> None:
        """Keep ``value``, in place of what there is or merged into it.

        Raises:
            PrivateDataRefused: It may not be kept.
            Refused: ``CONVERSATION_ENDED``, since the grant.
        """
        session = grant.session
        before = session.private or {}
        after = _hidden(
            self._house,
            session.conversation.account,
            merge(before, value) if is_patch else replace(value),
        )
        if not session.conversation.is_live:
            raise Refused(RefusalCode.CONVERSATION_ENDED)
        # A token sealed before this call, or in the same second, lies with
        # the page still: played again it would undo what was just said.
        _set(session, after, as_of=math.nextafter(grant.made_at, math.inf))

    def creator(self, channel: str, token: str) -> Channel:
        """The channel in which ``token`` allows to create sessions.

        Raises:
            TokenRefused: It is bad, stale, or of another channel.
        """
        found = self._house.channels.get(ChannelId(channel))
        with noting_refusals(self._house):
            claims = self._verified(token, found)
            if found is None or claims["iss"] != found.id:
                raise TokenRefused(TokenFault.ISSUER)
        return found

    async def create(
        self, channel: Channel, wish: object
    ) -> tuple[Session, str]:
        """A new session, and the token for the page to come in with.

        Args:
            channel: Where.
            wish: A map with ``customerId`` and, if wanted, ``privateData``.

        Raises:
            PrivateDataRefused: The data may not be kept.
            Refused: ``MALFORMED``, with the path.
            Corrupt, Unavailable: What is stored of the customer cannot be
                read.
        """
        if not isinstance(wish, dict) or not wish.keys() <= _CREATION:
            raise Refused(RefusalCode.MALFORMED, path="$")
        customer_id = wish.get("customerId")
        if not _is_customer_id(customer_id):
            raise Refused(RefusalCode.MALFORMED, path="$.customerId")
        given = wish.get("privateData")
        house = self._house
        private = None
        if given is not None:
            private = _hidden(house, channel.account, replace(given))
        # Before there is a session: of who must not be profiled nothing is
        # kept for even a moment.
        person = await house.identities.person(
            channel.account, channel.id, customer_id
        )
        session, token = begin(house, channel)
        session.customer_id, session.customer = customer_id, person
        if private is not None:
            _set(session, private, as_of=0.0)
        until = house.clock.now() + LINGER
        house.look_at(
            session.id, min(until, due_of(house, session.conversation))
        )
        return session, token


def keep_sealed(
    house: House, session: Session, channel: Channel, *, token: str
) -> Coroutine[Any, Any, None] | None:
    """Keep what the back-end has sealed and the page has passed on.

    Returns:
        What is still to be awaited, if it says whose the session is.

    Raises:
        TokenRefused: It is not for this session, not from its back-end, or
            older than what is known already.
        PrivateDataRefused: What is in it may not be kept.
        Refused: ``TOO_FAST``, ``CONVERSATION_ENDED``.
    """
    if not session.conversation.is_live:
        raise Refused(RefusalCode.CONVERSATION_ENDED)
    _slow_down(house, session)
    secret = _secret_of(channel)
    with noting_refusals(house):
        if secret is None:
            raise TokenRefused(TokenFault.KEY)
        claims = open_token(token, secret=secret, now=house.clock.now())
        if claims["iss"] != session.id:
            raise TokenRefused(TokenFault.ISSUER)
        if claims["iat"] < session.private_as_of:
            raise TokenRefused(TokenFault.LATE)
        key = _customer_in(claims)
    data = _hidden(house, channel.account, replace(claims.get("data")))
    if key is None:
        _set(session, data, as_of=claims["iat"])
        return None
    return _keep_of(house, session, key, data=data, as_of=claims["iat"])


async def _keep_of(
    house: House,
    session: Session,
    key: str,
    *,
    data: Mapping[str, Any],
    as_of: float,
) -> None:
    with noting_refusals(house):
        await _recognised(house, session, key)
    if as_of < session.private_as_of:  # overtaken meanwhile
        return
    _set(session, data, as_of=as_of)


async def _recognised(house: House, session: Session, key: str) -> None:
    try:
        await recognise(house, session, key)
    except Refused as refusal:
        if refusal.code is RefusalCode.NOT_YOURS:
            raise TokenRefused(TokenFault.CLAIMS) from None
        raise


def _customer_in(claims: Mapping[str, Any]) -> str | None:
    """Who the session is said to belong to.

    Raises:
        TokenRefused: What is said is no id.
    """
    key: object = claims.get("customerId")
    if key is not None and not _is_customer_id(key):
        raise TokenRefused(TokenFault.CLAIMS)
    return key


def _is_customer_id(key: object) -> TypeGuard[str]:
    return (
        isinstance(key, str)
        and 0 < len(key) <= LONGEST_CUSTOMER_ID
        and key.isprintable()
    )


@contextmanager
def noting_refusals(house: House) -> Iterator[None]:
    """Count a token that is refused, and write down why."""
    try:
        yield
    except TokenRefused as refused:
        house.metrics.tokens_refused.add()
        house.audit.note(AuditEvent.TOKEN_REFUSED, detail=refused.fault.value)
        raise


def _secret_of(channel: Channel | None) -> TokenSecret | None:
    if channel is None or channel.secret is None:
        return None
    return TokenSecret(channel.secret)


def _hidden(
    house: House, account: AccountId, private: Mapping[str, Any]
) -> Mapping[str, Any]:
    # Checked again: a rule may put in more than it takes out.
    return check(
        hide_values(house, account, private, author=Author.APPLICATION)
    )


def _set(session: Session, private: Mapping[str, Any], *, as_of: float) -> None:
    # Of who does not want it nothing is kept, whoever sends it.
    session.private = private if session.allows(Use.PRIVATE_DATA) else None
    session.private_as_of = max(session.private_as_of, as_of)
    session.private_was_lost = False


def _slow_down(house: House, session: Session) -> None:
    rate = session.private_rate
    if rate is None:
        rate = session.private_rate = RateLimit(PER_SECOND, BURST)
    wait = rate.take(house.clock.elapsed())
    if wait:
        raise Refused(RefusalCode.TOO_FAST, retry_after=wait)
