"""One side of one conversation: answers frames with frames.

Neither socket nor screen is known here; both ends are functions, so a whole
conversation can be tested with a list of frames.

Messages are sent one at a time, the next after the ack of the one before,
although the protocol allows sixteen: a message refused for now, because the
sender was too fast, is then never overtaken by the next one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from client_demo.transcript import OPEN, OVER, Said, Transcript
from client_demo.wire import Frame

#: Seconds: how often we repeat that our person types, how long the other's
#: typing is shown, how long to wait after a refusal that names no time, and
#: for an ack before the same message is sent again.
TYPING_EVERY, TYPING_SHOWN, ASK_AGAIN, ACK_LATE = 5.0, 10.0, 2.0, 10.0

Tell = Callable[[Frame], bool]
Later = Callable[[float, Callable[[], None]], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a participant is given instead of reaching for it.

    Attributes:
        tell: Sends a frame; False if there is no connection just now.
        later: Calls a function after some seconds.
        new_id: Makes an id for a message.
        elapsed: Seconds on a steady scale.
        not_sent: Told the code and the text of each message given up.
        language: The person's, as a BCP 47 tag; None: not known.
    """

    tell: Tell
    later: Later
    new_id: Callable[[], str]
    elapsed: Callable[[], float]
    not_sent: Callable[[str, str], None]
    language: str | None = None


class Participant:
    """This side of one conversation.

    Args:
        own: ``customer`` or ``agent``.
        means: The world, as far as it is needed here.
        conversation: Which one; None for the customer, who has only one.
    """

    def __init__(
        self, own: str, means: Means, *, conversation: str | None = None
    ) -> None:
        self.transcript = Transcript(own)
        self.terms: str | None = None  # the version agreed to
        self._means = means
        self._address = conversation
        self._in_flight: str | None = None
        self._sends = 0  # how many there were; names the latest
        self._resting = False  # refused for now; a timer will go on
        self._catching_up = False
        self._typing_told: float | None = None
        self._typing_heard: tuple[str, float] | None = None

    # -- what the person does -----------------------------------------------

    def say(self, text: str) -> None:
        """Send ``text`` now or as soon as there is a connection."""
        self.transcript.write(self._means.new_id(), text)
        self._typing_told = None
        self._flush()

    def type(self, *, on: bool) -> None:
        """The person types, or has cleared the line; call at every key."""
        now = self._means.elapsed()
        told = self._typing_told
        if on and (told is None or now - told >= TYPING_EVERY):
            self._typing_told = now
            self._tell("typing", on=True)
        elif not on and told is not None:
            self._typing_told = None
            self._tell("typing", on=False)

    def look(self, *, read: bool) -> None:
        """Everything known is on the screen, and was seen if ``read``."""
        transcript = self.transcript
        heard = transcript.last
        mine = transcript.marks[transcript.own]
        if heard <= (mine.read if read else mine.delivered):
            return
        transcript.seen(
            transcript.own, delivered=heard, read=heard if read else 0
        )
        self._tell("read" if read else "delivered", number=heard)

    def end(self) -> bool:
        """End the conversation; False if there is no connection."""
        return self._tell("end", ref="end")

    def stay(self) -> bool:
        """The customer is still here: move the deadline."""
        return self._tell("stay", ref="stay")

    def ask(self) -> bool:
        """Ask what the server holds; False if there is no connection."""
        return self._tell("holdings", ref="holdings")

    def withdraw(self, purpose: str) -> bool:
        """Agree to ``purpose`` no more; False if there is no connection."""
        return self._tell("withdraw", purpose=purpose, ref="withdraw")

    def forget(self) -> bool:
        """Have everything erased; False if there is no connection."""
        return self._tell("forget", ref="forget")

    @property
    def typing(self) -> str | None:
        """Who of the others is typing right now, if anybody."""
        if self._typing_heard is None:
            return None
        who, until = self._typing_heard
        return who if self._means.elapsed() < until else None

    # -- what the server says -----------------------------------------------

    def begin(self, summary: Frame) -> None:
        """A connection has begun, or begun anew: resume everything."""
        self.transcript.begin(summary)
        self._catching_up = True
        self._in_flight, self._resting = None, False
        self._repeat_marks()
        self._flush()

    def hear(self, frame: Frame) -> None:
        """Take in one frame about this conversation.

        Frames of kinds not known here are ignored: the server may grow.
        """
        hear = getattr(self, f"_hear_{frame['type']}", None)
        if hear is not None:
            hear(frame)

    def refused(self, frame: Frame) -> bool:
        """Take in a refusal; whether it was about our message."""
        refused = frame.get("ref")
        if refused is None or refused not in self.transcript.pending:
            return False
        self._in_flight = None
        if frame.get("retry"):
            self._resting = True
            pause = float(frame.get("retry_after") or ASK_AGAIN)
            self._means.later(pause, self._go_on)
        else:
            self._give_up(refused, str(frame["code"]))
            self._flush()
        return True

    def over(self, code: str) -> None:
        """Nothing can be said any more: give up on what is pending."""
        for client_id in tuple(self.transcript.pending):
            self._give_up(client_id, code)

    def _hear_history(self, frame: Frame) -> None:
        before = self.transcript.last
        for fields in frame["messages"]:
            self.transcript.take_in(Said.of(fields))
        # A page that brings nothing new must not be asked for for ever.
        grew = self.transcript.last > before
        self._catching_up = bool(frame.get("more")) and grew
        if grew and (self._catching_up or self.transcript.has_gap):
            self._fetch()

    def _hear_message(self, frame: Frame) -> None:
        said = Said.of(frame)
        if self._typing_heard and said.author == self.transcript.other:
            self._typing_heard = None
        self.transcript.take_in(said)
        self._close_gap()

    def _hear_ack(self, frame: Frame) -> None:
        self.transcript.acked(
            frame["id"],
            number=frame["number"],
            at=frame["at"],
            kept=frame.get("text"),
        )
        if frame["id"] == self._in_flight:
            self._in_flight = None
        self._close_gap()
        self._flush()

    def _hear_resync(self, frame: Frame) -> None:
        self.transcript.start_over(frame["epoch"])
        self._catching_up = True

    def _hear_typing(self, frame: Frame) -> None:
        until = self._means.elapsed() + TYPING_SHOWN
        who = str(frame.get("name") or frame["author"])
        self._typing_heard = (who, until) if frame["on"] else None

    def _hear_seen(self, frame: Frame) -> None:
        self.transcript.seen(
            frame["by"], delivered=frame["delivered"], read=frame["read"]
        )

    def _hear_state(self, frame: Frame) -> None:
        self.transcript.move(frame["phase"], frame.get("agent"))

    def _hear_deadline(self, frame: Frame) -> None:
        self.transcript.ends_at = frame["ends_at"]
        self.transcript.warned = bool(frame.get("warn"))

    def _hear_ended(self, frame: Frame) -> None:
        self.transcript.ended(frame["by"])
        self.over("conversation_ended")

    def _hear_gone(self, frame: Frame) -> None:
        self.transcript.gone(frame["messages"])
        self.over("conversation_ended")

    # -- how ----------------------------------------------------------------

    def _flush(self) -> None:
        """Send the oldest message nobody has acknowledged."""
        if self._in_flight or self._resting or self.transcript.phase in OVER:
            return
        for client_id, text in self.transcript.pending.items():
            # Asked for with the first message, and no business of later ones.
            terms = self.terms if self.transcript.last == 0 else None
            if self._tell("send", id=client_id, text=text, terms=terms):
                self._in_flight = client_id
                self._expect_ack()
            return

    def _expect_ack(self) -> None:
        """No answer at all, though the line holds: repeat, it is harmless."""
        self._sends += 1
        latest = self._sends

        def send_again() -> None:
            if self._in_flight is not None and self._sends == latest:
                self._in_flight = None
                self._flush()

        self._means.later(ACK_LATE, send_again)

    def _go_on(self) -> None:
        self._resting = False
        self._flush()

    def _give_up(self, client_id: str, code: str) -> None:
        text = self.transcript.drop(client_id)
        if text is not None:
            self._means.not_sent(code, text)

    def _repeat_marks(self) -> None:
        """The server may have forgotten what it kept only in memory."""
        if self.transcript.phase == OPEN:
            return
        marks = self.transcript.marks[self.transcript.own]
        if marks.delivered > marks.read:
            self._tell("delivered", number=marks.delivered)
        if marks.read:
            self._tell("read", number=marks.read)

    def _close_gap(self) -> None:
        if self.transcript.has_gap and not self._catching_up:
            self._catching_up = True
            self._fetch()

    def _fetch(self) -> None:
        self._tell("fetch", after=self.transcript.last)

    def _tell(self, kind: str, **fields: object) -> bool:
        return self._means.tell(
            {"type": kind, "conversation": self._address, **fields}
        )
