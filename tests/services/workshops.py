"""A server without sockets and time, but on a real disk, that may be killed.

Every call of the store, the key file and the folder of files goes through
``Faults``, which counts them and breaks off at the one it was told to, before
the call or behind it. What lies on the disk then is what a kill leaves.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import itertools
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any, Self

from server.data_folder import DataFolder
from server.domain.message import Said
from server.domain.permission import operator
from server.domain.privacy_request import Law, RequestKind
from server.duties import Duties
from server.errors import Unavailable
from server.ids import ChannelId, ConversationId
from server.live.deadlines import Deadlines
from server.live.presence import Presence
from server.live.sessions import Session, Sessions
from server.services.account_keys import AccountKeys
from server.services.attaching import Attaching
from server.services.beginning import begin
from server.services.data_map import DataMapping
from server.services.ending import Ending
from server.services.handing import Fate, Line, Outcome
from server.services.house import House
from server.services.identifying import Identifying
from server.services.reaching import Reach
from server.services.recording import Say
from server.services.remembering import Remembering
from server.services.request_register import RequestRegister
from server.services.taking_up import TakingUp
from server.store.blobs import Blobs
from server.store.history import History
from server.vault.addresses import AddressSigner
from server.vault.anchors import Anchors
from server.vault.keyring import Keyring
from server.vault.master_key import MasterKey
from tests.fakes import FakeClock, FakeListener
from tests.services.programs import bot
from tests.services.worlds import channel
from tests.store.samples import ACME, attachment

MASTER = MasterKey(Random(7).randbytes(32))
SHOP = ChannelId("shop")
ME = operator("a test")


class Killed(BaseException):
    """The process is gone; nothing catches that."""


class Faults:
    """Counts calls, and kills at one of them.

    Attributes:
        at: The call that never returns, or never begins; 0: none does.
        count: How many there were.
        failing: The names of calls that the disk does not do just now.
    """

    def __init__(self, at: int = 0) -> None:
        self.at = at
        self.count = 0
        self.failing: set[str] = set()

    def step(self) -> None:
        """One more."""
        self.count += 1
        if self.count == self.at:
            raise Killed


class Faulty:
    """Something whose every call is counted twice: before and behind."""

    def __init__(self, real: Any, faults: Faults) -> None:
        self._real = real
        self._faults = faults

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._real, name)
        if not callable(found):
            simple = isinstance(found, int | str | None)
            return found if simple else Faulty(found, self._faults)
        wrapped: Callable[..., Any] = (
            self._later if inspect.iscoroutinefunction(found) else self._now
        )
        return partial(wrapped, found)

    def _begin(self, call: Callable[..., Any]) -> None:
        self._faults.step()
        if call.__name__ in self._faults.failing:
            raise Unavailable

    def _now(self, call: Callable[..., Any], *args: Any, **more: Any) -> Any:
        self._begin(call)
        result = call(*args, **more)
        self._faults.step()
        return result

    async def _later(
        self, call: Callable[..., Any], *args: Any, **more: Any
    ) -> Any:
        self._begin(call)
        result = await call(*args, **more)
        self._faults.step()
        return result


class Receiver:
    """An application's webhook; takes what it is handed, if it does."""

    def __init__(self) -> None:
        self.fate = Fate.TAKEN
        self.events: list[dict[str, Any]] = []

    async def hand(self, line: Line, event: dict[str, Any]) -> Outcome:
        self.events.append(event)
        return Outcome(self.fate)


class Workshop:
    """One run of a server on ``folder``.

    Args:
        folder: The data folder.
        faults: Where it breaks off; nowhere if left out.
        clock: What time it is.
        terms: Of the channel.
    """

    numbers = itertools.count()

    def __init__(
        self,
        folder: Path,
        faults: Faults | None = None,
        clock: FakeClock | None = None,
        **terms: Any,
    ) -> None:
        self.folder = DataFolder(folder)
        self.faults = faults or Faults()
        self.clock = clock or FakeClock()
        self.terms = terms
        self.receiver = Receiver()
        self.randomness = Random(next(self.numbers)).randbytes

    async def __aenter__(self) -> Self:
        self.folder.make(lambda _: None)
        self.keys = Keyring.open(
            self.folder.keys, MASTER, randomness=self.randomness
        )

        async def flush() -> None:
            self.keys.flush()

        self.history = await History.open(
            self.folder.database, before_commit=flush, clock=self.clock
        )
        self.writing = asyncio.create_task(self.history.run())
        self._make()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.history.close()
        await self.writing
        self.keys.close()

    def _make(self) -> None:
        store: Any = Faulty(self.history, self.faults)
        keys: Any = Faulty(self.keys, self.faults)
        shop = channel("shop", "acme", **self.terms)
        self.house = House(
            clock=self.clock,
            randomness=self.randomness,
            channels={shop.id: shop},
            agents={},
            keys=keys,
            records=store,
            sessions=Sessions(),
            deadlines=Deadlines(self.clock.now()),
            presence=Presence(),
        )
        self._make_parts(store, keys)
        self._make_duties(store)

    def _make_parts(self, store: Any, keys: Any) -> None:
        self.remembering = Remembering(self.house)
        self.ending = Ending(self.house)
        files: Any = Faulty(Blobs(self.folder.blobs), self.faults)
        self.attaching = Attaching(
            self.house,
            self.remembering,
            rows=store,
            files=files,
            signer=AddressSigner(MASTER),
        )
        self.house.attachments = self.attaching
        self.account_keys = AccountKeys(keys, self.randomness)
        self.identifying = Identifying(
            self.house, self.history.customers, self.account_keys
        )
        self.house.identities = self.identifying
        self.register = RequestRegister(
            self.house, self.account_keys, self.history.requests
        )

    def _make_duties(self, store: Any) -> None:
        self.anchors = Anchors(MASTER)
        reach = Reach(bot(), self.receiver)
        self.duties = Duties.make(
            self.house,
            store,
            account_keys=self.account_keys,
            ending=self.ending,
            remembering=self.remembering,
            reaches={reach.application.id: reach},
            pseudonyms=self.anchors,
        )
        self.mapping = DataMapping(
            self.house,
            store.stock,
            oldest_ending=lambda: self.ending.oldest,
            audit_days=365.0,
        )

    async def start(self) -> None:
        """Take up what there is, as ``app`` does."""
        history, work = self.history, self.duties.erasure_work
        live = await history.all_live()
        accounts = await history.resources.keys()
        self.keys.reconcile(
            {row.slot for row in live}
            | {row.slot for row in accounts}
            | {slot for slot, _, _ in await history.customers.keys()}
        )
        self.account_keys.load(accounts)
        if ACME not in self.account_keys:
            await history.write(
                lambda group: self.account_keys.make(ACME, group)
            )
        await self.identifying.load()
        await work.condemn()
        await TakingUp(self.house, self.ending).take_up(
            await history.all_live()
        )
        await self.ending.erase_all()
        await self.attaching.tidy()
        await work.resume()

    async def session(self, customer: str | None = None) -> Session:
        """A session, perhaps that of somebody who is known."""
        session, _ = begin(self.house, self.house.channels[SHOP])
        if customer is not None:
            session.customer_id = customer
            session.customer = await self.identifying.person(
                ACME, SHOP, customer
            )
        return session

    async def say(self, session: Session, text: str) -> None:
        """Have the customer say ``text``."""
        number = session.conversation.last_number + 1
        listener = FakeListener()
        self.history.put(
            Say(
                self.house,
                session,
                client_id=f"client-{number:04}",
                speak=lambda conversation, at: conversation.write(
                    Said(text=text), client_id=f"client-{number:04}", at=at
                ),
                listener=listener,
                seat=None,
                sent=text,
            )
        )
        await self.history.write(lambda group: None)
        assert listener.frames[-1]["type"] == "ack", listener.frames

    async def attach(self, session: Session, content: bytes) -> None:
        """Have a file lie where one of the session's would."""
        id_ = f"file-{session.id}"
        row = attachment(id_, expires_at=self.clock.now() + 86_400.0)
        values = {name: getattr(row, name) for name in row.__slots__}
        values["conversation"] = session.id
        await self.history.write(
            lambda group: group.add_attachment(type(row)(**values))
        )
        writer = Blobs(self.folder.blobs, reserve=0).writer(id_)
        writer.write(content)
        writer.finish()

    async def request(self, words: str, customer: str) -> None:
        """Have somebody's request stand in the register."""
        await self.register.open(
            ME,
            ACME,
            RequestKind.ACCESS,
            law=Law.GDPR,
            subject=words,
            customer=customer,
        )

    async def work(self, rounds: int = 60) -> None:
        """Let everything go on until nothing is left to be done."""
        work = self.duties.erasure_work
        for _ in range(rounds):
            if not work.waiting and not self.ending.waiting:
                return
            await work.look()
            with contextlib.suppress(Unavailable):  # as its own task does
                await self.ending.erase_all()
            await self.house.errands.finish(1.0)
            self.clock.pass_(2.0)

    def copied(self, to: Path) -> Path:
        """What is on the disk now, as a kill would leave it."""
        shutil.copytree(self.folder.database.parent, to)
        return to

    async def phase(self, conversation: ConversationId) -> str | None:
        """Where a stored conversation stands."""
        row = await self.history.conversation(conversation)
        return None if row is None else row.phase.value
