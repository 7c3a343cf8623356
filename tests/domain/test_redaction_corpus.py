"""What people write: what must be hidden, and what must not."""

from __future__ import annotations

from collections import Counter

import pytest

from server.domain.message import Author
from tools import redaction_table

CORPUS = redaction_table.sentences()
REDACTION = redaction_table.every_rule()


def test_the_corpus_is_worth_its_name() -> None:
    """Many sentences, in many languages, a third of them innocent."""
    assert len(CORPUS) >= 150
    assert len({one.language for one in CORPUS}) >= 12
    assert sum(not one.holds for one in CORPUS) >= 50


@pytest.mark.parametrize("sentence", CORPUS, ids=lambda one: one.text[:30])
def test_each_sentence_is_judged_as_written(
    sentence: redaction_table.Sentence,
) -> None:
    """What it holds is hidden, except where the corpus admits a fault."""
    left = REDACTION.redact(sentence.text, Author.CUSTOMER)

    assert Counter(left.counts) == sentence.finds
    assert REDACTION.redact(left.text, Author.CUSTOMER).counts == {}


def test_the_published_table_is_that_of_the_corpus() -> None:
    """`python -m tools.redaction_table` would write what is there."""
    assert redaction_table.PAGE.read_text("utf-8") == redaction_table.page(
        CORPUS
    )
