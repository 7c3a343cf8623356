"""``run.py backup`` and ``run.py restore``; docs/backup.md is their manual."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from server.clock import SystemClock
from server.commands.asking import Asking
from server.commands.place import config_in, given_keys, master_of
from server.commands.printing import Progress, as_json, remark, say
from server.config import Config
from server.data_folder import DataFolder
from server.errors import Misconfigured
from server.ids import system_randomness
from server.restorer import erased_since, put_back
from server.services.backing_up import Report, Source, backup
from server.services.erased_list import listed, sealed_list
from server.store.snapshot import snapshot
from server.vault.package_header import HEADER_SIZE, PackageHeader, WrongKey
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


def restore(asked: Namespace) -> int:
    """Make an empty data folder of a backup."""
    config = config_in(asked)
    master = master_of(config)
    progress = Progress("restore")
    now = clock.now()
    try:
        outcome = put_back(
            asked.file,
            config.data,
            master,
            erased=erased_since(asked.erased, master, now),
            keeps_master=_looks_in_the_folder(config, asked),
            now=now,
            randomness=system_randomness,
            progress=progress.at,
        )
    except WrongKey as error:
        raise Misconfigured(
            f"{asked.file} was made under the master key"
            f" {error.key_id.hex()}: give that one"
        ) from None
    finally:
        progress.finish()
    made_at = f"{datetime.fromtimestamp(outcome.made_at, UTC):%Y-%m-%d %H:%M}Z"
    if asked.json:
        as_json(
            {
                "data": str(config.data),
                "made_at": outcome.made_at,
                "rows": outcome.rows,
                "customers": outcome.customers,
                "not_back": outcome.not_back,
            }
        )
        return 0
    say(
        f"{config.data}: as of {made_at}, {outcome.rows} rows,"
        f" {outcome.customers} customers; {outcome.not_back} were erased"
        " since and are not back"
    )
    remark("conversations are in no backup: those of that time are gone")
    if asked.erased is None:
        remark(
            "who was erased after the backup was made is known only to"
            " --erased: see docs/backup.md"
        )
    return 0


def list_erased(asked: Namespace) -> int:
    """Write down who must not come back with a backup."""
    config = config_in(asked)
    now = clock.now()
    with snapshot(DataFolder(config.data).database) as found:
        made = listed(found, now=now)
    pieces = sealed_list(made, master_of(config), randomness=system_randomness)
    size = written(asked.to, pieces, lambda _: None)
    if asked.json:
        as_json({"file": str(asked.to), "erased": len(made.erased)})
    else:
        say(f"{asked.to}: {len(made.erased)} erased, {size:,} bytes")
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
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
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


def _looks_in_the_folder(config: Config, asked: Namespace) -> bool:
    """Whether a start will look for the master key in the data folder."""
    return asked.settings is None and config.master_key is None
