"""What clients may say: by role, unchangeable, and hidden from logs."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given

from server.protocol.client_frames import CLIENT_FRAMES, ClientFrame, Send
from server.protocol.parts import Role
from tests.protocol.any_frame import ALL_CLIENT_FRAMES, client_frames


@given(said=client_frames)
def test_a_frame_shows_its_kind_and_nothing_else(
    said: tuple[Role, ClientFrame],
) -> None:
    """What ends up in a log or a traceback is ``<Send>``."""
    _, frame = said

    assert repr(frame) == str(frame) == f"<{type(frame).__name__}>"


@pytest.mark.parametrize("kind", ALL_CLIENT_FRAMES)
def test_a_frame_does_not_change(kind: type[ClientFrame]) -> None:
    """Whoever was handed one may keep it."""
    assert kind.__struct_config__.frozen


@pytest.mark.parametrize("kind", ALL_CLIENT_FRAMES)
def test_a_key_nobody_knows_is_refused(kind: type[ClientFrame]) -> None:
    """A misspelt one must not be taken for one that was left out."""
    assert kind.__struct_config__.forbid_unknown_fields


def test_only_agents_answer_and_only_customers_stay() -> None:
    """Who may say what is decided by the address they came to."""
    customer, agent = CLIENT_FRAMES[Role.CUSTOMER], CLIENT_FRAMES[Role.AGENT]

    assert "take" not in customer
    assert "stay" not in agent
    assert set(CLIENT_FRAMES) == set(Role)


def test_an_id_is_read_to_its_end() -> None:
    """A line feed behind it is not part of the pattern, nor overlooked."""
    for wrong in (
        "a" * 7,
        "a" * 65,
        "longenough\n",
        "lon genough",
        "größer_ab",
    ):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert({"type": "send", "id": wrong, "text": ""}, Send)
