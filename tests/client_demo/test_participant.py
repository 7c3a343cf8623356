"""One side of a conversation, tested with lists of frames."""

from __future__ import annotations

from typing import Any

from client_demo.participant import Participant
from client_demo.plain import AHEAD, say
from tests.client_demo.scripted import C, message, summary
from tests.client_demo.worlds import World


def begun(world: World, **changes: Any) -> Participant:
    """A customer just after ``welcome`` and its history."""
    talk = Participant("customer", world.means)
    talk.begin(summary(**changes))
    talk.hear({"type": "history", "conversation": C, "messages": []})
    return talk


def ack(client_id: str, number: int) -> dict[str, Any]:
    """An ``ack``."""
    return {"type": "ack", "id": client_id, "number": number, "at": 1}


def test_the_next_message_waits_for_the_ack_of_the_one_before() -> None:
    """So a refused one is never overtaken."""
    world = World()
    talk = begun(world)
    talk.say("one")
    talk.say("two")
    assert [frame["text"] for frame in world.said("send")] == ["one"]
    talk.hear(ack("id-00001", 1))
    assert [frame["text"] for frame in world.said("send")] == ["one", "two"]


def test_what_the_server_keeps_is_shown_in_place_of_what_was_written() -> None:
    """Where the ack says that it differs."""
    talk = begun(World())
    talk.say("my card: 4111 1111 1111 1111")

    talk.hear(ack("id-00001", 1) | {"text": "my card: [hidden]"})

    assert [one.text for one in talk.transcript.messages()] == [
        "my card: [hidden]"
    ]


def test_what_got_no_ack_is_sent_again_with_the_same_id() -> None:
    """Also what was said while there was no connection."""
    world = World()
    talk = begun(world)
    talk.say("one")
    world.connected = False
    talk.say("two")
    world.connected = True
    talk.begin(summary(phase="waiting", last=1))
    talk.hear(ack("id-00001", 1) | {"repeat": True})
    ids = [frame["id"] for frame in world.said("send")]
    assert ids == ["id-00001", "id-00001", "id-00002"]


def test_too_fast_is_tried_again_when_the_server_says() -> None:
    """Nothing is sent before, not even the next message."""
    world = World()
    talk = begun(world)
    talk.say("one")
    refusal = {"code": "too_fast", "retry": True, "retry_after": 3}
    assert talk.refused({"ref": "id-00001", **refusal})
    talk.say("two")
    assert len(world.said("send")) == 1
    [go_on] = [do for after, do in world.timers if after == 3]
    go_on()
    assert [f["id"] for f in world.said("send")] == ["id-00001"] * 2


def test_a_script_waits_when_too_much_is_unacknowledged() -> None:
    """The line is taken again when there is room."""
    talk = begun(World())
    taken = [say(talk, f"//line {number}") for number in range(AHEAD + 1)]
    assert taken == [True] * AHEAD + [False]
    assert talk.transcript.pending["id-00001"] == "/line 0"


def test_a_message_without_any_answer_is_sent_again() -> None:
    """After a while, once; not if the answer came meanwhile."""
    world = World()
    talk = begun(world)
    talk.say("one")
    [(_, first)] = world.timers
    first()
    assert [f["id"] for f in world.said("send")] == ["id-00001"] * 2
    talk.hear(ack("id-00001", 1))
    for _, late in world.timers:
        late()
    assert len(world.said("send")) == 2


def test_a_message_refused_for_good_makes_way_for_the_next() -> None:
    """Its text is given back."""
    world = World()
    talk = begun(world)
    talk.say("too long")
    talk.say("two")
    refusal = {"code": "text_too_long", "retry": False, "ref": "id-00001"}
    assert talk.refused(refusal)
    assert world.given_up == [("text_too_long", "too long")]
    assert world.said("send")[-1]["text"] == "two"


def test_a_refusal_of_something_else_is_not_ours() -> None:
    """Without a ``ref``, or with one that is no message's."""
    talk = begun(World())
    assert not talk.refused({"code": "malformed", "retry": False})
    assert not talk.refused({"code": "x", "retry": False, "ref": "end"})


def test_pages_are_fetched_until_there_is_no_more() -> None:
    """Each after the last number received."""
    world = World()
    talk = begun(world)
    page = {"type": "history", "messages": [message(1, "a")], "more": True}
    talk.hear(page)
    assert [frame["after"] for frame in world.said("fetch")] == [1]
    talk.hear({"type": "history", "messages": [message(2, "b")]})
    assert len(world.said("fetch")) == 1
    assert talk.transcript.last == 2


def test_a_page_that_brings_nothing_is_not_asked_for_again() -> None:
    """A broken server must not make us spin."""
    world = World()
    talk = begun(world)
    talk.hear({"type": "history", "messages": [], "more": True})
    assert world.said("fetch") == []
    talk.hear({"type": "message", **message(2, "b")})
    assert len(world.said("fetch")) == 1


def test_a_gap_is_asked_for_once() -> None:
    """And closed by the page that comes."""
    world = World()
    talk = begun(world)
    talk.hear({"type": "message", **message(2, "b")})
    talk.hear({"type": "message", **message(3, "c")})
    assert [frame["after"] for frame in world.said("fetch")] == [0]
    talk.hear({"type": "history", "messages": [message(1, "a")]})
    assert talk.transcript.last == 3


def test_marks_are_repeated_after_each_reconnect() -> None:
    """The server may have kept them in memory only."""
    world = World()
    talk = begun(world, phase="active")
    talk.hear({"type": "message", **message(1, "a")})
    talk.look(read=True)
    talk.look(read=True)
    assert len(world.said("read")) == 1
    talk.begin(summary(phase="active", last=1))
    assert [frame["number"] for frame in world.said("read")] == [1, 1]


def test_looking_away_delivers_without_reading() -> None:
    """On the screen is not yet seen."""
    world = World()
    talk = begun(world)
    talk.hear({"type": "message", **message(1, "a")})
    talk.look(read=False)
    assert world.said("read") == []
    assert world.said("delivered")[0]["number"] == 1


def test_typing_is_told_every_five_seconds_at_most() -> None:
    """And taken back when the line is cleared."""
    world = World()
    talk = begun(world)
    for now in (0.0, 1.0, 4.9, 5.0):
        world.now = now
        talk.type(on=True)
    talk.type(on=False)
    talk.type(on=False)
    told = [frame["on"] for frame in world.said("typing")]
    assert told == [True, True, False]


def test_the_other_sides_typing_is_taken_down() -> None:
    """After ten seconds, or at its next message."""
    world = World()
    talk = begun(world)
    typing = {"type": "typing", "author": "agent", "name": "Maria", "on": True}
    talk.hear(typing)
    assert talk.typing == "Maria"
    world.now = 10.0
    assert talk.typing is None
    talk.hear(typing)
    talk.hear({"type": "message", **message(1, "a")})
    assert talk.typing is None


def test_after_the_end_nothing_is_sent() -> None:
    """What was pending is given back instead."""
    world = World()
    talk = begun(world)
    talk.say("one")
    talk.hear({"type": "ended", "by": "agent", "at": 1})
    talk.begin(summary(phase="ending"))
    assert len(world.said("send")) == 1
    assert world.given_up == [("conversation_ended", "one")]


def test_a_frame_of_an_unknown_kind_is_ignored() -> None:
    """The server may grow."""
    begun(World()).hear({"type": "novelty", "conversation": C})
