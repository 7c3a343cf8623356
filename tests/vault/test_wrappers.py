"""Two key wrappers for a while: which of them wraps, and which unwraps."""

from __future__ import annotations

from random import Random

import pytest

from server.errors import Corrupt, Misconfigured
from server.vault.key_header import key_id_of
from server.vault.master_key import MasterKey
from server.vault.wrappers import Wrappers, named
from server.vault.wrapping import EMPTY

randomness = Random(3).randbytes
OLD, NEW = MasterKey.generate(randomness), MasterKey.generate(randomness)
SECRET, PLACE = bytes(range(32)), b"place"
UNDER_OLD = Wrappers(OLD).wrap(SECRET, place=PLACE, randomness=randomness)


def test_the_newest_wraps_and_either_unwraps() -> None:
    """What it wraps again the newest opens alone."""
    both = Wrappers(NEW, OLD)

    after = both.rewrap(UNDER_OLD, place=PLACE, randomness=randomness)

    assert (both.key_id, both.previous_id) == (
        named(NEW).key_id,
        named(OLD).key_id,
    )
    assert both.unwrap(UNDER_OLD, place=PLACE) == SECRET
    assert both.unwrap(after, place=PLACE) == SECRET
    assert key_id_of(after) == both.key_id
    assert Wrappers(NEW).unwrap(after, place=PLACE) == SECRET
    again = both.rewrap(after, place=PLACE, randomness=randomness)
    assert again == after


def test_what_is_forgotten_opens_nothing() -> None:
    """And wraps nothing again."""
    both = Wrappers(NEW, OLD)
    both.forget_previous()

    assert both.previous_id is None
    with pytest.raises(Corrupt):
        both.unwrap(UNDER_OLD, place=PLACE)
    same = both.rewrap(UNDER_OLD, place=PLACE, randomness=randomness)
    assert same == UNDER_OLD


@pytest.mark.parametrize("place", [b"place", b"other"])
def test_what_does_not_open_is_not_touched(place: bytes) -> None:
    """Altered, another's or empty: it is not ours to destroy."""
    both = Wrappers(NEW, OLD)
    altered = bytearray(UNDER_OLD)
    altered[40] ^= place == b"place"

    for record in (bytes(altered), EMPTY):
        kept = both.rewrap(record, place=place, randomness=randomness)
        assert kept == record


def test_one_key_is_not_two() -> None:
    """Or the rotation would end before it began."""
    with pytest.raises(Misconfigured, match="the master key itself"):
        Wrappers(OLD, OLD)
