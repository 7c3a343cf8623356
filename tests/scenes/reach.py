"""Looking for what must not be there, in everything the program can reach."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable


class Canary:
    """A text that only the server may hold as it is.

    It is kept spelt backwards, so that what is found in memory is not this.
    """

    def __init__(self, name: str) -> None:
        self._backwards = f"{name}-q7Xw2Lk9"[::-1]

    @property
    def text(self) -> str:
        """As it is told to the server."""
        return self._backwards[::-1]


def reachable(canaries: Iterable[Canary], *roots: object) -> set[str]:
    """Which of ``canaries``, backwards, a walk over all objects meets.

    From ``roots`` and every module: sessions, caches, queues, tasks and the
    frames in which they wait.
    """
    wanted = {canary.text: canary.text[::-1] for canary in canaries}
    raw = {text: text.encode() for text in wanted}
    gc.collect()
    seen: set[int] = {id(wanted), id(raw)}
    ahead: list[object] = [*roots, sys.modules]
    frame = sys._getframe()
    found: set[str] = set()
    while ahead:
        one = ahead.pop()
        if id(one) in seen or one is frame:
            continue
        seen.add(id(one))
        if isinstance(one, str):
            found |= {wanted[text] for text in wanted if text in one}
        elif isinstance(one, bytes | bytearray):
            found |= {wanted[text] for text in raw if raw[text] in one}
        else:
            ahead.extend(gc.get_referents(one))
    return found
