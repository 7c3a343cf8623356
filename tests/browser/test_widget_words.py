"""The widget's words: every language has all of them, and fills in the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "server" / "web" / "widget"
LANGUAGES = ("de", "es", "fr", "it", "nl")

_WORD = re.compile(r"(\w+): '((?:[^'\\]|\\.)*)'")
_END = re.compile(r"(?<=\s)\}[;,]\n")
_BLANK = re.compile(r"\{\w+\}")

Words = dict[str, str]


def words_in(text: str) -> Words:
    """The words of the first block in ``text``, by name."""
    return dict(_WORD.findall(_END.split(text)[0]))


def by_language(name: str) -> dict[str, Words]:
    """The words of a file that holds all languages."""
    text = (WEB / name).read_text(encoding="utf-8")
    # English first, then one block a language, in whatever indentation.
    parts = re.split(
        r"^\s*(?:const )?([a-z]{2})(?: =|:) \{", text, flags=re.MULTILINE
    )
    return dict(zip(parts[1::2], map(words_in, parts[2::2]), strict=True))


def beside(name: str) -> dict[str, Words]:
    """The words of a file with one file a language beside it."""
    files = {"en": f"{name}.js"} | {
        each: f"{name}-{each}.js" for each in LANGUAGES
    }
    return {
        each: words_in((WEB / file).read_text(encoding="utf-8"))
        for each, file in files.items()
    }


ALL = {
    "strings": beside("strings"),
    "holdings-words": beside("holdings-words"),
    "closing-words": by_language("closing-words.js"),
    "rich-words": by_language("rich-words.js"),
    "notice": by_language("notice.js"),
}


@pytest.mark.parametrize("name", ALL)
def test_every_language_has_every_word(name: str) -> None:
    """No name is missing, none is left over, and none is empty."""
    languages = ALL[name]
    assert set(languages) == {"en", *LANGUAGES}
    assert len(languages["en"]) > 2
    for words in languages.values():
        assert set(words) == set(languages["en"])
        assert all(words.values())


@pytest.mark.parametrize("name", ALL)
def test_every_language_fills_in_the_same(name: str) -> None:
    """What English leaves blank is left blank by all, and nothing else is."""
    english = ALL[name]["en"]
    for words in ALL[name].values():
        for key, text in words.items():
            wanted = set(_BLANK.findall(english[key]))
            assert set(_BLANK.findall(text)) == wanted, key


def test_no_word_is_written_twice() -> None:
    """A name of a later file does not hide one that is loaded first."""
    first = set(ALL["strings"]["en"])
    for name in ("holdings-words", "closing-words"):
        assert first.isdisjoint(ALL[name]["en"])
