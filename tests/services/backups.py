"""A data folder with somebody in it, for the tests of backups."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random

from server.clock import SystemClock
from server.data_folder import DataFolder, Opened
from server.domain.privacy_request import Words
from server.ids import AccountId, ChannelId
from server.metrics import Metrics
from server.services import account_keys
from server.services.backing_up import Report, Source, backup
from server.services.customer_rows import owner_of
from server.store import sealed_request
from server.store.customers import (
    CUSTOMERS,
    CustomerEventRow,
    CustomerRow,
    add_event,
    drop,
    index,
)
from server.store.erasures import ERASED, ErasedRow
from server.store.group import Group
from server.store.requests import REQUESTS, RequestRow
from server.store.resources import (
    AccountKeyRow,
    ResourceRow,
    kept,
    key_kept,
)
from server.vault.given_keys import GivenKeys
from server.vault.sealing import DataKey, bound_to, seal
from tests.store import samples

randomness = Random(11).randbytes
ACME = AccountId("acme")
SHOP = ChannelId("shop")
#: When customers were first met; and when backups are made.
MET, NOW = 1_000.0, 2_000.0
#: What must never be in a backup.
SAID = b"what somebody said"


def platform(number: int) -> bytes:
    """The blind index of the customer ``number``."""
    return number.to_bytes(16, "big")


@asynccontextmanager
async def opened(data: Path) -> AsyncIterator[Opened]:
    """The data folder, as a server has it."""
    folder = await DataFolder(data).open(
        given=GivenKeys(),
        clock=SystemClock(),
        randomness=randomness,
        metrics=Metrics(),
    )
    writing = asyncio.create_task(folder.history.run())
    try:
        yield folder
    finally:
        await folder.history.close()
        await writing
        folder.keys.close()


async def filled(
    data: Path, *, customers: int = 3, accounts: tuple[str, ...] = (ACME,)
) -> None:
    """Make ``data``: accounts, customers of the first, a conversation."""
    async with opened(data) as folder:
        folder.keys.reconcile(set())
        for name in accounts:
            await folder.history.write(partial(_account, folder, name))
        for first in range(0, customers, 500):
            some = range(first, min(first + 500, customers))
            await folder.history.write(partial(_customers, folder, some))
        await folder.history.write(lambda group: _conversation(folder, group))


def fill(data: Path) -> None:
    """The same, where nothing runs."""
    asyncio.run(filled(data))


def _account(folder: Opened, name: str, group: Group) -> None:
    account = AccountId(name)
    key = folder.keys.new_key(account, account_keys.OWNER)
    group.do(key_kept(AccountKeyRow(account=account, slot=key.slot)))
    things = [("account", name)]
    if account == ACME:
        things += [("channel", "shop"), ("queue", "desk")]
    group.do(
        *(
            kept(
                ResourceRow(
                    kind=kind,
                    account=account,
                    id=id_,
                    revision=1,
                    declared=False,
                    body=f'{{"id":"{id_}","name":"{id_}"}}',
                    sealed=None,
                    created_at=MET,
                    changed_at=MET,
                )
            )
            for kind, id_ in things
        )
    )
    if account == ACME:
        _request(key, group)


def _request(key: DataKey, group: Group) -> None:
    words = sealed_request.pack(Words(subject="Ada Lovelace"))
    place = bound_to(
        ACME,
        account_keys.OWNER,
        table="privacy_request",
        column="sealed",
        row="request-1",
    )
    group.do(
        REQUESTS.keep(
            RequestRow(
                id="request-1",
                account=ACME,
                kind="erasure",
                law="gdpr",
                state="open",
                received_at=MET,
                due_at=MET,
                closed_at=None,
                customer="customer-0",
                sealed=seal(key, words, bound_to=place, randomness=randomness),
            )
        )
    )


def _customers(folder: Opened, numbers: range, group: Group) -> None:
    for number in numbers:
        _customer(folder, number, group)


def _customer(folder: Opened, number: int, group: Group) -> None:
    id_ = f"customer-{number}"
    key = folder.keys.new_key(ACME, owner_of(id_))
    row = CustomerRow(
        id=id_,
        account=ACME,
        channel=SHOP,
        slot=key.slot,
        platform=platform(number),
        flags=0,
        created_at=MET,
        seen_at=MET,
        sealed=seal(key, b"Ada", bound_to=b"", randomness=randomness),
    )
    event = CustomerEventRow(id_, 1, MET, "consent", b"sealed")
    group.do(
        CUSTOMERS.keep(row), add_event(event), *index(id_, [platform(number)])
    )


def _conversation(folder: Opened, group: Group) -> None:
    id_ = samples.conversation_id(1)
    key = folder.keys.new_key(ACME, id_)
    group.keep(replace(samples.conversation(1), slot=key.slot))
    sealed = seal(key, SAID, bound_to=b"", randomness=randomness)
    group.add(samples.message(1, sealed=sealed))


async def erase(data: Path, number: int, *, at: float) -> None:
    """Erase the customer ``number``: the list knows it afterwards."""
    async with opened(data) as folder:
        found = await folder.history.customers.get(ACME, f"customer-{number}")
        assert found is not None
        folder.keys.shred([found.slot])
        await folder.history.write(
            lambda group: group.do(
                ERASED.keep(ErasedRow(ACME, platform(number), at)),
                *drop(found.id),
            )
        )


def source_of(data: Path) -> Source:
    """What a backup of ``data`` is made of."""
    folder = DataFolder(data)
    return Source(
        database=folder.database,
        keys=folder.keys,
        master=folder.master_key(text=None, file=None, randomness=randomness),
    )


def packed(data: Path, report: Report | None = None) -> bytes:
    """A backup of ``data``."""
    return b"".join(
        backup(source_of(data), now=NOW, randomness=randomness, report=report)
    )
