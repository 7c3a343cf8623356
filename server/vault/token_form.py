"""What a token must look like before a key is even looked for.

A token is text from a stranger. Everything in it is read in one strict way:
base64url without padding and with one spelling for each value, UTF-8, JSON
objects in which no name stands twice. What two parsers could read as two
different things is refused, so that what is verified is what is used.

The header chooses nothing. Which algorithm a key is for is decided with the
key; the header may only agree. A header that names a key, a place to fetch
one, a compression or an extension is refused whole.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Collection, Mapping
from typing import Any, Final, NoReturn

from server.vault.token_refusal import TokenFault, TokenRefused

#: Characters of a signed token. The longest honest ones have some hundreds.
LONGEST_SIGNED: Final = 8 * 1024
#: Characters of a sealed one, which carries private data itself.
LONGEST_SEALED: Final = 16 * 1024
#: Characters of a name of a session or a channel.
LONGEST_ISSUER: Final = 128

_TYPE: Final = "JWT"
_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]*\Z", re.ASCII)


def parts_of(token: str, *, count: int, longest: int) -> list[bytes]:
    """The ``count`` decoded parts of ``token``.

    Raises:
        TokenRefused: ``SIZE``, or ``FORM`` if it is not written strictly.
    """
    if len(token) > longest:
        raise TokenRefused(TokenFault.SIZE)
    parts = token.split(".")
    if len(parts) != count:
        raise TokenRefused(TokenFault.FORM)
    return [_decoded(part) for part in parts]


def check_header(raw: bytes, wanted: Mapping[str, str]) -> None:
    """Check that a header says ``wanted`` and, at most, its type.

    Raises:
        TokenRefused: ``FORM``, ``HEADER``, ``ALGORITHM`` or ``TYPE``.
    """
    header = object_in(raw)
    if not header.keys() <= wanted.keys() | {"typ"}:
        raise TokenRefused(TokenFault.HEADER)
    if any(header.get(name) != value for name, value in wanted.items()):
        raise TokenRefused(TokenFault.ALGORITHM)
    if header.get("typ", _TYPE) != _TYPE:
        raise TokenRefused(TokenFault.TYPE)


def object_in(raw: bytes) -> dict[str, Any]:
    """The JSON object that ``raw`` is, each name in it once, at any depth.

    Raises:
        TokenRefused: ``FORM``; it is something else.
    """
    try:
        # Decoded here: the parser would guess at UTF-16, too.
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_each_name_once,
            parse_constant=_no_number,
        )
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise TokenRefused(TokenFault.FORM)
    return value


def issuer_in(claims: Mapping[str, object]) -> str:
    """The ``iss`` of ``claims``.

    Raises:
        TokenRefused: ``ISSUER``; it is missing or cannot be a name.
    """
    issuer = claims.get("iss")
    if not (
        isinstance(issuer, str)
        and 0 < len(issuer) <= LONGEST_ISSUER
        and issuer.isascii()
        and issuer.isprintable()
    ):
        raise TokenRefused(TokenFault.ISSUER)
    return issuer


def _decoded(part: str) -> bytes:
    if not _BASE64URL.match(part) or len(part) % 4 == 1:
        raise TokenRefused(TokenFault.FORM)
    raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    # The last character may hold bits that decode to nothing: with them, one
    # signature has four spellings.
    if base64.urlsafe_b64encode(raw).rstrip(b"=") != part.encode():
        raise TokenRefused(TokenFault.FORM)
    return raw


def _each_name_once(pairs: Collection[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _no_number(_: str) -> NoReturn:
    # NaN and the infinities are not JSON, and compare with nothing.
    raise ValueError
