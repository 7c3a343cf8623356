"""Attachments over HTTP: who may send one, and ask where one is."""

from __future__ import annotations

import json

import pytest
from starlette.applications import Starlette

from server.domain.attachment import LONGEST_LIFE
from server.errors import RefusalCode, Refused, Unavailable
from server.gateway.attachment_routes import AttachmentRoutes
from server.gateway.security_headers import SecurityHeaders
from server.services.attaching import ADDRESS_LIFE
from server.services.bearers import Bearer
from server.vault.chunks import CHUNK
from tests.gateway.files_desk import CUT, Desk, code
from tests.pictures import PNG
from tests.services.files import MOST_BYTES


@pytest.fixture
async def desk() -> Desk:
    """A desk with a customer."""
    return await Desk().open()


async def test_a_file_is_sent_and_got_back(desk: Desk) -> None:
    """Told as a message tells it; then whole, by its address alone."""
    made = await desk.send(PNG, name="%E2%9C%93%20photo.html")
    told = json.loads(made.body)
    found = json.loads((await desk.address(told["id"])).body)
    got = await desk.get(found["url"])

    assert made.status == 201
    assert told == {
        "id": told["id"],
        "name": "\u2713 photo.html",
        "media_type": "image/png",
        "size": len(PNG),
    }
    now = int(desk.world.clock.now())
    assert found["until"] == (now + ADDRESS_LIFE) * 1000
    assert (got.status, got.body) == (200, PNG)


async def test_after_a_day_it_is_as_if_it_had_never_been(desk: Desk) -> None:
    """Its address is not given any more."""
    made = await desk.send(b"x")
    id_ = json.loads(made.body)["id"]
    desk.world.clock.pass_(LONGEST_LIFE)

    assert code(await desk.address(id_)) == (404, "unknown")


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("authorization", "")],
        [("authorization", "Bearer")],
        [("authorization", "Bearer ")],
        [("authorization", "Basic bWFyaWE6eA==")],
        [("authorization", "{}")],
        [("authorization", "Bearer {}"), ("authorization", "Bearer {}")],
        [("authorization", "Bearer x"), ("authorization", "Bearer {}")],
        [("authorization", "Bearer {}x")],
        [("authorization", "Bearer {} {}")],
        [("authorization", "Bearer \u00e9.\u00e9")],
        [("cookie", "token={}")],
    ],
)
async def test_who_does_not_prove_it_gets_nothing(
    desk: Desk, headers: list[tuple[str, str]]
) -> None:
    """Neither sends, nor learns an address; and is told how it is done."""
    made = json.loads((await desk.send(b"x")).body)
    said = [(name, value.replace("{}", desk.token)) for name, value in headers]
    sent = await desk.ask("POST", "/attachments", *said, body=[b"x"])
    path = f"/attachments/{made['id']}/address"
    found = await desk.ask("GET", path, *said)

    for answer in (sent, found):
        assert code(answer) == (401, "bad_credentials")
        assert answer.headers["www-authenticate"] == "Bearer"
    assert len(desk.world.files.whole) == 1


async def test_a_token_in_the_address_proves_nothing(desk: Desk) -> None:
    """It would be in logs and histories."""
    url = await desk.kept()
    path = url.partition("?")[0]
    for name in ("token", "access_token", "authorization"):
        got = await desk.get(f"{path}/address?{name}={desk.token}")
        assert got.status == 401
        assert (await desk.get(f"{path}?{name}={desk.token}")).status == 404


async def test_nobody_learns_the_address_of_anothers_file(desk: Desk) -> None:
    """A customer, an agent of another account; nor what there is at all."""
    world = desk.world
    made = json.loads((await desk.send(b"x")).body)
    _, other, theirs = await world.conversation()
    otto = (await world.shift("otto")).last("welcome")["token"]
    maria = (await world.shift("maria")).last("welcome")["token"]
    there = ("dayfly-conversation", desk.which)
    elsewhere = ("dayfly-conversation", other)
    for headers in (
        [desk.bearer(theirs)],
        [desk.bearer(theirs), there],
        [desk.bearer(otto), there],
        [desk.bearer(maria)],
        [desk.bearer(maria), elsewhere],
        [desk.bearer(maria), there, there],
        [desk.bearer(), elsewhere],
    ):
        found = await desk.address(made["id"], *headers)
        assert code(found) == (404, "unknown")
    assert code(await desk.address("never-was")) == (404, "unknown")

    hers = await desk.address(made["id"], desk.bearer(maria), there)

    assert hers.status == 200


async def test_an_agent_sends_where_the_agent_writes(desk: Desk) -> None:
    """To look is allowed everywhere; to send only after taking it."""
    maria = await desk.world.shift("maria")
    token = maria.last("welcome")["token"]
    about = {"token": token, "dayfly_conversation": desk.which}
    early = await desk.send(b"x", **about)
    await maria.do("take", conversation=desk.which)
    made = await desk.send(b"x", **about)

    assert code(early) == (403, "not_yours")
    assert made.status == 201
    assert len(desk.world.files.whole) == 1


async def test_a_size_that_is_claimed_is_believed_if_it_is_too_large(
    desk: Desk,
) -> None:
    """Before a byte of it was read; a smaller one is not believed."""
    big = await desk.send(CUT, content_length=str(MOST_BYTES + 1))
    odd = await desk.send(b"x", content_length="\u00b2")
    liar = await desk.send(bytes(MOST_BYTES), b"x", content_length="5")

    assert code(big) == code(liar) == (413, "too_large")
    assert odd.status == 201
    assert len(desk.world.files.whole) == len(desk.world.records.attachments)
    assert len(desk.world.files.whole) == 1
    assert not desk.world.files.parts


async def test_a_connection_that_is_cut_leaves_nothing(desk: Desk) -> None:
    """In the middle of a file, and before its first byte."""
    for body in ([bytes(3 * CHUNK), CUT], [CUT]):
        await desk.send(*body)

        assert desk.world.is_empty


@pytest.mark.parametrize("step", ["writer", "write", "finish"])
async def test_a_full_disk_says_so(desk: Desk, step: str) -> None:
    """507, nothing left, and the conversation goes on."""
    desk.world.files.failing.add(step)
    refused = await desk.send(bytes(3 * CHUNK))
    desk.world.files.failing.clear()

    assert code(refused) == (507, "unavailable")
    assert desk.world.is_empty
    assert (await desk.customer.say("client-0002", "?"))["type"] == "ack"
    assert (await desk.send(b"x")).status == 201


async def test_the_reasons_for_a_refusal_have_their_status(desk: Desk) -> None:
    """So that a page can say what to do."""
    world = desk.world
    for _ in range(4):
        await desk.send(b"x")
    assert code(await desk.send(b"x")) == (429, "too_many")
    silent = (await world.visit()).last("welcome")["token"]
    assert code(await desk.send(b"x", token=silent)) == (409, "nothing_said")
    world.house.channels = {}
    assert code(await desk.send(b"x")) == (403, "off")
    await desk.customer.do("end")
    assert code(await desk.send(b"x")) == (401, "bad_credentials")


async def test_an_end_on_the_way_is_told(desk: Desk) -> None:
    """The rest of the file is not taken."""

    async def end() -> None:
        await desk.customer.do("end")

    refused = await desk.send(bytes(2 * CHUNK), end, bytes(2 * CHUNK))

    assert code(refused) == (409, "ended")
    await desk.world.ending.erase_all()
    assert desk.world.is_empty


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Unavailable(), 503),
        (Refused(RefusalCode.CONVERSATION_UNKNOWN), 404),
        (Refused(RefusalCode.BAD_CREDENTIALS), 401),
    ],
)
async def test_what_cannot_be_found_out_is_answered(
    desk: Desk, error: Exception, status: int
) -> None:
    """Each error of ours has a status."""

    async def knows(token: str, conversation: str | None) -> Bearer:
        raise error

    routes = AttachmentRoutes(desk.world.attaching, knows).routes()
    desk.app = SecurityHeaders(Starlette(routes=routes), is_https=False)

    assert (await desk.address("x")).status == status
    sent = await desk.send(b"x")
    assert sent.status == (507 if status == 503 else status)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_nothing_else_can_be_done(desk: Desk, method: str) -> None:
    """No file is changed or listed, and no other site may ask."""
    url = await desk.kept()
    for path in ("/attachments", url):
        assert (await desk.ask(method, path, desk.bearer())).status == 405
    assert (await desk.ask("GET", "/attachments", desk.bearer())).status == 405
