"""The part of msgpack that we use; the package itself ships no types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

class UnpackException(Exception): ...  # noqa: N818 - msgpack's own name
class ExtraData(UnpackException, ValueError): ...
class OutOfData(UnpackException): ...
class FormatError(ValueError, UnpackException): ...
class StackError(ValueError, UnpackException): ...

def packb(
    o: Any,
    *,
    default: Callable[[Any], Any] | None = ...,
    use_bin_type: bool = ...,
    strict_types: bool = ...,
    use_single_float: bool = ...,
) -> bytes: ...
def unpackb(
    packed: bytes | bytearray | memoryview,
    *,
    use_list: bool = ...,
    raw: bool = ...,
    strict_map_key: bool = ...,
    max_str_len: int = ...,
    max_bin_len: int = ...,
    max_array_len: int = ...,
    max_map_len: int = ...,
    max_ext_len: int = ...,
    object_hook: Callable[[dict[str, Any]], Any] | None = ...,
    object_pairs_hook: Callable[[list[tuple[str, Any]]], Any] | None = ...,
) -> Any: ...
