"""Mailing transcripts: before the erasing, again and again, not for ever."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from server.domain.channel import Transcript
from server.domain.conversation import Phase
from server.errors import Unavailable
from server.ids import ConversationId
from server.services.mail import Mail
from server.services.mailing import FIRST_PAUSE, TICK, MailRound
from tests.services.worlds import INACTIVITY, World, settle

ADDRESS = "records@example.org"


class Box:
    """A mail server that takes what it is given, or does not."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.is_failing = False

    async def send(self, mail: Mail) -> None:
        await asyncio.sleep(0)
        if self.is_failing:
            raise Unavailable
        self.mails.append(mail)


class MailWorld(World):
    """A world whose channel mails its transcripts to ``box``."""

    def __init__(self, **terms: Any) -> None:
        self.box = Box()
        super().__init__(
            transcript=Transcript.EMAIL, transcript_to=ADDRESS, **terms
        )

    def start(self) -> None:
        super().start()
        self.mailing = MailRound(self.house, self.ending.keeping, self.box)
        self.house.mailing = self.mailing

    async def later(self, seconds: float = 1.0) -> None:
        """Let time go by; mail what is due, erase what is over."""
        self.clock.pass_(seconds)
        await self.mailing.look()
        await settle()
        await self.pass_(1.0)
        await self.ending.erase_all()

    def outcome(self, word: str) -> int:
        """How many transcripts had it."""
        return self.house.metrics.transcripts[word].value


async def test_it_is_mailed_and_then_erased() -> None:
    """All that was said, as text and as a page; notes and names included."""
    world = MailWorld()
    customer, maria, name = await world.taken()
    await maria.say("client-a001", "It is <b>blue</b>.", conversation=name)
    await customer.do("end")
    assert customer.last("ended")["kept"]
    assert world.records.rows[ConversationId(name)].phase is Phase.CLOSED
    await world.later()

    (mail,) = world.box.mails
    assert (mail.to, mail.subject) == (ADDRESS, "Transcript: shop")
    assert "Hello?" in mail.text
    assert "It is <b>blue</b>." in mail.text
    assert "Hello?" in mail.html
    assert "<b>blue</b>" not in mail.html
    assert "Hello?" not in repr(mail)
    assert ADDRESS not in repr(mail)
    assert world.records.rows == {}
    assert world.keys.taken == set()
    assert world.outcome("handed") == 1


async def test_a_timeout_is_mailed_as_well() -> None:
    """Whatever ended it."""
    world = MailWorld()
    await world.conversation()
    await world.pass_(INACTIVITY)
    await world.later()

    assert len(world.box.mails) == 1
    assert world.records.rows == {}


async def test_a_failure_is_tried_again() -> None:
    """After a pause that grows; the conversation stays until then."""
    world = MailWorld()
    line, name, _ = await world.conversation()
    world.box.is_failing = True
    await line.do("end")
    await world.later()
    await world.later(FIRST_PAUSE)
    assert world.outcome("failed") == 2
    assert world.records.rows[ConversationId(name)].phase is Phase.CLOSED
    world.box.is_failing = False
    await world.later(FIRST_PAUSE / 2)
    assert world.box.mails == []
    await world.later(FIRST_PAUSE * 2)

    assert len(world.box.mails) == 1
    assert world.records.rows == {}
    assert len(world.mailing) == 0


async def test_patience_has_an_end() -> None:
    """Then it is erased all the same, and counted; nothing is left waiting."""
    world = MailWorld(transcript_patience=60.0)
    line, _, _ = await world.conversation()
    world.box.is_failing = True
    await line.do("end")
    for _ in range(7):
        await world.later(10.0)
    assert world.records.rows == {}
    assert world.outcome("lost") == 1
    await world.later(600.0)
    assert len(world.mailing) == 0


async def test_patience_ends_for_what_is_kept_as_well() -> None:
    """It stays for its days; nobody is mailed any more, and it is counted."""
    world = MailWorld(transcript_patience=60.0, retention=86_400.0)
    line, name, _ = await world.conversation()
    world.box.is_failing = True
    await line.do("end")
    for _ in range(20):
        await world.later(10.0)
    world.box.is_failing = False
    await world.later(600.0)

    row = world.records.rows[ConversationId(name)]
    assert row.transcript_until is None
    assert (world.outcome("lost"), len(world.mailing)) == (1, 0)
    assert world.box.mails == []


async def test_a_restart_mails_what_was_not_mailed() -> None:
    """The record says that it is still to be handed."""
    world = MailWorld()
    line, _, _ = await world.conversation()
    world.box.is_failing = True
    await line.do("end")
    await world.later()
    world.box.is_failing = False
    await world.restart()
    await world.later()

    assert len(world.box.mails) == 1
    assert world.records.rows == {}


async def test_patience_that_was_over_while_down_loses_the_mail() -> None:
    """Nothing lives on by a server that does not run."""
    world = MailWorld(transcript_patience=60.0)
    line, _, _ = await world.conversation()
    await line.do("end")
    world.clock.pass_(61.0)
    await world.restart()

    assert world.records.rows == {}


async def test_what_is_mailed_and_kept_stays_for_its_days() -> None:
    """And is mailed once."""
    world = MailWorld(retention=86_400.0)
    line, name, _ = await world.conversation()
    await line.do("end")
    await world.later()
    await world.restart()
    await world.later()

    row = world.records.rows[ConversationId(name)]
    assert len(world.box.mails) == 1
    assert row.transcript_until is None
    await world.later(86_400.0)
    assert world.records.rows == {}


async def test_nobody_gets_it_twice() -> None:
    """Asked once more, the record says that it was handed."""
    world = MailWorld(retention=86_400.0)
    line, name, _ = await world.conversation()
    await line.do("end")
    await world.later()
    world.mailing.take(ConversationId(name))
    await world.later()

    assert len(world.box.mails) == 1


async def test_no_more_wait_than_there_is_room_for() -> None:
    """The others are erased when patience is over, and counted then."""
    world = MailWorld(transcript_patience=60.0)
    world.box.is_failing = True
    world.mailing = world.house.mailing = MailRound(
        world.house, world.ending.keeping, world.box, room=1
    )
    for _ in range(2):
        line, _, _ = await world.conversation()
        await line.do("end")
    assert len(world.mailing) == 1
    for _ in range(7):
        await world.later(10.0)

    assert world.outcome("lost") == 2
    assert world.records.rows == {}


async def test_a_long_one_is_cut_and_says_so() -> None:
    """A mail server takes only so much."""
    world = MailWorld()
    world.mailing = world.house.mailing = MailRound(
        world.house, world.ending.keeping, world.box, most=50_000
    )
    line, _, _ = await world.conversation()
    for number in range(30):
        await line.say(f"client-a{number:03}", f"{number:04}" * 1000)
    await line.do("end")
    await world.later()

    (mail,) = world.box.mails
    assert "more messages left out.]" in mail.text
    assert "more messages left out.]" in mail.html
    assert len(mail.html) < 110_000


async def test_what_cannot_be_read_is_not_tried_again() -> None:
    """It will never be better; purging erases it in time."""
    world = MailWorld()
    line, _, _ = await world.conversation()
    await line.do("end")
    world.keys.owners[0] = ("acme", "another")
    await world.later()

    assert (world.outcome("failed"), len(world.mailing)) == (1, 0)


@pytest.mark.parametrize("transcript_to", [None, "nobody@example.org"])
async def test_a_channel_that_has_changed_its_mind(
    transcript_to: str | None,
) -> None:
    """Nobody is mailed who is not to have it any more."""
    world = MailWorld()
    line, name, _ = await world.conversation()
    await line.do("end")
    world.terms["transcript_to"] = transcript_to
    await world.restart()
    await world.later()

    assert [mail.to for mail in world.box.mails] == (
        [] if transcript_to is None else [transcript_to]
    )
    if transcript_to is None:
        row = world.records.rows[ConversationId(name)]
        assert row.phase is Phase.CLOSED


async def test_without_a_mail_server_nobody_is_waited_for() -> None:
    """It is erased at once, as if there were no such wish."""
    world = World(transcript=Transcript.EMAIL, transcript_to=ADDRESS)
    line, _, _ = await world.conversation()
    await line.do("end")
    await world.ending.erase_all()

    assert line.kinds[-1] == "gone"


async def test_the_round_goes_by_itself() -> None:
    """And sleeps while nothing waits."""
    world = MailWorld()
    running = asyncio.ensure_future(world.mailing.run())
    line, _, _ = await world.conversation()
    await line.do("end")
    await settle()
    assert len(world.box.mails) == 1
    world.clock.pass_(TICK)
    await settle()
    assert world.clock.sleepers == 0
    running.cancel()
    await asyncio.wait({running})
