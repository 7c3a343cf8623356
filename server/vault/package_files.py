"""Opening a package that is a file into another file.

For people with a key and no server: whoever was given an export, and an
operator who wants to see what is in a backup. What is in the package is not
unpacked, only made readable.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from server.errors import Misconfigured
from server.vault.package_header import HEADER_SIZE, PackageHeader
from server.vault.package_key import PackageKey
from server.vault.packages import opened_package

_READ_SIZE: Final = 256 * 1024


def header_in(source: Path) -> PackageHeader:
    """What the package at ``source`` says of itself; blocks.

    Nothing of it is proved before it is opened.

    Raises:
        Corrupt: It is no package.
        Misconfigured: The file cannot be read.
    """
    try:
        with source.open("rb") as file:
            return PackageHeader.read(file.read(HEADER_SIZE))
    except OSError as error:
        raise Misconfigured(
            f"cannot read {source}: {error.strerror}"
        ) from error


def open_package(source: Path, target: Path, key: PackageKey) -> None:
    """Write what is in the package at ``source`` to ``target``; blocks.

    ``target`` can be read by its owner only, and is there only once it is
    whole: until then it has ``.part`` after its name, and if something fails
    it is gone.

    Raises:
        WrongKey: The package needs another key.
        Corrupt: It is none, of another kind, or not as it was sealed.
        Misconfigured: ``target`` is there already, or a file cannot be read
            or written.
    """
    if target.exists():
        raise Misconfigured(f"{target} is there already: name another one")
    part = target.with_name(target.name + ".part")
    try:
        with source.open("rb") as package, _made(part) as file:
            try:
                for piece in opened_package(key, _read(package)):
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
                part.rename(target)
            finally:
                part.unlink(missing_ok=True)
    except OSError as error:
        name = error.filename or part
        raise Misconfigured(
            f"cannot open the package: {name}: {error.strerror}"
        ) from error


def _read(file: BinaryIO) -> Iterator[bytes]:
    while content := file.read(_READ_SIZE):
        yield content


def _made(path: Path) -> BinaryIO:
    # Of its own making: what lies there already may be open to others.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    return os.fdopen(os.open(path, flags, 0o600), "wb")
