"""Context: where the customer is, and by what means.

Told by the connection (address, browser) and by the page (its own address,
language, tags). It follows the customer: what is told later replaces what was
told before, part by part. Memory only, and only what the channel collects.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

#: Characters of a page's address; what the protocol lets through.
LONGEST_URL: Final = 2_048


class Part(StrEnum):
    """What a channel may collect."""

    ADDRESS = "address"
    PLACE = "place"
    DEVICE = "device"
    PAGE = "page"
    LANGUAGE = "language"  # and the time zone
    TAGS = "tags"


#: What only the page can tell, in the order of the settings.
TOLD_BY_PAGES: Final = (Part.DEVICE, Part.PAGE, Part.LANGUAGE, Part.TAGS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """How a connection came in, before anything was said.

    Attributes:
        address: The customer's, as far as proxies can be trusted.
        user_agent: What the browser calls itself.
        hints: The client hints it sent by itself, by lower-case name.
    """

    address: str | None = field(default=None, repr=False)
    user_agent: str = field(default="", repr=False)
    hints: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an address is thought to be; names in English."""

    country: str | None = None
    region: str | None = None
    city: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """Hardware and browser."""

    browser: str | None = None
    version: str | None = None
    platform: str | None = None
    model: str | None = None
    mobile: bool | None = None

    def over(self, other: Device | None) -> Device:
        """This, and of ``other`` what this does not know."""
        if other is None:
            return self
        return Device(
            browser=self.browser or other.browser,
            # A version belongs to its browser.
            version=self.version if self.browser else other.version,
            platform=self.platform or other.platform,
            model=self.model or other.model,
            mobile=other.mobile if self.mobile is None else self.mobile,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The page the customer looks at."""

    url: str
    title: str | None = None
    referrer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is known of a customer's surroundings; never in a log."""

    address: str | None = field(default=None, repr=False)
    place: Place | None = field(default=None, repr=False)
    device: Device | None = field(default=None, repr=False)
    page: Page | None = field(default=None, repr=False)
    language: str | None = field(default=None, repr=False)
    time_zone: str | None = field(default=None, repr=False)
    tags: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __bool__(self) -> bool:
        """Whether anything is known."""
        return bool(self.as_map())

    def as_map(self) -> dict[str, Any]:
        """A plain map for frames and events, without what is not known."""
        known: dict[str, Any] = {}
        for name in ("address", "language", "time_zone"):
            if value := getattr(self, name):
                known[name] = value
        for name in ("place", "device", "page"):
            if fields := _known(getattr(self, name)):
                known[name] = fields
        if self.tags:
            known["tags"] = dict(self.tags)
        return known


def _known(value: Place | Device | Page | None) -> dict[str, Any]:
    if value is None:
        return {}
    fields = ((name, getattr(value, name)) for name in value.__slots__)
    return {name: told for name, told in fields if told not in {None, ""}}


def page_of(
    url: str, *, title: str, referrer: str, with_query: bool
) -> Page | None:
    """The page at ``url``; None if that is no page of the web.

    Args:
        url: As the page told it.
        title: Likewise.
        referrer: Likewise; what is no address of the web is left out.
        with_query: Whether what stands behind a question mark is kept. It
            often holds what nobody meant to tell: searches, names, tokens.
    """
    address = web_address(url, with_query=with_query)
    if address is None:
        return None
    return Page(
        url=address,
        title=one_line(title) or None,
        referrer=web_address(referrer, with_query=with_query),
    )


def web_address(text: str, *, with_query: bool) -> str | None:
    """``text`` without password, fragment and, unless wanted, query.

    None if it is no http or https address.
    """
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host:
        return None
    query = f"?{parts.query}" if with_query and parts.query else ""
    place = parts.netloc.rpartition("@")[2]
    address = f"{parts.scheme}://{place}{parts.path}{query}"
    if len(address) > LONGEST_URL or not address.isprintable():
        return None
    return address


def one_line(text: str) -> str:
    """``text`` without control characters and space at its ends."""
    if not text.isprintable():
        text = "".join(
            " " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c
            for c in text
            if unicodedata.category(c) != "Cs"
        )
    return text.strip()
