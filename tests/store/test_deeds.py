"""Deeds: what is written of operational records."""

from __future__ import annotations

from dataclasses import dataclass

from server.store.deeds import Deed, Table


@dataclass(frozen=True)
class Row:
    """A row of two columns."""

    id: str
    value: str


def test_a_table_writes_and_deletes_by_its_key() -> None:
    """What is not the key is what changes."""
    table = Table("thing", Row, "id")

    assert table.keep(Row("a", "b")) == (
        (
            "INSERT INTO thing (id, value) VALUES (?, ?)"
            " ON CONFLICT (id) DO UPDATE SET value = excluded.value"
        ),
        ("a", "b"),
    )
    assert table.drop("a") == ("DELETE FROM thing WHERE id = ?", ("a",))


def test_a_table_that_is_all_key_changes_nothing() -> None:
    """To write such a row twice is to write it once."""
    table = Table("thing", Row, "id", "value")

    statement, values = table.keep(Row("a", "b"))

    assert statement.endswith("ON CONFLICT (id, value) DO NOTHING")
    assert values == ("a", "b")


def test_a_deed_does_not_show_its_values() -> None:
    """They may say who somebody is."""
    shown = repr(Deed("INSERT INTO thing (id)", ("somebody",)))

    assert shown == "<Deed INSERT INTO thing>"
