"""What hiding costs: a clean text, a full one, and the worst there are.

In this process, every built-in rule on and an own pattern besides. The worst
texts have the 4,000 characters that a message may have, each made to keep
one of the rules busy; so have those for the worst rules, of which there are
as many as an account may have.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Final

from benchmarks.figures import Figure
from server.domain.message import MOST_CHARACTERS, Author
from server.domain.redaction import Redaction
from server.domain.redaction_rules import Kind, Rule

CLEAN: Final = (
    "Good morning, I would like to know whether the green jacket that I"
    " ordered last week will be sent soon, because my sister has her birthday"
    " and I would be glad if it came before the weekend, thanks"
)
FULL: Final = (
    "Card 4111 1111 1111 1111, IBAN DE89 3704 0044 0532 0130 00, mail"
    " maria.muster@example.com, phone +49 170 1234567 or 030 23125000, please"
    " call me tomorrow"
)
#: Repeated until the text is as long as it may be.
BUSY: Final = (
    "4", "4 ", "62 ", "411 ", "4111 ", "DE89 ", "+4917012345 ", "@", "a@",
    "a@a.", "536-90-4399 ", "44051401359 ", "bsn 111222333 ", "password ",
    "password: x ", "1eyJ-", "-----BEGIN PRIVATE KEY----- ", "0 ", "(030) ",
    "030 901820 ", "1-", "0301234567 ", "54362315K ", "1\u200b", "\u2460",
    "1\ufdfa", "4111 11 030 1234567 75-22-111 90/12 ", "pin ", "key ghp_",
    "1 22 22 22 222 222 22 ", "4111 1111 1111 1111 ", ": ", "aB1-",
)  # fmt: skip
ROUNDS: Final = 5
#: Own patterns of an account, as bad as are taken, and what keeps them busy.
HOSTILE: Final[dict[str, tuple[list[str], str]]] = {
    "one that begins with anything": (["[ab]{0,45}a[ab]{45}x"], "abaababbbaab"),
    "everything is found": (
        [f"ab{'[a-c]' * (n % 8)}[a-z]{{{n // 8}}}" for n in range(194)],
        "abc",
    ),
    "all are begun": ([f"ab[ab]{{30}}{n:03}" for n in range(194)], "abbaab"),
    "one is found to the end": (
        [f"ab.*{n:03}|ab" for n in range(194)],
        "ab",
    ),
    "large ones": (
        [f"ab[ab]{{0,65}}a[ab]{{65}}x{n % 10}" for n in range(194)],
        "abaababbbaab",
    ),
    "in any case": ([f"(?i)ks.{{1,9}}{n:03}" for n in range(194)], "KsK\u017f"),
    "beside numbers": (
        [
            "[0-9]{0,45}1[0-9]{45}x",
            *(f"41[0-9]{{9}}[0-9 ]*{n:03}" for n in range(193)),
        ],
        "4111 11 030 1234567 75-22-111 90/12 ",
    ),
}


async def measure() -> dict[str, Figure]:
    """Hide again and again."""
    return await asyncio.to_thread(_measure)


def _measure() -> dict[str, Figure]:
    usual = with_own([r"(?i)\bcase-[0-9]{6}\b"])
    many = with_own([f"case{number}-[0-9]{{6}}" for number in range(194)])
    worst = {piece: _us(usual, filled(piece), 1) for piece in BUSY}
    slowest = max(worst, key=worst.__getitem__)
    hostile = {
        name: _us(with_own(patterns), filled(piece), 1)
        for name, (patterns, piece) in HOSTILE.items()
    }
    worst_rules = max(hostile, key=hostile.__getitem__)
    return {
        "clean_us": _us(usual, CLEAN, 20_000),
        "clean_200_rules_us": _us(many, CLEAN, 5_000),
        "full_us": _us(usual, FULL, 500),
        "worst_ms": worst[slowest] / 1000,
        "worst_text": slowest.strip(),
        "worst_rules_ms": hostile[worst_rules] / 1000,
        "worst_rules": worst_rules,
    }


def with_own(patterns: Sequence[str]) -> Redaction:
    """Every built-in rule, and ``patterns``."""
    return Redaction(
        [
            *(
                Rule(
                    id=kind.value,
                    name=kind.value,
                    kind=kind,
                    region="DE" if kind is Kind.PHONES else None,
                )
                for kind in Kind
                if kind is not Kind.PATTERN
            ),
            *(
                Rule(
                    id=f"own-{number}",
                    name="own",
                    kind=Kind.PATTERN,
                    pattern=pattern,
                    replacement="#",
                )
                for number, pattern in enumerate(patterns)
            ),
        ]
    )


def filled(piece: str) -> str:
    """``piece`` until the text is as long as it may be."""
    return (piece * MOST_CHARACTERS)[:MOST_CHARACTERS]


def _us(redaction: Redaction, text: str, times: int) -> float:
    """The least processor time of a few rounds: what others do is not ours."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.thread_time()
        for _ in range(times):
            redaction.redact(text, Author.CUSTOMER)
        best = min(best, time.thread_time() - began)
    return best / times * 1e6
