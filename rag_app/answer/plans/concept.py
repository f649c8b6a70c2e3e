"""The plan for what something is: the sentences that say so, then where it is used or what goes wrong.

Knows: how many papers each part holds, and that what it is to be told apart from is defined, too. Does
not know: how a definition is recognised (`answer.definitions`), or how papers are scored.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag_app.answer import choosing, definitions
from rag_app.answer.definitions import Thing
from rag_app.answer.points import AnswerPlan, Group, Point
from rag_app.answer.selection import Selection
from rag_app.answer.templates import words
from rag_app.search import open_patterns

DEFINED_IN, EACH = 2, 3  # papers that define it, and papers of each part
POOL = 20  # papers among which those are that use it


def concept(selection: Selection) -> AnswerPlan | None:
    """What something is, by the digests that say so, then where it is used, or what goes wrong with it."""
    question, library = selection.query.standalone, selection.library
    thing = _asked_for(selection)
    first = definitions.definitions(thing, library, DEFINED_IN)
    told_from, against = _told_apart(selection, thing)
    wrong = bool(open_patterns.FAULTS.search(question))
    faults = definitions.faults(thing, library, POOL) if wrong else []
    used = faults or _using(selection, thing, bool(first))
    phrases = words(selection.query.language)
    heads = (
        phrases["what_it_is"],
        phrases["how_it_differs"],
        phrases["its_faults" if faults else "where_used"],
    )
    told: set[str] = set()
    groups = []
    for head, points in zip(heads, (first, [*told_from, *against], used), strict=True):
        new = tuple(point for point in points if point.paper.arxiv_id not in told)[:EACH]
        told |= {point.paper.arxiv_id for point in new}
        groups += [Group(new, head)] if new else []
    told_of = first or (against and open_patterns.versus(question))
    return AnswerPlan(tuple(groups), lead="" if told_of else phrases["not_defined"]) if groups else None


def _asked_for(selection: Selection) -> Thing:
    """What is asked for by its name; by the subject of the question where no digest says what was taken
    for a name.
    """
    library = selection.library
    if sides := open_patterns.versus(selection.query.standalone):
        return definitions.thing(sides[0], library)
    if name := open_patterns.named(selection.query.standalone):
        named = definitions.thing(name, library)
        if library.spellings.saying(named.spellings).any():
            return named
    return definitions.thing(open_patterns.subject(selection.query.topic), library)


def _told_apart(selection: Selection, thing: Thing) -> tuple[list[Point], list[Point]]:
    """(what the other thing is that it is to be told apart from, what tells the two apart)."""
    sides, library = open_patterns.versus(selection.query.standalone), selection.library
    name = sides[1] if sides else open_patterns.told_apart(selection.query.standalone)
    if not name:
        return [], []
    other = definitions.thing(name, library)
    defined = definitions.definitions(other, library, 1, definitions.SURE)
    return defined, definitions.contrasts(thing, other, library, DEFINED_IN)


def _using(selection: Selection, thing: Thing, defined: bool) -> Sequence[Point]:
    """The papers that fit the question best, with what they say of the thing; before them those that
    speak of the thing itself, where none defines it.
    """
    weights = choosing.with_terms(selection, selection.query.topic)
    hits = choosing.ranked(selection, open_patterns.subject(selection.query.topic), POOL)
    using = [
        Point(hit.paper, passages)
        for hit in hits
        if (passages := choosing.telling(hit.paper, weights, selection.library))
    ]
    return using if defined else [*definitions.statements(thing, selection.library, 1), *using]
