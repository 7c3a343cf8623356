"""The search for what must not be found."""

from __future__ import annotations

from pathlib import Path

from benchmarks.canaries import WINDOW, count_in


def test_a_canary_is_found_wherever_it_lies(tmp_path: Path) -> None:
    """At the start, in the middle and at the end of any file below."""
    canaries = [bytes([letter]) * WINDOW + b"tail" for letter in b"abcd"]
    below = tmp_path / "data" / "deep"
    below.mkdir(parents=True)
    (below / "one").write_bytes(canaries[0] + b"." + canaries[1][:WINDOW])
    (tmp_path / "two").write_bytes(b"..." + canaries[2] + b"...")

    assert count_in(tmp_path, canaries) == 3


def test_half_a_canary_is_no_canary(tmp_path: Path) -> None:
    """What was overwritten in part does not count."""
    canary = bytes(range(WINDOW))
    (tmp_path / "file").write_bytes(canary[: WINDOW - 1] + b"\0")

    assert count_in(tmp_path, [canary]) == 0
    assert count_in(tmp_path / "missing", [canary]) == 0
