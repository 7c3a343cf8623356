"""What an account's rules find is kept, told and logged nowhere."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from server.domain.message import Author, Said
from server.domain.redaction import Redaction
from server.domain.redaction_rules import Action, Kind
from server.ids import AccountId
from server.protocol.client_frames import Answer
from server.protocol.rich import Choice, Menu
from server.services.hiding import hide, hide_in_name
from server.services.house import House
from server.services.remembering import open_message
from tests.domain.rules import CARD, rule
from tests.services.programs import ProgramWorld
from tests.services.tellers import conversation_of, curious, visit
from tests.services.worlds import World, settle


def careful(house: House, **settings: Any) -> None:
    """Have cards and IBANs hidden in what is said to ``acme``."""
    rules = Redaction([rule(**settings), rule(Kind.IBAN, **settings)])
    house.redactions = {AccountId("acme"): rules}


async def test_what_a_customer_types_reaches_nobody_unhidden(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Neither the agent nor the list; the log has a count."""
    caplog.set_level(logging.INFO, "server")
    world = World()
    careful(world.house)
    customer, maria, which = await world.taken()

    await customer.say("client-0002", f"my card: {CARD}!")

    assert maria.last("message")["text"] == "my card: [hidden]!"
    assert world.session(which).preview == "my card: [hidden]!"
    record = next(one for one in caplog.records if one.msg == "redacted")
    assert record.__dict__["count"] == 1
    counted = world.house.metrics.redactions.values()
    assert [count.value for count in counted] == [1]
    assert "4111" not in caplog.text


async def test_what_an_agent_types_is_hidden_as_well() -> None:
    """A card read out and repeated."""
    world = World()
    careful(world.house)
    customer, maria, which = await world.taken()

    await maria.do(
        "send", conversation=which, id="agent-0001", text=f"So {CARD}?"
    )

    assert customer.last("message")["text"] == "So [hidden]?"


async def test_a_number_over_two_messages_is_hidden_in_the_second() -> None:
    """Each side's own; an end forgets the first half."""
    world = World()
    careful(world.house)
    customer, maria, which = await world.taken()

    await customer.say("client-0002", "4111 1111")
    await maria.do("send", conversation=which, id="agent-0001", text="1111")
    await customer.say("client-0003", "1111 1111")

    assert maria.last("message")["text"] == "[hidden]"
    await customer.say("client-0004", "4111 1111")
    session = world.session(which)
    assert session.carries[Author.CUSTOMER].tail == "4111 1111"
    session.forget()
    assert session.carries == {}


async def test_a_message_is_never_empty() -> None:
    """If all of it is removed, it says that something was hidden."""
    world = World()
    careful(world.house, action=Action.REMOVE)
    customer, maria, _ = await world.taken()

    await customer.say("client-0002", CARD)

    assert maria.last("message")["text"] == "[hidden]"


async def test_an_accounts_rules_are_its_own() -> None:
    """Without rules everything is said as it was typed."""
    world = World()
    careful(world.house)
    line = world.customer("elsewhere")
    await line.greet()

    await line.say("client-0001", CARD)

    which = line.last("welcome")["summary"]["conversation"]
    session = world.session(which)
    assert session.preview == CARD
    assert (
        hide_in_name(world.house, session, name=CARD, author=Author.CUSTOMER)
        == CARD
    )


async def test_what_an_application_says_is_hidden() -> None:
    """In its words and in its menus, but not in what menus stand for."""
    world = ProgramWorld()
    careful(world.house)
    line, which, _ = await world.conversation()
    me = world.applications[0]
    frame = Answer(
        conversation=which,
        id="answer-01",
        text=f"Pay with {CARD}?",
        rich=Menu(
            title=CARD, items=(Choice(text=f"no {CARD}", payload="order-1"),)
        ),
    )

    session = await world.applying.find(me, which)
    await world.applying.done(me, session, frame)
    await settle()

    told = line.last("message")
    assert told["text"] == "Pay with [hidden]?"
    assert told["rich"]["title"] == "[hidden]"
    assert told["rich"]["items"] == [
        {"text": "no [hidden]", "payload": "order-1"}
    ]


async def test_a_chosen_answer_is_looked_at_too() -> None:
    """A page may send whatever it likes as one."""
    world = ProgramWorld()
    careful(world.house)
    line, which, _ = await world.conversation()
    me = world.applications[0]
    session = await world.applying.find(me, which)
    menu = Menu(items=(Choice(text="yes", payload="yes"),))
    frame = Answer(conversation=which, id="answer-01", text="?", rich=menu)
    await world.applying.done(me, session, frame)
    await settle()

    await line.do("send", id="client-0002", text="", answers=2, postback=CARD)

    kept = open_message(
        world.house,
        session,
        (await world.house.records.messages(session.id, 2, 1))[0],
    )
    assert kept.postback == "[hidden]"


async def test_names_of_files_and_tags_are_hidden() -> None:
    """They are words as well; a name stays one."""
    world = curious()
    careful(world.house)
    line = await visit(world)
    which = conversation_of(line)

    await line.do("context", tags={"note": f"pays with {CARD}"})

    session = world.session(which)
    assert session.context is not None
    assert session.context.as_map()["tags"] == {"note": "pays with [hidden]"}
    assert (
        hide_in_name(
            world.house, session, name=f"{CARD}.pdf", author=Author.CUSTOMER
        )
        == "[hidden].pdf"
    )


async def test_what_goes_with_words_keeps_its_numbers() -> None:
    """Only words are looked at; an attachment stays what it is."""
    world = World()
    careful(world.house)
    _, which, _ = await world.conversation()
    rich = {"kind": "attachment", "id": "a" * 22, "name": CARD, "size": 7}

    said = hide(
        world.house,
        world.session(which),
        Said(text="", rich=rich),
        author=Author.AGENT,
    )

    assert said == Said(text="", rich=rich | {"name": "[hidden]"})


async def test_what_was_refused_is_not_remembered() -> None:
    """Neither for the next message nor in what has ended."""
    world = World()
    careful(world.house)
    customer, maria, which = await world.taken()
    session = world.session(which)
    world.records.failing.add("write")
    await customer.say("client-0002", "4111 1111")
    assert session.carries == {}
    world.records.failing.clear()

    await customer.do("end")
    await world.ending.erase_all()
    await maria.do(
        "send", conversation=which, id="agent-0001", text="4111 1111"
    )

    assert maria.last("refused")["code"] == "conversation_ended"
    assert session.carries == {}
