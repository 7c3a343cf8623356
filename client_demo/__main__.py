"""The command: ``python -m client_demo``; ``--help`` tells the rest."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import getpass
import os
import secrets
import sys
import time
from pathlib import Path
from urllib.parse import quote, urlsplit

from client_demo.agent import SignIn
from client_demo.backoff import GONE, LEFT, NAMES
from client_demo.connection import Connection
from client_demo.errors import ClientError, Refused, Unusable
from client_demo.lines import InputLines
from client_demo.participant import Means
from client_demo.plain import COMMANDS, Habits
from client_demo.plain_agent import PlainAgent
from client_demo.plain_customer import PlainCustomer
from client_demo.printer import FORMAT
from client_demo.token_file import TokenFile

EXIT_CODES = """
exit codes: 0 fine, 2 usage, 3 refused, 4 cannot connect, 130 interrupted
"""

_SCHEMES = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}


def main(arguments: list[str] | None = None) -> int:
    """Run the client; its exit code."""
    options = _parser().parse_args(arguments)
    try:
        asyncio.run(_run(options))
    except ClientError as error:
        print(f"client_demo: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has left, as ``head`` does; Python would
        # complain once more when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="client_demo",
        description="Talk to a Dayfly server as a customer or an agent.",
        epilog=COMMANDS + FORMAT + EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("url", nargs="?", metavar="URL", help="the server; as --server")
    add("--server", default="http://127.0.0.1:8420", metavar="URL")
    add("--channel", default="shop", help="customer: which channel (shop)")
    add("--agent", action="store_true", help="be an agent, not a customer")
    add("--name", default="maria", help="agent: the name to sign in with")
    add("--plain", action="store_true", help="lines on stdin and stdout")
    add("--json", action="store_true", help="plain: print frames as JSON")
    add("--token-file", type=Path, metavar="PATH", help=_TOKEN_HELP)
    add("--end-at-eof", action="store_true", help="plain customer: end then")
    add("--linger", action="store_true", help="plain: stay after the input")
    add("--auto-take", action="store_true", help="agent: take what waits")
    return parser


_TOKEN_HELP = "customer: keep the token here, to come back in another run"  # noqa: S105 - words about one


async def _run(options: argparse.Namespace) -> None:
    address = _address(options)
    connection = Connection(
        address,
        jitter=secrets.SystemRandom().random,
        elapsed=time.monotonic,
    )
    means = Means(
        tell=connection.tell,
        later=asyncio.get_running_loop().call_later,
        new_id=lambda: secrets.token_hex(16),
        elapsed=time.monotonic,
        not_sent=lambda _code, _text: None,
        language=language_in(os.environ.get("LANG", "")),
    )
    if options.plain or options.json:
        code = await _plain(options, connection, means, address)
    else:
        code = await _screen(options, connection, means, address)
    if code not in {LEFT, GONE}:
        raise Refused(f"closed: {NAMES.get(code, code)}")


async def _plain(
    options: argparse.Namespace,
    connection: Connection,
    means: Means,
    address: str,
) -> int:
    habits = Habits(
        write=_print,
        as_json=options.json,
        end_at_eof=options.end_at_eof,
        linger=options.linger,
    )
    password = _early_password(options)
    lines = InputLines(sys.stdin.fileno())
    if options.agent:
        if password is None:
            password = await lines.next() or ""
        sign_in = _sign_in(options, password)
        return await PlainAgent(connection, means, habits, sign_in).run(lines)
    tokens = TokenFile(options.token_file, address)
    customer = PlainCustomer(
        connection, means, habits, keep=tokens.keep, token=tokens.load()
    )
    return await customer.run(lines)


async def _screen(
    options: argparse.Namespace,
    connection: Connection,
    means: Means,
    address: str,
) -> int:
    try:
        # Imported only here: plain mode must work without Textual.
        from client_demo.desk import Desk  # noqa: PLC0415
        from client_demo.screen import CustomerScreen  # noqa: PLC0415
    except ImportError as error:
        raise Unusable(
            "the screen needs Textual: pip install textual (or use --plain)"
        ) from error
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Unusable("not a terminal: use --plain")
    if options.agent:
        password = _early_password(options) or ""
        sign_in = _sign_in(options, password)
        return await Desk(connection, means, sign_in).attend()
    tokens = TokenFile(options.token_file, address)
    screen = CustomerScreen(
        connection, means, keep=tokens.keep, token=tokens.load()
    )
    return await screen.attend()


def _early_password(options: argparse.Namespace) -> str | None:
    """The password, unless it is the first line of the input."""
    if not options.agent:
        return None
    password = os.environ.get("DAYFLY_PASSWORD")
    if password is None and sys.stdin.isatty():
        with contextlib.suppress(EOFError):
            password = getpass.getpass(f"Password of {options.name}: ")
    return password


def _sign_in(options: argparse.Namespace, password: str) -> SignIn:
    return SignIn(
        name=options.name, password=password, auto_take=options.auto_take
    )


def _address(options: argparse.Namespace) -> str:
    """The socket's address; a path in the URL is the server's prefix.

    Raises:
        Unusable: It is not the address of a server.
    """
    parts = urlsplit(options.url or options.server)
    scheme = _SCHEMES.get(parts.scheme)
    if scheme is None or not parts.hostname or parts.query or parts.fragment:
        raise Unusable("URL must look like http://127.0.0.1:8420")
    path = parts.path.rstrip("/")
    if "/socket/" not in path:
        channel = quote(options.channel, safe="")
        who = "agent" if options.agent else f"customer/{channel}"
        path = f"{path}/socket/{who}"
    return f"{scheme}://{parts.netloc}{path}"


def language_in(lang: str) -> str | None:
    """``de_DE.UTF-8`` as the tag ``de-DE``; None if it names no language."""
    tag = lang.partition(".")[0].replace("_", "-")
    return tag[:64] if tag[:2].islower() else None  # not C, not POSIX


def _print(line: str) -> None:
    # At once: who reads a pipe must not wait for a full buffer.
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
