"""What may stand on the command line of ``run.py``.

Nothing but this file is loaded before it is known what is wanted, so that
``--help`` answers at once. Each command names the function that does it.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

_ROLES: Final = ("agent", "supervisor", "privacy_officer", "administrator")
_LEVELS: Final = ("opted_out", "implicit", "explicit", "double")
_RESTRICTIONS: Final = (
    "do_not_process",
    "do_not_profile",
    "do_not_locate",
    "do_not_store",
)
_REASONS: Final = (
    "asked",
    "accuracy_contested",
    "unlawful",
    "legal_claims",
    "objection",
)


class Word(NamedTuple):
    """One argument: its name, and what argparse is told of it."""

    name: str
    told: dict[str, Any]


class Command(NamedTuple):
    """One command.

    Attributes:
        words: How it is called.
        run: Module below ``server.commands``, and function.
        help: What it does, in a line.
        takes: What may stand behind it.
        of: What it is about: ``"account"``, ``"data"``, or nothing.
    """

    words: str
    run: str
    help: str
    takes: tuple[Word, ...] = ()
    of: str = "account"


def _word(name: str, help_: str, **told: Any) -> Word:
    return Word(name, {"help": help_, **told})


def _file(name: str, help_: str, **told: Any) -> Word:
    return _word(name, help_, type=Path, metavar="FILE", **told)


_ID = _word("id", "its id")
_NAME = _word("name", "the name to sign in with")
_TITLE = _word("--name", "as people call it", required=True)
_FIELDS = _word(
    "fields", "NAME=VALUE, as in docs/operating.md", nargs="+", metavar="FIELD"
)
_SET = _word(
    "--set",
    "NAME=VALUE, as in docs/operating.md; again for others",
    dest="fields",
    action="append",
    default=[],
    metavar="FIELD",
)
_TO = _file("--to", "a file that is not there yet", required=True)
_KEY_FILE = _file("--master-key-file", "the master key, if no settings say")
_CUSTOMER = _word("--customer", "the id of the person", metavar="ID")
_CONVERSATION = _word("--conversation", "or of a conversation", metavar="ID")
_PERSON = _word(
    "--customer", "the id of the person", metavar="ID", required=True
)
_WHICH = _word(
    "restrictions", "what", nargs="+", choices=_RESTRICTIONS, metavar="WHAT"
)

COMMANDS: Final = (
    Command("serve", "", "start in production", (), "data"),
    Command("account list", "accounts:show_all", "all of them", (), "data"),
    Command("account add", "accounts:add", "make one", (_ID, _TITLE), "data"),
    Command("account show", "accounts:show", "one", (_ID,), "data"),
    Command(
        "account remove",
        "accounts:remove",
        "erase one with all it has",
        (_ID,),
        "data",
    ),
    Command("channel list", "channels:show_all", "those of an account"),
    Command(
        "channel add",
        "channels:add",
        "make one",
        (
            _ID,
            _TITLE,
            _word("--origin", "a site that shows it", action="append"),
            _SET,
        ),
    ),
    Command("channel show", "channels:show", "one, field by field", (_ID,)),
    Command("channel set", "channels:set_fields", "change it", (_ID, _FIELDS)),
    Command("channel remove", "channels:remove", "remove it", (_ID,)),
    Command(
        "channel snippet",
        "channels:snippet",
        "the line for the pages of the site",
        (_ID,),
    ),
    Command("agent list", "agents:show_all", "those of an account"),
    Command(
        "agent add",
        "agents:add",
        "make one; the password is asked for, or read from the input",
        (
            _NAME,
            _word("--display-name", "what customers see"),
            _word("--role", "one of several", action="append", choices=_ROLES),
        ),
    ),
    Command("agent set-password", "agents:set_password", "another", (_NAME,)),
    Command(
        "agent roles",
        "agents:set_roles",
        "what somebody is there for",
        (_NAME, _word("roles", "all of them", nargs="+", choices=_ROLES)),
    ),
    Command("agent remove", "agents:remove", "remove one", (_NAME,)),
    Command("api-key list", "api_keys:show_all", "those of an account"),
    Command(
        "api-key add",
        "api_keys:add",
        "make one, shown once",
        (
            _ID,
            _word("--name", "as people call it"),
            _word(
                "--scope",
                "what it may do, such as customers:read",
                action="append",
                required=True,
            ),
        ),
    ),
    Command("api-key revoke", "api_keys:revoke", "make it worthless", (_ID,)),
    Command(
        "key status",
        "master_keys:status",
        "how many keys are under which master key",
        (_KEY_FILE,),
        "data",
    ),
    Command(
        "key rotate",
        "master_keys:rotate",
        "make a new master key, and say what is left to do",
        (_KEY_FILE,),
        "data",
    ),
    Command(
        "privacy search",
        "privacy:search",
        "where words stand in what is held",
        (_word("text", "three characters or more"),),
    ),
    Command(
        "privacy find",
        "privacy:find",
        "who has a mailbox or a number, which is asked for",
        (_word("by", "which of the two", choices=("email", "phone")),),
    ),
    Command(
        "privacy export",
        "privacy:export",
        "everything of somebody, in a sealed file",
        (_CUSTOMER, _CONVERSATION, _TO),
    ),
    Command(
        "privacy erase",
        "privacy:erase",
        "erase somebody, with a receipt",
        (
            _CUSTOMER,
            _CONVERSATION,
            _word("--wait", "for the receipt", action="store_true"),
            _word("--yes", "do not ask", action="store_true"),
        ),
    ),
    Command(
        "privacy restrict",
        "wishes:restrict",
        "what may not be done with somebody",
        (
            _PERSON,
            _WHICH,
            _word("--reason", "why", choices=_REASONS, default="asked"),
        ),
    ),
    Command(
        "privacy lift",
        "wishes:lift",
        "lift restrictions, after the person was told",
        (
            _PERSON,
            _WHICH,
            _word("--told-at", "when they were told", metavar="MOMENT"),
        ),
    ),
    Command(
        "privacy consent",
        "wishes:consent",
        "what somebody agreed to; with --purpose: write it down",
        (
            _PERSON,
            _word("--purpose", "such as service"),
            _word("--level", "how", choices=_LEVELS, default="explicit"),
            _word("--version", "of the wording"),
        ),
    ),
    Command("privacy requests", "privacy:requests", "what is due when"),
    Command(
        "privacy open",
        "privacy:open_file",
        "make an export or a backup readable",
        (_file("file", "the package"), _TO, _KEY_FILE),
        "data",
    ),
    Command(
        "privacy erased",
        "restores:list_erased",
        "who must not come back with a backup, in a sealed file",
        (_TO, _KEY_FILE),
        "data",
    ),
    Command(
        "holdings",
        "holdings:show",
        "what is held: of somebody, or in the whole account",
        (_CUSTOMER, _CONVERSATION),
    ),
    Command(
        "doctor",
        "doctor:examine",
        "say whether all is well, and what to do if not",
        (_KEY_FILE,),
        "data",
    ),
    Command(
        "backup",
        "backups:make",
        "a sealed backup in a file, of a server that runs or not",
        (_TO, _KEY_FILE),
        "data",
    ),
    Command(
        "restore",
        "restores:restore",
        "make an empty data folder of a backup",
        (
            _file("file", "the backup"),
            _file("--erased", "who was erased since, or the old data folder"),
            _KEY_FILE,
        ),
        "data",
    ),
)

_NAMING: Final = {"--customer", "--conversation"}
_GROUPS: Final = {
    "account": "the businesses on this server",
    "channel": "the ways by which customers come",
    "agent": "the people who answer",
    "api-key": "the keys with which programs call the API",
    "key": "the master key",
    "privacy": "what people may ask for",
}
#: Commands that need one of the two.
_OF_SOMEBODY: Final = {"privacy export", "privacy erase"}


def add_commands(commands: Any) -> None:
    """Have argparse know all of ``COMMANDS``."""
    groups: dict[str, Any] = {}
    for command in COMMANDS:
        group, _, verb = command.words.partition(" ")
        if verb and group not in groups:
            parser = commands.add_parser(group, help=_GROUPS[group])
            groups[group] = parser.add_subparsers(
                dest="verb", metavar="VERB", required=True
            )
        within = groups[group] if verb else commands
        made = within.add_parser(verb or group, help=command.help)
        _fill(made, command)


def joined(arguments: Sequence[str]) -> list[str]:
    """``arguments`` with ids tied to what they are of.

    Ids are random and may begin with a dash: argparse would take such a one
    for an option, so somebody could not be erased.
    """
    made: list[str] = []
    for one in arguments:
        if made and made[-1] in _NAMING:
            made[-1] += f"={one}"
        else:
            made.append(one)
    return made


def _fill(made: argparse.ArgumentParser, command: Command) -> None:
    made.set_defaults(run=command.run, account=None, master_key_file=None)
    where = made.add_mutually_exclusive_group()
    where.add_argument(
        "--data", type=Path, metavar="DIR", help="the data folder"
    )
    where.add_argument(
        "--settings", type=Path, metavar="FILE", help="or what names it; TOML"
    )
    if command.words != "serve":
        made.add_argument("--json", action="store_true", help="for programs")
    if command.of == "account":
        made.add_argument(
            "--account", metavar="ID", help="whose; needed if there are several"
        )
    within: Any = made
    if _CUSTOMER in command.takes:
        within = made.add_mutually_exclusive_group(
            required=command.words in _OF_SOMEBODY
        )
    for word in command.takes:
        holder = within if word in (_CUSTOMER, _CONVERSATION) else made
        holder.add_argument(word.name, **word.told)


def names(commands: Sequence[Command] = COMMANDS) -> list[str]:
    """How each command is called."""
    return [command.words for command in commands]
