"""Reads the audit log from a data folder, and says whether it is whole.

No server is needed, and none is disturbed: nothing here writes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from server.data_folder import DataFolder
from server.domain.audit import EMPTY, AuditRow, Fault, fault_in
from server.store.audited import audit_file
from server.vault.anchors import Anchors
from server.vault.master_key import MasterKey


def lines(data: Path, *, as_json: bool) -> Iterator[str]:
    """Every row, for a reader or for a program.

    Raises:
        ServerError: The log cannot be read.
    """
    with audit_file(DataFolder(data).database) as file:
        # All of it before the first line is out: whoever reads page by page
        # would hold up the server's checkpoint, and with it every erasing.
        rows = list(file.rows())
    for row in rows:
        yield json.dumps(_as_map(row)) if as_json else _as_line(row)


def check(data: Path, master: MasterKey) -> tuple[int, Fault | None]:
    """How many rows there are, and the first fault.

    Raises:
        ServerError: The log cannot be read.
    """
    with audit_file(DataFolder(data).database) as file:
        rows = list(file.rows())
        found = file.anchor()
    anchor, seal = found or (EMPTY, b"")
    if found is None and rows:
        return len(rows), Fault(rows[-1].number, "nothing says where it ends")
    if found is not None and not Anchors(master).is_sound(anchor, seal):
        return len(rows), Fault(
            anchor.last, "where it ends was not sealed with this master key"
        )
    return len(rows), fault_in(rows, anchor)


def verdict(count: int, fault: Fault | None, *, as_json: bool) -> str:
    """What ``check`` found, for a reader or for a program."""
    if as_json:
        told: dict[str, object] = {"rows": count, "whole": fault is None}
        if fault is not None:
            told |= {"number": fault.number, "fault": fault.says}
        return json.dumps(told)
    if fault is None:
        return f"the audit log is whole: {count} rows"
    return f"the audit log is broken at row {fault.number}: {fault.says}"


def _as_map(row: AuditRow) -> dict[str, object]:
    return {
        "number": row.number,
        "at": row.at_ms / 1000,
        "event": row.event,
        "by": row.actor_kind,
        "actor": row.actor,
        "subject": row.subject,
        "detail": row.detail,
        "times": row.times,
        "chain": row.chain.hex(),
    }


def _as_line(row: AuditRow) -> str:
    at = datetime.fromtimestamp(row.at_ms / 1000, UTC)
    who = f"{row.actor_kind} {row.actor}".rstrip()
    times = f"{row.times} times" if row.times > 1 else ""
    parts = (
        f"{row.number:>6}",
        f"{at:%Y-%m-%d %H:%M:%S}Z",
        f"{row.event:<20}",
        who,
        row.subject,
        row.detail,
        times,
    )
    return "  ".join(part for part in parts if part)
