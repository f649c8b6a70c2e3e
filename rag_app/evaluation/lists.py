"""Lists scored by their topics: which papers they hold, and whether the count they state is true.

Knows: when a stated count is near enough.
Does not know: how topics are found, or how a list is made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from rag_app.evaluation.answers import Given
from rag_app.evaluation.measures import How, Measure
from rag_app.evaluation.questions import Question, Split
from rag_app.evaluation.topics import MinedTopic

NEAR = 0.2  # of the topic's papers: how far a stated count may be off


@dataclass(frozen=True, slots=True)
class ListScore:
    """The list of one topic in one language."""

    id: str
    topic: str
    kind: str  # the range of its number of papers
    lang: str
    part: Split
    papers: int  # of the topic
    stated: int  # the count that the answer states
    listed: int
    precision: float
    recall: float

    @property
    def near(self) -> bool:
        """Whether the stated count is within a fifth of the truth."""
        return abs(self.stated - self.papers) <= NEAR * self.papers

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def score(topics: Sequence[MinedTopic], given: Mapping[str, Given]) -> list[ListScore]:
    """The lists of all topics, in English and in Korean."""
    asked = [(topic, question) for topic in topics for question in topic.questions()]
    return [_scored(topic, question, given[question.id]) for topic, question in asked]


def _scored(topic: MinedTopic, question: Question, answer: Given) -> ListScore:
    shown = set(answer.cited)
    right = len(shown & topic.papers)
    return ListScore(
        id=question.id,
        topic=topic.name,
        kind=question.kind,
        lang=question.lang,
        part=topic.part,
        papers=len(topic.papers),
        stated=0 if answer.refused else answer.matched,
        listed=len(shown),
        precision=right / max(len(shown), 1),
        recall=right / len(topic.papers),
    )


def measures(scores: Sequence[ListScore]) -> list[Measure]:
    """Precision, recall, F1 and how many counts are near, over all lists and by range and language."""
    groups = [("", list(scores))]
    groups += [(f": {kind}", [s for s in scores if s.kind == kind]) for kind in _ranges(scores)]
    groups += [(f": {lang}", [s for s in scores if s.lang == lang]) for lang in ("en", "ko")]
    return [one for name, few in groups for one in _of_group(name, few)]


def _of_group(name: str, scores: Sequence[ListScore]) -> tuple[Measure, ...]:
    return (
        _by_topic(f"precision{name}", scores, lambda score: score.precision),
        _by_topic(f"recall{name}", scores, lambda score: score.recall),
        _by_topic(f"F1{name}", scores, lambda score: score.f1),
        _by_topic(f"count within a fifth{name}", scores, lambda score: score.near),
    )


def _by_topic(name: str, scores: Sequence[ListScore], value: Callable[[ListScore], float]) -> Measure:
    """One value a topic, the mean of its lists: both languages of a topic are no two trials."""
    values: dict[tuple[str, Split], list[float]] = defaultdict(list)
    for score in scores:
        values[score.topic, score.part].append(value(score))
    means = tuple((part, fmean(of_topic)) for (_, part), of_topic in values.items())
    return Measure(name, How.MEAN, means, ids=tuple(topic for topic, _ in values))


def _ranges(scores: Sequence[ListScore]) -> list[str]:
    """The ranges in the order of their numbers."""
    return sorted({score.kind for score in scores}, key=lambda kind: int(kind.partition("-")[0]))


def table(topics: Sequence[MinedTopic], scores: Sequence[ListScore]) -> list[tuple[str, ...]]:
    """Each topic's lists and its spellings, so that a person can check them."""
    spellings = {topic.name: ", ".join(topic.spellings) for topic in topics}
    heading = ("topic", "papers", "lang", "stated", "listed", "precision", "recall", "spellings")
    return [heading, *(_line(score, spellings[score.topic]) for score in scores)]


def _line(score: ListScore, spellings: str) -> tuple[str, ...]:
    counts = (str(score.papers), score.lang, str(score.stated), str(score.listed))
    return (score.topic, *counts, f"{score.precision:.2f}", f"{score.recall:.2f}", spellings)
