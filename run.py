"""Starts Dayfly: the demo by default, production with a settings file.

``--help`` answers at once: nothing of the server is imported before it is
known what is wanted.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

USAGE_ERROR = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Returns:
        The exit code: 0; 2 if it was told something it cannot do.
    """
    asked = parser().parse_args(arguments)
    from server import command_line  # noqa: PLC0415 - see the header

    if asked.command == "hash-password":
        return command_line.print_hash()
    if asked.command == "new-key":
        return command_line.print_key()
    with_settings = {
        "check": command_line.check,
        "key": command_line.key_status,
    }
    if asked.command in with_settings:
        return with_settings[asked.command](asked.settings)
    if asked.command == "audit":
        return command_line.audit(
            data=asked.data,
            settings=asked.settings,
            as_json=asked.json,
            verify=asked.verify,
        )
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
        epilog="Without --settings: the demo, with a shop, a console and"
        " passwords made for this run. With it: production.",
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
    key = commands.add_parser("key", help="look at the key file")
    status = key.add_subparsers(metavar="status", required=True).add_parser(
        "status", help="say how many keys are under which master key"
    )
    for one in (check, status):
        one.add_argument(
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
