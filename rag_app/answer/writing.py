"""A plan's points in the reader's language: written, checked, and where that fails the digest's own
sentence.

Knows: what is taken as it stands, what is translated, and what becomes of a sentence that fails its
check. Does not know: how points were planned (`answer.plans`) or how they are shown (`answer.layout`).

A point says what its sentences say and no more: a digest in the reader's language speaks for itself,
one in another is translated sentence by sentence under the checks of `verification`.
"""

from __future__ import annotations

from collections.abc import Generator as Yields
from collections.abc import Sequence

from rag_app.answer import prompting, verification
from rag_app.answer.points import Plan, Point, Written
from rag_app.answer.selection import Selection
from rag_app.lang import reads_as
from rag_app.llm.protocol import Generator
from rag_app.records import Checked, Draft, Event, Passage, Sentence, Working

TRIES = 2  # translations of one sentence


def write(selection: Selection, plan: Plan) -> Yields[Event, None, tuple[Written, ...]]:
    """Every point of the plan, in order; what is written when the reader stops is kept."""
    numbers = {paper.arxiv_id: n for n, paper in enumerate(plan.papers, start=1)}
    written = []
    for done, point in enumerate(plan.points):
        if selection.generator:
            yield Working(done, len(plan.points))
        written.append((yield from _written(selection, point, numbers[point.paper.arxiv_id])))
    return tuple(written)


def _written(selection: Selection, point: Point, n: int) -> Yields[Event, None, Written]:
    sentences: list[Sentence] = []
    quoted: list[Sentence] = []
    for passage in point.passages:
        said = yield from _said(selection, passage, n, point)
        (sentences if said else quoted).append(said or verification.quote(passage, n))
        yield Checked((sentences if said else quoted)[-1])
    return Written(point, tuple(sentences), tuple(quoted))


def _said(
    selection: Selection, passage: Passage, n: int, point: Point
) -> Yields[Event, None, Sentence | None]:
    """The passage in the answer's language; None where it is in another and no translation passed."""
    if reads_as(passage.text, selection.query.language):
        return verification.quote(passage, n)
    if selection.generator is None:
        return None
    for _ in range(TRIES):
        if selection.stop.is_set():
            return None
        text = yield from _translated(selection, selection.generator, passage)
        sentence = verification.check_translation(text, n, passage, point.paper, selection.library)
        if sentence.supported:
            return sentence
    return None


def _translated(selection: Selection, generator: Generator, passage: Passage) -> Yields[Event, None, str]:
    prompt = prompting.translation(passage, 0, selection.query.language, generator.count_tokens)
    text = ""
    for piece in generator.stream(
        prompt.messages,
        prefix=prompt.prefix,
        grammar=prompt.grammar,
        max_tokens=prompt.max_tokens,
        stop=selection.stop,
    ):
        text += piece
        yield Draft(text.strip())
    return text


def sentences_of(written: Sequence[Written]) -> tuple[Sentence, ...]:
    """All that an answer says, in order."""
    return tuple(s for one in written for s in (*one.sentences, *one.quoted))
