"""What the server says: hidden from logs, and small on the wire."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given

from server.protocol.server_frames import SERVER_FRAMES, Ack, ServerFrame
from tests.protocol.any_frame import server_frames


@given(frame=server_frames)
def test_a_frame_shows_its_kind_and_nothing_else(frame: ServerFrame) -> None:
    """It holds what people typed, names and tokens."""
    assert repr(frame) == str(frame) == f"<{type(frame).__name__}>"


@given(frame=server_frames)
def test_the_maps_inside_hide_as_well(frame: ServerFrame) -> None:
    """A field taken out of a frame and logged shows no more."""
    for name in frame.__struct_fields__:
        value = getattr(frame, name)
        if isinstance(value, msgspec.Struct):
            assert repr(value) == f"<{type(value).__name__}>"


@pytest.mark.parametrize("kind", SERVER_FRAMES)
def test_a_frame_does_not_change(kind: type[ServerFrame]) -> None:
    """The same one goes to fifty peers."""
    assert kind.__struct_config__.frozen


def test_what_goes_without_saying_is_not_said() -> None:
    """A field that has its usual value is left out."""
    ack = Ack(conversation="c", id="i", number=1, at=2)

    assert b"repeat" not in msgspec.json.encode(ack)
