"""What the load client puts on the wire."""

from __future__ import annotations

import msgpack
import pytest

from benchmarks.load_client import LENGTH, time_in, timed_text
from benchmarks.server_process import port_in
from benchmarks.wire import packed


@pytest.mark.parametrize("length", [1, 60, 100, 125, 126, 200, 60_000])
def test_a_message_is_one_masked_binary_frame(length: int) -> None:
    """RFC 6455, 5.2: FIN and binary, mask bit, length in 7 or 16 bits."""
    frame = {"type": "send", "text": "x" * length}

    data = packed(frame)

    size, start = data[1] & 0x7F, 2
    if size == 126:
        size, start = int.from_bytes(data[2:4], "big"), 4
    assert data[0] == 0x82
    assert data[1] & 0x80
    assert data[start : start + 4] == bytes(4)
    assert len(data) == start + 4 + size
    assert msgpack.unpackb(data[start + 4 :]) == frame


def test_a_text_tells_when_it_was_sent() -> None:
    """Two hundred characters, and the time is among them."""
    text = timed_text(12345.678)

    assert len(text) == LENGTH
    assert time_in(text) == pytest.approx(12345.678)


@pytest.mark.parametrize(
    ("line", "port"),
    [
        (b'{"event":"listening","port":8420}\n', 8420),
        (b'{"event":"stopping","was":"listening"}\n', None),
        (b'not json "listening"\n', None),
        (b'["listening"]\n', None),
    ],
)
def test_the_port_is_read_from_the_log(line: bytes, port: int | None) -> None:
    """Only the event says so, not the word."""
    assert port_in(line) == port
