"""Tests of server/gateway/pages.py: channels that change while it serves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from starlette.types import ASGIApp

from server.domain.channel import Channel
from server.gateway.pages import pages
from server.ids import AccountId, ChannelId
from tests.fakes_asgi import ask

SHOP = Channel(
    id=ChannelId("shop"),
    account=AccountId("acme"),
    name="Acme",
    greeting="Hello",
    color="#0b6e4f",
    allowed_origins=("https://acme.example",),
    inactivity=1800.0,
    max_age=86_400.0,
)
FRAME = "/widget/shop/frame"


class Changing:
    """The pages of channels that change.

    Attributes:
        channels: By id.
        closed: What customers are told; None while somebody answers.
    """

    def __init__(self, web: Path) -> None:
        self.channels = {SHOP.id: SHOP}
        self.closed: str | None = None
        self.app: ASGIApp = pages(
            channels=self.channels,
            public_origin=None,
            demo=False,
            health=lambda: None,  # type: ignore[arg-type,return-value]  # not asked
            closed=lambda _: self.closed,
            web=web,
        )

    async def frame(self) -> str:
        """The frame as it is now."""
        return (await ask(self.app, FRAME)).body.decode()


@pytest.fixture
def site(tmp_path: Path) -> Changing:
    """One channel."""
    (tmp_path / "widget").mkdir()
    (tmp_path / "widget" / "frame.html").write_text("{{dayfly-config}}")
    return Changing(tmp_path)


async def test_a_channel_that_changes_is_shown_as_it_is(site: Changing) -> None:
    """Its words, and who may frame it."""
    before = await ask(site.app, FRAME)
    site.channels[SHOP.id] = replace(
        SHOP, name="Tea", allowed_origins=("https://tea.example",)
    )
    after = await ask(site.app, FRAME)

    assert b'"name":"Tea"' in after.body
    assert after.headers["etag"] != before.headers["etag"]
    policy = after.headers["content-security-policy"]
    assert "https://tea.example" in policy
    assert "https://acme.example" not in policy


async def test_a_channel_comes_and_goes(site: Changing) -> None:
    """And comes back as another."""
    assert '"name":"Acme"' in await site.frame()

    del site.channels[SHOP.id]
    assert (await ask(site.app, FRAME)).status == 404

    site.channels[SHOP.id] = replace(SHOP, name="Anew")
    assert '"name":"Anew"' in await site.frame()


async def test_while_nobody_answers_customers_are_told(site: Changing) -> None:
    """In place of the greeting, and no longer than that."""
    site.closed = "Back at nine."
    assert '"greeting":"Back at nine.","closed":true' in await site.frame()

    site.closed = ""
    assert '"greeting":"Hello","closed":true' in await site.frame()

    site.closed = None
    assert '"greeting":"Hello","closed":false' in await site.frame()
