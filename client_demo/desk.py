"""The agent's Textual screen: who waits, and the conversation at hand."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Footer, Header, Input, OptionList
from textual.widgets.option_list import Option

from client_demo.agent import Agent, SignIn
from client_demo.backoff import LEFT
from client_demo.connection import Connection
from client_demo.errors import ClientError
from client_demo.panel import CLOSE_SECONDS, Panel
from client_demo.participant import Means, Participant
from client_demo.printable import printable
from client_demo.transcript import ACTIVE, WAITING
from client_demo.wire import Frame

_NOBODY = "Ctrl+N takes the one who has waited longest."
_END = "End and erase everything? Ctrl+E again; any other key: no."
_WAITING = "Nobody has this conversation: choose it again to take it."


class Desk(App[int]):
    """An agent's desk; a ``Face``."""

    TITLE = "Dayfly desk"
    CSS = """
    #list { width: 34; height: 100%; border: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+n", "take_next", "Take next", priority=True),
        Binding("ctrl+r", "release", "Release", priority=True),
        Binding("ctrl+e", "end", "End and erase", priority=True),
        Binding("ctrl+t", "dim", "Light/dark", priority=True),
        Binding("ctrl+q", "leave", "Quit", priority=True),
    ]

    def __init__(
        self, connection: Connection, means: Means, sign_in: SignIn
    ) -> None:
        super().__init__()
        self._connection = connection
        self.agent = Agent(
            replace(means, not_sent=self._not_sent), self, sign_in
        )
        self._line: str | None = "Connecting ..."
        self._asked_to_end: str | None = None  # which conversation
        self._error: ClientError | None = None
        self._looks = True
        self._at_hand: Participant | None = None
        self._drafts: dict[Participant, str] = {}
        self._drawn: list[tuple[str | None, str]] = []

    def compose(self) -> ComposeResult:
        """The list at the left, the conversation beside it."""
        yield Header()
        with Horizontal():
            yield OptionList(id="list", markup=False)
            yield Panel()
        yield Footer()

    async def attend(self) -> int:
        """Run until the agent leaves; the last close code.

        Raises:
            ClientError: As ``Connection.run``.
        """
        code = await self.run_async()
        if self._error is not None:
            raise self._error
        return LEFT if code is None else code

    def on_mount(self) -> None:
        """Connect, and keep the last line going."""
        self.run_worker(self._converse())
        self.set_interval(1.0, self.show)

    async def _converse(self) -> None:
        try:
            self.exit(await self._connection.run(self.agent))
        except ClientError as error:
            self._error = error
            self.exit(1)

    # -- a Face -------------------------------------------------------------

    def heard(self, frame: Frame) -> None:
        """Draw what has been taken in."""
        if frame["type"] == "welcome":
            self._line = None
            self.sub_title = printable(str(frame.get("name") or ""))
        elif frame["type"] == "gone":
            erased = f"Gone: {frame['messages']} messages erased."
            self.notify(erased, markup=False)
        elif frame["type"] == "refused":
            refused = printable(str(frame["code"]))
            self.notify(refused, severity="warning", markup=False)
        self.show()

    def noticed(self, notice: str) -> None:
        """Show it in the last line, until the next connection."""
        self._line = notice
        self.show()

    def _not_sent(self, code: str, text: str) -> None:
        # Shown and not put back into the line: it may have been meant for
        # another customer than the one at hand by now.
        told = printable(f"Not sent: {code}: {text}")
        self.notify(told, severity="warning", markup=False)

    def show(self) -> None:
        """Draw everything that has changed."""
        if not self.is_running:
            return
        talk = self.agent.talk
        if talk is not None:
            talk.look(read=self._looks)
        self.query_one(Panel).show(talk, self._standing())
        self._show_list()
        if talk is not self._at_hand:
            # Another conversation: the next key is meant for it. The question
            # whether to end was about the one before.
            self._asked_to_end = None
            self._change_drafts(talk)
            focus: type[Widget] = OptionList if talk is None else Input
            self.query_one(focus).focus()

    def _change_drafts(self, talk: Participant | None) -> None:
        """What is half written stays with the one it was meant for."""
        box = self.query_one(Input)
        before, self._at_hand = self._at_hand, talk
        if before is not None and before in self.agent.open.values():
            self._drafts[before] = box.value
        box.value = self._drafts.pop(talk, "") if talk else ""
        for over in self._drafts.keys() - set(self.agent.open.values()):
            del self._drafts[over]

    def _show_list(self) -> None:
        entries = self._entries()
        if entries == self._drawn:
            return
        self._drawn = entries
        listed = self.query_one("#list", OptionList)
        listed.clear_options()
        listed.add_options(
            Option(
                Text(line, "" if which else "bold"),
                id=which,
                disabled=which is None,
            )
            for which, line in entries
        )

    def _entries(self) -> list[tuple[str | None, str]]:
        mine, waiting = self.agent.mine(), self.agent.waiting()
        entries: list[tuple[str | None, str]] = [(None, f"MINE {len(mine)}")]
        entries += [self._entry(summary) for summary in mine]
        entries += [(None, f"WAITING {len(waiting)}")]
        entries += [self._entry(summary) for summary in waiting]
        return entries

    def _entry(self, summary: Frame) -> tuple[str, str]:
        which = str(summary["conversation"])
        at_hand = "▸" if which == self.agent.current else " "
        unread = summary["last"] - (summary.get("agent_seen") or {}).get(
            "read", 0
        )
        talk = self.agent.open.get(which)
        if talk is not None:
            transcript = talk.transcript
            unread = transcript.last - transcript.marks["agent"].read
        count = f"({unread}) " if unread > 0 else ""
        head = str(summary.get("preview") or "...")
        return which, printable(f"{at_hand} {count}{head}")

    def _standing(self) -> str:
        talk = self.agent.talk
        if self._line is not None or talk is None:
            return self._line or _NOBODY
        transcript = talk.transcript
        lines = (
            (self._asked_to_end == self.agent.current, _END),
            (transcript.warned, "Ends soon unless somebody writes."),
            (talk.typing, f"{talk.typing} is typing ..."),
            (transcript.phase == WAITING, _WAITING),
            (
                transcript.phase == ACTIVE,
                f"{transcript.agent} has this conversation.",
            ),
            (True, "It has ended and is being erased."),
        )
        return next(line for applies, line in lines if applies)

    # -- what the agent does ------------------------------------------------

    def on_app_focus(self) -> None:
        """The terminal is looked at again."""
        self._looks = True
        self.show()

    def on_app_blur(self) -> None:
        """Nobody looks: what arrives now is delivered, and not read."""
        self._looks = False

    def on_option_list_option_selected(
        self, event: OptionList.OptionSelected
    ) -> None:
        """Choose one: look at it first, take it at the second time."""
        which = event.option_id
        if which is None:
            return
        waiting = self.agent.listed.get(which, {}).get("phase") == WAITING
        if waiting and which == self.agent.current:
            self.agent.take(which)
        else:
            self.agent.watch(which)
        self.show()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Send the line."""
        talk = self.agent.talk
        if talk is not None and event.value.strip():
            event.input.clear()
            talk.say(event.value)
            self.show()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell the customer that somebody types."""
        self._asked_to_end = None
        if self.agent.talk is not None:
            self.agent.talk.type(on=bool(event.value))

    def action_take_next(self) -> None:
        """Take the one who has waited longest."""
        if waiting := self.agent.waiting():
            self.agent.take(str(waiting[0]["conversation"]))
            self.show()

    def action_release(self) -> None:
        """Give the conversation at hand back."""
        self.agent.release()

    def action_end(self) -> None:
        """Ask once, then end."""
        talk, which = self.agent.talk, self.agent.current
        if talk is None:
            return
        if self._asked_to_end == which:
            talk.end()
            which = None
        self._asked_to_end = which
        self.show()

    def action_dim(self) -> None:
        """Change between the light and the dark theme."""
        dark = self.current_theme.dark
        self.theme = "textual-light" if dark else "textual-dark"

    def action_leave(self) -> None:
        """Close; the conversations go on without us."""
        # The worker exits when the socket is closed; who waits longer than
        # this waits for a server that is not there.
        self._connection.leave()
        self.set_timer(CLOSE_SECONDS, lambda: self.exit(LEFT))
