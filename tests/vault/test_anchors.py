"""Tests of server/vault/anchors.py."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from server.domain.audit import EMPTY
from server.vault.anchors import Anchors
from server.vault.master_key import MasterKey

MASTER = MasterKey.generate(Random(1).randbytes)
OTHER = MasterKey.generate(Random(2).randbytes)
ANCHOR = replace(EMPTY, last=7, last_chain=b"\7" * 32, settings=b"s" * 32)


def test_a_seal_fits_its_anchor() -> None:
    """After a restart as well."""
    seal = Anchors(MASTER).seal(ANCHOR)

    assert Anchors(MASTER).is_sound(ANCHOR, seal)


@pytest.mark.parametrize(
    "forged",
    [
        replace(ANCHOR, first=1),
        replace(ANCHOR, first_chain=b"\1" * 32),
        replace(ANCHOR, last=6),
        replace(ANCHOR, last_chain=b"\6" * 32),
        replace(ANCHOR, settings=b"t" * 32),
        replace(ANCHOR, last_chain=b"\7" * 31, settings=b"\7" + b"s" * 31),
    ],
)
def test_a_seal_fits_no_other_anchor(forged: object) -> None:
    """Every field counts, and where it ends."""
    anchors = Anchors(MASTER)

    assert not anchors.is_sound(forged, anchors.seal(ANCHOR))  # type: ignore[arg-type]


def test_without_the_master_key_nothing_can_be_sealed() -> None:
    """Whoever can write the file cannot make what we would believe."""
    assert not Anchors(MASTER).is_sound(ANCHOR, Anchors(OTHER).seal(ANCHOR))


def test_a_changed_master_key_believes_the_one_before() -> None:
    """While it is named; what is sealed anew is under the new one alone."""
    changing = Anchors(OTHER, previous=MASTER)

    assert changing.is_sound(ANCHOR, Anchors(MASTER).seal(ANCHOR))
    assert Anchors(OTHER).is_sound(ANCHOR, changing.seal(ANCHOR))
    assert not Anchors(MASTER).is_sound(ANCHOR, changing.seal(ANCHOR))


def test_a_conversation_is_known_again_by_its_pseudonym() -> None:
    """By whoever has its id and the key; the id does not follow from it."""
    anchors = Anchors(MASTER)

    assert anchors.pseudonym("one") == Anchors(MASTER).pseudonym("one")
    assert anchors.pseudonym("one") != anchors.pseudonym("two")
    assert anchors.pseudonym("one") != Anchors(OTHER).pseudonym("one")
    assert len(anchors.pseudonym("one")) == 16


def test_a_digest_tells_settings_apart_and_needs_the_key() -> None:
    """So nobody can try out passwords against it."""
    anchors = Anchors(MASTER)

    assert anchors.digest(b"a") == Anchors(MASTER).digest(b"a")
    assert anchors.digest(b"a") != anchors.digest(b"b")
    assert anchors.digest(b"a") != Anchors(OTHER).digest(b"a")
    assert anchors.digest(EMPTY.canonical()) != anchors.seal(EMPTY)


def test_a_previous_key_is_forgotten_when_it_is_not_needed() -> None:
    """Whoever has it could seal another log."""
    changed = Anchors(OTHER, previous=MASTER)

    changed.forget_previous()

    assert not changed.is_sound(ANCHOR, Anchors(MASTER).seal(ANCHOR))
    assert changed.is_sound(ANCHOR, Anchors(OTHER).seal(ANCHOR))
