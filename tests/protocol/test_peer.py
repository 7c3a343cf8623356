"""One peer with the socket taken out: stages, faults, hellos and rates."""

from __future__ import annotations

from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import RefusalCode, Refused
from server.protocol.client_frames import Hello, Ping, Send
from server.protocol.codec import CODECS
from server.protocol.farewell import Farewell
from server.protocol.parts import Role
from server.protocol.peer import (
    FRAME_BURST,
    FRAMES_PER_SECOND,
    MOST_FAULTS,
    Dismissed,
    Peer,
    Stage,
)
from tests.protocol.any_frame import nearly

HELLO = msgpack.packb({"type": "hello"})
PING = msgpack.packb({"type": "ping"})
NONSENSE = msgpack.packb({"type": "sing"})


def new_peer(*, is_in: bool = False, **options: Any) -> Peer:
    """A customer's connection that speaks MessagePack."""
    peer = Peer(Role.CUSTOMER, CODECS["dayfly.v1.msgpack"], at=100.0, **options)
    if is_in:
        peer.admit()
    return peer


def refusal(peer: Peer, data: bytes, at: float = 100.0) -> RefusalCode:
    """The code with which ``data`` is refused."""
    with pytest.raises(Refused) as caught:
        peer.receive(data, binary=True, at=at)
    return caught.value.code


def farewell(peer: Peer, data: bytes, *, binary: bool = True) -> Farewell:
    """The code with which the peer is dismissed for ``data``."""
    with pytest.raises(Dismissed) as caught:
        peer.receive(data, binary=binary, at=100.0)
    assert peer.stage is Stage.CLOSED
    return caught.value.farewell


def test_first_comes_hello_and_then_anything_else() -> None:
    """Before it is admitted it may greet, afterwards it may not."""
    peer = new_peer()
    assert refusal(peer, PING) is RefusalCode.NOT_NOW
    assert type(peer.receive(HELLO, binary=True, at=100.0)) is Hello
    assert not peer.is_in

    peer.admit()

    assert peer.is_in
    assert type(peer.receive(PING, binary=True, at=100.0)) is Ping
    assert refusal(peer, HELLO) is RefusalCode.NOT_NOW


def test_a_role_may_only_say_what_is_its_own() -> None:
    """``take`` is an agent's frame."""
    take = msgpack.packb({"type": "take", "conversation": "c" * 22})

    assert refusal(new_peer(is_in=True), take) is RefusalCode.UNKNOWN_TYPE


def test_the_tenth_fault_is_the_last() -> None:
    """Nine are answered; then the connection ends."""
    peer = new_peer(is_in=True)
    for _ in range(MOST_FAULTS - 1):
        assert refusal(peer, NONSENSE) is RefusalCode.UNKNOWN_TYPE
    peer.receive(PING, binary=True, at=100.0)

    assert farewell(peer, NONSENSE) is Farewell.BROKE_PROTOCOL


def test_who_speaks_another_language_goes_at_once() -> None:
    """Bytes that are no map, or text where binary is agreed."""
    assert farewell(new_peer(), b"\xc1") is Farewell.BROKE_PROTOCOL
    assert farewell(new_peer(), HELLO, binary=False) is Farewell.BROKE_PROTOCOL


def test_text_is_what_json_travels_in() -> None:
    """And binary is wrong there."""
    codec = CODECS["dayfly.v1.json"]
    peer = Peer(Role.CUSTOMER, codec, at=100.0)

    peer.receive(b'{"type":"hello"}', binary=False, at=100.0)

    assert farewell(peer, b'{"type":"hello"}') is Farewell.BROKE_PROTOCOL


def test_after_the_end_nothing_is_looked_at() -> None:
    """Not even what would be right."""
    peer = new_peer(is_in=True)
    peer.dismissal(Farewell.GONE)

    assert farewell(peer, PING) is Farewell.BROKE_PROTOCOL


def test_three_hellos_are_enough() -> None:
    """Two may fail, the third is the last."""
    peer = new_peer()

    assert [peer.turn_away() for _ in range(3)] == [True, True, False]


def test_a_program_that_spins_is_cut_off() -> None:
    """200 frames at once, then 50 a second, and no more."""
    peer = new_peer(is_in=True)
    for _ in range(int(FRAME_BURST)):
        peer.receive(PING, binary=True, at=100.0)
    for _ in range(int(FRAMES_PER_SECOND)):
        peer.receive(PING, binary=True, at=101.0)

    with pytest.raises(Dismissed):
        peer.receive(PING, binary=True, at=101.0)


def test_a_pause_is_worth_one_burst_only() -> None:
    """An hour of silence does not allow an hour's frames."""
    peer = new_peer(is_in=True)
    for _ in range(int(FRAME_BURST)):
        peer.receive(PING, binary=True, at=3_700.0)

    with pytest.raises(Dismissed):
        peer.count(3_700.0)


def test_more_a_second_means_more_at_once() -> None:
    """Where the operator allows 100 a second, 400 may come together."""
    peer = new_peer(is_in=True, per_second=100.0)
    for _ in range(400):
        peer.count(100.0)

    with pytest.raises(Dismissed):
        peer.count(100.0)


messages = st.tuples(
    st.binary(max_size=80)
    | nearly.map(msgpack.packb)
    | st.sampled_from([HELLO, PING, NONSENSE]),
    st.booleans(),
    st.floats(0.0, 2.0),
    st.sampled_from(["", "", "admit", "turn_away"]),
)


@given(said=st.lists(messages, max_size=30))
def test_no_bytes_bring_anything_but_frames_and_refusals(
    said: list[tuple[bytes, bool, float, str]],
) -> None:
    """In any order, of any kind; and who is out stays out."""
    peer, at = new_peer(), 100.0
    for data, binary, pause, then in said:
        at += pause
        was_out, was_in = peer.stage is Stage.CLOSED, peer.is_in
        try:
            frame = peer.receive(data, binary=binary, at=at)
        except (Refused, Dismissed):
            pass
        else:
            assert not was_out
            assert isinstance(frame, Hello) is not was_in
        if then == "turn_away":
            peer.turn_away()
        elif then and not was_out and peer.stage is not Stage.CLOSED:
            peer.admit()


def test_nothing_of_what_was_said_is_kept_in_the_peer() -> None:
    """It has counters and a stage, and no frame."""
    peer = new_peer(is_in=True)
    send = {"type": "send", "id": "longenough", "text": "CANARY"}

    assert (
        type(peer.receive(msgpack.packb(send), binary=True, at=100.0)) is Send
    )

    kept = [getattr(peer, name) for name in Peer.__slots__]
    assert "CANARY" not in repr(kept)
