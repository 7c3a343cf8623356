"""Which agents are here, and what has changed in their lists."""

from __future__ import annotations

from server.domain.conversation import Conversation
from server.ids import AccountId, ChannelId, ConversationId
from server.live.presence import Presence
from server.live.rate_limit import RateLimit
from server.live.sessions import Session

ACME, OTHER = AccountId("acme"), AccountId("other")


def new_session(name: str = "a", account: AccountId = ACME) -> Session:
    """A session of ``account``."""
    return Session(
        Conversation(
            id=ConversationId(name),
            account=account,
            channel=ChannelId("shop"),
            epoch="e",
            started_at=0.0,
            last_at=0.0,
        ),
        token_hash=b"",
        rate=RateLimit(1.0, 1.0),
    )


def test_a_change_is_told_once_however_often_it_changed() -> None:
    """Ten changes between two tellings are one."""
    presence: Presence[str] = Presence()
    presence.join(ACME, "maria")
    first, second = new_session("a"), new_session("b")

    for session in (first, second, first, first):
        assert presence.changed(session)

    assert presence.take_changed() == [first, second]
    assert presence.take_changed() == []


def test_where_nobody_is_there_nothing_is_collected() -> None:
    """A shop whose agents sleep costs nothing, and nobody else's do."""
    presence: Presence[str] = Presence()
    presence.join(OTHER, "eve")

    assert not presence.changed(new_session())
    assert presence.take_changed() == []


def test_who_leaves_is_not_there_any_more() -> None:
    """And may leave twice, or without having come."""
    presence: Presence[str] = Presence()
    presence.join(ACME, "maria")
    presence.join(ACME, "jonas")
    presence.join(OTHER, "eve")

    presence.leave(ACME, "maria")
    presence.leave(ACME, "maria")
    presence.leave(AccountId("nobody"), "maria")

    assert presence.of(ACME) == ("jonas",)
    assert list(presence) == ["jonas", "eve"]


def test_an_account_without_agents_leaves_nothing_behind() -> None:
    """The last one out takes the entry along."""
    presence: Presence[str] = Presence()
    presence.join(ACME, "maria")
    presence.leave(ACME, "maria")

    assert presence.of(ACME) == ()
    assert not presence.changed(new_session())
    assert not presence._shifts


def test_who_is_there_may_leave_while_being_told() -> None:
    """``of`` is a list of its own."""
    presence: Presence[str] = Presence()
    presence.join(ACME, "maria")
    presence.join(ACME, "jonas")

    for shift in presence.of(ACME):
        presence.leave(ACME, shift)

    assert presence.of(ACME) == ()
