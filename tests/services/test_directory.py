"""Tests of server/services/directory.py."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.domain.resource import ResourceKind
from server.errors import NotFound
from server.ids import AccountId, AgentId, ApplicationId, ChannelId
from server.protocol.forms import (
    ApiKeyForm,
    ApplicationForm,
    BusinessHoursForm,
    CannedAnswerForm,
    ChannelForm,
    Form,
    QueueForm,
    RuleForm,
)
from server.protocol.stored_forms import KINDS, id_of
from server.services.directory import Directory
from server.services.entries import Entry
from tests.services.offices import ACCOUNT, SHOP, TEA, agent

KEY = ApiKeyForm(
    id="crm", name="CRM", scopes=("desk:read",), key_hash="ab" * 32
)
ALL: list[Form] = [
    ACCOUNT,
    SHOP,
    agent("maria"),
    ApplicationForm(id="bot", name="Bot", key_hash="ab" * 32),
    QueueForm(id="all", name="All"),
    BusinessHoursForm(id="office", name="Office"),
    CannedAnswerForm(id="hello", title="Hello", text="Hello!"),
    RuleForm(id="cards", rule="cards"),
    KEY,
]


def entry(form: Form) -> Entry:
    """It as it is held."""
    return Entry(kind=KINDS[type(form)], account=TEA, form=form)


def loaded() -> tuple[Directory, list[tuple[str, str]]]:
    """A directory of one of everything, and what its subscriber was told."""
    directory = Directory()
    told: list[tuple[str, str]] = []
    directory.subscribe(lambda kind, _, id_: told.append((kind.value, id_)))
    directory.load(map(entry, ALL))
    return directory, told


def plain(directory: Directory) -> list[object]:
    """The dicts that others look into."""
    return [
        directory.accounts,
        directory.channels,
        directory.agents,
        directory.applications,
        directory.redactions,
        directory.queues,
        directory.hours,
        directory.keys,
    ]


def test_everything_loaded_is_where_it_is_looked_for() -> None:
    """And subscribers are told of each."""
    directory, told = loaded()

    assert all(len(one) == 1 for one in plain(directory))  # type: ignore[arg-type]
    assert told == [(KINDS[type(form)].value, id_of(form)) for form in ALL]
    assert directory.key_by_hash(bytes.fromhex(KEY.key_hash)) == (TEA, KEY)
    assert directory.owner(ResourceKind.CHANNEL, "shop") == TEA
    assert directory.owner(ResourceKind.CHANNEL, "none") is None
    assert len(directory.everything()) == len(ALL)


def test_a_change_is_seen_through_the_same_dicts() -> None:
    """Nobody has to ask the directory for a new one."""
    directory, told = loaded()
    channels = directory.channels
    told.clear()

    directory.put(entry(ChannelForm(id="shop", name="Tea")))

    assert channels[ChannelId("shop")].name == "Tea"
    assert told == [("channel", "shop")]


def test_a_key_that_is_changed_opens_nothing_any_more() -> None:
    """Only the new one does."""
    directory, _ = loaded()

    directory.put(entry(replace_key("cd" * 32)))

    assert directory.key_by_hash(bytes.fromhex(KEY.key_hash)) is None
    assert directory.key_by_hash(bytes.fromhex("cd" * 32)) is not None


def replace_key(key_hash: str) -> ApiKeyForm:
    """The key, with another hash."""
    return ApiKeyForm(
        id="crm", name="CRM", scopes=("desk:read",), key_hash=key_hash
    )


def test_rules_work_together() -> None:
    """With the last one gone there is nothing to apply."""
    directory, _ = loaded()

    directory.put(entry(RuleForm(id="iban", rule="iban")))
    assert len(directory.redactions[TEA].rules) == 2

    for id_ in ("iban", "cards"):
        directory.drop(ResourceKind.RULE, TEA, id_)
    assert directory.redactions == {}


def test_an_account_goes_with_all_it_has() -> None:
    """Subscribers are told of each thing, and of the account last."""
    directory, told = loaded()
    told.clear()

    directory.drop_account(TEA)
    directory.drop_account(TEA)

    assert all(not one for one in plain(directory))
    assert directory.everything() == []
    assert len(told) == len(ALL)
    assert told[-1] == ("account", "tea")


def test_what_is_not_there_is_said_so() -> None:
    """As a form; an entry may be missing."""
    directory, told = loaded()
    told.clear()

    with pytest.raises(NotFound):
        directory.form(ResourceKind.CHANNEL, TEA, "none")
    assert directory.entry(ResourceKind.CHANNEL, AccountId("no"), "no") is None
    directory.drop(ResourceKind.CHANNEL, TEA, "none")
    assert told == []


def test_forms_come_by_name() -> None:
    """In the order of their ids."""
    directory, _ = loaded()
    directory.put(replace(entry(agent("jonas")), revision=2))

    forms = directory.forms(ResourceKind.AGENT, TEA)

    assert [id_of(form) for form in forms] == ["jonas", "maria"]
    assert AgentId("jonas") in directory.agents
    assert ApplicationId("bot") in directory.applications
