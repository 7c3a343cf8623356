"""Registering: what is written of people along with what they say.

Called while a group is made: it decides at once, and takes everything back if
the group fails. Nothing of anybody is written before their first message.
"""

from __future__ import annotations

from dataclasses import replace

from server.domain.consent import SERVICE, Level
from server.domain.conversation import Conversation
from server.domain.customer import Identity
from server.domain.customer_event import Consent, CustomerEvent, Source
from server.live.people import MOST_EVENTS, MOST_PURPOSES, Person
from server.live.sessions import Session
from server.services.customer_rows import (
    day_of,
    event_row,
    owner_of,
    row_of,
)
from server.services.house import House
from server.store import customers
from server.store.group import Group

#: The purpose under which it is kept that somebody agreed to the terms.
TERMS = "terms"


def first_said(
    house: House, session: Session, after: Conversation, *, group: Group
) -> Conversation:
    """The first message is about to be written: whose it is, goes with it.

    Args:
        house: The parts.
        session: Where.
        after: The conversation as it will be.
        group: What is written.

    Raises:
        Unavailable: There is no room for a key; nothing was written.
        Corrupt: Their key cannot be read; nothing was written.
    """
    at = after.last_at
    person = session.customer
    if person is not None and register(house, person, group, at=at):
        after = replace(after, customer=person.id)
    if SERVICE not in known_consents(session):
        agree(
            house, session, _consent(SERVICE, Level.IMPLICIT, at), group=group
        )
    if after.terms is not None:
        said = _consent(TERMS, Level.EXPLICIT, at, version=after.terms)
        agree(house, session, said, group=group)
    if person is not None and after.customer is not None:
        _see(person, group, at=at)
    return after


def _consent(
    purpose: str, level: Level, at: float, *, version: str = ""
) -> Consent:
    return Consent(
        purpose=purpose,
        level=level,
        at=at,
        version=version,
        source=Source.CUSTOMER,
    )


def known_consents(session: Session) -> dict[str, Consent]:
    """What whoever is in ``session`` has agreed to, by purpose."""
    person = session.customer
    return session.consents if person is None else person.consents


def register(house: House, person: Person, group: Group, *, at: float) -> bool:
    """Write the row of ``person``, if there is none.

    Returns:
        Whether there is one then: of who was erased meanwhile there is none,
        nor of one customer more than the account may have.

    Raises:
        Unavailable, Corrupt: As ``first_said``.
    """
    people = house.people
    if people.get(person.id) is not person:
        return False
    if person.is_stored:
        return True
    if person.platform_key is None or not people.has_room(person.account):
        return False
    store(
        house,
        person,
        Identity(platform_key=person.platform_key),
        group=group,
        at=at,
    )
    return True


def store(
    house: House,
    person: Person,
    identity: Identity,
    *,
    group: Group,
    at: float,
) -> None:
    """Give ``person`` a key and a row.

    Raises:
        Unavailable, Corrupt: As ``first_said``.
    """
    before = person.platform_key, person.seen_at
    key = house.keys.new_key(person.account, owner_of(person.id))
    person.slot, person.seen_at = key.slot, day_of(at)
    person.platform_key = None
    house.people.counts[person.account] += 1

    def undo() -> None:
        person.slot = None
        person.platform_key, person.seen_at = before
        house.people.counts[person.account] -= 1
        house.keys.abandon([key.slot])

    try:
        row = row_of(house, person, identity, created_at=at)
    except BaseException:
        undo()
        raise
    group.undo(undo)
    group.do(customers.keep(row))


def _see(person: Person, group: Group, *, at: float) -> None:
    day = day_of(at)
    if day <= person.seen_at:
        return
    before, person.seen_at = person.seen_at, day

    def undo() -> None:
        person.seen_at = before

    group.undo(undo)
    group.do(customers.seen(person.id, day))


def agree(
    house: House, session: Session, consent: Consent, *, group: Group
) -> bool:
    """Have ``consent`` hold for whoever is in ``session``.

    Of somebody whom nobody knows it is kept in memory, with the session.

    Returns:
        Whether it holds then: there is no room for ever more of them, but
        always for an opt-out.
    """
    person = session.customer
    if person is not None and person.is_stored:
        return record(house, person, consent, group=group)
    known = known_consents(session)
    before = known.get(consent.purpose)
    if before is None and len(known) >= MOST_PURPOSES:
        return False
    known[consent.purpose] = consent
    group.undo(lambda: _put_back(known, consent.purpose, before))
    return True


def record(
    house: House, person: Person, event: CustomerEvent, *, group: Group
) -> bool:
    """Write ``event`` of ``person``, who is stored.

    Returns:
        Whether it was: not of who was erased, nor beyond the bounds.

    Raises:
        Corrupt, Unavailable: Their key cannot be read.
    """
    if house.people.get(person.id) is not person:
        return False
    consents, before = person.consents, None
    if isinstance(event, Consent):
        before = consents.get(event.purpose)
        if not _has_room(person, event, before):
            return False
    row = event_row(house, person, event, number=person.events + 1)
    person.events += 1
    if isinstance(event, Consent):
        consents[event.purpose] = event

    def undo() -> None:
        person.events -= 1
        if isinstance(event, Consent):
            _put_back(consents, event.purpose, before)

    group.undo(undo)
    group.do(customers.add_event(row))
    return True


def _has_room(person: Person, event: Consent, before: Consent | None) -> bool:
    if before is None:
        return len(person.consents) < MOST_PURPOSES
    lowers = event.level < before.level
    return lowers or person.events < MOST_EVENTS


def _put_back(
    consents: dict[str, Consent], purpose: str, before: Consent | None
) -> None:
    if before is None:
        consents.pop(purpose, None)
    else:
        consents[purpose] = before
