"""A scene: a whole conversation at DEBUG, and what the log holds of it."""

from __future__ import annotations

import asyncio
import base64
import io
import logging
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from server.logs import set_up
from tests.scenes.sites import DISPLAY_NAME, PASSWORD, Site, taken

CUSTOMER = "CANARY-customer-81c2f0"
AGENT = "CANARY-agent-5d77e1"


@pytest.fixture
def log() -> io.StringIO:
    """Everything that is logged at DEBUG."""
    stream = io.StringIO()
    set_up("debug", stream)
    return stream


def written_as(secret: str) -> Iterator[str]:
    """``secret`` in the ways in which a log might write it."""
    raw = secret.encode()
    yield secret
    yield raw.hex()
    yield quote(secret)
    for cut in range(3):
        yield base64.b64encode(raw[cut:])[:-4].decode().rstrip("=")


async def converse(site: Site) -> list[str]:
    """All of it, with mistakes on both sides; what must not be in the log."""
    async with await site.customer() as customer, await site.agent() as agent:
        await customer.send("own-id-01", CUSTOMER)
        about = await taken(agent, customer)
        await agent.send("agent-id-1", AGENT, **about)
        await customer.hear("message")
        await customer.send("bad", CUSTOMER)
        await customer.say("send", id=CUSTOMER * 9, text=[CUSTOMER])
        await customer.hear("refused")
        await customer.say(CUSTOMER)
        await customer.hear("refused")
        async with await site.customer(token=CUSTOMER) as forger:
            assert forger.welcome["type"] == "refused"
        await customer._socket.send(b"\xc1" + CUSTOMER.encode())
        assert await customer.closed() == 4500
        back = await site.back(customer)
        await back.say("end")
        assert await back.closed() == 4502
        secrets = [customer.token.partition(".")[2], agent.welcome["token"]]
    return [CUSTOMER, AGENT, PASSWORD, DISPLAY_NAME, *secrets]


async def test_the_log_holds_nothing_of_a_conversation(
    site: Site, log: io.StringIO
) -> None:
    """Messages, names, passwords and tokens: in no form, from no library."""
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    loop.slow_callback_duration = 0.0  # each is reported, with its arguments

    secrets = await converse(site)
    loop.set_debug(False)
    logging.getLogger("server").info("the end")

    said = log.getvalue()
    assert '"event":"the end"' in said
    assert "a peer broke the protocol" in said
    assert "library message withheld" in said
    found = [
        form
        for secret in secrets
        for form in written_as(secret)
        if form in said
    ]
    assert found == []
