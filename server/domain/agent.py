"""An agent: who answers for an account."""

from __future__ import annotations

from dataclasses import dataclass, field

from server.domain.permission import AgentRole
from server.ids import AccountId, AgentId


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """Somebody who may sign in to the console.

    Attributes:
        id: Names the agent in conversations.
        account: Whose customers the agent answers.
        name: To sign in with.
        display_name: What customers see.
        password_hash: A PHC string; kept out of ``repr``, for whoever has it
            can try passwords at leisure.
        roles: What the agent is there for.
    """

    id: AgentId
    account: AccountId
    name: str
    display_name: str
    password_hash: str = field(repr=False)
    roles: frozenset[AgentRole] = frozenset({AgentRole.AGENT})
