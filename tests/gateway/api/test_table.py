"""Everybody tries everything: the authorisation matrix.

Every operation of the table, by every role, by a key with each single scope,
by the operator, by nobody and by those whose token has expired; in their own
account, in another one, and in one that there is not. What may be is written
down in ``matrix.toml``; all else must not be.

What an operation does is taken out and replaced by a note that it was reached:
so operations need nothing here but their line.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from server.domain.permission import SCOPES_OF_KEYS, AgentRole, operator
from server.gateway.api.operation import Call, Operation
from server.gateway.api.table import every_operation
from server.ids import AccountId
from tests.gateway.api.office import ACME, OPERATOR_KEY, OTHER, Office

LINES: dict[str, str] = tomllib.loads(
    Path(__file__).with_name("matrix.toml").read_text("utf-8")
)
OPERATIONS = {one.name: one for one in every_operation()}
OPEN, ANY, OPERATOR, ELSEWHERE = "open", "any", "operator", "elsewhere"
LETTERS = {
    "a": AgentRole.AGENT,
    "s": AgentRole.SUPERVISOR,
    "p": AgentRole.PRIVACY_OFFICER,
    "m": AgentRole.ADMINISTRATOR,
}
NOWHERE = AccountId("nowhere")


@dataclass(frozen=True)
class Caller:
    """Somebody who calls.

    Attributes:
        name: For the report.
        token: What they bear.
        account: Whose they are; None: the operator, or nobody.
        allowed: By which word or letter or scope of a line.
        is_proved: Whether they are anybody at all.
    """

    name: str
    token: str | None
    account: AccountId | None = None
    allowed: str = ""
    is_proved: bool = True


def callers(office: Office) -> Iterator[Caller]:
    """Everybody there is."""
    yield Caller("operator", OPERATOR_KEY, allowed=OPERATOR)
    yield Caller("nobody", None, is_proved=False)
    yield Caller("somebody", "x" * 43, is_proved=False)
    for account in (ACME, OTHER):
        for letter, role in LETTERS.items():
            token = office.agent(role, account=account)
            yield Caller(f"{account} {role}", token, account, letter)
        old = office.agent(*AgentRole, account=account, good=False)
        yield Caller(f"{account} expired", old, is_proved=False)
        for scope in sorted(SCOPES_OF_KEYS):
            key = office.key(scope, account=account)
            yield Caller(f"{account} {scope}", key, account, scope.value)
        every = office.key(*SCOPES_OF_KEYS, account=account)
        yield Caller(f"{account} all scopes", every, account, "*")


def expected(line: str, caller: Caller, account: AccountId | None) -> int:
    """The status that ``caller`` is to hear; 200 for what is allowed."""
    word, _, scope = line.partition(" ")
    if word == OPEN:
        return 200
    if not caller.is_proved:
        return 401
    is_theirs = caller.account is None or caller.account == account
    if account is not None and (not is_theirs or account == NOWHERE):
        return 404
    if word == ANY or caller.account is None:
        return 200
    if word == OPERATOR:
        return 403
    is_allowed = caller.allowed in {"*", scope} or caller.allowed in word
    return 200 if is_allowed else 403


def test_every_operation_has_its_line() -> None:
    """And every line its operation."""
    assert set(LINES) == set(OPERATIONS)


def test_names_and_addresses_are_given_once() -> None:
    """No operation hides another."""
    every = every_operation()

    assert len({one.name for one in every}) == len(every)
    assert len({(one.method, one.path) for one in every}) == len(every)


@pytest.mark.parametrize("name", LINES)
def test_the_line_names_the_scope_of_the_operation(name: str) -> None:
    """What a key needs is not changed in passing."""
    word, _, scope = LINES[name].partition(" ")
    operation = OPERATIONS[name]

    assert (operation.scope or "") == scope
    assert operation.is_open is (word == OPEN)
    assert (operation.do is None) is (word == ELSEWHERE)
    # What belongs to an account says whose it is: else no account is compared.
    is_of_account = "{account}" in operation.path
    assert is_of_account or word in {OPEN, ANY, OPERATOR, ELSEWHERE}


@pytest.mark.parametrize(
    "name", [name for name, line in LINES.items() if line != ELSEWHERE]
)
async def test_nobody_does_what_they_may_not(name: str) -> None:
    """Unexpected is 0: neither somebody let in nor somebody kept out."""
    reached: list[str] = []
    probe = probed(OPERATIONS[name], reached)
    office = Office(probe)
    is_of_account = "{account}" in probe.path

    unexpected = []
    for number, caller in enumerate(callers(office)):
        for account in (ACME, OTHER, NOWHERE) if is_of_account else (None,):
            reached.clear()
            path = probe.path.replace("{account}", account or "")
            heard = await office.call(
                probe.method,
                path.replace("{id}", "one").replace("{restriction}", "all"),
                token=caller.token,
                peer=f"192.0.2.{number}",
            )
            wanted = expected(LINES[name], caller, account)
            if heard.status != wanted or bool(reached) is not (wanted == 200):
                unexpected.append((caller.name, account, heard.status))

    assert unexpected == []


def probed(operation: Operation, reached: list[str]) -> Operation:
    """``operation`` at an address of its own, doing nothing."""

    async def reach(call: Call) -> object:
        reached.append(call.principal.id)
        return {}

    return replace(
        operation,
        path=f"/probe{operation.path}",
        name=f"probe_{operation.name}",
        do=reach,
        takes=None,
        asks=(),
        streams=None,
        status=200,
        is_paged=False,
    )


def test_what_only_asks_is_asked_anew() -> None:
    """An answer that holds what people said is kept for no repeat."""
    asking = {one.name for one in every_operation() if one.is_question}

    assert asking == {
        "look_up_customers",
        "look_up_holdings",
        "search",
        "try_redaction_rules",
    }
    assert not any(
        one.changes for one in every_operation() if one.name in asking
    )


def test_a_call_shows_nothing_of_what_was_asked() -> None:
    """Behind the ? may stand by what somebody is known."""
    call = Call(
        principal=operator("socket"),
        account=AccountId("acme"),
        params={},
        query={"platform_key": "a-key-of-ada"},
        token="a-token",
    )

    assert "a-key-of-ada" not in repr(call)
    assert "a-token" not in repr(call)
