"""A scene: the server is killed while customers write.

The long form of it is ``python -m tools.kills``.
"""

from __future__ import annotations

from tools.kills import survive


async def test_what_was_acknowledged_survives_kill_9() -> None:
    """Three kills under load lose nothing, double nothing, leave no gap."""
    result = await survive(kills=3, customers=10, seed=1)

    assert result["acked"]
    assert result["lost"] == 0
    assert result["doubled"] == 0
    assert result["gaps"] == 0
    assert result["faults"] == 0
