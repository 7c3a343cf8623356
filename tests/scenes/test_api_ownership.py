"""Nobody reaches what is another account's, by whatever address.

A whole server with two accounts that have one of everything. Whoever may do
everything in the one names the other's things: in the other's address, and
in the own one. Every operation with an id is tried, also those yet to come.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any

from server.domain.permission import SCOPES_OF_KEYS, AgentRole
from server.gateway.api.operation import Operation
from server.gateway.api.table import every_operation
from server.services.exporting import MOST_OF_ONE
from tests.scenes.sites import PASSWORD, Site, conversation_of, say
from tests.scenes.test_api import ask
from tests.strangers_client import Stranger

#: What the other account has, by where it is made.
MADE: dict[str, dict[str, Any]] = {
    "channels": {"id": "their-shop", "name": "S"},
    "identities": {"id": "their-page", "network": "web", "key": "k"},
    "credentials": {"id": "their-token", "name": "T", "value": "v"},
    "agents": {
        "name": "otto",
        "display_name": "Otto",
        "password": PASSWORD,
        "roles": [role.value for role in AgentRole],
    },
    "keys": {"id": "their-key", "name": "K", "scopes": ["desk:read"]},
    "applications": {"id": "their-bot", "name": "B", "key_hash": "0" * 64},
    "queues": {"id": "their-queue", "name": "Q"},
    "canned-answers": {"id": "their-answer", "title": "T", "text": "Yes."},
    "business-hours": {"id": "their-hours", "name": "H"},
    "redaction-rules": {"id": "their-rule", "rule": "email"},
}
WITH_ID = [
    one for one in every_operation() if re.search(r"{(?!account)\w+}", one.path)
]


def their_id(kind: str) -> str:
    """How the other account's thing of that kind is called."""
    body = MADE.get(kind, {})
    return str(body.get("id") or body.get("name") or "unknown")


async def furnished(site: Site) -> tuple[str, str]:
    """Make the other account; tokens of a person and a key of the first."""
    other = {"id": "other", "name": "Other"}
    assert (await ask(site, "POST", "/accounts", local=True, body=other))[
        0
    ] == 201
    for kind, body in MADE.items():
        where = f"/accounts/other/{kind}"
        made = await ask(site, "POST", where, local=True, body=body)
        assert made[0] == 201, (kind, made)
    root = MADE["agents"] | {"name": "root"}
    await ask(site, "POST", "/accounts/acme/agents", local=True, body=root)
    wish = {"name": "root", "password": PASSWORD}
    person = (await ask(site, "POST", "/sign-in", body=wish))[1]["token"]
    scopes = sorted(scope.value for scope in SCOPES_OF_KEYS)
    key = {"id": "all", "name": "All", "scopes": scopes}
    made = await ask(site, "POST", "/accounts/acme/keys", local=True, body=key)
    return person, made[1]["key"]


async def inventory(site: Site) -> dict[str, Any]:
    """All that the other account has."""
    kinds = [*MADE, "conversations"]
    found = await asyncio.gather(
        *(
            ask(site, "GET", f"/accounts/other/{kind}", local=True)
            for kind in kinds
        )
    )
    return dict(zip(kinds, found, strict=True))


def address(operation: Operation, account: str, conversation: str) -> str:
    """Where ``operation`` names a thing of the other account."""
    kind = operation.path.split("/")[3]
    id_ = conversation if kind == "conversations" else their_id(kind)
    path = operation.path.replace("{account}", account).replace("{id}", id_)
    return re.sub(r"{\w+}", "all", path)


async def test_nobody_reaches_another_accounts_things(site: Site) -> None:
    """404, or 422 where the body is looked at first; and nothing changes."""
    tokens = await furnished(site)
    port = site.server.port
    theirs = await Stranger.meet(
        f"ws://127.0.0.1:{port}/socket/customer/their-shop"
    )
    await say(theirs, "client-0001", "Only for them")
    conversation = conversation_of(theirs)
    before = await inventory(site)

    reached = []
    for operation in WITH_ID:
        if "{account}" not in operation.path:
            continue
        for account in ("acme", "other"):
            path = address(operation, account, conversation)
            for token in tokens:
                kind = operation.path.split("/")[3]
                body = MADE.get(kind, {}) if operation.takes else None
                status, _ = await ask(
                    site, operation.method, path, token=token, body=body
                )
                allowed = {404} if account == "other" else {404, 422}
                if status not in allowed:
                    reached.append((operation.name, account, status))

    assert reached == []
    assert await inventory(site) == before
    assert all(answer[0] == 200 for answer in before.values())


async def test_what_has_ended_is_nobodys(site: Site) -> None:
    """The own account's conversation answers as if it had never been."""
    _, key = await furnished(site)
    customer = await site.customer()
    await say(customer, "client-0001", "Soon over")
    about = f"/accounts/acme/conversations/{conversation_of(customer)}"

    assert (await ask(site, "GET", about, token=key))[0] == 200
    assert (await ask(site, "POST", f"{about}/end", token=key))[0] == 204
    await customer.hear("gone")

    for method, path, body in [
        ("GET", about, None),
        ("POST", f"{about}/end", None),
        ("POST", f"{about}/hold", {"held": True}),
    ]:
        status, _ = await ask(site, method, path, token=key, body=body)
        assert status == 404


async def test_nobody_reads_the_log_by_taking_a_name(site: Site) -> None:
    """Called as another account's key is, or was: their deeds stay theirs."""
    _, key = await furnished(site)
    scopes = {"id": "log", "name": "Log", "scopes": ["audit:read"]}
    made = await ask(
        site, "POST", "/accounts/other/keys", local=True, body=scopes
    )
    theirs = made[1]["key"]
    await ask(site, "GET", "/accounts/acme/keys", token=key)
    for name in ("all", "socket"):
        body = MADE["agents"] | {"name": name}
        where = "/accounts/other/agents"
        assert (await ask(site, "POST", where, local=True, body=body))[0] == 201
    keys = "/accounts/acme/keys/all"
    assert (await ask(site, "DELETE", keys, local=True))[0] == 204
    again = {"id": "all", "name": "All", "scopes": ["desk:read"]}
    where = "/accounts/other/keys"
    assert (await ask(site, "POST", where, local=True, body=again))[0] == 201
    # Rows are written a moment later; the operator's own show that they are.
    await ask(site, "GET", "/server/audit", local=True)

    _, log = await ask(site, "GET", "/accounts/other/audit", token=theirs)

    assert {row["actor"] for row in log["items"]} <= {"log"}


async def test_no_account_keeps_another_from_exporting(site: Site) -> None:
    """Each may have some prepared, and the rest is left for others."""
    await furnished(site)
    port = site.server.port
    theirs = await Stranger.meet(
        f"ws://127.0.0.1:{port}/socket/customer/their-shop"
    )
    ours = await site.customer()
    wish = {"conversation": conversation_of(ours)}
    where = "/accounts/acme/privacy/exports"
    for _ in range(MOST_OF_ONE):
        made = await ask(site, "POST", where, body=wish, local=True)
        assert made[0] == 201

    one_more = await ask(site, "POST", where, body=wish, local=True)
    wish = {"conversation": conversation_of(theirs)}
    where = "/accounts/other/privacy/exports"
    another = await ask(site, "POST", where, body=wish, local=True)

    assert (one_more[0], another[0]) == (409, 201)
