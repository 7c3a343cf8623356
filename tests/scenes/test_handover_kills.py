"""A scene: the server is killed while its application fails half the time.

The long form of it is ``python -m tools.handover_kills``.
"""

from __future__ import annotations

from tools.handover_kills import survive


async def test_applications_miss_nothing_through_kills() -> None:
    """Three kills: all that was acknowledged came, and in order."""
    result = await survive(kills=3, customers=40, messages=4, seed=1)

    assert result["acked"] == 160
    assert result["events"] == 200  # and the starts
    assert result["refused"]
    assert result["lost"] == 0
    assert result["out_of_order"] == 0
    assert result["faults"] == 0
