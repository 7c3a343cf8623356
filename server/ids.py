"""One type per identity, and the one source of new ones.

Ids and tokens are text in base64url without padding, so that they read the
same in a frame, a row and a log line. An id names a thing and opens nothing;
a token opens it and is kept by the server only as a hash.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable
from typing import NewType

AccountId = NewType("AccountId", str)
ChannelId = NewType("ChannelId", str)
AgentId = NewType("AgentId", str)
ApplicationId = NewType("ApplicationId", str)
ConversationId = NewType("ConversationId", str)

#: Asks for that many random bytes; an argument wherever chance plays a part.
Randomness = Callable[[int], bytes]

system_randomness: Randomness = secrets.token_bytes

#: 128 bits: nobody meets another's conversation by guessing, and two never
#: get the same one (one chance in 10^18 after 10^10 conversations).
ID_BYTES = 16
#: 256 bits, so that a plain hash of it is safe to store: there is no list of
#: likely tokens to try, as there is of passwords.
TOKEN_BYTES = 32


def new_id(randomness: Randomness) -> str:
    """22 characters that name something new."""
    return text_of(randomness(ID_BYTES))


def new_token(randomness: Randomness) -> str:
    """43 characters that open something; to be kept by its holder only."""
    return text_of(randomness(TOKEN_BYTES))


def token_hash(token: str) -> bytes:
    """What the server keeps of ``token``: 32 bytes that open nothing."""
    return hashlib.sha256(token.encode()).digest()


def text_of(raw: bytes) -> str:
    """``raw`` in base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
