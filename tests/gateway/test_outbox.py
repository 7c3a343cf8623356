"""What waits for a slow reader: in order, bounded, and no longer than that."""

from __future__ import annotations

from server.gateway.outbox import HIGH_WATER, OUTBOX
from server.protocol.codec import Saying
from server.protocol.farewell import Farewell
from server.protocol.server_frames import Pong
from tests.gateway.line import PONG, Line, big


async def test_what_waited_comes_in_order() -> None:
    """As soon as the reader reads again."""
    line = await Line().come_in()
    line.server.pause_writing()
    for size in (3, 1, 2):
        line.server.tell(big(size))
    assert not line.transport.written

    line.server.resume_writing()
    line.server.tell(PONG)
    line.listen()

    said = [frame.get("conversation", "pong") for frame in line.frames[1:]]
    assert said == ["xxx", "x", "xx", "pong"]


async def test_typing_is_dropped_first() -> None:
    """Whatever may be lost is, and nothing else."""
    line = await Line().come_in()
    line.server.pause_writing()
    line.server.tell(Saying(Pong(), is_droppable=True))
    line.server.tell(big(1))
    line.server.resume_writing()
    line.listen()

    assert line.kinds() == ["welcome", "unlisted"]


async def test_a_reader_that_stopped_is_cut_at_the_limit() -> None:
    """4001, and nothing of what waited is kept for it."""
    line = await Line().come_in()
    line.server.pause_writing()
    for _ in range(5):
        line.server.tell(big(50_000))
    assert not line.transport.written
    assert not line.server._is_closing

    line.server.tell(big(50_000))
    for _ in range(100):
        line.server.tell(big(50_000))

    assert 5 * 50_000 < OUTBOX < 6 * 50_000
    assert len(line.transport.written) < 200
    line.listen()
    assert line.close_code == Farewell.TOO_SLOW
    line.clock.pass_(2.0)
    line.watch.look()
    assert line.transport.end == "aborted"


async def test_pongs_nobody_reads_count_as_well() -> None:
    """Pings within the rate, from somebody who reads nothing."""
    line = await Line().come_in()
    line.server.pause_writing()
    ping = b"\x89\xfd\0\0\0\0" + b"x" * 125

    for _ in range(5_000):
        line.clock.pass_(0.02)
        line.bytes(ping)

    line.listen()
    assert line.close_code == Farewell.TOO_SLOW


async def test_who_is_dismissed_gets_what_was_said_before() -> None:
    """The receipt, and then the Close."""
    line = await Line().come_in()
    line.server.pause_writing()
    line.server.tell(big(10))

    line.server.dismiss(Farewell.GONE)
    line.server.tell(big(20))
    line.listen()

    assert len(line.frames) == 2
    assert line.close_code == Farewell.GONE


async def test_a_slow_reader_is_not_pinged() -> None:
    """It would only add to what waits; its silence counts all the same."""
    line = await Line().come_in()
    line.server.pause_writing()
    line.clock.pass_(26.0)
    line.watch.look()

    assert not line.transport.written
    assert line.server.is_pinged


async def test_the_transport_is_told_when_to_ask() -> None:
    """Its own limit is a quarter of ours."""
    line = Line()

    assert line.transport.high == HIGH_WATER < OUTBOX
