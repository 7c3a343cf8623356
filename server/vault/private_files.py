"""Whether nobody but its owner may read a file.

Permission bits alone do not say it where there is an access list: what shows
as the group's bits is then the most that anybody on the list has. Systemd
hands over credentials that way: they belong to root, and the list names the
one user that the service runs as.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import Final

#: Any permission for group or others.
OTHERS: Final = 0o077
#: ``struct stat``'s bits for others, who are on no list.
_REST: Final = 0o007

# From ``linux/posix_acl_xattr.h``: a version, then an entry each.
_NAME: Final = "system.posix_acl_access"
_VERSION: Final = struct.Struct("<I")
_ENTRY: Final = struct.Struct("<HHI")
_OWNER, _USER, _MASK = 0x01, 0x02, 0x10


def is_private(fd: int) -> bool:
    """Whether nobody may do anything with the open file but its owner, or us.

    Root may, whatever it says.
    """
    mode = os.fstat(fd).st_mode
    if not mode & OTHERS:
        return True
    if mode & _REST:
        return False
    entries = _list_of(fd)
    return bool(entries) and all(
        tag in {_OWNER, _MASK}
        or not permissions
        or (tag == _USER and user == os.geteuid())
        for tag, permissions, user in entries
    )


def is_open_to_others(path: Path) -> bool:
    """The same question of a file that is not open, the other way round.

    Raises:
        OSError: It cannot be opened.
    """
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return not is_private(fd)
    finally:
        os.close(fd)


def _list_of(fd: int) -> list[tuple[int, int, int]]:
    """The entries of its access list: tag, permissions, id; none: no list."""
    try:
        found = os.getxattr(fd, _NAME)
    except OSError:
        return []  # then the bits are all there is
    return list(_ENTRY.iter_unpack(found[_VERSION.size :]))
