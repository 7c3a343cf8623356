"""``run.py restore``, and the list of who must not come back with one."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path

from server.clock import SystemClock
from server.commands.backups import written
from server.commands.place import config_in, keeps_master, master_of
from server.commands.printing import Progress, as_json, remark, say
from server.config import Config
from server.data_folder import DataFolder
from server.errors import Misconfigured
from server.ids import system_randomness
from server.restorer import erased_since, put_back
from server.services.erased_list import listed, sealed_list
from server.services.restoring import Outcome
from server.store.snapshot import snapshot
from server.vault.package_header import WrongKey

clock = SystemClock()


def restore(asked: Namespace) -> int:
    """Make an empty data folder of a backup."""
    config = config_in(asked)
    outcome = _restored(asked, config)
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
    else:
        _tell(config.data, outcome, knows_since=asked.erased is not None)
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


def _restored(asked: Namespace, config: Config) -> Outcome:
    master, now = master_of(config), clock.now()
    progress = Progress("restore")
    try:
        return put_back(
            asked.file,
            config.data,
            master,
            erased=erased_since(asked.erased, master, now),
            keeps_master=keeps_master(asked),
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


def _tell(data: Path, outcome: Outcome, *, knows_since: bool) -> None:
    made_at = datetime.fromtimestamp(outcome.made_at, UTC)
    say(
        f"{data}: as of {made_at:%Y-%m-%d %H:%M}Z, {outcome.rows} rows,"
        f" {outcome.customers} customers; {outcome.not_back} were erased"
        " since and are not back"
    )
    remark("conversations are in no backup: those of that time are gone")
    if not knows_since:
        remark(
            "who was erased after the backup was made is known only to"
            " --erased: see docs/backup.md"
        )
