"""A plan's points in the reader's language: written side by side, each sentence checked as it closes.

Knows: what is taken as it stands, what is translated, and what becomes of a sentence that fails its
check. Does not know: how points were planned (`answer.plans`) or how they are shown (`answer.layout`).

A point says what its sentences say and no more: a digest in the reader's language speaks for itself,
one in another is glossed (`answer.glosses`), and where no gloss passes its checks the digest's own words
stand, unless the point has other sentences that the reader can read.
"""

from __future__ import annotations

from collections.abc import Generator as Yields
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rag_app.answer import glosses, verification
from rag_app.answer.points import AnswerPlan, Point, WrittenPoint
from rag_app.answer.selection import Selection
from rag_app.lang import LANGUAGES, reads_as
from rag_app.llm.protocol import Generator
from rag_app.records import Checked, Draft, Event, Passage, Sentence, Working


@dataclass(frozen=True, slots=True)
class _Task:
    """A sentence to be put in the reader's language, for the paper of number `n`."""

    passage: Passage
    point: Point
    n: int


def write(selection: Selection, plan: AnswerPlan) -> Yields[Event, None, tuple[WrittenPoint, ...]]:
    """Every point of the plan, in order; what is written when the reader stops is kept."""
    numbers = {paper.arxiv_id: n for n, paper in enumerate(plan.papers, start=1)}
    said: dict[Passage, Sentence] = {}
    tasks: list[_Task] = []
    for point in plan.points:
        for passage in point.passages:
            n = numbers[point.paper.arxiv_id]
            if reads_as(passage.text, selection.query.language):
                said[passage] = verification.quote(passage, n)
                yield Checked(said[passage])
            else:
                tasks.append(_Task(passage, point, n))
    translates = selection.generator and LANGUAGES[selection.query.language].prompts.translate
    if selection.generator and translates:
        yield from _translated(selection, selection.generator, tasks, said)
    written = tuple(_written(point, numbers[point.paper.arxiv_id], said) for point in plan.points)
    return tuple(map(_as_translated, written)) if translates else written


def sentences_of(written: Sequence[WrittenPoint]) -> tuple[Sentence, ...]:
    """All that an answer says, in order."""
    return tuple(s for one in written for s in (*one.sentences, *one.quoted))


def _written(point: Point, n: int, said: Mapping[Passage, Sentence]) -> WrittenPoint:
    sentences = tuple(said[passage] for passage in point.passages if passage in said)
    quoted = tuple(verification.quote(p, n) for p in point.passages if p not in said)
    return WrittenPoint(point, sentences, quoted)


def _as_translated(one: WrittenPoint) -> WrittenPoint:
    """A point that says something in the reader's language does without what could not be put into it."""
    return replace(one, quoted=()) if one.sentences else one


def _translated(
    selection: Selection, generator: Generator, tasks: Sequence[_Task], said: dict[Passage, Sentence]
) -> Yields[Event, None, None]:
    """Put the glosses that pass their checks into `said`.

    The first sentence is written alone, so that the reader sees it soon; the others side by side.
    """
    yield Working(0, len(tasks))
    for some in (tasks[:1], tasks[1:]):
        for gloss in glosses.glosses(
            [task.passage for task in some],
            selection.query.language,
            selection.library,
            generator,
            stop=selection.stop,
        ):
            if not gloss.finished:
                yield Draft(gloss.text)
            elif gloss.text:
                task = some[gloss.index]
                said[task.passage] = verification.quote(task.passage, task.n, gloss.text)
                yield Checked(said[task.passage])
                yield Working(sum(task.passage in said for task in tasks), len(tasks))
