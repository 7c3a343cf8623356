"""Why the client stops before its person wants it to, and its exit code."""

from __future__ import annotations


class ClientError(Exception):
    """Something the person at the terminal has to know; one sentence."""

    exit_code = 1


class Unusable(ClientError):
    """The command line or a file named on it cannot be used."""

    exit_code = 2


class Refused(ClientError):
    """The server will not have us, and trying again cannot help."""

    exit_code = 3


class Unreachable(ClientError):
    """Nobody answers, or what answers does not speak the protocol."""

    exit_code = 4
