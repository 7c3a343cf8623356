"""How the server's health is said."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from starlette.requests import Request

from server.gateway.health import Health, Status, answer, duration, fill
from server.gateway.pages import WEB

WELL = Health(
    status=Status.OK,
    uptime_seconds=5.0,
    sessions=0,
    connections=0,
    conversations=0,
    deadlines=0,
    last_checkpoint_ok=True,
    version="0.1.0",
)


@pytest.mark.parametrize(
    ("status", "code"),
    [(Status.OK, 200), (Status.DEGRADED, 503), (Status.STARTING, 503)],
)
def test_a_monitor_need_only_look_at_the_status_code(
    status: Status, code: int
) -> None:
    """Anything but well is 503."""
    request = Request({"type": "http", "headers": []})
    health = replace(WELL, status=status)

    said = answer(request, health, template=None, policy="")

    assert said.status_code == code


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.4, "0 s"),
        (59.9, "59 s"),
        (61.0, "1 min 1 s"),
        (3600.0, "1 h"),
        (90_061.0, "1 d 1 h"),
    ],
)
def test_a_duration_is_said_in_its_two_largest_units(
    seconds: float, said: str
) -> None:
    """Nobody needs the seconds of a week."""
    assert duration(seconds) == said


@pytest.mark.parametrize("is_ok", [True, False])
def test_the_real_page_has_no_place_left_empty(*, is_ok: bool) -> None:
    """Every name in double braces is one that health knows."""
    template = (WEB / "health" / "index.html").read_text(encoding="utf-8")
    health = replace(WELL, last_checkpoint_ok=is_ok)

    assert re.findall(r"\{\{.*?\}\}", fill(template, health)) == []
