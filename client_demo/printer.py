"""Frames as lines of text, one event a line; ``FORMAT`` documents them.

Every line passes ``printable`` as a whole: nothing from the other side can
reach the terminal by a field that somebody forgot.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

from client_demo.participant import Participant
from client_demo.printable import printable
from client_demo.transcript import ACTIVE, Said
from client_demo.wire import Frame

FORMAT = r"""
plain output, one event a line:
  agent Maria: TEXT           somebody else's message
  customer: TEXT              a customer's, or our own from another window
  * connected: PHASE          again after each reconnect
  * connection lost; again in S s
  * sent N                    our message is on the server's disk as number N
  * not sent: CODE            our message was given up
  * waiting | * active with NAME | * ending
  * typing: NAME
  * seen by SIDE: delivered N, read N
  * ends soon unless somebody writes | * deadline moved
  * ended by WHO | * gone: N messages erased
  * refused: CODE | * refused: CODE, again in S s
  * notice: TEXT              what the account tells its customers first
  * terms VERSION: TEXT (URL) /terms agrees to them; "required" where they are
  * held: N NAME, HOME, until WHEN | * nothing is held
  * agreed: PURPOSE, LEVEL | * restricted: WHAT | * on legal hold
agents get the conversation's number before each line, as in "[2] customer:
TEXT", and also:
  * N waiting, N mine
  [N] * listed PHASE: PREVIEW | [N] * unlisted | [N] * watching: PHASE
control characters are written out, as in \x1b and \n.
--json prints each frame of the server as one line of JSON instead (without
tokens), and {"type":"client","notice":TEXT} for what no frame tells.
"""


class Printer:
    """Prints what parties take in; a ``Face``.

    Args:
        write: Takes one line, without its end.
        talk_of: The participant of a conversation, if it is known.
        as_json: Print frames instead of sentences.
        numbered: Begin lines with the conversation's number.
    """

    def __init__(
        self,
        write: Callable[[str], None],
        *,
        talk_of: Callable[[str], Participant | None],
        as_json: bool = False,
        numbered: bool = False,
    ) -> None:
        self.ids: list[str] = []  # conversations; the first has number 1
        self.said_here: set[str] = set()  # client ids
        self._write = write
        self._talk_of = talk_of
        self._as_json = as_json
        self._numbered = numbered
        self._shown: dict[str, int] = {}
        self._notice: Frame | None = None

    def heard(self, frame: Frame) -> None:
        """Print what ``frame`` tells."""
        if self._as_json:
            self._write(json.dumps({**frame, "token": None}))
            self._look(frame)
            return
        tag = self._tag(frame)
        tell = getattr(self, f"_{frame['type']}", None)
        for line in () if tell is None else tell(frame):
            self._write(printable(tag + line))
        self._look(frame)

    def noticed(self, notice: str) -> None:
        """Print something that no frame tells."""
        if self._as_json:
            self._write(json.dumps({"type": "client", "notice": notice}))
        else:
            self._write(printable(f"* {notice}"))

    def number(self, conversation: str) -> int:
        """A short name for a conversation, for as long as we run."""
        if conversation not in self.ids:
            self.ids.append(conversation)
        return self.ids.index(conversation) + 1

    def _tag(self, frame: Frame) -> str:
        summary = frame.get("summary") or frame
        conversation = summary.get("conversation")
        if not self._numbered or conversation is None:
            return ""
        return f"[{self.number(conversation)}] "

    def _look(self, frame: Frame) -> None:
        """What is printed has been seen."""
        if frame["type"] in {"history", "message"}:
            talk = self._talk_of(frame["conversation"])
            if talk is not None:
                talk.look(read=True)

    # -- one method a frame, by its name ------------------------------------

    def _welcome(self, frame: Frame) -> list[str]:
        summary = frame.get("summary")
        if summary is None:
            return [f"* connected: {frame['role']} {frame.get('name', '')}"]
        notice = frame.get("notice")
        if notice == self._notice:
            return [f"* connected: {_phase(summary)}"]
        self._notice = notice
        return [f"* connected: {_phase(summary)}", *notice_lines(notice or {})]

    def _history(self, frame: Frame) -> list[str]:
        return self._news(frame["conversation"])

    _message = _history
    _ack = _history

    def _resync(self, frame: Frame) -> list[str]:
        self._shown.pop(frame["conversation"], None)
        return ["* history was replaced; from the beginning:"]

    def _typing(self, frame: Frame) -> list[str]:
        who = frame.get("name") or frame["author"]
        return [f"* typing: {who}"] if frame["on"] else []

    def _seen(self, frame: Frame) -> list[str]:
        marks = f"delivered {frame['delivered']}, read {frame['read']}"
        return [f"* seen by {frame['by']}: {marks}"]

    def _state(self, frame: Frame) -> list[str]:
        return [f"* {_phase(frame)}"]

    def _deadline(self, frame: Frame) -> list[str]:
        if not frame.get("warn"):
            return ["* deadline moved"]
        return ["* ends soon unless somebody writes"]

    def _ended(self, frame: Frame) -> list[str]:
        return [f"* ended by {frame['by']}"]

    def _gone(self, frame: Frame) -> list[str]:
        self._shown.pop(frame["conversation"], None)
        return [f"* gone: {frame['messages']} messages erased"]

    def _refused(self, frame: Frame) -> list[str]:
        after = frame.get("retry_after")
        again = "" if after is None else f", again in {after} s"
        return [f"* refused: {frame['code']}{again}"]

    def _holdings(self, frame: Frame) -> list[str]:
        return [f"* {line}" for line in holding_lines(frame)]

    def _list(self, frame: Frame) -> list[str]:
        counts = len(frame["waiting"]), len(frame["mine"])
        return ["* {} waiting, {} mine".format(*counts)]

    def _listed(self, frame: Frame) -> list[str]:
        summary = frame["summary"]
        preview = summary.get("preview") or ""
        return [f"* listed {_phase(summary)}: {preview}"]

    def _unlisted(self, _frame: Frame) -> list[str]:
        return ["* unlisted"]

    def _watching(self, frame: Frame) -> list[str]:
        return [f"* watching: {_phase(frame['summary'])}"]

    def _news(self, conversation: str) -> list[str]:
        talk = self._talk_of(conversation)
        if talk is None:
            return []
        fresh = talk.transcript.after(self._shown.get(conversation, 0))
        self._shown[conversation] = talk.transcript.last
        return [self._line(said) for said in fresh]

    def _line(self, said: Said) -> str:
        if said.id in self.said_here:
            return f"* sent {said.number}"
        who = f"{said.author} {said.name}" if said.name else said.author
        return f"{who}: {said.text}"


def notice_lines(notice: Frame) -> list[str]:
    """A NoticeText, a line each of what it has."""
    lines = [f"* notice: {notice['text']}"] if notice.get("text") else []
    if notice.get("terms"):
        required = ", required" if notice.get("terms_required") else ""
        url = f" ({notice['terms_url']})" if notice.get("terms_url") else ""
        lines.append(
            f"* terms {notice['version']}{required}: {notice['terms']}{url}"
        )
    return lines


def holding_lines(frame: Frame) -> list[str]:
    """What is held, agreed to and restricted, a line each."""
    lines = [
        f"held: {one['count']} {one['name']}, {one['home']}, "
        f"until {_until(one)}"
        for one in frame["held"]
    ] or ["nothing is held"]
    lines += [
        f"agreed: {one['purpose']}, {one['level']}"
        for one in frame.get("consents", ())
    ]
    lines += [f"restricted: {one}" for one in frame.get("restrictions", ())]
    return [*lines, "on legal hold"] if frame.get("on_hold") else lines


def _until(item: Frame) -> str:
    if item.get("dies_at") is None:
        return str(item["dies"])
    return f"{datetime.fromtimestamp(item['dies_at'] / 1000, tz=UTC):%F %T} UTC"


def _phase(frame: Frame) -> str:
    phase = str(frame["phase"])
    return f"{phase} with {frame['agent']}" if phase == ACTIVE else phase
