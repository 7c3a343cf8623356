"""What customers are told first, and what they agree to before they write."""

from __future__ import annotations

from dataclasses import replace

from server.domain.channel import Channel
from server.domain.conversation import Conversation
from server.domain.notice import has_terms, notice_for, terms_are_required
from server.errors import RefusalCode, Refused
from server.protocol.parts import NoticeText


def notice_in(channel: Channel, language: str | None) -> NoticeText | None:
    """What a customer who reads ``language`` is told first."""
    notice = notice_for(channel.notices, language)
    if notice is None:
        return None
    return NoticeText(
        version=notice.version,
        text=notice.text,
        language=notice.language,
        terms=notice.terms,
        terms_url=notice.terms_url,
        terms_required=notice.terms_required,
    )


def agreed_to(
    channel: Channel, conversation: Conversation, terms: str | None
) -> Conversation:
    """``conversation`` with the terms that its first message agrees to.

    Decided when that message is numbered: of several sent at once only the
    first has to bring them.

    Raises:
        Refused: ``TERMS_NEEDED``: they are required and missing, or are not
            those that hold now.
    """
    if conversation.is_stored:
        return conversation
    if terms is None:
        if terms_are_required(channel.notices):
            raise Refused(RefusalCode.TERMS_NEEDED, path="$.terms")
        return conversation
    if not has_terms(channel.notices, terms):
        raise Refused(RefusalCode.TERMS_NEEDED, path="$.terms")
    return replace(conversation, terms=terms)
