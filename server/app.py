"""Puts the server together; the only file that knows every part.

Read ``Server._start`` from top to bottom to see the architecture: parts are
made in the order in which they depend on each other, and stop in the reverse
order. Embedding a server is ``async with Server(config) as server``.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from server import __version__
from server.applications import Applications
from server.clock import Clock, SystemClock
from server.config import Config
from server.data_folder import DataFolder
from server.domain.conversation import Phase
from server.errors import Misconfigured, Unavailable
from server.gateway.door import Door
from server.gateway.health import Health, Status
from server.gateway.listener import Listener, bind
from server.gateway.pages import pages
from server.gateway.senses import OwnSenses
from server.gateway.watch import SocketWatch
from server.gateway.websocket import Gate
from server.ids import Randomness, system_randomness
from server.live.deadlines import Deadlines
from server.live.presence import Presence
from server.live.sessions import Sessions
from server.reception import Reception
from server.services.attaching import Attaching
from server.services.ending import Doomed, Ending
from server.services.house import House, Pace
from server.services.leaving import KEPT
from server.services.listing import ListKeeping
from server.services.purging import Purging
from server.services.remembering import Remembering
from server.services.scrubbing import Scrubbing
from server.services.signing_in import SigningIn
from server.services.visiting import HEARTBEAT
from server.store.blobs import Blobs
from server.store.history import History
from server.tenants import (
    agents_of,
    applications_of,
    channels_of,
    own_origins,
)
from server.vault.addresses import AddressSigner
from server.vault.keyring import Keyring
from server.vault.passwords import is_default

log = logging.getLogger("server")

#: Seconds for what is under way when the server stops.
LAST_ERRANDS = 2.0


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
            raise Unavailable(f"a part has stopped: {task.get_name()}")

    async def _start(self) -> None:
        config = self._config
        bound = bind(config.host, config.port)
        self._resources.callback(bound.close)
        checking = self._check_passwords()
        keys, history = await self._open_files(config.data)
        self._keys = keys
        self._house = house = self._make_house(keys, history)
        self._remembering = Remembering(house)
        self._signing_in = SigningIn(house)
        self._attaching = self._make_attaching(history)
        self._ending = Ending(house)
        self._purging = Purging(house, self._ending, self._remembering)
        self._programs = self._make_programs(history)
        self._start_task("writing", history.run())
        self._resources.push_async_callback(self._programs.relaying.stop)
        # Stopped before the writing is: some of them wait for it.
        self._resources.push_async_callback(house.errands.finish, LAST_ERRANDS)
        self._resources.callback(self._programs.relaying.halt)
        await self._take_up(history)
        await checking

        watch = SocketWatch(self._clock, heartbeat=HEARTBEAT)
        self._door = self._make_door(bound.getsockname()[1])
        self._listener = self._make_listener(bound, watch)
        self._start_task("listing", ListKeeping(house, self._clock).run())
        self._start_task("ending", self._ending.run())
        scrubbing = Scrubbing(history, self._clock, house.wake_scrubbing)
        self._start_task("scrubbing", scrubbing.run())
        self._start_task("signing in", self._signing_in.run())
        self._start_task("purging", self._purging.run())
        self._start_task("expiring", self._attaching.run())
        self._start_task(
            "relaying", self._programs.relaying.run(self._programs.resuming)
        )
        self._start_task("watching", watch.run())
        self._start_task("listening", self._listener.run())
        self._resources.push_async_callback(self._stop_listening)
        await self._listener.started()
        self.port = self._listener.port
        log.info("listening", extra={"port": self.port, "version": __version__})

    async def _open_files(self, data: Path) -> tuple[Keyring, History]:
        self._folder = folder = DataFolder(data)
        keys = await asyncio.to_thread(self._open_keys, folder)
        self._resources.callback(keys.close)

        async def flush() -> None:
            # Most groups hold no new conversation, and wait for no thread.
            if keys.has_staged:
                await asyncio.to_thread(keys.flush)

        history = await History.open(
            folder.database, before_commit=flush, clock=self._clock
        )
        self._resources.push_async_callback(history.close)
        return keys, history

    def _make_listener(
        self, bound: socket.socket, watch: SocketWatch
    ) -> Listener:
        config = self._config
        reception = Reception(
            house=self._house,
            ending=self._ending,
            remembering=self._remembering,
            signing_in=self._signing_in,
            attaching=self._attaching,
            applying=self._programs.applying,
            relaying=self._programs.relaying,
        )
        gate = Gate(
            clock=self._clock,
            door=self._door,
            watch=watch,
            errands=self._house.errands,
            party=reception.party,
            # Marks and typing come on top of messages, and in proportion.
            frames_per_second=max(50.0, 4 * config.limits.messages_per_second),
        )
        application = pages(
            channels={
                str(id_): one for id_, one in self._house.channels.items()
            },
            public_origin=config.public_url,
            demo=config.demo,
            health=self.health,
            more=reception.routes(self._door.address_of),
        )
        tls = (config.tls.certificate, config.tls.key) if config.tls else None
        return Listener(application, gate, bound=bound, tls=tls)

    def _start_task(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        # Every long-lived task is started here, by name, and nowhere else.
        # One that fails takes the server down loudly: see ``run``.
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.append(task)
        self._resources.push_async_callback(_cancelled, task)

    def _check_passwords(self) -> asyncio.Future[None]:
        # Begun first and awaited last: it takes a quarter of a second a
        # password, in threads, while files are opened and read.
        checking = asyncio.ensure_future(self._refuse_default_passwords())
        self._resources.push_async_callback(asyncio.wait, {checking})
        # If something else stops the start first, its own answer is dropped.
        checking.add_done_callback(lambda it: it.cancelled() or it.exception())
        return checking

    async def _refuse_default_passwords(self) -> None:
        names = {
            agent.password_hash: agent.name for agent in self._config.agents
        }
        found = await asyncio.gather(
            *(asyncio.to_thread(is_default, phc) for phc in names)
        )
        for is_bad, name in zip(found, names.values(), strict=True):
            if is_bad:
                raise Misconfigured(
                    f"agent {name} has a password that everybody tries first:"
                    " choose another, and run 'python run.py hash-password'"
                )

    def _open_keys(self, folder: DataFolder) -> Keyring:
        config = self._config
        folder.make()
        self._master = master = folder.master_key(
            text=config.master_key,
            file=config.master_key_file,
            randomness=self._randomness,
        )
        return folder.open_keys(master, self._randomness)

    def _make_house(self, keys: Keyring, history: History) -> House:
        limits = self._config.limits
        senses = OwnSenses(self._config.geo_database)
        self._resources.callback(senses.close)
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
            senses=senses,
            pace=Pace(
                per_second=limits.messages_per_second,
                burst=limits.message_burst,
            ),
        )

    def _make_programs(self, history: History) -> Applications:
        programs = Applications.make(
            self._config,
            applications_of(self._config),
            house=self._house,
            ending=self._ending,
            remembering=self._remembering,
            handed=history.handed,
        )
        self._resources.push_async_callback(programs.egress.close)
        return programs

    def _make_attaching(self, history: History) -> Attaching:
        attaching = Attaching(
            self._house,
            self._remembering,
            rows=history,
            files=Blobs(self._folder.blobs),
            signer=AddressSigner(self._master),
        )
        self._house.attachments = attaching
        return attaching

    async def _take_up(self, history: History) -> None:
        """Go on where the last run stopped, however it stopped.

        What was ending is erased and what is due is ended before the port
        opens, so that nobody can meet a conversation past its time.
        """
        now = self._clock.now()
        live = await history.all_live()
        orphans = await asyncio.to_thread(
            self._keys.reconcile, {row.slot for row in live}
        )
        await history.write(lambda group: group.expire_notices(now - KEPT))
        for row in live:
            if row.phase is Phase.ENDING or row.due_at <= now:
                self._ending.doom(Doomed(row.id, row.slot))
            else:
                # Looked at again when it comes due, and warned then if
                # anybody is there to be warned.
                self._house.look_at(row.id, row.due_at)
        overdue = self._ending.waiting
        await self._ending.erase_all()
        await self._attaching.tidy()
        if orphans or overdue:
            log.info(
                "took up where the last run stopped",
                extra={"slots": orphans, "conversations": overdue},
            )

    def _make_door(self, port: int) -> Door:
        limits = self._config.limits
        return Door(
            self._house.channels,
            own_origins=own_origins(self._config, port),
            trusted_proxies=self._config.trusted_proxies,
            most=limits.connections,
            most_per_address=limits.connections_per_address,
        )

    def health(self) -> Health:
        """How the server does; what ``/health`` shows."""
        house = self._house
        is_well = not (
            self._ending.is_failing
            or self._purging.is_halted
            or self._programs.relaying.is_alarmed
        )
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
