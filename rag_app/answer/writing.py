"""A plan's points in the reader's language: written side by side, each sentence checked as it closes.

Knows: what is taken as it stands, what is translated, and what becomes of a sentence that fails its
check. Does not know: how points were planned (`answer.plans`) or how they are shown (`answer.layout`).

A point says what its sentences say and no more: a digest in the reader's language speaks for itself,
one in another is translated sentence by sentence under the checks of `verification`. A sentence that
fails twice is left to the digest's own words.
"""

from __future__ import annotations

from collections.abc import Generator as Yields
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag_app.answer import prompting, verification
from rag_app.answer.points import AnswerPlan, Point, WrittenPoint
from rag_app.answer.selection import Selection
from rag_app.lang import LANGUAGES, reads_as
from rag_app.llm.protocol import Generator
from rag_app.records import Checked, Draft, Event, Passage, Sentence, Working

TRIES = 2  # translations of one sentence


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
    if selection.generator and LANGUAGES[selection.query.language].prompts.translate:
        yield from _translated(selection, selection.generator, tasks, said)
    return tuple(_written(point, numbers[point.paper.arxiv_id], said) for point in plan.points)


def sentences_of(written: Sequence[WrittenPoint]) -> tuple[Sentence, ...]:
    """All that an answer says, in order."""
    return tuple(s for one in written for s in (*one.sentences, *one.quoted))


def _written(point: Point, n: int, said: Mapping[Passage, Sentence]) -> WrittenPoint:
    sentences = tuple(said[passage] for passage in point.passages if passage in said)
    quoted = tuple(verification.quote(p, n) for p in point.passages if p not in said)
    return WrittenPoint(point, sentences, quoted)


def _translated(
    selection: Selection, generator: Generator, tasks: Sequence[_Task], said: dict[Passage, Sentence]
) -> Yields[Event, None, None]:
    """Put what passes its check into `said`; what fails is tried once more, told what to keep.

    The first sentence is written alone, so that the reader sees it soon; the others side by side.
    """
    for attempt in range(TRIES):
        left = [task for task in tasks if task.passage not in said]
        for batch in (left[:1], left[1:]) if attempt == 0 else (left,):
            if batch and not selection.stop.is_set():
                yield _so_far(tasks, said)
                for event in _batch(selection, generator, batch, said, exact=attempt > 0):
                    yield event
                    if isinstance(event, Checked):
                        yield _so_far(tasks, said)


def _so_far(tasks: Sequence[_Task], said: Mapping[Passage, Sentence]) -> Working:
    return Working(sum(task.passage in said for task in tasks), len(tasks))


def _batch(
    selection: Selection,
    generator: Generator,
    tasks: Sequence[_Task],
    said: dict[Passage, Sentence],
    *,
    exact: bool,
) -> Yields[Event, None, None]:
    """The translations of some sentences, each checked when its turn has ended."""
    requests = [
        prompting.translation(
            task.passage, 0, selection.query.language, generator.count_tokens, exact=exact
        ).request
        for task in tasks
    ]
    texts = [""] * len(tasks)
    for index, piece in generator.stream_batch(requests, stop=selection.stop):
        texts[index] += piece
        if piece:
            yield Draft(texts[index].strip())
            continue
        sentence = _checked(selection, tasks[index], texts[index])
        if sentence.supported:
            said[tasks[index].passage] = sentence
            yield Checked(sentence)


def _checked(selection: Selection, task: _Task, text: str) -> Sentence:
    """The translation as a sentence of the answer; one that says nothing is not supported."""
    if len(text.split()) < 2:
        return Sentence(text, False)
    return verification.check_translation(text, task.n, task.passage, task.point.paper, selection.library)
