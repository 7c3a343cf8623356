"""A scene: people and programs who do what they should not.

Over real sockets, against the whole server. Whatever they try, they are told
so or cut off, and everybody else goes on.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin, Subprotocol

from server.app import Server
from server.config import parse
from tests.scenes.files import until
from tests.scenes.sites import (
    PASSWORD,
    Site,
    conversation_of,
    settings,
    taken,
)
from tests.strangers_client import Stranger

#: What one may not do in a conversation that is not one's own.
MEDDLING: dict[str, dict[str, Any]] = {
    "fetch": {"after": 0},
    "read": {"number": 1},
    "delivered": {"number": 1},
    "typing": {"on": True},
    "end": {},
}
JSON = Subprotocol("dayfly.v1.json")
UPGRADE = (
    b"GET /socket/customer/shop HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    b"Sec-WebSocket-Protocol: dayfly.v1.json\r\n\r\n"
)


async def raw(site: Site, path: str = "customer/shop", **options: Any) -> Any:
    """A connection that has not said hello; speaks JSON."""
    return await connect(
        f"{site.address}/{path}",
        subprotocols=[JSON],
        compression=None,
        **options,
    )


async def code_of(line: ClientConnection) -> int:
    """How the server closes ``line``; what it says before is passed over."""
    async with asyncio.timeout(5):
        try:
            while True:
                await line.recv()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006


async def still_serves(site: Site) -> None:
    """Somebody else comes and has a conversation as if nothing were."""
    async with await site.customer() as customer:
        ack = await customer.send("still-here", "Hello?")
        assert (ack["type"], ack["number"]) == ("ack", 1)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("", 4500),
        ("hello", 4500),
        ("[]", 4500),
        ('{"type":"hello"', 4500),
        ("[" * 50_000, 4500),
        (b"\x00\xff" * 100, 4500),
        (b'{"type":"hello"}', 4500),
        ("x" * 65_537, 1009),
    ],
)
async def test_garbage_ends_a_connection(
    site: Site, said: str | bytes, code: int
) -> None:
    """Before hello, and in the middle of a conversation."""
    for begins in ([], ['{"type":"hello"}']):
        line = await raw(site)
        for frame in begins:
            await line.send(frame)
        await line.send(said)

        assert await code_of(line) == code
    await still_serves(site)


@pytest.mark.parametrize(
    "data",
    [
        b"\x81\x05hello",  # not masked
        b"\xc1\x85\0\0\0\0hello",  # a reserved bit
        b"\x83\x85\0\0\0\0hello",  # a reserved opcode
        b"\x80\x85\0\0\0\0hello",  # the end of nothing
        b"\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0",  # 2^64 bytes
        b"\x89\xfe\x01\x00\0\0\0\0" + bytes(256),  # a Ping of 256 bytes
        b"\xff" * 5_000,
    ],
)
async def test_bytes_that_are_no_websocket_end_it(
    site: Site, data: bytes
) -> None:
    """The library says why (1002 or 1009), and the line is closed."""
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", site.server.port
    )
    writer.write(UPGRADE)
    assert b" 101 " in await reader.readuntil(b"\r\n\r\n")

    writer.write(data)
    async with asyncio.timeout(5):
        close = await reader.read()

    writer.close()
    assert int.from_bytes(close[2:4], "big") in {1002, 1009}
    await still_serves(site)


async def test_wrong_types_and_frames_are_answered_ten_times(
    site: Site,
) -> None:
    """Each with the place of the fault; the tenth ends it."""
    line = await raw(site)
    await line.send('{"type":"hello"}')
    await line.recv()
    wrong = [
        {"type": "send", "id": 5, "text": "x"},
        {"type": "send", "id": "longenough", "text": {"a": 1}},
        {"type": "read", "number": "7"},
        {"type": "read", "number": -1},
        {"type": "sing"},
        {"type": "take", "conversation": "x" * 22},
        {"type": "hello"},
        {"type": "ping", "extra": 1},
        {"typ": "ping"},
        {"type": "fetch", "after": 2**60},
    ]
    for frame in wrong:
        await line.send(json.dumps(frame))

    heard: list[str] = []
    with contextlib.suppress(ConnectionClosed):
        while True:
            frame = json.loads(await line.recv())
            if frame["type"] == "refused":
                heard.append(frame["path"])

    assert heard == [
        "$.id", "$.text", "$.number", "$.number", "$.type", "$.type",
        "$.type", "$", "$.type",
    ]  # fmt: skip
    assert line.close_code == 4500


async def test_a_token_that_opens_nothing_is_always_the_same(
    site: Site,
) -> None:
    """Forged, cut, someone else's half: one answer for all of them."""
    async with await site.customer() as customer:
        await customer.send("own-id-01", "mine")
        good = customer.token
        id_, _, secret = good.partition(".")
        answers = set()
        for token in (
            good[:-1],
            good + "A",
            good.upper(),
            id_,
            f"{id_}.",
            f".{secret}",
            f"{id_}.{'A' * 43}",
            f"{'A' * 22}.{secret}",
            "' OR 1=1 --",
            "\u0000",
        ):
            async with await site.customer(token=token) as forger:
                assert forger.welcome["type"] == "refused"
                forger.welcome.pop("ref", None)
                answers.add(json.dumps(forger.welcome, sort_keys=True))

    assert len(answers) == 1
    assert "session_unknown" in answers.pop()


async def test_three_bad_hellos_are_the_last(site: Site) -> None:
    """4501; and no sooner."""
    line = await raw(site)
    for _ in range(3):
        await line.send('{"type":"hello","token":"forged"}')
        assert json.loads(await line.recv())["code"] == "session_unknown"

    assert await code_of(line) == 4501


async def test_somebody_elses_conversation_is_unknown(site: Site) -> None:
    """To another customer, whatever frame names it, as if it did not exist."""
    async with await site.customer() as one, await site.customer() as other:
        await one.send("own-id-01", "private")
        theirs = {"conversation": conversation_of(one)}
        nobody = {"conversation": "A" * 22}
        for about in (theirs, nobody):
            refused = [await other.send("own-id-02", "hi", **about)]
            for kind, fields in MEDDLING.items():
                await other.say(kind, **fields, **about)
                refused.append(await other.hear("refused"))

            assert {one["code"] for one in refused} == {"conversation_unknown"}
        ack = await one.send("own-id-03", "still mine")
        assert ack["number"] == 2
        assert other.messages == {}


async def test_a_conversation_is_not_there_for_who_has_no_seat(
    site: Site,
) -> None:
    """An agent who does not watch it can neither mark nor type in it."""
    async with (
        await site.customer() as customer,
        await site.agent() as maria,
        await site.agent("jonas") as jonas,
    ):
        await customer.send("own-id-01", "hello")
        about = await taken(maria, customer)
        for kind, fields in MEDDLING.items():
            if kind == "end":
                continue
            await jonas.say(kind, **fields, **about)
            assert (await jonas.hear("refused"))["code"] == (
                "conversation_unknown"
            )
        refused = await jonas.send("jonas-id-1", "let me", **about)

        assert refused["code"] == "not_yours"


async def test_another_accounts_agent_finds_nothing(tmp_path: Path) -> None:
    """Not in the list, and not by its id, whatever the frame."""
    given = settings(tmp_path / "data")
    agent = given["account"][0]["agent"][0] | {"name": "eve"}
    given["account"].append({"id": "evil", "name": "Evil", "agent": [agent]})
    async with Server(parse(given, {})) as server:
        address = f"ws://127.0.0.1:{server.port}/socket"
        async with (
            await Stranger.meet(f"{address}/customer/shop") as customer,
            await Stranger.meet(
                f"{address}/agent", name="eve", password=PASSWORD
            ) as eve,
        ):
            assert (await eve.hear("list"))["waiting"] == []
            await customer.send("own-id-01", "private")
            about = {"conversation": conversation_of(customer)}
            refused = [await eve.send("eve-id-01", "hi", **about)]
            joining: dict[str, dict[str, Any]] = {"watch": {}, "take": {}}
            for kind, fields in (joining | MEDDLING).items():
                await eve.say(kind, **fields, **about)
                refused.append(await eve.hear("refused", "listed"))

            codes = {frame.get("code") for frame in refused}
            assert codes == {"conversation_unknown"}
            assert (await customer.send("own-id-02", "mine"))["number"] == 2


async def test_a_resend_is_not_looked_at(site: Site) -> None:
    """The same id is the same message; whoever shows others hears which."""
    async with await site.customer() as customer:
        first = await customer.send("own-id-01", "the truth")
        again = await customer.send("own-id-01", "a lie")
        await customer.say("fetch", after=0)
        await customer.hear("history")

    assert again == first | {"repeat": True, "text": "the truth"}
    assert customer.texts() == ["the truth"]


async def test_a_flood_is_cut_off(site: Site) -> None:
    """Beyond the frames that may come at once: 4500."""
    line = await raw(site)
    await line.send('{"type":"hello"}')
    # Four times the scenes' thousand messages a second, and as many again.
    with contextlib.suppress(ConnectionClosed):
        for _ in range(40_000):
            await line.send('{"type":"typing","on":true}')

    assert await code_of(line) == 4500
    await still_serves(site)


@pytest.mark.parametrize(
    "origin", ["null", "https://evil.example", "http://127.0.0.1:1"]
)
async def test_a_foreign_page_gets_no_socket(site: Site, origin: str) -> None:
    """403, at both addresses, before anything is upgraded."""
    for path in ("customer/shop", "agent"):
        with pytest.raises(InvalidStatus) as refused:
            await raw(site, path, origin=Origin(origin))

        assert refused.value.response.status_code == 403
        assert origin.encode() not in (refused.value.response.body or b"")


async def test_passwords_are_not_told_apart_from_names(site: Site) -> None:
    """Whoever guesses learns nothing about who works here."""
    answers = [
        (await Stranger.meet(f"{site.address}/agent", **hello)).welcome
        for hello in (
            {"name": "maria", "password": "wrong"},
            {"name": "nobody", "password": PASSWORD},
            {"token": "forged"},
        )
    ]

    assert {answer["code"] for answer in answers} == {"bad_credentials"}


async def test_a_customer_is_no_agent(site: Site) -> None:
    """Nor is an agent's password worth anything at a customer's address."""
    async with await site.customer(name="maria", password=PASSWORD) as one:
        assert one.welcome["code"] == "malformed"


async def test_no_hello_in_time_is_cut(timeless_site: Site) -> None:
    """Five seconds on the server's clock; the others stay."""
    clock = timeless_site.clock
    assert clock is not None
    silent = await raw(timeless_site)
    async with await timeless_site.customer() as customer:
        for _ in range(6):
            clock.pass_(1.0)
            await asyncio.sleep(0.01)

        assert await code_of(silent) == 4501
        assert (await customer.send("own-id-01", "hi"))["type"] == "ack"


def small_window(site: Site) -> socket.socket:
    """A connection whose other end takes four kilobytes and no more."""
    small = socket.socket()
    small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    small.connect(("127.0.0.1", site.server.port))
    small.setblocking(False)  # noqa: FBT003 - the name of the method says it
    return small


def masked(fields: dict[str, Any]) -> bytes:
    """A text frame of a client, of up to 125 bytes or up to 65,535."""
    data = json.dumps(fields).encode()
    return b"\x81\xfe" + len(data).to_bytes(2, "big") + bytes(4) + data


async def test_a_reader_that_stopped_is_cut_and_the_others_go_on(
    timeless_site: Site,
) -> None:
    """Two seconds after its share is used up; nobody waits for it."""
    site, clock = timeless_site, timeless_site.clock
    assert clock is not None
    async with await site.customer() as writer:
        await writer.send("own-id-00", "first")
        reader, stalled = await asyncio.open_connection(
            sock=small_window(site), limit=2
        )
        stalled.write(UPGRADE)
        assert await reader.read(12)
        stalled.write(masked({"type": "hello", "token": writer.token}))
        for number in range(900):
            ack = await writer.send(f"own-id-{number:04}", "x" * 4_000)
            assert ack["type"] == "ack"
        assert site.server.health().connections == 2

        for _ in range(4):
            clock.pass_(1.0)
            await asyncio.sleep(0.02)

        await until(lambda: site.server.health().connections == 1)
        stalled.close()
    await still_serves(site)
