"""The plan for what a list leads with: how its best papers do it, before all of them are listed.

Knows: how many papers lead, and that counts are code's. Does not know: which papers are on the list,
or how it looks (`answer.templates`).
"""

from __future__ import annotations

from rag_app.answer import choosing, groups
from rag_app.answer.points import AnswerPlan, Form, Group, Point
from rag_app.answer.selection import Selection
from rag_app.answer.templates import listed, words
from rag_app.search import patterns

LEADING = 3  # papers
FEWEST = 4  # papers of a list that is led by a text
MANY = 20  # papers of a list whose groups are counted


def lead(selection: Selection) -> AnswerPlan | None:
    """A sentence for each of the first papers of a list that is about a topic; None for a short one."""
    query = selection.query
    hits = listed(query, selection.evidence)
    topic = patterns.topic(query.topic)
    if len(hits) < FEWEST or not selection.library.lexical.own_terms(topic):
        return None
    weights = choosing.with_terms(selection, topic)
    points = tuple(
        Point(hit.paper, choosing.telling(hit.paper, weights, selection.library)) for hit in hits[:LEADING]
    )
    counted = groups.title_terms([hit.paper for hit in hits], topic, selection.library)
    phrases = words(query.language)
    named = ", ".join(phrases["group_of"].format(name=term, count=count) for term, count in counted)
    close = phrases["in_titles"].format(groups=named) if len(hits) >= MANY and named else ""
    return AnswerPlan((Group(points),), Form.PROSE, close=close)
