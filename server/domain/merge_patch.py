"""JSON merge patch (RFC 7396), for two objects.

Members named in the new one replace those of the old one, null takes one
away, and objects are merged member by member. A list is replaced whole.
How deep objects lie in each other is for the caller to limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

JsonObject = dict[str, Any]


def merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> JsonObject:
    """What becomes of ``old``; neither of the two is changed."""
    result = dict(old)
    for name, value in new.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict):
            before = result.get(name)
            # Also into nothing: nulls within a new object are not kept.
            result[name] = merged(
                before if isinstance(before, dict) else {}, value
            )
        else:
            result[name] = value
    return result
