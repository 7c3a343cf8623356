"""Starts Dayfly, and everything that is done with it from a terminal.

Without a command: the demo, or production with ``--settings``. ``--help``
answers at once: of the server nothing but the names of its commands is loaded
before it is known what is wanted.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from server.commands.words import add_commands, joined

USAGE_ERROR = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Returns:
        The exit code: 0; 1 if it failed; 2 if it was told something it
        cannot do.
    """
    given = sys.argv[1:] if arguments is None else arguments
    asked = parser().parse_args(joined(given))
    from server import command_line  # noqa: PLC0415 - see the header

    own: dict[str, Callable[[], int]] = {
        "audit": lambda: command_line.audit(
            data=asked.data,
            settings=asked.settings,
            as_json=asked.json,
            verify=asked.verify,
        ),
        "check": lambda: command_line.check(asked.settings),
        "hash-password": command_line.print_hash,
        "new-key": command_line.print_key,
        "serve": lambda: command_line.serve_as_asked(asked),
    }
    if asked.command is not None:
        if asked.command in own:
            return own[asked.command]()
        return command_line.run_command(asked)
    if asked.settings is not None:
        return command_line.serve(asked.settings)
    return command_line.demonstrate(
        data=asked.data,
        host=asked.host,
        port=asked.port,
        log_level=asked.log_level,
    )


def parser() -> argparse.ArgumentParser:
    """What may stand on the command line."""
    made = argparse.ArgumentParser(
        prog="run.py",
        description="Dayfly, a customer-messaging server that forgets on time.",
        epilog="Without a command and --settings: the demo, with a shop, a"
        " console and passwords made for this run.",
    )
    made.add_argument("--settings", type=Path, metavar="FILE", help="TOML")
    made.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="demo: keep the data here (default: a folder that is thrown away)",
    )
    made.add_argument("--host", default="127.0.0.1", help="demo: address")
    made.add_argument(
        "--port", type=int, default=8420, help="demo: port, 0 for any free one"
    )
    made.add_argument(
        "--log-level",
        choices=("debug", "info", "warning", "error"),
        default="info",
        help="demo: how much goes to stderr",
    )
    _add_commands(made)
    return made


def _add_commands(made: argparse.ArgumentParser) -> None:
    commands = made.add_subparsers(dest="command", metavar="COMMAND")
    add_commands(commands)
    commands.add_parser(
        "hash-password",
        help="read a password, print what to put into the settings",
    )
    commands.add_parser(
        "new-key",
        help="make an application's API key and webhook secret",
    )
    check = commands.add_parser(
        "check", help="say whether a settings file is in order"
    )
    check.add_argument(
        "--settings", type=Path, metavar="FILE", required=True, help="TOML"
    )
    _add_audit(
        commands.add_parser("audit", help="print the log of security events")
    )


def _add_audit(audit: argparse.ArgumentParser) -> None:
    where = audit.add_mutually_exclusive_group(required=True)
    where.add_argument(
        "--data", type=Path, metavar="DIR", help="the data folder"
    )
    where.add_argument(
        "--settings", type=Path, metavar="FILE", help="or what names it; TOML"
    )
    audit.add_argument("--json", action="store_true", help="for programs")
    audit.add_argument(
        "--verify",
        action="store_true",
        help="say whether it is whole instead; exit code 1 if it is not",
    )


if __name__ == "__main__":
    sys.exit(main())
