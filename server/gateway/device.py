"""What a browser says of itself, as hardware and browser.

Client hints first: they are sent to be read, and honest. The rest is guessed
from ``User-Agent``. Nothing is remembered between two calls: such a line may
be one of a kind, and must not outlive the session that it came with.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from ua_parser import Parser
from ua_parser.loaders import load_lazy_builtins
from ua_parser.re2 import Resolver

from server.domain.context import Arrival, Device, one_line

#: Characters looked at of a header; honest ones have less than 300.
LONGEST: Final = 512
#: Characters of what comes out of it, as for what a page tells.
LONGEST_NAME: Final = 64

#: The headers that are read, in lower case.
HINTS: Final = (
    "sec-ch-ua",
    "sec-ch-ua-full-version-list",
    "sec-ch-ua-mobile",
    "sec-ch-ua-model",
    "sec-ch-ua-platform",
)

_BRAND: Final = re.compile(r'"([^"\\]*)"\s*;\s*v="([^"\\]*)"')
# Chromium puts a brand in the list that nobody may rely on: "Not A;Brand".
_NO_BRAND: Final = re.compile(r"not.{0,3}a.{0,3}brand", re.IGNORECASE)
_MOBILE: Final = re.compile(r"Mobile|Android|iPhone|iPad|iPod")


class Devices:
    """Tells devices by the headers of a connection."""

    def __init__(self) -> None:
        # Made when first asked: 15 MB and 70 ms, for nothing where no channel
        # collects devices.
        self._parser: Parser | None = None

    def device(self, arrival: Arrival) -> Device | None:
        """Hardware and browser; None if nothing is known."""
        hinted = _hinted(arrival.hints)
        guessed = self._guessed(arrival.user_agent[:LONGEST])
        if hinted == Device():
            return guessed
        return hinted.over(guessed)

    def _guessed(self, user_agent: str) -> Device | None:
        if not user_agent.strip():
            return None
        if self._parser is None:
            self._parser = Parser(Resolver(load_lazy_builtins()))
        found = self._parser.parse(user_agent)
        browser, system, device = found.user_agent, found.os, found.device
        guess = Device(
            browser=_name(browser.family if browser else None),
            version=_name(browser.major if browser else None),
            platform=_name(system.family if system else None),
            model=_name(device.model if device else None),
        )
        if guess == Device():
            return None
        mobile = _MOBILE.search(user_agent) is not None
        return Device(mobile=mobile).over(guess)


def _hinted(hints: Mapping[str, str]) -> Device:
    brands = hints.get("sec-ch-ua-full-version-list") or hints.get("sec-ch-ua")
    browser, version = _brand_in(brands or "")
    mobile = {"?0": False, "?1": True}.get(hints.get("sec-ch-ua-mobile", ""))
    return Device(
        browser=browser,
        version=version,
        platform=_name(_unquoted(hints.get("sec-ch-ua-platform", ""))),
        model=_name(_unquoted(hints.get("sec-ch-ua-model", ""))),
        mobile=mobile,
    )


def _brand_in(brands: str) -> tuple[str | None, str | None]:
    found = [
        (name, version)
        for name, version in _BRAND.findall(brands[:LONGEST])
        if not _NO_BRAND.search(name)
    ]
    if not found:
        return None, None
    # What is built on Chromium names that, too; its own name says more.
    own = [one for one in found if one[0] != "Chromium"]
    name, version = (own or found)[0]
    return _name(name), _name(version)


def _unquoted(text: str) -> str:
    return text[:LONGEST].strip().strip('"')


def _name(text: str | None) -> str | None:
    return one_line((text or "")[:LONGEST_NAME]) or None
