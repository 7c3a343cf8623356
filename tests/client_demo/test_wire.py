"""Frames are maps with string keys, in binary messages."""

from __future__ import annotations

import msgpack
import pytest

from client_demo.wire import pack, unpack


def test_a_field_that_is_none_is_left_out() -> None:
    """Left out and null mean the same; left out is shorter."""
    frame = {"type": "hello", "token": None, "last": 0}
    assert unpack(pack(frame)) == {"type": "hello", "last": 0}


@pytest.mark.parametrize(
    "data",
    ["text", b"", b"\xc1", msgpack.packb([1]), msgpack.packb({"type": 1})],
)
def test_what_is_no_frame_is_a_value_error(data: bytes | str) -> None:
    """Text, nothing, an unused byte, a list, a map without a type."""
    with pytest.raises(ValueError):  # noqa: PT011 - any will do
        unpack(data)
