"""Mentions: any phrase is counted in finite time, as whole words."""

from __future__ import annotations

import pytest

from rag_app.collection.mentions import Mentions

TEXTS = ("x and y axes\nthe y of a plot", "memory for robots\nmemories of a robot", "")


def mentions() -> Mentions:
    return Mentions(TEXTS, lambda word: sum(word in text.split() for text in TEXTS))


def test_a_word_of_one_letter_is_found_like_any_other() -> None:
    assert mentions().counts(["y"]).tolist() == [3, 0, 0]


@pytest.mark.parametrize("phrase", ["", " ", "-", "--", "s", "ies"])
def test_a_phrase_that_no_paper_says_is_counted_nowhere(phrase: str) -> None:
    assert not mentions().counts([phrase]).any()


def test_plurals_are_mentions() -> None:
    assert mentions().counts(["memory"]).tolist() == [0, 3, 0]
