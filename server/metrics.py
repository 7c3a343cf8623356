"""What the server counts about itself, for Prometheus; nothing about people.

Whoever counts keeps the child it counts with, and adds to a plain number: a
tenth of a microsecond, where the library's own counters take ten times that
for a lock that one event loop does not need. The library writes the format
(``exposition``), and is not even imported before somebody reads it.

Rules of this file
    1. A label is a word of the program (a code, a role, a reason): never a
       name, an id, an address or anything a person typed.
    2. One ``Metrics`` a server, made by ``app`` and handed down; no global.
    3. What can be asked for when metrics are read is a gauge, not counted.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from server.exposition import Exposition, Numbers

#: As what the answer is to be read.
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
#: Values of one label: far more than there are codes, far fewer than there
#: would be if somebody labelled by person.
MOST_LABELS = 64
OTHER = "other"

#: Upper bounds of buckets, in seconds and in changes.
_COMMITTING = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
_ERASING = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 60.0)
_LATENESS = (0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 60.0)

#: What a gauge is asked: one number, or one a label.
Source = Callable[[], float | Mapping[str, float]]


class Count:
    """A number that only grows.

    Attributes:
        value: The number.
    """

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value = 0

    def add(self, more: int = 1) -> None:
        """Count ``more``."""
        self.value += more


class Counts(dict[str, Count]):
    """One ``Count`` a label, made when it is first asked for.

    Args:
        label: What the labels say.
        known: Labels to show from the beginning, at zero.
    """

    def __init__(self, label: str, known: Iterable[str] = ()) -> None:
        super().__init__()
        self.label = label
        self.know(known)

    def know(self, labels: Iterable[str]) -> None:
        """Show ``labels`` from now on."""
        for label in labels:
            self.setdefault(str(label), Count())

    def __missing__(self, label: str) -> Count:
        # A new word must not break what is counted, nor fill the memory.
        key = str(label) if len(self) < MOST_LABELS else OTHER
        return self.setdefault(key, Count())


class Spread:
    """How values are spread over buckets.

    Args:
        bounds: The upper bounds of the buckets, ascending.
    """

    __slots__ = ("_bounds", "counts", "total")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self._bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def observe(self, value: float) -> None:
        """Count ``value`` in its bucket."""
        self.counts[bisect_left(self._bounds, value)] += 1
        self.total += value

    def buckets(self) -> list[tuple[str, float]]:
        """Each bound, and how many values are at or below it."""
        bounds = [*map(str, map(float, self._bounds)), "+Inf"]
        return list(zip(bounds, accumulate(self.counts), strict=True))


class Metrics:
    """Every number of one server."""

    def __init__(self) -> None:
        self.messages = Counts("author")
        self.refusals = Counts("code")
        self.begun = Count()
        self.ended = Counts("by")
        self.erased = Count()
        self.groups_failed = Count()
        self.checkpoint_failures = Count()
        self.handovers = Counts("outcome")
        self.transcripts = Counts("outcome", ("handed", "failed", "lost"))
        self.uploads = Counts("outcome")
        self.redactions = Counts("rule")
        self.sign_ins = Counts("outcome")
        self.tokens_refused = Count()
        self.closed = Counts("why")
        self.audit_lost = Count()
        self.group_size = Spread(_SIZES)
        self.commit_seconds = Spread(_COMMITTING)
        self.erasing_seconds = Spread(_ERASING)
        self.purge_lateness = Spread(_LATENESS)
        self._gauges: dict[str, tuple[str, str, Source]] = {}
        self._exposition: Exposition | None = None

    def watch(
        self, name: str, source: Source, *, says: str, label: str = ""
    ) -> None:
        """Ask ``source`` whenever metrics are read; not on the event loop.

        Args:
            name: Of the metric, after ``dayfly_``.
            source: Only looks, and does not mind which thread asks.
            says: What it is, for the reader.
            label: What its keys say, if it gives several numbers.
        """
        self._gauges[name] = (says, label, source)

    def text(self) -> bytes:
        """All of it, as Prometheus reads it; blocks for some milliseconds."""
        if self._exposition is None:
            from server.exposition import (  # noqa: PLC0415 - see the header
                Exposition,
            )

            self._exposition = Exposition(self._numbers)
        return self._exposition.text()

    def _numbers(self) -> Numbers:
        from server.exposition import Numbers  # noqa: PLC0415 - as above

        return Numbers(
            counters=(
                (name, says, *_value(counted))
                for name, says, counted in self._counted()
            ),
            spreads=(
                (name, says, spread.buckets(), spread.total)
                for name, says, spread in self._spread()
            ),
            gauges=(
                (name, says, label, _still(source()))
                for name, (says, label, source) in self._gauges.items()
            ),
        )

    def _counted(self) -> Iterator[tuple[str, str, Count | Counts]]:
        yield "messages", "Messages accepted, and on disk.", self.messages
        yield "refusals", "Frames refused.", self.refusals
        yield "conversations_begun", "Conversations begun.", self.begun
        yield "conversations_ended", "Conversations ended.", self.ended
        yield "conversations_erased", "Conversations erased.", self.erased
        yield (
            "groups_failed",
            "Commits that the disk refused.",
            self.groups_failed,
        )
        yield (
            "checkpoint_failures",
            "Times the write-ahead log could not be emptied.",
            self.checkpoint_failures,
        )
        yield "handovers", "Events offered to applications.", self.handovers
        yield (
            "transcripts",
            "Transcripts handed over at the end, or why not.",
            self.transcripts,
        )
        yield "uploads", "Files taken in, or why not.", self.uploads
        yield (
            "redactions",
            "Texts in which a rule hid something.",
            (self.redactions),
        )
        yield "sign_ins", "Agents who signed in, or tried.", self.sign_ins
        yield (
            "tokens_refused",
            "Tokens with private data that were refused.",
            self.tokens_refused,
        )
        yield "closed", "Sockets that we closed.", self.closed
        yield (
            "audit_lost",
            "Security events for which there was no room.",
            self.audit_lost,
        )

    def _spread(self) -> Iterator[tuple[str, str, Spread]]:
        yield "group_size", "Changes in one commit.", self.group_size
        yield "commit_seconds", "From group to disk.", self.commit_seconds
        yield "erasing_seconds", "From ended to gone.", self.erasing_seconds
        yield (
            "purge_lateness_seconds",
            "From the deadline to the end it causes.",
            self.purge_lateness,
        )


def _value(
    counted: Count | Counts,
) -> tuple[str, float | dict[str, float]]:
    """What its labels say, and its number or numbers."""
    if isinstance(counted, Count):
        return "", counted.value
    # A copy first: labels may be added by the loop meanwhile.
    still = dict(counted)
    return counted.label, {key: count.value for key, count in still.items()}


def _still(value: float | Mapping[str, float]) -> float | dict[str, float]:
    return dict(value) if isinstance(value, Mapping) else value
