"""The plan for the answer before in another form: shorter, longer, in another language, as a table,
or only some of its papers.

Knows: that a restyled answer is planned anew from the same papers, so that it is checked as any other.
Does not know: how the answer before was planned.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag_app.answer import choosing
from rag_app.answer.plans import paper as one_paper
from rag_app.answer.plans import table
from rag_app.answer.points import AnswerPlan, Form, Group, Point
from rag_app.answer.selection import Selection
from rag_app.answer.templates import words
from rag_app.records import Intent, Paper, Turn
from rag_app.search import answer_places, open_patterns

KEPT = 6  # papers of the answer before
SHORT = 3  # papers of a shorter one
LOOKED_AT = 60  # papers of the answer before among which some are chosen
LEAST_SAID = 0.6  # share of a condition's terms that a sentence must hold


def restyled(selection: Selection) -> AnswerPlan | None:
    """The answer before, as the question wants it; None where none of its papers is left."""
    question, before = selection.query.question, _before(selection)
    if before is None:
        return None
    papers = _papers(selection, before)
    if not papers:
        return None
    topic = _topic(selection)
    place = answer_places.ordinal(question)
    if before.intent is Intent.LOOKUP and (place is None or place < 0):
        papers = papers[:1]  # that a search found; what else may be meant was no answer
    if place is not None and -len(papers) <= place < len(papers):
        return one_paper.told(selection, papers[place], open_patterns.points_asked(question))
    if open_patterns.AS_TABLE.search(question):
        columns = open_patterns.columns(question)
        return table.of_papers(selection, papers[:KEPT], columns, topic)
    if len(papers) == 1:
        return _one_again(selection, papers[0])
    if open_patterns.ONLY.search(question) and (kept := _only(selection, papers)):
        return kept
    return _again(selection, papers, topic)


def _before(selection: Selection) -> Turn | None:
    return next((turn for turn in reversed(selection.conversation) if turn.papers), None)


def _papers(selection: Selection, before: Turn) -> list[Paper]:
    """The papers of the answer before that the collection still holds."""
    table_of = selection.library.snapshot.papers
    return table_of.many(arxiv_id for arxiv_id in before.papers if table_of.has(arxiv_id))


def _topic(selection: Selection) -> str:
    """What the conversation is about: the last question that was not itself a restyling."""
    asked = (turn.question for turn in reversed(selection.conversation) if turn.intent is not Intent.RESTYLE)
    return open_patterns.subject(next(asked, selection.query.topic))


def _one_again(selection: Selection, paper: Paper) -> AnswerPlan:
    """The same paper at the length that was asked for last, now or before."""
    questions = _wishes(selection)
    last = next(
        (q for q in questions if open_patterns.LONGER.search(q) or open_patterns.SHORTER.search(q)), ""
    )
    briefly = bool(open_patterns.SHORTER.search(last))
    since = questions[: questions.index(last) + 1] if last else questions
    count = next(filter(None, map(open_patterns.points_asked, since)), SHORT if briefly else 0)
    return one_paper.told(selection, paper, count, briefly=briefly)


def _wishes(selection: Selection) -> list[str]:
    """The question, and those before it back to the one whose answer all of them restyle; latest first."""
    questions = [selection.query.question]
    for turn in reversed(selection.conversation):
        questions.append(turn.question)
        if turn.intent is not Intent.RESTYLE:
            break
    return questions


def _only(selection: Selection, papers: Sequence[Paper]) -> AnswerPlan | None:
    """The papers whose digest says what is asked, each with the sentence that says it."""
    wanted = open_patterns.subject(open_patterns.ONLY.sub(" ", selection.query.topic))
    lexical = selection.library.lexical
    weights = choosing.with_terms(selection, wanted)
    said: list[tuple[float, Point]] = []
    for paper in papers[:LOOKED_AT]:
        for passage in choosing.telling(paper, weights, selection.library):
            covered = lexical.coverage(wanted, passage.text) or 0.0
            if covered >= LEAST_SAID:
                said.append((covered, Point(paper, (passage,))))
    if not said:
        return None
    surest = sorted(said, key=lambda pair: -pair[0])[:KEPT]
    points = tuple(point for _, point in said if any(point is one for _, one in surest))
    lead = words(selection.query.language)["conditions_hold"].format(count=len(points))
    return AnswerPlan((Group(points),), lead=lead)


def _again(selection: Selection, papers: Sequence[Paper], topic: str) -> AnswerPlan:
    """The same papers, with fewer or more sentences."""
    question = selection.query.question
    weights = choosing.with_terms(selection, topic)
    shorter, longer = open_patterns.SHORTER.search(question), open_patterns.LONGER.search(question)
    count = open_patterns.points_asked(question) or (SHORT if shorter else KEPT)
    points = tuple(
        Point(paper, choosing.telling(paper, weights, selection.library, 2 if longer else 1))
        for paper in papers[:count]
    )
    return AnswerPlan((Group(points),), Form.PROSE if shorter else Form.POINTS)
