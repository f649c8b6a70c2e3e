"""Wrong answers told so that one can learn from them: those of the part to fit on, and no others.

Knows: what of a question, its key and its answer explains a failure.
Does not know: when an answer is right, or where it is printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rag_app.evaluation.answers import Given
from rag_app.evaluation.exam import ExamScore
from rag_app.evaluation.open_questions import OpenScore
from rag_app.evaluation.questions import ExamKey, Question, Split

SHOWN = 300  # characters of an answer


def told(
    scores: Sequence[ExamScore | OpenScore], questions: Sequence[Question], given: Mapping[str, Given]
) -> Iterator[str]:
    """A paragraph for each wrong answer of the part to fit on; who reads the others fits to them as well."""
    by_id = {question.id: question for question in questions}
    for score in scores:
        right = score.correct if isinstance(score, ExamScore) else score.passed
        if score.part is Split.FIT and not right:
            answer = given.get(score.id, Given(score.id))
            yield _paragraph(by_id[score.id], _why(score, by_id[score.id]), answer)


def _paragraph(question: Question, why: str, answer: Given) -> str:
    shown = "refused" if answer.refused else f"cites {', '.join(answer.cited) or 'nothing'}"
    text = " ".join(answer.text.split())[:SHOWN]
    return f"{question.id} ({question.kind})  {' / '.join(question.turns)}\n  {why}\n  {shown}: {text}"


def _why(score: ExamScore | OpenScore, question: Question) -> str:
    if isinstance(score, OpenScore):
        shares = ", ".join(f"{name} {value:.2f}" for name, value in score.figures.items())
        return f"fails {', '.join(score.failed)}" + (f" ({shares})" if shares else "")
    if not isinstance(question.key, ExamKey) or not question.key.answerable:
        return "wants a refusal"
    must = "; ".join(" or ".join(group) for group in question.key.must)
    return f"wants {', '.join(sorted(question.key.gold)) or 'no paper'}" + (
        f", saying {must}" if must else ""
    )
