"""A scene: an account looks after its customers by the API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import FakeClock
from tests.scenes.known import come, known_account
from tests.scenes.sites import Site, say
from tests.scenes.test_api import OPERATOR_KEY, WITH_KEY, ask

ALL = "/accounts/acme/customers"
ADA = {
    "channel": "shop",
    "platform_key": "ada",
    "name": "Ada",
    "email": "ada@example.com",
    "contacts": {"crm": "C-17"},
}


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Site]:
    """A site whose API the operator may call."""
    data = tmp_path / "data"
    site = Site(data, FakeClock(), account=[known_account(data)], **WITH_KEY)
    await site.start()
    yield site
    await site.stop()


async def call(
    site: Site, method: str, path: str, body: object = None
) -> tuple[int, Any]:
    """As the operator."""
    return await ask(site, method, path, token=OPERATOR_KEY, body=body)


async def test_a_customer_is_made_read_and_put_right(office: Site) -> None:
    """What is not said stays, and null takes it away."""
    status, made = await call(office, "POST", ALL, ADA)
    assert status == 201
    one = f"{ALL}/{made['id']}"
    assert (await call(office, "GET", one)) == (200, made)
    assert made["contacts"] == {"crm": "C-17"}
    assert made["restrictions"] == []

    status, after = await call(
        office, "PATCH", one, {"name": "Ada L.", "email": None, "note": "x"}
    )

    assert status == 200
    assert (after["name"], after["email"]) == ("Ada L.", None)
    assert after["contacts"] == {"crm": "C-17"}
    status, told = await call(office, "GET", f"{one}/history")
    assert [(event["kind"], event["note"]) for event in told["events"]] == [
        ("rectified", "x")
    ]
    assert told["events"][0]["fields"] == ["email", "name"]


async def test_customers_come_in_pages(office: Site) -> None:
    """Each once, whatever the size of the pages."""
    for key in ("ada", "bob", "cleo"):
        await call(
            office, "POST", ALL, {"channel": "shop", "platform_key": key}
        )
    found: list[str] = []
    cursor = ""
    while True:
        status, page = await call(office, "GET", f"{ALL}?limit=2{cursor}")
        assert status == 200
        found += [one["platform_key"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&after={page['next']}"

    assert sorted(found) == ["ada", "bob", "cleo"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("POST", "", ADA, 409, "exists"),
        ("POST", "", ADA | {"channel": "elsewhere"}, 422, "invalid"),
        ("POST", "", ADA | {"platform_key": "b\n"}, 422, "invalid"),
        ("POST", "", ADA | {"platform_key": "bob", "email": "b"}, 422, None),
        ("GET", "/nobody", None, 404, "not_found"),
        ("PATCH", "/nobody", {"name": "x"}, 404, "not_found"),
        ("PATCH", "/ada", {"picture_url": "http://x"}, 422, "invalid"),
        ("GET", "/nobody/consents", None, 404, "not_found"),
        ("PUT", "/ada/restrictions/do_not_laugh", {}, 404, "not_found"),
        ("PUT", "/nobody/restrictions/do_not_store", {}, 404, "not_found"),
        ("POST", "/ada/messages", {"text": "Hi"}, 409, "consent_needed"),
    ],
)
async def test_what_cannot_be_done_is_said_so(
    office: Site, method: str, path: str, body: Any, *, status: int, code: str
) -> None:
    """By a code, and never by what was sent."""
    _, made = await call(office, "POST", ALL, ADA)
    path = path.replace("/ada", f"/{made['id']}")

    answered, problem = await call(office, method, ALL + path, body)

    assert answered == status
    assert problem["code"] == (code or "invalid")


async def one_who_writes(office: Site) -> str:
    """The address of the one customer there is."""
    _, page = await call(office, "GET", ALL)
    return f"{ALL}/{page['items'][0]['id']}"


async def test_consents_by_the_api(office: Site) -> None:
    """Written down, and effective."""
    async with await come(office) as ada:
        await say(ada, "client-0001", "Hello")
        one = await one_who_writes(office)
        wish = {"purpose": "offers", "level": "explicit", "version": "7"}
        status, said = await call(office, "POST", f"{one}/consents", wish)
        assert (status, said["source"]) == (201, "api")
        _, told = await call(office, "GET", f"{one}/consents")
        assert [item["purpose"] for item in told["consents"]] == [
            "offers",
            "service",
        ]
        wish = {"text": "An offer", "purpose": "offers"}
        status, sent = await call(office, "POST", f"{one}/messages", wish)
        assert status == 201
        assert (await ada.hear("message"))["number"] == sent["number"]


async def test_restrictions_by_the_api(office: Site) -> None:
    """Effective at once, and lifted after a notice."""
    async with await come(office) as ada:
        await say(ada, "client-0001", "Hello")
        one = await one_who_writes(office)
        wish = {"text": "An offer"}
        path = f"{one}/restrictions/do_not_process"
        status, told = await call(office, "PUT", path, {"reason": "objection"})
        assert (status, told["restrictions"]) == (200, ["do_not_process"])
        status, problem = await call(office, "POST", f"{one}/messages", wish)
        assert (status, problem["code"]) == (409, "restricted")
        status, problem = await call(office, "POST", f"{path}/lift", {})
        assert problem["errors"][0]["path"] == "$.notice_given_at"
        assert office.clock is not None
        status, told = await call(
            office,
            "POST",
            f"{path}/lift",
            {"notice_given_at": office.clock.now()},
        )
        assert (status, told["restrictions"]) == (200, [])
        assert (await call(office, "GET", f"{one}/restrictions"))[1] == told
        _, told = await call(office, "GET", f"{one}/history")
        assert [event["kind"] for event in told["events"]] == [
            "consent",
            "restriction",
            "restriction",
        ]
