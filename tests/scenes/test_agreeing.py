"""A scene: what customers agree to, before they write and by writing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from server.domain.consent import Level
from server.domain.customer_event import Consent, Source
from server.errors import Conflict, ConflictCode, NotFound, Refused
from server.ids import ConversationId
from server.services.consenting import consents_of
from tests.fakes import FakeClock
from tests.scenes.known import (
    ACME,
    OFFICER,
    Ear,
    clientele,
    come,
    id_of,
    known_site,
    session_of,
)
from tests.scenes.sites import Site, conversation_of, say
from tests.strangers_client import Frame, Stranger

NOTICES: list[dict[str, Any]] = [
    {"language": "en", "version": "1", "text": "Kept for a day."},
    {
        "language": "de",
        "version": "de-7",
        "text": "Wird gespeichert.",
        "terms": "Einverstanden",
        "terms_url": "https://shop.example/agb",
        "terms_required": True,
    },
]
KEYWORDS = {
    "language": "en",
    "opt_in": ["start"],
    "double_opt_in": ["yes"],
    "opt_out": ["stop"],
    "help": ["help"],
    "opt_in_answer": "You are in.",
    "double_opt_in_answer": "Confirmed.",
    "opt_out_answer": "You will hear no more.",
    "help_answer": "Write STOP to stop.",
    "opt_in_prompt": "Write START to hear from us.",
    "double_opt_in_prompt": "Write YES to confirm.",
}


async def started(tmp_path: Path, **channel: Any) -> Site:
    """A site whose shop is like that."""
    site = known_site(tmp_path / "data", FakeClock(), **channel)
    await site.start()
    return site


@pytest.fixture
async def asking(tmp_path: Path) -> AsyncIterator[Site]:
    """One that wants a double opt-in."""
    site = await started(
        tmp_path,
        consent={"required": "double", "version": "9", "keywords": [KEYWORDS]},
    )
    yield site
    await site.stop()


async def answer_to(customer: Stranger, client_id: str, text: str) -> Frame:
    """What the channel says to ``text``."""
    ack = await say(customer, client_id, text)
    answer = await customer.hear("message")
    assert answer["number"] == ack["number"] + 1
    assert (answer["author"], answer["name"]) == ("application", "Acme")
    return answer


async def test_everybody_is_told_first_in_their_language(
    tmp_path: Path,
) -> None:
    """The wording nearest to what the page says it is in."""
    site = await started(tmp_path, notices=NOTICES)
    for language, version in (("de-AT", "de-7"), ("fr", "1"), (None, "1")):
        hello = {} if language is None else {"language": language}
        async with await site.customer(**hello) as page:
            assert page.welcome["notice"]["version"] == version
    async with await site.customer(language="de") as page:
        notice = page.welcome["notice"]
        assert notice == {
            "version": "de-7",
            "text": "Wird gespeichert.",
            "language": "de",
            "terms": "Einverstanden",
            "terms_url": "https://shop.example/agb",
            "terms_required": True,
        }
    async with await site.agent() as maria:
        assert "notice" not in maria.welcome
    await site.stop()


async def test_nothing_is_said_without_the_terms(tmp_path: Path) -> None:
    """What was agreed to is on the disk with the first message."""
    site = await started(tmp_path, notices=NOTICES)
    async with await come(site) as ada:
        for more in ({}, {"terms": "de-6"}, {"terms": "1"}):
            refused = await ada.send("client-0001", "Hello", **more)
            assert (refused["code"], refused["path"]) == (
                "terms_needed",
                "$.terms",
            )
        assert not session_of(site, ada).conversation.is_stored
        # Of what is sent at once only the first brings them.
        await ada.say("send", id="client-0001", text="Hello", terms="de-7")
        await ada.say("send", id="client-0002", text="Are you there?")
        for _ in range(2):
            assert (await ada.hear("ack", "refused"))["type"] == "ack"

        row = await site.server._opened.history.conversation(
            ConversationId(conversation_of(ada))
        )
        assert row is not None
        assert row.terms == "de-7"
        who = await id_of(site)
        consents = await clientele(site).customers.consents(ACME, who)
        assert consents["terms"].version == "de-7"
    await site.stop()


async def test_terms_may_be_agreed_to_where_they_need_not(
    tmp_path: Path,
) -> None:
    """And a version that nobody knows is refused all the same."""
    optional = [NOTICES[1] | {"terms_required": False}]
    site = await started(tmp_path, notices=optional)
    async with await site.customer() as page:
        refused = await page.send("client-0001", "Hello", terms="2")
        assert refused["code"] == "terms_needed"
        await page.send("client-0002", "Hello", terms="de-7")
        assert session_of(site, page).conversation.terms == "de-7"
    async with await site.customer() as page:
        assert (await page.send("client-0001", "Hello"))["type"] == "ack"
        assert session_of(site, page).conversation.terms is None
    await site.stop()


async def test_two_words_opt_somebody_in_and_one_out(asking: Site) -> None:
    """Each is answered in the next number, and written down."""
    ear = await Ear.of(asking)
    async with await come(asking) as ada:
        told = [
            (await answer_to(ada, f"client-000{n}", text))["text"]
            for n, text in enumerate(
                ["Hello", "yes", "Start!", "help", " YES. ", "STOP"]
            )
        ]
        ack = await say(ada, "client-0007", "please stop the delivery")
        await ear.heard("please stop the delivery")

        assert told == [
            KEYWORDS["opt_in_prompt"],
            KEYWORDS["opt_in_prompt"],
            KEYWORDS["double_opt_in_prompt"],
            KEYWORDS["help_answer"],
            KEYWORDS["double_opt_in_answer"],
            KEYWORDS["opt_out_answer"],
        ]
        assert ack["number"] == 13
        who = await id_of(asking)
        history = await clientele(asking).customers.history(ACME, who)
        assert [
            (one.level, one.source, one.version)
            for one in history
            if isinstance(one, Consent)
        ] == [
            (Level.IMPLICIT, Source.CUSTOMER, ""),
            (Level.EXPLICIT, Source.KEYWORD, "9"),
            (Level.DOUBLE, Source.KEYWORD, "9"),
            (Level.OPTED_OUT, Source.KEYWORD, "9"),
        ]
        changed = [
            event["level"]
            for event in ear.events
            if event["type"] == "consent.changed"
        ]
        assert changed == ["explicit", "double", "opted_out"]
    await ear.close()


async def test_a_word_said_again_is_not_answered_again(asking: Site) -> None:
    """The repeat of a message is the same message."""
    async with await come(asking) as ada:
        await answer_to(ada, "client-0001", "stop")
        again = await ada.send("client-0001", "stop")
        after = await say(ada, "client-0002", "Hello")

        assert again["repeat"]
        assert (again["number"], after["number"]) == (1, 3)


async def test_what_was_said_holds_after_a_restart(asking: Site) -> None:
    """For who is known; of others it was kept in memory."""
    ada, page = await come(asking), await asking.customer()
    for line in (ada, page):
        await answer_to(line, "client-0001", "start")
        [item] = consents_of(session_of(asking, line))
        assert (item.purpose, item.level) == ("service", "explicit")
    await asking.restart()

    for line, levels in ((ada, ["explicit"]), (page, [])):
        async with await asking.customer(token=line.token) as back:
            known = consents_of(session_of(asking, back))
            assert [item.level for item in known] == levels


async def test_a_consent_is_taken_back_at_once(tmp_path: Path) -> None:
    """And nothing is written to who has none to take back."""
    site = await started(tmp_path)
    outreach = clientele(site).outreach
    async with await come(site) as ada:
        await say(ada, "client-0001", "Hello")
        who = await id_of(site)
        said = await outreach.say_to(ACME, who, "An offer", by=OFFICER)
        assert (await ada.hear("message"))["number"] == said.number
        for purpose in ("service", "service", "never heard of"):
            await ada.say("withdraw", purpose=purpose)
        await say(ada, "client-0002", "Enough")

        with pytest.raises(Conflict) as conflict:
            await outreach.say_to(ACME, who, "An offer", by=OFFICER)

        assert conflict.value.code is ConflictCode.CONSENT_NEEDED
        history = await clientele(site).customers.history(ACME, who)
        assert [
            (one.purpose, one.level)
            for one in history
            if isinstance(one, Consent)
        ] == [("service", Level.IMPLICIT), ("service", Level.OPTED_OUT)]
    await site.stop()


async def test_the_business_writes_to_who_is_here_and_agreed(
    tmp_path: Path,
) -> None:
    """To nobody else, and nothing that is no message."""
    site = await started(tmp_path)
    outreach = clientele(site).outreach
    with pytest.raises(NotFound):
        await outreach.say_to(ACME, "nobody", "An offer", by=OFFICER)
    async with await come(site) as ada:
        await say(ada, "client-0001", "Hello")
        who = await id_of(site)
        with pytest.raises(Refused):
            await outreach.say_to(ACME, who, "  ", by=OFFICER)
        with pytest.raises(Conflict) as conflict:
            await outreach.say_to(
                ACME, who, "An offer", purpose="offers", by=OFFICER
            )
        assert conflict.value.code is ConflictCode.CONSENT_NEEDED
        await ada.say("end")
        await ada.hear("gone")
    with pytest.raises(Conflict) as conflict:
        await outreach.say_to(ACME, who, "An offer", by=OFFICER)
    assert conflict.value.code is ConflictCode.NOT_REACHABLE
    await site.stop()
