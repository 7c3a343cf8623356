"""What one commit holds, and what may be put into it.

Deletions are written last, so what is erased stays erased whatever else the
same group says of it: an id is never given twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from server.domain.audit import Anchor, AuditRow
from server.errors import ServerError
from server.ids import ApplicationId, ConversationId
from server.store.deeds import Deed
from server.store.rows import (
    AttachmentRow,
    ConversationRow,
    CursorRow,
    MessageRow,
    NoticeRow,
    SignInRow,
)

Undo = Callable[[], None]


class Change(Protocol):
    """Something to be decided and written; told what became of it.

    Callbacks instead of a future each: at 10,000 messages a second waking a
    task per message costs more than writing the message does.
    """

    def prepare(self, group: Group, /) -> None:
        """Decide now, and put rows into ``group``.

        Raises:
            ServerError: Before anything was put into ``group``.
        """
        ...

    def committed(self) -> None:
        """All of it is on disk, fsynced."""
        ...

    def failed(self, error: ServerError, /) -> None:
        """Nothing of it was kept: it was refused, or the disk failed."""
        ...


class Group:
    """The rows of one commit, all or none."""

    __slots__ = (
        "anchor",
        "attachments",
        "audits",
        "conversations",
        "cursors",
        "deeds",
        "dropped_attachments",
        "dropped_notices",
        "dropped_sign_ins",
        "erased",
        "expired",
        "messages",
        "notices",
        "sign_ins",
        "sign_ins_expire_at",
        "undoing",
    )

    def __init__(self) -> None:
        self.conversations: dict[ConversationId, ConversationRow] = {}
        self.messages: list[MessageRow] = []
        self.erased: list[ConversationId] = []
        self.sign_ins: list[SignInRow] = []
        self.dropped_sign_ins: list[bytes] = []
        self.cursors: list[CursorRow] = []
        self.attachments: list[AttachmentRow] = []
        self.dropped_attachments: list[str] = []
        self.notices: list[NoticeRow] = []
        self.dropped_notices: list[tuple[ConversationId, ApplicationId]] = []
        self.audits: list[AuditRow] = []
        self.anchor: tuple[Anchor, bytes] | None = None
        self.deeds: list[Deed] = []
        self.expired = 0.0
        self.sign_ins_expire_at: float | None = None
        self.undoing: list[Undo] = []

    def __bool__(self) -> bool:
        """Whether there is anything to write."""
        return bool(
            self.conversations
            or self.messages
            or self.erased
            or self.sign_ins
            or self.dropped_sign_ins
            or self.sign_ins_expire_at is not None
            or self.cursors
            or self.attachments
            or self.dropped_attachments
            or self.notices
            or self.dropped_notices
            or self.expired
            or self.audits
            or self.anchor
            or self.deeds
        )

    def keep(self, row: ConversationRow) -> None:
        """Write ``row``; of several for one conversation the last one wins."""
        self.conversations[row.id] = row

    def add(self, row: MessageRow) -> None:
        """Write a new message of a conversation that is kept."""
        self.messages.append(row)

    def erase(self, conversation: ConversationId) -> None:
        """Delete the conversation and everything that belongs to it."""
        self.erased.append(conversation)

    def keep_sign_in(self, row: SignInRow) -> None:
        """Write ``row``."""
        self.sign_ins.append(row)

    def drop_sign_in(self, token_hash: bytes) -> None:
        """Delete the sign-in with that hash; none is no error."""
        self.dropped_sign_ins.append(token_hash)

    def expire_sign_ins(self, now: float) -> None:
        """Delete the sign-ins that open nothing from ``now`` on."""
        self.sign_ins_expire_at = now

    def keep_cursor(self, row: CursorRow) -> None:
        """Write ``row``, unless its conversation is not stored."""
        self.cursors.append(row)

    def add_attachment(self, row: AttachmentRow) -> None:
        """Write a new attachment of a conversation that is kept."""
        self.attachments.append(row)

    def drop_attachment(self, attachment: str) -> None:
        """Delete the row of that attachment; none is no error."""
        self.dropped_attachments.append(attachment)

    def keep_notice(self, row: NoticeRow) -> None:
        """Write ``row``, in place of one for the same end and application."""
        self.notices.append(row)

    def drop_notice(
        self, conversation: ConversationId, application: ApplicationId
    ) -> None:
        """Delete that notice; none is no error."""
        self.dropped_notices.append((conversation, application))

    def expire_notices(self, before: float) -> None:
        """Delete the notices of ends before that moment (unix seconds)."""
        self.expired = max(self.expired, before)

    def add_audit(self, row: AuditRow) -> None:
        """Write ``row`` behind the others; an anchor has to come with it."""
        self.audits.append(row)

    def keep_anchor(self, anchor: Anchor, seal: bytes) -> None:
        """Write where the audit log ends, and cut it where it begins."""
        self.anchor = anchor, seal

    def do(self, *deeds: Deed) -> None:
        """Write what ``deeds`` say, in order, after all that is kept.

        For operational records; see ``deeds``.
        """
        self.deeds += deeds

    def undo(self, undo: Undo) -> None:
        """Have ``undo`` called if the group fails, the newest one first."""
        self.undoing.append(undo)
