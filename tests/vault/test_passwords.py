"""A password opens what it was set for; its hash opens nothing."""

from __future__ import annotations

from random import Random

import pytest

from server.vault.passwords import (
    DEFAULTS,
    hash_password,
    is_default,
    password_matches,
)

randomness = Random(1).randbytes
PHC = hash_password("correct horse", randomness)


def test_the_right_password_matches_and_no_other() -> None:
    """Case, a space and an empty one make a difference."""
    assert password_matches("correct horse", PHC)
    assert not password_matches("Correct horse", PHC)
    assert not password_matches("correct horse ", PHC)
    assert not password_matches("", PHC)


def test_a_hash_says_how_it_was_made() -> None:
    """Argon2id with the published parameters, and not the password."""
    assert PHC.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert "horse" not in PHC


def test_the_same_password_is_never_hashed_the_same() -> None:
    """Two agents with one password cannot be told by their hashes."""
    assert hash_password("correct horse", randomness) != PHC


@pytest.mark.parametrize(
    "phc",
    [
        "",
        "correct horse",
        PHC[:-1],
        PHC + "é",
        PHC.replace("argon2id", "argon2i"),
        PHC.replace("m=19456", "m=99999999999"),
        PHC.rsplit("$", 1)[0],
        "$argon2id$v=19$m=19456,t=2,p=1$$",
        "$2b$12$abcdefghijklmnopqrstuv",
    ],
)
def test_a_malformed_hash_matches_nothing(phc: str) -> None:
    """A damaged setting locks out; it neither lets in nor fails."""
    assert not password_matches("correct horse", phc)


def test_two_ways_to_write_a_letter_are_one_password() -> None:
    """An accent typed on a telephone opens what a desk keyboard set."""
    phc = hash_password("caf\u00e9", randomness)

    assert password_matches("cafe\u0301", phc)


def test_text_that_is_none_matches_nothing() -> None:
    """Half a surrogate pair is a wrong password, not a failure."""
    assert not password_matches("\ud800", PHC)


def test_a_default_password_is_recognised() -> None:
    """Even the last of the list."""
    assert is_default(hash_password(DEFAULTS[-1], randomness))


def test_a_good_password_is_no_default() -> None:
    """It is compared with all of the list."""
    assert not is_default(PHC)
