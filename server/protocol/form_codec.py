"""Forms to JSON and back, for the API: strict, bounded, without secrets.

As in ``codec``: what is refused is named by its place, never repeated, and
``from None`` throughout, because the chained error holds the whole input.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, TypeVar

import msgspec

from server.errors import Invalid, InvalidCode
from server.protocol.forms import SECRETS, Form

T = TypeVar("T")

#: How deep a body may nest; the deepest form has five levels.
DEEPEST = 16
#: Values in a body, all levels together. The largest form has 8,000 words.
MOST_VALUES = 16_384

# Places as msgspec prints them: names of our own fields, and numbers.
_PATH = re.compile(r"at `(\$[A-Za-z_.\[\]0-9]{0,80})`")
_MISSING = re.compile(r"^Object missing required field `([A-Za-z_]{1,40})`")
# What it prints of a type is ours. Enumerations it tells by quoting the value,
# in other words than these.
_EXPECTED = re.compile(r"^(Expected `[^`]+`[^`]*?)(, got .*)?( - at .*)?$")
# msgspec's patterns are Python's; those of JSON Schema end in another way.
_END = r"\Z"


class NotJson(Invalid):
    """The body is no JSON at all, or not one that has one meaning."""

    def __init__(self) -> None:
        super().__init__("$", InvalidCode.MALFORMED, "JSON in UTF-8")


def decoded(data: bytes, kind: type[T]) -> T:
    """The ``kind`` that the JSON ``data`` is.

    Raises:
        NotJson: It is no JSON, says a name twice, or is too large.
        Invalid: It is no such thing; says where.
    """
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_each_name_once,
            parse_constant=_refused,
        )
        _measure(value)
    except (ValueError, RecursionError):
        raise NotJson from None
    found: T = _converted(value, kind, root="$", strict=True)
    return found


def parameter(text: str, kind: Any, name: str) -> Any:
    """The ``kind`` that a parameter of an address is.

    Args:
        text: As it stands in the address, decoded.
        kind: A type as in forms.
        name: What the parameter is called; ours.

    Raises:
        Invalid: It is no such thing; the path is ``?name``.
    """
    try:
        _measure(text)
    except ValueError:
        raise Invalid(
            f"?{name}", InvalidCode.MALFORMED, "text in UTF-8"
        ) from None
    return _converted(text, kind, root=f"?{name}", strict=False)


def encoded(value: object) -> bytes:
    """``value``, made of forms, plain maps, lists, text and numbers."""
    return msgspec.json.encode(value)


class Shown(msgspec.Struct, kw_only=True):
    """What the API says of everything that is kept, besides its form."""

    revision: int
    declared: bool
    created_at: float
    changed_at: float

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


@cache
def shown_type(form: type[Form]) -> type[Shown]:
    """What is given of a ``form``: without its secrets, with its history."""
    hidden = SECRETS.get(form, ())
    fields = [
        (field.name, field.type)
        for field in msgspec.structs.fields(form)
        if field.name not in hidden
    ]
    shown: Any = msgspec.defstruct(
        form.__name__.removesuffix("Form"),
        fields,
        bases=(Shown,),
        kw_only=True,
        # Otherwise the class would claim to be from another file.
        module=__name__,
    )
    shown.__doc__ = form.__doc__
    kind: type[Shown] = shown
    return kind


def shown(form: Form, **history: Any) -> Shown:
    """``form`` without its secrets, and with ``history`` (see ``Shown``)."""
    kind = shown_type(type(form))
    hidden = SECRETS.get(type(form), ())
    fields = {
        name: getattr(form, name)
        for name in form.__struct_fields__
        if name not in hidden
    }
    return kind(**fields, **history)


def schemas(kinds: Sequence[Any]) -> tuple[list[Any], dict[str, Any]]:
    """The JSON schemas of ``kinds``, and of the named ones in them."""
    found, named = msgspec.json.schema_components(
        kinds, ref_template="#/components/schemas/{name}"
    )
    return [_portable(one) for one in found], _portable(named)


def _portable(schema: Any) -> Any:
    match schema:
        case dict():
            return {
                name: value.replace(_END, "$")
                if name == "pattern" and isinstance(value, str)
                else _portable(value)
                for name, value in schema.items()
            }
        case list() | tuple():
            return [_portable(one) for one in schema]
        case _:
            return schema


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _refused(_: str) -> None:
    """NaN and its like are no JSON."""
    raise ValueError


def _measure(value: object) -> None:
    """See that ``value`` is small, and has only text that can be written.

    Raises:
        ValueError: It is not.
    """
    level: list[object] = [value]
    values = 0
    for _ in range(DEEPEST):
        values += len(level)
        if values > MOST_VALUES:
            raise ValueError
        level = [inner for one in level for inner in _inside(one)]
        if not level:
            return
    raise ValueError


def _inside(value: object) -> Iterator[object]:
    match value:
        case str():
            value.encode()  # half of a pair of surrogates cannot be
            if "\0" in value:
                raise ValueError
        case list():
            yield from value
        case dict():
            yield from value
            yield from value.values()
        case _:  # a number, or nothing
            pass


def _converted(value: object, kind: Any, *, root: str, strict: bool) -> Any:
    try:
        return msgspec.convert(value, kind, strict=strict)
    except msgspec.ValidationError as error:
        text = str(error)
    found = _PATH.search(text)
    path = root + (found.group(1)[1:] if found else "")
    missing = _MISSING.match(text)
    if missing is not None:
        path = f"{path}.{missing.group(1)}"
        raise Invalid(path, InvalidCode.MISSING, "a value is needed")
    expected = _EXPECTED.match(text)
    # The pattern is printed as Python writes it down.
    hint = expected.group(1).replace(r"\\Z", "$") if expected else ""
    if text.startswith("Object contains unknown field"):
        hint = "a field that is not known here"
    raise Invalid(path, InvalidCode.MALFORMED, hint or "another value")
