"""The local socket: the API for the operator, without a key.

``<data>/admin.sock``, for this user only, in a folder that is this user's
only. Who connects is looked at once more, by what the kernel says of them:
the user the server runs as, or root.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import stat
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, cast

import uvicorn

from server.errors import Misconfigured
from server.gateway.door import Door
from server.gateway.http import Http
from server.gateway.listener import GRACE, QuietServer

log = logging.getLogger(__name__)

NAME = "admin.sock"
#: Connections at once; the operator has one or two.
MOST = 32
#: Characters of an address; the kernel's own limit, less the closing zero.
LONGEST = 107
# struct ucred: process, user, group.
_PEER = struct.Struct("iII")

#: The user at the other end of a connection; None: nobody can tell.
UserOf = Callable[[Any], int | None]


class AdminSocket:
    """The open socket.

    Args:
        application: Answers the requests; ASGI.
        folder: Where it is to be; it is removed at the end.
        user_of: Who is at the other end of a connection.

    Raises:
        Misconfigured: It cannot be made there.
    """

    def __init__(
        self,
        application: Any,
        folder: Path,
        *,
        user_of: UserOf | None = None,
    ) -> None:
        self._path = folder / NAME
        self._bound = bind(folder)
        self._is_over = asyncio.Event()
        # Counted apart from the port's: a flood there keeps nobody out here.
        door = Door({}, own_origins=(), most=MOST, most_per_address=MOST)
        self._server = QuietServer(
            uvicorn.Config(
                application,
                http=partial(Local, door, user_of or peer_of),  # type: ignore[arg-type]  # a class or what makes one
                ws="none",
                lifespan="off",
                interface="asgi3",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=GRACE,
            )
        )

    async def run(self) -> None:
        """Serve until ``stop`` was called and all are served."""
        try:
            await self._server.serve(sockets=[self._bound])
        finally:
            self._bound.close()
            self._is_over.set()

    async def stop(self) -> None:
        """Take the address away, and wait for those who are served."""
        with suppress(FileNotFoundError):
            self._path.unlink()
        self._server.should_exit = True
        await self._is_over.wait()


class Local(Http):
    """A connection from this machine, whose other end is looked at first.

    Args:
        door: Counts it.
        user_of: Who is at the other end.
    """

    def __init__(self, door: Door, user_of: UserOf, **parts: Any) -> None:
        super().__init__(door, **parts)
        self._user_of = user_of
        self._is_in = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        user = self._user_of(transport.get_extra_info("socket"))
        if user not in {None, 0, os.geteuid()}:
            log.warning("somebody else's process opened the local socket")
            # Nothing was read, and nobody is told anything.
            cast("asyncio.Transport", transport).abort()
            return
        self._is_in = True
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._is_in:
            super().connection_lost(exc)


def peer_of(connection: Any) -> int | None:
    """The user of the process at the other end, as the kernel has it.

    Returns:
        None where there is no asking: then the modes of socket and folder
        decide alone.
    """
    kind = getattr(socket, "SO_PEERCRED", None)
    if kind is None:
        return None  # not Linux
    # A copy, because loops show a socket that may be asked for its number
    # and nothing else.
    with socket.fromfd(
        connection.fileno(), socket.AF_UNIX, socket.SOCK_STREAM
    ) as copy:
        said = copy.getsockopt(socket.SOL_SOCKET, kind, _PEER.size)
    _, user, _ = _PEER.unpack(said)
    return int(user)


def bind(folder: Path) -> socket.socket:
    """The socket in ``folder``, at which nobody answers yet.

    Whoever left one there is gone: the folder is locked by whoever uses it.

    Raises:
        Misconfigured: It cannot be made there.
    """
    path = folder / NAME
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with suppress(FileNotFoundError):
            if not stat.S_ISSOCK(path.lstat().st_mode):
                raise Misconfigured(f"{path} is in the way of the local socket")
            path.unlink()
        with _address(path) as address:
            # Nobody else may open it even for the moment before the chmod:
            # the folder is ours alone.
            bound.bind(address)
        path.chmod(0o600)
        # From here on the kernel holds those who come, until they are served.
        bound.listen(MOST)
    except OSError as error:
        bound.close()
        raise Misconfigured(
            f"cannot listen on {path}: {error.strerror}"
        ) from None
    except Misconfigured:
        bound.close()
        raise
    bound.setblocking(False)  # noqa: FBT003 - the name of the method says it
    return bound


@contextmanager
def _address(path: Path) -> Iterator[str]:
    """``path``, or a short name for it."""
    if len(os.fsencode(path)) <= LONGEST:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
