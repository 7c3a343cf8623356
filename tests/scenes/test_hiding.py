"""A scene: a card number told in every way there is, and told to nobody."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

from server.domain.context import Part
from server.ids import ConversationId, token_hash
from server.services.events import surroundings_of
from server.services.transcribing import pages_of
from tests.pictures import PNG
from tests.scenes.canaries import found_in
from tests.scenes.files import API_KEY, Files
from tests.scenes.sites import PASSWORD, Site, conversation_of, taken
from tests.scenes.test_application import post, running, take
from tests.scenes.test_confiding import call, now_of, shop
from tests.strangers_client import Frame, Stranger
from tests.vault.token_maker import sealed

CARD = "4111 1111 1111 1111"
#: The same number, as other programs write it.
WRITTEN = (CARD, CARD.replace(" ", ""), CARD.replace(" ", "%20"))


class Eavesdropper(Stranger):
    """A connection that remembers every frame it was sent."""

    def __init__(self, *socket: Any) -> None:
        super().__init__(*socket)
        self.frames: list[Frame] = []

    async def _take_in(self, frame: Frame) -> None:
        self.frames.append(frame)
        await super()._take_in(frame)


def careful_site(data: Path) -> Site:
    """A shop that collects everything, with a program, and hides cards."""
    more = shop(
        data,
        attachments=True,
        page_query=True,
        context=[part.value for part in Part],
        transcript_download=True,
    )
    (account,) = more["account"]
    account["redact"] = [{"id": "cards", "rule": "cards"}]
    account["application"] = [
        {"id": "bot", "name": "Bot", "key_hash": token_hash(API_KEY).hex()}
    ]
    return Site(data, account=[account])


async def tell_of_oneself(site: Site, customer: Stranger) -> None:
    """What the page and the account's back-end know of the customer."""
    await customer.say(
        "context",
        page={
            "url": f"https://shop.example/?c={WRITTEN[2]}",
            "title": CARD,
            "referrer": f"https://shop.example/{WRITTEN[1]}",
        },
        language=CARD,
        time_zone=CARD,
        hints={"browser": CARD, "platform": CARD, "model": CARD},
        tags={"tag": CARD},
        cookies={"basket": CARD},
    )
    about = conversation_of(customer)
    data = {"card": CARD, "deep": [{"er": CARD}]}
    claims = {"iss": about, "iat": now_of(site), "data": data}
    await customer.say("private", token=sealed(claims=claims))
    await customer.say("ping")
    assert (await customer.hear("pong", "refused"))["type"] == "pong"
    status, _ = await call(
        site,
        "PATCH",
        "/private-data",
        iss=about,
        body=json.dumps({"posted": CARD}).encode(),
    )
    assert status == 200


async def say_all(site: Site, customer: Stranger, agent: Stranger) -> None:
    """The number in words, in a file's name, and as a choice."""
    files = Files(site.server.port, customer.token)
    await customer.send("client-0001", f"My card is {CARD}")
    file = await files.kept(PNG, f"{WRITTEN[2]}.png")
    await customer.send("client-0002", CARD, attachment=file)
    await customer.send("client-0003", "", answers=1, postback=CARD)
    about = await taken(agent, customer)
    await agent.send("agent-0001", f"So {CARD}?", **about)


async def answer_all(site: Site, bot: Stranger, about: dict[str, str]) -> None:
    """The number in an answer, in its parts, in a note and in an event."""
    menu = {
        "kind": "menu",
        "title": CARD,
        "items": [{"text": CARD, "payload": "yes"}],
    }
    await bot.say("answer", id="answer-01", text=CARD, rich=menu, **about)
    assert (await bot.hear("ack", "refused"))["text"] == "[hidden]"
    await bot.say("answer", id="answer-02", text=CARD, note=True, **about)
    assert (await bot.hear("ack", "refused"))["type"] == "ack"
    which = about["conversation"]
    over_http = {"type": "answer", "id": "answer-03", "text": f"({CARD})"}
    _, told = await post(site, which, over_http)
    assert told["text"] == "([hidden])"
    _, told = await post(
        site, which, over_http | {"id": "answer-04", "text": "-"}
    )
    assert "text" not in told
    await bot.say("event", name="paid", data={"card": CARD}, **about)
    await bot.say("ping")
    assert (await bot.hear("pong", "refused"))["type"] == "pong"


async def handed_to(bot: Stranger) -> list[Frame]:
    """Every event up to the customer's third message, all of them taken."""
    events: list[Frame] = []
    while not events or events[-1].get("message", {}).get("number") != 3:
        events.append(await take(bot))
    return events


async def kept_of(site: Site, which: str) -> list[Any]:
    """All that the server holds of the conversation, opened."""
    house = site.server._parts.house
    session = house.sessions.get(ConversationId(which))
    row = await house.records.conversation(ConversationId(which))
    assert session is not None
    assert row is not None
    pages = [page async for page in pages_of(house, row)]
    return [_opened(pages), surroundings_of(session), session.preview]


def _opened(pages: list[list[Any]]) -> list[tuple[Any, ...]]:
    return [
        (one.text, one.name, one.rich, one.postback)
        for page in pages
        for one in page
    ]


def leaked(*heard: object) -> list[str]:
    """How the number stands in what was heard."""
    told = str(heard)
    return [one for one in WRITTEN if one in told]


async def test_a_number_told_in_every_way_is_told_to_nobody(
    tmp_path: Path, log: StringIO
) -> None:
    """Not stored, even sealed; not to agents, applications, pages, the log."""
    site = careful_site(tmp_path / "data")
    async with running(site):
        socket = f"{site.address}/application"
        bot = await Eavesdropper.meet(socket, token=API_KEY)
        customer = await Eavesdropper.meet(f"{site.address}/customer/shop")
        agent = await Eavesdropper.meet(
            f"{site.address}/agent", name="maria", password=PASSWORD
        )
        await tell_of_oneself(site, customer)
        await say_all(site, customer, agent)
        about = {"conversation": conversation_of(customer)}
        events = await handed_to(bot)
        await answer_all(site, bot, about)
        await customer.hear("event")
        kept = await kept_of(site, about["conversation"])

        assert leaked(kept) == []
        assert leaked(events, bot.frames) == []
        assert leaked(agent.frames) == []
        assert leaked(customer.frames) == []
        assert leaked(log.getvalue()) == []
        assert found_in(site.data, [one.encode() for one in WRITTEN]) == set()
        # The control: each way was taken, and something was there to hide.
        assert str(kept).count("[hidden]") >= 20
        assert "context" in str(agent.frames)
        assert {one["type"] for one in events} >= {"session.started", "message"}
