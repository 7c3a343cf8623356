"""Why RE2 refuses a pattern, in words and with the place.

What is shown of the pattern is at most the construct that is refused: the
rest may hold what the rule is there to hide.
"""

from __future__ import annotations

import re

#: RE2's words, what they mean to a person, and whether the rest of what it
#: says is a construct that may be shown.
_MEANINGS = {
    "invalid perl operator": "RE2 has no such group",
    "invalid escape sequence": "RE2 has no such escape",
    "invalid repetition size": "at most 1000 repetitions, also when nested",
    "bad repetition operator": "one repetition after another",
    "no argument for repetition operator": "there is nothing to repeat",
    "invalid character class range": "no such range of characters",
    "invalid named capture group": "a group with a wrong name",
    "missing )": "a ( is not closed",
    "unexpected )": "a ) closes nothing",
    "missing ]": "a [ is not closed",
    "trailing \\": "it ends within an escape",
    "pattern too large": "it is too large",
}
_GROUPS = {
    "(?=": "looking ahead",
    "(?!": "looking ahead",
    "(?<=": "looking behind",
    "(?<!": "looking behind",
    "(?>": "a group without backtracking",
    "(?#": "a comment",
}
_LONGEST_SHOWN = 12
_BRACKETS = re.compile(
    r"\\.|\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]|[()\[]", re.DOTALL
)


def explained(pattern: str, said: bytes) -> str:
    """What RE2 said of ``pattern``, in words, with at most the construct."""
    words, _, construct = said.decode(errors="replace").partition(": ")
    meaning = next(
        (
            known
            for start, known in _MEANINGS.items()
            if words.startswith(start)
        ),
        "it is not understood",
    )
    if words.startswith(("missing", "unexpected")):
        # RE2 shows the whole pattern then, and not where.
        return f"{meaning}, at character {_unbalanced(pattern) + 1}"
    at = pattern.find(construct) if construct else -1
    if at < 0:
        return meaning
    shown = construct[:_LONGEST_SHOWN]
    name = f" ({_GROUPS[shown]})" if shown in _GROUPS else ""
    return f"{meaning}: {shown}{name}, at character {at + 1}"


def _unbalanced(pattern: str) -> int:
    """Where the bracket stands that has no other."""
    opened: list[int] = []
    for one in _BRACKETS.finditer(pattern):
        if one[0] == "[" or (one[0] == ")" and not opened):
            return one.start()
        if one[0] == "(":
            opened.append(one.start())
        elif one[0] == ")":
            opened.pop()
    return opened[-1] if opened else max(len(pattern) - 1, 0)
