"""What an agent's connection does: the list, and the conversations watched.

An agent who comes back finds everything as it was: what it has is watched
from the start, and what it watched is resumed after each ``list``. When a
conversation is gone, its messages are dropped here too.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from client_demo.customer import PROGRAM, Face
from client_demo.participant import Means, Participant
from client_demo.transcript import AGENT, WAITING
from client_demo.wire import Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """Who the agent is, and what it does by itself.

    The password is kept for as long as we run: the token may be too old when
    a connection comes back after a night.
    """

    name: str
    password: str = field(repr=False)
    auto_take: bool = False


class Agent:
    """An agent: the ``Party`` of many conversations.

    Args:
        means: The world, as far as a participant needs it.
        face: Where to show things.
        sign_in: Who the agent is.
    """

    def __init__(self, means: Means, face: Face, sign_in: SignIn) -> None:
        self.listed: dict[str, Frame] = {}  # Summary by conversation
        self.open: dict[str, Participant] = {}
        self.current: str | None = None
        self.has_list = False
        self.display_name: str | None = None
        self._means = means
        self._face = face
        self._sign_in = sign_in
        self._token: str | None = None
        self._asked: set[str] = set()  # taken by us, or given back by us
        self._releasing: set[str] = set()

    # -- what the person does -----------------------------------------------

    @property
    def talk(self) -> Participant | None:
        """The conversation in front of the agent."""
        return self.open.get(self.current or "")

    def waiting(self) -> list[Frame]:
        """Summaries of what nobody has, oldest first."""
        found = [s for s in self.listed.values() if s["phase"] == WAITING]
        return sorted(found, key=lambda summary: int(summary["started_at"]))

    def mine(self) -> list[Frame]:
        """Summaries of what this agent has, oldest first."""
        found = [s for s in self.listed.values() if s.get("mine")]
        return sorted(found, key=lambda summary: int(summary["started_at"]))

    def take(self, conversation: str) -> bool:
        """Ask for a waiting conversation; it becomes the current one."""
        self._asked.add(conversation)
        self.current = conversation
        return self._about("take", conversation)

    def watch(self, conversation: str) -> bool:
        """Join a conversation and make it the current one."""
        self.current = conversation
        return conversation in self.open or self._watch(conversation)

    def release(self) -> bool:
        """Give the current conversation back."""
        if self.current is None:
            return False
        self._releasing.add(self.current)
        return self._about("release", self.current)

    # -- what the server says -----------------------------------------------

    def hello(self) -> Frame:
        """Sign in with the token, else with name and password."""
        secret = (
            {"token": self._token}
            if self._token
            else {
                "name": self._sign_in.name,
                "password": self._sign_in.password,
            }
        )
        return {"type": "hello", "client": PROGRAM, **secret}

    def turned_away(self, frame: Frame) -> bool:
        """A token too old is replaced by the password, once."""
        if frame["code"] != "bad_credentials" or self._token is None:
            return False
        self._token = None
        return True

    def hear(self, frame: Frame) -> None:
        """Take in a frame and show it."""
        hear = getattr(self, f"_hear_{frame['type']}", None)
        if hear is not None:
            hear(frame)
        elif talk := self.open.get(frame.get("conversation", "")):
            talk.hear(frame)
        self._face.heard(frame)

    def lost(self, pause: float) -> None:
        """Say that the line is down."""
        self._face.noticed(f"connection lost; again in {pause:.1f} s")

    def _hear_welcome(self, frame: Frame) -> None:
        self._token = frame.get("token") or self._token
        self.display_name = frame.get("name")

    def _hear_list(self, frame: Frame) -> None:
        summaries = [*frame["waiting"], *frame["mine"]]
        self.listed = {s["conversation"]: s for s in summaries}
        self.has_list = True
        for conversation in self.open:
            self._watch(conversation)
        for summary in self.mine():
            if summary["conversation"] not in self.open:
                self._watch(summary["conversation"])
        self._asked.intersection_update(self.listed)
        self._take_what_waits()

    def _hear_listed(self, frame: Frame) -> None:
        summary = frame["summary"]
        self.listed[summary["conversation"]] = summary
        self._take_what_waits()

    def _hear_unlisted(self, frame: Frame) -> None:
        self.listed.pop(frame["conversation"], None)

    def _hear_watching(self, frame: Frame) -> None:
        summary = frame["summary"]
        conversation = summary["conversation"]
        if conversation not in self.open:
            talk = Participant(AGENT, self._means, conversation=conversation)
            talk.transcript.own_name = self.display_name
            self.open[conversation] = talk
        self.open[conversation].begin(summary)
        self.current = self.current or conversation

    def _hear_state(self, frame: Frame) -> None:
        conversation = frame["conversation"]
        if talk := self.open.get(conversation):
            talk.hear(frame)
        if conversation in self._releasing and frame["phase"] == WAITING:
            self._about("unwatch", conversation)
            self._drop(conversation, "not_yours")

    def _hear_ended(self, frame: Frame) -> None:
        if talk := self.open.get(frame["conversation"]):
            talk.hear(frame)
        if frame.get("kept"):  # no receipt will follow
            self._drop(frame["conversation"], "conversation_ended")

    def _hear_gone(self, frame: Frame) -> None:
        if talk := self.open.get(frame["conversation"]):
            talk.hear(frame)
        self._drop(frame["conversation"], "conversation_ended")

    def _hear_refused(self, frame: Frame) -> None:
        if any(talk.refused(frame) for talk in self.open.values()):
            return
        what, _, conversation = str(frame.get("ref") or "").partition(" ")
        if what == "take":
            self._asked.discard(conversation)
        if what == "release":
            self._releasing.discard(conversation)
        # Ended, and perhaps erased, while we were away or on the way to it.
        if what == "watch" or conversation not in self.open:
            self._drop(conversation, str(frame["code"]))

    # -- how ----------------------------------------------------------------

    def _take_what_waits(self) -> None:
        if not self._sign_in.auto_take:
            return
        for summary in self.waiting():
            if summary["conversation"] not in self._asked:
                self.take(summary["conversation"])

    def _watch(self, conversation: str) -> bool:
        talk = self.open.get(conversation)
        return self._about(
            "watch",
            conversation,
            epoch=talk and talk.transcript.epoch,
            last=talk and talk.transcript.last,
        )

    def _drop(self, conversation: str, code: str) -> None:
        self._releasing.discard(conversation)
        if talk := self.open.pop(conversation, None):
            talk.over(code)
        if self.current == conversation:
            self.current = next(iter(self.open), None)

    def _about(self, kind: str, conversation: str, **fields: object) -> bool:
        frame = {"type": kind, "conversation": conversation, **fields}
        if kind != "unwatch":
            frame["ref"] = f"{kind} {conversation}"
        return self._means.tell(frame)
