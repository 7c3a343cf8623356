"""The bot of the demo, and the check of signatures that the document shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from client_demo import bot

DOCUMENT = Path(__file__).parents[2] / "docs" / "application.md"
#: The example that Standard Webhooks publishes.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"test": 2432232314}'
AT = 1614265330
HEADERS = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": str(AT),
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}

Check = Callable[..., bool]


def documented() -> Check:
    """The check as the document has it."""
    code = DOCUMENT.read_text("utf-8").split("```python\n")[1].split("```")[0]
    names: dict[str, Any] = {}
    exec(code, names)  # our own document
    check: Check = names["is_genuine"]
    return check


@pytest.fixture(params=["the bot's", "the document's"])
def check(request: pytest.FixtureRequest) -> Check:
    """Both of them."""
    return bot.is_genuine if request.param == "the bot's" else documented()


def test_a_genuine_request_is_known(check: Check) -> None:
    """The published example, and one of two signatures."""
    both = "v1,AAAA " + HEADERS["webhook-signature"]

    assert check(SECRET, HEADERS, BODY, now=AT + 299)
    assert check(SECRET, HEADERS | {"webhook-signature": both}, BODY, now=AT)


def test_anything_else_is_refused(check: Check) -> None:
    """Another body, id, time or secret; one too old; none at all."""
    for name, value in HEADERS.items():
        other = HEADERS | {name: value + "1"}
        assert not check(SECRET, other, BODY, now=AT)
    assert not check(SECRET, HEADERS, BODY + b" ", now=AT)
    assert not check(SECRET, HEADERS, BODY, now=AT + 301)
    assert not check(SECRET, {}, BODY, now=AT)
    assert not check("whsec_" + "A" * 32, HEADERS, BODY, now=AT)


def event(text: str = "", **fields: Any) -> bot.Event:
    """A message of the customer."""
    message = {"text": text, "number": 1, **fields}
    return {
        "id": "msg_W7hR_1",
        "type": "message",
        "message": message,
        "context": {"language": "en"},
    }


def test_it_greets() -> None:
    """And says what it is."""
    (hello,) = bot.Bot().answers({"id": "evt_1", "type": "session.started"})

    assert "bot" in hello["text"]


def test_it_answers_two_questions() -> None:
    """Chosen or typed."""
    (hours,) = bot.Bot().answers(event("Are you open?"))
    (delivery,) = bot.Bot().answers(event("x", postback="delivery"))

    assert "9 to 18" in hours["text"]
    assert "Two working days" in delivery["text"]


def test_it_shows_the_context() -> None:
    """As it came with the message."""
    (told,) = bot.Bot().answers(event("What do you know?"))

    assert "language: en" in told["text"]


def test_it_hands_over_to_people() -> None:
    """With a note for them."""
    _, note, last = bot.Bot().answers(event("A person, please"))

    assert note["note"]
    assert last == {"type": "hand_over"}


def test_a_repeat_is_answered_under_the_same_ids() -> None:
    """So it cannot be said twice."""
    first, again = bot.Bot().answers(event("?")), bot.Bot().answers(event("?"))

    assert [one["id"] for one in first] == [one["id"] for one in again]


def test_other_events_are_only_taken() -> None:
    """There is nothing to say to them."""
    assert bot.Bot().answers({"id": "evt_2", "type": "agent.joined"}) == []
