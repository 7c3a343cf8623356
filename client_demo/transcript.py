"""One conversation as this side knows it: pure, no I/O, no clock.

Messages come by four ways (live, in a history page, as the ack of our own,
again after a reconnect) and may overlap. Whatever the order:

Rules of this file
    1. ``messages()`` is 1, 2, 3, ... ``last``, without a gap.
    2. A message that was written stays ``pending`` until it has a number, or
       is dropped on purpose: it is never lost and never shown twice.
    3. Marks only grow; ``read`` implies ``delivered``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from client_demo.wire import Frame

OPEN, WAITING, ACTIVE = "open", "waiting", "active"
ENDING, GONE = "ending", "gone"
OVER = frozenset({ENDING, GONE})

CUSTOMER, AGENT = "customer", "agent"

#: Shown in place of words that nobody stored, once they are gone.
UNKEPT = "(these words were not kept)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A numbered message; ``at`` is unix milliseconds of the server."""

    number: int
    id: str
    author: str
    at: int
    text: str = field(repr=False)
    name: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, fields: Frame) -> Said:
        """The Message in ``fields``, whatever else is in there."""
        return cls(
            number=int(fields["number"]),
            id=str(fields["id"]),
            author=str(fields["author"]),
            at=int(fields["at"]),
            text=_words_in(fields),
            name=fields.get("name"),
        )


def _words_in(fields: Frame) -> str:
    text = str(fields["text"])
    return UNKEPT if fields.get("unkept") and not text else text


@dataclass(frozen=True, slots=True)
class Marks:
    """Up to which number one side has been reached, and has looked."""

    delivered: int = 0
    read: int = 0

    def grown(self, *, delivered: int = 0, read: int = 0) -> Marks:
        """These marks, or the higher ones given."""
        read = max(self.read, read)
        return Marks(max(self.delivered, delivered, read), read)


class Transcript:
    """What is known of one conversation.

    Args:
        own: Which side this is, ``customer`` or ``agent``.
    """

    def __init__(self, own: str) -> None:
        self.own = own
        self.pending: dict[str, str] = {}  # client id -> text, oldest first
        self.own_name: str | None = None
        self._blank(None)

    def _blank(self, conversation: str | None) -> None:
        self.conversation = conversation
        self.epoch: str | None = None
        self.phase = OPEN
        self.agent: str | None = None
        self.ends_at: int | None = None
        self.warned = False
        self.ended_by: str | None = None
        self.erased: int | None = None
        self.marks = {CUSTOMER: Marks(), AGENT: Marks()}
        self._forget_messages()

    def _forget_messages(self) -> None:
        self.last = 0
        self._known: dict[int, Said] = {}

    @property
    def other(self) -> str:
        """The side that is not ours."""
        return AGENT if self.own == CUSTOMER else CUSTOMER

    @property
    def is_over(self) -> bool:
        """Whether nothing can be said any more."""
        return self.phase in OVER

    @property
    def has_gap(self) -> bool:
        """Whether a message is known that lies beyond a missing one."""
        return len(self._known) > self.last

    def messages(self) -> tuple[Said, ...]:
        """Messages 1 to ``last``."""
        return tuple(self._known[n] for n in range(1, self.last + 1))

    def after(self, number: int) -> tuple[Said, ...]:
        """Messages above ``number``, up to ``last``."""
        return tuple(self._known[n] for n in range(number + 1, self.last + 1))

    # -- from the server ----------------------------------------------------

    def begin(self, summary: Frame) -> None:
        """Take in the Summary that opens each connection.

        Another conversation than before begins blank; what is pending is then
        written in the new one, since nobody has acknowledged it in the old.
        """
        conversation = str(summary["conversation"])
        if conversation != self.conversation:
            self._blank(conversation)
        # Only the first epoch is taken from here: a changed one must be heard
        # as ``resync``, which also drops the messages of the old one.
        self.epoch = self.epoch or summary["epoch"]
        self.move(str(summary["phase"]), summary.get("agent"))
        self.ends_at = summary["ends_at"]
        for side in (CUSTOMER, AGENT):
            self.seen(side, **(summary.get(f"{side}_seen") or {}))

    def start_over(self, epoch: str) -> None:
        """Drop every message: what we hold is not what the server holds."""
        self._forget_messages()
        self.epoch = epoch
        self.marks = {CUSTOMER: Marks(), AGENT: Marks()}

    def take_in(self, said: Said) -> bool:
        """Take in one message; whether it was new."""
        if said.author == self.own:
            self.pending.pop(said.id, None)
        if said.number in self._known:
            return False
        self._known[said.number] = said
        while self.last + 1 in self._known:
            self.last += 1
        return True

    def acked(
        self, client_id: str, *, number: int, at: int, kept: str | None = None
    ) -> bool:
        """Our own message has its number; whether it was still pending.

        Args:
            client_id: Which.
            number: Its number.
            at: Unix milliseconds.
            kept: Its words, if the server keeps others than were written.
        """
        text = self.pending.get(client_id)
        if text is None:
            return False
        self.take_in(
            Said(
                number=number,
                id=client_id,
                author=self.own,
                at=at,
                text=text if kept is None else kept,
                name=self.own_name,
            )
        )
        return True

    def seen(self, by: str, *, delivered: int = 0, read: int = 0) -> None:
        """One side's marks, as the server tells them."""
        if by in self.marks:
            self.marks[by] = self.marks[by].grown(
                delivered=delivered, read=read
            )

    def move(self, phase: str, agent: str | None) -> None:
        """The conversation's phase, and who has it."""
        self.phase = phase
        self.agent = agent

    def ended(self, by: str) -> None:
        """The end is on disk and cannot be taken back."""
        self.phase = ENDING
        self.ended_by = by
        self.warned = False

    def gone(self, erased: int) -> None:
        """The receipt: ``erased`` messages exist no more."""
        self.phase = GONE
        self.erased = erased

    # -- from the person ----------------------------------------------------

    def write(self, client_id: str, text: str) -> None:
        """Keep ``text`` until the server has numbered it."""
        self.pending[client_id] = text

    def drop(self, client_id: str) -> str | None:
        """Give up on a message; its text, if it was still pending."""
        return self.pending.pop(client_id, None)

    def tick(self, said: Said) -> str:
        """How far our own message got: ``sent``, ``delivered`` or ``read``."""
        marks = self.marks[self.other]
        if said.number <= marks.read:
            return "read"
        return "delivered" if said.number <= marks.delivered else "sent"
