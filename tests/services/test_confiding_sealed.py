"""Private data that a page passes on and cannot read."""

from __future__ import annotations

from tests.services.tellers import (
    DATA,
    by,
    conversation_of,
    curious,
    private,
    sealed_for,
    tell,
    visit,
)


async def test_the_page_passes_on_what_it_cannot_read() -> None:
    """The sealed token means the same."""
    world = curious()
    line = await visit(world)

    await line.do("private", token=sealed_for(conversation_of(line)))

    assert line.all("refused") == []
    assert private(world, line) == DATA


async def test_a_sealed_token_is_for_one_session_and_one_secret() -> None:
    """A customer cannot bring that of another, nor make one."""
    world = curious()
    line, other = await visit(world), await visit(world)

    for token in (
        sealed_for(conversation_of(other)),
        sealed_for(conversation_of(line), iat=1),
        by(conversation_of(line)),
        "nothing",
    ):
        await line.do("private", token=token, ref="r")

    said = {(one["code"], one["ref"]) for one in line.all("refused")}
    assert said == {("bad_credentials", "r")}
    assert private(world, line) is None


async def test_without_a_secret_nothing_sealed_is_taken() -> None:
    """The channel has not agreed on one."""
    world = curious(secret=None)
    line = await visit(world)

    await line.do("private", token=sealed_for(conversation_of(line)))

    assert line.last("refused")["code"] == "bad_credentials"


async def test_an_old_sealed_token_cannot_undo_a_call() -> None:
    """The page still has it: signed out must stay signed out."""
    world = curious()
    line = await visit(world)
    about = conversation_of(line)
    now = int(world.clock.now())
    old = sealed_for(about, iat=now)
    await line.do("private", token=old)
    await line.do("private", token=old)
    assert line.all("refused") == []  # passed on again after a reconnect

    await tell(world, by(about, iat=now), {"authenticated": False})
    await line.do("private", token=old)

    assert line.last("refused")["code"] == "bad_credentials"
    assert private(world, line) == {"authenticated": False}

    await line.do("private", token=sealed_for(about, iat=now + 1))
    assert private(world, line) == DATA
    await line.do("private", token=old)
    assert len(line.all("refused")) == 2


async def test_what_is_sealed_comes_too_late_after_the_end() -> None:
    """A session that was forgotten stays so."""
    world = curious()
    line = await visit(world)
    await line.say("client-0001", "Hello")
    about = conversation_of(line)
    session = world.session(about)
    await line.do("end")
    await world.ending.erase_all()

    await line.do("private", token=sealed_for(about))

    assert line.listener.farewell is not None
    assert session.private is None
