"""Tests of server/vault/canonical_json.py."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.vault.canonical_json import DEEPEST, MOST, canonical

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-MOST, MOST) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("abAB _", max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


def nested(depth: int) -> object:
    """A list in a list in a list ..."""
    found: object = 1
    for _ in range(depth):
        found = [found]
    return found


def test_names_are_sorted_and_nothing_is_between() -> None:
    """Letters stand as they are; only what JSON demands is escaped."""
    document = {"b": [1, True, None], "a": 'z\u00fc"\n\x01', "B": {}}

    assert canonical(document) == (
        b'{"B":{},"a":"z\xc3\xbc\\"\\n\\u0001","b":[1,true,null]}'
    )


@given(plain)
def test_what_is_written_can_be_read_and_written_again(
    document: object,
) -> None:
    """And is the same both times."""

    written = canonical(document)

    assert json.loads(written) == document
    assert canonical(json.loads(written)) == written


@pytest.mark.parametrize(
    "document",
    [
        1.0,
        float("nan"),
        MOST + 1,
        -MOST - 1,
        "\ud800",
        b"bytes",
        {1: 2},
        {"\u00fc": 1},
        {"a": {"b": [1.5]}},
        [[], {"c": ()}],
        nested(DEEPEST + 1),
    ],
)
def test_what_reads_differently_elsewhere_is_refused(document: object) -> None:
    """At any depth; and the error quotes nothing."""
    with pytest.raises(ValueError, match=r"^no two programs"):
        canonical(document)


def test_the_limits_themselves_are_fine() -> None:
    """The deepest nesting, and the greatest number."""
    assert canonical(nested(DEEPEST)) == b"[" * 8 + b"1" + b"]" * 8
    assert canonical(MOST) == b"9007199254740991"
