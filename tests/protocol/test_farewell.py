"""Close codes: the number tells whether to come back."""

from __future__ import annotations

from websockets.frames import Close

from server.protocol.farewell import Farewell


def test_each_can_be_sent() -> None:
    """RFC 6455 allows the code, and the reason fits a control frame."""
    for farewell in Farewell:
        assert len(Close(farewell, farewell.name.lower()).serialize()) <= 125


def test_only_codes_from_4500_on_forbid_to_come_back() -> None:
    """What may pass - slowness, silence - is below, what stays is above."""
    ours = {farewell for farewell in Farewell if farewell >= 4000}

    assert {farewell for farewell in ours if farewell < 4500} == {
        Farewell.TOO_SLOW,
        Farewell.SILENT,
    }
