"""An evaluation: a part of a question file asked, kept, scored and reported.

Knows: the order of the steps, and which answers are asked for again.
Does not know: when an answer is right, or how a report looks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rag_app import batch
from rag_app.evaluation import answers, exam, measures, open_questions, report
from rag_app.evaluation.answers import Given
from rag_app.evaluation.exam import ExamScore
from rag_app.evaluation.measures import Measure
from rag_app.evaluation.open_questions import OpenScore
from rag_app.evaluation.questions import Question, Split, Suite
from rag_app.evaluation.truth import Truth
from rag_app.llm.protocol import Generator
from rag_app.pipeline import Library
from rag_app.progress import Progress, silent
from rag_app.records import Filters


@dataclass(frozen=True, slots=True)
class Result:
    """One suite's scores and what they come to."""

    suite: Suite
    scores: tuple[ExamScore, ...] | tuple[OpenScore, ...]
    measures: tuple[Measure, ...]

    @property
    def rows(self) -> list[report.Row]:
        return report.rows(self.measures)

    def as_json(self) -> dict[str, Any]:
        return {
            "suite": self.suite.value,
            "rows": report.as_json(self.rows),
            "scores": [asdict(score) for score in self.scores],
        }


def choose(
    questions: Sequence[Question], suite: Suite | None = None, part: Split | None = None, limit: int = 0
) -> list[Question]:
    """The questions of a suite and a part, None being all; at most `limit`, taken evenly over the file."""
    chosen = [q for q in questions if suite in (None, q.suite) and part in (None, q.part)]
    if not limit or limit >= len(chosen):
        return chosen
    return [chosen[at * len(chosen) // limit] for at in range(limit)]


def ask(
    questions: Sequence[Question],
    file: Path,
    library: Library,
    generator: Generator | None,
    progress: Progress = silent,
) -> dict[str, Given]:
    """The answers to the questions, kept in `file`; those that it holds already are not asked again.

    Raises RagError for a file that cannot be read or written.
    """
    lines = [batch.BatchQuestion(q.id, q.turns, Filters(days=q.days)) for q in questions]
    batch.answer_all(lines, file, library, generator, progress)
    return answers.read(file)


def score(questions: Sequence[Question], given: Mapping[str, Given], truth: Truth) -> list[Result]:
    """A result for each suite that the questions belong to; a question without an answer is a wrong one."""
    results = []
    for suite in Suite:
        asked = [(q, given.get(q.id, Given(q.id))) for q in questions if q.suite is suite]
        if asked and suite is Suite.EXAM:
            marks = tuple(exam.score(question, answer, truth) for question, answer in asked)
            results.append(Result(suite, marks, tuple(measures.of_exam(marks))))
        elif asked:
            judged = tuple(open_questions.score(question, answer) for question, answer in asked)
            results.append(Result(suite, judged, tuple(measures.of_open(judged))))
    return results
