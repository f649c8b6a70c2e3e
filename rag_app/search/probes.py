"""Questions with known answers, made of the collection itself: papers are about some, about others
none is.

Knows: how titles and sentences become questions, and which subjects are foreign. Does not know: what
is measured with them.

A title or a sentence asked as it stands is easier than what people ask, who say it in their own
words; so only a part of the words is left, and half stand in the examples of kinds.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from rag_app.lang import language_of
from rag_app.records import Paper
from rag_app.search import kinds
from rag_app.text import sentences
from rag_app.text.cleaning import clean, clean_line

FOREIGN = Path(__file__).parent / "foreign.toml"
PAPERS = 60  # that questions are made of, evenly over the collection; small ones give what they have
KEPT = 6  # of ten words
LONGEST = 24  # words of a sentence that are asked
FRAMES = ("list", "lookup", "overview", "concept")  # kinds with a topic alone in their examples


def about_papers(papers: Sequence[Paper]) -> dict[str, str]:
    """Questions that a paper of the collection is about, each with the arXiv id of that paper."""
    chosen = papers[:: max(1, len(papers) // PAPERS)][:PAPERS]
    found: dict[str, str] = {}
    for place, paper in enumerate(chosen):
        title = _part(clean_line(paper.title.partition(":")[2] or paper.title))
        found.setdefault(_framed(title, place), paper.arxiv_id)
        sentence = _sentence(paper)
        if sentence:
            found.setdefault(_part(sentence), paper.arxiv_id)
    return found


def foreign() -> list[str]:
    """Questions whose subject no paper treats."""
    subjects = tomllib.loads(FOREIGN.read_text(encoding="utf-8"))
    return [_framed(subject, place) for ours in subjects.values() for place, subject in enumerate(ours)]


def _framed(subject: str, place: int) -> str:
    frames = _frames(language_of(subject))
    return frames[place % len(frames)].replace("{topic}", subject)


def _frames(language: str) -> list[str]:
    """Examples of kinds whose only slot is a topic."""
    return [frame for kind in FRAMES for frame in kinds.with_a_topic(kind, language)]


def _sentence(paper: Paper) -> str:
    """The second sentence of its digest, or the first: the opening often repeats the title."""
    for section in paper.sections:
        text = clean(section.text)
        spans = list(sentences.split(text))
        if spans:
            return " ".join(text[slice(*spans[min(1, len(spans) - 1)])].split()[:LONGEST])
    return ""


def _part(text: str) -> str:
    """Some of the words of a text, the same ones at every call."""
    kept = list(_kept(text.split()))
    return " ".join(kept) if len(kept) > 1 else text


def _kept(words: Sequence[str]) -> Iterator[str]:
    return (word for word in words if hashlib.sha256(word.encode()).digest()[0] % 10 < KEPT)
