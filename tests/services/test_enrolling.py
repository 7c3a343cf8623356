"""Agents and keys are made without handing out more than one has."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from server.domain.permission import (
    SCOPES_OF_KEYS,
    AgentRole,
    Principal,
    PrincipalKind,
    Scope,
    operator,
    scopes_of,
)
from server.errors import Invalid
from server.ids import AccountId, token_hash
from server.protocol.api_requests import AgentChange, NewAgent, NewKey
from server.protocol.forms import AgentForm
from server.services.enrolling import Enrolling
from server.vault.passwords import password_matches

ACME = AccountId("acme")
PASSWORD = "long enough, and new"


class Kept:
    """Whoever keeps agents and keys."""

    def __init__(self) -> None:
        self.form: Any = AgentForm(
            name="maria",
            display_name="Maria",
            password_hash="$argon2id$old",
            roles=("administrator",),
        )

    async def create(self, *_: Any, form: Any, **__: Any) -> Any:
        self.form = form
        return self

    async def replace(self, *_: Any, form: Any, **__: Any) -> Any:
        self.form = form
        return self

    def get(self, *_: Any) -> Any:
        return self


def caller(*scopes: Scope, is_key: bool = True) -> Principal:
    """Somebody with these scopes."""
    return Principal(
        kind=PrincipalKind.KEY if is_key else PrincipalKind.PERSON,
        id="somebody",
        account=ACME,
        scopes=frozenset(scopes),
    )


ADMINISTRATOR = caller(*scopes_of([AgentRole.ADMINISTRATOR]), is_key=False)


def made() -> tuple[Kept, Enrolling]:
    """Where they are kept, and who makes them."""
    kept = Kept()
    return kept, Enrolling(kept, Random(1).randbytes)


def wish(*roles: str, password: str = PASSWORD) -> NewAgent:
    """An agent who is wanted."""
    return NewAgent(
        name="jonas", display_name="Jonas", password=password, roles=roles
    )


async def test_a_password_is_kept_as_a_hash() -> None:
    """The agent can sign in with it, and nobody can read it."""
    kept, enrolling = made()

    await enrolling.enrol(ADMINISTRATOR, ACME, wish("agent"))

    assert password_matches(PASSWORD, kept.form.password_hash)


async def test_what_everybody_tries_is_no_password() -> None:
    """Long enough is not enough."""
    _, enrolling = made()

    with pytest.raises(Invalid) as caught:
        await enrolling.enrol(
            ADMINISTRATOR, ACME, wish("agent", password="CHANGEME")
        )

    assert caught.value.path == "$.password"


async def test_people_name_people_for_any_role() -> None:
    """Somebody has to name the privacy officer."""
    kept, enrolling = made()

    await enrolling.enrol(ADMINISTRATOR, ACME, wish("privacy_officer"))

    assert kept.form.roles == ("privacy_officer",)


async def test_a_key_makes_nobody_who_may_do_more() -> None:
    """Nor does it take somebody over who may."""
    kept, enrolling = made()
    key = caller(Scope.AGENTS_WRITE, *scopes_of([AgentRole.AGENT]))

    await enrolling.enrol(key, ACME, wish("agent"))
    with pytest.raises(Invalid):
        await enrolling.enrol(key, ACME, wish("administrator"))
    kept.form = AgentForm(
        name="boss",
        display_name="Boss",
        password_hash="x",
        roles=("administrator",),
    )
    with pytest.raises(Invalid) as caught:
        await enrolling.change(
            key,
            ACME,
            AgentChange(display_name="B", password=PASSWORD, roles=("agent",)),
            name="boss",
            if_revision=None,
        )

    assert caught.value.path == "$.roles"
    assert kept.form.password_hash == "x"


@pytest.mark.parametrize("password", [None, PASSWORD])
async def test_a_password_left_out_stays(password: str | None) -> None:
    """Whoever changes a name need not know it."""
    kept, enrolling = made()

    await enrolling.change(
        ADMINISTRATOR,
        ACME,
        AgentChange(display_name="M", password=password),
        name="maria",
        if_revision=1,
    )

    assert kept.form.display_name == "M"
    assert (kept.form.password_hash == "$argon2id$old") is (password is None)


async def test_a_key_has_what_its_maker_has_at_most() -> None:
    """Not even an administrator makes one that reads customers."""
    kept, enrolling = made()
    for maker, scope in [
        (ADMINISTRATOR, "channels:write"),
        (operator("key"), "customers:read"),
    ]:
        new = NewKey(id="bot", name="Bot", scopes=("desk:read", scope))
        _, key = await enrolling.make_key(maker, ACME, new)

        assert key.startswith("dfk_bot_")
        assert kept.form.key_hash == token_hash(key).hex()
        assert set(kept.form.scopes) == {"desk:read", scope}

    for maker, scope in [
        (ADMINISTRATOR, "customers:read"),
        (ADMINISTRATOR, "server:manage"),
        (operator("key"), "server:manage"),
        (operator("key"), "made:up"),
    ]:
        new = NewKey(id="bot", name="Bot", scopes=("desk:read", scope))
        with pytest.raises(Invalid) as caught:
            await enrolling.make_key(maker, ACME, new)

        assert caught.value.path == "$.scopes[1]"


def test_keys_are_never_the_operators() -> None:
    """The operator belongs to no account."""
    assert Scope.SERVER not in SCOPES_OF_KEYS
