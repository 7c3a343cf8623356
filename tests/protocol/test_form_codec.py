"""Bodies of the API: strict, bounded, named by place, without secrets."""

from __future__ import annotations

import json
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from server.errors import Invalid, InvalidCode
from server.protocol.form_codec import (
    DEEPEST,
    MOST_VALUES,
    NotJson,
    decoded,
    encoded,
    parameter,
    schemas,
    shown,
    shown_type,
)
from server.protocol.forms import (
    SECRETS,
    AccountForm,
    ChannelForm,
    Form,
    QueueForm,
)

HISTORY: dict[str, Any] = {
    "revision": 2,
    "declared": False,
    "created_at": 1.0,
    "changed_at": 2.0,
}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"id":"a","id":"a","name":"A"}',
        b'{"id":"a","name":"\\ud800"}',
        b'{"id":"a","name":"\\u0000"}',
        b'{"id":"a","name":NaN}',
        b'{"id":"a","name":-Infinity}',
        b"9" * 5_000,
        b"[" * 10_000,
        b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1),
        b"[" + b"0," * MOST_VALUES + b"0]",
    ],
)
def test_what_has_no_one_meaning_is_no_json(data: bytes) -> None:
    """Not even valid text that says something twice, or is endless."""
    with pytest.raises(NotJson) as caught:
        decoded(data, AccountForm)

    assert caught.value.path == "$"
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("fields", "path", "code", "hint"),
    [
        ({"id": "a"}, "$.name", InvalidCode.MISSING, "a value is needed"),
        ({"id": 1, "name": "A"}, "$.id", None, "Expected `str`"),
        ([], "$", None, "Expected `object`"),
        (
            {"id": "a", "name": "A", "c4n4ry": 1},
            "$",
            None,
            "a field that is not known here",
        ),
        (
            {"id": "C4N4RY", "name": "A"},
            "$.id",
            None,
            "Expected `str` matching regex '^[a-z0-9][a-z0-9-]{0,39}$'",
        ),
        (
            {"id": "a", "name": "A", "context": ["tags", "c4n4ry"]},
            "$.context[1]",
            None,
            (
                "Expected `str` matching regex"
                " '^(address|place|device|page|language|tags)$'"
            ),
        ),
        (
            {"id": "a", "name": "A", "consent": {"keywords": [{}]}},
            "$.consent.keywords[0].language",
            InvalidCode.MISSING,
            "a value is needed",
        ),
    ],
)
def test_a_fault_is_named_by_its_place(
    fields: Any, path: str, code: InvalidCode | None, hint: str
) -> None:
    """The hint says what would be right; the value stays away."""
    with pytest.raises(Invalid) as caught:
        decoded(json.dumps(fields).encode(), ChannelForm)

    error = caught.value
    assert (error.path, error.hint) == (path, hint)
    assert error.code is (code or InvalidCode.MALFORMED)
    assert "4n4ry" not in f"{error!r} {error} {error.hint}".lower()
    assert error.__cause__ is None


def test_what_msgspec_says_in_other_words_has_a_hint_of_ours() -> None:
    """Some of its texts quote the value."""
    with pytest.raises(Invalid) as caught:
        parameter("c4n4ry", bool, "deep")

    assert caught.value.path == "?deep"
    assert "c4n4ry" not in caught.value.hint


def test_parameters_are_text_that_means_something() -> None:
    """Numbers within their bounds, and text that can be written."""
    limit = Annotated[int, Meta(ge=1, le=200)]

    assert parameter("7", limit, "limit") == 7
    for text in ("0", "201", "x", "7.5", ""):
        with pytest.raises(Invalid) as caught:
            parameter(text, limit, "limit")
        assert caught.value.path == "?limit"
    for text in ("\ud800", "a\0b"):
        with pytest.raises(Invalid):
            parameter(text, str, "after")


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_whatever_comes_is_taken_or_refused(data: bytes) -> None:
    """Never anything else."""
    try:
        form = decoded(data, AccountForm)
    except Invalid:
        return
    assert isinstance(form, AccountForm)


def test_what_goes_out_comes_in_again() -> None:
    """A form written down is the same form."""
    form = QueueForm(id="sales", name="Sales", agents=("maria",))

    assert decoded(encoded(form), QueueForm) == form


@pytest.mark.parametrize("form", SECRETS)
def test_secrets_are_not_shown(form: type[Form]) -> None:
    """The type that is given has no place for them."""
    given_fields = set(shown_type(form).__struct_fields__)

    assert given_fields.isdisjoint(SECRETS[form])
    assert given_fields >= set(HISTORY)
    assert given_fields - set(HISTORY) == set(form.__struct_fields__) - set(
        SECRETS[form]
    )


def test_what_is_shown_has_its_history_and_a_silent_repr() -> None:
    """``repr`` gets into logs."""
    form = ChannelForm(id="shop", name="C4n4ry", secret="s3cr3t")

    told = shown(form, **HISTORY)

    assert json.loads(encoded(told))["revision"] == 2
    assert b"s3cr3t" not in encoded(told)
    assert repr(told) == "<Channel>"


def test_schemas_are_those_of_json_schema() -> None:
    """Python's end of a text is no pattern that others understand."""
    found, named = schemas([ChannelForm, list[AccountForm], int])

    assert found[0] == {"$ref": "#/components/schemas/ChannelForm"}
    assert set(named) >= {"ChannelForm", "AccountForm", "NoticeForm"}
    assert named["AccountForm"]["properties"]["id"]["pattern"] == (
        "^[a-z0-9][a-z0-9-]{0,39}$"
    )
    assert "\\\\Z" not in json.dumps([found, named])
