"""A form: something written down, in one way for every place it comes from.

What all forms share, and the words that several of them use.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

ID = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}\Z")]
TITLE = Annotated[str, Meta(min_length=1, max_length=80)]
LANGUAGE = Annotated[
    str, Meta(pattern=r"^[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}\Z", max_length=35)
]
TEXT = Annotated[str, Meta(max_length=1_000)]


class Form(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something written down; ``repr`` shows the kind and no more."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"
