"""One peer with the socket taken out.

WebSocket messages come in and frames come out. The class never waits, never
writes and never asks the time, so a whole conversation can be tested with a
list of byte strings. It knows what may be said when, and how much bad manners
to bear; it does not know what the frames mean.
"""

from __future__ import annotations

from enum import StrEnum

from server.errors import RefusalCode, Refused
from server.protocol.client_frames import CLIENT_FRAMES, ClientFrame, Hello
from server.protocol.codec import Codec, NotAMap
from server.protocol.farewell import Farewell
from server.protocol.parts import Role

#: Faults of form on one connection. A program with a mistake is told ten
#: times what it is; one that tries things out is not worth more.
MOST_FAULTS = 10
MOST_HELLOS = 3
#: Frames a second and at once. Marks and typing make up to four a message;
#: above this it is a program that spins, and it cannot be slowed down.
FRAMES_PER_SECOND = 50.0
FRAME_BURST = 200.0
#: How many times as many an application may send: it speaks for an account,
#: and takes every event with a frame.
PROGRAMS_SHARE = 200


class Stage(StrEnum):
    """How far a connection has got."""

    GREETING = "greeting"  # only Hello is welcome
    IN = "in"  # anything but Hello
    CLOSED = "closed"  # nothing, ever again


class Dismissed(Exception):
    """The peer has to go; the connection must be closed with ``farewell``."""

    def __init__(self, farewell: Farewell) -> None:
        super().__init__(farewell.name)
        self.farewell = farewell


class Peer:
    """The state of one connection.

    Args:
        role: Who is at the other end, by the address it came to.
        codec: The encoding agreed on.
        at: Monotonic seconds.
        per_second: Frames it may send a second, besides bursts.
    """

    __slots__ = (
        "_credit",
        "_credited_at",
        "_faults",
        "_hellos",
        "_per_second",
        "codec",
        "role",
        "stage",
    )

    def __init__(
        self,
        role: Role,
        codec: Codec,
        *,
        at: float,
        per_second: float = FRAMES_PER_SECOND,
    ) -> None:
        self.role = role
        self.codec = codec
        self.stage = Stage.GREETING
        self._faults = 0
        self._hellos = 0
        if role is Role.APPLICATION:
            per_second *= PROGRAMS_SHARE
        self._per_second = per_second
        self._credit = _burst(per_second)
        self._credited_at = at

    @property
    def is_in(self) -> bool:
        """Whether its ``hello`` was accepted, and it has not been closed."""
        return self.stage is Stage.IN

    def receive(self, data: bytes, *, binary: bool, at: float) -> ClientFrame:
        """Take one WebSocket message.

        Args:
            data: Its payload.
            binary: Whether it was a binary one.
            at: Monotonic seconds.

        Raises:
            Refused: To be answered; the connection goes on.
            Dismissed: To be closed; nothing it sends later is looked at.
        """
        if self.stage is Stage.CLOSED:
            raise Dismissed(Farewell.BROKE_PROTOCOL)
        self.count(at)
        if binary is not self.codec.is_binary:
            raise self.dismissal(Farewell.BROKE_PROTOCOL)
        try:
            frame = self.codec.decode(data, CLIENT_FRAMES[self.role])
            if isinstance(frame, Hello) is (self.stage is Stage.IN):
                raise Refused(RefusalCode.NOT_NOW, path="$.type")
        except NotAMap:
            raise self.dismissal(Farewell.BROKE_PROTOCOL) from None
        except Refused:
            self._faults += 1
            if self._faults >= MOST_FAULTS:
                raise self.dismissal(Farewell.BROKE_PROTOCOL) from None
            raise
        return frame

    def count(self, at: float) -> None:
        """Charge it for one frame, whatever the frame is.

        Raises:
            Dismissed: It sends more than it may.
        """
        full = _burst(self._per_second)
        gained = (at - self._credited_at) * self._per_second
        self._credit = min(full, self._credit + gained) - 1.0
        self._credited_at = at
        if self._credit < 0.0:
            raise self.dismissal(Farewell.BROKE_PROTOCOL)

    def admit(self) -> None:
        """``hello`` was accepted."""
        self.stage = Stage.IN

    def turn_away(self) -> bool:
        """``hello`` was refused.

        Returns:
            Whether another try is allowed.
        """
        self._hellos += 1
        return self._hellos < MOST_HELLOS

    def dismissal(self, farewell: Farewell) -> Dismissed:
        """Close this side; the error to raise."""
        self.stage = Stage.CLOSED
        return Dismissed(farewell)


def _burst(per_second: float) -> float:
    # Where the operator allows more a second, more may come at once.
    return max(FRAME_BURST, 4 * per_second)
