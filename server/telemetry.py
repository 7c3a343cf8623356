"""What metrics show beside what is counted: gauges over the running parts.

Each is asked when somebody reads, in a thread: a source only looks at a
number or a length.
"""

from __future__ import annotations

from server import __version__
from server.data_folder import Opened
from server.domain.conversation import EndedBy
from server.domain.message import Author
from server.errors import RefusalCode
from server.front import Front
from server.metrics import Metrics
from server.parts import Parts
from server.protocol.farewell import Farewell
from server.services.handing import Fate
from server.services.uploading import NotTaken


def know_labels(metrics: Metrics) -> None:
    """Show every code there is from the beginning, at zero.

    A rate over a number that only appears with its first event would miss
    that event, which is the one to be alarmed by.
    """
    metrics.messages.know(Author)
    metrics.refusals.know(RefusalCode)
    metrics.ended.know(EndedBy)
    metrics.handovers.know(fate.value for fate in Fate)
    metrics.uploads.know(["taken", *NotTaken])
    metrics.sign_ins.know(["signed_in", "failed", "too_many"])
    metrics.closed.know(one.name.lower() for one in Farewell)


def watch_parts(
    metrics: Metrics, parts: Parts, *, opened: Opened, front: Front
) -> None:
    """Have ``metrics`` show how everything stands."""
    house = parts.house
    watch = metrics.watch
    watch("info", lambda: {__version__: 1}, says="What runs.", label="version")
    watch(
        "queue_depth",
        lambda: opened.history.waiting,
        says="Changes that wait for the disk.",
    )
    watch("sessions", lambda: len(house.sessions), says="Sessions in memory.")
    watch(
        "deadlines", lambda: len(house.deadlines), says="Deadlines to come due."
    )
    watch(
        "conversations",
        lambda: opened.keys.used,
        says="Conversations that are stored.",
    )
    watch(
        "sockets",
        lambda: {str(role): count for role, count in front.sockets.items()},
        says="Open sockets.",
        label="role",
    )
    watch(
        "connections",
        lambda: front.door.connections,
        says="Connections of all kinds.",
    )
    _watch_alarms(metrics, parts)


def _watch_alarms(metrics: Metrics, parts: Parts) -> None:
    """What should be 0, or soon be again."""
    ending, relaying = parts.ending, parts.programs.relaying
    watch = metrics.watch
    watch(
        "erasing_waiting",
        lambda: ending.waiting,
        says="Conversations that have ended and are not yet gone.",
    )
    watch(
        "erasing_oldest_seconds",
        lambda: ending.oldest,
        says="How long the first of them has waited.",
    )
    watch(
        "erasing_failing",
        lambda: ending.is_failing,
        says="1: what should be gone is still there.",
    )
    watch(
        "clock_halted",
        lambda: parts.purging.is_halted,
        says="1: the wall clock has jumped, nothing is purged.",
    )
    watch(
        "application_disabled",
        lambda: relaying.is_alarmed,
        says="1: an application's webhook says that it is gone.",
    )
    watch(
        "undelivered_messages",
        lambda: relaying.undelivered,
        says="Messages erased before applications took them.",
    )
