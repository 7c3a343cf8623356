"""Who is here, and with whom something may not be done."""

from __future__ import annotations

import gc

from server.domain.restriction import Restriction, Use, flags_of
from server.ids import AccountId, ChannelId
from server.live.flagged import Flagged
from server.live.people import MOST_CUSTOMERS, People, Person

ACME, OTHER = AccountId("acme"), AccountId("other")


def person(id_: str = "ada", platform: bytes = b"index") -> Person:
    """Somebody."""
    return Person(
        id_, account=ACME, channel=ChannelId("shop"), platform=platform
    )


def test_somebody_is_one_value_while_they_are_here() -> None:
    """Whoever else finds them meanwhile finds the same one."""
    people = People()
    ada = people.add(person())

    assert people.add(person("another")) is ada
    assert people.find(ACME, b"index") is ada
    assert people.find(OTHER, b"index") is None
    assert people.get("ada") is ada
    assert people.get("another") is None
    assert len(people) == 1


def test_who_has_left_is_not_held() -> None:
    """Nothing but a session or a change keeps anybody here."""
    people = People()
    ada = people.add(person())
    assert len(people) == 1
    del ada
    gc.collect()

    assert len(people) == 0
    assert people.find(ACME, b"index") is None


def test_who_is_erased_comes_back_as_somebody_else() -> None:
    """Even while a session of theirs is still on its way out."""
    people = People()
    ada = people.add(person())

    people.drop(["ada", "nobody"])
    again = people.add(person("new"))

    assert again is not ada
    assert people.get("ada") is None
    assert people.find(ACME, b"index") is again


def test_an_account_has_only_so_many_customers() -> None:
    """Each has a key of their own."""
    people = People()
    assert people.has_room(ACME)
    people.counts[ACME] = MOST_CUSTOMERS

    assert not people.has_room(ACME)
    assert people.has_room(OTHER)


def test_a_person_says_what_is_allowed() -> None:
    """And nothing about who they are."""
    ada = person()
    assert not ada.is_stored
    assert ada.allows(Use.PLACE)
    ada.restrictions = frozenset({Restriction.DO_NOT_LOCATE})
    ada.slot = 7

    assert ada.is_stored
    assert not ada.allows(Use.PLACE)
    assert repr(ada) == "<Person ada>"


def test_flags_are_found_by_index_and_by_id() -> None:
    """Until there are none."""
    flagged = Flagged()
    flags = flags_of([Restriction.DO_NOT_PROCESS])
    flagged.load([(ACME, b"index", "ada", flags)])

    assert flagged.of(ACME, b"index") == {Restriction.DO_NOT_PROCESS}
    assert flagged.of(OTHER, b"index") == frozenset()
    assert not flagged.allows("ada", Use.APPLICATION)
    assert flagged.allows("ada", Use.STORED_WORDS)
    assert flagged.allows("bob", Use.APPLICATION)
    assert flagged.allows(None, Use.APPLICATION)
    assert len(flagged) == 1

    flagged.set(ACME, b"index", "ada", flags=0)
    flagged.set(ACME, b"index", "ada", flags=0)

    assert flagged.allows("ada", Use.APPLICATION)
    assert len(flagged) == 0
