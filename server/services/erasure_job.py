"""An erasure: how far it is, whom it is about, and what is told of it.

While it goes on, whom it is about is kept, sealed, so that a crash loses
nothing. When it is done that is gone, and what is left is a receipt that says
of nobody whose it was.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from server.domain.conversation import EndedBy
from server.errors import Corrupt
from server.ids import AccountId, ApplicationId, ChannelId, ConversationId


class State(StrEnum):
    """How far an erasure is; each is on disk before its work begins."""

    ASKED = "asked"
    ENDING = "ending"  # conversations are ended and erased
    SHREDDING = "shredding"  # nobody finds the person; their key goes, rows
    CLEARING = "clearing"  # nothing refers to them; the log is emptied
    TELLING = "telling"  # done here; applications still have to be told
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whom an erasure is about; never shown.

    Attributes:
        customer: The id of the person's row, if there is one.
        conversation: The one conversation, if it is about no person.
        channel: By which way the person comes.
        platform_key: The channel's own id of them, to tell applications.
        platform: Blind index of channel and platform key, in hex.
        by: As who conversations are ended.
        counts: What was found so far, by record type.
        counted: The conversations among them that may still be there.
        told: The applications that know.
    """

    customer: str | None = field(default=None, repr=False)
    conversation: ConversationId | None = field(default=None, repr=False)
    channel: ChannelId | None = None
    platform_key: str | None = field(default=None, repr=False)
    platform: str | None = field(default=None, repr=False)
    by: EndedBy = EndedBy.OPERATOR
    counts: Mapping[str, int] = field(default_factory=dict)
    counted: tuple[ConversationId, ...] = field(default=(), repr=False)
    told: tuple[ApplicationId, ...] = ()

    @property
    def name(self) -> tuple[str | None, ...]:
        """The same for two erasures of the same: then they are one."""
        if self.conversation is not None:
            return (self.conversation,)
        return None, self.platform

    def asked_by(self, by: EndedBy) -> Subject:
        """The same, with conversations ended as ``by``."""
        return replace(self, by=by)

    def pack(self) -> bytes:
        """The bytes to seal; what is empty is left out."""
        parts = {
            name: part
            for name in self.__slots__
            if (part := getattr(self, name))
        }
        return json.dumps(parts, separators=(",", ":")).encode()

    @classmethod
    def unpack(cls, plain: bytes) -> Subject:
        """The subject in ``plain``.

        Raises:
            Corrupt: It is not what ``pack`` makes.
        """
        try:
            parts: dict[str, Any] = json.loads(plain)
            parts["by"] = EndedBy(parts["by"])
            for name in ("counted", "told"):
                parts[name] = tuple(parts.get(name, ()))
            return cls(**parts)
        except (ValueError, TypeError, KeyError):
            raise Corrupt("unreadable subject of an erasure") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is told of an erasure.

    Attributes:
        id: Names it.
        account: Whose customer it is.
        state: How far it is.
        asked_at: Unix seconds.
        done_at: When nothing was left here; None before.
        receipt: Signed, as ``vault.receipts`` makes it; None before.
        is_held: Whether it waits for a legal hold to be lifted.
    """

    id: str
    account: AccountId
    state: State
    asked_at: float
    done_at: float | None = None
    receipt: Mapping[str, Any] | None = None
    is_held: bool = False


@dataclass(slots=True, kw_only=True)
class OpenJob:
    """An erasure that goes on.

    Attributes:
        job: What is told of it.
        subject: Whom it is about.
        watched: Conversations that have been ended and are still there.
        doomed: Those that nobody can read, given over to be erased.
        slot: Where the person's key lay, until the slot may be used again.
        look_at: Monotonic seconds before which there is nothing to do.
        pause: Seconds until the next look, where one waits for others.
        is_told: Whether no application is left to be told.
    """

    job: Job
    subject: Subject
    watched: tuple[ConversationId, ...] = ()
    doomed: set[ConversationId] = field(default_factory=set)
    slot: int | None = None
    look_at: float = 0.0
    pause: float = 0.0
    is_told: bool = False

    def found(self, counts: Mapping[str, int]) -> Mapping[str, int]:
        """What was found with ``counts`` more."""
        after = dict(self.subject.counts)
        for name, count in counts.items():
            after[name] = after.get(name, 0) + count
        return after

    def changed(self, state: State, **parts: Any) -> Job:
        """The job in ``state``."""
        return replace(self.job, state=state, **parts)
