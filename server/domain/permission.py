"""Who may do what: roles of people, scopes of keys, and one question.

A person has roles, a role has scopes, a key has scopes of its own; every
operation of the API names the one scope that it needs. Nothing else decides.

Rules of this file
    1. Whoever belongs to an account reaches that account and no other; only
       the operator belongs to none.
    2. What a role does not list it may not do: there is no "everything else".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from server.ids import AccountId


class AgentRole(StrEnum):
    """What somebody of the account is there for."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    PRIVACY_OFFICER = "privacy_officer"
    ADMINISTRATOR = "administrator"


class Scope(StrEnum):
    """One thing that may be allowed."""

    SERVER = "server:manage"  # the operator's: accounts, keys, backups
    ACCOUNT_READ = "account:read"
    ACCOUNT_WRITE = "account:write"
    CHANNELS_READ = "channels:read"
    CHANNELS_WRITE = "channels:write"
    AGENTS_READ = "agents:read"
    AGENTS_WRITE = "agents:write"
    APPLICATIONS_READ = "applications:read"
    APPLICATIONS_WRITE = "applications:write"
    KEYS_READ = "keys:read"
    KEYS_WRITE = "keys:write"
    DESK_READ = "desk:read"  # queues, canned answers, business hours
    DESK_WRITE = "desk:write"
    RULES_READ = "rules:read"
    RULES_WRITE = "rules:write"
    CONVERSATIONS_READ = "conversations:read"
    CONVERSATIONS_END = "conversations:end"
    MESSAGES_READ = "messages:read"  # what was said, where it is kept
    MESSAGES_WRITE = "messages:write"  # messages that the business begins
    CUSTOMERS_READ = "customers:read"
    CUSTOMERS_WRITE = "customers:write"
    CONSENTS_READ = "consents:read"
    CONSENTS_WRITE = "consents:write"
    HOLDINGS_READ = "holdings:read"  # the data map, and what is held
    PRIVACY_SEARCH = "privacy:search"
    PRIVACY_EXPORT = "privacy:export"
    PRIVACY_ERASE = "privacy:erase"
    PRIVACY_RESTRICT = "privacy:restrict"
    PRIVACY_HOLD = "privacy:hold"
    PRIVACY_REQUESTS = "privacy:requests"
    PRIVACY_FIELDS = "privacy:fields"  # what is said of record types
    AUDIT_READ = "audit:read"


_OF_AGENT = frozenset(
    {
        Scope.ACCOUNT_READ,
        Scope.CHANNELS_READ,
        Scope.DESK_READ,
    }
)
_OF_SUPERVISOR = _OF_AGENT | {
    Scope.AGENTS_READ,
    Scope.DESK_WRITE,
    Scope.CONVERSATIONS_READ,
    Scope.CONVERSATIONS_END,
    Scope.MESSAGES_READ,
    Scope.MESSAGES_WRITE,
}
_OF_PRIVACY_OFFICER = frozenset(
    {
        Scope.ACCOUNT_READ,
        Scope.CHANNELS_READ,
        Scope.RULES_READ,
        Scope.CONVERSATIONS_READ,
        Scope.MESSAGES_READ,
        Scope.CUSTOMERS_READ,
        Scope.CUSTOMERS_WRITE,
        Scope.CONSENTS_READ,
        Scope.CONSENTS_WRITE,
        Scope.HOLDINGS_READ,
        Scope.PRIVACY_SEARCH,
        Scope.PRIVACY_EXPORT,
        Scope.PRIVACY_ERASE,
        Scope.PRIVACY_RESTRICT,
        Scope.PRIVACY_HOLD,
        Scope.PRIVACY_REQUESTS,
        Scope.PRIVACY_FIELDS,
        Scope.AUDIT_READ,
    }
)
# Who sets the account up need not see its customers: no customer, no search,
# no export is among these.
_OF_ADMINISTRATOR = _OF_AGENT | {
    Scope.ACCOUNT_WRITE,
    Scope.CHANNELS_WRITE,
    Scope.AGENTS_READ,
    Scope.AGENTS_WRITE,
    Scope.APPLICATIONS_READ,
    Scope.APPLICATIONS_WRITE,
    Scope.KEYS_READ,
    Scope.KEYS_WRITE,
    Scope.DESK_WRITE,
    Scope.RULES_READ,
    Scope.RULES_WRITE,
    Scope.HOLDINGS_READ,
    Scope.AUDIT_READ,
}

SCOPES_OF_ROLES: Mapping[AgentRole, frozenset[Scope]] = {
    AgentRole.AGENT: _OF_AGENT,
    AgentRole.SUPERVISOR: _OF_SUPERVISOR,
    AgentRole.PRIVACY_OFFICER: _OF_PRIVACY_OFFICER,
    AgentRole.ADMINISTRATOR: _OF_ADMINISTRATOR,
}

#: What a key of an account may be given: all but what is the operator's.
SCOPES_OF_KEYS = frozenset(Scope) - {Scope.SERVER}


def scopes_of(roles: Iterable[AgentRole]) -> frozenset[Scope]:
    """What somebody with all of ``roles`` may do."""
    return frozenset().union(*(SCOPES_OF_ROLES[role] for role in roles))


class PrincipalKind(StrEnum):
    """What sort of somebody asks."""

    OPERATOR = "operator"
    PERSON = "person"
    KEY = "key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who asks, proved.

    Attributes:
        kind: What sort of somebody.
        id: The agent's or the key's id; for the operator how they came in.
        account: Whose they are; None: the operator, who belongs to none.
        scopes: What they may do.
    """

    kind: PrincipalKind
    id: str
    account: AccountId | None
    scopes: frozenset[Scope]

    def may(self, scope: Scope, account: AccountId | None) -> bool:
        """Whether they may do ``scope`` to what belongs to ``account``.

        Args:
            scope: What the operation needs.
            account: Whose it would be done to; None: the server itself.
        """
        if scope not in self.scopes:
            return False
        return self.account is None or self.account == account


def operator(how: str) -> Principal:
    """The operator, who came in by ``how``."""
    return Principal(
        kind=PrincipalKind.OPERATOR,
        id=how,
        account=None,
        scopes=frozenset(Scope),
    )
