"""A customer in plain mode: what each line does."""

from __future__ import annotations

from collections.abc import Callable

from client_demo.connection import Connection
from client_demo.customer import Customer
from client_demo.lines import Lines
from client_demo.participant import Means
from client_demo.plain import Habits, Plain, is_command, say


class PlainCustomer:
    """Carries out a customer's lines; a ``Script``."""

    def __init__(
        self,
        connection: Connection,
        means: Means,
        habits: Habits,
        *,
        keep: Callable[[str | None], None],
        token: str | None = None,
    ) -> None:
        self._connection = connection
        self._plain = Plain(habits, lambda _: self._customer.talk)
        self._customer = Customer(
            self._plain.means(means), self._plain, keep=keep, token=token
        )
        self._ending: str | None = None  # the ref of what asked for it

    async def run(self, lines: Lines) -> int:
        """Carry out ``lines``; the close code of the last connection."""
        return await self._plain.run(
            self._connection, self._customer, self, lines=lines
        )

    def do(self, line: str | None) -> bool:
        """Carry out one line; False if it must wait."""
        talk = self._customer.talk
        if line is not None and not is_command(line):
            return say(talk, line)
        if line not in {None, "/end", "/forget", "/quit"}:
            return self._ask(str(line))
        # Before the welcome nobody has said yet that we may come in at all.
        if talk.transcript.conversation is None or talk.transcript.pending:
            return False
        # What is on legal hold stays, and so do we.
        if self._ending == self._customer.denied:
            self._ending = None
        if line == "/forget":
            return self._end("forget", talk.forget)
        if line == "/end" or (line is None and self._plain.habits.end_at_eof):
            return self._end("end", talk.end)
        # Whoever has asked for the end waits for the receipt; the server
        # closes after it.
        if not self._ending:
            self._connection.leave()
        return True

    def _end(self, ref: str, say: Callable[[], bool]) -> bool:
        if self._ending is None and say():
            self._ending, self._customer.denied = ref, None
        return self._ending is not None

    def _ask(self, line: str) -> bool:
        """What ends nothing; False if it must wait."""
        talk = self._customer.talk
        command, _, about = line.partition(" ")
        if command == "/stay":
            return talk.stay()
        if talk.transcript.conversation is None:
            return False
        match command, about.strip():
            case "/holdings", "":
                return talk.ask()
            case "/withdraw", purpose if purpose:
                return talk.withdraw(purpose)
            case "/terms", "":
                version = self._customer.agree()
                agreed = f"agreed to terms {version}" if version else "no terms"
                self._plain.noticed(agreed)
            case _:
                self._plain.noticed("no such command")
        return True
