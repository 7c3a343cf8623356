"""Deeds: what is written of operational records, rarely and of many kinds.

Conversations have columns of their own in ``Group``, because thousands pass a
second. What an account is made of changes a few times a day: a deed is one
statement and its values, made by a function of the file that knows the table
(``resources``, ``customers``, ...), and ``Group.do`` takes any of them.
"""

from __future__ import annotations

from dataclasses import fields
from operator import attrgetter
from typing import Any, NamedTuple


class Deed(NamedTuple):
    """One statement, and the values for its marks."""

    statement: str
    values: tuple[Any, ...]

    def __repr__(self) -> str:
        # The values may say who somebody is.
        return f"<Deed {self.statement.split('(')[0].strip()}>"


class Table:
    """The statements that keep and drop the rows of one table.

    Args:
        name: Of the table.
        row: The type of its rows; its fields are the columns, in order.
        key: The columns that name a row.
    """

    def __init__(self, name: str, row: type, *key: str) -> None:
        names = [field.name for field in fields(row)]
        marks = ", ".join("?" * len(names))
        changed = ", ".join(
            f"{one} = excluded.{one}" for one in names if one not in key
        )
        # Nothing but names of this program's own is put into the texts.
        self.columns = ", ".join(names)
        self._keep = (
            f"INSERT INTO {name} ({self.columns}) VALUES ({marks})"  # noqa: S608
            f" ON CONFLICT ({', '.join(key)}) DO "
            + (f"UPDATE SET {changed}" if changed else "NOTHING")
        )
        where = " AND ".join(f"{one} = ?" for one in key)
        self._drop = f"DELETE FROM {name} WHERE {where}"  # noqa: S608
        self._values = attrgetter(*names)

    def keep(self, row: Any) -> Deed:
        """Write ``row``, in place of the one with its key."""
        return Deed(self._keep, self._values(row))

    def drop(self, *key: Any) -> Deed:
        """Delete the row with that key; none is no error."""
        return Deed(self._drop, key)
