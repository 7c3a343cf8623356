"""The lines of a backup: any row survives, and no missing end does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import Corrupt
from server.services.backup_lines import line, read, row_line, row_of

VALUES = st.lists(
    st.none()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.binary(),
    max_size=8,
)


def pieces(content: bytes, size: int) -> list[bytes]:
    """``content``, some at a time."""
    return [content[at : at + size] for at in range(0, len(content), size)]


@given(st.lists(VALUES, max_size=5), st.integers(1, 40))
def test_rows_come_back(rows: list[list[object]], size: int) -> None:
    """Whatever is in them, and however they are cut."""
    content = b"".join(row_line(row) for row in rows)
    content += line({"end": len(rows)})

    assert [row_of(one) for one in read(pieces(content, size))] == rows


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[1]\n",
        b'[1]\n{"end":2}\n',
        b'[1]\n{"end":1}',
        b'[1]\n{"end":1}\n[2]\n',
        b'no\n{"end":1}\n',
        b"\xff\n",
        b"[" * 100_000 + b"\n",
    ],
)
def test_what_lacks_something_is_refused(content: bytes) -> None:
    """A line, the end, or any sense."""
    with pytest.raises(Corrupt):
        list(read([content]))


def test_a_line_has_an_end() -> None:
    """Nobody fills the memory with one."""
    with pytest.raises(Corrupt):
        list(read([bytes(2**20)] * 17))


def test_bytes_that_are_none_are_refused() -> None:
    """As of a row that was not written here."""
    with pytest.raises(Corrupt):
        row_of([{"b64": "?"}])
