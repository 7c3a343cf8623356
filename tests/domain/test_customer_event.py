"""What holds now is read off what happened."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.domain.consent import Level
from server.domain.customer_event import (
    Consent,
    Reason,
    Rectified,
    Restricted,
    Source,
    consents_in,
    restrictions_in,
)
from server.domain.restriction import Restriction


def agreed(purpose: str, level: Level, at: float = 1.0) -> Consent:
    """A consent."""
    return Consent(
        purpose=purpose,
        level=level,
        at=at,
        version="1",
        source=Source.CUSTOMER,
    )


def restricted(restriction: Restriction, *, is_set: bool) -> Restricted:
    """A restriction, set or lifted."""
    return Restricted(
        restriction=restriction,
        is_set=is_set,
        at=1.0,
        reason=Reason.ASKED,
        source=Source.API,
    )


def test_the_newest_consent_for_a_purpose_holds() -> None:
    """Whatever was agreed to for others."""
    out = agreed("offers", Level.OPTED_OUT, 3.0)
    service = agreed("service", Level.IMPLICIT, 2.0)

    found = consents_in(
        [
            agreed("offers", Level.EXPLICIT),
            service,
            restricted(Restriction.DO_NOT_STORE, is_set=True),
            out,
        ]
    )

    assert found == {"offers": out, "service": service}


@given(st.lists(st.tuples(st.sampled_from(Restriction), st.booleans())))
def test_what_was_said_last_of_a_restriction_holds(
    said: list[tuple[Restriction, bool]],
) -> None:
    """Set and lifted in any order, by each for itself."""
    events = [restricted(one, is_set=is_set) for one, is_set in said]

    assert restrictions_in(events) == {
        one for one, is_set in dict(said).items() if is_set
    }


def test_a_correction_restricts_nothing_and_shows_nothing() -> None:
    """The account's own words are for the account."""
    note = Rectified(fields=("name",), at=1.0, note="a secret")

    assert restrictions_in([note]) == frozenset()
    assert consents_in([note]) == {}
    assert "secret" not in repr(note)
