"""``run.py doctor``: whether all is well, line by line, and what to do if not.

It changes nothing, and works beside a running server and without one.
"""

from __future__ import annotations

import asyncio
from argparse import Namespace
from collections.abc import Iterator

from server import start_checks
from server.clock import SystemClock
from server.commands import (
    folder_checks,
    machine_checks,
    running_checks,
    stored_checks,
)
from server.commands.finding import Finding, Verdict, fail, ok
from server.commands.place import config_in
from server.commands.printing import as_json, say
from server.config import Config
from server.errors import Misconfigured, ServerError

_MARKS = {Verdict.OK: "ok  ", Verdict.WARN: "warn", Verdict.FAIL: "FAIL"}


def examine(asked: Namespace) -> int:
    """Look at everything; 0 if all is well or only warned of, else 1."""
    found = list(findings(asked))
    worst = max(one.verdict for one in found)
    if asked.json:
        as_json(
            [
                {
                    "verdict": one.verdict.name.lower(),
                    "what": one.what,
                    "says": one.says,
                    "advice": one.advice,
                }
                for one in found
            ]
        )
        return int(worst is Verdict.FAIL)
    for one in found:
        say(f"{_MARKS[one.verdict]}  {one.what}: {one.says}")
        if one.advice:
            say(f"      {one.advice}")
    return int(worst is Verdict.FAIL)


def findings(asked: Namespace) -> Iterator[Finding]:
    """What there is to say, the most basic first."""
    yield from machine_checks.of_versions()
    try:
        config = config_in(asked)
    except Misconfigured as error:
        yield fail("settings", str(error), "correct them: nothing starts")
        return
    yield _settings(config)
    now = SystemClock().now()
    yield from machine_checks.of_machine(config)
    yield from folder_checks.of_folder(config)
    yield from stored_checks.of_database(config, now)
    yield from running_checks.of_server(config, now)


def _settings(config: Config) -> Finding:
    try:
        asyncio.run(start_checks.check(config))
    except ServerError as error:
        return fail("settings", str(error), "correct them: nothing starts")
    return ok("settings", "in order")
