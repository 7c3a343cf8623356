"""Settling at the start: what is stored, and what the settings file declares.

The rules; docs/operating.md tells them to operators.

    1. What an account in the file names is as the file says, at every start.
       Everything else of that account is as it was stored.
    2. An account with ``seed`` is taken from the file once, if it is not
       stored yet; from then on the file has no say.
    3. What the file once named and names no more is removed. A channel on
       which conversations or customers hang is closed instead, and an
       account that is not named at any more is kept as it is: both may be
       changed by the API from then on.
    4. A start at which nothing has changed writes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

import server.store.resources as stored
from server.clock import Clock
from server.domain.resource import (
    REMOVAL,
    UNIQUE_EVERYWHERE,
    ResourceKind,
)
from server.errors import Misconfigured
from server.ids import AccountId, AgentId, ChannelId
from server.protocol.forms import AccountForm, AgentForm, ChannelForm, Form
from server.protocol.stored_forms import (
    KINDS,
    closed,
    id_of,
    with_secrets_of,
)
from server.services.account_keys import AccountKeys
from server.services.directory import Directory
from server.services.entries import Entry, entry_of, row_of
from server.services.house import Records
from server.store.group import Group
from server.store.resources import Resources

log = logging.getLogger(__name__)

_Name = tuple[ResourceKind, AccountId, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """An account as the settings file has it.

    Attributes:
        account: Itself.
        forms: What it is made of.
        seed: Whether that holds for the first start only.
        renews_secrets: Whether the secrets of a seed are taken at every
            start; the demo makes new ones each time.
    """

    account: AccountForm
    forms: tuple[Form, ...] = ()
    seed: bool = False
    renews_secrets: bool = False

    @property
    def id(self) -> AccountId:
        """Its id."""
        return AccountId(self.account.id)

    @property
    def all(self) -> tuple[Form, ...]:
        """The account itself, and what it is made of."""
        return (self.account, *self.forms)


class Settling:
    """Brings together what is stored and what is declared.

    Args:
        directory: Told what holds.
        keys: Seals secrets.
        records: Written to, if something has changed.
        resources: What is stored.
        clock: What is written as the time of a change.
    """

    def __init__(
        self,
        directory: Directory,
        keys: AccountKeys,
        *,
        records: Records,
        resources: Resources,
        clock: Clock,
    ) -> None:
        self._directory = directory
        self._keys = keys
        self._records = records
        self._resources = resources
        self._clock = clock
        self._renewed: set[str] = set()

    async def settle(self, declared: Sequence[Declared]) -> None:
        """Do it; once, after the key file has been reconciled.

        Raises:
            Misconfigured: The settings name what is another account's.
            Corrupt: What is stored is damaged.
            Unavailable: The disk does not do its work.
        """
        before = {
            _name(entry): entry
            for row in await self._resources.all()
            if row.kind != REMOVAL
            for entry in [entry_of(row, self._keys)]
        }
        after = dict(before)
        for one in declared:
            self._declare(one, after)
        await self._let_go(declared, after)
        _check_unique(after)
        await self._write(before, after)
        self._directory.load(after.values())

    def _declare(self, one: Declared, after: dict[_Name, Entry]) -> None:
        is_new = (ResourceKind.ACCOUNT, one.id, one.id) not in after
        if one.seed and not is_new:
            if one.renews_secrets:
                self._renew_secrets(one, after)
            return
        now = self._clock.now()
        for form in one.all:
            entry = Entry(
                kind=KINDS[type(form)],
                account=one.id,
                form=form,
                declared=not one.seed,
                created_at=now,
                changed_at=now,
            )
            known = after.get(_name(entry))
            after[_name(entry)] = _changed(known, entry)

    def _renew_secrets(self, one: Declared, after: dict[_Name, Entry]) -> None:
        for form in one.forms:
            name = (KINDS[type(form)], one.id, id_of(form))
            known = after.get(name)
            if known is not None:
                renewed = replace(
                    known,
                    form=with_secrets_of(known.form, form),
                    changed_at=self._clock.now(),
                )
                after[name] = _changed(known, renewed)
                # Nobody was asked to change a password: who has signed in
                # stays, also when the server was killed.
                self._renewed.add(known.id)

    async def _let_go(
        self, declared: Sequence[Declared], after: dict[_Name, Entry]
    ) -> None:
        ruled = [one for one in declared if not one.seed]
        accounts = {one.id for one in ruled}
        named = {
            (KINDS[type(form)], one.id, id_of(form))
            for one in ruled
            for form in one.all
        }
        for name, entry in list(after.items()):
            if not entry.declared or name in named:
                continue
            free = replace(entry, declared=False, changed_at=self._clock.now())
            if entry.account not in accounts:
                after[name] = _changed(entry, free)
            elif not isinstance(entry.form, ChannelForm):
                del after[name]
            elif await self._resources.has_data(
                entry.account, ChannelId(entry.id)
            ):
                log.warning(
                    "a channel that the settings name no more is closed",
                    extra={"channel": entry.id},
                )
                shut = replace(free, form=closed(entry.form))
                after[name] = _changed(entry, shut)
            else:
                del after[name]

    async def _write(
        self, before: dict[_Name, Entry], after: dict[_Name, Entry]
    ) -> None:
        changed = [
            entry for name, entry in after.items() if before.get(name) != entry
        ]
        gone = [name for name in before if name not in after]
        if not changed and not gone:
            return

        def decide(group: Group) -> None:
            # What goes, goes first: its name may have been given away.
            for kind, account, id_ in gone:
                group.do(stored.dropped(kind.value, account, id_))
            for entry in changed:
                self._keys.make(entry.account, group)
                group.do(stored.kept(row_of(entry, self._keys)))
            for agent in _signed_out(before, after):
                if agent not in self._renewed:
                    group.do(stored.signed_out(agent))

        await self._records.write(decide)
        log.info(
            "settings taken",
            extra={"count": len(changed) + len(gone)},
        )


def _name(entry: Entry) -> _Name:
    return entry.kind, entry.account, entry.id


def _changed(known: Entry | None, entry: Entry) -> Entry:
    """``entry`` in place of ``known``; ``known`` itself if it says the same."""
    if known is None:
        return entry
    if (known.form, known.declared) == (entry.form, entry.declared):
        return known
    return replace(
        entry, revision=known.revision + 1, created_at=known.created_at
    )


def _check_unique(after: dict[_Name, Entry]) -> None:
    seen: set[tuple[ResourceKind, str]] = set()
    for kind, _, id_ in after:
        if kind not in UNIQUE_EVERYWHERE:
            continue
        if (kind, id_) in seen:
            raise Misconfigured(
                f"{kind.value} {id_}: another account that is stored has one"
                " of that name"
            )
        seen.add((kind, id_))


def _signed_out(
    before: dict[_Name, Entry], after: dict[_Name, Entry]
) -> list[AgentId]:
    """Agents who are gone, or have another password now."""
    return [
        AgentId(entry.id)
        for name, entry in before.items()
        if isinstance(entry.form, AgentForm)
        and password_of(after.get(name)) != entry.form.password_hash
    ]


def password_of(entry: Entry | None) -> str | None:
    """The hash of an agent's password; None of nobody."""
    form = entry.form if entry is not None else None
    return form.password_hash if isinstance(form, AgentForm) else None
