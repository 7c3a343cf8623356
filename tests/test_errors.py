"""Errors answer one question: who has to act?"""

from __future__ import annotations

import pytest

from server.errors import (
    ACTS,
    RETRIED,
    Actor,
    Corrupt,
    Misconfigured,
    RefusalCode,
    Refused,
    ServerError,
    Unavailable,
)


@pytest.mark.parametrize("code", list(RefusalCode))
def test_each_refusal_says_who_has_to_act(code: RefusalCode) -> None:
    """And whether the same frame can succeed later."""
    refused = Refused(code, retry_after=1.5, path="$.text")

    assert refused.act is ACTS[code]
    assert refused.retry is (code in RETRIED)
    assert (refused.retry_after, refused.path) == (1.5, "$.text")
    assert str(refused) == code.value


def test_what_can_be_retried_is_nobodys_mistake_for_ever() -> None:
    """A program that is wrong will not be right by waiting."""
    assert all(ACTS[code] is not Actor.CLIENT for code in RETRIED)


@pytest.mark.parametrize("kind", [Refused, Unavailable, Corrupt, Misconfigured])
def test_all_are_one_tree(kind: type[ServerError]) -> None:
    """Whoever catches the root has caught what we raise on purpose."""
    assert issubclass(kind, ServerError)
