"""Who is here now: seats, marks and what a session lets go of."""

from __future__ import annotations

from copy import copy

from hypothesis import given
from hypothesis import strategies as st

from server.domain.carry import Carry
from server.domain.consent import Level
from server.domain.context import Context
from server.domain.conversation import Conversation
from server.domain.customer_event import Consent, Source
from server.domain.message import Author
from server.domain.record_types import RECORD_TYPES
from server.domain.restriction import Restriction, Use
from server.ids import AccountId, AgentId, ChannelId, ConversationId
from server.live.people import Person
from server.live.rate_limit import RateLimit
from server.live.sessions import BEHIND, Progress, Seat, Session, Sessions

#: The fields that hold what people or back-ends told.
EPHEMERAL = {
    name
    for kind in RECORD_TYPES
    for name in kind.session_fields
    if kind.name
    in {
        "chat context data",
        "chat cookie data",
        "customer private data",
        "customer messages, web",
    }
}


class Nobody:
    """A listener that is told things and does nothing about it."""

    def tell(self, saying: object) -> None:
        """Hear it."""

    def dismiss(self, farewell: int) -> None:
        """Go."""


def new_session(name: str = "a", last_number: int = 0) -> Session:
    """A session whose conversation holds ``last_number`` messages."""
    return Session(
        Conversation(
            id=ConversationId(name),
            account=AccountId("acme"),
            channel=ChannelId("shop"),
            epoch="e",
            started_at=0.0,
            last_at=0.0,
            last_number=last_number,
        ),
        token_hash=b"hash",
        rate=RateLimit(1.0, 1.0),
    )


def test_who_takes_a_seat_has_to_catch_up_first() -> None:
    """No live message before history."""
    seat = Seat(Nobody(), Author.AGENT, AgentId("maria"))

    assert seat.at == BEHIND
    assert seat.at < 0


def test_a_session_forgets_everything_ephemeral() -> None:
    """Every field that the registry of records says dies with it."""
    session = new_session()
    fresh = {name: copy(getattr(session, name)) for name in EPHEMERAL}
    session.context = Context(address="192.0.2.7")
    session.cookies = {"basket": "7"}
    session.customer_id = "ada"
    session.customer = Person(
        "ada",
        account=AccountId("acme"),
        channel=ChannelId("shop"),
        platform=b"index",
    )
    session.consents["service"] = Consent(
        purpose="service",
        level=Level.IMPLICIT,
        at=1.0,
        version="1",
        source=Source.CUSTOMER,
    )
    session.private = {"authenticated": True}
    session.private_as_of = 5.0
    session.private_was_lost = True
    session.preview = "Hello"
    session.carries = {Author.CUSTOMER: Carry("4111")}
    assert all(getattr(session, name) != fresh[name] for name in EPHEMERAL)

    session.forget()

    assert {name: getattr(session, name) for name in EPHEMERAL} == fresh


def test_reading_implies_delivery() -> None:
    """What was seen by the person has reached the screen."""
    progress = Progress()

    assert progress.advance(delivered=0, read=7)
    assert (progress.delivered, progress.read) == (7, 7)


def test_nothing_new_is_not_told() -> None:
    """A mark repeated, or an older one, changes nothing."""
    progress = Progress(5, 3)

    assert not progress.advance(delivered=5, read=3)
    assert not progress.advance(delivered=1, read=0)
    assert progress.advance(delivered=0, read=4)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9))))
def test_marks_only_grow(marks: list[tuple[int, int]]) -> None:
    """In whatever order they come in, from however many windows."""
    progress = Progress()
    for delivered, read in marks:
        before = progress.delivered, progress.read
        is_new = progress.advance(delivered=delivered, read=read)
        after = progress.delivered, progress.read

        assert after >= before
        assert progress.delivered >= progress.read
        assert is_new == (after != before)


def test_each_side_has_its_own_marks() -> None:
    """The customer's, and those of all who answer."""
    session = new_session()

    assert session.seen(Author.CUSTOMER) is session.customer_seen
    assert session.seen(Author.AGENT) is session.agent_seen


def test_what_is_in_memory_begins_where_the_store_ends() -> None:
    """A conversation read from disk is committed as far as it goes."""
    assert new_session(last_number=12).committed == 12


def test_forgetting_leaves_nothing_that_a_person_did() -> None:
    """Client ids, the preview, and where the key lies."""
    session = new_session()
    session.accepted["own-id-01"] = 1
    session.preview = "what was typed"
    session.slot = 3

    session.forget()

    assert session.accepted == {}
    assert session.preview is None
    assert session.slot is None


def test_a_session_is_found_until_it_is_removed() -> None:
    """And may be removed twice."""
    sessions, session = Sessions(), new_session()
    sessions.add(session)
    assert sessions.get(session.id) is session
    assert (len(sessions), list(sessions)) == (1, [session])

    sessions.remove(session.id)
    sessions.remove(session.id)

    assert sessions.get(session.id) is None
    assert len(sessions) == 0


def test_what_the_person_restricts_is_not_allowed() -> None:
    """Of somebody whom nobody knows, everything is."""
    session = new_session()
    assert session.allows(Use.PLACE)
    ada = Person(
        "ada",
        account=AccountId("acme"),
        channel=ChannelId("shop"),
        platform=b"index",
    )
    ada.restrictions = frozenset({Restriction.DO_NOT_LOCATE})
    session.customer = ada

    assert not session.allows(Use.PLACE)
    assert session.allows(Use.COOKIES)
