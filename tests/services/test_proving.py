"""Who calls the API is found out by token, by key, or not at all."""

from __future__ import annotations

import pytest

from server.domain.audit import ActorKind, AuditEvent
from server.domain.permission import PrincipalKind, Scope, operator
from server.errors import RefusalCode, Refused
from server.ids import AccountId, token_hash
from server.protocol.forms import ApiKeyForm
from server.services.proving import MOST_USES, Proving
from tests.services.worlds import PASSWORD, World

OPERATOR_KEY = "the operator's"
ACME = AccountId("acme")


class Gate:
    """Proving, and what it writes down."""

    def __init__(self) -> None:
        self.world = World()
        self.world.house.audit = self
        self.keys: dict[bytes, tuple[AccountId, ApiKeyForm]] = {}
        self.noted: list[tuple[AuditEvent, ActorKind, str, str]] = []
        self.proving = Proving(
            self.world.house,
            self.world.signing_in,
            key_by_hash=self.keys.get,
            operator_hash=token_hash(OPERATOR_KEY),
        )

    def note(
        self,
        event: AuditEvent,
        *,
        by: ActorKind = ActorKind.SERVER,
        actor: str = "",
        subject: str = "",
        detail: str = "",
    ) -> None:
        self.noted.append((event, by, actor, detail))

    def key(self, *scopes: str, expires_at: float | None = None) -> str:
        """A key with these scopes."""
        key = f"dfk_bot_{len(self.keys)}"
        hashed = token_hash(key)
        self.keys[hashed] = (
            ACME,
            ApiKeyForm(
                id="bot",
                name="Bot",
                scopes=scopes,
                key_hash=hashed.hex(),
                expires_at=expires_at,
            ),
        )
        return key


async def test_an_agent_is_who_signed_in() -> None:
    """With the scopes of the agent's roles, in the agent's account."""
    gate = Gate()

    token, until = await gate.proving.sign_in("maria", PASSWORD)
    found = await gate.proving.by_bearer(token)

    assert until == gate.world.clock.now() + 12 * 3600
    assert (found.kind, found.id) == (PrincipalKind.PERSON, "maria")
    assert found.account == ACME
    assert Scope.DESK_READ in found.scopes
    assert Scope.AGENTS_WRITE not in found.scopes


async def test_signing_out_ends_it() -> None:
    """The token opens nothing then, and the log says who went."""
    gate = Gate()
    token, _ = await gate.proving.sign_in("maria", PASSWORD)
    maria = await gate.proving.by_bearer(token)

    await gate.proving.sign_out(maria, token)

    assert gate.noted[-1][:3] == (
        AuditEvent.SIGNED_OUT,
        ActorKind.AGENT,
        "maria",
    )
    with pytest.raises(Refused) as caught:
        await gate.proving.by_bearer(token)
    assert caught.value.code is RefusalCode.BAD_CREDENTIALS


async def test_who_has_not_signed_in_cannot_sign_out() -> None:
    """A key is removed, not signed out."""
    with pytest.raises(Refused) as caught:
        await Gate().proving.sign_out(operator("key"), OPERATOR_KEY)

    assert caught.value.code is RefusalCode.NOT_NOW


async def test_a_key_may_what_it_names() -> None:
    """What there is not, and what is the operator's, gives it nothing."""
    gate = Gate()
    key = gate.key("desk:read", "server:manage", "made:up")

    found = await gate.proving.by_bearer(key)

    assert (found.kind, found.id) == (PrincipalKind.KEY, "bot")
    assert found.account == ACME
    assert found.scopes == {Scope.DESK_READ}
    assert gate.proving.used_at == {(ACME, "bot"): gate.world.clock.now()}
    assert gate.noted == [(AuditEvent.KEY_USED, ActorKind.KEY, "bot", "")]


@pytest.mark.parametrize("wrong", ["dfk_bot_x", "dfk_", "dfk_bot_0 "])
async def test_another_key_is_nobodys(wrong: str) -> None:
    """And is not written down."""
    gate = Gate()
    gate.key("desk:read")

    with pytest.raises(Refused):
        await gate.proving.by_bearer(wrong)

    assert gate.noted == [(AuditEvent.SIGN_IN_FAILED, ActorKind.KEY, "", "key")]


async def test_an_expired_key_is_named_in_the_log() -> None:
    """So that somebody renews it."""
    gate = Gate()
    key = gate.key("desk:read", expires_at=gate.world.clock.now())

    with pytest.raises(Refused):
        await gate.proving.by_bearer(key)

    assert gate.noted == [
        (AuditEvent.SIGN_IN_FAILED, ActorKind.KEY, "bot", "expired_key")
    ]


async def test_the_operator_has_a_key_or_none() -> None:
    """Without a hash in the settings no text is the operator's."""
    gate = Gate()
    without = Proving(
        gate.world.house, gate.world.signing_in, key_by_hash=gate.keys.get
    )

    found = await gate.proving.by_bearer(OPERATOR_KEY)

    assert (found.kind, found.account) == (PrincipalKind.OPERATOR, None)
    assert found.scopes == frozenset(Scope)
    with pytest.raises(Refused):
        await without.by_bearer(OPERATOR_KEY)


async def test_last_uses_are_remembered_of_so_many() -> None:
    """The first of them goes when there is no room."""
    gate = Gate()
    used = gate.proving.used_at
    for number in range(MOST_USES):
        used[ACME, f"old-{number}"] = 0.0

    await gate.proving.by_bearer(gate.key("desk:read"))

    assert len(used) == MOST_USES
    assert (ACME, "old-0") not in used
