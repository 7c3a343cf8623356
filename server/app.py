"""Puts the server together; the only file that knows every part.

Read ``Server._start`` from top to bottom to see the architecture: parts are
made in the order in which they depend on each other, and stop in the reverse
order. Embedding a server is ``async with Server(config) as server``.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from server import __version__
from server.clock import Clock, SystemClock
from server.config import Config, is_loopback
from server.domain.agent import Agent
from server.domain.channel import Channel
from server.domain.conversation import Phase
from server.errors import Misconfigured
from server.gateway.door import Door, Entry
from server.gateway.health import Health, Status
from server.gateway.listener import Listener, bind
from server.gateway.pages import pages
from server.gateway.watch import SocketWatch
from server.gateway.websocket import Gate, Party, WebSocket
from server.ids import (
    AccountId,
    AgentId,
    ChannelId,
    Randomness,
    system_randomness,
)
from server.live.deadlines import Deadlines
from server.live.presence import Presence
from server.live.sessions import Sessions
from server.protocol.frames import Role
from server.services.answering import Shift
from server.services.ending import Doomed, Ending
from server.services.house import House, Pace
from server.services.listing import ListKeeping
from server.services.purging import Purging
from server.services.remembering import Remembering
from server.services.signing_in import SigningIn
from server.services.visiting import HEARTBEAT, Visit
from server.store.history import History
from server.vault.keyring import Keyring
from server.vault.master_key import MasterKey
from server.vault.passwords import is_default

log = logging.getLogger("server")

#: Seconds for what is under way when the server stops.
LAST_ERRANDS = 2.0
DATABASE = "history.db"
#: A folder of its own: a backup leaves it out, and with it whatever has
#: ended meanwhile.
KEY_FOLDER = "keys"
KEY_FILE = "conversation.keys"
MASTER_KEY_FILE = "master.key"


class Server:
    """The whole server.

    Args:
        config: What the operator wants.
        clock: What time it is.
        randomness: Where keys and ids come from.
    """

    def __init__(
        self,
        config: Config,
        *,
        clock: Clock | None = None,
        randomness: Randomness = system_randomness,
    ) -> None:
        self._config = config
        self._clock = clock or SystemClock()
        self._randomness = randomness
        self._resources = AsyncExitStack()
        self._tasks: list[asyncio.Task[None]] = []
        self._started_at = self._clock.elapsed()
        self.port = 0

    async def __aenter__(self) -> Self:
        """Start; the port is open when this returns.

        Raises:
            Misconfigured: It cannot run as it was told to.
            Corrupt: What is stored is damaged.
            Unavailable: The disk does not do its work.
        """
        try:
            await self._start()
        except BaseException:
            await self._resources.aclose()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop: send everybody home, write what is queued, close the files."""
        await self._resources.aclose()

    async def run_until(self, stop: asyncio.Event) -> None:
        """Serve until ``stop`` is set.

        Raises:
            ServerError: A part has failed; better stop than run half alive.
        """
        stopping = asyncio.ensure_future(stop.wait())
        try:
            done, _ = await asyncio.wait(
                {stopping, *self._tasks},
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            stopping.cancel()
        for task in done - {stopping}:
            task.result()

    async def _start(self) -> None:
        config = self._config
        bound = bind(config.host, config.port)
        self._resources.callback(bound.close)
        checking = asyncio.ensure_future(
            asyncio.to_thread(self._check_passwords)
        )
        self._resources.push_async_callback(asyncio.wait, {checking})
        data = config.data
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        keys = await asyncio.to_thread(self._open_keys, data)
        self._resources.callback(keys.close)

        async def flush() -> None:
            if keys.has_staged:
                await asyncio.to_thread(keys.flush)

        history = await History.open(
            data / DATABASE, before_commit=flush, clock=self._clock
        )
        self._resources.push_async_callback(history.close)
        self._keys = keys
        self._parts = house = self._house(keys, history)
        remembering = Remembering(house)
        self._ending = ending = Ending(house)
        self._purging = Purging(house, ending, remembering)
        self._resources.push_async_callback(house.errands.finish, LAST_ERRANDS)
        self._start_task("writing", history.run())
        await self._take_up(house, keys, history)
        await checking

        signing_in = SigningIn(house)
        watch = SocketWatch(self._clock, heartbeat=HEARTBEAT)
        self._door = door = self._make_door(house, bound.getsockname()[1])

        def party(entry: Entry, socket: WebSocket) -> Party:
            if entry.role is Role.AGENT or entry.channel is None:
                return Shift(
                    house, ending, remembering, signing_in, listener=socket
                )
            return Visit(
                house,
                ending,
                remembering,
                channel=entry.channel,
                listener=socket,
            )

        self._listener = Listener(
            pages(
                channels={str(id_): one for id_, one in house.channels.items()},
                public_origin=config.public_url,
                demo=config.demo,
                health=self.health,
            ),
            Gate(
                clock=self._clock,
                door=door,
                watch=watch,
                errands=house.errands,
                party=party,
                frames_per_second=max(
                    50.0, 4 * config.limits.messages_per_second
                ),
            ),
            bound=bound,
            tls=(config.tls.certificate, config.tls.key)
            if config.tls
            else None,
        )
        self._start_task("listing", ListKeeping(house, self._clock).run())
        self._start_task("ending", ending.run())
        self._start_task("purging", self._purging.run())
        self._start_task("watching", watch.run())
        self._start_task("listening", self._listener.run())
        self._resources.push_async_callback(self._stop_listening)
        await self._listener.started()
        self.port = self._listener.port
        log.info("listening", extra={"port": self.port, "version": __version__})

    def _start_task(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        # Every long-lived task is started here, by name, and nowhere else.
        # One that fails takes the server down loudly: see ``run``.
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.append(task)
        self._resources.push_async_callback(_cancelled, task)

    def _check_passwords(self) -> None:
        # Distinct ones: a hash costs 30 ms for each of the default words.
        for phc in {agent.password_hash for agent in self._config.agents}:
            if is_default(phc):
                names = [
                    agent.name
                    for agent in self._config.agents
                    if agent.password_hash == phc
                ]
                raise Misconfigured(
                    f"agent {names[0]} has a password that everybody tries"
                    " first: choose another, and run 'python run.py"
                    " hash-password'"
                )

    def _open_keys(self, data: Path) -> Keyring:
        master = self._master_key(data)
        folder = data / KEY_FOLDER
        folder.mkdir(mode=0o700, exist_ok=True)
        if not (folder / KEY_FILE).exists() and (data / DATABASE).exists():
            raise Misconfigured(
                f"{data} holds conversations, but their key file"
                f" {folder / KEY_FILE} is missing: bring it back, or remove"
                f" {data / DATABASE}, which cannot be read without it"
            )
        return Keyring.open(
            folder / KEY_FILE, master, randomness=self._randomness
        )

    def _master_key(self, data: Path) -> MasterKey:
        config = self._config
        if config.master_key is not None:
            return MasterKey.parse(config.master_key)
        path = config.master_key_file or data / MASTER_KEY_FILE
        if path.exists() or config.master_key_file is not None:
            return MasterKey.load_file(path)
        if (data / DATABASE).exists():
            raise Misconfigured(
                f"the master key file {path} is missing, and {data} holds"
                " conversations that only it can open: bring it back"
            )
        master = MasterKey.generate(self._randomness)
        path.touch(mode=0o600)
        path.write_text(master.text() + "\n")
        return master

    def _house(self, keys: Keyring, history: History) -> House:
        limits = self._config.limits
        return House(
            clock=self._clock,
            randomness=self._randomness,
            channels=channels_of(self._config),
            agents=agents_of(self._config),
            keys=keys,
            records=history,
            sessions=Sessions(),
            deadlines=Deadlines(self._clock.now()),
            presence=Presence(),
            pace=Pace(
                per_second=limits.messages_per_second,
                burst=limits.message_burst,
            ),
        )

    async def _take_up(
        self, house: House, keys: Keyring, history: History
    ) -> None:
        """Go on where the last run stopped, however it stopped.

        What was ending is erased and what is due is ended before the port
        opens, so that nobody can meet a conversation past its time.
        """
        now = self._clock.now()
        live = await history.all_live()
        orphans = await asyncio.to_thread(
            keys.reconcile, {row.slot for row in live}
        )
        for row in live:
            if row.phase is Phase.ENDING or row.due_at <= now:
                self._ending.doom(Doomed(row.id, row.slot))
            else:
                # Looked at again when it comes due, and warned then if
                # anybody is there to be warned.
                house.look_at(row.id, row.due_at)
        overdue = self._ending.waiting
        await self._ending.erase_all()
        if orphans or overdue:
            log.info(
                "took up where the last run stopped",
                extra={"slots": orphans, "conversations": overdue},
            )

    def _make_door(self, house: House, port: int) -> Door:
        limits = self._config.limits
        return Door(
            house.channels,
            own_origins=own_origins(self._config, port),
            trusted_proxies=self._config.trusted_proxies,
            most=limits.connections,
            most_per_address=limits.connections_per_address,
        )

    def health(self) -> Health:
        """How the server does; what ``/health`` shows."""
        house = self._parts
        is_well = not (self._ending.is_failing or self._purging.is_halted)
        return Health(
            status=Status.OK if is_well else Status.DEGRADED,
            uptime_seconds=round(self._clock.elapsed() - self._started_at, 1),
            sessions=len(house.sessions),
            connections=self._door.connections,
            conversations=self._keys.used,
            deadlines=len(house.deadlines),
            last_checkpoint_ok=not self._ending.is_failing,
            version=__version__,
        )

    async def _stop_listening(self) -> None:
        self._listener.stop()
        await asyncio.wait(
            {task for task in self._tasks if task.get_name() == "listening"}
        )


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait({task})


def channels_of(config: Config) -> dict[ChannelId, Channel]:
    """The channels of ``config`` by id."""
    return {
        ChannelId(one.id): Channel(
            id=ChannelId(one.id),
            account=AccountId(account.id),
            name=one.name,
            greeting=one.greeting,
            color=one.color,
            allowed_origins=one.allowed_origins,
            inactivity=one.inactivity_minutes * 60.0,
            max_age=one.max_age_hours * 3600.0,
        )
        for account in config.account
        for one in account.channel
    }


def agents_of(config: Config) -> dict[AgentId, Agent]:
    """The agents of ``config`` by the name they sign in with."""
    return {
        AgentId(one.name): Agent(
            id=AgentId(one.name),
            account=AccountId(account.id),
            name=one.name,
            display_name=one.display_name,
            password_hash=one.password_hash,
        )
        for account in config.account
        for one in account.agent
    }


def own_origins(config: Config, port: int) -> tuple[str, ...]:
    """The origins of this server's own pages, as browsers write them."""
    if config.public_url is not None:
        return (config.public_url.rstrip("/"),)
    scheme, usual = ("https", 443) if config.tls else ("http", 80)
    written = "" if port == usual else f":{port}"
    hosts = [config.host]
    if is_loopback(config.host):
        hosts = ["127.0.0.1", "localhost", "[::1]"]
    return tuple(f"{scheme}://{host}{written}" for host in hosts)
