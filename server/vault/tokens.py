"""Signed and sealed tokens between an account's back-end and the server.

Three uses of one secret of a channel, known to the back-end and to us:

    they sign   HS256, ``iss`` = session   "this private data is from us"
    we sign     HS256, ``iss`` = channel   "this request is from Dayfly"
    they seal   dir + A256GCM              private data through the page

The algorithm belongs to the key: it is given to the library as the only one,
and a header that says otherwise is refused before. The library is imported by
who uses it: it is 2 MiB, and most channels have no secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from cryptography.exceptions import InvalidTag

from server.vault.token_form import (
    LONGEST_SEALED,
    LONGEST_SIGNED,
    check_header,
    issuer_in,
    object_in,
    parts_of,
)
from server.vault.token_refusal import TokenFault, TokenRefused
from server.vault.token_secret import TokenSecret

#: Seconds for which a token may be under way; all of it, for what we sign.
LIFE: Final = 300
#: Seconds by which the other side's clock may be fast.
SKEW: Final = 60
#: What a token made for us alone calls us.
AUDIENCE: Final = "dayfly"

#: Thirty thousand years from 1970; beyond it nobody means seconds.
_LATEST: Final = 1e12

_SIGNED: Final = {"alg": "HS256"}
_SEALED: Final = {"alg": "dir", "enc": "A256GCM"}
_NONCE_SIZE: Final = 12
_TAG_SIZE: Final = 16


def unverified_issuer(token: str) -> str:
    """What ``token`` claims to be about, only to find the secret to try.

    Proves nothing: nothing may happen with it before ``verify_private``.

    Raises:
        TokenRefused: It is not even written like one.
    """
    header, payload, _ = parts_of(token, count=3, longest=LONGEST_SIGNED)
    check_header(header, _SIGNED)
    return issuer_in(object_in(payload))


def verify_private(
    token: str, *, secret: TokenSecret, now: float, needs_iat: bool = True
) -> dict[str, Any]:
    """The claims of ``token``, signed by the back-end, and not long ago.

    Args:
        token: As it stood behind ``Bearer``.
        secret: The channel's.
        now: Unix seconds.
        needs_iat: False for back-ends whose tokens say no time: such a token
            is good for the whole session. A time that is there is checked.

    Raises:
        TokenRefused: It proves nothing.
    """
    from joserfc import jws  # noqa: PLC0415 - see the header
    from joserfc.errors import JoseError  # noqa: PLC0415

    header, payload, _ = parts_of(token, count=3, longest=LONGEST_SIGNED)
    check_header(header, _SIGNED)
    try:
        jws.deserialize_compact(token, secret.signing, algorithms=["HS256"])
    except (JoseError, ValueError):
        raise TokenRefused(TokenFault.KEY) from None
    claims = object_in(payload)
    issuer_in(claims)
    _check_claims(claims, now=now, needs_iat=needs_iat)
    return claims


def open_token(
    token: str, *, secret: TokenSecret, now: float
) -> dict[str, Any]:
    """The claims that the back-end sealed for us and sent through the page.

    The page can send them anywhere: the caller compares ``iss`` with the
    session that it came from.

    Raises:
        TokenRefused: It was not sealed with this secret, or not just now.
    """
    from joserfc import jwe  # noqa: PLC0415 - see the header
    from joserfc.errors import JoseError  # noqa: PLC0415

    header, wrapped, nonce, _, tag = parts_of(
        token, count=5, longest=LONGEST_SEALED
    )
    check_header(header, _SEALED)
    # A shorter tag is a weaker one: of one byte, one forgery in 256 passes.
    if wrapped or len(nonce) != _NONCE_SIZE or len(tag) != _TAG_SIZE:
        raise TokenRefused(TokenFault.FORM)
    try:
        opened = jwe.decrypt_compact(
            token, secret.sealing, algorithms=list(_SEALED.values())
        )
    except (JoseError, ValueError, InvalidTag):
        raise TokenRefused(TokenFault.KEY) from None
    claims = object_in(opened.plaintext or b"")
    issuer_in(claims)
    _check_claims(claims, now=now, needs_iat=True)
    return claims


def sign_outgoing(*, issuer: str, secret: TokenSecret, now: float) -> str:
    """A token that shows the back-end that a request is ours, for ``LIFE``."""
    from joserfc import jwt  # noqa: PLC0415 - see the header

    at = int(now)
    return jwt.encode(
        {**_SIGNED},
        {"iss": issuer, "iat": at, "exp": at + LIFE},
        secret.signing,
        algorithms=["HS256"],
    )


def _check_claims(
    claims: Mapping[str, Any], *, now: float, needs_iat: bool
) -> None:
    issued, expires, starts = (
        _time(claims, name) for name in ("iat", "exp", "nbf")
    )
    if issued is None and needs_iat:
        raise TokenRefused(TokenFault.CLAIMS)
    if (issued is not None and now - issued > LIFE) or (
        expires is not None and now >= expires
    ):
        raise TokenRefused(TokenFault.LATE)
    if any(at is not None and at - now > SKEW for at in (issued, starts)):
        raise TokenRefused(TokenFault.EARLY)
    meant = claims.get("aud", AUDIENCE)
    if AUDIENCE not in (meant if isinstance(meant, list) else [meant]):
        raise TokenRefused(TokenFault.AUDIENCE)


def _time(claims: Mapping[str, Any], name: str) -> float | None:
    """The unix seconds of a claim; None if it is not there."""
    if name not in claims:
        return None
    at = claims[name]
    # True is an int to Python, 1e999 is infinite, and an int of 400 digits
    # is no float at all.
    if type(at) not in (int, float) or not abs(at) < _LATEST:
        raise TokenRefused(TokenFault.CLAIMS)
    return float(at)
