"""Frames to bytes and back, in the two encodings of the protocol.

Both refuse what they do not know and say where the fault lies, never what was
there: a decoder's own words may quote a person's. ``from None`` throughout,
because the chained error holds the whole input.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Protocol

import msgpack
import msgspec

from server.errors import RefusalCode, Refused
from server.protocol.client_frames import ClientFrame
from server.protocol.parts import MAX_FRAME
from server.protocol.server_frames import ServerFrame

#: Entries in a map or list from a client; the largest frame has seven keys.
MOST_ENTRIES = 64

# A path as msgspec prints it. Its parts are names of our own fields and
# numbers; anything else stays out.
_PATH = re.compile(r"at `(\$[a-z_.\[\]0-9]{0,40})`")


class Codec(Protocol):
    """One encoding of frames."""

    @property
    def subprotocol(self) -> str:
        """Its name in the handshake."""
        ...

    @property
    def is_binary(self) -> bool:
        """Whether its frames travel in binary WebSocket messages."""
        ...

    def decode(
        self, data: bytes, known: Mapping[str, type[ClientFrame]]
    ) -> ClientFrame:
        """The frame in ``data``, which must be one of ``known``.

        Raises:
            NotAMap: ``data`` is no map at all.
            Refused: ``MALFORMED`` or ``UNKNOWN_TYPE``, with the path.
        """
        ...

    def encode(self, frame: ServerFrame) -> bytes:
        """``frame`` as the payload of one WebSocket message."""
        ...


class NotAMap(Refused):
    """The bytes are no frame of this encoding: the peer speaks another."""

    def __init__(self) -> None:
        super().__init__(RefusalCode.MALFORMED, path="$")


class MsgpackCodec:
    """``dayfly.v1.msgpack``: one MessagePack map in a binary message."""

    subprotocol = "dayfly.v1.msgpack"
    is_binary = True

    def __init__(self) -> None:
        self._pack = msgpack.Packer(autoreset=True).pack

    def decode(
        self, data: bytes, known: Mapping[str, type[ClientFrame]]
    ) -> ClientFrame:
        try:
            # unpackb, never a shared Unpacker: one that has seen an error
            # must not be used again.
            fields = msgpack.unpackb(
                data,
                max_str_len=MAX_FRAME,
                max_bin_len=0,
                max_ext_len=0,
                max_array_len=MOST_ENTRIES,
                max_map_len=MOST_ENTRIES,
                strict_map_key=True,
            )
        # What it raises is no small family: ValueError and its children,
        # StackError, UnicodeDecodeError, OverflowError, and RecursionError.
        except Exception:  # noqa: BLE001
            raise NotAMap from None
        if type(fields) is not dict:
            raise NotAMap
        return frame_of(fields, known)

    def encode(self, frame: ServerFrame) -> bytes:
        packed: bytes = self._pack(msgspec.to_builtins(frame))
        return packed


class JsonCodec:
    """``dayfly.v1.json``: one JSON object in a text message."""

    subprotocol = "dayfly.v1.json"
    is_binary = False

    def __init__(self) -> None:
        self._encoder = msgspec.json.Encoder()

    def decode(
        self, data: bytes, known: Mapping[str, type[ClientFrame]]
    ) -> ClientFrame:
        return frame_of(map_in(data), known)

    def encode(self, frame: ServerFrame) -> bytes:
        return self._encoder.encode(frame)


def map_in(data: bytes) -> dict[str, Any]:
    """The JSON object in ``data``.

    Raises:
        NotAMap: It is none.
    """
    try:
        fields = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise NotAMap from None
    if type(fields) is not dict:
        raise NotAMap
    return fields


#: Plain maps, lists, text and numbers as JSON.
as_json = msgspec.json.Encoder().encode


def frame_of(
    fields: dict[str, Any], known: Mapping[str, type[ClientFrame]]
) -> ClientFrame:
    """The frame that ``fields`` are, which must be one of ``known``.

    Raises:
        Refused: ``MALFORMED`` or ``UNKNOWN_TYPE``, with the path.
    """
    # The tag picks the struct: converting to a union of all of them instead
    # costs ten times as much.
    tag = fields.get("type")
    if type(tag) is not str:
        raise Refused(RefusalCode.MALFORMED, path="$.type")
    frame = known.get(tag)
    if frame is None:
        raise Refused(RefusalCode.UNKNOWN_TYPE, path="$.type")
    try:
        return msgspec.convert(fields, frame)
    except msgspec.ValidationError as error:
        found = _PATH.search(str(error))
        path = found.group(1) if found else "$"
        raise Refused(RefusalCode.MALFORMED, path=path) from None


#: Both encodings by subprotocol; the server takes the first one offered.
CODECS: Mapping[str, Codec] = {
    codec.subprotocol: codec for codec in (MsgpackCodec(), JsonCodec())
}


class Saying:
    """A frame on its way to any number of peers, encoded once per codec."""

    __slots__ = ("_encoded", "frame", "is_droppable")

    def __init__(
        self, frame: ServerFrame, *, is_droppable: bool = False
    ) -> None:
        self.frame = frame
        self.is_droppable = is_droppable
        self._encoded: dict[bool, bytes] = {}

    def encoded(self, codec: Codec) -> bytes:
        """One whole WebSocket message, ready to be written.

        The framing is done here, by hand and once: a server's frames are
        not masked, no extension is negotiated, and a group of fifty peers
        then costs one encoding instead of fifty.
        """
        done = self._encoded.get(codec.is_binary)
        if done is None:
            done = _framed(codec.encode(self.frame), binary=codec.is_binary)
            self._encoded[codec.is_binary] = done
        return done


def _framed(payload: bytes, *, binary: bool) -> bytes:
    # RFC 6455, section 5.2: FIN and opcode, then the length in 1, 3 or 9.
    first = b"\x82" if binary else b"\x81"
    size = len(payload)
    if size < 126:  # noqa: PLR2004
        return first + bytes((size,)) + payload
    if size < 65_536:  # noqa: PLR2004
        return first + b"\x7e" + size.to_bytes(2, "big") + payload
    return first + b"\x7f" + size.to_bytes(8, "big") + payload
