"""The plan for one paper explained: its sections in order, in as many points as are asked for.

Knows: how sentences are dealt to points. Does not know: which paper is meant, or how it is written.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag_app.answer import choosing
from rag_app.answer.points import AnswerPlan, Form, Group, Point
from rag_app.answer.selection import Selection
from rag_app.answer.templates import title_of
from rag_app.records import Paper, Passage
from rag_app.search import open_patterns, passages, patterns
from rag_app.text.length import word_count

MOST_WORDS = 150  # of the digest that are told; a longer one gives its best sentences
WHOLE_WORDS = 600  # where all of it is asked for
WORDS_A_POINT = 35  # where a number of points is asked for


def explained(selection: Selection) -> AnswerPlan | None:
    """The named paper, or the one that fits best, section by section."""
    named = selection.query.papers
    if named:
        paper = selection.library.snapshot.papers.get(named[0])
    elif selection.evidence.hits:
        paper = selection.evidence.hits[0].paper
    else:
        return None
    return told(selection, paper, open_patterns.points_asked(selection.query.question))


def told(selection: Selection, paper: Paper, count: int, *, briefly: bool = False) -> AnswerPlan:
    """The paper in `count` points, or one for each section of its digest where that is 0; `briefly`: one
    sentence a point.
    """
    weights = choosing.with_terms(selection, selection.query.topic)
    room = WORDS_A_POINT * count if count else MOST_WORDS
    if briefly:
        room = 0
    elif patterns.WHOLE.search(selection.query.question):
        room = WHOLE_WORDS
    kept = _within(
        passages.whole(paper), choosing.telling(paper, weights, selection.library, 40), room, count
    )
    parts = _dealt(kept, count) if count else _by_section(kept)
    points = tuple(Point(paper, tuple(part)) for part in parts if part)
    return AnswerPlan((Group(points),), Form.PARTS, title_of(paper))


def _within(every: Sequence[Passage], best: Sequence[Passage], room: int, least: int) -> list[Passage]:
    """The sentences of a digest within `room` words, in order: first one of each section, then figures
    and what fits the question.
    """
    first = list({p.section: p for p in reversed(every)}.values())[::-1]
    order = [*first, *sorted((p for p in best if p not in first), key=lambda p: -p.score)]
    order += [p for p in every if p not in order]
    chosen: set[Passage] = set()
    spent = 0
    starts = {(p.section, p.start): p for p in every}
    for passage in order:
        own = starts[passage.section, passage.start]
        length = word_count(own.text)
        if own not in chosen and (spent + length <= room or len(chosen) < max(1, least)):
            chosen.add(own)
            spent += length
    return [passage for passage in every if passage in chosen]


def _by_section(passages: Sequence[Passage]) -> list[list[Passage]]:
    """The sentences of each section; of a digest without sections, each sentence for itself."""
    sections = dict.fromkeys(passage.section for passage in passages)
    if len(sections) == 1:
        return [[passage] for passage in passages]
    return [[p for p in passages if p.section == section] for section in sections]


def _dealt(passages: Sequence[Passage], count: int) -> list[list[Passage]]:
    """The sentences in `count` runs of nearly equal length, a section kept together where it can be."""
    if len(dict.fromkeys(p.section for p in passages)) == count:
        return _by_section(passages)
    size, more = divmod(len(passages), count)
    runs, at = [], 0
    for place in range(count):
        end = at + size + (place < more)
        runs.append(list(passages[at:end]))
        at = end
    return runs
