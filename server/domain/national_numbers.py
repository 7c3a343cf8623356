"""Numbers that states give to persons, in folded text.

The one file that knows python-stdnum. A number is found by the way it is
written and by its check digits. Where both are weak (nine digits in a row are
an order number more often than anything else) a word that names it has to
stand shortly before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from stdnum.be import nn
from stdnum.br import cpf
from stdnum.ca import sin
from stdnum.ch import ssn as ahv
from stdnum.de import idnr
from stdnum.dk import cpr
from stdnum.es import dni, nie
from stdnum.fi import hetu
from stdnum.fr import nir
from stdnum.gb import nhs
from stdnum.in_ import aadhaar
from stdnum.it import codicefiscale
from stdnum.nl import bsn
from stdnum.no import fodselsnummer
from stdnum.pl import pesel
from stdnum.se import personnummer
from stdnum.us import ssn

from server.domain.folding import Span

#: Numbers whose check digits are computed in one text, each 5 us. What looks
#: like another one beyond them counts as one: nobody writes so many.
MOST_CHECKED: Final = 32
#: Characters before a number in which the word that names it must stand.
_NEAR = 40
#: Looked at behind the first character: so the search for that runs in C.
_START = r"(?<![0-9A-Za-z_].)(?<![0-9][-./].)"
_END = r"(?![0-9A-Za-z_])(?![-./][0-9])"


@dataclass(frozen=True, slots=True)
class _Form:
    """How the numbers of one kind are written."""

    pattern: re.Pattern[str]
    is_valid: Callable[[str], bool]
    words: tuple[str, ...]


def _form(
    first: str, rest: str, is_valid: Callable[[str], bool], *words: str
) -> _Form:
    return _Form(
        re.compile(f"{first}{_START}(?:{rest}){_END}", re.DOTALL),
        is_valid,
        words,
    )


def _has_no_check_digit(_: str) -> bool:
    return True


def _is_ssn(number: str) -> bool:
    return ssn.is_valid("".join(filter(str.isdigit, number)))


def _is_dni(number: str) -> bool:
    return dni.is_valid(number.replace(".", ""))


_NINO = "(?<!BG|GB|KN|NK|NT|TN|ZZ)"
_OMO = "[0-9LMNP-Vlmnp-v]"

_FORMS = (
    _form("[0-9]", r"[0-9]{2}([- .])[0-9]{2}\1[0-9]{4}", _is_ssn),
    _form("[0-9]", "[0-9]{8}", _is_ssn, "ssn", "social security"),
    _form(
        "[0-9]",
        "[0-9]{2}[- ]?[0-9]{3}[- ]?[0-9]{3}",
        sin.is_valid,
        " sin",
        "social insurance",
    ),
    _form(
        "[0-9]",
        "[0-9] ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}",
        idnr.is_valid,
        "steuer",
        "idnr",
        "tax id",
        "identifikationsn",
    ),
    _form(
        "[12]",
        "[ .-]?[0-9]{2}[ .-]?[0-9]{2}[ .-]?(?:[0-9]{2}|2[ABab])[ .-]?"
        "[0-9]{3}[ .-]?[0-9]{3}[ .-]?[0-9]{2}",
        nir.is_valid,
    ),
    _form("[0-9]", r"[0-9]\.?[0-9]{3}\.?[0-9]{3}[- ]?[A-Za-z]", _is_dni),
    _form("[XYZxyz]", "[- ]?[0-9]{7}[- ]?[A-Za-z]", nie.is_valid),
    _form(
        "[A-Za-z]",
        f"[A-Za-z]{{2}} ?[A-Za-z]{{3}} ?{_OMO}{{2}} ?[A-Za-z]{_OMO}{{2}} ?"
        f"[A-Za-z]{_OMO}{{3}} ?[A-Za-z]",
        codicefiscale.is_valid,
    ),
    _form(
        "[0-9]",
        "[0-9]{3}[ .]?[0-9]{2}[ .]?[0-9]{3}",
        bsn.is_valid,
        "bsn",
        "burgerservice",
        "sofinum",
    ),
    _form("[0-9]", "[0-9]{10}", pesel.is_valid),
    _form("[0-9]", "[0-9]{5} ?[0-9]{5}", fodselsnummer.is_valid),
    _form("[0-9]", "[0-9]{5}[-+][0-9]{4}", personnummer.is_valid),
    _form("[12]", "[09][0-9]{6}-?[0-9]{4}", personnummer.is_valid),
    _form("[0-9]", "[0-9]{5}-[0-9]{4}", cpr.is_valid),
    _form("[0-9]", "[0-9]{5}[-+A-FU-Y][0-9]{3}[0-9A-Ya-y]", hetu.is_valid),
    _form("7", "56[ .]?[0-9]{4}[ .]?[0-9]{4}[ .]?[0-9]{2}", ahv.is_valid),
    _form(
        "[0-9]",
        r"[0-9]\.[0-9]{2}\.[0-9]{2}-[0-9]{3}[ .][0-9]{2}",
        nn.is_valid,
    ),
    _form("[0-9]", r"[0-9]{2}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}", cpf.is_valid),
    _form("[0-9]", "[0-9]{10}", cpf.is_valid, "cpf"),
    _form(
        "[2-9]",
        r"(?<![0-9] .)[0-9]{3}([- ])[0-9]{4}\1[0-9]{4}(?! [0-9])",
        aadhaar.is_valid,
    ),
    _form("[2-9]", "[0-9]{11}", aadhaar.is_valid, "aadhaar", "आधार"),
    _form("[0-9]", "[0-9]{2} ?[0-9]{3} ?[0-9]{4}", nhs.is_valid, "nhs"),
    _form(
        "[A-CEGHJ-PR-TW-Z]",
        f"[A-CEGHJ-NPR-TW-Z]{_NINO} [0-9]{{2}} [0-9]{{2}} [0-9]{{2}} [A-D]",
        _has_no_check_digit,
    ),
    _form(
        "[A-CEGHJ-PR-TW-Z]",
        f"[A-CEGHJ-NPR-TW-Z]{_NINO}[0-9]{{6}}[A-D]",
        _has_no_check_digit,
        "national insurance",
        "nino",
        "ni n",
    ),
)


def national_numbers_in(text: str) -> Iterator[Span]:
    """Where the national numbers of ``text`` stand, kind by kind."""
    small = text.lower()
    checked = 0
    for form in _FORMS:
        if form.words and not _says(small, form.words):
            continue
        for one in form.pattern.finditer(text):
            start, end = one.span()
            near = text[max(start - _NEAR, 0) : start].lower()
            if form.words and not _says(near, form.words):
                continue
            checked += 1
            if checked > MOST_CHECKED or form.is_valid(one[0]):
                yield start, end


def _says(text: str, words: tuple[str, ...]) -> bool:
    return any(word in f" {text}" for word in words)
