"""Who may read a file, by its bits and by its list."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest

from server.vault.private_files import is_open_to_others, is_private

OWNER, USER, GROUP, NAMED_GROUP, MASK, REST = 1, 2, 4, 8, 16, 32
NOBODY = 2**32 - 1


def file(
    folder: Path, mode: int, *entries: tuple[int, int, int]
) -> tuple[Path, bool]:
    """A file with these bits, and perhaps a list; and what is said of it."""
    path = folder / "file"
    path.touch()
    path.chmod(mode)
    fd = os.open(path, os.O_RDONLY)
    try:
        if entries:
            written = struct.pack("<I", 2) + b"".join(
                struct.pack("<HHI", *one) for one in sorted(entries)
            )
            try:
                os.setxattr(fd, "system.posix_acl_access", written)
            except OSError:
                pytest.skip("this file system keeps no access lists")
        return path, is_private(fd)
    finally:
        os.close(fd)


@pytest.mark.parametrize(
    ("mode", "said"),
    [(0o600, True), (0o400, True), (0o640, False), (0o604, False)],
)
def test_bits_are_believed_without_a_list(
    tmp_path: Path, mode: int, *, said: bool
) -> None:
    """A group may have anybody in it."""
    assert file(tmp_path, mode)[1] is said


def listed(
    who: tuple[int, int, int], group: int = 0
) -> list[tuple[int, int, int]]:
    """A list as systemd makes it, with ``who`` on it."""
    return [
        (OWNER, 4, NOBODY),
        who,
        (GROUP, group, NOBODY),
        (MASK, 4, NOBODY),
        (REST, 0, NOBODY),
    ]


def test_a_credential_is_ours_alone(tmp_path: Path) -> None:
    """Its group's bits are only what we have ourselves."""
    path, said = file(tmp_path, 0o400, *listed((USER, 4, os.geteuid())))

    assert path.stat().st_mode & 0o077 == 0o040
    assert said
    assert not is_open_to_others(path)


def test_whoever_else_is_on_the_list_may_read(tmp_path: Path) -> None:
    """Another user, a group, or the file's own group."""
    other = os.geteuid() + 1
    for entries in (
        listed((USER, 4, other)),
        listed((NAMED_GROUP, 4, 0)),
        listed((USER, 4, os.geteuid()), group=4),
    ):
        assert not file(tmp_path, 0o400, *entries)[1]
