"""Who may do what."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.permission import (
    SCOPES_OF_KEYS,
    SCOPES_OF_ROLES,
    AgentRole,
    Principal,
    PrincipalKind,
    Scope,
    operator,
    scopes_of,
)
from server.ids import AccountId

ACME, OTHER = AccountId("acme"), AccountId("other")


def person(*scopes: Scope) -> Principal:
    """Somebody of Acme's."""
    return Principal(
        kind=PrincipalKind.PERSON,
        id="maria",
        account=ACME,
        scopes=frozenset(scopes),
    )


@given(st.sampled_from(Scope))
def test_who_belongs_to_an_account_reaches_no_other(scope: Scope) -> None:
    """Nor the server itself."""
    maria = person(scope)

    assert maria.may(scope, ACME)
    assert not maria.may(scope, OTHER)
    assert not maria.may(scope, None)
    assert not person().may(scope, ACME)


@given(st.sampled_from(Scope), st.sampled_from([ACME, OTHER, None]))
def test_the_operator_reaches_all(
    scope: Scope, account: AccountId | None
) -> None:
    """Whoever runs the server can read its disk."""
    assert operator("socket").may(scope, account)


@pytest.mark.parametrize("role", AgentRole)
def test_no_role_manages_the_server(role: AgentRole) -> None:
    """That is the operator's, and no key is given it."""
    assert Scope.SERVER not in SCOPES_OF_ROLES[role]
    assert Scope.SERVER not in SCOPES_OF_KEYS


def test_who_sets_up_an_account_need_not_see_its_customers() -> None:
    """Nor does who looks after customers change the account."""
    administrator = scopes_of([AgentRole.ADMINISTRATOR])
    officer = scopes_of([AgentRole.PRIVACY_OFFICER])

    assert not any(
        scope.value.startswith(("customers", "privacy", "consents"))
        for scope in administrator
    )
    assert Scope.ACCOUNT_WRITE not in officer
    assert Scope.MESSAGES_WRITE not in officer


def test_roles_add_up() -> None:
    """None of them takes anything away."""
    assert scopes_of([]) == frozenset()
    assert scopes_of(AgentRole) == frozenset().union(*SCOPES_OF_ROLES.values())
