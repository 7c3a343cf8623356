"""What the doctor asks of the running server: socket, port, certificate."""

from __future__ import annotations

import socket
from collections.abc import Iterator

from server.commands.asking import Asking
from server.commands.finding import Finding, fail, ok, warn
from server.config import Config
from server.errors import ServerError
from server.vault.certificates import good_until

_PATIENCE = 3.0
_DAY = 86_400.0
#: Days before its end from which a certificate is warned of.
_SOON = 14
_EVERY = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104


def of_server(config: Config, now: float) -> Iterator[Finding]:
    """Whether it runs, and how it does."""
    if config.tls is not None:
        yield _certificate(config, now)
    asking = Asking(config.data)
    if not asking.is_running():
        yield warn("server", "not running", "start it, if it should")
        return
    try:
        found = asking.get("server", "status")
    except ServerError as error:
        yield fail("server", str(error), "look into its log")
        return
    if found["is_ready"] and found["status"] == "ok":
        yield ok("server", f"well, {found['conversations']} conversations")
    else:
        yield fail("server", str(found["status"]), "look into its log")
    if found["last_checkpoint_ok"]:
        yield ok("erasing", "the database's log can be emptied")
    else:
        yield fail(
            "erasing",
            "the database's log cannot be emptied",
            "find the program that reads the database, or the full disk",
        )
    # The port is its own word: it may have been started with another one.
    yield _port(_EVERY.get(config.host, config.host), int(found["port"]))


def _port(host: str, port: int) -> Finding:
    try:
        socket.create_connection((host, port), _PATIENCE).close()
    except OSError as error:
        return fail(
            "port",
            f"{host} {port}: {error.strerror or 'no answer'}",
            "look for a firewall, or another server's settings",
        )
    return ok("port", f"{host} {port} answers")


def _certificate(config: Config, now: float) -> Finding:
    assert config.tls is not None  # noqa: S101 - the caller looked
    try:
        days = int((good_until(config.tls.certificate) - now) // _DAY)
    except ServerError as error:
        return fail("certificate", str(error), "name the right file")
    if days < 0:
        return fail("certificate", "has expired", "renew it, and restart")
    if days < _SOON:
        return warn("certificate", f"{days} days left", "renew it, and restart")
    return ok("certificate", f"{days} days left")
