"""Why the server closes a connection; section 7 of docs/protocol.md.

The number is part of the protocol: it tells a client whether to come back.
"""

from __future__ import annotations

from enum import IntEnum


class Farewell(IntEnum):
    """WebSocket close codes; 45xx tells a client not to come back."""

    LEFT = 1000
    TOO_LARGE = 1009
    FAILED = 1011
    RESTARTING = 1012
    TRY_LATER = 1013
    TOO_SLOW = 4001
    SILENT = 4002
    BROKE_PROTOCOL = 4500
    NOT_AUTHENTICATED = 4501
    GONE = 4502
    SIGNED_OUT = 4503
    ENDED = 4504
