"""Which kinds of questions are taken for which: a table by kind and language.

Knows: the kinds that question files name, and what each may be understood as.
Does not know: how a question is understood or answered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rag_app.evaluation.measures import How, Measure, measure
from rag_app.evaluation.questions import Question, Split
from rag_app.records import Intent

# What the kinds of question files are, where the name differs or more than one answers as well.
# Follow-ups and unanswerable questions are of any kind, so they have no place here.
MEANT: dict[str, frozenset[Intent]] = {
    "lookup": frozenset({Intent.LOOKUP, Intent.EXISTS}),
    "numeric": frozenset({Intent.LOOKUP}),
    "detail": frozenset({Intent.LOOKUP}),
    "typo": frozenset({Intent.LOOKUP}),
    "injection": frozenset({Intent.LOOKUP}),
    "day": frozenset({Intent.SUMMARY}),
    "period": frozenset({Intent.SUMMARY}),
    **{intent.value: frozenset({intent}) for intent in Intent if intent is not Intent.LOOKUP},
}
HEADING = ("kind", "language", "questions", "right", "taken for")


@dataclass(frozen=True, slots=True)
class Taken:
    """What one question was taken for."""

    id: str
    part: Split
    kind: str
    lang: str
    intent: Intent

    @property
    def right(self) -> bool:
        return self.intent in MEANT[self.kind]


def taken(questions: Iterable[Question], understood: Callable[[Question], Intent]) -> list[Taken]:
    """What `understood` makes of every question of one certain kind."""
    return [Taken(q.id, q.part, q.kind, q.lang, understood(q)) for q in questions if q.kind in MEANT]


def table(found: Sequence[Taken]) -> list[tuple[str, ...]]:
    """A line for each kind and language; wrong kinds with how often."""
    lines: list[tuple[str, ...]] = [HEADING]
    for kind, lang in sorted({(one.kind, one.lang) for one in found}):
        ours = [one for one in found if (one.kind, one.lang) == (kind, lang)]
        wrong = Counter(one.intent.value for one in ours if not one.right).most_common()
        right = sum(one.right for one in ours)
        others = ", ".join(f"{name} {count}" for name, count in wrong)
        lines.append((kind, lang, str(len(ours)), f"{right / len(ours):.2f}", others))
    return lines


def measures(found: Sequence[Taken]) -> list[Measure]:
    """The share that is right, over all and by language."""
    langs = sorted({one.lang for one in found})
    return [
        measure("kind right", How.MEAN, found, lambda one: one.right),
        *(measure(f"kind right: {x}", How.MEAN, [o for o in found if o.lang == x], _right) for x in langs),
    ]


def _right(one: Taken) -> bool:
    return one.right


def as_json(found: Iterable[Taken]) -> list[dict[str, Any]]:
    return [
        {"id": one.id, "kind": one.kind, "lang": one.lang, "intent": one.intent.value, "right": one.right}
        for one in found
    ]
