"""The server under test: a child process that always gets stopped.

It runs in production mode, from a settings file and a data folder that live
in a temporary folder and vanish with it. Every feature stays on; only limits
meant for people are raised, for the load comes from one address and types
faster than anybody.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import resource
import secrets
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from server.ids import system_randomness
from server.vault.passwords import hash_password

ROOT = Path(__file__).resolve().parent.parent
#: Seconds a start or a stop may take; 100,000 conversations need three.
PATIENCE = 60.0
#: Set to a file name to have the server's functions counted by cProfile.
PROFILE = "DAYFLY_BENCHMARK_PROFILE"
ACCOUNT = "acme"
CHANNEL = "shop"
MIB = 2**20

SETTINGS = """\
data = "{data}"
host = "127.0.0.1"
port = 0
public_url = "http://127.0.0.1"
master_key_file = "{key_file}"
allowed_networks = ["127.0.0.0/8"]

[limits]
messages_per_second = 100000
message_burst = 100000
connections_per_address = 20000
connections = 20000

[[account]]
id = "{account}"
name = "Acme"

[[account.channel]]
id = "{channel}"
name = "Shop"
greeting = "Hello"
color = "#0b6e4f"
"""
AGENT = """
[[account.agent]]
name = "{name}"
display_name = "{name}"
password_hash = "{phc}"
"""
#: Its secret is known to everybody, and so is the load it carries.
APPLICATION = """
[[account.application]]
id = "bot"
name = "Bot"
webhook = "{webhook}"
secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
"""


class NoServer(Exception):
    """The server did not start; its last words are in the text."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A folder with everything a server needs to start.

    Attributes:
        folder: Holds the settings file, the key file, ``data`` and the log.
        agents: Names of the agents who may sign in.
        password: The password of all of them.
    """

    folder: Path
    agents: tuple[str, ...]
    password: str = field(repr=False)

    @property
    def file(self) -> Path:
        """The settings."""
        return self.folder / "settings.toml"

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "data"

    @property
    def key_file(self) -> Path:
        """The master key."""
        return self.folder / "master.key"

    @property
    def log(self) -> Path:
        """Everything the server wrote to stderr, over all its starts."""
        return self.folder / "server.log"


@contextlib.contextmanager
def fresh_setting(agents: int = 0, webhook: str = "") -> Iterator[Setting]:
    """A temporary folder for one server, removed in the end.

    Args:
        agents: How many may sign in.
        webhook: Where an application gets its events; empty: there is none.
    """
    folder = Path(tempfile.mkdtemp(prefix="dayfly-benchmark-"))
    try:
        yield _written(folder, agents, webhook)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _written(folder: Path, agents: int, webhook: str) -> Setting:
    setting = Setting(
        folder,
        tuple(f"agent-{number}" for number in range(agents)),
        secrets.token_hex(12),
    )
    setting.data.mkdir(mode=0o700)
    setting.key_file.touch(mode=0o600)
    setting.key_file.write_bytes(
        base64.b64encode(secrets.token_bytes(32)) + b"\n"
    )
    # One password, but a hash each, as in life: a start looks at all of them.
    agents_part = "".join(
        AGENT.format(
            name=name, phc=hash_password(setting.password, system_randomness)
        )
        for name in setting.agents
    )
    setting.file.write_text(
        SETTINGS.format(
            data=setting.data,
            key_file=setting.key_file,
            account=ACCOUNT,
            channel=CHANNEL,
        )
        + agents_part
        + (APPLICATION.format(webhook=webhook) if webhook else "")
    )
    setting.file.chmod(0o600)
    return setting


class Server:
    """A running server; made by ``running`` or ``start``."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self._process = process
        self._log = log
        self._listening: asyncio.Future[int] = (
            asyncio.get_running_loop().create_future()
        )
        self._reading = asyncio.create_task(self._read())
        self.port = 0

    @classmethod
    async def start(
        cls, setting: Setting, command: Sequence[str] = ()
    ) -> Server:
        """Start a server and wait until it listens.

        Args:
            setting: Where it runs.
            command: Another server to start instead of ours; it gets the
                data folder as its last argument.

        Raises:
            NoServer: It stopped, or said nothing for ``PATIENCE`` seconds.
        """
        process = await asyncio.create_subprocess_exec(
            *((*command, str(setting.data)) if command else _ours(setting)),
            cwd=ROOT,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            limit=MIB,
        )
        server = cls(process, setting.log)
        try:
            async with asyncio.timeout(PATIENCE):
                server.port = await server._listening
        except BaseException:
            await server.kill()
            raise
        return server

    @property
    def pid(self) -> int:
        """The process to look at, or to kill."""
        return self._process.pid

    async def _read(self) -> None:
        # Read as it comes, or the server would wait for us at its own log.
        assert self._process.stderr is not None  # noqa: S101 - narrows
        tail: list[str] = []
        with self._log.open("ab") as log:
            async for line in self._process.stderr:
                log.write(line)
                if self._listening.done():
                    continue
                tail = [*tail[-20:], line.decode(errors="replace")]
                port = port_in(line)
                if port is not None:
                    self._listening.set_result(port)
        if not self._listening.done():
            self._listening.set_exception(NoServer("".join(tail)))

    async def stop(self) -> float:
        """End it as an operator would; returns the seconds that took."""
        began = time.monotonic()
        await self._end(signal.SIGTERM)
        return time.monotonic() - began

    async def kill(self) -> None:
        """End it as a power cut would."""
        await self._end(signal.SIGKILL)

    async def _end(self, how: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(how)
        try:
            await asyncio.wait_for(self._process.wait(), PATIENCE)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        await self._reading

    def cpu_seconds(self) -> float:
        """Processor time of all its threads so far, in user and kernel."""
        stat = Path(f"/proc/{self.pid}/stat").read_text()
        # The process's name may hold anything, so count from its bracket.
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_bytes(self) -> int:
        """Memory it holds, shared libraries included."""
        statm = Path(f"/proc/{self.pid}/statm").read_text()
        return int(statm.split()[1]) * resource.getpagesize()


def port_in(line: bytes) -> int | None:
    """The port, if ``line`` is the log line that says it is listening."""
    if b'"listening"' not in line:
        return None
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    is_it = isinstance(entry, dict) and entry.get("event") == "listening"
    return int(entry["port"]) if is_it else None


def _ours(setting: Setting) -> list[str]:
    profile = os.environ.get(PROFILE)
    counted = ["-m", "cProfile", "-o", profile] if profile else []
    return [
        sys.executable,
        *counted,
        "run.py",
        "--settings",
        str(setting.file),
    ]


@contextlib.asynccontextmanager
async def running(
    setting: Setting, command: Sequence[str] = ()
) -> AsyncIterator[Server]:
    """A server for the time of a ``with``, stopped whatever happens in it."""
    server = await Server.start(setting, command)
    try:
        yield server
    finally:
        await server.stop()


def sync_seconds(folder: Path, times: int = 50) -> list[float]:
    """What an ``fdatasync`` after 4 KiB costs in ``folder`` just now.

    Beside every rate, because on a shared machine it varies tenfold.
    """
    waits: list[float] = []
    probe = folder / "probe"
    with probe.open("wb", buffering=0) as file:
        for _ in range(times):
            file.write(bytes(4096))
            began = time.monotonic()
            os.fdatasync(file.fileno())
            waits.append(time.monotonic() - began)
    probe.unlink()
    return waits


def allow_many_sockets() -> int:
    """Raise this process's limit of open files as far as it may go.

    Children inherit it. Returns the limit.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard
