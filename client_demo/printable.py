"""Makes what others typed harmless to a terminal.

A terminal obeys escape sequences whoever wrote them: text from the other side
could clear the screen, forge earlier lines, change the title or, in some
terminals, type an answer. And characters that turn the writing direction can
make a line read as what it is not. All of them are shown, never sent.
"""

from __future__ import annotations

import unicodedata

_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def printable(text: str, *, keep: str = "") -> str:
    """``text`` with control characters written out, as in ``\\x1b``.

    Args:
        text: Anything.
        keep: Control characters that are wanted, such as a line feed on a
            screen that lays out lines itself.
    """
    if text.isprintable():
        return text
    return "".join(
        character
        if character in keep or not _acts(character)
        else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def _acts(character: str) -> bool:
    return (
        unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}
        or character in _TURNING
    )
