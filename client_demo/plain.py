"""Lines in, lines out: the client for pipes and scripts.

Input is carried out strictly in order, so that a script can be written down
without knowing how fast the server is: ``/end`` waits until what was said
before has been acknowledged, a text waits until there is a conversation to
say it in, and the end of the input waits for everything.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from client_demo.connection import Connection, Party
from client_demo.lines import Lines
from client_demo.participant import Means, Participant
from client_demo.printer import Printer
from client_demo.wire import Frame

COMMANDS = """
plain input: a line is a message; //text says "/text"
  customer: /terms  /holdings  /withdraw PURPOSE  /forget  /end  /stay  /quit
  agent:    /list  /take [number or id]  /go NUMBER  /release  /end  /quit
"""

#: Lines that may wait for those before them, and messages for their acks.
AHEAD = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How plain mode behaves.

    Attributes:
        write: Takes a line of output.
        as_json: Print frames instead of sentences.
        end_at_eof: End the conversation at the end of the input.
        linger: Stay connected after the end of the input.
    """

    write: Callable[[str], None]
    as_json: bool = False
    end_at_eof: bool = False
    linger: bool = False


class Script(Protocol):
    """Who carries out lines."""

    def do(self, line: str | None) -> bool:
        """Carry out ``line`` (None: the end); False if it must wait."""


class Plain:
    """The printing and the order of things, for customers and agents alike.

    A ``Face``: what a party takes in is printed, and may be what the next
    line was waiting for.
    """

    def __init__(
        self,
        habits: Habits,
        talk_of: Callable[[str], Participant | None],
        *,
        numbered: bool = False,
    ) -> None:
        self.habits = habits
        self.printer = Printer(
            habits.write,
            talk_of=talk_of,
            as_json=habits.as_json,
            numbered=numbered,
        )
        self._lines: deque[str | None] = deque()
        self._script: Script | None = None
        self._room = asyncio.Event()

    def means(self, means: Means) -> Means:
        """``means`` that also tell the printer what it has to know."""

        def new_id() -> str:
            client_id = means.new_id()
            self.printer.said_here.add(client_id)
            return client_id

        def not_sent(code: str, _text: str) -> None:
            self.printer.noticed(f"not sent: {code}")

        return replace(means, new_id=new_id, not_sent=not_sent)

    def heard(self, frame: Frame) -> None:
        """Print it, and go on with what waited for it."""
        self.printer.heard(frame)
        self._go_on()

    def noticed(self, notice: str) -> None:
        """Print something that no frame tells."""
        self.printer.noticed(notice)

    async def run(
        self,
        connection: Connection,
        party: Party,
        script: Script,
        *,
        lines: Lines,
    ) -> int:
        """Carry out ``lines`` until one side is done; the last close code.

        Raises:
            ClientError: As ``Connection.run``.
        """
        self._script = script
        running = asyncio.create_task(connection.run(party))
        reading = asyncio.create_task(self._read(lines))
        try:
            await asyncio.wait(
                {running, reading}, return_when=asyncio.FIRST_COMPLETED
            )
            if reading.done():
                reading.result()  # raises what a line's printing raised
            return await running
        finally:
            reading.cancel()
            running.cancel()

    async def _read(self, lines: Lines) -> None:
        while (line := await lines.next()) is not None:
            if line.strip():
                self._lines.append(line)
                self._go_on()
                await self._room.wait()
        if not self.habits.linger:
            self._lines.append(None)
            self._go_on()

    def _go_on(self) -> None:
        script = self._script
        while self._lines and script is not None and script.do(self._lines[0]):
            self._lines.popleft()
        if len(self._lines) < AHEAD:
            self._room.set()
        else:
            self._room.clear()


def say(talk: Participant, line: str) -> bool:
    """Say ``line``, where ``//`` at its head means ``/``; False if too early.

    The acks set the pace: a long file waits in its pipe.
    """
    if len(talk.transcript.pending) >= AHEAD:
        return False
    talk.say(line[1:] if line.startswith("//") else line)
    return True


def is_command(line: str) -> bool:
    """Whether ``line`` is a command and not a message."""
    return line.startswith("/") and not line.startswith("//")
