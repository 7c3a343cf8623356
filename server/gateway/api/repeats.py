"""Requests that are sent twice are done once: ``Idempotency-Key``.

In memory: a restart forgets them, and a request repeated across one is done
again. What must not happen twice even then has names that the caller chose,
and a second creation finds the first (409 ``exists``).

An answer that holds a secret is not kept: to a repeat we say that it was done
(409 ``secret_shown``). So are those about people of an account in which
somebody has been erased since: any may say who it was. One that failed on our
side is not kept either, so that trying again means something.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from server.gateway.api.problems import Problem

#: Seconds for which an answer is kept.
KEPT = 24 * 3600.0
#: Answers in memory, and those of one caller; one who needs more than a
#: quarter of the room loses its own first.
MOST = 4_096
MOST_OF_ONE = 1_024
#: Bytes of all answers together.
MOST_BYTES = 8 * 2**20
LONGEST_KEY = 255
#: First of the statuses that are our own failures.
_OURS = 500
#: Not kept: the same request may succeed later, and has done nothing.
_LATER = frozenset({401, 429})


@dataclass(frozen=True, slots=True)
class Done:
    """The first answer, as it went out."""

    status: int
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(slots=True)
class _Request:
    digest: bytes
    at: float
    of: str | None = None
    is_running: bool = True
    may_keep: bool = True
    done: Done | None = None


class Repeats:
    """What was asked under which key, and answered."""

    def __init__(self) -> None:
        self._requests: OrderedDict[tuple[str, str], _Request] = OrderedDict()
        self._of: dict[str, int] = {}
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._requests)

    def begin(
        self,
        who: str,
        key: str,
        *,
        digest: bytes,
        now: float,
        of: str | None = None,
    ) -> Done | None:
        """Take note of a request; the first answer, if it is a repeat.

        Args:
            who: The caller.
            key: As the caller chose it.
            digest: Of all that makes the request what it is.
            now: Monotonic seconds.
            of: The account about whose people it is.

        Raises:
            Problem: The key was used for another request (422), the first
                one still goes on, or its answer was shown (both 409).
        """
        self._forget_before(now - KEPT)
        found = self._requests.get((who, key))
        if found is None:
            self._requests[who, key] = _Request(digest, now, of)
            self._of[who] = self._of.get(who, 0) + 1
            self._make_room(who)
            return None
        if found.digest != digest:
            raise Problem(422, "key_reused")
        if found.is_running:
            raise Problem(409, "still_running", headers={"retry-after": "1"})
        if found.done is None:
            raise Problem(409, "secret_shown")
        return found.done

    def finish(
        self, who: str, key: str, *, done: Done, shows_secret: bool
    ) -> None:
        """The request was answered with ``done``."""
        found = self._requests.get((who, key))
        if found is None:
            return  # there was no room for it
        if done.status >= _OURS or done.status in _LATER:
            self._drop((who, key))
            return
        found.is_running = False
        is_secret = shows_secret and done.status < 300  # noqa: PLR2004
        if found.may_keep and not is_secret:
            found.done = done
            self._bytes += len(done.body)
            self._make_room(who)

    def abandon(self, who: str, key: str) -> None:
        """The request was not answered at all."""
        if (who, key) in self._requests:
            self._drop((who, key))

    def forget(self, account: str) -> None:
        """Somebody of ``account`` is erased: no answer may tell of them."""
        for request in self._requests.values():
            if request.of == account:
                # The one that goes on may have read before what it tells.
                request.may_keep = False
                if request.done is not None:
                    self._bytes -= len(request.done.body)
                    request.done = None

    def _forget_before(self, at: float) -> None:
        while self._requests:
            oldest = next(iter(self._requests))
            if self._requests[oldest].at >= at:
                return
            self._drop(oldest)

    def _make_room(self, who: str) -> None:
        if self._of.get(who, 0) > MOST_OF_ONE:
            self._drop(next(one for one in self._requests if one[0] == who))
        while len(self._requests) > MOST or self._bytes > MOST_BYTES:
            self._drop(next(iter(self._requests)))

    def _drop(self, name: tuple[str, str]) -> None:
        request = self._requests.pop(name)
        if request.done is not None:
            self._bytes -= len(request.done.body)
        left = self._of[name[0]] - 1
        if left:
            self._of[name[0]] = left
        else:
            del self._of[name[0]]
