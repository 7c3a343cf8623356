"""Log records: an event, a few facts, never anything a person typed.

One JSON object a line on stderr. The event is a constant of the code; facts
come from ``extra`` and are kept only if their name is on the list below. So
what is not foreseen here is not logged, whatever a library tries.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from typing import TextIO

#: In place of what others would have said.
WITHHELD = "library message withheld"
#: The names of facts that may be logged, and what they are.
FACTS = frozenset(
    {
        "application",  # its id in the settings
        "channel",  # its id in the settings
        "code",  # of a refusal
        "conversation",  # its id, which opens nothing
        "conversations",  # how many
        "count",
        "erasure",  # its id, which names nobody
        "error",  # the type of an exception, never its text
        "fault",  # a constant
        "file",  # of our own code
        "kind",
        "late_s",
        "line",
        "messages",  # how many
        "notices",  # how many
        "number",  # of a message
        "path",  # where in a frame; names of our own fields
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
            "event": _event(record.msg) if is_own else WITHHELD,
        }
        line |= {
            name: value
            for name, value in record.__dict__.items()
            if name in FACTS and isinstance(value, str | int | float)
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
        return json.dumps(line, separators=(",", ":"))


def _event(said: object) -> str:
    # An exception in place of an event would be turned into its text.
    return said if isinstance(said, str) else WITHHELD


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
    # Tracebacks and warnings quote values: they go the same way.
    sys.excepthook = _on_end
    sys.unraisablehook = _on_unraisable
    threading.excepthook = _on_thread
    logging.captureWarnings(capture=True)
    logging.raiseExceptions = False


def _on_end(kind: type[BaseException], *_: object) -> None:
    _log_error("the server ended by an error", kind)


def _on_thread(failed: threading.ExceptHookArgs) -> None:
    _log_error("a thread ended by an error", failed.exc_type)


def _on_unraisable(failed: sys.UnraisableHookArgs) -> None:
    _log_error("an error could not be raised", failed.exc_type)


def _log_error(event: str, kind: type[BaseException]) -> None:
    logging.getLogger("server").critical(event, extra={"error": kind.__name__})
