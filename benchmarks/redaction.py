"""What hiding costs: a clean text, a full one, and the worst there are.

In this process, every built-in rule on and an own pattern besides. The worst
texts have the 4,000 characters that a message may have, each made to keep
one of the rules busy.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
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


async def measure() -> dict[str, Figure]:
    """Hide again and again."""
    return await asyncio.to_thread(_measure)


def _measure() -> dict[str, Figure]:
    redaction = Redaction(
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
            Rule(
                id="own",
                name="own",
                kind=Kind.PATTERN,
                pattern=r"(?i)\bcase-[0-9]{6}\b",
            ),
        ]
    )

    def us(text: str, times: int) -> float:
        return _us(lambda: redaction.redact(text, Author.CUSTOMER), times)

    worst = {
        piece: us((piece * MOST_CHARACTERS)[:MOST_CHARACTERS], 1)
        for piece in BUSY
    }
    slowest = max(worst, key=worst.__getitem__)
    return {
        "clean_us": us(CLEAN, 20_000),
        "full_us": us(FULL, 500),
        "worst_ms": worst[slowest] / 1000,
        "worst_text": slowest.strip(),
    }


def _us(work: Callable[[], object], times: int) -> float:
    """The least processor time of a few rounds: what others do is not ours."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.thread_time()
        for _ in range(times):
            work()
        best = min(best, time.thread_time() - began)
    return best / times * 1e6
