"""``run.py backup``; docs/backup.md is its manual."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path

from server.clock import SystemClock
from server.commands.asking import Asking
from server.commands.place import config_in, given_keys, master_of
from server.commands.printing import Progress, as_json, remark, say
from server.config import Config
from server.data_folder import DataFolder
from server.errors import Misconfigured
from server.ids import system_randomness
from server.services.backing_up import Report, Source, backup
from server.vault.package_header import HEADER_SIZE, PackageHeader
from server.vault.slot_file import SlotFile

clock = SystemClock()


def make(asked: Namespace) -> int:
    """Write a backup to a file, by the running server or without one."""
    config = config_in(asked)
    asking = Asking(config.data)
    report = Report()
    progress = Progress("backup")
    if asking.is_running():
        pieces = asking.stream("POST", "server", "backups")
        size = written(asked.to, pieces, progress.at)
    else:
        size = written(asked.to, _alone(config, report), progress.at)
    progress.finish()
    if report.left_out:
        remark(f"left out, for their keys do not open: {report.left_out}")
    if asked.json:
        as_json({"file": str(asked.to), "bytes": size})
    else:
        say(f"{asked.to}: {size:,} bytes, sealed under the master key")
    return 0


def written(
    target: Path, pieces: Iterable[bytes], progress: Callable[[int], None]
) -> int:
    """Put ``pieces`` into a new file of that name; how many bytes they are.

    It is there only once it is whole, for its owner only; a kill leaves at
    most a file with ``.part`` after its name, which opens nothing.

    Raises:
        Misconfigured: There is a file of that name, or it cannot be made.
        ServerError: As whoever makes them.
    """
    if target.exists():
        raise Misconfigured(f"{target} is there already: name another file")
    # Of this process alone: another one that writes to the same name must not
    # have half of its own put there.
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    size = 0
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        with os.fdopen(os.open(part, flags, 0o600), "wb") as file:
            for piece in pieces:
                size += file.write(piece)
                progress(size)
            file.flush()
            os.fsync(file.fileno())
        _check_whole(part)
        part.rename(target)
        folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
        os.fsync(folder)
        os.close(folder)
    except OSError as error:
        raise Misconfigured(
            f"cannot write {target}: {error.strerror}"
        ) from None
    finally:
        part.unlink(missing_ok=True)
    return size


def _check_whole(part: Path) -> None:
    with part.open("rb") as file:
        PackageHeader.read(file.read(HEADER_SIZE))


def _alone(config: Config, report: Report) -> Iterator[bytes]:
    folder = DataFolder(config.data)
    given = given_keys(config)
    source = Source(
        database=folder.database,
        keys=folder.keys,
        master=master_of(config),
        previous=given.previous(),
    )
    # Locked while it is read: no server can start meanwhile, and none that
    # is just starting or stopping is mistaken for none.
    with closing(SlotFile.look(folder.keys)):
        yield from backup(
            source,
            now=clock.now(),
            randomness=system_randomness,
            report=report,
        )
