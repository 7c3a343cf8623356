"""What forms have to be besides their types; one answer for all who ask.

The settings file and the API refuse the same things, each in its own words.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address
from urllib.parse import urlsplit

#: Bytes of what webhooks are signed with, as Standard Webhooks has them.
_SHORTEST_SECRET, _LONGEST_SECRET = 24, 64


def is_origin(text: str) -> bool:
    """Whether ``text`` is an origin as browsers write it."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    host = (
        f"[{parts.hostname}]"
        if ":" in (parts.hostname or "")
        else parts.hostname
    )
    # Browsers leave the usual port out: one written down would never match.
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    written = f"{parts.scheme}://{host}" + (
        f":{port}" if port and port != usual else ""
    )
    return (
        usual is not None
        and bool(parts.hostname)
        and written == text
        and re.fullmatch(r"[a-z0-9.:/\[\]-]+", text) is not None
    )


def is_webhook_secret(text: str) -> bool:
    """Whether ``text`` is what webhooks can be signed with."""
    prefix, _, rest = text.partition("_")
    try:
        size = len(base64.b64decode(rest, validate=True))
    except ValueError:
        return False
    return prefix == "whsec" and _SHORTEST_SECRET <= size <= _LONGEST_SECRET


def is_callable(
    url: str, networks: Iterable[IPv4Network | IPv6Network]
) -> bool:
    """Whether ``url`` may be a webhook's.

    Args:
        url: Which.
        networks: The operator's own, in which plain http will do.
    """
    try:
        parts = urlsplit(url)
        # Only who asks for the port is told that it is none: here, for the
        # way out asks as well, and would end the start by an error.
        if parts.port == 0:
            return False
        if parts.scheme == "https" and parts.hostname:
            return True
        host = ip_address(parts.hostname or "")
    except ValueError:
        return False
    return parts.scheme == "http" and any(host in one for one in networks)
