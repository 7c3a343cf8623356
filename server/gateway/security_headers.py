"""What a browser is told it may do with what we send: every answer carries it.

The pages load nothing from outside, run no script of their own lines and let
nobody frame them but the sites a channel names. Whoever builds a response sets
what is particular to it; the rest is added here, to refusals and failures too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NOBODY = "'none'"

#: For all that is not a page: it is looked at by no one and loads nothing.
BARE_POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)

# Named one by one, for there is no "nothing at all"; a chat needs none.
_UNNEEDED = (
    "accelerometer",
    "browsing-topics",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "serial",
    "usb",
)

_ALWAYS = {
    "cache-control": "no-store",
    "content-security-policy": BARE_POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": ", ".join(f"{name}=()" for name in _UNNEEDED),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}

_YEAR = 31_536_000  # seconds

# What may follow ws:// in a policy. A Host header is whatever a client sends:
# anything else could end the directive and begin one of its own.
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?")


def page_policy(
    *,
    sockets: str | None = None,
    framed_by: Iterable[str] = (),
    sends_forms: bool = False,
    shows_frames: bool = False,
) -> str:
    """The content security policy of a page.

    Args:
        sockets: The origin of its websockets (``wss://host``), which older
            browsers do not count as ``'self'``.
        framed_by: The origins that may show it in a frame; none: nobody.
        sends_forms: Whether a form may be sent to the server.
        shows_frames: Whether it shows a frame of the server's own.
    """
    connect = f"'self' {sockets}" if sockets else "'self'"
    own = "'self'"
    rules = {
        "default-src": NOBODY,
        "script-src": own,
        "style-src": own,
        "img-src": "'self' data:",
        "font-src": own,
        "connect-src": connect,
        "frame-src": own if shows_frames else NOBODY,
        "base-uri": NOBODY,
        "form-action": own if sends_forms else NOBODY,
        "frame-ancestors": " ".join(framed_by) or NOBODY,
        "require-trusted-types-for": "'script'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def socket_origin(scheme: str, host: str) -> str | None:
    """The origin of the websockets beside a page.

    Args:
        scheme: The page's own, ``http`` or ``https``.
        host: What the browser asked for, port included; not trusted.

    Returns:
        None if ``host`` cannot stand in a policy: ``'self'`` has to do then.
    """
    if not _HOST.fullmatch(host):
        return None
    return f"{'wss' if scheme == 'https' else 'ws'}://{host}"


class SecurityHeaders:
    """``app``, with the headers that it did not set itself.

    Args:
        app: What answers.
        is_https: Whether people reach it by https only; browsers are then
            told never to try anything else.
    """

    def __init__(self, app: ASGIApp, *, is_https: bool) -> None:
        self._app = app
        self._headers = dict(_ALWAYS)
        if is_https:
            # Not for subdomains: they are somebody else's affair.
            self._headers["strict-transport-security"] = f"max-age={_YEAR}"

    async def __call__(
        self, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Answer one request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)
