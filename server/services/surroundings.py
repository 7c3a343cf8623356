"""The customer's surroundings: heard from connection and page, told to agents.

Everything is in the session and nowhere else, and nothing comes into one that
has ended. The lists of the channel decide what is kept, here and not in the
page: a page can be changed by whoever looks at it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote, unquote_plus

from server.domain.channel import Channel
from server.domain.context import (
    LONGEST_URL,
    Arrival,
    Context,
    Device,
    Page,
    Part,
    one_line,
    page_of,
)
from server.domain.message import Author
from server.domain.restriction import Use
from server.live.rate_limit import RateLimit
from server.live.sessions import Session
from server.protocol import parts
from server.protocol.client_frames import TellContext
from server.protocol.codec import Saying
from server.protocol.parts import Hints
from server.protocol.server_frames import ContextKnown
from server.services.senses import Senses

#: ``context`` frames of one connection a second, and at once: a page that
#: changes its address with every letter typed.
PER_SECOND = 2.0
BURST = 20.0


def new_context_rate() -> RateLimit:
    """A fresh allowance for one connection."""
    return RateLimit(PER_SECOND, BURST)


def arrived(
    session: Session, channel: Channel, arrival: Arrival, *, senses: Senses
) -> None:
    """A connection has joined ``session``; the newest one counts."""
    known: dict[str, Any] = {}
    may_place = session.allows(Use.PLACE)
    if Part.ADDRESS in channel.context and may_place:
        known["address"] = arrival.address
    if Part.PLACE in channel.context and may_place and arrival.address:
        known["place"] = senses.place(arrival.address)
    if Part.DEVICE in channel.context and session.allows(Use.CONTEXT):
        known["device"] = senses.device(arrival)
    _learn(session, known)


def told(
    session: Session,
    channel: Channel,
    frame: TellContext,
    *,
    hide: Callable[[str], str],
) -> None:
    """The page has told something; what it names replaces what was known.

    Args:
        session: Whose surroundings.
        channel: Which decides what is kept.
        frame: What was told.
        hide: What takes out of a text what is not to be kept.
    """

    def cleaned(text: str) -> str:
        return hide(one_line(text))

    known: dict[str, Any] = {}
    if frame.page is not None and Part.PAGE in channel.context:
        known["page"] = _page_in(frame.page, channel, hide)
    if Part.LANGUAGE in channel.context:
        for name in ("language", "time_zone"):
            if (value := getattr(frame, name)) is not None:
                known[name] = cleaned(value)
    if frame.hints is not None and Part.DEVICE in channel.context:
        before = session.context.device if session.context else None
        known["device"] = _device_in(frame.hints, cleaned).over(before)
    if frame.tags is not None and Part.TAGS in channel.context:
        known["tags"] = {
            name: cleaned(value) for name, value in frame.tags.items()
        }
    if session.allows(Use.CONTEXT):
        _learn(session, known)
    if (
        frame.cookies is not None
        and session.conversation.is_live
        and session.allows(Use.COOKIES)
    ):
        session.cookies = _cookies_in(frame.cookies, channel, hide)


def _page_in(
    told: parts.Page, channel: Channel, hide: Callable[[str], str]
) -> Page | None:
    page = page_of(
        told.url,
        title=told.title,
        referrer=told.referrer,
        with_query=channel.page_query,
    )
    return None if page is None else _page_without(page, hide)


def _cookies_in(
    told: Mapping[str, str], channel: Channel, hide: Callable[[str], str]
) -> dict[str, str] | None:
    allowed = {
        name: hide(value)
        for name, value in told.items()
        if name in channel.allowed_cookies
    }
    return allowed or None


def context_of(session: Session) -> Saying | None:
    """What agents are told of ``session``; None while nothing is known."""
    if session.context is None:
        return None
    return Saying(
        ContextKnown(conversation=session.id, context=session.context.as_map())
    )


def _learn(session: Session, known: dict[str, Any]) -> None:
    # What has ended has been forgotten, and must stay so.
    if not session.conversation.is_live:
        return
    before = session.context
    after = replace(before or Context(), **known)
    session.context = after or None
    if session.context == before:
        return
    saying = Saying(
        ContextKnown(conversation=session.id, context=after.as_map())
    )
    for seat in session.seats:
        if seat.side is Author.AGENT:
            seat.listener.tell(saying)


def _device_in(hints: Hints, cleaned: Callable[[str], str]) -> Device:
    return Device(
        browser=cleaned(hints.browser or "") or None,
        version=cleaned(hints.version or "") or None,
        platform=cleaned(hints.platform or "") or None,
        model=cleaned(hints.model or "") or None,
        mobile=hints.mobile,
    )


def _page_without(page: Page, hide: Callable[[str], str]) -> Page:
    return Page(
        url=_address_without(page.url, hide),
        title=hide(page.title or "") or None,
        referrer=_address_without(page.referrer or "", hide) or None,
    )


def _address_without(address: str, hide: Callable[[str], str]) -> str:
    """``address`` without what is hidden, however it is escaped.

    Where nothing is hidden in what an escape stands for, it stays as it was:
    to write it anew might change where the address leads.
    """
    address = hide(address)
    for read in (unquote, unquote_plus):
        plain = one_line(read(address))
        left = hide(plain)
        if left != plain:
            address = left.replace("%", "%25").replace(" ", "%20")
    return address[:LONGEST_URL]
