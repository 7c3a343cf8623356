"""Writes the tables of docs/api.md from the operations and the problems.

python -m tools.api_document
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from server.domain.permission import SCOPES_OF_ROLES, Scope
from server.gateway.api.operation import Operation
from server.gateway.api.problems import DETAILS
from server.gateway.api.table import every_operation

PAGE = Path(__file__).parent.parent / "docs" / "api.md"

#: Between these two lines stands what is made here.
_MARKS = "<!-- {0}: python -m tools.api_document -->\n", "<!-- end -->"


def operations_table(operations: Iterable[Operation]) -> str:
    """Every operation, under the heading of its tag."""
    by_tag: dict[str, list[Operation]] = {}
    for one in operations:
        by_tag.setdefault(one.tag, []).append(one)
    parts = []
    for tag, found in by_tag.items():
        lines = [f"### {tag.capitalize()}\n"]
        lines += ["| operation | scope | what |", "|---|---|---|"]
        lines += [
            f"| `{one.method} {one.path}` | {_scope(one)} | {one.summary} |"
            for one in found
        ]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _scope(operation: Operation) -> str:
    if operation.do is None:
        return "an application's key"
    if operation.is_open:
        return "nobody has to sign in"
    return f"`{operation.scope}`" if operation.scope else "whoever signed in"


def problems_table() -> str:
    """Every code, and what it means."""
    lines = ["| code | meaning |", "|---|---|"]
    lines += [f"| `{code}` | {DETAILS[code]} |" for code in sorted(DETAILS)]
    return "\n".join(lines) + "\n"


def roles_table() -> str:
    """Every scope, and which roles have it."""
    roles = list(SCOPES_OF_ROLES)
    names = " | ".join(role.value.replace("_", " ") for role in roles)
    lines = [f"| scope | {names} |", "|---" * (len(roles) + 1) + "|"]
    for scope in Scope:
        has = [
            "yes" if scope in SCOPES_OF_ROLES[role] else "" for role in roles
        ]
        lines.append(f"| `{scope.value}` | {' | '.join(has)} |")
    return "\n".join(lines) + "\n"


def page(text: str) -> str:
    """``text`` with its tables made anew."""
    made = {
        "operations": operations_table(every_operation()),
        "problems": problems_table(),
        "roles": roles_table(),
    }
    for name, table in made.items():
        begin, end = _MARKS[0].format(name), _MARKS[1]
        text = re.sub(
            f"{re.escape(begin)}.*?{end}",
            lambda _, one=begin + table + end: one,  # type: ignore[misc]
            text,
            flags=re.DOTALL,
        )
    return text


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
