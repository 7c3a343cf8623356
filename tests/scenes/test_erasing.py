"""A scene: somebody asks to be erased, and is; with a receipt to show."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from server.vault.receipts import verify
from tests.scenes.canaries import found, found_in
from tests.scenes.known import Ear, come, id_of, known_site
from tests.scenes.sites import Site, conversation_of
from tests.scenes.test_api import ask

ALL = "/accounts/acme/privacy"


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Site]:
    """A site that knows its customers, and keeps what ended for a month."""
    site = known_site(tmp_path / "data", retention_days=30)
    await site.start()
    yield site
    await site.stop()


async def erased(site: Site, **whom: str) -> dict[str, Any]:
    """Have somebody erased; the job when it is done."""
    status, job = await ask(
        site, "POST", f"{ALL}/erasures", body=whom, local=True
    )
    assert status == 202, job
    for _ in range(400):
        status, job = await ask(
            site, "GET", f"{ALL}/erasures/{job['id']}", local=True
        )
        assert status == 200
        if job["state"] == "done":
            return dict(job)
        await asyncio.sleep(0.02)
    raise AssertionError(job)


async def check_nothing_held(shop: Site, customer: str) -> None:
    """See that the operator is told of nothing."""
    path = f"{ALL}/holdings?customer={customer}"
    held = await ask(shop, "GET", path, local=True)
    assert held == (200, {"held": []})


async def leave(*clients: Any) -> None:
    """Have all of them go."""
    for one in clients:
        await one.__aexit__(None, None, None)


async def check_receipt(shop: Site, receipt: Any) -> None:
    """See that it is signed, and tells of two conversations."""
    counts = receipt["receipt"]["erased"]
    assert counts["conversation record"] == 2
    assert counts["customer messages, web"] == 2
    status, key = await ask(shop, "GET", f"{ALL}/receipt-key", local=True)
    assert (status, verify(key["public_key"], receipt)) == (200, True)


async def test_somebody_is_erased_from_everywhere(
    shop: Site, log: StringIO
) -> None:
    """Sessions, kept conversations, identity; applications do the same."""
    who = f"ada-{secrets.token_hex(8)}"
    words = [f"word-{secrets.token_hex(12)}" for _ in range(3)]
    ear = await Ear.of(shop)
    before = await come(shop, who)
    await before.send("client-0001", words[0])
    await before.say("end")
    await before.hear("ended")
    now = await come(shop, who)
    await now.send("client-0002", words[1])
    await ear.heard(words[1])
    other = await come(shop, "berta")
    await other.send("client-0003", words[2])
    customer = await id_of(shop, who)
    assert found_in(shop.data, [customer.encode()]) == {customer.encode()}

    job = await erased(shop, customer=customer)

    assert (await now.hear("ended"))["by"] == "operator"
    await now.hear("gone")
    told = [e for e in ear.events if e["type"] == "customer.erased"]
    assert [one["customer_id"] for one in told] == [who]
    await check_receipt(shop, job["receipt"])
    await ear.close()
    gone = [who.encode(), *(word.encode() for word in words[:2])]
    gone += [conversation_of(one).encode() for one in (before, now)]
    # The end was written a moment ago for whoever tells the application.
    await check_nothing_held(shop, customer)
    assert found(log.getvalue().encode(), gone[:3]) == set()
    # Also of the database's log, which is written to again by now.
    assert found_in(shop.data, [*gone[:3], customer.encode()]) == set()
    await shop.restart()
    assert found_in(shop.data, [*gone[:3], customer.encode()]) == set()
    back = await come(shop, who)
    await back.send("client-0004", "hello again")
    assert await id_of(shop, who) != customer
    await leave(before, now, other, back)


async def test_who_asks_for_themselves_is_gone_as_well(shop: Site) -> None:
    """Known to the account: with all that is held, wherever it is."""
    async with await come(shop, "ada") as ada:
        await ada.send("client-0001", "a word of mine")
        customer = await id_of(shop, "ada")
        await ada.say("forget")
        assert (await ada.hear("ended"))["by"] == "customer"
        await ada.hear("gone")
    page: dict[str, Any] = {}
    for _ in range(200):
        _, page = await ask(shop, "GET", f"{ALL}/erasures", local=True)
        if page["items"][0]["receipt"]:
            break
        await asyncio.sleep(0.02)
    assert len(page["items"]) == 1

    status, nobody = await ask(
        shop, "GET", f"/accounts/acme/customers/{customer}", local=True
    )
    assert (status, nobody["code"]) == (404, "not_found")


async def test_what_is_on_hold_is_refused(shop: Site) -> None:
    """To the officer with 409, to the customer with the same word."""
    async with await come(shop, "ada") as ada:
        await ada.send("client-0001", "a word of mine")
        which = conversation_of(ada)
        status, _ = await ask(
            shop,
            "POST",
            f"/accounts/acme/conversations/{which}/hold",
            body={"held": True},
            local=True,
        )
        assert status == 200
        customer = await id_of(shop, "ada")
        refused = [
            await ask(shop, "POST", f"{ALL}/erasures", body=whom, local=True)
            for whom in ({"customer": customer}, {"conversation": which})
        ]
        await ada.say("forget")
        word = await ada.hear("refused")

    assert [(s, told["code"]) for s, told in refused] == [(409, "on_hold")] * 2
    assert word["code"] == "on_hold"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"customer": "a", "conversation": "b"},
        {"channel": "shop"},
        {"platform_key": "x"},
        {"channel": "shop", "platform_key": "not\nprintable"},
        {"customer": ""},
        {"nobody": "else"},
    ],
)
async def test_one_of_them_is_asked_for(
    shop: Site, body: dict[str, str]
) -> None:
    """Nobody is erased by half a name, or by two."""
    status, told = await ask(
        shop, "POST", f"{ALL}/erasures", body=body, local=True
    )

    assert status == 422, told


async def test_the_data_map_is_for_those_who_look_after_it(
    shop: Site,
) -> None:
    """Of an account, and of the server; every record type of the registry."""
    async with await come(shop, "ada") as ada:
        await ada.send("client-0001", "a word of mine")
        status, mine = await ask(
            shop, "GET", "/accounts/acme/data-map", local=True
        )
        _, all_ = await ask(shop, "GET", "/server/data-map", local=True)
        which = conversation_of(ada)
        _, held = await ask(
            shop, "GET", f"{ALL}/holdings?conversation={which}", local=True
        )

    assert status == 200
    places = {one["name"]: one for one in mine["places"]}
    assert places["customer messages, web"]["count"] == 1
    assert places["log records"]["count"] is None
    assert (mine["overdue"], all_["overdue"]) == (0, 0)
    assert len(all_["places"]) == len(places)
    found = {one["name"]: one["count"] for one in held["held"]}
    assert found["customer private data"] == 2
