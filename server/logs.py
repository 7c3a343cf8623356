"""Log records: an event, a few facts, never anything a person typed.

One JSON object a line on stderr. The event is a constant of the code; facts
come from ``extra`` and are kept only if their name is on the list below. So
what is not foreseen here is not logged, whatever a library tries.
"""

from __future__ import annotations

import json
import logging
import sys
from typing import TextIO

#: The names of facts that may be logged, and what they are.
FACTS = frozenset(
    {
        "conversation",  # its id, which opens nothing
        "conversations",  # how many
        "count",
        "error",  # the type of an exception, never its text
        "file",  # of our own code
        "kind",
        "late_s",
        "line",
        "port",
        "reason",  # a constant
        "seconds",
        "slots",
        "version",
        "waiting",
    }
)


class JsonLines(logging.Formatter):
    """One record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without an end."""
        # Everybody else's records are cut down to where they came from: their
        # texts may quote requests, rows and frames.
        is_own = record.name == "server" or record.name.startswith("server.")
        line: dict[str, object] = {
            "at": round(record.created, 3),
            "level": record.levelname.lower(),
            "logger": record.name,
            # Unformatted: arguments are where contents would come from.
            "event": record.msg if is_own else "library message withheld",
        }
        for name, value in record.__dict__.items():
            if name in FACTS and isinstance(value, str | int | float):
                line[name] = value
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
        return json.dumps(line, separators=(",", ":"), default=str)


def set_up(level: str, stream: TextIO | None = None) -> None:
    """Send every log record of the process to ``stream`` (stderr).

    Args:
        level: ``debug``, ``info``, ``warning`` or ``error``; libraries are
            never below ``warning``, for at ``debug`` they write contents.
        stream: Where to.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("server").setLevel(level.upper())
    for library in ("asyncio", "aiosqlite", "websockets", "uvicorn"):
        logging.getLogger(library).setLevel(logging.WARNING)
    # Tracebacks of threads and of the interpreter's end go the same way.
    sys.excepthook = _hook
    logging.raiseExceptions = False


def _hook(kind: type[BaseException], *_: object) -> None:
    logging.getLogger("server").critical(
        "the server ended by an error", extra={"error": kind.__name__}
    )
