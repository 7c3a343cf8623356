"""What a customer is told before or with the first message, per language.

The acknowledgement says that the conversation is kept, for how long, and who
reads it; the terms, where there are any, are agreed to by a tick, and the
version that was agreed to is recorded with the conversation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One wording of it.

    Attributes:
        language: A BCP 47 tag, lower case (``en``, ``pt-br``).
        version: Names the wording; what is recorded.
        text: The acknowledgement; empty: there are only terms.
        terms: What the tick box says; None: there is none.
        terms_url: Where the terms can be read (https).
        terms_required: Whether nothing can be said without the tick.
    """

    language: str
    version: str
    text: str = ""
    terms: str | None = None
    terms_url: str | None = None
    terms_required: bool = False


def notice_for(
    notices: Sequence[Notice], language: str | None
) -> Notice | None:
    """The wording for somebody who reads ``language``.

    Exactly that one, else one of the same tongue (``pt`` for ``pt-br``), else
    the first: a wording in another language is better than none.
    """
    wanted = (language or "").casefold().replace("_", "-")
    tongue = wanted.partition("-")[0]
    for one in notices:
        if one.language == wanted:
            return one
    for one in notices:
        if one.language.partition("-")[0] == tongue:
            return one
    return notices[0] if notices else None


def terms_are_required(notices: Sequence[Notice]) -> bool:
    """Whether nothing can be said without agreeing to some wording."""
    return any(one.terms_required for one in notices)


def has_terms(notices: Sequence[Notice], version: str) -> bool:
    """Whether ``version`` names terms that can be agreed to now.

    Of any language: who has changed the page's language between reading and
    writing has agreed all the same. What was in force before has not.
    """
    return any(
        one.version == version and one.terms is not None for one in notices
    )
