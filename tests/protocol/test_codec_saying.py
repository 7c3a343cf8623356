"""One encoding for any number of peers, framed by hand."""

from __future__ import annotations

import pytest
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN
from websockets.uri import parse_uri

from server.protocol.codec import CODECS, Codec, Saying
from server.protocol.server_frames import Pong, Unlisted

MSGPACK = CODECS["dayfly.v1.msgpack"]
JSON = CODECS["dayfly.v1.json"]

both = pytest.mark.parametrize("codec", [MSGPACK, JSON])


def heard(data: bytes) -> list[Frame]:
    """What the library's own client makes of ``data``."""
    client = ClientProtocol(parse_uri("ws://chat.test/"), state=OPEN)
    client.receive_data(data)
    return [event for event in client.events_received() if type(event) is Frame]


def saying_of(size: int, codec: Codec) -> Saying:
    """One whose payload has ``size`` bytes."""
    short = len(codec.encode(Unlisted(conversation="")))
    for length in range(size - short - 4, size - short + 1):
        frame = Unlisted(conversation="x" * length)
        if len(codec.encode(frame)) == size:
            return Saying(frame)
    raise AssertionError("no such length")


@both
@pytest.mark.parametrize("size", [60, 125, 126, 127, 65_535, 65_536, 70_000])
def test_a_client_reads_what_was_framed(codec: Codec, size: int) -> None:
    """At every size where the length is written in another way."""
    saying = saying_of(size, codec)

    frames = heard(saying.encoded(codec) + Saying(Pong()).encoded(codec))

    kind = Opcode.BINARY if codec.is_binary else Opcode.TEXT
    assert [frame.opcode for frame in frames] == [kind, kind]
    assert all(frame.fin for frame in frames)
    assert bytes(frames[0].data) == codec.encode(saying.frame)
    assert bytes(frames[1].data) == codec.encode(Pong())


def test_it_is_encoded_once_for_all_who_speak_the_same() -> None:
    """Fifty listeners cost one encoding, two languages two."""
    saying = Saying(Pong())

    assert saying.encoded(JSON) is saying.encoded(JSON)
    assert saying.encoded(MSGPACK) is saying.encoded(MSGPACK)
    assert saying.encoded(JSON) != saying.encoded(MSGPACK)


def test_only_what_says_so_may_be_dropped() -> None:
    """A saying is to be kept unless it is said to be worth nothing."""
    assert not Saying(Pong()).is_droppable
    assert Saying(Pong(), is_droppable=True).is_droppable
