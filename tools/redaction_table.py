"""Writes docs/redaction.md: what each rule catches and misses.

python -m tools.redaction_table

What is counted are the sentences of tests/corpus/redaction.toml.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from server.domain.message import Author
from server.domain.own_patterns import LARGEST, LARGEST_TOGETHER
from server.domain.redaction import MOST_RULES, Redaction
from server.domain.redaction_rules import Kind, Rule
from server.services.dry_run import MOST_CONVERSATIONS, MOST_MESSAGES
from server.services.trying_rules import LONGEST_TRIED

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "tests" / "corpus" / "redaction.toml"
PAGE = ROOT / "docs" / "redaction.md"

#: Where numbers without their country's code are from, in the corpus.
REGION: Final = "DE"
BUILT_IN: Final = tuple(kind for kind in Kind if kind is not Kind.PATTERN)

CATCHES = {
    Kind.CARDS: (
        "13 to 19 digits that begin like a network's card and have the right"
        " check digit (Luhn); in one piece, in groups as printed, or divided"
        " evenly"
    ),
    Kind.IBAN: (
        "a country, its length and the remainder of 97; in one piece or in"
        " groups; small letters too"
    ),
    Kind.NATIONAL_NUMBERS: (
        "US SSN, CA SIN, DE IdNr, FR NIR, ES DNI and NIE, IT codice fiscale,"
        " NL BSN, PL PESEL, NO fødselsnummer, SE personnummer, DK CPR, FI"
        " HETU, CH AHV, BE NN, BR CPF, IN Aadhaar, UK NHS and NI numbers, by"
        " form and check digits; where these are weak only after a word that"
        " names it"
    ),
    Kind.PHONES: (
        "with + or 00 anywhere; as written at home if the rule names a `region`"
    ),
    Kind.EMAIL: "addresses with a name, an @ and a domain with a dot",
    Kind.SECRETS: (
        "private keys, tokens by the way their issuers begin them, bearer"
        " tokens, card codes and PINs, and what follows *password* and the"
        " like in some twenty languages"
    ),
}

#: What stands before the tables, with figures to be put in.
HEAD: Final = Path(__file__).with_name("redaction_head.txt")


@dataclass(frozen=True, slots=True)
class Sentence:
    """What somebody writes.

    Attributes:
        language: In which language.
        text: The words.
        holds: What is in it, by rule.
        finds: What the rules are known to find.
    """

    language: str
    text: str
    holds: Counter[str]
    finds: Counter[str]


def sentences() -> list[Sentence]:
    """The corpus."""
    with CORPUS.open("rb") as file:
        read = tomllib.load(file)["sentence"]
    return [
        Sentence(
            language=one["language"],
            text=one["text"],
            holds=Counter(one["holds"]),
            finds=Counter(one.get("finds", one["holds"])),
        )
        for one in read
    ]


def every_rule() -> Redaction:
    """Each built-in rule, as the corpus is judged with."""
    return Redaction(
        Rule(
            id=kind.value,
            name=kind.value,
            kind=kind,
            priority=place,
            region=REGION if kind is Kind.PHONES else None,
        )
        for place, kind in enumerate(BUILT_IN)
    )


def page(corpus: Iterable[Sentence]) -> str:
    """The whole document."""
    redaction = every_rule()
    judged = [
        (one, Counter(redaction.redact(one.text, Author.CUSTOMER).counts))
        for one in corpus
    ]
    parts = [
        HEAD.read_text("utf-8").format(
            region=REGION,
            tried=LONGEST_TRIED,
            conversations=MOST_CONVERSATIONS,
            messages=MOST_MESSAGES,
            rules=MOST_RULES,
            largest=LARGEST,
            together=LARGEST_TOGETHER,
        ),
        "## What each rule finds\n",
        "| rule | what it finds | caught | missed | false alarms |",
        "|---|---|---|---|---|",
        *(_row(kind, judged) for kind in BUILT_IN),
        "",
        _innocent(judged),
        "## Known to be missed\n",
        "| rule | sentence |\n|---|---|",
        *_wrong(judged, is_miss=True),
        "\n## Known false alarms\n",
        "| rule | sentence |\n|---|---|",
        *_wrong(judged, is_miss=False),
    ]
    return "\n".join(parts) + "\n"


Judged = list[tuple[Sentence, Counter[str]]]


def _innocent(judged: Judged) -> str:
    nothing = sum(not one.holds for one, _ in judged)
    return (
        f"Of {len(judged)} sentences {nothing} hold nothing to hide: order"
        " numbers, dates, prices, tracking numbers, product codes.\n"
    )


def _row(kind: Kind, judged: Judged) -> str:
    caught = missed = false = 0
    for one, found in judged:
        caught += min(one.holds[kind], found[kind])
        missed += max(one.holds[kind] - found[kind], 0)
        false += max(found[kind] - one.holds[kind], 0)
    return f"| `{kind}` | {CATCHES[kind]} | {caught} | {missed} | {false} |"


def _wrong(judged: Judged, *, is_miss: bool) -> Iterator[str]:
    for one, found in judged:
        wrong = one.holds - found if is_miss else found - one.holds
        for rule in wrong:
            text = one.text.replace("\n", " / ").replace("|", "\\|")
            yield f"| `{rule}` | {text} |"


if __name__ == "__main__":
    PAGE.write_text(page(sentences()), encoding="utf-8")
