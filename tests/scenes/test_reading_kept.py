"""A scene: what a channel keeps is read by those who may, and that is noted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from server.domain.permission import AgentRole
from tests.scenes.sites import PASSWORD, Site, conversation_of, say, settings
from tests.scenes.test_api import ask

WORDS = ["First words", "Second words", "Third words"]


def keeping(data: Path) -> Site:
    """A site that keeps for a day, and has one person a role."""
    [account] = settings(data)["account"]
    channel = {"id": "shop", "name": "Acme", "retention_days": 1}
    return Site(data, account=[account | {"channel": [channel]}])


async def person(site: Site, role: AgentRole, *, account: str = "acme") -> str:
    """The token of somebody with that role."""
    name = f"{account}-{role.value}"
    body = {
        "name": name,
        "display_name": name,
        "password": PASSWORD,
        "roles": [role.value],
    }
    where = f"/accounts/{account}/agents"
    assert (await ask(site, "POST", where, local=True, body=body))[0] == 201
    wish = {"name": name, "password": PASSWORD}
    _, signed = await ask(site, "POST", "/sign-in", body=wish)
    return str(signed["token"])


async def test_what_is_kept_is_read_by_those_who_may(tmp_path: Path) -> None:
    """Page by page, once it is closed, by nobody else; and it is audited."""
    site = keeping(tmp_path / "data")
    await site.start()
    try:
        await told(site)
    finally:
        await site.stop()


async def told(site: Site) -> None:
    """The scene."""
    officer = await person(site, AgentRole.PRIVACY_OFFICER)
    supervisor = await person(site, AgentRole.SUPERVISOR)
    root = await person(site, AgentRole.ADMINISTRATOR)
    other: dict[str, Any] = {"id": "other", "name": "Other"}
    await ask(site, "POST", "/accounts", local=True, body=other)
    foreign = await person(site, AgentRole.SUPERVISOR, account="other")
    customer = await site.customer()
    for number, words in enumerate(WORDS):
        await say(customer, f"client-000{number}", words)
    which = f"/accounts/acme/conversations/{conversation_of(customer)}/messages"

    # Who takes part in a live one is seen by those whom it concerns.
    assert (await ask(site, "GET", which, token=supervisor))[0] == 404
    await customer.say("end")
    await customer.hear("ended")

    status, first = await ask(site, "GET", f"{which}?limit=2", token=officer)
    assert (status, len(first["items"])) == (200, 2)
    after = f"{which}?after={first['next']}"
    _, rest = await ask(site, "GET", after, token=supervisor)
    heard = [one["text"] for one in [*first["items"], *rest["items"]]]
    assert heard == WORDS
    assert rest["next"] is None
    assert (await ask(site, "GET", which, token=root))[0] == 403
    assert (await ask(site, "GET", which, token=foreign))[0] == 404
    await site.server._parts.auditing.write()
    _, log = await ask(site, "GET", "/accounts/acme/audit", token=officer)
    looked = [
        one["actor"]
        for one in log["items"]
        if one["event"] == "conversation_read"
    ]
    assert sorted(looked) == ["acme-privacy_officer", "acme-supervisor"]
