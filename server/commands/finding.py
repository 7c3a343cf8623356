"""What a look at one thing found, for the doctor."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Verdict(IntEnum):
    """How it is; the worst of all decides."""

    OK = 0
    WARN = 1
    FAIL = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """One line.

    Attributes:
        verdict: How it is.
        what: What was looked at.
        says: What was found.
        advice: What to do about it; empty if nothing.
    """

    verdict: Verdict
    what: str
    says: str
    advice: str = ""


def ok(what: str, says: str) -> Finding:
    """All is well with it."""
    return Finding(Verdict.OK, what, says)


def warn(what: str, says: str, advice: str) -> Finding:
    """It works, and should not stay so."""
    return Finding(Verdict.WARN, what, says, advice)


def fail(what: str, says: str, advice: str) -> Finding:
    """It does not do what is promised."""
    return Finding(Verdict.FAIL, what, says, advice)
