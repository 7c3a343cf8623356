"""An agent in plain mode: what each line does."""

from __future__ import annotations

from datetime import UTC, datetime

from client_demo.agent import Agent, SignIn
from client_demo.connection import Connection
from client_demo.lines import Lines
from client_demo.participant import Means, Participant
from client_demo.plain import Habits, Plain, is_command, say
from client_demo.wire import Frame


class PlainAgent:
    """Carries out an agent's lines; a ``Script``."""

    def __init__(
        self,
        connection: Connection,
        means: Means,
        habits: Habits,
        sign_in: SignIn,
    ) -> None:
        self._connection = connection
        self._plain = Plain(habits, self._talk_of, numbered=True)
        self._agent = Agent(
            self._plain.means(means),
            self._plain,
            sign_in,
        )
        self._ending: set[str] = set()
        self._auto_take = sign_in.auto_take

    def _talk_of(self, conversation: str) -> Participant | None:
        return self._agent.open.get(conversation)

    async def run(self, lines: Lines) -> int:
        """Carry out ``lines``; the close code of the last connection."""
        return await self._plain.run(
            self._connection, self._agent, self, lines=lines
        )

    def do(self, line: str | None) -> bool:
        """Carry out one line; False if it must wait."""
        if not self._agent.has_list:
            return False
        if line is None or line == "/quit":
            return self._quit()
        if not is_command(line) or line in {"/release", "/end"}:
            return self._in_conversation(line)
        command, _, which = line.partition(" ")
        if command == "/take":
            return self._take(which.strip())
        if command == "/go":
            return self._go(which.strip())
        if command == "/list":
            self._list()
        else:
            self._plain.noticed("no such command")
        return True

    def _in_conversation(self, line: str) -> bool:
        agent = self._agent
        if agent.current is None and not self._auto_take:
            self._plain.noticed("no conversation: /take one")
            return True
        if agent.talk is None or agent.current in self._ending:
            return False  # on its way: taken, and not yet watching; or ending
        return self._act(line, agent.talk)

    def _act(self, line: str, talk: Participant) -> bool:
        if line not in {"/release", "/end"}:
            return say(talk, line)
        if talk.transcript.pending:
            return False
        if line == "/release":
            return self._agent.release()
        told = talk.end()
        if told and self._agent.current:
            self._ending.add(self._agent.current)
        return told

    def _take(self, which: str) -> bool:
        waiting = self._agent.waiting()
        wanted = self._named(which) if which else None
        if not which and waiting:
            wanted = str(waiting[0]["conversation"])
        if wanted is None:
            self._plain.noticed("nothing to take")
            return True
        return self._agent.take(wanted)

    def _go(self, which: str) -> bool:
        wanted = self._named(which)
        if wanted is None:
            self._plain.noticed("no such conversation")
            return True
        return self._agent.watch(wanted)

    def _named(self, which: str) -> str | None:
        if which in self._agent.listed:
            return which
        ids = self._plain.printer.ids
        if which.isdecimal() and 0 < int(which) <= len(ids):
            return ids[int(which) - 1]
        return None

    def _list(self) -> None:
        for summary in (*self._agent.mine(), *self._agent.waiting()):
            self._plain.noticed(self._entry(summary))

    def _entry(self, summary: Frame) -> str:
        number = self._plain.printer.number(summary["conversation"])
        since = datetime.fromtimestamp(summary["started_at"] / 1000, tz=UTC)
        what = "mine" if summary.get("mine") else summary["phase"]
        preview = summary.get("preview") or ""
        return (
            f"[{number}] {what} since {since:%H:%M} UTC, "
            f"last {summary['last']}: {preview}"
        )

    def _quit(self) -> bool:
        """Leave once everything is acknowledged and every end has come."""
        self._ending &= self._agent.open.keys()
        busy = any(t.transcript.pending for t in self._agent.open.values())
        if busy or self._ending:
            return False
        self._connection.leave()
        return True
