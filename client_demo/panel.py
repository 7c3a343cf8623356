"""One conversation on a Textual screen; the customer's and the agent's.

Everything is drawn from the ``Participant`` by ``show``, which may be called
at any time and draws only what has changed.
"""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Input, Static

from client_demo.participant import Participant
from client_demo.printable import printable
from client_demo.transcript import Said

#: Seconds to wait for the socket to close when its person leaves.
CLOSE_SECONDS = 1.0

TICKS = {"sent": "✓", "delivered": "✓✓", "read": "✓✓ read"}


class Bubble(Static):
    """One message, at the side of whoever said it."""

    def __init__(self, *, own: bool) -> None:
        super().__init__(classes="own" if own else "other")
        self._drawn = ""

    def draw(self, text: str, foot: str) -> None:
        """Show ``text`` over ``foot``; plain text, never markup."""
        if (drawn := f"{text}\n{foot}") == self._drawn:
            return
        self._drawn = drawn
        self.update(
            Text.assemble((printable(text, keep="\n"), ""), "\n", (foot, "dim"))
        )


class Panel(Vertical):
    """The messages, a line that says how things stand, and the input."""

    DEFAULT_CSS = """
    Panel #messages { padding: 1 2; }
    Panel Bubble { width: auto; max-width: 72%; padding: 0 2; margin: 0 0 1 0; }
    Panel .line { width: 100%; height: auto; }
    Panel .line.own { align-horizontal: right; }
    Panel .own Bubble { background: $primary; color: $text; }
    Panel .other Bubble { background: $panel; color: $foreground; }
    Panel #standing { height: 1; padding: 0 2; color: $text-muted; }
    Panel #standing.warn { background: $warning; color: $text; }
    Panel Input { margin: 0 1; }
    """

    def __init__(self, *, zone: tzinfo | None = None) -> None:
        super().__init__()
        self._zone = zone or datetime.now(tz=UTC).astimezone().tzinfo
        self._bubbles: dict[str, tuple[Vertical, Bubble]] = {}
        self._of: tuple[str | None, str | None] | None = None

    def compose(self) -> ComposeResult:
        """The three parts, from top to bottom."""
        yield VerticalScroll(id="messages", can_focus=False)
        yield Static("", id="standing", markup=False)
        yield Input(placeholder="Write a message", max_length=4000)

    def show(self, talk: Participant | None, standing: str) -> None:
        """Draw ``talk``, or nothing, and say how it stands."""
        line = self.query_one("#standing", Static)
        line.update(printable(standing))
        warned = talk is not None and talk.transcript.warned
        line.set_class(warned, "warn")
        transcript = talk.transcript if talk else None
        of = (transcript.conversation, transcript.epoch) if transcript else None
        if of != self._of:
            self._clear()
            self._of = of
        box = self.query_one(Input)
        box.disabled = transcript is None or transcript.is_over
        if talk is not None:
            self._draw(talk)

    def _clear(self) -> None:
        for line, _ in self._bubbles.values():
            line.remove()
        self._bubbles.clear()

    def _draw(self, talk: Participant) -> None:
        transcript = talk.transcript
        wanted = [
            (said.id, said.author == transcript.own)
            for said in transcript.messages()
        ]
        wanted += [(client_id, True) for client_id in transcript.pending]
        self._arrange(wanted)
        for said in transcript.messages():
            own = said.author == transcript.own
            foot = self._foot(said, transcript.tick(said) if own else None)
            self._bubbles[said.id][1].draw(said.text, foot)
        for client_id, text in transcript.pending.items():
            self._bubbles[client_id][1].draw(text, "sending ...")

    def _arrange(self, wanted: list[tuple[str, bool]]) -> None:
        """One bubble for each, in this order; most often only new ones."""
        ids = [client_id for client_id, _ in wanted]
        have = list(self._bubbles)
        same = 0
        while (
            same < len(have) and have[same : same + 1] == ids[same : same + 1]
        ):
            same += 1
        for client_id in have[same:]:
            self._bubbles.pop(client_id)[0].remove()
        scroll = self.query_one("#messages", VerticalScroll)
        for client_id, own in wanted[same:]:
            bubble = Bubble(own=own)
            side = "line own" if own else "line other"
            line = Vertical(bubble, classes=side)
            self._bubbles[client_id] = (line, bubble)
            scroll.mount(line)
        if len(wanted) > same:
            scroll.scroll_end(animate=False)

    def _foot(self, said: Said, tick: str | None) -> str:
        at = datetime.fromtimestamp(said.at / 1000, tz=self._zone)
        who = f"{said.name} · " if said.name else ""
        end = f" {TICKS[tick]}" if tick else ""
        return printable(f"{who}{at:%H:%M}{end}")
