"""Private data stays small, plain and as its sender meant it."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.private_limits import (
    DEEPEST,
    LARGEST,
    LONGEST_KEY,
    MOST_BYTES,
    MOST_ENTRIES,
    SMALLEST,
    PrivateDataFault,
    PrivateDataRefused,
    check,
    merge,
    replace,
)
from server.errors import RefusalCode

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(SMALLEST, LARGEST)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from("abcd"), inner, max_size=4)
    ),
    max_leaves=20,
)
OBJECTS = st.dictionaries(st.sampled_from("abcdef"), VALUES, max_size=5).filter(
    lambda value: depth(value) <= DEEPEST
)


def depth(value: object) -> int:
    """How many containers lie within each other."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return 1 + max(map(depth, value), default=0)
    return 0


def nested(levels: int, *, in_lists: bool = False) -> Any:
    """An object with ``levels`` containers within each other."""
    value: Any = [] if in_lists else {}
    for level in range(levels - 1):
        value = [value] if in_lists and level < levels - 2 else {"a": value}
    return value


def sized(size: int) -> dict[str, str]:
    """An object of ``size`` bytes."""
    return {"a": "x" * (size - len('{"a":""}'))}


ACCEPTED = {
    "nothing": {},
    "a login": {"authenticated": True, "CustomerId": "77", "UserName": "Zoë"},
    "every kind": {"a": [None, True, 1, 1.5, "x", {"b": []}]},
    "the deepest": nested(DEEPEST),
    "the deepest lists": nested(DEEPEST, in_lists=True),
    "the most members": {str(n): n for n in range(MOST_ENTRIES)},
    "the most items": {"a": [0] * (MOST_ENTRIES - 1)},
    "the longest key": {"k" * LONGEST_KEY: 1},
    "the largest": sized(MOST_BYTES),
    "large numbers": {"a": [SMALLEST, LARGEST, 1e308, -0.0]},
    "an empty key": {"": ""},
}

REFUSED = [
    (None, PrivateDataFault.NOT_OBJECT),
    ([], PrivateDataFault.NOT_OBJECT),
    ([("a", 1)], PrivateDataFault.NOT_OBJECT),
    ("{}", PrivateDataFault.NOT_OBJECT),
    (b"{}", PrivateDataFault.NOT_OBJECT),
    (1, PrivateDataFault.NOT_OBJECT),
    (nested(DEEPEST + 1), PrivateDataFault.TOO_DEEP),
    (nested(DEEPEST + 1, in_lists=True), PrivateDataFault.TOO_DEEP),
    (nested(50_000), PrivateDataFault.TOO_DEEP),
    ({str(n): n for n in range(MOST_ENTRIES + 1)}, PrivateDataFault.TOO_MANY),
    ({"a": [0] * MOST_ENTRIES}, PrivateDataFault.TOO_MANY),
    ({"a": [[0] * 8] * 60}, PrivateDataFault.TOO_MANY),
    ({"k" * (LONGEST_KEY + 1): 1}, PrivateDataFault.KEY_TOO_LONG),
    ({"a": [{"k" * 10_000: 1}]}, PrivateDataFault.KEY_TOO_LONG),
    (sized(MOST_BYTES + 1), PrivateDataFault.TOO_LARGE),
    ({"a": "\u00e9" * (MOST_BYTES // 2)}, PrivateDataFault.TOO_LARGE),
    ({"a": "\x01" * (MOST_BYTES // 5)}, PrivateDataFault.TOO_LARGE),
    ({"a": float("nan")}, PrivateDataFault.NOT_JSON),
    ({"a": [float("inf")]}, PrivateDataFault.NOT_JSON),
    ({"a": {"b": -float("inf")}}, PrivateDataFault.NOT_JSON),
    ({"a": LARGEST + 1}, PrivateDataFault.NOT_JSON),
    ({"a": SMALLEST - 1}, PrivateDataFault.NOT_JSON),
    ({"a": 10**5_000}, PrivateDataFault.NOT_JSON),
    ({"a": b"x"}, PrivateDataFault.NOT_JSON),
    ({"a": (1, 2)}, PrivateDataFault.NOT_JSON),
    ({"a": {1, 2}}, PrivateDataFault.NOT_JSON),
    ({"a": object()}, PrivateDataFault.NOT_JSON),
    ({1: "a"}, PrivateDataFault.NOT_JSON),
    ({None: "a"}, PrivateDataFault.NOT_JSON),
    ({"a": {b"b": 1}}, PrivateDataFault.NOT_JSON),
    ({"a": "\ud800"}, PrivateDataFault.NOT_JSON),
    ({"\udfff": 1}, PrivateDataFault.NOT_JSON),
]


@pytest.mark.parametrize("value", ACCEPTED.values(), ids=ACCEPTED)
def test_what_keeps_within_the_limits_is_kept(value: dict[str, Any]) -> None:
    """As it is, up to each limit."""
    assert check(value) is value
    assert replace(value) == value
    assert merge({}, value) == value


@pytest.mark.parametrize(
    ("value", "fault"), REFUSED, ids=map(str, range(len(REFUSED)))
)
def test_what_exceeds_a_limit_is_refused(
    value: object, fault: PrivateDataFault
) -> None:
    """With the reason, by whichever way it comes in."""
    for take in (check, replace, lambda new: merge({"a": 1}, new)):
        with pytest.raises(PrivateDataRefused) as refusal:
            take(value)

        assert refusal.value.fault is fault
        assert refusal.value.code is RefusalCode.MALFORMED
        assert str(refusal.value) == "malformed"


def test_small_patches_make_no_large_object() -> None:
    """The limits hold for what comes of it; what was there stays."""
    old = merge({}, sized(MOST_BYTES))
    patches: list[dict[str, Any]] = [{"b": 1}, {"b": {"c": {}}}]
    for new in patches:
        with pytest.raises(PrivateDataRefused) as refusal:
            merge(old, new)
        assert refusal.value.fault is PrivateDataFault.TOO_LARGE

    many = {str(n): n for n in range(MOST_ENTRIES)}
    with pytest.raises(PrivateDataRefused) as refusal:
        merge(many, {"one more": 1})
    assert refusal.value.fault is PrivateDataFault.TOO_MANY
    assert old == sized(MOST_BYTES)


@given(OBJECTS, OBJECTS)
def test_merging_changes_nothing_handed_in(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    """And doing it twice is doing it once."""
    before = copy.deepcopy((old, new))

    merged = merge(old, new)

    assert (old, new) == before
    assert merge(merged, new) == merged
    assert merge(old, {}) == old


@given(OBJECTS, OBJECTS)
def test_after_a_patch_its_members_are_as_it_says(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    """Gone if null, itself if plain; whatever it does not name stays."""
    merged = merge(old, new)

    for name, value in new.items():
        if value is None:
            assert name not in merged
        elif not isinstance(value, dict):
            assert merged[name] == value
    for name in old.keys() - new.keys():
        assert merged[name] == old[name]


@given(OBJECTS)
def test_what_is_kept_can_be_sent(value: dict[str, Any]) -> None:
    """Strict JSON of at most the size promised comes of it."""
    text = json.dumps(check(value), allow_nan=False)

    assert json.loads(text) == value
