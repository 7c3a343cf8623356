"""The customer's Textual screen.

What is typed is a message, but for the commands that ask about its person's
own data: ``/terms``, ``/holdings`` and ``/forget``; ``//text`` says "/text".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Footer, Header, Input

from client_demo.backoff import LEFT
from client_demo.connection import Connection
from client_demo.customer import Customer
from client_demo.errors import ClientError
from client_demo.panel import CLOSE_SECONDS, Panel
from client_demo.participant import Means
from client_demo.plain import is_command
from client_demo.printable import printable
from client_demo.printer import holding_lines, notice_lines
from client_demo.transcript import ACTIVE, GONE, OPEN, WAITING
from client_demo.wire import Frame

_STANDING = {
    OPEN: "Write, and somebody will answer. Nothing is stored before that.",
    WAITING: "Waiting for somebody to answer.",
    "ending": "This conversation has ended; it is being erased.",
}

_FORGET = "Have everything erased? /forget again; Ctrl+S stays."

_END = "End and erase everything? Ctrl+E again; Ctrl+S stays."


#: Whose refusals the person is told of.
_ASKED = {"end", "forget", "holdings"}

#: Seconds for which what is to be read stays.
_READ_SECONDS = 20.0


class CustomerScreen(App[int]):
    """A customer's conversation; a ``Face``."""

    TITLE = "Dayfly"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+e", "end", "End and erase", priority=True),
        Binding("ctrl+s", "stay", "Stay", priority=True),
        Binding("ctrl+t", "dim", "Light/dark", priority=True),
        Binding("ctrl+q", "leave", "Quit", priority=True),
    ]

    def __init__(
        self,
        connection: Connection,
        means: Means,
        *,
        keep: Callable[[str | None], None],
        token: str | None = None,
    ) -> None:
        super().__init__()
        self._connection = connection
        self.customer = Customer(
            replace(means, not_sent=self._not_sent),
            self,
            keep=keep,
            token=token,
        )
        self._line: str | None = "Connecting ..."
        self._asked_to_end = False
        self._asked_to_forget = False
        self._error: ClientError | None = None
        self._looks = True

    def compose(self) -> ComposeResult:
        """A title, the conversation, the keys."""
        yield Header()
        yield Panel()
        yield Footer()

    async def attend(self) -> int:
        """Run until the person leaves; the last close code.

        Raises:
            ClientError: As ``Connection.run``.
        """
        code = await self.run_async()
        if self._error is not None:
            raise self._error
        return LEFT if code is None else code

    def on_mount(self) -> None:
        """Connect, and keep the clock of the last line going."""
        self.run_worker(self._converse())
        self.set_interval(1.0, self.show)
        self.query_one(Input).focus()

    async def _converse(self) -> None:
        try:
            code = await self._connection.run(self.customer)
        except ClientError as error:
            self._error = error
            self.exit(1)
            return
        # The receipt is left on the screen, until its reader has read it.
        if self.customer.talk.transcript.phase != GONE:
            self.exit(code)

    # -- a Face -------------------------------------------------------------

    def heard(self, frame: Frame) -> None:
        """Draw what has been taken in."""
        if frame["type"] == "welcome":
            self._line = None
            self.sub_title = str(frame["summary"]["channel"])
            self._tell(notice_lines(self.customer.notice or {}))
        if frame["type"] == "holdings":
            self._tell(holding_lines(frame))
        if frame["type"] == "refused" and frame.get("ref") in _ASKED:
            self.notify(str(frame["code"]), markup=False)
        self.show()

    def _tell(self, lines: list[str]) -> None:
        if lines:
            text = printable("\n".join(lines), keep="\n")
            self.notify(text, timeout=_READ_SECONDS, markup=False)

    def noticed(self, notice: str) -> None:
        """Show it in the last line, until the next connection."""
        self._line = notice
        self.show()

    def _not_sent(self, code: str, text: str) -> None:
        # Given back, so that what was typed is not lost with the refusal.
        box = self.query_one(Input)
        box.value = box.value or text
        self.notify(f"Not sent: {code}", severity="warning", markup=False)

    def show(self) -> None:
        """Draw everything that has changed."""
        if not self.is_running:
            return
        self.customer.talk.look(read=self._looks)
        self.query_one(Panel).show(self.customer.talk, self._standing())

    def _standing(self) -> str:
        talk = self.customer.talk
        transcript = talk.transcript
        left = self.customer.seconds_left()
        gone = (
            f"Ended by {transcript.ended_by or 'somebody'}; "
            f"{transcript.erased} messages erased. What you see is only on "
            "your screen."
        )
        lines = (
            (transcript.phase == GONE, gone),
            (self._line, self._line),
            (self._asked_to_forget, _FORGET),
            (self._asked_to_end, _END),
            (
                transcript.warned,
                f"Ends in {left} s unless somebody writes; Ctrl+S stays.",
            ),
            (talk.typing, f"{talk.typing} is typing ..."),
            (
                transcript.phase == ACTIVE,
                f"{transcript.agent} is with you.",
            ),
            (True, _STANDING.get(transcript.phase, transcript.phase)),
        )
        return next(str(line) for applies, line in lines if applies)

    # -- what the person does -----------------------------------------------

    def on_app_focus(self) -> None:
        """The terminal is looked at again."""
        self._looks = True
        self.show()

    def on_app_blur(self) -> None:
        """Nobody looks: what arrives now is delivered, and not read."""
        self._looks = False

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Send the line, or do what it asks for."""
        line = event.value.strip()
        if not line:
            return
        event.input.clear()
        if is_command(line):
            self._do(line)
        else:
            self.customer.talk.say(line.removeprefix("/"))
        self.show()

    def _do(self, command: str) -> None:
        match command:
            case "/holdings":
                self.customer.talk.ask()
            case "/terms":
                version = self.customer.agree()
                self._tell([f"Agreed: {version}" if version else "No terms."])
            case "/forget" if self._asked_to_forget:
                self._asked_to_forget = False
                self.customer.talk.forget()
            case "/forget":
                self._asked_to_forget = True
            case _:
                self._tell(["No such command."])

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell the other side that somebody types."""
        self.customer.talk.type(on=bool(event.value))

    def action_end(self) -> None:
        """Ask once, then end."""
        if self._asked_to_end:
            self.customer.talk.end()
        self._asked_to_end = not self._asked_to_end
        self.show()

    def action_stay(self) -> None:
        """Move the deadline, and take back the question."""
        self._asked_to_end = self._asked_to_forget = False
        self.customer.talk.stay()
        self.show()

    def action_dim(self) -> None:
        """Change between the light and the dark theme."""
        dark = self.current_theme.dark
        self.theme = "textual-light" if dark else "textual-dark"

    def action_leave(self) -> None:
        """Close; the conversation goes on without us."""
        # The worker exits when the socket is closed; who waits longer than
        # this waits for a server that is not there.
        self._connection.leave()
        self.set_timer(CLOSE_SECONDS, lambda: self.exit(LEFT))
