"""A channel: one configured way in for an account's customers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from server.domain.consent import NO_CONSENT_RULES, ConsentRules
from server.domain.context import Part
from server.domain.notice import Notice
from server.ids import AccountId, ChannelId


class Transcript(StrEnum):
    """Who is given all that was said, before it is erased."""

    NONE = "none"
    APPLICATION = "application"
    EMAIL = "email"


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A web widget on the account's pages.

    Attributes:
        id: Part of the widget's address, so it is no secret.
        account: Whose it is.
        name: What the widget's head shows.
        greeting: What it says before anybody has written.
        color: Of its head and buttons, as ``#rrggbb``.
        allowed_origins: The sites that may show the widget and connect:
            scheme, host and port as a browser sends them, no path.
        inactivity: Seconds without a sign of life after which a conversation
            times out.
        max_age: Seconds from its start after which it ends in any case.
        starts_with_application: Whether the account's application answers
            first, until it hands the conversation over to agents.
        ending_grace: Seconds for which the last messages may still be handed
            to applications after an end, before everything is erased.
        attachment_bytes: The largest file that may be sent; 0: none at all.
        most_attachments: Files in one conversation.
        context: What is collected of the customer's surroundings.
        page_query: Whether a page's address keeps its query.
        allowed_cookies: The names of the site's cookies that are taken.
        secret: Shared with the account's back-end, for tokens; None: no
            private data.
        accepts_tokens_without_iat: Whether a token need not say when it was
            made.
        controlled_creation: Whether only the back-end may begin a session.
        is_active: Whether customers may come in; those who are here stay.
        notices: What customers are told first, a wording a language.
        consent: What the business needs before it writes of its own accord.
        transcript_download: Whether customers may take their own along.
        retention: Seconds for which a conversation is kept after its end.
        transcript: Who is given a conversation's transcript at its end.
        transcript_to: The address of the account's own to which it is mailed.
        transcript_patience: Seconds for which that is tried; what is not
            kept anyway is erased after that in any case.
        queue: Where its customers wait; None: with everybody.
        business_hours: When somebody answers; None: at any time.
    """

    id: ChannelId
    account: AccountId
    name: str
    greeting: str
    color: str
    allowed_origins: tuple[str, ...]
    inactivity: float
    max_age: float
    starts_with_application: bool = False
    ending_grace: float = 5.0
    attachment_bytes: int = 0
    most_attachments: int = 20
    context: frozenset[Part] = frozenset()
    page_query: bool = False
    allowed_cookies: frozenset[str] = frozenset()
    secret: str | None = field(default=None, repr=False)
    accepts_tokens_without_iat: bool = False
    controlled_creation: bool = False
    is_active: bool = True
    notices: tuple[Notice, ...] = ()
    consent: ConsentRules = NO_CONSENT_RULES
    transcript_download: bool = False
    queue: str | None = None
    business_hours: str | None = None
    retention: float = 0.0
    transcript: Transcript = Transcript.NONE
    transcript_to: str | None = field(default=None, repr=False)
    transcript_patience: float = 3600.0
