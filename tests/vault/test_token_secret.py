"""A secret is strong, derives what the other side derives, and is not shown."""

from __future__ import annotations

from random import Random

import pytest

from server.errors import Misconfigured
from server.vault.token_secret import TokenSecret
from tests.vault.token_maker import SECRET, TEXT, sealing_key


def test_keys_are_derived_as_documented() -> None:
    """A back-end must come to the same one in its own language."""
    assert SECRET.sealing.raw_value == sealing_key()
    assert SECRET.signing.raw_value == TEXT.encode()


@pytest.mark.parametrize(
    "text",
    ["", "short", "a" * 32, "abc" * 20, TEXT[:31], TEXT * 20, "0123456" * 9],
)
def test_a_weak_secret_is_refused_and_not_repeated(text: str) -> None:
    """Too short, too long, or typed with one finger."""
    with pytest.raises(Misconfigured, match="a token secret must") as refusal:
        TokenSecret(text)

    assert not text or text not in str(refusal.value)


def test_a_new_secret_is_good_and_stays_out_of_sight() -> None:
    """43 characters; neither they nor the keys are in its ``repr``."""
    secret = TokenSecret.generate(Random(8).randbytes)

    assert len(secret.text()) == 43
    assert repr(secret) == "TokenSecret(...)"
