"""The directory: what every account is made of now, in memory.

The plain dicts that the house and its use cases look into are this object's
own and are changed in place, so a change acts with the next frame. Whoever
has more to do than look (a webhook to open, a socket to close) subscribes.

Nothing here waits and nothing is written: what is put in is on disk already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from server.domain.account import Account
from server.domain.agent import Agent
from server.domain.application import Application
from server.domain.channel import Channel
from server.domain.desk import BusinessHours, Queue
from server.domain.redaction import Redaction
from server.domain.resource import ResourceKind
from server.errors import NotFound
from server.ids import AccountId, AgentId, ApplicationId, ChannelId
from server.protocol.forms import (
    AccountForm,
    AgentForm,
    ApiKeyForm,
    ApplicationForm,
    BusinessHoursForm,
    ChannelForm,
    Form,
    QueueForm,
    RuleForm,
)
from server.services.entries import Entry

#: Told of what has changed: its kind, whose, and its id.
Subscriber = Callable[[ResourceKind, AccountId, str], None]

_ByKind = dict[ResourceKind, dict[str, Entry]]


@dataclass(slots=True)
class Directory:
    """What every account is made of.

    Attributes:
        accounts: The accounts.
        channels: Every account's channels.
        agents: Every account's agents, by the name they sign in with.
        applications: Every account's applications.
        redactions: The rules of those accounts that have any.
        queues: By account and id.
        hours: By account and id.
        keys: API keys by the SHA-256 of what their holders have.
    """

    accounts: dict[AccountId, Account] = field(default_factory=dict)
    channels: dict[ChannelId, Channel] = field(default_factory=dict)
    agents: dict[AgentId, Agent] = field(default_factory=dict)
    applications: dict[ApplicationId, Application] = field(default_factory=dict)
    redactions: dict[AccountId, Redaction] = field(default_factory=dict)
    queues: dict[tuple[AccountId, str], Queue] = field(default_factory=dict)
    hours: dict[tuple[AccountId, str], BusinessHours] = field(
        default_factory=dict
    )
    keys: dict[bytes, tuple[AccountId, ApiKeyForm]] = field(
        default_factory=dict
    )
    _entries: dict[AccountId, _ByKind] = field(default_factory=dict)
    _subscribers: list[Subscriber] = field(default_factory=list)

    def entry(
        self,
        kind: ResourceKind,
        account: AccountId,
        id: str,  # noqa: A002 - what it is
    ) -> Entry | None:
        """That entry; None if the account has none of that id."""
        return self._entries.get(account, {}).get(kind, {}).get(id)

    def entries(self, kind: ResourceKind, account: AccountId) -> list[Entry]:
        """All of that kind that ``account`` has, by id."""
        found = self._entries.get(account, {}).get(kind, {})
        return [found[id_] for id_ in sorted(found)]

    def everything(self) -> list[Entry]:
        """All there is, of all accounts."""
        return [
            entry
            for kinds in self._entries.values()
            for found in kinds.values()
            for entry in found.values()
        ]

    def form(
        self,
        kind: ResourceKind,
        account: AccountId,
        id: str,  # noqa: A002 - what it is
    ) -> Form:
        """The form of that id, with its secrets.

        Raises:
            NotFound: The account has none.
        """
        found = self.entry(kind, account, id)
        if found is None:
            raise NotFound
        return found.form

    def forms(self, kind: ResourceKind, account: AccountId) -> list[Form]:
        """The forms of that kind that ``account`` has, by id."""
        return [entry.form for entry in self.entries(kind, account)]

    def owner(self, kind: ResourceKind, id: str) -> AccountId | None:  # noqa: A002
        """Which account has a thing of that kind and id, if any."""
        for account, kinds in self._entries.items():
            if id in kinds.get(kind, {}):
                return account
        return None

    def key_by_hash(self, hash: bytes) -> tuple[AccountId, ApiKeyForm] | None:  # noqa: A002
        """The API key whose holder has what hashes to that, and whose."""
        return self.keys.get(hash)

    def subscribe(self, subscriber: Subscriber) -> None:
        """Have ``subscriber`` told of every change, after it is made."""
        self._subscribers.append(subscriber)

    def load(self, entries: Iterable[Entry]) -> None:
        """Take what is stored; for the start.

        Raises:
            Misconfigured: Rules that were kept cannot work any more.
        """
        taken = list(entries)
        for entry in taken:
            self._place(entry)
        for account in list(self._entries):
            self._renew_rules(account)
        for entry in taken:
            self._tell(entry.kind, entry.account, entry.id)

    def put(self, entry: Entry) -> None:
        """``entry`` is new or has changed, and is on disk.

        Raises:
            Misconfigured: A rule cannot work beside the others.
        """
        self._place(entry)
        if entry.kind is ResourceKind.RULE:
            self._renew_rules(entry.account)
        self._tell(entry.kind, entry.account, entry.id)

    def drop(self, kind: ResourceKind, account: AccountId, id: str) -> None:  # noqa: A002
        """It is gone, and nothing of it is on disk; safe to repeat."""
        if self._take_out(kind, account, id):
            if kind is ResourceKind.RULE:
                self._renew_rules(account)
            self._tell(kind, account, id)

    def drop_account(self, account: AccountId) -> None:
        """All of ``account`` is gone; safe to repeat."""
        gone = self._entries.get(account, {})
        order = [kind for kind in gone if kind is not ResourceKind.ACCOUNT]
        for kind in (*order, ResourceKind.ACCOUNT):
            for id_ in list(gone.get(kind, ())):
                self.drop(kind, account, id_)
        self._entries.pop(account, None)

    def _tell(self, kind: ResourceKind, account: AccountId, id_: str) -> None:
        for subscriber in self._subscribers:
            subscriber(kind, account, id_)

    def _take_out(
        self, kind: ResourceKind, account: AccountId, id_: str
    ) -> bool:
        gone = self._entries.get(account, {}).get(kind, {}).pop(id_, None)
        if gone is None:
            return False
        self._forget(gone)
        return True

    def _place(self, entry: Entry) -> None:
        self._take_out(entry.kind, entry.account, entry.id)
        kinds = self._entries.setdefault(entry.account, {})
        kinds.setdefault(entry.kind, {})[entry.id] = entry
        account, form = entry.account, entry.form
        match form:
            case AccountForm():
                self.accounts[account] = form.as_account()
            case ChannelForm():
                self.channels[ChannelId(form.id)] = form.as_channel(account)
            case AgentForm():
                self.agents[AgentId(form.name)] = form.as_agent(account)
            case ApplicationForm():
                application = form.as_application(account)
                self.applications[application.id] = application
            case QueueForm():
                self.queues[account, form.id] = form.as_queue()
            case BusinessHoursForm():
                self.hours[account, form.id] = form.as_hours()
            case ApiKeyForm():
                self.keys[bytes.fromhex(form.key_hash)] = account, form
            case _:  # read from here as a form, where it is needed
                pass

    def _forget(self, entry: Entry) -> None:
        account, form = entry.account, entry.form
        match form:
            case AccountForm():
                self.accounts.pop(account, None)
            case ChannelForm():
                self.channels.pop(ChannelId(form.id), None)
            case AgentForm():
                self.agents.pop(AgentId(form.name), None)
            case ApplicationForm():
                self.applications.pop(ApplicationId(form.id), None)
            case QueueForm():
                self.queues.pop((account, form.id), None)
            case BusinessHoursForm():
                self.hours.pop((account, form.id), None)
            case ApiKeyForm():
                self.keys.pop(bytes.fromhex(form.key_hash), None)
            case _:
                pass

    def _renew_rules(self, account: AccountId) -> None:
        rules = [
            form.as_rule()
            for form in self.forms(ResourceKind.RULE, account)
            if isinstance(form, RuleForm)
        ]
        if rules:
            self.redactions[account] = Redaction(rules)
        else:
            self.redactions.pop(account, None)
