"""Consent: how much somebody has agreed to, and the words that say so.

Four levels, in order; a channel needs one of the last three for what the
business says of its own accord. Somebody who writes has agreed to be answered
(implicit), and to nothing else.

Rules of this file
    1. A keyword is the whole message, never a part of it: "please stop the
       delivery" opts nobody out.
    2. The way out is as easy as the way in: one word, at any time, at once.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

#: The purpose of answering; every other is the account's own word.
SERVICE = "service"


class Level(IntEnum):
    """How much somebody has agreed to; more is higher."""

    OPTED_OUT = 0
    IMPLICIT = 1
    EXPLICIT = 2
    DOUBLE = 3

    @property
    def word(self) -> str:
        """As it is written in documents and answers."""
        return self.name.lower()


class Wish(StrEnum):
    """What a keyword asks for."""

    OPT_IN = "opt_in"
    CONFIRM = "double_opt_in"
    OPT_OUT = "opt_out"
    HELP = "help"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keywords:
    """The words of one language, and what is answered to them.

    Attributes:
        language: A BCP 47 tag, lower case.
        words: For each wish the words that mean it, folded.
        answers: For each wish what is answered; may be missing.
        opt_in_prompt: Asked of somebody whose opt-in is needed.
        double_opt_in_prompt: Asked after the first yes.
    """

    language: str
    words: dict[Wish, frozenset[str]]
    answers: dict[Wish, str]
    opt_in_prompt: str = ""
    double_opt_in_prompt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRules:
    """What a channel asks for.

    Attributes:
        required: The level that messages which the business begins need.
        version: Of the wording; recorded with each consent.
        keywords: One set a language.
    """

    required: Level = Level.IMPLICIT
    version: str = "1"
    keywords: tuple[Keywords, ...] = ()

    def wish_in(
        self, text: str, level: Level | None = None
    ) -> tuple[Wish, Keywords] | None:
        """What ``text`` asks for, and in which language; None: it is talk.

        Args:
            text: A whole message.
            level: Of the one who says it: where both steps have the same
                word, the second "yes" is the second step.
        """
        said = folded(text)
        if not said:
            return None
        is_second = (level or Level.OPTED_OUT) >= Level.EXPLICIT
        steps = (Wish.OPT_IN, Wish.CONFIRM)
        # Out before in: where two languages share a word the cautious wins.
        for wish in (
            Wish.OPT_OUT,
            *(reversed(steps) if is_second else steps),
            Wish.HELP,
        ):
            for one in self.keywords:
                if said in one.words.get(wish, ()):
                    return wish, one
        return None

    def keywords_for(self, language: str | None) -> Keywords | None:
        """Those of somebody who reads ``language``, else the first ones."""
        wanted = (language or "").casefold().replace("_", "-")
        tongue = wanted.partition("-")[0]
        for one in self.keywords:
            if one.language == wanted:
                return one
        for one in self.keywords:
            if one.language.partition("-")[0] == tongue:
                return one
        return self.keywords[0] if self.keywords else None

    def lacks(self) -> str | None:
        """What is missing for such a channel to open; None: nothing."""
        if not self.keywords and self.required is Level.IMPLICIT:
            return None
        needs = [Wish.OPT_OUT]
        if self.required >= Level.EXPLICIT:
            needs.append(Wish.OPT_IN)
        if self.required >= Level.DOUBLE:
            needs.append(Wish.CONFIRM)
        for wish in needs:
            if not any(one.words.get(wish) for one in self.keywords):
                return wish.value
        return None


#: Of a channel that asks for nothing: whoever writes is answered.
NO_CONSENT_RULES = ConsentRules()


def folded(text: str) -> str:
    """``text`` as keywords are compared.

    Case, width and accents written apart do not count, nor do spaces and
    punctuation around the word: people write "STOP." and " stop ".
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    letters = [at for at, one in enumerate(plain) if _counts(one)]
    return plain[letters[0] : letters[-1] + 1] if letters else ""


def _counts(one: str) -> bool:
    # Punctuation, separators and control characters do not; + and = do.
    return unicodedata.category(one)[0] not in "PZC"


def after(level: Level, wish: Wish, required: Level) -> Level:
    """The level of somebody at ``level`` who says ``wish``.

    A second yes counts only after a first; the first is enough where the
    channel asks for no second.
    """
    match wish:
        case Wish.OPT_OUT:
            return Level.OPTED_OUT
        case Wish.OPT_IN:
            return max(level, Level.EXPLICIT)
        case Wish.CONFIRM if level >= Level.EXPLICIT:
            return Level.DOUBLE if required is Level.DOUBLE else level
        case _:
            return level


def reply(
    keywords: Keywords, wish: Wish, *, level: Level, required: Level
) -> str:
    """What the channel says to a keyword; empty: nothing.

    Args:
        keywords: The language in which it was said.
        wish: What it asked for.
        level: Of the one who said it, before that.
        required: By the channel.
    """
    if wish is Wish.OPT_IN and level < required is Level.DOUBLE:
        asked = keywords.double_opt_in_prompt
        return asked or keywords.answers.get(wish, "")
    if wish is Wish.CONFIRM and level < Level.EXPLICIT:
        return keywords.opt_in_prompt  # the first step is still missing
    return keywords.answers.get(wish, "")


def asked(rules: ConsentRules, level: Level, language: str | None) -> str:
    """What somebody is asked who writes for the first time; empty: nothing.

    Not who has said no: asking again is no question.
    """
    words = rules.keywords_for(language)
    if words is None or rules.required is Level.IMPLICIT:
        return ""
    return words.opt_in_prompt if level is Level.IMPLICIT else ""


def suffices(level: Level | None, required: Level) -> bool:
    """Whether the business may write of its own accord.

    Args:
        level: Of the person, for the purpose; None: nothing was ever said.
        required: By the channel; never less than implicit.
    """
    return level is not None and level >= max(required, Level.IMPLICIT)


def least(levels: Sequence[Level]) -> Level:
    """The level that holds where several speak of the same thing."""
    return min(levels, default=Level.IMPLICIT)
