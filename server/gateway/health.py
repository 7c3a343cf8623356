"""Whether the server is well: JSON for programs, a page for people.

Counts and times only. It is open to everybody who reaches the server, so
nothing stands here that must not be known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response


class Status(StrEnum):
    """How the server does."""

    OK = "ok"
    DEGRADED = "degraded"  # it runs, and the operator has something to do
    STARTING = "starting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The server at one moment.

    Attributes:
        status: How it does.
        uptime_seconds: Since its start.
        sessions: In memory.
        connections: Open websockets.
        conversations: Stored.
        deadlines: Waiting to come due.
        last_checkpoint_ok: Whether the database's log was last truncated.
        version: Of the program.
    """

    status: Status
    uptime_seconds: float
    sessions: int
    connections: int
    conversations: int
    deadlines: int
    last_checkpoint_ok: bool
    version: str


HealthSource = Callable[[], Health]

_SAYINGS = {
    Status.OK: "All is well",
    Status.DEGRADED: "Something needs attention",
    Status.STARTING: "Starting",
}

_CHECKPOINT = {
    True: "was emptied when it had to be",
    False: "could not be emptied yet; what ended is unreadable already",
}


def answer(
    request: Request, health: Health, *, template: str | None, policy: str
) -> Response:
    """``health`` as the asker wants it; 503 unless all is well.

    Args:
        request: Whose ``Accept`` header decides; JSON unless it names HTML.
        health: What to tell.
        template: The page, with names in double braces; None: always JSON.
        policy: The page's content security policy.
    """
    code = 200 if health.status is Status.OK else 503
    headers = {"vary": "accept", "cache-control": "no-store"}
    if template is None or "text/html" not in request.headers.get("accept", ""):
        return JSONResponse(asdict(health), code, headers)
    headers["content-security-policy"] = policy
    return HTMLResponse(fill(template, health), code, headers)


def fill(template: str, health: Health) -> str:
    """``template`` with the values of ``health`` in its places."""
    values = {name: str(value) for name, value in asdict(health).items()}
    values["uptime"] = duration(health.uptime_seconds)
    values["saying"] = _SAYINGS[health.status]
    values["checkpoint"] = _CHECKPOINT[health.last_checkpoint_ok]
    for name, value in values.items():
        template = template.replace("{{" + name + "}}", escape(value))
    return template


def duration(seconds: float) -> str:
    """``seconds`` as people say it, in its two largest units."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = ((days, "d"), (hours, "h"), (minutes, "min"), (rest, "s"))
    said = [f"{number} {unit}" for number, unit in parts if number]
    return " ".join(said[:2]) or "0 s"
