"""The plan for conditions, each judged for each paper by a sentence of its digest.

Knows: which papers are judged, and which of them are shown. Does not know: what a digest says of a thing
(`answer.denied`), or conditions that code decides exactly (days, votes, authors: `records.Filters`).
"""

from __future__ import annotations

from rag_app.answer import choosing
from rag_app.answer.denied import Verdict, judge, words_for
from rag_app.answer.plans.overview import FEWEST, overview
from rag_app.answer.points import AnswerPlan, Group, Point
from rag_app.answer.selection import Selection
from rag_app.answer.templates import words
from rag_app.collection import releases
from rag_app.collection.bm25 import document
from rag_app.lang import language_of
from rag_app.records import Hit, Paper, Passage
from rag_app.search import open_patterns, passages, patterns, relevance
from rag_app.search.open_patterns import Denial
from rag_app.text.terms import fold_word, only_nouns

MOST = 8  # papers
JUDGED = 160  # papers, best first
ENOUGH = 3  # papers whose digests show it, beside which those that say nothing are left out
ON_TOPIC = 0.6  # share of the topic's terms that a paper's digest must hold


def conditions(selection: Selection) -> AnswerPlan | None:
    """The papers on the topic for which every condition holds, with the sentence that shows it. Where
    those for which it does not hold are asked for, too, they are an overview.
    """
    query = selection.query
    if open_patterns.asks_for_both(query.question):
        return overview(selection)
    asked = _denied(selection)
    if asked is None:
        return overview(selection)
    topic = open_patterns.narrow_subject(asked.rest)
    if not asked.what:
        hits = choosing.ranked(selection, open_patterns.subject(asked.rest), JUDGED)
        speaking = choosing.speaking_of(selection, hits, topic) if query.filters else []
        if query.filters.released and not speaking:  # papers that make something public may be on anything
            speaking = _on_topic(selection, hits, topic)
            if not speaking:
                return None
        kept = choosing.sure(speaking or hits, query.limit or MOST, FEWEST if not query.filters else 1)
        weights = choosing.with_terms(selection, topic)
        points = [Point(hit.paper, _telling(selection, hit.paper, weights)) for hit in kept]
        return _plan(selection, points, "conditions_fit")
    said = words_for(selection.library, asked)
    candidates = _candidates(selection, asked, topic)
    hits = _on_topic(selection, candidates, topic) or candidates
    judged = [(hit, *judge(selection.library, hit.paper, asked, said)) for hit in hits]
    shown = _firmest(
        selection,
        [(hit, passage) for hit, verdict, passage in judged if verdict is Verdict.HOLDS and passage],
        topic,
    )
    unsaid = _likeliest(
        selection, [hit for hit, verdict, _ in judged if verdict is Verdict.UNSAID], asked, topic
    )
    weights = choosing.with_terms(selection, f"{topic} {query.topic}")
    points = [_with(selection, hit.paper, passage, weights) for hit, passage in shown[:MOST]]
    if len(points) >= ENOUGH:
        return _plan(selection, points, "conditions_hold")
    asked_for = open_patterns.denial(query.topic).what  # in the reader's words
    note = words(query.language)["unsaid"].format(what=asked_for)
    extra = [
        Point(hit.paper, choosing.telling(hit.paper, weights, selection.library), note)
        for hit in unsaid[: MOST - len(points) - 2]
    ]
    lead = "conditions_some" if points else "conditions_unsaid"
    return _plan(selection, [*points, *extra], lead, len(points) or len(extra))


def _telling(selection: Selection, paper: Paper, weights: dict[str, float]) -> tuple[Passage, ...]:
    """What a paper does, or the sentence on what it makes public, where that is asked for."""
    released = releases.sentence_on(paper, selection.query.filters.released)
    return (released,) if released else choosing.telling(paper, weights, selection.library)


def _denied(selection: Selection) -> Denial | None:
    """What must not be, in a language that digests are written in: the question's, or that of its
    translation; None where neither is, since digests that could not say it do not lack it.
    """
    asked = open_patterns.denial(selection.query.topic)
    if not asked.what or relevance.is_written(selection.library, language_of(asked.what)):
        return asked
    translated = open_patterns.denial(selection.evidence.beside)
    return translated if translated.what else None


def _candidates(selection: Selection, asked: Denial, topic: str) -> list[Hit]:
    """The papers that fit the question best, and those that fit its topic in each of the ways it names:
    papers that do it without a thing are few beside all that do it, and seldom say what they lack.
    """
    wordings = [open_patterns.subject(asked.rest), *(f"{topic} {way}" for way in asked.ways)]
    rankings = [choosing.ranked(selection, wording, JUDGED) for wording in wordings]
    in_turn = [hit for hits in zip(*rankings, strict=True) for hit in hits]
    return list({hit.paper.arxiv_id: hit for hit in in_turn}.values())


def _likeliest(selection: Selection, unsaid: list[Hit], asked: Denial, topic: str) -> list[Hit]:
    """Papers whose digests say nothing to the condition: first those that do it in one of the ways that the
    question names, then those that do what the topic says rather than measure or survey it, then those whose
    titles name such a way.
    """
    spellings, places = selection.library.spellings, selection.library.places
    said = spellings.saying([one for way in asked.ways for one in spellings.of(way)])

    def told(hit: Hit) -> tuple[bool, bool, bool]:
        ways = said[places[hit.paper.arxiv_id]] > 0
        made = any(
            open_patterns.CONTRIBUTING.search(p.text) and _is_about(selection, p.text, topic)
            for p in passages.whole(hit.paper)
        )
        named = any(_is_about(selection, hit.paper.title, way) for way in asked.ways)
        return ways, made and not open_patterns.made_thing(hit.paper.title), named

    return sorted(unsaid, key=told, reverse=True)


def _firmest(selection: Selection, shown: list[tuple[Hit, Passage]], topic: str) -> list[tuple[Hit, Passage]]:
    """Those whose sentence says it of the topic itself, where they are enough: one about a part or a
    comparison shows less.
    """
    firm = [pair for pair in shown if _is_about(selection, pair[1].text, topic)]
    return firm if len(firm) >= ENOUGH else shown


def _is_about(selection: Selection, text: str, topic: str) -> bool:
    """Whether a sentence or title, in either language, holds most of a topic's terms."""
    lexical = selection.library.lexical
    if (lexical.coverage(topic, text) or 0.0) >= ON_TOPIC:
        return True
    asked = set(lexical.own_terms(topic))
    return len(asked & set(lexical.query_terms(text))) >= ON_TOPIC * len(asked) > 0


def _on_topic(selection: Selection, hits: list[Hit], topic: str) -> list[Hit]:
    lexical = selection.library.lexical
    said = [word for word in only_nouns(topic).split() if fold_word(word) not in patterns.ABOUT_PAPERS]
    things = " ".join(said)
    told = [(lexical.coverage(things, document(hit.paper)), hit) for hit in hits]
    return [hit for share, hit in told if share is None or share >= ON_TOPIC]


def _with(selection: Selection, paper: Paper, shown: Passage, weights: dict[str, float]) -> Point:
    """What a paper does, and the sentence that shows the condition where that is another one."""
    told = choosing.telling(paper, weights, selection.library)
    if not shown.section or any(p.start == shown.start and p.section == shown.section for p in told):
        return Point(paper, told)
    return Point(paper, (shown,))


def _plan(
    selection: Selection, points: list[Point], lead: str, count: int | None = None
) -> AnswerPlan | None:
    """The points below a phrase that counts them, or what else it counts."""
    if not points:
        return None
    said = words(selection.query.language)[lead].format(count=len(points) if count is None else count)
    return AnswerPlan((Group(tuple(points)),), lead=said)
