"""Backing up: the same for all, beside whoever writes, and told truly."""

from __future__ import annotations

from pathlib import Path

from server.data_folder import DataFolder
from server.services.backing_up import Report, backup
from tests.services.backups import (
    ACME,
    NOW,
    erase,
    filled,
    opened,
    packed,
    randomness,
    source_of,
)


async def test_it_tells_what_is_in_it(tmp_path: Path) -> None:
    """Rows, people and bytes; and how far it is."""
    await filled(tmp_path)
    report, told = Report(), list[int]()

    package = b"".join(
        backup(
            source_of(tmp_path),
            now=NOW,
            randomness=randomness,
            report=report,
            progress=told.append,
        )
    )

    assert report == Report(
        customers=3, left_out=0, rows=14, bytes=len(package)
    )
    assert told == [14]


async def test_it_is_made_beside_a_server(tmp_path: Path) -> None:
    """Which goes on writing while it is read."""
    await filled(tmp_path)
    async with opened(tmp_path) as folder:
        pieces = backup(source_of(tmp_path), now=NOW, randomness=randomness)
        first = next(pieces)
        await folder.history.write(lambda group: group.expire_notices(1.0))
        rest = b"".join(pieces)

    assert first + rest


async def test_somebody_who_is_being_erased_is_left_out(
    tmp_path: Path,
) -> None:
    """The key is gone and the row not yet: the row is of no use."""
    await filled(tmp_path)
    async with opened(tmp_path) as folder:
        found = await folder.history.customers.get(ACME, "customer-1")
        assert found is not None
        folder.keys.shred([found.slot])
        report = Report()
        packed(tmp_path, report)

    assert (report.customers, report.left_out) == (2, 1)


async def test_a_slot_that_somebody_else_has_by_now_is_left_out(
    tmp_path: Path,
) -> None:
    """The list of slots is a moment old; a conversation may have it."""
    await filled(tmp_path)
    keys = DataFolder(tmp_path).keys
    content = bytearray(keys.read_bytes())
    # The conversation's slot, the fifth, lies where a customer's was.
    content[4096 + 128 : 4096 + 256] = content[4096 + 512 : 4096 + 640]
    keys.write_bytes(content)
    report = Report()

    packed(tmp_path, report)

    assert (report.customers, report.left_out) == (2, 1)


async def test_who_was_erased_is_not_in_it(tmp_path: Path) -> None:
    """Only by what they were found."""
    await filled(tmp_path)
    await erase(tmp_path, 2, at=NOW)
    report = Report()

    packed(tmp_path, report)

    assert (report.customers, report.left_out) == (2, 0)
