"""What is known of sessions after their end: little, and not for long."""

from __future__ import annotations

from server.ids import ChannelId, ConversationId
from server.live.recently_ended import KEPT, MOST, RecentlyEnded

SHOP = ChannelId("shop")


def test_an_end_is_known_for_a_while() -> None:
    """Then it is as if the session had never been."""
    ended = RecentlyEnded()
    one = ConversationId("one")
    ended.add(one, SHOP, at=100.0)

    assert ended.channel_of(one, at=100.0 + KEPT - 1.0) == SHOP
    assert ended.channel_of(one, at=100.0 + KEPT) is None
    assert ended.channel_of(ConversationId("other"), at=100.0) is None
    assert len(ended) == 0


def test_only_so_many_are_known() -> None:
    """The oldest goes first; a flood of ends takes no memory."""
    ended = RecentlyEnded()
    for number in range(MOST + 2):
        ended.add(ConversationId(str(number)), SHOP, at=float(number) / MOST)

    assert len(ended) == MOST
    assert ended.channel_of(ConversationId("1"), at=1.0) is None
    assert ended.channel_of(ConversationId("2"), at=1.0) == SHOP


def test_the_old_go_when_others_come() -> None:
    """Nobody has to ask for them."""
    ended = RecentlyEnded()
    ended.add(ConversationId("one"), SHOP, at=0.0)
    ended.add(ConversationId("two"), SHOP, at=KEPT)

    assert len(ended) == 1


def test_it_says_for_how_long_an_id_is_kept() -> None:
    """So that whoever asks what is held can be told until when."""
    ended = RecentlyEnded()
    one = ConversationId("one")
    ended.add(one, SHOP, at=100.0)

    assert ended.seconds_left(one, at=160.0) == KEPT - 60.0
    assert ended.seconds_left(ConversationId("other"), at=160.0) == 0.0
    assert ended.known(at=160.0) == [(SHOP, 100.0)]
    assert ended.known(at=100.0 + KEPT) == []
