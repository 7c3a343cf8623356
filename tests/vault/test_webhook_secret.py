"""A webhook secret is long enough, and is not shown."""

from __future__ import annotations

import base64
from random import Random

import pytest

from server.errors import Misconfigured
from server.vault.webhook_secret import WebhookSecret


def encoded(size: int) -> str:
    """A secret of ``size`` bytes, in writing."""
    return "whsec_" + base64.b64encode(Random(3).randbytes(size)).decode()


@pytest.mark.parametrize("size", [24, 32, 64])
def test_a_secret_is_read_as_it_is_written(size: int) -> None:
    """From 24 to 64 bytes."""
    secret = WebhookSecret.parse(encoded(size))

    assert secret.text() == encoded(size)
    assert secret.text()[6:10] not in repr(secret)


def test_a_new_secret_is_fit_for_use() -> None:
    """And never the same twice."""
    chance = Random(4)
    made = {WebhookSecret.generate(chance.randbytes).text() for _ in range(9)}

    assert len(made) == 9
    assert all(WebhookSecret.parse(text).text() == text for text in made)


@pytest.mark.parametrize(
    "text",
    [
        "", "whsec_", "whsec", encoded(32)[6:], "WHSEC_" + encoded(32)[6:],
        encoded(23), encoded(65), encoded(32)[:-1], encoded(32) + "!",
        "whsec_" + "-_" * 20, "whsec_" + "\u00e9" * 40, "whsk_" + "AAAA" * 10,
        "whsec_" + "AAAA" * 8, encoded(32) + "\nAAAA", "whsec_ " + encoded(32),
    ],
)  # fmt: skip
def test_what_is_no_secret_is_refused_and_not_repeated(text: str) -> None:
    """The operator hears what is wanted, never what was given."""
    with pytest.raises(Misconfigured, match="a webhook secret must") as refusal:
        WebhookSecret.parse(text)

    assert text[6:].strip() == "" or text[6:] not in str(refusal.value)
    assert refusal.value.__context__ is None
