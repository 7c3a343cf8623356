"""What two parsers could read differently is not read at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.vault.token_form import LONGEST_SIGNED
from server.vault.token_refusal import TokenFault, TokenRefused
from server.vault.tokens import open_token, unverified_issuer, verify_private
from tests.vault.token_maker import (
    CLAIMS,
    NOW,
    SECRET,
    SIGNED,
    encoded,
    sealed,
    signed,
)

GOOD = signed()
HEAD, BODY, TAIL = GOOD.split(".")

#: Each is signed with the right key, so nothing but its form is at fault.
HEADERS = [
    ({"alg": "none"}, TokenFault.ALGORITHM),
    ({"alg": "None"}, TokenFault.ALGORITHM),
    ({"alg": "NONE", "typ": "JWT"}, TokenFault.ALGORITHM),
    ({"alg": ""}, TokenFault.ALGORITHM),
    ({"alg": None}, TokenFault.ALGORITHM),
    ({"alg": ["HS256"]}, TokenFault.ALGORITHM),
    ({"alg": {"HS256": 1}}, TokenFault.ALGORITHM),
    ({"alg": "hs256"}, TokenFault.ALGORITHM),
    ({"alg": "HS256 "}, TokenFault.ALGORITHM),
    ({"alg": "HS384"}, TokenFault.ALGORITHM),
    ({"alg": "HS512"}, TokenFault.ALGORITHM),
    ({"alg": "RS256"}, TokenFault.ALGORITHM),
    ({"alg": "PS256"}, TokenFault.ALGORITHM),
    ({"alg": "ES256"}, TokenFault.ALGORITHM),
    ({"alg": "EdDSA"}, TokenFault.ALGORITHM),
    ({"alg": "dir", "typ": "JWT"}, TokenFault.ALGORITHM),
    ({"typ": "JWT"}, TokenFault.ALGORITHM),
    ({}, TokenFault.ALGORITHM),
    ({**SIGNED, "enc": "A256GCM"}, TokenFault.HEADER),
    ({**SIGNED, "kid": "../../../dev/null"}, TokenFault.HEADER),
    ({**SIGNED, "kid": "1' or '1'='1"}, TokenFault.HEADER),
    ({**SIGNED, "kid": 1}, TokenFault.HEADER),
    ({**SIGNED, "jku": "https://127.0.0.1/keys"}, TokenFault.HEADER),
    ({**SIGNED, "jwk": {"kty": "oct", "k": "AAAA"}}, TokenFault.HEADER),
    ({**SIGNED, "x5u": "https://127.0.0.1/"}, TokenFault.HEADER),
    ({**SIGNED, "x5c": ["AAAA"]}, TokenFault.HEADER),
    ({**SIGNED, "x5t": "AAAA"}, TokenFault.HEADER),
    ({**SIGNED, "crit": []}, TokenFault.HEADER),
    ({**SIGNED, "crit": ["b64"], "b64": False}, TokenFault.HEADER),
    ({**SIGNED, "b64": False}, TokenFault.HEADER),
    ({**SIGNED, "zip": "DEF"}, TokenFault.HEADER),
    ({**SIGNED, "cty": "JWT"}, TokenFault.HEADER),
    ({**SIGNED, "ALG": "none"}, TokenFault.HEADER),
    ({**SIGNED, "": ""}, TokenFault.HEADER),
    ({**SIGNED, "typ": "jwt"}, TokenFault.TYPE),
    ({**SIGNED, "typ": "at+jwt"}, TokenFault.TYPE),
    ({**SIGNED, "typ": "JOSE"}, TokenFault.TYPE),
    ({**SIGNED, "typ": ""}, TokenFault.TYPE),
    ({**SIGNED, "typ": None}, TokenFault.TYPE),
    ({**SIGNED, "typ": ["JWT"]}, TokenFault.TYPE),
    (b'{"alg":"HS256","alg":"none"}', TokenFault.FORM),
    (b'{"alg":"none","alg":"HS256"}', TokenFault.FORM),
    (b'{"alg":"HS256","\\u0061lg":"HS256"}', TokenFault.FORM),
    (b'{"alg":"HS256"} {}', TokenFault.FORM),
    (b'{"alg":"HS256"', TokenFault.FORM),
    (b'["HS256"]', TokenFault.FORM),
    (b'"HS256"', TokenFault.FORM),
    (b"null", TokenFault.FORM),
    (b"", TokenFault.FORM),
    (b'\xef\xbb\xbf{"alg":"HS256"}', TokenFault.FORM),
    ('{"alg":"HS256"}'.encode("utf-16"), TokenFault.FORM),
    (b'{"alg":"HS256\xff"}', TokenFault.FORM),
]

CLAIMED = [
    b'{"iss":"a","iat":1800000000,"iss":"b"}',
    b'{"iss":"a","iat":1800000000,"x":{"y":1,"y":2}}',
    b'{"iss":"a","iat":NaN}',
    b'{"iss":"a","iat":1800000000,"exp":Infinity}',
    b'{"iss":"a","iat":1800000000,"nbf":-Infinity}',
    b'{"iss":"a","iat":1800000000}\0',
    b'{"iss":"a","iat":1800000000}{}',
    b"{'iss':'a'}",
    b'["iss","a"]',
    b'"iss"',
    b"1800000000",
    b"true",
    b"",
    b'{"iss":"\xc3\x28","iat":1800000000}',
    b"[" * 5_000,
    b'{"a":' * 1_100,
    b'{"iat":' + b"9" * 4_500 + b"}",
]

WRITTEN = [
    "", ".", "..", "...", "a", HEAD, f"{HEAD}.{BODY}", f".{BODY}.{TAIL}",
    f"{GOOD}.", f".{GOOD}", f"{GOOD}.{TAIL}", f"{GOOD}=",
    f"{GOOD} ", f" {GOOD}", f"{GOOD}\n", f"{HEAD}=.{BODY}.{TAIL}",
    f"{HEAD}.{BODY}\n.{TAIL}", f"{HEAD}.{BODY}%.{TAIL}", f"Bearer {GOOD}",
    GOOD.replace(".", ","), f"{HEAD}.{BODY}.{TAIL[:-2]}+/",
    f"{HEAD}A.{BODY}.{TAIL}", f"{HEAD}.{BODY}.{TAIL}AA",
    f"{HEAD}.{BODY}.\u00e9{TAIL[1:]}", f"{HEAD}.{BODY}.\uff21{TAIL[1:]}",
    f"{HEAD}.{BODY}.\ud800", '{"protected":"","payload":"","signature":""}',
]  # fmt: skip


def fault_of(token: str, *, secret_is_needed: bool = True) -> TokenFault:
    """Why ``token`` is refused."""
    with pytest.raises(TokenRefused) as refusal:
        _ = (
            verify_private(token, secret=SECRET, now=NOW)
            if secret_is_needed
            else unverified_issuer(token)
        )
    return refusal.value.fault


@pytest.mark.parametrize(("header", "fault"), HEADERS)
def test_a_header_chooses_nothing(header: object, fault: TokenFault) -> None:
    """No algorithm, no key, no place to fetch one, no extension."""
    assert fault_of(signed(header)) is fault
    assert fault_of(signed(header), secret_is_needed=False) is fault


@pytest.mark.parametrize("claims", CLAIMED)
def test_claims_are_one_json_object(claims: bytes) -> None:
    """Each name once, every number finite, nothing after it, not too deep."""
    assert fault_of(signed(claims=claims)) is TokenFault.FORM
    assert (
        fault_of(signed(claims=claims), secret_is_needed=False)
        is TokenFault.FORM
    )


@pytest.mark.parametrize("token", WRITTEN)
def test_a_token_is_written_in_one_way(token: str) -> None:
    """Three parts of base64url, nothing around them, no padding."""
    assert fault_of(token, secret_is_needed=False) is TokenFault.FORM
    assert fault_of(token) is TokenFault.FORM


def test_a_token_has_a_length_limit() -> None:
    """Looked at before anything is decoded."""
    long = signed(claims={**CLAIMS, "x": "x" * LONGEST_SIGNED})

    assert fault_of(long) is TokenFault.SIZE
    assert fault_of(long, secret_is_needed=False) is TokenFault.SIZE


@given(st.text(max_size=80) | st.text("abAB01-_.{", max_size=80))
def test_no_text_makes_a_check_fail_otherwise(text: str) -> None:
    """Whatever stands there is refused, and raises nothing else."""
    fault_of(text)
    fault_of(text, secret_is_needed=False)
    with pytest.raises(TokenRefused):
        open_token(text, secret=SECRET, now=NOW)


@given(st.binary(max_size=60), st.binary(max_size=60), st.binary(max_size=40))
def test_no_bytes_make_a_check_fail_otherwise(
    header: bytes, claims: bytes, rest: bytes
) -> None:
    """Well written, but nonsense inside; sealed nonsense, too."""
    fault_of(f"{encoded(header)}.{encoded(claims)}.{encoded(rest)}")
    fault_of(signed(claims=claims))
    with pytest.raises(TokenRefused):
        open_token(sealed(claims=claims), secret=SECRET, now=NOW)
