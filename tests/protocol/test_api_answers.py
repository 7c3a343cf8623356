"""What the API answers does not show itself."""

from __future__ import annotations

from server.protocol.api_answers import SignedIn


def test_an_answer_shows_its_kind_alone() -> None:
    """It may hold a token, or what somebody is called."""
    shown = repr(SignedIn(token="a secret", expires_at=1.0))

    assert shown == "<SignedIn>"
