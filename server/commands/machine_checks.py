"""What the doctor asks of the machine: versions, space, limits, swap."""

from __future__ import annotations

import os
import platform
import resource
import shutil
from collections.abc import Iterator
from pathlib import Path

from server import __version__
from server.commands.finding import Finding, fail, ok, warn
from server.config import Config
from server.store.condition import sqlite_version

_OLDEST_SQLITE = (3, 40)
_MIB = 2**20
#: Free bytes below which messages are soon refused, and below which it is
#: time to make room.
_LEAST, _LITTLE = 200 * _MIB, 2_048 * _MIB
#: File systems that keep what is overwritten, or lose it with the power.
_UNFIT = {
    "btrfs": "keeps old copies of what is overwritten",
    "zfs": "keeps old copies of what is overwritten",
    "bcachefs": "keeps old copies of what is overwritten",
    "overlay": "is a container's own layer, gone with the container",
    "tmpfs": "is in memory, gone with the power",
    "nfs": "is on another machine",
    "nfs4": "is on another machine",
}
#: Sockets besides those of customers: files, agents, applications.
_OTHER_FILES = 256


def of_versions() -> Iterator[Finding]:
    """Of this program and of what it stands on."""
    found = platform.python_version()
    yield ok("version", f"Dayfly {__version__}, Python {found}")
    sqlite = sqlite_version()
    says = ".".join(map(str, sqlite))
    if sqlite >= _OLDEST_SQLITE:
        yield ok("SQLite", says)
    else:
        yield fail("SQLite", says, "use a Python with 3.40 or later")


def of_machine(config: Config) -> Iterator[Finding]:
    """Of the disk, the limits and the memory."""
    place = _existing(config.data)
    yield _space(place)
    yield _file_system(place)
    yield _limits(config)
    yield _swap(Path("/proc/swaps"))


def _space(place: Path) -> Finding:
    free = shutil.disk_usage(place).free
    says = f"{free // _MIB:,} MiB free"
    if free < _LEAST:
        return fail("disk", says, "make room: messages are refused when full")
    if free < _LITTLE:
        return warn("disk", says, "make room before it is full")
    return ok("disk", says)


def _file_system(place: Path) -> Finding:
    kind = kind_of(place, Path("/proc/self/mountinfo"))
    if kind in _UNFIT:
        return warn(
            "file system",
            f"{kind} {_UNFIT[kind]}",
            "put the data on ext4 or XFS: see SECURITY.md",
        )
    return ok("file system", kind or "unknown")


def kind_of(place: Path, mounts: Path) -> str:
    """The kind of the file system that ``place`` is on; empty: unknown."""
    try:
        device = place.stat().st_dev
        lines = mounts.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    number = f"{os.major(device)}:{os.minor(device)}"
    for line in lines:
        before, _, after = line.partition(" - ")
        if before.split()[2:3] == [number] and after:
            return after.split()[0]
    return ""


def _limits(config: Config) -> Finding:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = config.limits.connections + _OTHER_FILES
    if most == resource.RLIM_INFINITY or most >= needed:
        return ok("open files", "as many as connections need")
    return warn(
        "open files",
        f"{most:,} allowed, {needed:,} needed for limits.connections",
        "raise LimitNOFILE, or lower limits.connections",
    )


def _swap(swaps: Path) -> Finding:
    try:
        has_swap = len(swaps.read_text().splitlines()) > 1
    except OSError:
        has_swap = False
    if has_swap:
        return warn(
            "swap",
            "memory may be written to a disk",
            "encrypt it, or set MemorySwapMax=0 for the service",
        )
    return ok("swap", "none")


def _existing(path: Path) -> Path:
    path = path.absolute()
    while not path.exists():
        path = path.parent
    return path
