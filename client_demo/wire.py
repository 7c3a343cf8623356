"""Frames to bytes and back: one MessagePack map each."""

from __future__ import annotations

from typing import Any

import msgpack

SUBPROTOCOL = "dayfly.v1.msgpack"

#: The protocol bounds a frame at 64 KiB. A whole ``list`` of 400 summaries is
#: the largest thing a server sends; anything above this is not one.
LARGEST = 1_048_576

Frame = dict[str, Any]


def pack(frame: Frame) -> bytes:
    """``frame`` as bytes; fields that are None are left out."""
    given = {key: value for key, value in frame.items() if value is not None}
    packed: bytes = msgpack.packb(given)
    return packed


def unpack(data: bytes | str) -> Frame:
    """The frame in one WebSocket message.

    Raises:
        ValueError: It is no map with string keys and a ``type``.
    """
    if isinstance(data, str):
        raise ValueError("a text message where a binary one was agreed")
    frame = msgpack.unpackb(data)
    if not isinstance(frame, dict) or not isinstance(frame.get("type"), str):
        raise ValueError("not a frame")
    return frame
