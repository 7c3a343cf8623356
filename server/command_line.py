"""What ``run.py`` does once it knows what is wanted.

What only one of its commands needs is imported there: a server would keep it.
"""

from __future__ import annotations

import asyncio
import getpass
import importlib
import os
import signal
import sys
import tempfile
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

import uvloop

from server import auditor, logs, start_checks
from server.app import Server
from server.config import Config, load
from server.errors import Misconfigured, ServerError
from server.ids import new_token, system_randomness, token_hash
from server.process import harden
from server.vault.passwords import DEFAULTS, hash_password
from server.vault.webhook_secret import WebhookSecret

if TYPE_CHECKING:
    from server.demo import Demo

UNSAFE = 2
FAILED = 1
SHORTEST_PASSWORD = 10


def serve(settings: Path) -> int:
    """Production: what the settings file says, until a signal."""
    try:
        config = load(settings)
    except Misconfigured as error:
        return _refused(error)
    logs.set_up(config.log_level)
    return _run(config)


def serve_as_asked(asked: Namespace) -> int:
    """Production: settings, or what is stored, or what is answered now."""
    from server.commands import serving  # noqa: PLC0415 - see the header

    try:
        config = serving.config_to_serve(asked)
    except ServerError as error:
        return _refused(error)
    logs.set_up(config.log_level)
    return _run(config)


def run_command(asked: Namespace) -> int:
    """Run the command that ``asked`` names; see ``commands.words``."""
    module, _, function = asked.run.partition(":")
    logs.set_up("error")
    try:
        do = getattr(
            importlib.import_module(f"server.commands.{module}"), function
        )
        code = int(do(asked))
        sys.stdout.flush()
    except ServerError as error:
        return _refused(error)
    except KeyboardInterrupt:
        return FAILED
    except BrokenPipeError:
        # Whoever reads has enough, as ``head`` has. What is left in the
        # buffer would fail once more when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def demonstrate(
    *, data: Path | None, host: str, port: int, log_level: str
) -> int:
    """The demo: an account, a shop and two agents made for this run."""
    from server.demo import Demo  # noqa: PLC0415 - see the header

    logs.set_up(log_level)
    with tempfile.TemporaryDirectory(prefix="dayfly-") as folder:
        try:
            demo = Demo.make(
                data=data or Path(folder),
                host=host,
                port=port,
                log_level=log_level,
            )
        except Misconfigured as error:
            return _refused(error)
        return _run(demo.config, demo)


def check(settings: Path) -> int:
    """Say whether a start with ``settings`` would be refused."""
    try:
        asyncio.run(start_checks.check(load(settings)))
    except Misconfigured as error:
        return _refused(error)
    print("the settings are in order")  # noqa: T201 - what was asked for
    return 0


def print_hash() -> int:
    """Read a password and print its PHC string."""
    if sys.stdin.isatty():
        password = getpass.getpass("password: ")
    else:
        password = sys.stdin.readline().rstrip("\n")
    if len(password) < SHORTEST_PASSWORD or password in DEFAULTS:
        return _refused(
            Misconfigured(
                f"a password has at least {SHORTEST_PASSWORD} characters and"
                " is none that everybody tries first"
            )
        )
    print(hash_password(password, system_randomness))  # noqa: T201 - see above
    return 0


def print_key() -> int:
    """Make an API key and a webhook secret, and print what goes where."""
    key = new_token(system_randomness)
    secret = WebhookSecret.generate(system_randomness).text()
    lines = (
        f"key        {key}",
        f'settings   key_hash = "{token_hash(key).hex()}"',
        f'secret     secrets = ["{secret}"]',
    )
    print("\n".join(lines))  # noqa: T201 - what was asked for
    return 0


def audit(
    *, data: Path | None, settings: Path | None, as_json: bool, verify: bool
) -> int:
    """Print the audit log of a data folder, or whether it is whole.

    Args:
        data: The folder, its master key in it.
        settings: Instead: the settings that name both.
        as_json: For a program.
        verify: Check it instead of printing it.
    """
    from server.commands.place import master_of  # noqa: PLC0415 - as above

    try:
        config = load(settings) if settings else Config(data=data or Path())
        if not verify:
            for line in auditor.lines(config.data, as_json=as_json):
                print(line)  # noqa: T201 - what was asked for
            return 0
        count, fault = auditor.check(config.data, master_of(config))
    except ServerError as error:
        return _refused(error)
    print(auditor.verdict(count, fault, as_json=as_json))  # noqa: T201 - as above
    return FAILED if fault else 0


def _run(config: Config, demo: Demo | None = None) -> int:
    harden()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_until_signalled(config, demo))
    except ServerError as error:
        return _refused(error)
    return 0


async def _until_signalled(config: Config, demo: Demo | None) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server = Server(config)
    async with server:
        if demo is not None:
            print(demo.introduction(server.port), flush=True)  # noqa: T201
        await server.run_until(stop)


def _refused(error: ServerError) -> int:
    print(f"dayfly: {error}", file=sys.stderr)  # noqa: T201 - for the operator
    return UNSAFE if isinstance(error, Misconfigured) else FAILED
