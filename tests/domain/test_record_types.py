"""The registry of record types agrees with what is really kept."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

from server.domain.record_types import RECORD_TYPES, Home, Sensitivity
from server.live.sessions import Session
from tools import data_model

SCHEMA = Path(__file__).parents[2] / "server" / "store" / "schema.sql"


def columns_of_the_database() -> set[str]:
    """Every ``table.column``, as the database itself sees its schema."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(SCHEMA.read_text(encoding="utf-8"))
        found = database.execute(
            "SELECT tables.name || '.' || columns.name"
            " FROM sqlite_schema AS tables"
            " JOIN pragma_table_info(tables.name) AS columns"
            " WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite_%'"
        )
        return {name for (name,) in found}


def test_every_column_is_claimed_and_every_claim_is_a_column() -> None:
    """Nothing is stored of which nobody said when it dies."""
    claimed = {name for kind in RECORD_TYPES for name in kind.columns}

    assert claimed == columns_of_the_database()


def test_every_session_field_is_claimed_and_every_claim_is_one() -> None:
    """Nothing is held in memory of which nobody said when it dies."""
    claimed = [name for kind in RECORD_TYPES for name in kind.session_fields]

    assert sorted(claimed) == sorted(Session.__slots__)


def test_names_are_unique() -> None:
    """A name means one thing."""
    names = Counter(kind.name for kind in RECORD_TYPES)

    assert max(names.values()) == 1


def test_only_what_is_held_claims_anything() -> None:
    """A planned type with a claim would be one that is held already."""
    claims = [
        kind.name
        for kind in RECORD_TYPES
        if not kind.held and (kind.columns or kind.session_fields)
    ]

    assert claims == []


def test_what_people_said_is_encrypted_wherever_it_is_stored() -> None:
    """Sensitive rows and blobs are unreadable, but for keyed hashes."""
    stored = {Home.DATABASE, Home.BLOBS, Home.KEY_FILE}
    readable = {
        kind.name
        for kind in RECORD_TYPES
        if kind.sensitivity is Sensitivity.SENSITIVE
        and kind.home in stored
        and not kind.encrypted
    }

    assert readable == {"agent sign-ins", "erased subjects"}


def test_the_document_is_what_the_registry_says() -> None:
    """docs/data-model.md is generated: ``python -m tools.data_model``."""
    written = data_model.PAGE.read_text(encoding="utf-8")

    assert written == data_model.page(RECORD_TYPES)
