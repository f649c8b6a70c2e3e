"""Plans for what came out on a day or in a period, with or without a topic.

Knows: that everything of a day is told, most voted first, in groups when there is much. Does not
know: how days are read off a question, or how groups are found.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from rag_app.answer import choosing
from rag_app.answer.plans.overview import grouped
from rag_app.answer.points import AnswerPlan, Form, Group, Point
from rag_app.answer.ranking import in_order
from rag_app.answer.selection import Selection
from rag_app.answer.templates import words
from rag_app.collection.papers import PaperTable
from rag_app.collection.periods import named
from rag_app.lang import language_of
from rag_app.records import Fact, Filters, Paper
from rag_app.search import open_patterns, patterns, record_patterns, relevance
from rag_app.text.terms import nouns, only_nouns

MOST = 20  # papers told of a period; the rest are counted
ON_TOPIC, FEWEST_ON_TOPIC = 10, 6
IN_DETAIL, DETAILED = 4, 2  # papers, up to which each has so many sentences
RECOMMENDED = 5


def summary(selection: Selection) -> AnswerPlan | None:
    """Every paper of the period, or those on the topic, one line each, most voted first."""
    query, table = selection.query, selection.library.snapshot.papers
    papers = table.many(table.ids(query.filters))
    about = asked_about(selection)
    if about:
        ranked = choosing.ranked(selection, about)
        speaking = choosing.speaking_of(selection, ranked, about) or ranked
        papers = [hit.paper for hit in choosing.sure(speaking, ON_TOPIC, FEWEST_ON_TOPIC)]
    told = _told(selection, papers)
    weights = choosing.with_terms(selection, about) if about else {}
    count = DETAILED if len(told) <= IN_DETAIL else 1
    easy = choosing.EASY_WORDS if count > 1 else choosing.BRIEF_WORDS
    points = [Point(p, choosing.telling(p, weights, selection.library, count, easy)) for p in told]
    phrases = words(query.language)
    if query.ranking or len(points) <= IN_DETAIL:
        return AnswerPlan(
            (Group(tuple(points)),), Form.STEPS, phrases["summary_top"].format(count=len(points))
        )
    plan = grouped(selection, points, about, "summary_of")
    left = len(papers) - len(told)
    if plan is None or not left:
        return plan
    return replace(plan, close=phrases["summary_more"].format(more=left))


def popular(selection: Selection) -> AnswerPlan | None:
    """The most voted of the papers that the conditions leave, or of the newest week: what to read, where no
    purpose is named.
    """
    query, table = selection.query, selection.library.snapshot.papers
    filters = query.filters or _newest_week(table)
    papers = choosing.by_votes(table.many(table.ids(filters)))[: query.limit or RECOMMENDED]
    points = [Point(p, choosing.telling(p, {}, selection.library, DETAILED)) for p in papers]
    days = named(filters.since, filters.until) if filters.since and filters.until else ", ".join(filters.days)
    lead = words(query.language)["popular" if days else "summary_top"].format(count=len(points), days=days)
    return AnswerPlan((Group(tuple(points)),), Form.STEPS, lead) if points else None


def _newest_week(table: PaperTable) -> Filters:
    if not table.last_day:
        return Filters()
    week = date.fromisoformat(table.last_day) - timedelta(6)
    return Filters(since=week.isoformat(), until=table.last_day)


def asked_about(selection: Selection) -> str:
    """The topic of a summary; empty where what is left of the question stands where no topic does, and no
    paper of the period speaks of it: "… for a busy manager". Digests in other languages cannot tell.
    """
    about = topic(selection)
    if not about or _stands_where_topics_do(selection):
        return about
    return "" if is_unspoken(selection, about) else about


def _stands_where_topics_do(selection: Selection) -> bool:
    """Whether a word is said to be the topic ("on knitting") or stands just before one for papers ("the
    knitting papers").
    """
    text = selection.query.topic
    papers = patterns.PAPERS.search(text)
    before = text[: papers.start()].split()[-1:] if papers else []
    told = set(selection.library.lexical.own_terms(" ".join(before))) - patterns.ABOUT_PAPERS
    return bool(told or patterns.ON_TOPIC.search(text))


def is_unspoken(selection: Selection, about: str) -> bool:
    """Whether no paper of the period speaks of a topic, in a language that digests are written in."""
    if not relevance.is_written(selection.library, language_of(about)):
        return False
    return not choosing.speaking_of(selection, choosing.ranked(selection, about), about)


def _told(selection: Selection, papers: list[Paper]) -> list[Paper]:
    query = selection.query
    first = (
        in_order(papers, query.ranking)
        if query.ranking in record_patterns.BY_DAY
        else choosing.by_votes(papers)
    )
    if query.ranking is Fact.BOTTOM:
        first = first[::-1]
    return first[: query.limit or open_patterns.points_asked(query.question) or MOST]


def topic(selection: Selection) -> str:
    """What papers are asked for beside their days; empty where it is any."""
    about = open_patterns.subject(selection.query.topic)
    said = patterns.ABOUT_PAPERS | patterns.OF_EVERYTHING | open_patterns.COUNT_WORDS
    terms = set(selection.library.lexical.own_terms(about)) - said
    noun = bool(nouns(about)) and only_nouns(about) == about  # "번역", which may ask for one elsewhere
    asks = open_patterns.ASKING.fullmatch(about.strip()) and not noun
    return about if any(not term.isdigit() for term in terms) and not asks else ""
