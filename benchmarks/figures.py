"""Arithmetic on what was measured, and the two ways it is shown.

A result is a flat mapping from a name that carries its unit to a number or a
word; docs/performance.md explains the names.
"""

from __future__ import annotations

import json
import math
import os
import platform
from collections.abc import Iterable, Mapping, Sequence

Figure = int | float | str | None
Result = Mapping[str, Figure]

#: Digits after the point; more would be the machine's noise.
DIGITS = 4
#: Counts of broken promises.
MUST_BE_ZERO = frozenset(
    {
        "doubled",
        "early",
        "found",
        "gaps",
        "kept",
        "left",
        "lost",
        "never_due",
        "unanswered",
    }
)


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest of ``values`` that ``percent`` of them do not exceed.

    The nearest-rank method: always one of the values, never a mean of two,
    so that a p99 was really somebody's wait. 0.0 if there are no values.
    """
    if not values:
        return 0.0
    rank = math.ceil(percent / 100 * len(values))
    return sorted(values)[max(rank, 1) - 1]


def median(values: Sequence[float]) -> float:
    """The middle one, or the lower of the two middle ones."""
    return percentile(values, 50)


def median_of(runs: Sequence[Result]) -> dict[str, Figure]:
    """The median of each figure over ``runs``; of words, the first.

    Figures that must be 0 (lost, found, early) have no median: of those the
    worst is shown, for one run in three is enough to break a promise.
    """
    first = dict(runs[0])
    for name, value in first.items():
        if isinstance(value, int | float):
            values = [float(run[name] or 0) for run in runs]
            shown = max(values) if name in MUST_BE_ZERO else median(values)
            first[name] = int(shown) if isinstance(value, int) else shown
    return first


def ratio(part: float, whole: float) -> float:
    """``part / whole``; 0.0 where nothing was measured."""
    return part / whole if whole else 0.0


def missing(numbers: Iterable[int], *, up_to: int) -> int:
    """How many of 1, 2, ... ``up_to`` are not among ``numbers``."""
    return up_to - len(set(numbers) & set(range(1, up_to + 1)))


def doubled(numbers: Iterable[int | str]) -> int:
    """How many of ``numbers`` came before."""
    listed = list(numbers)
    return len(listed) - len(set(listed))


def machine() -> dict[str, Figure]:
    """What the figures were measured on, as far as it may be told."""
    return {
        "python": platform.python_version(),
        "cores": os.cpu_count() or 0,
        "system": platform.system(),
    }


def rounded(result: Result) -> dict[str, Figure]:
    """``result`` without digits that mean nothing."""
    return {
        name: round(value, DIGITS) if isinstance(value, float) else value
        for name, value in result.items()
    }


def as_json(result: Result) -> str:
    """``result`` as one line."""
    return json.dumps(rounded(result))


def as_table(result: Result) -> str:
    """``result`` as lines of a name and a figure, for people."""
    width = max((len(name) for name in result), default=0)
    return "\n".join(
        f"{name:<{width}}  {'-' if value is None else value}"
        for name, value in rounded(result).items()
    )
