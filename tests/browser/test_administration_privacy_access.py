"""The privacy pages for everybody: axe, by day and by night, phone and desk."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.administration import Administration
from tests.browser.clerk import Clerk
from tests.browser.running import Customer
from tests.browser.test_administration_access import (
    is_too_wide,
    looked_at,
)
from tests.browser.test_administration_privacy import (
    ADA,
    Arrive,
    clerk,
)
from tests.browser.test_console_access import faults

pytestmark = pytest.mark.timeout(240)

__all__ = ["clerk", "looked_at"]


async def pages(
    clerk: Clerk,
    customer: Customer,
) -> list[tuple[str, str]]:
    """Every page with something in it, and its heading."""
    ada = await clerk.know("ada-17", **ADA)
    asked = {"kind": "access", "subject": "Ada, by mail", "customer": ada}
    request = await clerk.do("POST", "privacy/requests", asked)
    bob = await clerk.know("bob")
    erasure = await clerk.do("POST", "privacy/erasures", {"customer": bob})
    await clerk.do("PUT", f"customers/{ada}/restrictions/do_not_profile", {})
    talk = customer.conversation
    await clerk.do("POST", f"conversations/{talk}/hold", {"held": True})
    return [
        ("data-map", "Data map"),
        ("data-map/register", "Register of processing"),
        ("people", "People"),
        (f"people/{ada}", "Ada Lovelace"),
        ("people/!erasures", "Erasures"),
        (f"people/!erasures/{erasure['id']}", f"Erasure {erasure['id'][:8]}"),
        ("conversations", "Conversations"),
        (f"conversations/{talk}", f"Conversation {talk[:8]}"),
        ("search", "Search"),
        ("requests", "Requests"),
        (f"requests/{request['id']}", "Access"),
        ("requests/!new", "New request"),
        ("audit", "Audit log"),
    ]


async def test_axe_finds_nothing_on_any_page(
    looked_at: Administration,
    clerk: Clerk,
    arrive: Arrive,
) -> None:
    """Nor is anything wider than a phone."""
    customer = await arrive()
    await customer.write("Hello, is somebody there?")
    every = await pages(clerk, customer)
    await looked_at.sign_in()

    for route, heading in every:
        await looked_at.go(route, heading)
        assert await faults(looked_at.page) == [], route
        assert not await is_too_wide(looked_at.page), route


async def test_axe_finds_nothing_in_dialogs(
    looked_at: Administration,
    clerk: Clerk,
) -> None:
    """Those that ask, and the one at the side of the map."""
    ada = await clerk.know("ada-17", **ADA)
    await looked_at.sign_in()
    await looked_at.go(f"people/{ada}", "Ada Lovelace")
    for name in ("Correct", "Record", "Restrict: Do not store", "Export"):
        await looked_at.button(name).click()
        await expect(looked_at.dialog).to_be_visible()
        assert await faults(looked_at.page) == [], name
        await looked_at.page.keyboard.press("Escape")

    await looked_at.go("data-map", "Data map")
    await looked_at.page.get_by_role("button", name="Audit log").click()
    await expect(looked_at.dialog).to_be_visible()
    assert await faults(looked_at.page) == []
