"""Tests of server/domain/resource.py."""

from __future__ import annotations

import re
from pathlib import Path

from server import store
from server.domain.resource import (
    MOST,
    REMOVAL,
    UNIQUE_EVERYWHERE,
    ResourceKind,
)

SCHEMA = Path(store.__file__ or "").with_name("schema.sql")


def test_there_is_a_limit_for_every_kind() -> None:
    """What somebody may make grow is bounded."""
    assert set(MOST) == set(ResourceKind)
    assert REMOVAL not in set(ResourceKind)


def test_the_database_knows_what_is_unique_everywhere() -> None:
    """Its index names the same kinds."""
    found = re.search(r"kind IN \(([^)]*)\)", SCHEMA.read_text())

    assert found is not None
    assert set(re.findall(r"'(\w+)'", found[1])) == UNIQUE_EVERYWHERE
