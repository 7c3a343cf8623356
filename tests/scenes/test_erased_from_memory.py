"""A scene: whoever is erased is in no answer that was kept in memory."""

from __future__ import annotations

import asyncio
import http.client
import json
from typing import Any

from tests.scenes.sites import Site
from tests.scenes.test_api import ask
from tests.scenes.test_erasing import erased

CUSTOMERS = "/accounts/acme/customers"
REQUESTS = "/accounts/acme/privacy/requests"
KEY = {
    "id": "desk",
    "name": "Desk",
    "scopes": ["customers:write", "privacy:requests", "privacy:erase"],
}


def once(site: Site, path: str, token: str, body: Any) -> tuple[int, Any]:
    """The same request under the same key."""
    line = http.client.HTTPConnection("127.0.0.1", site.server.port, timeout=5)
    try:
        line.request(
            "POST",
            f"/api/v1{path}",
            json.dumps(body),
            {
                "authorization": f"Bearer {token}",
                "content-type": "application/json",
                "idempotency-key": "once",
            },
        )
        answer = line.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        line.close()


async def test_a_repeat_brings_nobody_back(site: Site) -> None:
    """It hears that it was done; of the one who asks it hears the job."""
    where = "/accounts/acme/keys"
    _, made = await ask(site, "POST", where, body=KEY, local=True)
    desk, other = made["key"], KEY | {"id": "other"}
    _, made = await ask(site, "POST", where, body=other, local=True)
    them = {"channel": "shop", "platform_key": "ada", "name": "Ada L"}
    make = (site, CUSTOMERS, desk, them)
    status, ada = await asyncio.to_thread(once, *make)
    assert (status, ada["name"]) == (201, "Ada L")
    assert await asyncio.to_thread(once, *make) == (201, ada)
    wish = {"kind": "erasure", "subject": "Ada L", "customer": ada["id"]}
    about = (site, REQUESTS, made["key"], wish)
    assert (await asyncio.to_thread(once, *about))[0] == 201

    await erased(site, customer=ada["id"])

    for repeat in (make, about):
        status, told = await asyncio.to_thread(once, *repeat)
        assert (status, told["code"]) == (409, "secret_shown")
        assert "Ada L" not in json.dumps(told)
