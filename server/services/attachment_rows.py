"""What is kept of an attachment besides its contents, sealed and opened."""

from __future__ import annotations

from server.domain.attachment import Attachment
from server.errors import RefusalCode, Refused
from server.live.sessions import Session
from server.services.house import House
from server.store import sealed_attachment
from server.store.rows import AttachmentRow
from server.vault.sealing import DataKey, bound_to, open_sealed, seal


def sealed_row(
    house: House, session: Session, attachment: Attachment
) -> AttachmentRow:
    """``attachment`` as it is stored in the conversation of ``session``.

    Raises:
        Refused: ``CONVERSATION_ENDED``.
        Corrupt: The conversation's key fails its check.
    """
    if not session.conversation.is_live:
        raise Refused(RefusalCode.CONVERSATION_ENDED)
    sealed = seal(
        _key_of(house, session),
        sealed_attachment.pack(attachment),
        bound_to=_place(session, attachment.id),
        randomness=house.randomness,
    )
    return AttachmentRow(
        id=attachment.id,
        conversation=attachment.conversation,
        size=attachment.size,
        expires_at=attachment.expires_at,
        sealed=sealed,
    )


def opened(house: House, session: Session, row: AttachmentRow) -> Attachment:
    """The attachment in ``row``, of the conversation of ``session``.

    Raises:
        Refused: ``CONVERSATION_ENDED``.
        Corrupt: The row is not what was stored there.
    """
    plain = open_sealed(
        _key_of(house, session), row.sealed, bound_to=_place(session, row.id)
    )
    return sealed_attachment.unpack(plain, row)


def _key_of(house: House, session: Session) -> DataKey:
    conversation = session.conversation
    if session.slot is None:  # nothing was said, or its key is gone
        raise Refused(RefusalCode.CONVERSATION_ENDED)
    return house.keys.key(
        session.slot,
        account=conversation.account,
        conversation=conversation.id,
    )


def _place(session: Session, id_: str) -> bytes:
    conversation = session.conversation
    return bound_to(
        conversation.account,
        conversation.id,
        table="attachment",
        column="sealed",
        row=id_,
    )
