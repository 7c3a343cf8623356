"""What a customer's connection does: one conversation, and its token.

The token is the only key to the conversation. It is held in memory, and given
away to be kept only when the conversation is durable: before the first
accepted message nothing of it is on the server's disk either.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from client_demo.errors import Refused
from client_demo.participant import Means, Participant
from client_demo.transcript import CUSTOMER, OPEN
from client_demo.wire import Frame

PROGRAM = "dayfly-client-demo 1"


class Face(Protocol):
    """Where a party shows what it has taken in."""

    def heard(self, frame: Frame) -> None:
        """A frame has been taken in."""

    def noticed(self, notice: str) -> None:
        """Something that no frame tells; ready to be printed."""


class Customer:
    """A customer: the ``Party`` of one conversation.

    Args:
        means: The world, as far as a participant needs it.
        face: Where to show things.
        keep: Told the token to keep, and None to forget it.
        token: One kept earlier.
    """

    def __init__(
        self,
        means: Means,
        face: Face,
        *,
        keep: Callable[[str | None], None],
        token: str | None = None,
    ) -> None:
        self.talk = Participant(CUSTOMER, means)
        self._elapsed = means.elapsed
        self._face = face
        self._keep = keep
        self._token = token
        self._kept = token is not None
        self._ahead = 0.0  # server's seconds minus ours
        self._language = means.language
        self.notice: Frame | None = None  # a NoticeText
        self.denied: str | None = None  # the ref of the latest refusal

    def hello(self) -> Frame:
        """Return with the token, or come as somebody new."""
        transcript = self.talk.transcript
        held = transcript if self._token and transcript.conversation else None
        return {
            "type": "hello",
            "token": self._token,
            "epoch": held and held.epoch,
            "last": held and held.last,
            "client": PROGRAM,
            "language": self._language,
        }

    def turned_away(self, frame: Frame) -> bool:
        """A token that opens nothing is forgotten.

        If nothing was ever accepted under it, nothing is lost and what is
        pending begins a new conversation. Else that conversation has ended
        while we were away, and its person has to hear that first.
        """
        if frame["code"] != "session_unknown" or self._token is None:
            return False
        self._forget()
        if self.talk.transcript.last == 0:
            return True
        self.talk.over("conversation_ended")
        raise Refused("the conversation ended while the line was down")

    def hear(self, frame: Frame) -> None:
        """Take in a frame and show it."""
        match frame["type"]:
            case "welcome":
                self._welcomed(frame)
            case "refused":
                self.denied = frame.get("ref")
                self.talk.refused(frame)
            case "ended" | "gone":
                self._forget()
                self.talk.hear(frame)
            case _:
                self.talk.hear(frame)
        self._keep_if_durable()
        self._face.heard(frame)

    def agree(self) -> str | None:
        """Agree to the terms of the notice; their version, if there are any.

        It goes out with the first message.
        """
        notice = self.notice or {}
        self.talk.terms = notice["version"] if notice.get("terms") else None
        return self.talk.terms

    def lost(self, pause: float) -> None:
        """Say that the line is down."""
        self._face.noticed(f"connection lost; again in {pause:.1f} s")

    def seconds_left(self) -> int | None:
        """Until the deadline, by the server's clock; None if unknown."""
        ends_at = self.talk.transcript.ends_at
        if ends_at is None:
            return None
        return max(0, round(ends_at / 1000 - self._elapsed() - self._ahead))

    def _welcomed(self, frame: Frame) -> None:
        self._token = frame.get("token") or self._token
        self._ahead = frame["now_at"] / 1000 - self._elapsed()
        self.notice = frame.get("notice")
        self.talk.begin(frame["summary"])

    def _keep_if_durable(self) -> None:
        transcript = self.talk.transcript
        begun = transcript.phase != OPEN or transcript.last > 0
        durable = begun and not transcript.is_over
        if self._token and durable and not self._kept:
            self._keep(self._token)
            self._kept = True

    def _forget(self) -> None:
        self._token = None
        if self._kept:
            self._keep(None)
            self._kept = False
