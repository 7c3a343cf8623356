"""Frames to bytes and back: what is taken, and what is refused without echo."""

from __future__ import annotations

import contextlib
import json
import struct
from collections.abc import Mapping
from typing import Any

import msgpack
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import RefusalCode, Refused
from server.protocol.client_frames import CLIENT_FRAMES, ClientFrame, Send
from server.protocol.codec import CODECS, MOST_ENTRIES, Codec, NotAMap
from server.protocol.parts import Role
from server.protocol.server_frames import ServerFrame
from tests.protocol.any_frame import client_frames, nearly, server_frames

MSGPACK = CODECS["dayfly.v1.msgpack"]
JSON = CODECS["dayfly.v1.json"]
KNOWN = CLIENT_FRAMES[Role.CUSTOMER]

both = pytest.mark.parametrize("codec", [MSGPACK, JSON])


def packed(codec: Codec, fields: object) -> bytes:
    """``fields`` in the encoding of ``codec``, by other hands than its own."""
    if codec.is_binary:
        return msgspec.msgpack.encode(fields)
    return json.dumps(fields).encode()


def refused(
    codec: Codec,
    data: bytes,
    known: Mapping[str, type[ClientFrame]] = KNOWN,
) -> Refused:
    """Why ``data`` is refused."""
    with pytest.raises(Refused) as caught:
        codec.decode(data, known)
    return caught.value


def outcome(codec: Codec, fields: dict[str, Any]) -> object:
    """What comes of ``fields``: a frame, or the fields of a refusal."""
    try:
        return codec.decode(packed(codec, fields), KNOWN)
    except Refused as refusal:
        return refusal.code, refusal.path


@both
@given(said=client_frames)
def test_what_a_client_may_say_is_understood(
    codec: Codec, said: tuple[Role, ClientFrame]
) -> None:
    """Each frame of each role comes back as it was, packed by other hands."""
    role, frame = said

    fields = msgspec.to_builtins(frame)

    assert codec.decode(packed(codec, fields), CLIENT_FRAMES[role]) == frame


@both
@given(frame=server_frames)
def test_what_the_server_says_is_plain_to_others(
    codec: Codec, frame: ServerFrame
) -> None:
    """Decoders that know nothing of ours read it, field by field."""
    data = codec.encode(frame)
    read = msgspec.msgpack.decode if codec.is_binary else json.loads

    assert read(data) == json.loads(msgspec.json.encode(frame))


@given(fields=nearly)
def test_both_encodings_agree(fields: dict[str, Any]) -> None:
    """The same map is the same frame, or refused for the same fault."""
    assert outcome(MSGPACK, fields) == outcome(JSON, fields)


@both
@given(data=st.binary(max_size=300))
def test_no_bytes_are_more_than_refused(codec: Codec, data: bytes) -> None:
    """Whatever comes is a frame or a refusal, never another exception."""
    with contextlib.suppress(Refused):
        assert isinstance(codec.decode(data, KNOWN), ClientFrame)


@both
def test_a_refusal_does_not_carry_the_decoders_own(codec: Codec) -> None:
    """The decoder's exception holds the whole input, and would be logged."""
    misspelt = packed(codec, {"type": "ping", "CANARY": 1})
    for refusal in (refused(codec, b"\xc1"), refused(codec, misspelt)):
        assert refusal.__context__ is None or refusal.__suppress_context__


@both
@given(fields=nearly, secret=st.text("XYZ", min_size=12, max_size=40))
def test_a_refusal_never_quotes(
    codec: Codec, fields: dict[str, Any], secret: str
) -> None:
    """Neither its path nor its text holds what was sent, as key or value."""
    for sent in (
        {**fields, secret: 1},
        {**fields, "text": [secret]},
        {**fields, "type": secret},
    ):
        refusal = refused(codec, packed(codec, sent))

        assert secret not in f"{refusal} {refusal.path} {refusal.args}"


@both
@pytest.mark.parametrize(
    ("fields", "code", "path"),
    [
        ({}, "malformed", "$.type"),
        ({"type": 1}, "malformed", "$.type"),
        ({"type": ["send"]}, "malformed", "$.type"),
        ({"type": "sing"}, "unknown_type", "$.type"),
        ({"type": "take"}, "unknown_type", "$.type"),
        ({"type": "send", "id": "short"}, "malformed", "$.id"),
        ({"type": "send", "id": "longenough"}, "malformed", "$"),
        ({"type": "send", "id": "a" * 65, "text": "x"}, "malformed", "$.id"),
        ({"type": "send", "id": "longenou\n", "text": ""}, "malformed", "$.id"),
        ({"type": "send", "id": "longenou", "text": 7}, "malformed", "$.text"),
        ({"type": "read", "number": -1}, "malformed", "$.number"),
        ({"type": "read", "number": 2**53 + 1}, "malformed", "$.number"),
        ({"type": "read", "number": 2**64 - 1}, "malformed", "$.number"),
        ({"type": "read", "number": 1.5}, "malformed", "$.number"),
        ({"type": "read", "number": True}, "malformed", "$.number"),
        ({"type": "read", "number": "1"}, "malformed", "$.number"),
        ({"type": "typing", "on": 1}, "malformed", "$.on"),
        ({"type": "ping", "pong": 1}, "malformed", "$"),
        ({"type": "hello", "ref": "r" * 65}, "malformed", "$.ref"),
        ({"type": "hello", "password": "p" * 257}, "malformed", "$.password"),
        ({"type": "hello", "name": ""}, "malformed", "$.name"),
    ],
)  # fmt: skip
def test_a_fault_is_pointed_at(
    codec: Codec, fields: dict[str, Any], code: str, path: str
) -> None:
    """The path names the field, in the words of the protocol."""
    refusal = refused(codec, packed(codec, fields))

    assert (refusal.code, refusal.path) == (code, path)
    assert not isinstance(refusal, NotAMap)


@both
@pytest.mark.parametrize("value", [None, 1, "hello", [], ["type"], 1.5])
def test_what_is_no_map_is_told_apart(codec: Codec, value: object) -> None:
    """A peer that speaks another language altogether is not worth a word."""
    assert isinstance(refused(codec, packed(codec, value)), NotAMap)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xc1",  # never used
        b"\x81\xa4type",  # the value is missing
        b"\x81\xa4type\xa4ping\x00",  # and something behind it
        b"\x81\xa4type\xc4\x04ping",  # bin
        b"\x81\xa4type\xd4\x01\x00",  # an extension
        b"\x81\xa4type\xd6\xff\x00\x00\x00\x00",  # a timestamp
        b"\x81\x01\xa4ping",  # a key that is no text
        b"\x81\xa2\xff\xfe\xa4ping",  # a key that is no UTF-8
        b"\x81\xa4type\xa3\xed\xa0\x80",  # a lone surrogate
        b"\xdf\xff\xff\xff\xff",  # four thousand million entries
        b"\xdd\xff\xff\xff\xff",
        b"\xdb\xff\xff\xff\xffx",
        b"\x81\xa4type\xdb\xff\xff\xff\xffx",
        b"\x81\xa4type\xdd\xff\xff\xff\xff",
        b"\x81\xa4type" + b"\x91" * 60_000,
        b"\x81\xa4type" + b"\x81\xa1a" * 20_000,
    ],
)
def test_msgpack_of_the_wrong_kind_is_no_frame(data: bytes) -> None:
    """Claims of gigabytes, depths and types we do not use are refused."""
    assert isinstance(refused(MSGPACK, data), NotAMap)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b'{"type":"ping"',
        b'{"type":"ping"}{}',
        b'{"type":"ping"} x',
        b"{'type':'ping'}",
        b'{"type":"p\xffng"}',
        b'{"type":"read","number":NaN}',
        b'{"type":"read","number":Infinity}',
        b'{"type":"send","id":"longenough","text":"\\ud800"}',
        b'{"type":' + b"[" * 60_000,
        b'{"a":' * 12_000,
    ],
)
def test_json_of_the_wrong_kind_is_no_frame(data: bytes) -> None:
    """Half a document, two, no UTF-8, NaN and depths are refused."""
    assert isinstance(refused(JSON, data), NotAMap)


@pytest.mark.parametrize("number", [b"1e400", b"-1e400", b"9" * 5_000])
def test_a_number_out_of_all_bounds_is_refused(number: bytes) -> None:
    """However many digits: no exception of Python's own gets through."""
    refusal = refused(JSON, b'{"type":"read","number":%s}' % number)

    assert refusal.code is RefusalCode.MALFORMED


def test_not_a_number_is_no_number() -> None:
    """MessagePack can say NaN; a number of messages cannot be that."""
    nan = b"\xcb" + struct.pack(">d", float("nan"))

    refusal = refused(MSGPACK, b"\x82\xa4type\xa4read\xa6number" + nan)

    assert refusal.path == "$.number"


def test_of_a_doubled_key_both_take_the_last() -> None:
    """One frame must not mean two things to two readers."""
    ours = MSGPACK.decode(
        b"\x83\xa4type\xa4send\xa4type\xa4read\xa6number\x07", KNOWN
    )
    theirs = JSON.decode(b'{"type":"send","type":"read","number":7}', KNOWN)

    assert ours == theirs


def test_more_entries_than_a_frame_has_are_not_unpacked() -> None:
    """A list of claims inside claims must not grow a hundredfold."""
    many = {f"k{n}": n for n in range(MOST_ENTRIES + 1)}

    assert isinstance(refused(MSGPACK, msgpack.packb(many)), NotAMap)
    assert refused(JSON, json.dumps(many).encode()).code == "malformed"


@both
def test_the_longest_message_fits_a_frame(codec: Codec) -> None:
    """4,000 characters of four bytes each, and all of them kept."""
    text = "\N{WHITE SMILING FACE}\N{GRINNING FACE}" * 2_000

    frame = codec.decode(
        packed(codec, {"type": "send", "id": "longenough", "text": text}), KNOWN
    )

    assert isinstance(frame, Send)
    assert frame.text == text


def test_a_decoder_that_failed_decodes_the_next() -> None:
    """Half a frame leaves nothing behind that the next would stumble over."""
    good = msgpack.packb({"type": "ping"})
    for bad in (b"\x81\xa4type", b"\xc1", b"\xdd\xff\xff\xff\xff"):
        refused(MSGPACK, bad)

        assert MSGPACK.decode(good, KNOWN) == KNOWN["ping"]()
