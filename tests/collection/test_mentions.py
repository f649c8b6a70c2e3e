"""Mentions: any phrase is counted in finite time, as whole words, and the same each time."""

from __future__ import annotations

import re

import pytest

from rag_app.collection.bm25 import document
from rag_app.collection.library import Library
from rag_app.collection.mentions import Mentions

TEXTS = ("x and y axes\nthe y of a plot", "memory for robots\nmemories of a robot", "")


def mentions() -> Mentions:
    return Mentions(TEXTS)


def test_a_word_of_one_letter_is_found_like_any_other() -> None:
    assert mentions().counts(["y"]).tolist() == [3, 0, 0]


@pytest.mark.parametrize("phrase", ["", " ", "-", "--", "s", "ies"])
def test_a_phrase_that_no_paper_says_is_counted_nowhere(phrase: str) -> None:
    assert not mentions().counts([phrase]).any()


def test_plurals_are_mentions() -> None:
    assert mentions().counts(["memory"]).tolist() == [0, 3, 0]


def test_a_phrase_said_twice_across_a_hyphen_is_said_twice() -> None:
    assert Mentions(["a\nimage-image search"]).counts(["images"]).tolist() == [2]


def test_part_of_another_spelling_is_no_mention_of_its_own() -> None:
    spellings = Mentions(["a\na video diffusion model"])
    assert spellings.counts(["video diffusion", "diffusion"]).tolist() == [1]


def test_what_a_caller_does_with_counts_changes_no_later_ones() -> None:
    asked = mentions()
    asked.counts(["memory"])[:] = 9
    assert asked.counts(["memory"]).tolist() == [0, 3, 0]


@pytest.mark.parametrize(
    "phrase",
    ["diffusion", "video generation", "language model", "reinforcement learning", "attention", "policy"],
)
def test_counts_are_those_of_a_plain_search_of_each_text(phrase: str, library: Library) -> None:
    texts = [document(paper).casefold() for paper in library.snapshot.papers.many(library.lexical.papers)]
    asked = Mentions(texts)
    for _ in range(2):  # the second time from memory
        assert asked.counts([phrase]).tolist() == [_plainly(phrase, text) for text in texts]


def _plainly(phrase: str, text: str) -> int:
    """Whole words one after another, as a reader would count them, a title's once more."""
    words = re.findall(r"[a-z0-9]+|[^a-z0-9\s-]", text.partition("\n")[2])
    title = re.findall(r"[a-z0-9]+|[^a-z0-9\s-]", text.partition("\n")[0])
    return _times(phrase, words) + _times(phrase, title) + bool(_times(phrase, title))


def _times(phrase: str, words: list[str]) -> int:
    wanted = phrase.split()
    last = wanted[-1].removesuffix("y")
    forms = (
        {f"{last}{end}" for end in ("y", "ys", "ies")}
        if wanted[-1] != last
        else {last, f"{last}s", f"{last}es"}
    )
    return sum(
        words[at : at + len(wanted) - 1] == wanted[:-1] and words[at + len(wanted) - 1] in forms
        for at in range(len(words) - len(wanted) + 1)
    )
