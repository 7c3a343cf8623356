"""A server's API without sockets and files, and all who may call it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.types import ASGIApp, Message

from server.domain.agent import Agent
from server.domain.audit import Actor, ActorKind, AuditRow
from server.domain.permission import AgentRole, Principal, Scope
from server.domain.resource import ResourceKind
from server.errors import Conflict, ConflictCode, NotFound
from server.gateway.api.entrance import FromTheNetwork, FromThisMachine
from server.gateway.api.operation import Operation
from server.gateway.api.router import Api, alone
from server.gateway.api.server import Gauges
from server.gateway.api.table import Services, table
from server.gateway.health import Health, Status
from server.ids import AccountId, AgentId, ConversationId, token_hash
from server.protocol.forms import AccountForm, AgentForm, ApiKeyForm, Form
from server.protocol.stored_forms import id_of
from server.services.admitting import Admitting
from server.services.audit_reading import AuditReading
from server.services.enrolling import Enrolling
from server.services.overseeing import Overseeing
from server.services.proving import Proving
from server.store.rows import ConversationRow, SignInRow
from tests.fakes import FakeRecords
from tests.services.worlds import World, password_hash

ACME, OTHER = AccountId("acme"), AccountId("other")
OPERATOR_KEY = "the operator's own key"
OWN_ORIGIN = "https://chat.test"


@dataclass(frozen=True)
class Stored:
    """Something kept."""

    kind: ResourceKind
    account: AccountId
    form: Any
    revision: int = 1
    declared: bool = False
    created_at: float = 1.0
    changed_at: float = 1.0

    @property
    def id(self) -> str:
        return id_of(self.form)


class Cabinet:
    """Keeps what accounts are made of, in memory.

    Attributes:
        kept: By kind, account and id.
    """

    def __init__(self) -> None:
        self.kept: dict[tuple[ResourceKind, AccountId, str], Stored] = {}

    def put(
        self, kind: ResourceKind, account: AccountId, form: Form, **more: Any
    ) -> Stored:
        one = Stored(kind, account, form, **more)
        self.kept[kind, account, one.id] = one
        return one

    async def create(
        self,
        principal: Principal,
        kind: ResourceKind,
        *,
        account: AccountId,
        form: Form,
    ) -> Stored:
        if (kind, account, id_of(form)) in self.kept:
            raise Conflict(ConflictCode.EXISTS)
        return self.put(kind, account, form)

    async def replace(
        self,
        principal: Principal,
        kind: ResourceKind,
        *,
        account: AccountId,
        form: Form,
        if_revision: int | None = None,
    ) -> Stored:
        before = self._changeable(
            self.get(kind, account, id_of(form)), if_revision
        )
        after = replace(before, form=form, revision=before.revision + 1)
        self.kept[kind, account, after.id] = after
        return after

    async def remove(
        self,
        principal: Principal,
        kind: ResourceKind,
        *,
        account: AccountId,
        id: str,  # noqa: A002 - as asked for
        if_revision: int | None = None,
    ) -> None:
        self._changeable(self.get(kind, account, id), if_revision)
        del self.kept[kind, account, id]

    def get(self, kind: ResourceKind, account: AccountId, id: str) -> Stored:  # noqa: A002
        try:
            return self.kept[kind, account, id]
        except KeyError:
            raise NotFound from None

    def page(
        self,
        kind: ResourceKind,
        account: AccountId,
        *,
        after: str,
        limit: int,
    ) -> Sequence[Stored]:
        found = [
            one
            for one in self.kept.values()
            if (one.kind, one.account) == (kind, account) and one.id > after
        ]
        return sorted(found, key=lambda one: one.id)[:limit]

    def accounts(self, *, after: str, limit: int) -> Sequence[Stored]:
        found = [
            one
            for one in self.kept.values()
            if one.kind is ResourceKind.ACCOUNT and one.id > after
        ]
        return sorted(found, key=lambda one: one.id)[:limit]

    @staticmethod
    def _changeable(one: Stored, if_revision: int | None) -> Stored:
        if one.declared:
            raise Conflict(ConflictCode.DECLARED)
        if if_revision not in {None, one.revision}:
            raise Conflict(ConflictCode.CHANGED)
        return one


class Shelf:
    """The rows of conversations."""

    def __init__(self, records: FakeRecords) -> None:
        self._records = records

    async def conversation(self, id: ConversationId) -> ConversationRow | None:  # noqa: A002
        return self._records.rows.get(id)

    async def of_account(
        self,
        account: AccountId,
        *,
        after: str,
        limit: int,
        customer: str | None = None,
    ) -> list[ConversationRow]:
        rows = self._records.rows.values()
        found = [
            row
            for row in rows
            if row.account == account
            and row.id > after
            and customer in {None, row.customer}
        ]
        return sorted(found, key=lambda row: row.id)[:limit]


@dataclass(frozen=True)
class Heard:
    """What was answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, understood."""
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """Which problem it is."""
        assert self.headers["content-type"] == "application/problem+json"
        return str(self.json["code"])


class Office:
    """The API of a server with two accounts.

    Attributes:
        world: The server.
        cabinet: What its accounts are made of.
        keys: Its keys.
        operations: All of them.
        log: The audit log.
    """

    def __init__(self, *more: Operation) -> None:
        self.world = World()
        self.cabinet = Cabinet()
        self.keys: dict[bytes, tuple[AccountId, ApiKeyForm]] = {}
        house = self.world.house
        for account in (ACME, OTHER):
            form = AccountForm(id=account, name=account.title())
            self.cabinet.put(ResourceKind.ACCOUNT, account, form)
        admitting = Admitting(house.clock)
        self.proving = Proving(
            house,
            self.world.signing_in,
            key_by_hash=self.keys.get,
            operator_hash=token_hash(OPERATOR_KEY),
        )
        self.log: list[AuditRow] = []
        self.operations = [*table(self._services()), *more]
        kept = self.cabinet.kept
        api = Api(
            self.operations,
            house.clock,
            admitting=admitting,
            is_account=lambda id_: (ResourceKind.ACCOUNT, id_, id_) in kept,
        )
        network = FromTheNetwork(
            self.proving,
            admitting,
            address_of=lambda peer, _: peer,
            own_origins=[OWN_ORIGIN],
        )
        self.app: ASGIApp = alone(api.routes(network))
        self.local: ASGIApp = alone(api.routes(FromThisMachine()))

    def _services(self) -> Services:
        world = self.world
        overseeing = Overseeing(
            world.house,
            Shelf(world.records),
            ending=world.ending,
            remembering=world.remembering,
        )
        health = Health(
            status=Status.OK,
            uptime_seconds=1.0,
            sessions=0,
            connections=0,
            conversations=0,
            deadlines=0,
            last_checkpoint_ok=True,
            version="0",
        )
        return Services(
            proving=self.proving,
            administering=self.cabinet,
            enrolling=Enrolling(self.cabinet, world.house.randomness),
            overseeing=overseeing,
            holding=world.holding,
            audit_reading=AuditReading(
                self,
                lambda account: {Actor(ActorKind.AGENT, f"{account}-a", 0)},
            ),
            gauges=Gauges(
                health=lambda: health,
                is_ready=lambda: True,
                is_rotating=lambda: False,
                rotated=lambda: 0,
                address="http://127.0.0.1:8420",
                port=8420,
            ),
        )

    async def page(
        self,
        *,
        before: int | None,
        limit: int,
        actors: Collection[Actor] | None = None,
    ) -> list[AuditRow]:
        """The audit log."""
        found = [
            row
            for row in reversed(self.log)
            if (before is None or row.number < before)
            and (actors is None or row.actor in {actor.id for actor in actors})
        ]
        return found[:limit]

    def agent(
        self, *roles: AgentRole, account: AccountId = ACME, good: bool = True
    ) -> str:
        """The token of an agent with these roles."""
        name = AgentId("-".join([account, *sorted(roles)]))
        agents: Any = self.world.house.agents
        agents[name] = Agent(
            id=name,
            account=account,
            name=name,
            display_name=name,
            password_hash=password_hash(),
            roles=frozenset(roles),
        )
        form = AgentForm(
            name=name, display_name=name, password_hash=password_hash()
        )
        self.cabinet.put(ResourceKind.AGENT, account, form)
        token = f"token-of-{name}-{good}"
        now = self.world.clock.now()
        hashed = token_hash(token)
        self.world.records.sign_ins[hashed] = SignInRow(
            hash=hashed, agent=name, expires_at=now + 43_200 if good else now
        )
        return token

    def key(
        self,
        *scopes: Scope,
        account: AccountId = ACME,
        expires_at: float | None = None,
    ) -> str:
        """A key with these scopes."""
        name = f"key-{len(self.keys)}"
        key = f"dfk_{name}_secret"
        hashed = token_hash(key)
        form = ApiKeyForm(
            id=name,
            name=name,
            scopes=tuple(scope.value for scope in scopes),
            key_hash=hashed.hex(),
            expires_at=expires_at,
        )
        self.keys[hashed] = (account, form)
        return key

    async def call(  # noqa: PLR0913 - all that a request has
        self,
        method: str,
        path: str,
        *,
        token: str | None = OPERATOR_KEY,
        body: object = None,
        app: ASGIApp | None = None,
        query: str = "",
        peer: str = "192.0.2.1",
        **headers: str,
    ) -> Heard:
        """Send one request below ``/api/v1``; "" leaves a header out."""
        named = {name.replace("_", "-"): one for name, one in headers.items()}
        if token is not None:
            named.setdefault("authorization", f"Bearer {token}")
        if body is not None:
            named.setdefault("content-type", "application/json")
        if not isinstance(body, bytes | None):
            body = json.dumps(body).encode()
        scope = {
            "type": "http",
            "method": method,
            "scheme": "http",
            "path": f"/api/v1{path}",
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "client": (peer, 5000),
            "headers": [
                (name.encode(), value.encode("latin-1"))
                for name, value in named.items()
                if value
            ],
        }
        return await heard(app or self.app, scope, body or b"")


async def heard(app: ASGIApp, scope: dict[str, Any], body: bytes) -> Heard:
    """What ``app`` answers."""
    sent: list[Message] = []

    unread = [body]

    async def receive() -> Message:
        if not unread:
            await asyncio.Event().wait()  # nobody hangs up
        part = unread.pop()
        return {"type": "http.request", "body": part, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    head = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
    whole = b"".join(one.get("body", b"") for one in sent[1:])
    return Heard(sent[0]["status"], head, whole)
