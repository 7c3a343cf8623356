"""``run.py privacy``: what people may ask an account for."""

from __future__ import annotations

import asyncio
import sys
from argparse import Namespace
from typing import Any

from server.clock import SystemClock
from server.commands.agents import secret_line
from server.commands.asking import Asking
from server.commands.backups import written
from server.commands.place import (
    account_in,
    asking_in,
    config_in,
    master_of,
)
from server.commands.printing import (
    Progress,
    as_json,
    record,
    remark,
    say,
    table,
)
from server.errors import Misconfigured
from server.vault.one_time_key import OneTimeKey
from server.vault.package_files import header_in, open_package
from server.vault.package_key import Kind, PackageKey

clock = SystemClock()


def search(asked: Namespace) -> int:
    """Where some words stand in what is held; every search is audited."""
    asking = asking_in(asked)
    account = account_in(asked, asking)
    hits: list[dict[str, Any]] = []
    progress, looked, after = Progress("search"), 0, ""
    while True:
        page = asking.post(
            *_privacy(account, "search"),
            body={"text": asked.text, "after": after},
        )
        hits += page["hits"]
        looked += page["looked"]
        progress.at(looked)
        after = page["after"]
        if not after:
            break
    progress.finish()
    table(hits, ("kind", "id", "number", "at", "excerpt"), json_=asked.json)
    return 0


def find(asked: Namespace) -> int:
    """Who has that mailbox or number; it is read, no argument."""
    asking = asking_in(asked)
    account = account_in(asked, asking)
    found = asking.post(
        *("accounts", account, "customers", "lookup"),
        body={asked.by: secret_line(f"{asked.by}: ")},
    )
    table(
        found["customers"],
        ("id", "channel", "name", "restrictions", "seen_at"),
        json_=asked.json,
    )
    return 0


def export(asked: Namespace) -> int:
    """Everything of one person, sealed, in a file; its key is shown once."""
    asking = asking_in(asked)
    account = account_in(asked, asking)
    made = asking.post(*_privacy(account, "exports"), body=_whom(asked))
    progress = Progress("export")
    pieces = asking.stream("GET", *_privacy(account, "exports", made["id"]))
    size = written(asked.to, pieces, progress.at)
    progress.finish()
    if asked.json:
        as_json({"file": str(asked.to), "bytes": size, "key": made["key"]})
        return 0
    say(made["key"])
    remark(
        f"{asked.to}: {size:,} bytes, opened with that key, which is not"
        " shown again: 'python run.py privacy open FILE --to FILE'"
    )
    return 0


def erase(asked: Namespace) -> int:
    """Erase one person, or one conversation; ends in a receipt."""
    asking = asking_in(asked)
    account = account_in(asked, asking)
    _confirm(asked)
    path = _privacy(account, "erasures")
    job = asking.post(*path, body=_whom(asked))
    if asked.wait:
        job = _waited(asking, (*path, job["id"]), job)
    record(job, json_=asked.json)
    return 0


def requests(asked: Namespace) -> int:
    """The register of what people asked for, what presses most first."""
    asking = asking_in(asked)
    account = account_in(asked, asking)
    table(
        asking.all(*_privacy(account, "requests")),
        ("id", "kind", "law", "state", "due_at", "is_overdue", "subject"),
        json_=asked.json,
    )
    return 0


def open_file(asked: Namespace) -> int:
    """Make an export or a backup readable; the key is read, no argument."""
    if header_in(asked.file).kind is Kind.BACKUP:
        key = PackageKey.of_backups(master_of(config_in(asked)))
    else:
        key = OneTimeKey.parse(secret_line("key of the export: ")).package_key()
    open_package(asked.file, asked.to, key)
    say(f"{asked.to}: open, and in the clear from now on")
    return 0


def _waited(asking: Asking, path: tuple[str, ...], job: Any) -> Any:
    # A step is some milliseconds, or the end of a conversation's grace.
    progress, looks = Progress("erase"), 0
    while job["state"] != "done":
        asyncio.run(clock.sleep(0.2))
        looks += 1
        progress.at(looks)
        job = asking.get(*path)
    progress.finish()
    return job


def _confirm(asked: Namespace) -> None:
    if asked.yes or not sys.stdin.isatty():
        return
    remark("this cannot be undone")
    if input("type 'erase' to go on: ") != "erase":
        raise Misconfigured("nothing was erased")


def _whom(asked: Namespace) -> dict[str, str]:
    name = "customer" if asked.customer is not None else "conversation"
    return {name: str(getattr(asked, name))}


def _privacy(account: str, *path: str) -> tuple[str, ...]:
    return ("accounts", account, "privacy", *path)
