"""Questions made from a collection itself, so that speed can be measured over any digests.

Knows: how titles, sentences, topics, days and authors of papers are asked about, in
English and Korean.
Does not know: the answers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import cycle, islice

from rag_app.records import Paper
from rag_app.text import sentences
from rag_app.text.cleaning import clean_line

Maker = Callable[[Paper], str]


def about(papers: Sequence[Paper], count: int) -> list[str]:
    """`count` questions, each about another of the papers as far as they go; equal collections give
    equal ones.
    """
    step = max(1, len(papers) // count)
    spread = cycle(papers[::step])
    return [make(paper) for paper, make in islice(zip(spread, cycle(_MAKERS), strict=False), count)]


def _title(paper: Paper) -> str:
    return clean_line(paper.title)


def _head(paper: Paper) -> str:
    return _title(paper).partition(":")[0]


def _sentence(paper: Paper) -> str:
    """A sentence from the middle of the digest, without its name; the title where there is none."""
    section = paper.sections[len(paper.sections) // 2] if paper.sections else None
    spans = sentences.split(section.text) if section else []
    if not section or not spans:
        return _title(paper)
    start, end = spans[len(spans) // 2]
    return clean_line(section.text[start:end]).replace(_head(paper), "").strip()


def _topic(paper: Paper) -> str:
    """The end of a title, which says what kind of thing the paper is about."""
    return " ".join(_title(paper).split()[-2:])


def _author(paper: Paper) -> str:
    return paper.authors[0] if paper.authors else ""


_MAKERS: tuple[Maker, ...] = (
    lambda paper: f"What does {_head(paper)} propose?",
    lambda paper: f"{_head(paper)}의 한계는 무엇인가요?",
    lambda paper: f"Is there a method for {_title(paper).partition(':')[2].strip() or _title(paper)}?",
    _sentence,
    lambda paper: f"Which papers are about {_topic(paper)}?",
    lambda paper: f"{_topic(paper)} 관련 논문 목록을 보여 주세요",
    lambda paper: f"How many papers appeared on {paper.date or '2024-11-25'}?",
    lambda paper: (
        f"{_author(paper)}의 논문은 모두 몇 편인가요?" if paper.authors else "논문은 모두 몇 편인가요?"
    ),
    lambda paper: f"Which papers had the most votes in {paper.date[:7] or '2024-11'}?",
)
