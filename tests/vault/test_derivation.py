"""Tests of server/vault/derivation.py."""

from __future__ import annotations

from server.vault.derivation import KEY_SIZE, derived

SECRET = bytes(range(32))


def test_each_use_has_a_key_of_its_own() -> None:
    """Another secret, label or salt makes another key; the same the same."""
    keys = [
        derived(SECRET, "one"),
        derived(SECRET, "two"),
        derived(bytes(32), "one"),
        derived(SECRET, "one", salt=b"salt"),
    ]

    assert len(set(keys)) == 4
    assert {len(key) for key in keys} == {KEY_SIZE}
    assert derived(SECRET, "one") == keys[0]


def test_a_key_is_as_long_as_asked_for() -> None:
    """The shorter one is the beginning of the longer one (RFC 5869)."""
    assert derived(SECRET, "one", 4) == derived(SECRET, "one")[:4]


def test_it_is_the_function_of_the_standard() -> None:
    """Test case 3 of RFC 5869: neither salt nor label."""
    made = derived(b"\x0b" * 22, "", 42)

    assert made.hex() == (
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
        "9d201395faa4b61a96c8"
    )
