"""A one-time key can be copied by people, who make mistakes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import Misconfigured
from server.vault.one_time_key import LETTERS, SECRET_SIZE, OneTimeKey
from tests.vault.package_samples import EXPORT, randomness

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
secrets = st.binary(min_size=SECRET_SIZE, max_size=SECRET_SIZE)


def name_of(key: OneTimeKey) -> bytes:
    """What tells ``key`` from others."""
    return key.package_key().key_id


@given(secrets)
def test_what_is_written_is_read(secret: bytes) -> None:
    """Eight groups of five, without the letters that look like others."""
    key = OneTimeKey(secret)

    text = key.text()

    assert re.fullmatch(rf"[{SIGNS}]{{5}}(-[{SIGNS}]{{5}}){{7}}", text)
    assert OneTimeKey.parse(text).text() == text


@given(secrets)
def test_it_is_read_however_people_copy_it(secret: bytes) -> None:
    """In small letters, with gaps, with o for 0 and l or i for 1."""
    text = OneTimeKey(secret).text()
    copied = text.lower().replace("0", "o").replace("1", "l").replace("-", " ")

    assert OneTimeKey.parse(f"  {copied}\n").text() == text
    assert OneTimeKey.parse(text.replace("1", "I")).text() == text


@given(
    secret=secrets,
    at=st.integers(0, LETTERS - 1),
    sign=st.sampled_from(SIGNS),
)
def test_a_wrong_letter_is_noticed(secret: bytes, at: int, sign: str) -> None:
    """Any other one anywhere; the refusal quotes nothing of the key."""
    plain = OneTimeKey(secret).text().replace("-", "")
    wrong = plain[:at] + sign + plain[at + 1 :]
    if wrong == plain:
        return

    with pytest.raises(Misconfigured, match="copied with a mistake") as told:
        OneTimeKey.parse(wrong)

    assert told.value.__context__ is None


@given(secret=secrets, at=st.integers(0, LETTERS - 2))
def test_two_letters_changing_places_are_noticed(
    secret: bytes, at: int
) -> None:
    """The other mistake that people make."""
    plain = OneTimeKey(secret).text().replace("-", "")
    wrong = plain[:at] + plain[at + 1] + plain[at] + plain[at + 2 :]

    if wrong != plain:
        with pytest.raises(Misconfigured, match="copied with a mistake"):
            OneTimeKey.parse(wrong)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "40 letters"),
        ("7K3QD-0M1TR", "40 letters"),
        ("7" * 41, "40 letters"),
        ("-" * 300 + "7" * 40, "40 letters"),
        ("7" * 39 + "U", "none has"),
        ("7" * 39 + "\u00e9", "none has"),
        ("7" * 39 + "\u0130", "none has"),
        ("7" * 39 + "=", "none has"),
    ],
)
def test_what_is_no_key_is_refused(text: str, told: str) -> None:
    """Too short, too long, or with a sign that no key has."""
    with pytest.raises(Misconfigured, match=told) as refused:
        OneTimeKey.parse(text)

    assert refused.value.__cause__ is None


def test_a_key_is_of_one_length() -> None:
    """Also when it comes from elsewhere."""
    with pytest.raises(Misconfigured, match="22 bytes"):
        OneTimeKey(bytes(SECRET_SIZE - 1))


def test_two_keys_are_two() -> None:
    """Each export has one of its own."""
    names = {name_of(OneTimeKey.generate(randomness)) for _ in range(20)}

    assert len(names | {EXPORT.key_id}) == 21


def test_a_key_does_not_show_itself() -> None:
    """Only ``text`` does, which is for whoever gets it."""
    assert repr(OneTimeKey.generate(randomness)) == "OneTimeKey(...)"
