"""An office on a real database, with keys in memory, for tests."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from server.domain.permission import (
    AgentRole,
    Principal,
    PrincipalKind,
    operator,
    scopes_of,
)
from server.domain.resource import ResourceKind
from server.ids import AccountId, system_randomness
from server.protocol.forms import AccountForm, AgentForm, ChannelForm, Form
from server.protocol.stored_forms import KINDS
from server.services.account_keys import AccountKeys
from server.services.administering import Administering
from server.services.directory import Directory
from server.services.entries import Entry
from server.services.form_faults import FormFaults
from server.services.settling import Declared, Settling
from server.store.history import History
from server.store.resources import ResourceRow
from tests.fakes import FakeClock, FakeKeys
from tests.services.worlds import World
from tests.store.samples import running

TEA = AccountId("tea")
BOSS = operator("test")
ACCOUNT = AccountForm(id="tea", name="Tea")
SHOP = ChannelForm(id="shop", name="Shop")


def person(name: str, *roles: AgentRole) -> Principal:
    """Somebody of the account."""
    return Principal(
        kind=PrincipalKind.PERSON, id=name, account=TEA, scopes=scopes_of(roles)
    )


def agent(name: str, *roles: str, password: str = "one") -> AgentForm:
    """An agent; the hash is of nothing."""
    return AgentForm(
        name=name,
        display_name=name.title(),
        password_hash=f"$argon2id${password}",
        roles=roles or ("agent",),
    )


class Gone:
    """Removes accounts and channels by taking note of it."""

    def __init__(self) -> None:
        self.removed: list[str] = []

    async def channel(self, entry: Entry) -> None:
        self.removed.append(f"channel {entry.id}")

    async def account(self, account: AccountId) -> None:
        self.removed.append(f"account {account}")


@dataclass
class Office:
    """One start of a server, as far as accounts go."""

    history: History
    directory: Directory
    keys: AccountKeys
    gone: Gone
    administering: Administering
    settling: Settling
    clock: FakeClock

    async def settle(
        self, *forms: Form, seed: bool = False, renews: bool = False
    ) -> None:
        """Start with a settings file that has ``forms``; none: no account."""
        declared = [
            Declared(
                account=ACCOUNT, forms=forms, seed=seed, renews_secrets=renews
            )
        ]
        await self.settling.settle(declared if forms else [])

    async def make(self, *forms: Form) -> list[Entry]:
        """Have the operator make ``forms``."""
        return [
            await self.administering.create(
                BOSS, KINDS[type(form)], account=TEA, form=form
            )
            for form in forms
        ]

    async def rows(self) -> Sequence[ResourceRow]:
        """What is stored."""
        return await self.history.resources.all()

    def ids(self, kind: ResourceKind) -> list[str]:
        """What there is of that kind."""
        return [one.id for one in self.directory.entries(kind, TEA)]


@contextlib.asynccontextmanager
async def office(
    path: Path, keys: FakeKeys | None = None
) -> AsyncIterator[Office]:
    """An office on the database at ``path``, as after a start."""
    world = World()
    async with running(path / "history.db") as history:
        directory = Directory()
        house = world.house
        house.records = history
        house.keys = keys or FakeKeys()
        house.channels, house.agents = directory.channels, directory.agents
        account_keys = AccountKeys(house.keys, system_randomness)
        account_keys.load(await history.resources.keys())
        gone = Gone()
        faults = FormFaults(
            directory, is_callable=lambda url: url.startswith("https:")
        )
        yield Office(
            history=history,
            directory=directory,
            keys=account_keys,
            gone=gone,
            administering=Administering(
                house, directory, account_keys, faults=faults, removing=gone
            ),
            settling=Settling(
                directory,
                account_keys,
                records=history,
                resources=history.resources,
                clock=world.clock,
            ),
            clock=world.clock,
        )
