"""Passwords, keys and tokens in folded text.

A token is known by the way its issuer begins it, a private key by its frame,
anything else by the word before it: what is found then is word and value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from server.domain.folding import Span

_TOKEN = re.compile(
    r"(?<![\w-])(?:"
    r"gh[pousr]_\w{30,}|github_pat_\w{22,}|glpat-[\w-]{20,}"
    r"|xox[abeprs]-[\w-]{10,}|[rs]k_(?:live|test)_\w{16,}|sk-[\w-]{20,}"
    r"|A[KS]IA[0-9A-Z]{16}|AIza[\w-]{35}|ya29\.[\w-]{20,}"
    r"|SG\.[\w-]{16,}\.[\w-]{16,}|npm_\w{30,}|hf_\w{30,}|shpat_\w{32,}"
    r"|whsec_[\w+/=]{24,}|eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?"
    r")"
)
_BEARER = re.compile(r"\bbearer[ \t]{1,3}[\w.~+/-]{16,}=*", re.IGNORECASE)
_FRAME = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_FRAME_END = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_WORDS = (
    "pass ?word|pass ?phrase|pass ?code|passwd|pwd|pass ?wort|kennwort|"
    "mot de passe|mdp|contraseña|palabra clave|senha|palavra-passe|"
    "wachtwoord|hasło|haslo|lösenord|adgangskode|passord|salasana|parola|"
    "heslo|jelszó|şifre|пароль|密码|密碼|パスワード|비밀번호|"
    "api[ _-]?key|api[ _-]?token|access[ _-]?token|auth[ _-]?token|"
    "client[ _-]?secret|secret[ _-]?key"
)
_SAID = re.compile(
    rf"(?<!\w)(?:{_WORDS})"
    r"(?:[ \t]{0,3}[:=][ \t]{0,3}[^\s]{1,200}"
    # Without a colon only what no word of a sentence looks like.
    r"|[ \t]{1,3}(?:is|ist|lautet|est|es|è|jest|är)?[ \t]{0,3}"
    r"(?=[^\s0-9]{0,60}[0-9])(?=[^\s\w]{0,60}\w)[^\s]{6,200})",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"(?<!\w)(?:cvv2?|cvc2?|pin|prüfziffer|kartenprüfnummer)"
    r"[ \t]{0,3}(?:is|ist|code|:|=|-)?[ \t]{0,3}[0-9]{3,6}(?![0-9])",
    re.IGNORECASE,
)
#: What finds, and what a text must contain, in small letters, to be searched:
#: a look for a word costs a hundredth of a search.
_LOOKS: Final[tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]] = (
    (
        _TOKEN,
        (
            "gh", "glpat-", "xox", "k_live_", "k_test_", "sk-", "akia",
            "asia", "aiza", "ya29.", "sg.", "npm_", "hf_", "shpat_",
            "whsec_", "eyj",
        ),
    ),
    (_BEARER, ("bearer",)),
    (
        _SAID,
        (
            "pass", "pwd", "kennwort", "mot de", "mdp", "contrase", "clave",
            "senha", "palavra", "wachtw", "haslo", "hasło", "lösen",
            "adgangs", "salasana", "parola", "heslo", "jelsz", "ifre",
            "парол", "密码", "密碼", "パスワード", "비밀번호", "key",
            "token", "secret",
        ),
    ),
    (_CODE, ("cvv", "cvc", "pin", "prüf")),
)  # fmt: skip


def secrets_in(text: str) -> Iterator[Span]:
    """Where the secrets of ``text`` stand, kind by kind."""
    small = text.lower()
    for pattern, words in _LOOKS:
        if any(word in small for word in words):
            for one in pattern.finditer(text):
                yield one.span()
    if "-----" in text:
        yield from _private_keys_in(text)


def _private_keys_in(text: str) -> Iterator[Span]:
    at = 0
    while frame := _FRAME.search(text, at):
        end = _FRAME_END.search(text, frame.end())
        # A key cut off is still most of a key.
        at = end.end() if end else len(text)
        yield frame.start(), at
