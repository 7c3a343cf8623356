"""Requests that are sent twice are done once."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from server.domain.permission import Scope
from server.gateway.api import repeats
from server.gateway.api.operation import Answer, Call, Operation
from server.gateway.api.problems import Problem
from server.gateway.api.repeats import Done, Repeats
from tests.gateway.api.office import Office

QUEUE = {"id": "sales", "name": "Sales"}
QUEUES = "/accounts/acme/queues"
DIGEST = b"digest"


def done(status: int = 200, body: bytes = b"{}") -> Done:
    """An answer."""
    return Done(status, {}, body)


def begun(kept: Repeats, key: str = "k", *, now: float = 0.0) -> Done | None:
    """What is heard of a request."""
    return kept.begin("me", key, digest=DIGEST, now=now)


def finish(kept: Repeats, answer: Done, *, shows_secret: bool = False) -> None:
    """Answer the request."""
    kept.finish("me", "k", done=answer, shows_secret=shows_secret)


async def test_a_repeat_hears_the_first_answer() -> None:
    """And nothing is done a second time."""
    office = Office()

    first = await office.call("POST", QUEUES, body=QUEUE, idempotency_key="k-1")
    again = await office.call("POST", QUEUES, body=QUEUE, idempotency_key="k-1")
    without = await office.call("POST", QUEUES, body=QUEUE)

    assert (first.status, again.status, without.status) == (201, 201, 409)
    assert again.body == first.body
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers


async def test_another_request_with_the_key_is_refused() -> None:
    """By body, address, parameter or condition."""
    office = Office()
    await office.call("POST", QUEUES, body=QUEUE, idempotency_key="k")

    other = QUEUE | {"name": "Other"}
    body = await office.call("POST", QUEUES, body=other, idempotency_key="k")
    where = await office.call("DELETE", f"{QUEUES}/sales", idempotency_key="k")
    key = office.key(Scope.DESK_WRITE)
    else_ = await office.call(
        "POST", QUEUES, token=key, body=other, idempotency_key="k"
    )

    assert (body.status, body.code) == (422, "key_reused")
    assert (where.status, where.code) == (422, "key_reused")
    assert else_.status == 409  # another caller's keys are another's


async def test_a_refusal_is_repeated_like_an_answer() -> None:
    """What was refused at first stays so for this key."""
    office = Office()
    where = f"{QUEUES}/sales"
    gone = await office.call("DELETE", where, idempotency_key="k")
    await office.call("POST", QUEUES, body=QUEUE)

    again = await office.call("DELETE", where, idempotency_key="k")

    assert gone.status == again.status == 404
    assert (await office.call("GET", where)).status == 200


async def test_a_new_key_is_shown_once() -> None:
    """A repeat hears that it was made, and not by what name it opens."""
    office = Office()
    wish = {"id": "bot", "name": "Bot", "scopes": ["desk:read"]}
    where = "/accounts/acme/keys"

    first = await office.call("POST", where, body=wish, idempotency_key="k")
    again = await office.call("POST", where, body=wish, idempotency_key="k")

    assert first.json["key"].startswith("dfk_bot_")
    assert (again.status, again.code) == (409, "secret_shown")


async def test_a_file_is_not_kept_for_a_repeat() -> None:
    """It may be larger than all that is kept together."""

    async def pieces() -> AsyncIterator[bytes]:
        yield b"one"
        yield b"two"

    async def give(_: Call) -> object:
        return Answer(stream=pieces())

    streaming = Operation(
        method="POST",
        path="/files",
        name="give_file",
        summary="Give.",
        tag="server",
        scope=Scope.SERVER,
        do=give,
        streams="application/octet-stream",
    )
    office = Office(streaming)

    first = await office.call("POST", "/files", idempotency_key="k")
    again = await office.call("POST", "/files", idempotency_key="k")

    assert (first.status, first.body) == (200, b"onetwo")
    assert (again.status, again.code) == (409, "secret_shown")


def test_the_first_may_still_go_on() -> None:
    """Whoever repeats it is told to wait, and not done again."""
    kept = Repeats()
    assert begun(kept) is None

    with pytest.raises(Problem) as caught:
        begun(kept)

    assert (caught.value.status, caught.value.code) == (409, "still_running")


@pytest.mark.parametrize("status", [401, 429, 500, 503])
def test_what_may_succeed_later_is_not_kept(status: int) -> None:
    """Trying again then means something."""
    kept = Repeats()
    begun(kept)
    finish(kept, done(status))

    assert begun(kept) is None


def test_what_was_broken_off_is_not_kept() -> None:
    """Nor is it said to go on for ever."""
    kept = Repeats()
    begun(kept)
    kept.abandon("me", "k")
    kept.abandon("me", "k")

    assert len(kept) == 0


def test_answers_are_forgotten_after_a_day() -> None:
    """To the second."""
    kept = Repeats()
    begun(kept)
    finish(kept, done())

    assert begun(kept, now=repeats.KEPT) == done()
    assert begun(kept, now=repeats.KEPT + 1) is None


def test_a_refused_secret_is_repeated() -> None:
    """There was nothing shown in it."""
    kept = Repeats()
    begun(kept)
    finish(kept, done(409), shows_secret=True)

    assert begun(kept) == done(409)


def test_memory_is_bounded_for_one_and_for_all() -> None:
    """One caller loses its own first; bytes are bounded, too."""
    kept = Repeats()
    for number in range(repeats.MOST_OF_ONE + 1):
        begun(kept, f"k-{number}")
    assert len(kept) == repeats.MOST_OF_ONE
    for number in range(repeats.MOST):
        kept.begin(f"other-{number}", "k", digest=DIGEST, now=0.0)
    assert len(kept) == repeats.MOST

    kept = Repeats()
    half = b"x" * (repeats.MOST_BYTES // 2)
    for key in ("a", "b", "c"):
        begun(kept, key)
        kept.finish("me", key, done=done(body=half), shows_secret=False)
    assert begun(kept, "a") is None
    assert begun(kept, "c") == done(body=half)
    kept.finish("me", "gone", done=done(), shows_secret=False)


def test_answers_about_people_go_with_somebody_who_is_erased() -> None:
    """Also one that is on its way then; another account's stay."""
    kept = Repeats()
    for key, of in [("a", "acme"), ("b", "acme"), ("c", "zenith"), ("d", None)]:
        kept.begin("me", key, digest=DIGEST, now=0.0, of=of)
    for key in "acd":
        kept.finish("me", key, done=done(), shows_secret=False)

    kept.forget("acme")
    kept.finish("me", "b", done=done(), shows_secret=False)

    for key in "ab":
        with pytest.raises(Problem, match="secret_shown"):
            begun(kept, key)
    assert begun(kept, "c") == begun(kept, "d") == done()
