"""What a command says: a table for people, JSON for programs, a bar for both.

Answers go to standard output, everything else to standard error.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TextIO

_BAR = 24
_GAP = "  "


def say(text: str) -> None:
    """An answer."""
    print(text)  # noqa: T201 - what was asked for


def remark(text: str) -> None:
    """Something beside the answer."""
    print(text, file=sys.stderr)  # noqa: T201 - what was asked for


def as_json(value: object) -> None:
    """An answer for a program."""
    say(json.dumps(value, ensure_ascii=False, indent=2))


def table(
    rows: Iterable[Mapping[str, Any]], columns: Sequence[str], *, json_: bool
) -> None:
    """Rows one below the other; the whole of each for a program."""
    rows = list(rows)
    if json_:
        as_json(rows)
        return
    cells = [[column.replace("_", " ") for column in columns]]
    cells += [[shown(row.get(one), one) for one in columns] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for line in cells:
        say(
            _GAP.join(
                cell.ljust(width)
                for cell, width in zip(line, widths, strict=True)
            ).rstrip()
        )


def record(row: Mapping[str, Any], *, json_: bool) -> None:
    """One thing, a field a line."""
    if json_:
        as_json(row)
        return
    width = max(map(len, row), default=0)
    for name, value in row.items():
        label = name.replace("_", " ").ljust(width)
        say(f"{label}{_GAP}{shown(value, name)}".rstrip())


def shown(value: Any, name: str = "") -> str:
    """One value for people; what is called ``..._at`` is a time."""
    match value:
        case None | "" | []:
            text = "-"
        case bool():
            text = "yes" if value else "no"
        case float() if value.is_integer() and not _is_moment(name):
            text = str(int(value))
        case int() | float() if _is_moment(name):
            text = f"{datetime.fromtimestamp(value, UTC):%Y-%m-%d %H:%M:%S}Z"
        case list() | tuple():
            text = ", ".join(shown(one) for one in value)
        case dict():
            text = json.dumps(value, ensure_ascii=False)
        case _:
            text = str(value)
    # What came from elsewhere must not steer the terminal.
    return "".join(one if one.isprintable() else "\ufffd" for one in text)


def _is_moment(name: str) -> bool:
    return name in {"at", "oldest"} or name.endswith(("_at", "_until"))


class Progress:
    """A bar that goes on; on a terminal only.

    Args:
        title: What is going on.
        total: How much there is; None: nobody knows.
        stream: Where.
    """

    def __init__(
        self,
        title: str,
        total: int | None = None,
        stream: TextIO | None = None,
    ) -> None:
        self._title = title
        self._total = total
        self._stream = stream or sys.stderr
        self._is_shown = self._stream.isatty()
        self._said = ""

    def at(self, count: int) -> None:
        """So much is done by now."""
        if not self._is_shown:
            return
        text = f"\r{self._title}  {self._bar(count)}{count:,}"
        # Once for each step that can be seen: terminals are slow.
        if text != self._said:
            self._said = text
            self._stream.write(text)
            self._stream.flush()

    def finish(self) -> None:
        """Leave the line."""
        if self._said:
            self._stream.write("\n")

    def _bar(self, count: int) -> str:
        if not self._total:
            return ""
        filled = min(_BAR, _BAR * count // self._total)
        return f"[{'#' * filled}{'.' * (_BAR - filled)}]  "
