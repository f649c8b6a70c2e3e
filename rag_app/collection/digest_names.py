"""The names that a digest holds: which of a text's names are not among them, or misspelt.

Knows: how the names of one text are compared with those of a paper's digest.
Does not know: which names papers go by (`collection.paper_names`), questions, retrieval.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from rag_app.collection.paper_names import TOKEN, fold, shaped, text_of
from rag_app.records import Paper
from rag_app.text import maths, numbers
from rag_app.text.terms import STOP_WORDS

# Abbreviations of the field that an answer may use for what a digest spells out, or the other way
# round.
FIELD = frozenset(
    "ai llm llms lm lms gpu gpus cpu ml nlp rl 2d 3d 4d api apis qa vqa t2i t2v sota vlm vlms mllm arxiv".split()
)


def unknown_names(claim: str, paper: Paper) -> list[str]:
    """Name-shaped words of a claim that the paper's digest and title do not hold, in whatever spelling."""
    text = text_of(paper)
    known = {fold(part) for word in TOKEN.findall(text) for part in [word, *re.split(r"[-+.^'/]", word)]}
    known.add(fold(initials(paper.title)))
    return [
        word
        for word in TOKEN.findall(claim)
        if shaped(word)
        and fold(word) not in FIELD
        and not numbers.NUMBER.fullmatch(word)
        and not _holds(word, known)
    ]


def initials(title: str) -> str:
    """Of the words before the colon, small ones left out: "DDPM" of a title of these four words."""
    words = re.findall(r"[A-Za-z]+", maths.typed(title).partition(":")[0])
    return "".join(word[0].upper() for word in words if word.casefold() not in STOP_WORDS)


def misspelt(word: str, paper: Paper) -> bool:
    """Whether the paper's digest holds a name that `word` is a likely misspelling of."""
    return _meant(word, paper) is not None


def respelt(text: str, paper: Paper, is_word: Callable[[str], bool]) -> str:
    """The text with likely misspellings of names as the paper's digest spells them.

    `is_word(word)`: the collection's texts use the word, so it is meant as it stands.
    """

    def right(match: re.Match[str]) -> str:
        word = match[0]
        return word if len(fold(word)) < 5 or is_word(word) else _meant(word, paper) or word

    return TOKEN.sub(right, text)


def _meant(word: str, paper: Paper) -> str | None:
    """The name in the paper's digest that is spelled most like `word`, if one is near."""
    from rapidfuzz import fuzz, process

    names = {fold(name): name for name in TOKEN.findall(text_of(paper)) if shaped(name)}
    best = process.extractOne(fold(word), list(names), scorer=fuzz.ratio, score_cutoff=80)
    return names[best[0]] if best else None


def _holds(word: str, known: set[str]) -> bool:
    """Whether a word, its singular, or every part of a compound is known."""
    if fold(word) in known or (word.endswith("s") and fold(word[:-1]) in known):
        return True
    parts = [part for part in re.split(r"[-+.^'/]", word) if part]
    return len(parts) > 1 and all(fold(part) in known or not shaped(part) for part in parts)
