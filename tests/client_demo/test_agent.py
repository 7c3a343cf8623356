"""An agent's connection, tested with lists of frames."""

from __future__ import annotations

from typing import Any

from client_demo.agent import Agent, SignIn
from tests.client_demo.scripted import C, message, summary
from tests.client_demo.worlds import World


class Blind:
    """A ``Face`` that shows nothing."""

    def heard(self, frame: Any) -> None:
        """Look away."""

    def noticed(self, notice: str) -> None:
        """Look away."""


def signed_in(world: World, *, auto_take: bool = False) -> Agent:
    """An agent just after ``welcome``."""
    sign_in = SignIn(name="maria", password="secret", auto_take=auto_take)
    agent = Agent(world.means, Blind(), sign_in)
    agent.hear({"type": "welcome", "role": "agent", "name": "M", "token": "t"})
    return agent


MINE = summary(phase="active", mine=True, last=1)
WAITING = summary(phase="waiting", last=1)


def lists(*, waiting: Any = (), mine: Any = ()) -> dict[str, Any]:
    """A ``list``."""
    return {"type": "list", "waiting": [*waiting], "mine": [*mine]}


def test_what_the_agent_already_has_is_watched_from_the_start() -> None:
    """A new run goes on where the last one stopped."""
    world = World()
    signed_in(world).hear(lists(mine=[MINE]))
    assert [f["conversation"] for f in world.said("watch")] == [C]


def test_a_new_connection_resumes_what_was_watched() -> None:
    """With the epoch and the last number, by the token."""
    world = World()
    agent = signed_in(world)
    agent.hear({"type": "watching", "summary": MINE})
    page = {"messages": [message(1, "a", "customer")], "conversation": C}
    agent.hear({"type": "history", **page})
    assert agent.hello()["token"] == "t"
    agent.hear(lists(mine=[MINE]))
    watch = world.said("watch")[0]
    assert (watch["epoch"], watch["last"]) == ("9f2c41d0", 1)


def test_a_token_too_old_is_replaced_by_the_password_once() -> None:
    """A wrong password is not tried a second time."""
    agent = signed_in(World())
    refused = {"type": "refused", "code": "bad_credentials"}
    assert agent.turned_away(refused)
    assert agent.hello()["password"] == "secret"
    assert not agent.turned_away(refused)


def test_what_ended_while_away_is_dropped() -> None:
    """The watch of it is refused."""
    world = World()
    agent = signed_in(world)
    agent.hear({"type": "watching", "summary": MINE})
    agent.hear(lists())
    ref = world.said("watch")[0]["ref"]
    agent.hear({"type": "refused", "code": "conversation_unknown", "ref": ref})
    assert agent.open == {}
    assert agent.current is None


def test_auto_take_asks_once_for_each_that_waits() -> None:
    """And not again for what it gave back itself."""
    world = World()
    agent = signed_in(world, auto_take=True)
    agent.hear(lists(waiting=[WAITING]))
    agent.hear({"type": "listed", "summary": WAITING})
    assert [f["conversation"] for f in world.said("take")] == [C]


def test_a_take_that_was_too_late_leaves_nothing_at_hand() -> None:
    """Another agent has it."""
    world = World()
    agent = signed_in(world)
    agent.take(C)
    ref = world.said("take")[0]["ref"]
    agent.hear({"type": "refused", "code": "taken", "ref": ref})
    assert agent.current is None


def test_the_password_is_not_in_a_repr() -> None:
    """Nor the name beside it in a traceback's locals."""
    assert "secret" not in repr(SignIn(name="maria", password="secret"))


def test_what_is_kept_is_dropped_like_what_is_gone() -> None:
    """No receipt follows, and nothing more can be said in it."""
    world = World()
    agent = signed_in(world)
    agent.hear({"type": "watching", "summary": MINE})
    ended = {"type": "ended", "conversation": C, "by": "age", "at": 1}
    agent.hear(ended)
    assert C in agent.open
    agent.hear(ended | {"kept": True})
    assert C not in agent.open
