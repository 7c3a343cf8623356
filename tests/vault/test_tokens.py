"""A token opens what its maker could open, and nothing else does."""

from __future__ import annotations

from random import Random

import pytest
from joserfc import jwe, jwt

from server.errors import RefusalCode
from server.vault.token_refusal import TokenFault, TokenRefused
from server.vault.tokens import (
    LIFE,
    SKEW,
    open_token,
    sign_outgoing,
    unverified_issuer,
    verify_private,
)
from tests.vault.token_maker import (
    CLAIMS,
    NOW,
    OTHER,
    SEALED,
    SECRET,
    SESSION,
    SIGNED,
    TEXT,
    Json,
    claims_with,
    encoded,
    sealed,
    sealing_key,
    signed,
    spelt_otherwise,
)


def verify(token: str, *, needs_iat: bool = True) -> Json:
    """The claims, at ``NOW``."""
    return verify_private(token, secret=SECRET, now=NOW, needs_iat=needs_iat)


GOOD: list[Json] = [
    CLAIMS,
    claims_with(exp=NOW + 1),
    claims_with(nbf=NOW),
    claims_with(iat=NOW - LIFE),
    claims_with(iat=NOW + SKEW),
    claims_with(nbf=NOW + SKEW),
    claims_with(iat=NOW - 0.5),
    claims_with(aud="dayfly"),
    claims_with(aud=["crm", "dayfly"]),
    claims_with(sub="anything", more={"a": [1, None, "é"]}),
]


@pytest.mark.parametrize("claims", GOOD)
def test_a_good_token_is_accepted_signed_and_sealed(claims: Json) -> None:
    """With every claim as it was said."""
    assert verify(signed(claims=claims)) == claims
    assert open_token(sealed(claims=claims), secret=SECRET, now=NOW) == claims
    assert unverified_issuer(signed(claims=claims)) == SESSION


def test_a_type_need_not_be_said() -> None:
    """Some libraries leave it out."""
    header = {"enc": "A256GCM", "alg": "dir"}

    assert verify(signed({"alg": "HS256"}))
    assert open_token(sealed(header), secret=SECRET, now=NOW)


def test_a_token_without_a_time_may_be_allowed() -> None:
    """A known back-end signs the session only; a time said still counts."""
    bare = {"iss": SESSION}

    assert verify(signed(claims=bare), needs_iat=False) == bare
    for late in (claims_with(iat=1), claims_with(iat=None, exp=NOW)):
        with pytest.raises(TokenRefused):
            verify(signed(claims=late), needs_iat=False)


CLAIMED: list[tuple[Json, TokenFault]] = [
    (claims_with(iat=None), TokenFault.CLAIMS),
    (claims_with(iat="1800000000"), TokenFault.CLAIMS),
    (claims_with(iat=True), TokenFault.CLAIMS),
    (claims_with(iat=[NOW]), TokenFault.CLAIMS),
    (claims_with(iat={}), TokenFault.CLAIMS),
    (claims_with(iat=10**400), TokenFault.CLAIMS),
    (claims_with(iat=NOW * 1000), TokenFault.CLAIMS),
    (claims_with(exp=-(10**400)), TokenFault.CLAIMS),
    (claims_with(exp="never"), TokenFault.CLAIMS),
    (claims_with(nbf=False), TokenFault.CLAIMS),
    ({**CLAIMS, "exp": None}, TokenFault.CLAIMS),
    (claims_with(iat=NOW - LIFE - 1), TokenFault.LATE),
    (claims_with(iat=0), TokenFault.LATE),
    (claims_with(iat=-5), TokenFault.LATE),
    (claims_with(iat=NOW - LIFE - 1, exp=NOW + 9_999), TokenFault.LATE),
    (claims_with(exp=NOW), TokenFault.LATE),
    (claims_with(exp=NOW - 1), TokenFault.LATE),
    (claims_with(exp=0), TokenFault.LATE),
    (claims_with(iat=NOW + SKEW + 1), TokenFault.EARLY),
    (claims_with(nbf=NOW + SKEW + 1), TokenFault.EARLY),
    (claims_with(aud="another"), TokenFault.AUDIENCE),
    (claims_with(aud=""), TokenFault.AUDIENCE),
    (claims_with(aud=[]), TokenFault.AUDIENCE),
    (claims_with(aud=["dayfly.example"]), TokenFault.AUDIENCE),
    (claims_with(aud={"dayfly": 1}), TokenFault.AUDIENCE),
    (claims_with(iss=None), TokenFault.ISSUER),
    (claims_with(iss=""), TokenFault.ISSUER),
    (claims_with(iss=1), TokenFault.ISSUER),
    (claims_with(iss=[SESSION]), TokenFault.ISSUER),
    (claims_with(iss={"$ne": ""}), TokenFault.ISSUER),
    (claims_with(iss=SESSION + "\0"), TokenFault.ISSUER),
    (claims_with(iss="s\u00e9ance"), TokenFault.ISSUER),
    (claims_with(iss="a" * 129), TokenFault.ISSUER),
]


@pytest.mark.parametrize(("claims", "fault"), CLAIMED)
def test_bad_claims_are_refused_signed_and_sealed(
    claims: Json, fault: TokenFault
) -> None:
    """Late, early, for others, or of the wrong kind."""
    with pytest.raises(TokenRefused) as refusal:
        verify(signed(claims=claims))
    assert refusal.value.fault is fault
    with pytest.raises(TokenRefused) as refusal:
        open_token(sealed(claims=claims), secret=SECRET, now=NOW)
    assert refusal.value.fault is fault


HEAD, BODY, TAIL = signed().split(".")
FORGED = {
    "no signature": f"{HEAD}.{BODY}.",
    "another key": signed(key=b"x" * 32),
    "an empty key": signed(key=b""),
    "the sealing key": signed(key=sealing_key()),
    "a longer hash": signed(digest="sha512"),
    "a cut signature": signed()[:-4],
    "a longer signature": signed() + "AAAA",
    "other claims": f"{HEAD}.{encoded(claims_with(iss='x'))}.{TAIL}",
    "no claims": f"{HEAD}..{TAIL}",
    "another header": f"{encoded({'alg': 'HS256'})}.{BODY}.{TAIL}",
}


@pytest.mark.parametrize("token", FORGED.values(), ids=FORGED)
def test_a_forged_signature_is_refused(token: str) -> None:
    """Whatever was signed with whatever else."""
    with pytest.raises(TokenRefused) as refusal:
        verify(token)

    assert refusal.value.fault is TokenFault.KEY


FORGED_SEALS = {
    "another key": (sealed(key=bytes(32)), TokenFault.KEY),
    "the signing key": (sealed(key=TEXT.encode()[:32]), TokenFault.KEY),
    "a cut tag": (sealed(tag_size=15), TokenFault.FORM),
    "a short tag": (sealed(tag_size=4), TokenFault.FORM),
    "no tag": (sealed(tag_size=0), TokenFault.FORM),
    "a wrapped key": (sealed(wrapped=bytes(32)), TokenFault.FORM),
    "a short nonce": (sealed(nonce_size=8), TokenFault.FORM),
    "a long nonce": (sealed(nonce_size=16), TokenFault.FORM),
    "no object in it": (sealed(claims=[1]), TokenFault.FORM),
    "nothing in it": (sealed(claims=b""), TokenFault.FORM),
    "a name twice": (sealed(claims=b'{"iss":"a","iss":"b"}'), TokenFault.FORM),
    "a signed one": (signed(), TokenFault.FORM),
    "too long": (sealed(claims={"a": "x" * 20_000}), TokenFault.SIZE),
    "another alg": (sealed({**SEALED, "alg": "A256KW"}), TokenFault.ALGORITHM),
    "a password": (
        sealed({**SEALED, "alg": "PBES2-HS256+A128KW"}),
        TokenFault.ALGORITHM,
    ),
    "another enc": (sealed({**SEALED, "enc": "A128GCM"}), TokenFault.ALGORITHM),
    "no enc": (sealed({"alg": "dir"}), TokenFault.ALGORITHM),
    "packed": (sealed({**SEALED, "zip": "DEF"}), TokenFault.HEADER),
    "critical": (sealed({**SEALED, "crit": ["exp"]}), TokenFault.HEADER),
    "a key of its own": (sealed({**SEALED, "epk": {}}), TokenFault.HEADER),
    "another type": (sealed({**SEALED, "typ": "JWE"}), TokenFault.TYPE),
}


@pytest.mark.parametrize(
    ("token", "fault"), FORGED_SEALS.values(), ids=FORGED_SEALS
)
def test_a_forged_seal_is_refused(token: str, fault: TokenFault) -> None:
    """Other keys, cut tags, foreign algorithms."""
    with pytest.raises(TokenRefused) as refusal:
        open_token(token, secret=SECRET, now=NOW)

    assert refusal.value.fault is fault


def test_nothing_altered_is_accepted() -> None:
    """Five thousand changed characters, signed and sealed."""
    chance = Random(6)
    for token, check in ((signed(), verify_private), (sealed(), open_token)):
        for _ in range(2_500):
            at = chance.randrange(len(token))
            other = chr(ord(token[at]) ^ (1 << chance.randrange(7)))
            with pytest.raises(TokenRefused):
                check(
                    token[:at] + other + token[at + 1 :], secret=SECRET, now=NOW
                )


def test_a_token_has_one_spelling() -> None:
    """Bits that decode to nothing are no way to say the same twice."""
    for token, check in ((signed(), verify_private), (sealed(), open_token)):
        with pytest.raises(TokenRefused) as refusal:
            check(spelt_otherwise(token), secret=SECRET, now=NOW)
        assert refusal.value.fault is TokenFault.FORM


def test_what_we_sign_can_be_verified() -> None:
    """By hand, byte by byte; good for five minutes."""
    token = sign_outgoing(issuer="shop", secret=SECRET, now=NOW + 0.9)
    claims = {"iss": "shop", "iat": int(NOW), "exp": int(NOW) + 300}

    assert token == signed({"typ": "JWT", "alg": "HS256"}, claims)
    assert verify(token) == claims
    with pytest.raises(TokenRefused):
        verify_private(token, secret=SECRET, now=NOW + 301)
    with pytest.raises(TokenRefused):
        verify_private(token, secret=OTHER, now=NOW)


def test_what_another_library_makes_is_accepted() -> None:
    """The good tokens of these tests are not only good in our own eyes."""
    made = jwt.encode(dict(SIGNED), dict(CLAIMS), SECRET.signing)
    packed = jwe.encrypt_compact(
        {"alg": "dir", "enc": "A256GCM"},
        b'{"iss":"a","iat":1800000000}',
        SECRET.sealing,
        algorithms=["dir", "A256GCM"],
    )

    assert verify(made) == CLAIMS
    assert open_token(packed, secret=SECRET, now=NOW)["iss"] == "a"


def test_a_refusal_tells_the_bearer_nothing() -> None:
    """One code for every fault; the fault is in no text of the error."""
    refused = TokenRefused(TokenFault.LATE)

    assert refused.code is RefusalCode.BAD_CREDENTIALS
    assert "late" not in f"{refused} {refused!r} {refused.args}"
