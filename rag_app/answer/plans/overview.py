"""Plans for what many papers say together: an overview, a recommendation, a concept.

Knows: how many papers each holds and how they are put in order. Does not know: how papers are scored
or sentences chosen (`answer.choosing`), or how groups are found (`answer.groups`).
"""

from __future__ import annotations

from collections.abc import Sequence

from rag_app.answer import choosing, groups
from rag_app.answer.points import Form, Group, Plan, Point
from rag_app.answer.selection import Selection
from rag_app.answer.templates import words
from rag_app.records import Paper, Passage
from rag_app.search import open_patterns, retrieval

OVERVIEW_PAPERS, FEWEST = 9, 5
LEAST_GROUPS = 3  # with the papers that are in none
UNGROUPED = 5  # papers that need no groups
RECOMMENDED, SIMILAR = 5, 6
REASON = 2  # sentences
DEFINED_IN, USED_IN = 2, 3  # papers
LOOKED_AT = 12  # papers among which a definition is looked for


def overview(selection: Selection) -> Plan | None:
    """The surely relevant papers in groups by what they do, a sentence each."""
    subject = open_patterns.subject(selection.query.topic)
    papers = [
        hit.paper for hit in choosing.sure(choosing.ranked(selection, subject), OVERVIEW_PAPERS, FEWEST)
    ]
    weights = choosing.with_terms(selection, subject)
    points = [_point(selection, paper, weights) for paper in papers]
    return grouped(selection, points, subject, "overview")


def grouped(selection: Selection, points: Sequence[Point], subject: str, lead: str) -> Plan | None:
    """Points in groups by what their papers do; `lead` is the key of the phrase before them."""
    if not points:
        return None
    phrases = words(selection.query.language)
    papers = [point.paper for point in points]
    if len(points) <= UNGROUPED:
        return Plan((Group(tuple(points)),), lead=phrases[lead].format(count=len(papers)))
    found = groups.found(papers, subject, selection.query.language, selection.library)
    if len(found) < LEAST_GROUPS:
        return Plan((Group(tuple(points)),), lead=phrases[lead].format(count=len(papers)))
    made = [
        Group(tuple(points[place] for place in one.places), one.name or phrases["others"]) for one in found
    ]
    listed = ", ".join(phrases["group_of"].format(name=g.name, count=len(g.points)) for g in made)
    head = phrases[lead].format(count=len(papers))
    return Plan(tuple(made), lead=f"{head} {phrases['groups_are'].format(groups=listed)}")


def recommendation(selection: Selection) -> Plan | None:
    """The papers that fit a purpose best, in the order to read them, with the sentences that say why;
    of two that fit equally well the more voted one first.
    """
    subject = open_patterns.subject(selection.query.topic)
    hits = choosing.sure(choosing.ranked(selection, subject), selection.query.limit or RECOMMENDED, 3)
    hits.sort(key=lambda hit: (-round(hit.score), -(hit.paper.votes or 0)))
    weights = choosing.with_terms(selection, subject)
    points = tuple(_point(selection, hit.paper, weights, REASON) for hit in hits)
    lead = words(selection.query.language)["recommended"].format(count=len(points))
    return Plan((Group(points),), Form.STEPS, lead) if points else None


def concept(selection: Selection) -> Plan | None:
    """What something is, by the digests that say so, then where it is used, and what else is asked."""
    subject = open_patterns.subject(selection.query.topic)
    papers = [hit.paper for hit in choosing.ranked(selection, subject)[:LOOKED_AT]]
    if not papers:
        return None
    name, rest = _name_and_rest(selection, subject)
    defining = sorted(
        (
            (_defines(selection, passage, name, place), passage)
            for place, p in enumerate(papers)
            for passage in choosing.whole(p)
        ),
        key=lambda pair: -pair[0],
    )
    by_id = {paper.arxiv_id: paper for paper in papers}
    first: list[Point] = []
    for worth, passage in defining:
        if (
            worth > 0
            and len(first) < DEFINED_IN
            and passage.arxiv_id not in {p.paper.arxiv_id for p in first}
        ):
            first.append(Point(by_id[passage.arxiv_id], (passage,)))
    told = {point.paper.arxiv_id for point in first}
    weights = choosing.with_terms(selection, f"{name} {rest}" if rest else subject)
    others = [_point(selection, paper, weights) for paper in papers if paper.arxiv_id not in told][:USED_IN]
    phrases = words(selection.query.language)
    made = [Group(tuple(first), phrases["what_it_is"])] if first else []
    return Plan((*made, Group(tuple(others), phrases["where_used"] if made else "")))


def _name_and_rest(selection: Selection, subject: str) -> tuple[str, str]:
    """(the thing that is asked about: what stands before the first stop; what else is asked)."""
    question = selection.query.topic or selection.query.standalone
    head, _, tail = question.partition("?")
    name = open_patterns.narrow_subject(head)
    return (name, open_patterns.subject(tail)) if name else (subject, "")


def _defines(selection: Selection, passage: Passage, name: str, place: int) -> float:
    """How well a sentence says what `name` is; earlier papers have an edge."""
    covered = selection.library.lexical.coverage(name, passage.text) or 0.0
    says = bool(open_patterns.DEFINING.search(passage.text))
    return covered + 0.5 * says - 0.02 * place if covered >= 0.5 and says else 0.0


def _point(selection: Selection, paper: Paper, weights: dict[str, float], count: int = 1) -> Point:
    return Point(paper, choosing.telling(paper, weights, selection.library, count))


def similar(selection: Selection) -> Plan | None:
    """The papers nearest to a named one, with what they have in common."""
    if not selection.query.papers:
        return None
    phrases = words(selection.query.language)
    library, seed = selection.library, selection.library.snapshot.papers.get(selection.query.papers[0])
    near = retrieval.like(seed, library, selection.query.filters)[: selection.query.limit or SIMILAR]
    weights = library.lexical.query_terms(" ".join([seed.title, *(p.text for p in choosing.whole(seed)[:2])]))
    points = []
    for paper in near:
        shared = groups.shared_terms(seed, paper, library)
        note = phrases["shares"].format(terms=", ".join(shared)) if shared else ""
        points.append(Point(paper, choosing.telling(paper, weights, library), note))
    name = seed.title.partition(":")[0]
    return Plan((Group(tuple(points)),), lead=phrases["similar_to"].format(name=name)) if points else None
