"""Starts and stops one server.

Read ``Server._start`` from top to bottom to see its life: files are opened,
the parts made (``parts``), what the last run left is taken up, and only then
is the port opened (``front``). It stops in the reverse order. Embedding a
server is ``async with Server(config) as server``.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Self

from server import __version__
from server.api_on_demand import ApiOnDemand
from server.clock import Clock, SystemClock
from server.config import Config
from server.data_folder import DataFolder, Opened
from server.domain.audit import AuditEvent
from server.errors import Misconfigured, Unavailable
from server.front import Front
from server.gateway.admin_socket import AdminSocket
from server.gateway.health import Health, Status
from server.gateway.listener import bind
from server.ids import Randomness, system_randomness
from server.metrics import Metrics
from server.parts import Parts
from server.services.lasting_keys import lasting_keys
from server.services.leaving import KEPT
from server.start_checks import refuse_default_passwords
from server.telemetry import know_labels, watch_parts
from server.tenants import declared_in
from server.vault.given_keys import GivenKeys

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
        self._metrics = Metrics()
        know_labels(self._metrics)
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
        self._opened = opened = await self._open_files()
        self._parts = parts = Parts.make(
            config,
            opened,
            clock=self._clock,
            randomness=self._randomness,
            metrics=self._metrics,
        )
        self._resources.callback(parts.senses.close)
        self._resources.push_async_callback(parts.programs.close)
        self._start_task("writing", opened.history.run())
        self._resources.push_async_callback(parts.scrubbing.finish)
        await self._begin_audit()
        self._resources.push_async_callback(parts.programs.relaying.stop)
        # Stopped before the writing is: some of them wait for it.
        self._resources.push_async_callback(
            parts.house.errands.finish, LAST_ERRANDS
        )
        self._resources.callback(parts.programs.relaying.halt)
        await self._take_up()
        await checking
        api = self._make_front(bound)
        self._start_parts()
        self._open_admin_socket(api)
        self._resources.push_async_callback(self._stop_listening)
        await self._front.listener.started()
        self.port = self._front.listener.port
        log.info("listening", extra={"port": self.port, "version": __version__})

    def _make_front(self, bound: socket.socket) -> ApiOnDemand:
        config, parts = self._config, self._parts
        api = ApiOnDemand(
            config,
            parts,
            self._opened,
            health=self.health,
            is_ready=self._is_ready,
            port=bound.getsockname()[1],
        )
        self._front = Front(
            config,
            parts,
            api,
            bound=bound,
            health=self.health,
            is_ready=self._is_ready,
        )
        watch_parts(
            self._metrics, parts, opened=self._opened, front=self._front
        )
        return api

    async def _begin_audit(self) -> None:
        auditing = self._parts.auditing
        await auditing.begin(self._config.canonical())
        if self._opened.is_new:
            auditing.note(AuditEvent.KEY_FILE_MADE)
        self._start_task("auditing", auditing.run())
        self._resources.push_async_callback(auditing.finish)

    def _start_parts(self) -> None:
        parts, front = self._parts, self._front
        programs = parts.programs
        self._start_task("listing", parts.listing.run())
        self._start_task("ending", parts.ending.run())
        self._start_task("scrubbing", parts.scrubbing.run())
        work = parts.duties.erasure_work
        self._start_task("erasing people", work.run())
        self._start_task("forgetting the erased", work.sweep())
        self._start_task("signing in", parts.signing_in.run())
        self._start_task("purging", parts.purging.run())
        self._start_task("cutting the audit log", parts.auditing.look_after())
        self._start_task("expiring", parts.attaching.run())
        self._start_task("relaying", programs.relaying.run(programs.resuming))
        self._start_task("watching", front.watch.run())
        if parts.mailing is not None:
            self._start_task("mailing", parts.mailing.run())
        if parts.rotating.is_due:
            self._start_task("rotating", parts.rotating.run())
        self._start_task("listening", front.listener.run())

    def _open_admin_socket(self, api: ApiOnDemand) -> None:
        try:
            local = AdminSocket(api.local, self._config.data)
        except Misconfigured:
            # Some file systems have no sockets. Customers need not wait for
            # that: the operator still has a key.
            log.warning("there is no local socket for the operator")
            return
        self._start_task("administering", local.run())
        self._resources.push_async_callback(local.stop)

    async def _open_files(self) -> Opened:
        config = self._config
        opened = await DataFolder(config.data).open(
            given=GivenKeys(
                text=config.master_key,
                file=config.master_key_file,
                previous_text=config.previous_master_key,
                previous_file=config.previous_master_key_file,
            ),
            clock=self._clock,
            randomness=self._randomness,
            metrics=self._metrics,
        )
        self._resources.callback(opened.keys.close)
        self._resources.push_async_callback(opened.history.close)
        return opened

    def _start_task(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        # Every long-lived task is started here, by name, and nowhere else.
        # One that fails takes the server down loudly: see ``run``.
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.append(task)
        self._resources.push_async_callback(_cancelled, task)

    def _check_passwords(self) -> asyncio.Future[None]:
        # Begun first and awaited last: it takes a quarter of a second a
        # password, in threads, while files are opened and read.
        checking = asyncio.ensure_future(refuse_default_passwords(self._config))
        self._resources.push_async_callback(asyncio.wait, {checking})
        # If something else stops the start first, its own answer is dropped.
        checking.add_done_callback(lambda it: it.cancelled() or it.exception())
        return checking

    async def _take_up(self) -> None:
        """Go on where the last run stopped, however it stopped.

        What was ending is erased and what is due is ended before the port
        opens, so that nobody can meet a conversation past its time.
        """
        now = self._clock.now()
        history, ending = self._opened.history, self._parts.ending
        live = await history.all_live()
        lasting = await lasting_keys(history.resources, history.customers)
        orphans = await asyncio.to_thread(
            self._opened.keys.reconcile,
            {row.slot for row in live} | {slot for slot, _, _ in lasting},
        )
        if orphans:
            self._parts.auditing.note(
                AuditEvent.KEYS_RECONCILED, detail=str(orphans)
            )
        self._parts.account_keys.load(await history.resources.keys())
        await self._parts.office.removing.resume()
        await self._parts.settling.settle(declared_in(self._config))
        await self._parts.clientele.identifying.load()
        await history.write(lambda group: group.expire_notices(now - KEPT))
        duties = self._parts.duties
        if await duties.erasure_work.condemn():
            live = await history.all_live()
        await self._parts.taking_up.take_up(live)
        overdue = ending.waiting
        await ending.erase_all()
        await self._parts.attaching.tidy()
        await duties.erasure_work.resume()
        if orphans or overdue:
            log.info(
                "took up where the last run stopped",
                extra={"slots": orphans, "conversations": overdue},
            )

    def health(self) -> Health:
        """How the server does; what ``/health`` shows."""
        parts = self._parts
        is_well = not (
            parts.ending.is_failing
            or parts.purging.is_halted
            or parts.programs.relaying.is_alarmed
        )
        return Health(
            status=Status.OK if is_well else Status.DEGRADED,
            uptime_seconds=round(self._clock.elapsed() - self._started_at, 1),
            sessions=len(parts.house.sessions),
            connections=self._front.door.connections,
            conversations=(
                self._opened.keys.used
                - len(parts.account_keys)
                - sum(parts.house.people.counts.values())
            ),
            deadlines=len(parts.house.deadlines),
            last_checkpoint_ok=not parts.ending.is_failing,
            version=__version__,
        )

    def _is_ready(self) -> bool:
        """Whether anybody should be sent here, now that the port serves."""
        parts = self._parts
        return not (parts.ending.is_failing or parts.purging.is_halted)

    async def _stop_listening(self) -> None:
        self._front.listener.stop()
        await asyncio.wait(
            {task for task in self._tasks if task.get_name() == "listening"}
        )


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait({task})
