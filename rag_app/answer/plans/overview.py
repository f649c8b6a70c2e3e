"""Plans for what many papers say together: an overview, a recommendation, similar papers.

Knows: how many papers each holds and how they are put in order. Does not know: how papers are scored
or sentences chosen (`answer.choosing`), or how groups are found (`answer.groups`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag_app.answer import choosing, groups
from rag_app.answer.points import AnswerPlan, Form, Group, Point
from rag_app.answer.selection import Selection
from rag_app.answer.templates import words
from rag_app.collection.bm25 import document
from rag_app.lang import reads_as
from rag_app.records import Paper
from rag_app.search import open_patterns, passages
from rag_app.search import similar as likeness
from rag_app.search.topic import LITTLE
from rag_app.text.cleaning import clean_line, escape_markdown
from rag_app.text.length import word_count
from rag_app.text.terms import fold_word, nouns

OVERVIEW_PAPERS, FEWEST = 9, 5
OF_ONE = {"overview": "overview_one", "recommended": "recommended_one"}
LEAST_GROUPS = 2  # with the papers that are in none
UNGROUPED = 5  # papers that need no groups
RECOMMENDED, FEWEST_RECOMMENDED, SIMILAR = 5, 3, 6
RANKS = 20  # places that count nearly alike where two rankings are fused
MOST_WORDS = 185  # of the sentences of an overview
REASON = 2  # sentences
WORD = re.compile(r"[A-Za-z][A-Za-z0-9-]+")
TELLING = 0.4  # rarity of a phrase of the purpose that tells why a paper fits it
WHOLE = 0.99  # share of its terms that a digest says


def overview(selection: Selection) -> AnswerPlan | None:
    """The surely relevant papers in groups by what they do, a sentence each."""
    subject = open_patterns.subject(selection.query.topic)
    sure = choosing.sure(choosing.ranked(selection, subject), choosing.POOL, FEWEST)
    fitting = choosing.likely(sure)
    papers = [hit.paper for hit in choosing.diverse(fitting, OVERVIEW_PAPERS, selection.library)]
    weights = choosing.with_terms(selection, subject)
    faults = bool(open_patterns.FAULTS.search(selection.query.question))
    told = [
        choosing.telling(paper, weights, selection.library, easy=choosing.BRIEF_WORDS, faults=faults)
        for paper in papers
    ]
    points = [Point(paper, passages) for paper, passages in zip(papers, told, strict=True)]
    while (
        len(points) > FEWEST
        and sum(word_count(p.text) for point in points for p in point.passages) > MOST_WORDS
    ):
        points.pop()
    return grouped(selection, points, subject, "overview")


def grouped(selection: Selection, points: Sequence[Point], subject: str, lead: str) -> AnswerPlan | None:
    """Points in groups by what their papers do; `lead` is the key of the phrase before them."""
    if not points:
        return None
    phrases = words(selection.query.language)
    papers = [point.paper for point in points]
    if len(points) <= UNGROUPED:
        return AnswerPlan((Group(tuple(points)),), lead=_counting(lead, points, selection.query.language))
    found = groups.found(papers, subject, selection.query.language, selection.library)
    if len(found) < LEAST_GROUPS:
        return AnswerPlan((Group(tuple(points)),), lead=_counting(lead, points, selection.query.language))
    made = [
        Group(tuple(points[place] for place in one.places), one.name or phrases["others"]) for one in found
    ]
    listed = ", ".join(phrases["group_of"].format(name=g.name, count=len(g.points)) for g in made)
    outline = phrases["groups_are"].format(groups=listed)
    return AnswerPlan(tuple(made), lead=_counting(lead, points, selection.query.language), outline=outline)


def _counting(lead: str, points: Sequence[Point], language: str) -> str:
    """The phrase before points, which says how many they are."""
    return words(language)[OF_ONE.get(lead, lead) if len(points) == 1 else lead].format(count=len(points))


def recommendation(selection: Selection) -> AnswerPlan | None:
    """The papers that fit a purpose best, in the order to read them, with the sentences that say why;
    of two that fit equally well the more voted one first.
    """
    subject = open_patterns.subject(selection.query.topic)
    sure = choosing.sure(choosing.ranked(selection, subject), choosing.POOL, FEWEST_RECOMMENDED)
    hits = choosing.diverse(choosing.likely(sure), selection.query.limit or RECOMMENDED, selection.library)
    hits.sort(key=lambda hit: (-round(hit.score), -(hit.paper.votes or 0)))
    weights = choosing.with_terms(selection, subject)
    fits = words(selection.query.language)["fits"]
    points = []
    for hit in hits:
        said = ", ".join(_fitting(selection, hit.paper, subject))
        told = choosing.telling(hit.paper, weights, selection.library, REASON)
        points.append(Point(hit.paper, told, fits.format(terms=said) if said else ""))
    lead = _counting("recommended", points, selection.query.language)
    return AnswerPlan((Group(tuple(points)),), Form.STEPS, lead) if points else None


def _fitting(selection: Selection, paper: Paper, subject: str) -> list[str]:
    """The phrases of a purpose that a digest says in either language, longest runs of words; of Korean its
    nouns: why the paper fits it.
    """
    lexical, text = selection.library.lexical, f"{paper.title}\n{document(paper)}"
    spans = [place for place, _ in nouns(subject)] or [match.span() for match in WORD.finditer(subject)]
    runs: list[tuple[int, int]] = []
    for start, end in spans:
        word = subject[start:end]
        if fold_word(word) in LITTLE or (lexical.coverage(word, text) or 0.0) < WHOLE:
            continue
        joined = bool(runs) and not subject[runs[-1][1] : start].strip()
        runs.append((runs.pop()[0] if joined else start, end))
    phrases = dict.fromkeys(subject[start:end] for start, end in runs)
    return [
        phrase
        for phrase in phrases
        if max(map(lexical.rarity, lexical.own_terms(phrase)), default=0.0) >= TELLING
    ]


def similar(selection: Selection) -> AnswerPlan | None:
    """The papers most like a named one, with the words they share."""
    query, library = selection.query, selection.library
    if not query.papers:
        return None
    phrases, seed = words(query.language), library.snapshot.papers.get(query.papers[0])
    near = _alike(selection, seed)[: query.limit or SIMILAR]
    weights = library.lexical.query_terms(" ".join([seed.title, *(p.text for p in passages.whole(seed)[:2])]))
    points = []
    for one in near:
        shared = [word for word in one.shared if reads_as(word, query.language) or word.isascii()]
        note = phrases["shares"].format(terms=", ".join(shared)) if shared else ""
        points.append(Point(one.paper, choosing.telling(one.paper, weights, library), note))
    lead = phrases["similar_to"].format(name=escape_markdown(clean_line(seed.title.partition(":")[0])))
    return AnswerPlan((Group(tuple(points)),), lead=lead) if points else None


def _alike(selection: Selection, seed: Paper) -> list[likeness.Similar]:
    """The papers like one, those first that are near what its title says, too (reciprocal rank fusion)."""
    found = likeness.similar(seed.arxiv_id, selection.library, choosing.POOL, selection.query.filters)
    title = seed.title.partition(":")[2] or seed.title
    titled = [hit.paper.arxiv_id for hit in choosing.ranked(selection, title)]
    places = {arxiv_id: place for place, arxiv_id in enumerate(titled)}

    def worth(place: int) -> float:
        other = places.get(found[place].paper.arxiv_id, len(titled) * 2)
        return 1 / (RANKS + place) + 1 / (RANKS + other)

    return [found[place] for place in sorted(range(len(found)), key=lambda place: -worth(place))]
