"""The life of a conversation: the table, and what keeps to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from server.domain.conversation import (
    MOST_MESSAGES,
    MOVES,
    Conversation,
    EndedBy,
    Keep,
    Move,
    Phase,
)
from server.domain.message import Author, Message, Said
from server.errors import RefusalCode, Refused
from server.ids import AccountId, AgentId, ChannelId, ConversationId
from tools import diagram

HELLO = Said(text="hello")
MARIA, JONAS = AgentId("maria"), AgentId("jonas")


def conversation(phase: Phase = Phase.OPEN) -> Conversation:
    """One in ``phase``; Maria has it if it is active."""
    return Conversation(
        id=ConversationId("c"),
        account=AccountId("acme"),
        channel=ChannelId("shop"),
        epoch="9f2c41d0",
        started_at=100.0,
        last_at=100.0,
        phase=phase,
        agent=MARIA if phase is Phase.ACTIVE else None,
    )


def write(before: Conversation, at: float = 101.0) -> Conversation:
    """What is after the customer's next message."""
    return before.write(HELLO, client_id="id-00001", at=at)[0]


def answer(before: Conversation, agent: AgentId = MARIA) -> Conversation:
    """What is after the agent's next message."""
    return before.answer(
        HELLO, agent=agent, name="Maria", client_id="id-00002", at=102.0
    )[0]


def serve(before: Conversation) -> tuple[Conversation, Message]:
    """The application's next message."""
    return before.serve(HELLO, name="Fern", client_id="id-00003", at=103.0)


def refusal(before: Conversation, move: Move) -> RefusalCode:
    """Why ``move`` is refused."""
    with pytest.raises(Refused) as refused:
        before.move(move)
    return refused.value.code


def test_a_customer_and_an_agent_talk_and_part() -> None:
    """The whole of an ordinary life."""
    opened = conversation()
    written = write(opened)
    taken = written.take(MARIA)
    answered = answer(taken)
    ended = answered.end(EndedBy.CUSTOMER)
    gone = ended.forget()

    life = (opened, written, taken, answered, ended, gone)
    assert " ".join(one.phase for one in life) == (
        "open waiting active active ending gone"
    )
    assert answered.last_number == 2
    assert ended.ended_by is EndedBy.CUSTOMER


@pytest.mark.parametrize(("phase", "move"), [*product(Phase, Move)])
def test_what_is_no_row_of_the_table_is_refused(
    phase: Phase, move: Move
) -> None:
    """Every pair of phase and move either stands in MOVES or raises."""
    before = conversation(phase)

    if (phase, move) in MOVES:
        assert before.move(move) is MOVES[phase, move]
    else:
        refusal(before, move)


def test_nothing_returns_from_gone_and_nothing_is_said_while_ending() -> None:
    """From ENDING the only way is to GONE, and from there is none."""
    ways = {
        phase: {
            after for (before, _), after in MOVES.items() if before is phase
        }
        for phase in Phase
    }

    assert ways[Phase.GONE] == set()
    assert ways[Phase.ENDING] == {Phase.ENDING, Phase.GONE}
    assert ways[Phase.CLOSED] == {Phase.CLOSED, Phase.ENDING}


@pytest.mark.parametrize(
    ("phase", "move", "code"),
    [
        (Phase.ACTIVE, Move.TAKE, RefusalCode.TAKEN),
        (Phase.WAITING, Move.ANSWER, RefusalCode.NOT_YOURS),
        (Phase.WAITING, Move.RELEASE, RefusalCode.NOT_YOURS),
        (Phase.OPEN, Move.TAKE, RefusalCode.CONVERSATION_UNKNOWN),
        (Phase.CLOSED, Move.WRITE, RefusalCode.CONVERSATION_ENDED),
        (Phase.ENDING, Move.WRITE, RefusalCode.CONVERSATION_ENDED),
        (Phase.GONE, Move.END, RefusalCode.CONVERSATION_ENDED),
    ],
)
def test_a_refused_move_says_why(
    phase: Phase, move: Move, code: RefusalCode
) -> None:
    """ "It has ended" is said only of what has ended."""
    assert refusal(conversation(phase), move) is code


def test_only_the_agent_who_has_it_may_write_release_or_end() -> None:
    """Another agent's conversation is not yours."""
    taken = conversation(Phase.ACTIVE)

    attempts: list[Callable[[], Conversation]] = [
        lambda: answer(taken, JONAS),
        lambda: taken.release(JONAS),
        lambda: taken.end(EndedBy.AGENT, agent=JONAS),
    ]
    for attempt in attempts:
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.code is RefusalCode.NOT_YOURS
    with pytest.raises(Refused) as refused:
        taken.take(JONAS)
    assert refused.value.code is RefusalCode.TAKEN


def test_taking_twice_is_taking_once() -> None:
    """The one who has it may take it again, and nothing changes."""
    taken = conversation(Phase.ACTIVE)

    assert taken.take(MARIA) is taken


def test_any_agent_may_end_one_that_waits() -> None:
    """Nobody has it, so nobody is in the way."""
    ended = conversation(Phase.WAITING).end(EndedBy.AGENT, agent=JONAS)

    assert ended.phase is Phase.ENDING


def test_a_released_conversation_waits_for_anybody() -> None:
    """The agent who had it has it no more."""
    released = conversation(Phase.ACTIVE).release(MARIA)

    assert (released.phase, released.agent) == (Phase.WAITING, None)


def test_the_first_to_end_it_is_kept() -> None:
    """Both sides may end it at once; one of them was first."""
    ended = conversation(Phase.WAITING).end(EndedBy.AGE)

    assert ended.end(EndedBy.CUSTOMER).ended_by is EndedBy.AGE


def test_the_application_answers_first_and_hands_over() -> None:
    """A channel may begin with the application; agents come when called."""
    served, _ = conversation().write(
        HELLO, client_id="id-00001", at=101.0, to_application=True
    )
    answered, message = serve(served)
    waiting = answered.hand_over()

    assert served.phase is answered.phase is Phase.SERVED
    assert message.author is Author.APPLICATION
    assert waiting.phase is Phase.WAITING
    assert waiting.hand_over() == waiting
    assert serve(waiting.take(MARIA))[0].phase is Phase.ACTIVE


def test_agents_do_not_know_what_the_application_has() -> None:
    """Taking, answering or ending it is refused like any unknown id."""
    served = conversation(Phase.SERVED)

    attempts: list[Callable[[], Conversation]] = [
        lambda: served.take(MARIA),
        lambda: answer(served),
        lambda: served.end(EndedBy.AGENT, agent=MARIA),
    ]
    for attempt in attempts:
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.code is RefusalCode.CONVERSATION_UNKNOWN


def test_what_was_never_stored_is_gone_at_once() -> None:
    """An open conversation has nothing to erase."""
    gone = conversation().end(EndedBy.CUSTOMER)

    assert gone.phase is Phase.GONE
    assert not gone.is_stored


def test_times_within_a_conversation_never_fall() -> None:
    """A clock set back makes no message older than the one before it."""
    written = write(conversation(), at=50.0)

    assert written.last_at == 100.0
    assert written.revive(at=60.0).last_at == 100.0
    assert written.revive(at=160.0).last_at == 160.0


def test_a_full_conversation_takes_no_more() -> None:
    """The bound on messages holds, for both sides."""
    full = replace(conversation(Phase.ACTIVE), last_number=MOST_MESSAGES)

    for say in (write, answer):
        with pytest.raises(Refused) as refused:
            say(full)
        assert refused.value.code is RefusalCode.CONVERSATION_FULL


def test_the_drawing_is_what_the_table_says() -> None:
    """docs/conversation.svg is generated: ``python -m tools.diagram``."""
    written = diagram.DRAWING.read_text(encoding="utf-8")

    assert written == diagram.drawing(MOVES)


class AnyLife(RuleBasedStateMachine):
    """Anything anybody may try, in any order."""

    agents = st.sampled_from([MARIA, JONAS])

    def __init__(self) -> None:
        super().__init__()
        self.it = conversation()
        self.said: list[Message] = []
        self.was_ended_by: EndedBy | None = None

    def _attempt(self, after: Conversation | Refused) -> None:
        if isinstance(after, Conversation):
            assert after.phase in {
                to
                for (before, _), to in MOVES.items()
                if before is self.it.phase
            }
            self.it = after

    @rule(at=st.floats(0.0, 1e9), to_bot=st.booleans())
    def write(self, at: float, to_bot: bool) -> None:  # noqa: FBT001 - drawn
        was_live, before = self.it.is_live, self.it
        try:
            self.it, message = self.it.write(
                HELLO, client_id="id-00001", at=at, to_application=to_bot
            )
        except Refused:
            assert not was_live
            assert self.it is before
        else:
            assert message.author is Author.CUSTOMER
            self.said.append(message)

    @rule(agent=agents, at=st.floats(0.0, 1e9))
    def answer(self, agent: AgentId, at: float) -> None:
        has_it = self.it.agent == agent and self.it.is_live
        try:
            self.it, message = self.it.answer(
                HELLO, agent=agent, name="M", client_id="id-00002", at=at
            )
        except Refused:
            assert not has_it
        else:
            assert has_it
            self.said.append(message)

    @rule(at=st.floats(0.0, 1e9))
    def serve(self, at: float) -> None:
        try:
            self.it, message = self.it.serve(
                HELLO, name="Fern", client_id="id-00003", at=at
            )
        except Refused:
            assert self.it.phase is Phase.OPEN or not self.it.is_live
        else:
            self.said.append(message)

    @rule()
    def hand_over(self) -> None:
        try:
            self._attempt(self.it.hand_over())
        except Refused:
            assert self.it.phase is Phase.OPEN or not self.it.is_live
        else:
            assert self.it.phase in {Phase.WAITING, Phase.ACTIVE}

    @rule(agent=agents)
    def take(self, agent: AgentId) -> None:
        try:
            self._attempt(self.it.take(agent))
        except Refused:
            assert self.it.phase is not Phase.WAITING
        else:
            assert self.it.agent == agent

    @rule(agent=agents)
    def release(self, agent: AgentId) -> None:
        try:
            self._attempt(self.it.release(agent))
        except Refused:
            assert not (self.it.is_live and self.it.agent == agent)

    @rule(by=st.sampled_from(EndedBy), agent=st.none() | agents)
    def end(self, by: EndedBy, agent: AgentId | None) -> None:
        try:
            self._attempt(self.it.end(by, agent=agent))
        except Refused:
            assert (
                self.it.is_held
                or self.it.phase in {Phase.GONE, Phase.OPEN, Phase.SERVED}
                or self.it.agent != agent
            )
        else:
            self.was_ended_by = self.was_ended_by or by

    @rule(by=st.sampled_from(EndedBy), agent=st.none() | agents)
    def close(self, by: EndedBy, agent: AgentId | None) -> None:
        try:
            self._attempt(
                self.it.close(by, agent=agent, at=1e9, keep=Keep(until=2e9))
            )
        except Refused:
            assert (
                self.it.phase in {Phase.OPEN, Phase.SERVED}
                or not self.it.is_live
                or self.it.agent != agent
            )
        else:
            assert self.it.phase is Phase.CLOSED
            self.was_ended_by = self.was_ended_by or by

    @rule(is_held=st.booleans())
    def hold(self, is_held: bool) -> None:  # noqa: FBT001 - drawn
        before = self.it
        try:
            self.it = before.hold(is_held=is_held)
        except Refused:
            assert before.phase in {Phase.OPEN, Phase.ENDING, Phase.GONE}
        else:
            assert self.it.phase is before.phase

    @invariant()
    def what_is_held_is_not_being_erased(self) -> None:
        assert not self.it.is_held or self.it.phase not in {
            Phase.ENDING,
            Phase.GONE,
        }

    @rule()
    def forget(self) -> None:
        try:
            self._attempt(self.it.forget())
        except Refused:
            assert self.it.phase is not Phase.ENDING

    @invariant()
    def messages_are_numbered_without_gaps_in_the_order_of_time(self) -> None:
        assert [message.number for message in self.said] == list(
            range(1, self.it.last_number + 1)
        )
        times = [message.said_at for message in self.said]
        assert times == sorted(times)

    @invariant()
    def somebody_has_it_exactly_while_it_is_active(self) -> None:
        if self.it.is_live:
            assert (self.it.agent is not None) == (
                self.it.phase is Phase.ACTIVE
            )

    @invariant()
    def it_knows_who_ended_it(self) -> None:
        assert self.it.ended_by is self.was_ended_by
        assert self.it.is_live == (self.was_ended_by is None)
        assert not (self.it.is_stored and not self.said)


TestAnyLife = AnyLife.TestCase
