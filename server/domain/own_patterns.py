"""An account's own patterns; the one file that knows RE2.

RE2 takes time in proportion to text and pattern, and refuses what cannot be
searched so. It does not bound what two hundred patterns take that find, each
of them, something at every place. That is done here.

Rules of this file
    1. A pattern that begins with words is looked for only where these stand;
       which of two hundred do is asked once, of all together.
    2. Patterns that begin with anything are looked for in every text, so there
       is room for a few only.
    3. What looking for them in one text may take is counted in steps, an
       instruction at a character. Time would do as well, and would depend on
       what else the machine does: the same text must come out the same.

google-re2 is built for glibc only: it is imported when there is a pattern.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from types import ModuleType
from typing import Any, Final

from server.domain.folding import Span
from server.domain.pattern_faults import explained
from server.errors import Misconfigured

#: Bytes for one pattern, and for the words with which all begin.
_MEMORY: Final = 64 * 1024
_MEMORY_TOGETHER: Final = 8 * 2**20
#: Instructions of one pattern; of all of an account that begin with anything.
#: At the very worst each costs 6 ns a character.
LARGEST: Final = 240
LARGEST_TOGETHER: Final = 160
#: Steps that one text may cost.
MOST_STEPS: Final = 3_000_000
#: What finding something costs besides the search: it is kept, sorted, hidden.
_FINDING: Final = 1_500
#: Things one pattern hides in a text; with more, all from there on is hidden.
MOST_FOUND: Final = 500

#: Characters of the words that are looked for: they are to tell texts apart.
_LONGEST_WORDS: Final = 8
_SHORTEST_WORDS: Final = 2
_ANY_CASE: Final = "(?i)"
#: What is no operator, whatever stands in it.
_NO_OPERATORS = re.compile(
    r"\\.|\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]", re.DOTALL
)
_NO_END = re.compile(r"[*+]|\{\d*,\}")


class TooLargeTogether(Misconfigured):
    """There is no room for all patterns that begin with anything.

    Attributes:
        index: The largest of them.
    """

    def __init__(self, index: int) -> None:
        super().__init__(
            "the patterns that begin with anything are too large together, this"
            " one most of all: have it begin with two characters or more that"
            " are always the same"
        )
        self.index = index


class TooManySteps(Exception):
    """A text costs more than it may; what a rule would find is not known."""


class Effort:
    """What may still be spent on one text."""

    __slots__ = ("_left",)

    def __init__(self, steps: int = MOST_STEPS) -> None:
        self._left = steps

    def check(self, steps: int) -> None:
        """Raise ``TooManySteps`` if so many more would be too many."""
        if steps > self._left:
            raise TooManySteps

    def spend(self, steps: int) -> None:
        """Count ``steps``, which have been made."""
        self._left -= steps


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A pattern, compiled.

    Attributes:
        compiled: By RE2.
        words: A pattern for the words with which all begins that it finds;
            None if there are none.
        size: How many instructions it has.
        reach: How many characters it looks at, at most, to find something;
            None if there is no such number.
    """

    compiled: Any = field(repr=False)
    words: str | None = field(repr=False)
    size: int
    reach: int | None


class OwnPatterns:
    """Patterns, compiled.

    Args:
        patterns: Each in the syntax of RE2.

    Raises:
        Misconfigured: One is refused; ``args`` is what to tell its author.
        TooLargeTogether: Likewise, and which one.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns: list[_Pattern] = []
        self._set: Any = None
        self._worded: list[int] = []
        self._anywhere: list[int] = []
        if not patterns:
            return
        re2 = _re2()
        self._patterns = [_compiled(re2, one) for one in patterns]
        self._anywhere = [
            index
            for index, one in enumerate(self._patterns)
            if one.words is None
        ]
        size = sum(self._patterns[one].size for one in self._anywhere)
        if size > LARGEST_TOGETHER:
            largest = max(
                self._anywhere, key=lambda one: self._patterns[one].size
            )
            raise TooLargeTogether(largest)
        self._set_up(re2)

    def _set_up(self, re2: ModuleType) -> None:
        self._worded = [
            index
            for index, one in enumerate(self._patterns)
            if one.words is not None
        ]
        self._set = re2.Set.SearchSet(_options(re2, _MEMORY_TOGETHER))
        for index in self._worded:
            self._set.Add(self._patterns[index].words)
        # Found in every text: if the set gives up for want of memory, it says
        # so only by finding nothing.
        self._set.Add("")
        self._set.Compile()

    def __len__(self) -> int:
        return len(self._patterns)

    def may_be_in(self, text: str) -> bool:
        """Whether it is worth looking for their places in ``text``."""
        if self._worded and self._begun_in(text):
            return True
        for one in self._anywhere:
            if self._patterns[one].compiled.search(text) is not None:
                return True
        return False

    def worth_looking_for(self, text: str) -> Sequence[int]:
        """Which of the patterns ``text`` may contain."""
        begun = self._begun_in(text) if self._worded else ()
        return sorted([*begun, *self._anywhere])

    def _begun_in(self, text: str) -> list[int]:
        found: list[int] = self._set.Match(text)
        last = len(self._worded)
        if last not in found:
            return self._worded
        return [self._worded[one] for one in found if one != last]

    def places(self, index: int, text: str, effort: Effort) -> Iterator[Span]:
        """Where pattern ``index`` stands in ``text``.

        Raises:
            TooManySteps: What may be spent is.
        """
        one = self._patterns[index]
        length = len(text)
        effort.check(one.size * length)
        at = 0
        for count, hit in enumerate(one.compiled.finditer(text)):
            start, end = hit.span()
            seen = length if one.reach is None else end + one.reach
            effort.spend(one.size * (min(seen, length) - at) + _FINDING)
            at = end
            effort.check(one.size * (length - at))
            if count == MOST_FOUND:
                yield start, length
                return
            if start < end:
                yield start, end
        effort.spend(one.size * (length - at))


def check_pattern(pattern: str) -> None:
    """Raise ``Misconfigured``, with what is wrong, for a refused pattern."""
    _compiled(_re2(), pattern)


def _re2() -> ModuleType:
    try:
        import re2  # noqa: PLC0415 - there is none for every system
    except ImportError:
        raise Misconfigured(
            "own patterns need google-re2, which is not installed"
        ) from None
    return re2


def _options(re2: ModuleType, memory: int) -> Any:
    options = re2.Options()
    options.log_errors = False  # it would print the pattern
    options.never_capture = True
    options.max_mem = memory
    return options


def _compiled(re2: ModuleType, pattern: str) -> _Pattern:
    try:
        compiled = re2.compile(pattern, _options(re2, _MEMORY))
    except re2.error as error:
        raise Misconfigured(explained(pattern, error.args[0])) from None
    except UnicodeEncodeError:
        raise Misconfigured("a pattern must be Unicode text") from None
    size = compiled.programsize
    if size > LARGEST:
        raise Misconfigured("it is too large: try ranges such as [a-z]")
    if compiled.search("") is not None:
        raise Misconfigured("it is found where there is nothing")
    words = _words_of(re2, pattern)
    if words is None and size > LARGEST_TOGETHER:
        raise Misconfigured(
            "it is too large for one that begins with anything: have it begin"
            " with two characters or more that are always the same"
        )
    # Without repetition each instruction is passed once at most.
    reach = None if _may_be_endless(pattern) else size
    return _Pattern(compiled, words, size, reach)


def _may_be_endless(pattern: str) -> bool:
    # What is quoted may look like anything.
    plain = _NO_OPERATORS.sub("", pattern)
    return "\\Q" in pattern or _NO_END.search(plain) is not None


def _are_equal(pair: tuple[int, int]) -> bool:
    return pair[0] == pair[1]


def _unbounded(sign: re.Match[str]) -> str:
    return "(?:)" if sign[0] in {r"\b", r"\B"} else sign[0]


def _words_of(re2: ModuleType, pattern: str) -> str | None:
    """A pattern for the words with which begins all that ``pattern`` finds."""
    if "\\Q" in pattern:
        return None
    flag = _ANY_CASE if pattern.startswith(_ANY_CASE) else ""
    # Bounds of words depend on what stands before; without them more is found.
    loose = _NO_OPERATORS.sub(_unbounded, pattern[len(flag) :])
    try:
        plain = re2.compile(loose, _options(re2, _MEMORY_TOGETHER))
        # All it finds is between the two, so what they share it begins with.
        least, most = plain.possiblematchrange(_LONGEST_WORDS)
    except re2.error:
        return None
    pairs = zip(least, most, strict=False)
    shared = bytes(one for one, other in takewhile(_are_equal, pairs))
    words = shared.decode(errors="ignore")
    if len(words) < _SHORTEST_WORDS:
        return None
    return flag + str(re2.escape(words))
