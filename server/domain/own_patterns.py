"""An account's own patterns; the one file that knows RE2.

RE2 takes time in proportion to the text, whatever the pattern, and refuses
what cannot be searched so. Which of a hundred patterns hit is asked once, of
all together; only those that did are searched for their places.

google-re2 is built for glibc only: it is imported when there is a pattern.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any, Final

from server.domain.folding import Span
from server.domain.pattern_faults import explained
from server.errors import Misconfigured

#: Bytes for one pattern, and for all of an account together.
_MEMORY: Final = 64 * 1024
_MEMORY_TOGETHER: Final = 8 * 2**20
#: Instructions of one pattern and of all of an account. At the very worst
#: each costs 12 ns a character.
LARGEST: Final = 400
LARGEST_TOGETHER: Final = 20_000
#: Things one pattern hides in a text; with more, all from there on is hidden.
MOST_FOUND: Final = 500


class OwnPatterns:
    """Patterns, compiled.

    Args:
        patterns: Each in the syntax of RE2.

    Raises:
        Misconfigured: One is refused; ``args`` is what to tell its author.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        self._compiled: list[Any] = []
        self._set: Any = None
        self._nothing = [len(patterns)]
        if not patterns:
            return
        re2 = _re2()
        self._compiled = [_compiled(re2, one) for one in patterns]
        size = sum(one.programsize for one in self._compiled)
        if size > LARGEST_TOGETHER:
            raise Misconfigured("the patterns of the account are too large")
        self._set = re2.Set.SearchSet(_options(re2, _MEMORY_TOGETHER))
        for pattern in patterns:
            self._set.Add(pattern)
        # Found in every text: if the set gives up for want of memory, it says
        # so only by finding nothing.
        self._set.Add("")
        self._set.Compile()

    def __len__(self) -> int:
        return len(self._compiled)

    def hit(self, text: str) -> Sequence[int]:
        """Which of the patterns ``text`` may contain."""
        if self._set is None:
            return ()
        found: list[int] = self._set.Match(text)
        if found == self._nothing:
            return ()
        count = len(self._compiled)
        if count not in found:
            return range(count)
        return sorted(one for one in found if one != count)

    def places(self, index: int, text: str) -> Iterator[Span]:
        """Where pattern ``index`` stands in ``text``."""
        for count, one in enumerate(self._compiled[index].finditer(text)):
            start, end = one.span()
            if count == MOST_FOUND:
                yield start, len(text)
                return
            if start < end:
                yield start, end


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


def _compiled(re2: ModuleType, pattern: str) -> Any:
    try:
        compiled = re2.compile(pattern, _options(re2, _MEMORY))
    except re2.error as error:
        raise Misconfigured(explained(pattern, error.args[0])) from None
    except UnicodeEncodeError:
        raise Misconfigured("a pattern must be Unicode text") from None
    if compiled.programsize > LARGEST:
        raise Misconfigured("it is too large: try ranges such as [a-z]")
    if compiled.search("") is not None:
        raise Misconfigured("it is found where there is nothing")
    return compiled
