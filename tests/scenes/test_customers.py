"""A scene: customers who are known, from one visit to the next."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from server.domain.consent import Level
from server.domain.customer import Identity
from server.domain.customer_event import Consent, Restricted, Source
from server.domain.platform_keys import Address
from server.domain.restriction import Restriction
from server.errors import Conflict, ConflictCode, Invalid, NotFound
from server.ids import AccountId, ConversationId
from tests.fakes import FakeClock
from tests.scenes.known import (
    ACME,
    OFFICER,
    SHOP,
    Ear,
    call,
    clientele,
    come,
    id_of,
    known_site,
    session_of,
)
from tests.scenes.sites import Site, conversation_of, say, taken
from tests.strangers_client import Stranger
from tests.vault.token_maker import sealed


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Site]:
    """A site with a back-end and an application."""
    site = known_site(tmp_path / "data", FakeClock())
    await site.start()
    yield site
    await site.stop()


async def row_of(site: Site, customer: Stranger) -> Any:
    """What is stored of the conversation."""
    return await site.server._opened.history.conversation(
        ConversationId(conversation_of(customer))
    )


async def restrict(site: Site, restriction: Restriction) -> None:
    """As the account's privacy officer does it."""
    await clientele(site).restricting.restrict(
        ACME, await id_of(site), restriction, by=OFFICER
    )


async def test_nobody_is_stored_before_they_write(shop: Site) -> None:
    """Then there is a row of them, and the conversation says whose it is."""
    customers = clientele(shop).customers
    async with await come(shop) as ada:
        assert await customers.page(ACME, ("", ""), 9) == []

        await say(ada, "client-0001", "Hello")

        [known] = await customers.page(ACME, ("", ""), 9)
        assert known.identity.platform_key == "ada"
        assert (await row_of(shop, ada)).customer == known.id
        assert "ada" not in repr(known)


async def test_two_visits_at_once_are_of_one_person(shop: Site) -> None:
    """Whichever of them writes first."""
    first, second = await asyncio.gather(come(shop), come(shop))
    await asyncio.gather(
        say(first, "client-0001", "Hello"), say(second, "client-0001", "Hello")
    )

    assert len(await clientele(shop).customers.page(ACME, ("", ""), 9)) == 1
    assert session_of(shop, first).customer is session_of(shop, second).customer
    for line in (first, second):
        await line.__aexit__(None, None, None)


async def test_somebody_comes_back_as_the_same(shop: Site) -> None:
    """After the end of what they said, and after a restart of the server."""
    async with await come(shop) as ada:
        await say(ada, "client-0001", "Hello")
        before = await id_of(shop)
        await ada.say("end")
        await ada.hear("gone")
    await shop.restart()

    async with await come(shop) as ada:
        await say(ada, "client-0001", "Hello again")

        assert await id_of(shop) == before
        events = await clientele(shop).customers.history(ACME, before)
        assert [type(one) for one in events] == [Consent]


async def test_restrictions_survive_a_restart(shop: Site) -> None:
    """Also in a conversation that was there before."""
    async with await come(shop) as ada:
        await say(ada, "client-0001", "Hello")
        await restrict(shop, Restriction.DO_NOT_STORE)
        await restrict(shop, Restriction.DO_NOT_PROCESS)
    await shop.restart()

    ear = await Ear.of(shop)
    async with await shop.customer(token=ada.token) as page:
        page.welcome["token"] = ada.token
        ack = await say(page, "client-0002", "Not to be kept")
        assert ack["unkept"]
    row = await shop.server._opened.history.messages(
        ConversationId(conversation_of(page)), 1, 9
    )
    assert len(row) == 1
    assert ear.events == []
    await ear.close()


async def test_words_that_must_not_be_stored_are_not(
    shop: Site,
) -> None:
    """They are heard by who is there, and read back by nobody."""
    words = "My secret is seven"
    ear = await Ear.of(shop)
    async with await come(shop) as ada, await shop.agent() as maria:
        await say(ada, "client-0001", "Hello")
        about = await taken(maria, ada)
        await restrict(shop, Restriction.DO_NOT_STORE)
        ack = await say(ada, "client-0002", words)
        heard = await maria.hear("message")
        event = await ear.heard(words)
        again = await ada.send("client-0002", words)
        answer = await say(maria, "agent-0001", words, **about)

        assert ack["unkept"]
        assert answer["unkept"]
        assert (heard["text"], heard["unkept"]) == (words, True)
        assert event["message"]["unkept"]
        assert again["repeat"]
        assert "text" not in again
    await ear.close()
    await shop.restart()

    async with await shop.customer(token=ada.token) as page:
        await page.hear("history")
        assert page.texts() == ["Hello", "", ""]
        assert [bool(one.get("unkept")) for one in page.messages.values()] == [
            False,
            True,
            True,
        ]


async def test_an_application_that_was_away_is_given_the_words(
    shop: Site,
) -> None:
    """From memory, for that is where they are."""
    async with await come(shop) as ada:
        await say(ada, "client-0001", "Hello")
        await restrict(shop, Restriction.DO_NOT_STORE)
        await say(ada, "client-0002", "One")
        await say(ada, "client-0003", "Two")

        ear = await Ear.of(shop)
        await ear.heard("Two")

        said = [
            one["message"]["text"] for one in ear.events if "message" in one
        ]
        assert said == ["Hello", "One", "Two"]
        await ear.close()


async def test_who_must_not_be_processed_is_answered_by_agents(
    tmp_path: Path,
) -> None:
    """Also where the application comes first, and while it has them."""
    site = known_site(tmp_path / "data", starts_with="application")
    await site.start()
    ear = await Ear.of(site)
    async with await come(site) as ada:
        await say(ada, "client-0001", "Hello")
        assert (await ada.hear("state"))["phase"] == "served"
        await restrict(site, Restriction.DO_NOT_PROCESS)
        assert (await ada.hear("state"))["phase"] == "waiting"
        told = len(ear.events)
        await ada.say("end")
        await ada.hear("gone")
        async with await come(site) as again:
            await say(again, "client-0001", "Hello")
            assert (await again.hear("state"))["phase"] == "waiting"
        assert len(ear.events) == told
    await ear.close()
    await site.stop()


async def test_a_transcript_on_its_way_does_not_arrive(
    tmp_path: Path,
) -> None:
    """Of who restricted that after the end; and it is erased the sooner."""
    site = known_site(tmp_path / "data", transcript="application")
    await site.start()
    async with await come(site) as ada, await come(site, "bob") as bob:
        for line in (ada, bob):
            await say(line, "client-0001", "Hello")
            await line.say("end")
            assert (await line.hear("ended"))["kept"]
    await restrict(site, Restriction.DO_NOT_PROCESS)
    ear = await Ear.of(site)

    await ear.handed("session.ended")

    assert {event["conversation"] for event in ear.events} == {
        conversation_of(bob)
    }
    await ear.close()
    await site.stop()


async def test_lifting_takes_a_notice(shop: Site) -> None:
    """After it was set and before it is lifted; then all is as before."""
    assert shop.clock is not None
    clock, restricting = shop.clock, clientele(shop).restricting
    async with await come(shop) as ada:
        await say(ada, "client-0001", "Hello")
        who = await id_of(shop)
        before = clock.now()
        clock.pass_(10.0)
        await restrict(shop, Restriction.DO_NOT_STORE)
        await restrict(shop, Restriction.DO_NOT_STORE)
        clock.pass_(10.0)
        for notice in (None, before, clock.now() + 1.0):
            with pytest.raises(Invalid) as invalid:
                await restricting.lift(
                    ACME,
                    who,
                    Restriction.DO_NOT_STORE,
                    by=OFFICER,
                    notice_given_at=notice,
                )
            assert invalid.value.path == "$.notice_given_at"
        for _ in range(2):
            left = await restricting.lift(
                ACME,
                who,
                Restriction.DO_NOT_STORE,
                by=OFFICER,
                notice_given_at=clock.now() - 5.0,
            )
            assert left == frozenset()

        assert "unkept" not in await say(ada, "client-0002", "Kept again")
        changes = [
            one.is_set
            for one in await clientele(shop).customers.history(ACME, who)
            if isinstance(one, Restricted)
        ]
        assert changes == [True, False]


async def test_a_session_turns_out_to_be_somebodys(shop: Site) -> None:
    """By a sealed token; what was agreed to before becomes theirs."""
    assert shop.clock is not None
    async with await shop.customer() as page:
        await say(page, "client-0001", "Hello")
        about = conversation_of(page)
        claims = {"iss": about, "iat": int(shop.clock.now()), "data": {}}
        await page.say("private", token=sealed(claims=claims))
        await page.say(
            "private", token=sealed(claims=claims | {"customerId": "ada"})
        )
        await page.say("ping")
        await page.hear("pong")
        # The frame is answered before the row is written: that is next.
        await say(page, "client-0002", "Hello again")

        who = await id_of(shop)
        assert (await row_of(shop, page)).customer == who
        [said] = await clientele(shop).customers.history(ACME, who)
        assert isinstance(said, Consent)
        assert said.level is Level.IMPLICIT


async def test_a_session_does_not_change_hands(shop: Site) -> None:
    """Nor is anybody made up."""
    assert shop.clock is not None
    async with await come(shop) as page:
        await say(page, "client-0001", "Hello")
        about = conversation_of(page)
        claims = {"iss": about, "iat": int(shop.clock.now()), "data": {}}
        for key in ("bob", 7, "a\nb"):
            await page.say(
                "private", token=sealed(claims=claims | {"customerId": key})
            )
            refused = await page.hear("refused")
            assert refused["code"] == "bad_credentials"
        status, _ = await call(
            shop,
            "POST",
            "/private-data",
            claims={"iss": about, "customerId": "bob"},
            body={"plan": "gold"},
        )
        assert status == 403
        status, _ = await call(
            shop,
            "POST",
            "/private-data",
            claims={"iss": about, "customerId": "ada"},
            body={"plan": "gold"},
        )
        assert status == 200


async def test_the_account_says_who_somebody_is(shop: Site) -> None:
    """Before they write; and puts it right, with a note."""
    customers = clientele(shop).customers
    ada = Identity(platform_key="ada", name="Ada", email="Ada@Example.com")
    made = await customers.create(ACME, SHOP, ada, by=OFFICER)
    with pytest.raises(Conflict) as conflict:
        await customers.create(ACME, SHOP, ada, by=OFFICER)
    assert conflict.value.code is ConflictCode.EXISTS
    [found] = await customers.find(ACME, Address.EMAIL, "ada@example.com")
    assert found == made
    async with await come(shop) as page:
        await say(page, "client-0001", "Hello")
        assert (await row_of(shop, page)).customer == made.id

    after = await customers.rectify(
        ACME,
        made.id,
        {"email": "ada@elsewhere.example", "phone": "+49 171 3920001"},
        note="by telephone",
        by=OFFICER,
    )

    assert after.identity.name == "Ada"
    assert await customers.find(ACME, Address.EMAIL, "ada@example.com") == []
    assert await customers.find(ACME, Address.PHONE, "+491713920001") == [after]
    for missing in ((AccountId("other"), made.id), (ACME, "nobody")):
        with pytest.raises(NotFound):
            await customers.get(*missing)
        with pytest.raises(NotFound):
            await customers.rectify(*missing, {}, by=OFFICER)


async def test_the_account_writes_down_what_was_agreed_to(shop: Site) -> None:
    """It holds at once, and applications are told."""
    ear = await Ear.of(shop)
    customers = clientele(shop).customers
    async with await come(shop) as ada:
        await say(ada, "client-0001", "Hello")
        await ear.heard("Hello")
        who = await id_of(shop)
        said = customers.said("offers", Level.EXPLICIT, version="7", by=OFFICER)
        await customers.agree(ACME, who, said, by=OFFICER)
        await say(ada, "client-0002", "And now")
        await ear.heard("And now")

        assert "consent.changed" in ear.kinds
        known = await customers.consents(ACME, who)
        assert known["offers"].level is Level.EXPLICIT
        assert known["offers"].source is Source.API
        assert known["service"].level is Level.IMPLICIT
    await ear.close()
