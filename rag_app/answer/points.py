"""The plan of an answer: its points, each a paper and the sentences of its digest that it rests on.

Knows: what a plan is made of. Does not know: how one is made (`answer.plans`), written
(`answer.writing`) or shown (`answer.layout`).

An answer is made in one direction, each stage once: a plan, its points written and checked, and the
text. All records are frozen.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rag_app.records import Paper, Passage, Sentence


class Form(StrEnum):
    """How points stand on the page."""

    POINTS = "points"  # one line each, with the name of its paper
    STEPS = "steps"  # the same, numbered, where their order counts
    PARTS = "parts"  # one line each, all of one paper
    PROSE = "prose"  # running text
    TABLE = "table"  # a row for each group, a cell for each point


@dataclass(frozen=True, slots=True)
class Point:
    """What an answer says in one place: sentences of one digest; none where the digest says nothing."""

    paper: Paper
    passages: tuple[Passage, ...]
    note: str = ""  # in the answer's language, by code: votes, shared terms


@dataclass(frozen=True, slots=True)
class Group:
    """Points that belong together, and what they have in common; a row of a table."""

    points: tuple[Point, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class AnswerPlan:
    """An answer before it is written. `lead`, `outline` and `close` are written by code, in its language."""

    groups: tuple[Group, ...]
    form: Form = Form.POINTS
    lead: str = ""
    outline: str = ""  # behind the lead where no sentence of the model leads: which groups there are
    close: str = ""
    columns: tuple[str, ...] = ()

    @property
    def points(self) -> tuple[Point, ...]:
        return tuple(point for group in self.groups for point in group.points)

    @property
    def papers(self) -> tuple[Paper, ...]:
        """Each paper once, in order of appearance: the numbers of its citations count from 1."""
        return tuple({point.paper.arxiv_id: point.paper for point in self.points}.values())


@dataclass(frozen=True, slots=True)
class WrittenPoint:
    """A point as it was written: what is said of it in the answer's language, and the digest's own
    sentences where nothing else is.
    """

    point: Point
    sentences: tuple[Sentence, ...] = ()
    quoted: tuple[Sentence, ...] = ()
