"""Stretches of a text that rules have found, and which of them decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter

from server.domain.folding import Span

#: Stands in for what was found while others look on; nobody looks for it.
_SEEN = "\u25a0"


@dataclass(frozen=True, slots=True)
class Found:
    """Something to hide; of two that overlap the smaller one decides."""

    start: int
    end: int
    rank: int
    order: tuple[int, int, int, int]


def without(text: str, spans: Iterable[Span]) -> str:
    """``text`` with what rules of a higher priority have found made blank.

    So no later rule takes a part of it for something else.
    """
    for start, end in spans:
        text = text[:start] + _SEEN * (end - start) + text[end:]
    return text


def together(found: Iterable[Found]) -> Iterator[tuple[int, int, Found]]:
    """What overlaps, as one stretch each, and which of it decides."""
    by_place = sorted(found, key=lambda one: (one.start, one.end))
    best = by_place[0]
    start, end = best.start, best.end
    for one in by_place[1:]:
        if one.start < end:
            end = max(end, one.end)
            best = min(best, one, key=attrgetter("order"))
        else:
            yield start, end, best
            start, end, best = one.start, one.end, one
    yield start, end, best
