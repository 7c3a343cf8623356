"""What an agent's value shows of itself."""

from __future__ import annotations

from server.domain.agent import Agent
from server.ids import AccountId, AgentId


def test_an_agents_password_hash_stays_out_of_logs() -> None:
    """repr() does not contain what passwords can be tried against."""
    agent = Agent(
        id=AgentId("maria"),
        account=AccountId("acme"),
        name="maria",
        display_name="Maria",
        password_hash="$argon2id$v=19$secret",
    )

    assert "secret" not in repr(agent)
