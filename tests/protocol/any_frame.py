"""Any frame there is, and anything that looks like one, for hypothesis.

Read off the frames' own definitions, so that a new frame is tested without a
word here.
"""

from __future__ import annotations

import string
from collections.abc import Callable
from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

from server.protocol.client_frames import CLIENT_FRAMES, ClientFrame
from server.protocol.parts import Role
from server.protocol.server_frames import SERVER_FRAMES, ServerFrame

ALL_CLIENT_FRAMES = sorted(
    {frame for frames in CLIENT_FRAMES.values() for frame in frames.values()},
    key=lambda frame: frame.__name__,
)

#: What JSON and MessagePack have in common.
plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: (
        st.lists(inner, max_size=8)
        | st.dictionaries(st.text(max_size=8), inner, max_size=8)
    ),
    max_leaves=20,
)

_WORDS = [
    *(frame.__struct_config__.tag for frame in ALL_CLIENT_FRAMES),
    *(name for frame in ALL_CLIENT_FRAMES for name in frame.__struct_fields__),
]

#: Maps as a program with a mistake sends them: right names, any values.
nearly = st.dictionaries(
    st.sampled_from(sorted({"type", *map(str, _WORDS)})) | st.text(max_size=4),
    plain | st.sampled_from(sorted(map(str, _WORDS))),
    max_size=8,
).flatmap(
    lambda fields: st.sampled_from(
        [fields, *({**fields, "type": word} for word in map(str, _WORDS))]
    )
)


def _text(info: inspect.StrType) -> st.SearchStrategy[str]:
    if info.pattern:
        return st.from_regex(info.pattern, fullmatch=True)
    least, most = info.min_length or 0, info.max_length
    if least == most:
        return st.text(string.ascii_letters, min_size=least, max_size=most)
    return st.text(min_size=least, max_size=min(most or 30, 30))


def _number(info: inspect.IntType) -> st.SearchStrategy[int]:
    return st.integers(info.ge or 0, 2**53 if info.le is None else info.le)


def _tuple(info: inspect.VarTupleType) -> st.SearchStrategy[Any]:
    return st.lists(
        _value(info.item_type),
        min_size=info.min_length or 0,
        max_size=min(info.max_length or 3, 3),
    ).map(tuple)


def _map(info: inspect.DictType) -> st.SearchStrategy[Any]:
    key, value = _value(info.key_type), _value(info.value_type)
    return st.dictionaries(key, value, max_size=3)


def _value(info: inspect.Type) -> st.SearchStrategy[Any]:
    return _MADE[type(info)](info)


def _struct(info: inspect.StructType) -> st.SearchStrategy[Any]:
    fields = {field.name: _value(field.type) for field in info.fields}
    return st.builds(info.cls, **fields)


_MADE: dict[type[inspect.Type], Callable[[Any], st.SearchStrategy[Any]]] = {
    inspect.AnyType: lambda _: plain,
    inspect.BoolType: lambda _: st.booleans(),
    inspect.DictType: _map,
    inspect.IntType: _number,
    inspect.NoneType: lambda _: st.none(),
    inspect.StrType: _text,
    inspect.StructType: _struct,
    inspect.UnionType: lambda info: st.one_of(*map(_value, info.types)),
    inspect.VarTupleType: _tuple,
}


def any_of(kind: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    """Any value of that frame's type."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    return _struct(info)


_BY_ROLE: dict[Role, st.SearchStrategy[ClientFrame]] = {
    role: st.one_of(*map(any_of, frames.values()))
    for role, frames in CLIENT_FRAMES.items()
}

#: Any frame that a client may send, and who may.
client_frames: st.SearchStrategy[tuple[Role, ClientFrame]] = st.sampled_from(
    Role
).flatmap(lambda role: st.tuples(st.just(role), _BY_ROLE[role]))

server_frames: st.SearchStrategy[ServerFrame] = st.one_of(
    *map(any_of, SERVER_FRAMES)
)
