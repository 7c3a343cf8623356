"""The list of who was erased: as it was made, or refused."""

from __future__ import annotations

import pytest

from server.errors import Corrupt
from server.services.backup_lines import line
from server.services.erased_list import ErasedList, opened_list, sealed_list
from server.vault.package_key import PackageKey
from server.vault.packages import sealed_package
from tests.vault.rings import MASTER, randomness


def sealed(made: ErasedList) -> list[bytes]:
    """``made`` as a package."""
    return list(sealed_list(made, MASTER, randomness=randomness))


def test_it_comes_back() -> None:
    """With what is in it; nobody can be read in the file."""
    made = ErasedList(made_at=7.0, accounts={"acme": 1.0})
    made.add("acme", b"index of somebod", 5.0)
    made.things.add(("channel", "acme", "shop"))

    assert opened_list(sealed(made), MASTER) == made
    assert b"acme" not in b"".join(sealed(made))


def test_the_last_erasing_counts() -> None:
    """In whatever order they are told."""
    made = ErasedList()
    made.add("acme", b"x", 5.0)
    made.add("acme", b"x", 3.0)

    assert made.has_erased("acme", b"x", 4.0)
    assert not made.has_erased("acme", b"x", 6.0)
    assert not made.has_erased("else", b"x", 4.0)


@pytest.mark.parametrize(
    "values",
    [
        [],
        [{"dayfly": "backup", "format": 1, "made_at": 1}],
        [{"dayfly": "erased", "format": 2, "made_at": 1}],
        [{"dayfly": "erased", "format": 1, "made_at": "x"}],
        [{"dayfly": "erased", "format": 1, "made_at": 1}, {"erased": []}],
        [[]],
    ],
)
def test_what_is_no_list_is_refused(values: list[object]) -> None:
    """A backup, say, given in its place."""
    content = [*map(line, values), line({"end": len(values)})]
    package = sealed_package(
        PackageKey.of_backups(MASTER), content, randomness=randomness
    )

    with pytest.raises(Corrupt):
        opened_list(package, MASTER)
