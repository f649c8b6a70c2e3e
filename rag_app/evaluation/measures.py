"""What is measured: a value a question for each line of the report.

Knows: which figures of the scores are reported, and whether they are averaged or added up.
Does not know: how parts are compared, or how a report looks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVar

from rag_app.evaluation.exam import DEPTHS, ExamScore
from rag_app.evaluation.open_questions import OpenScore
from rag_app.evaluation.questions import Split

SEARCHED = ("lookup", "numeric", "compare", "typo")  # kinds whose papers retrieval has to find


class How(StrEnum):
    MEAN = "mean"
    SUM = "sum"
    MEDIAN = "median"


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the report: a value for each question that it applies to."""

    name: str
    how: How
    values: tuple[tuple[Split, float], ...]
    detail: bool = False  # in the JSON only
    ids: tuple[str, ...] = ()  # of the questions, in the order of the values


class Scored(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def part(self) -> Split: ...
    @property
    def kind(self) -> str: ...
    @property
    def lang(self) -> str: ...


Score = TypeVar("Score", bound=Scored)


def measure(
    name: str,
    how: How,
    scores: Sequence[Score],
    value: Callable[[Score], float | None],
    *,
    detail: bool = False,
) -> Measure:
    """The measure made of `value` of each score; None where it does not apply."""
    told = [(score, one) for score in scores if (one := value(score)) is not None]
    values = tuple((score.part, float(one)) for score, one in told)
    return Measure(name, how, values, detail, tuple(score.id for score, _ in told))


def of_exam(scores: Sequence[ExamScore]) -> list[Measure]:
    """The lines of an exam: rightness, citations, refusals, what is unsupported, retrieval, time."""
    answerable = [score for score in scores if score.answerable]
    return [
        *_right("accuracy", scores, lambda s: s.correct),
        measure("citation precision", How.MEAN, answerable, lambda s: s.precision),
        measure("citation recall", How.MEAN, answerable, lambda s: s.recall),
        measure("list F1", How.MEAN, answerable, lambda s: s.f1 if s.kind == "list" else None),
        measure("false refusals", How.MEAN, answerable, lambda s: s.refused),
        measure("refusal recall", How.MEAN, scores, lambda s: None if s.answerable else s.refused),
        measure("language", How.MEAN, scores, lambda s: s.language),
        *_unsupported(scores),
        *_retrieval(scores),
        measure("seconds", How.MEDIAN, scores, lambda s: s.seconds),
        measure("seconds to the first token", How.MEDIAN, scores, lambda s: s.first_token_seconds),
    ]


def _unsupported(scores: Sequence[ExamScore]) -> list[Measure]:
    uncited = [s for s in scores if s.answerable and not s.refused]
    return [
        measure("uncited answers", How.SUM, uncited, lambda s: s.precision is None),
        measure("invalid citations", How.SUM, scores, lambda s: s.invalid_citations),
        measure("numbers stated", How.SUM, scores, lambda s: s.numbers),
        measure("unsupported numbers", How.SUM, scores, lambda s: len(s.unsupported_numbers)),
        measure("quotes", How.SUM, scores, lambda s: s.quotes),
        measure("wrong quotes", How.SUM, scores, lambda s: s.wrong_quotes),
    ]


def _retrieval(scores: Sequence[ExamScore]) -> list[Measure]:
    searched = [score for score in scores if score.kind in SEARCHED]
    measures = []
    for place, depth in enumerate(DEPTHS):
        measures.append(measure(f"recall@{depth}", How.MEAN, searched, _found_at(place)))
        for kind, lang in _groups(searched):
            few = [s for s in searched if (s.kind, s.lang) == (kind, lang)]
            name = f"recall@{depth} {kind} {lang}"
            measures.append(measure(name, How.MEAN, few, _found_at(place), detail=True))
    return measures


def _found_at(place: int) -> Callable[[ExamScore], float | None]:
    return lambda score: score.found_at[place]


def of_open(scores: Sequence[OpenScore]) -> list[Measure]:
    """The lines of open questions: what passes, which checks hold, shares, refusals, time."""
    checks = dict.fromkeys(name for score in scores for name in score.checks)
    figures = dict.fromkeys(name for score in scores for name in score.figures)
    return [
        *_right("pass", scores, lambda s: s.passed),
        *(measure(f"holds: {n}", How.MEAN, scores, _check(n)) for n in checks),
        *(measure(f"mean: {n}", How.MEAN, scores, _figure(n)) for n in figures),
        measure("false refusals", How.MEAN, scores, lambda s: None if s.refuse else s.refused),
        measure("refusal recall", How.MEAN, scores, lambda s: s.refused if s.refuse else None),
        measure("seconds", How.MEDIAN, scores, lambda s: s.seconds),
    ]


def _check(name: str) -> Callable[[OpenScore], bool | None]:
    return lambda score: score.checks.get(name)


def _figure(name: str) -> Callable[[OpenScore], float | None]:
    return lambda score: score.figures.get(name)


def _right(name: str, scores: Sequence[Score], right: Callable[[Score], bool]) -> list[Measure]:
    """Rightness over all scores, by kind and by language."""
    kinds = sorted({score.kind for score in scores})
    langs = sorted({score.lang for score in scores})
    return [
        measure(name, How.MEAN, scores, right),
        *(measure(f"{name}: {k}", How.MEAN, [s for s in scores if s.kind == k], right) for k in kinds),
        *(measure(f"{name}: {x}", How.MEAN, [s for s in scores if s.lang == x], right) for x in langs),
    ]


def _groups(scores: Sequence[ExamScore]) -> list[tuple[str, str]]:
    return sorted({(score.kind, score.lang) for score in scores})
