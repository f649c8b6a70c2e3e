"""The kind of a question by its wording alone, as rules read it.

Knows: which wordings and parts of a question say its kind, and where they are exact. Does not know: what
examples say (`search.kinds`), or how both are weighed (`search.recognition`).
"""

from __future__ import annotations

from rag_app.collection.digest_names import unknown_names
from rag_app.collection.library import Dictionary
from rag_app.records import Fact, Intent, Query
from rag_app.search import open_patterns, patterns, record_patterns
from rag_app.search.parts import (
    QuestionParts,
)
from rag_app.search.signs import BARE, described, is_on_a_name
from rag_app.search.subjects import FEW_TERMS
from rag_app.text.spans import masked
from rag_app.text.terms import STOP_WORDS


def ruled_kind(query: Query, parts: QuestionParts, dictionary: Dictionary) -> Intent:
    """The kind that the wording gives; a lookup where no rule reads anything."""
    question = parts.question
    topic = len(parts.terms) + is_on_a_name(query, parts)
    if query.impossible or parts.unknown_author:
        return Intent.METADATA
    asks_title = patterns.TITLE_ASKED.search(question)
    if query.papers and (asks_title or record_patterns.about_record(query.aggregate)):
        return Intent.METADATA
    if query.papers:
        return (
            Intent.COMPARE
            if len(query.papers) > 1 or _other_side(query, parts, dictionary)
            else Intent.LOOKUP
        )
    if patterns.TREND.search(question) or counted_apart(query):
        return Intent.TREND
    if query.filters and patterns.SUMMING.search(question) and not query.aggregate:
        return Intent.SUMMARY
    if query.filters and topic == 0:
        return Intent.METADATA
    if query.filters and parts.terms and _asks_what_they_do(parts):
        return Intent.SUMMARY
    if query.aggregate and topic == 0:
        return Intent.METADATA
    if not query.aggregate and _wants_all(parts, dictionary):
        return Intent.METADATA
    if query.aggregate in {Fact.WEEKS, Fact.MONTHS, Fact.YEARS}:
        return Intent.TREND
    if parts.of_many.fact in record_patterns.OF_MANY:
        return Intent.LIST
    listed = patterns.LISTING.search(question) and not _sums_up_a_topic(query, parts)
    if listed or query.filters.released or query.aggregate in {*record_patterns.RANKINGS, Fact.COUNT}:
        return Intent.LIST
    return _of_some_paper(query, parts, topic)


def _of_some_paper(query: Query, parts: QuestionParts, topic: int) -> Intent:
    """The kind by the wording where it neither names a paper nor asks for all."""
    if _sums_up_a_topic(query, parts):
        return Intent.OVERVIEW
    days = parts.dates.days or parts.dates.since or parts.dates.until
    if patterns.PAPERS.search(parts.question) and topic and (days or topic <= FEW_TERMS):
        return Intent.LIST
    if patterns.WAYS.search(parts.question) and not patterns.PAPERS.search(parts.question):
        return Intent.OVERVIEW
    return Intent.METADATA if record_patterns.about_record(query.aggregate) else Intent.LOOKUP


def counted_apart(query: Query) -> tuple[str, str] | None:
    """The two topics whose papers a question counts side by side: "RAG vs long context over time"."""
    counted = query.aggregate in {Fact.COUNT, *record_patterns.PERIODS}
    if not (counted or patterns.TREND.search(query.topic)):
        return None
    topic = patterns.trend_topic(record_patterns.COUNTED.sub(" ", query.topic))
    if counted and patterns.COMPARING.match(topic):  # papers that compare the two
        return None
    sides = open_patterns.versus(topic)
    one, other = map(_without_stop_words, sides or ("", ""))
    return (one, other) if one and other else None


def _without_stop_words(text: str) -> str:
    return " ".join(word for word in text.split() if word.casefold() not in STOP_WORDS)


def _sums_up_a_topic(query: Query, parts: QuestionParts) -> bool:
    """Whether what papers say of a topic is to be summed up: "summarize KV cache compression". A longer topic
    describes one paper.
    """
    named = query.papers or query.filters or query.aggregate or patterns.ONE_PAPER.search(parts.question)
    return not named and 0 < len(parts.terms) <= BARE and bool(patterns.SUMMING.search(parts.question))


def _asks_what_they_do(parts: QuestionParts) -> bool:
    """Whether nothing particular is asked of the papers: "papers by X and what they propose"."""
    plain = patterns.PAPERS.search(parts.question) and not parts.named.mentions
    return bool(plain) and set(parts.terms) <= patterns.OF_ANY_PAPER


def _wants_all(parts: QuestionParts, dictionary: Dictionary) -> bool:
    """Whether the papers are to be listed and no topic is named: "list all papers", "모든 논문"."""
    question = parts.question
    said = dictionary.lexical.own_terms(patterns.EVERYTHING.sub(" ", parts.rest))
    if set(said) & set(parts.terms) - patterns.OF_EVERYTHING or parts.named.mentions:
        return False
    if patterns.LISTING.search(question) or patterns.EVERYTHING.search(question):
        return True
    return bool(patterns.WHOLE.search(question) and patterns.PAPERS.search(question))


def _other_side(query: Query, parts: QuestionParts, dictionary: Dictionary) -> bool:
    """Whether a comparison with one named paper has another side: one that is described, or by a name
    that the paper's digest does not hold.
    """
    if described(query, parts):
        return True
    rest = masked(parts.rest, [mention.span for mention in parts.named.mentions])
    paper = dictionary.papers.get(query.papers[0])
    return bool(patterns.SIDE_BY_SIDE.search(parts.question)) and bool(unknown_names(rest, paper))


def is_exact(ruled: Intent, query: Query, parts: QuestionParts) -> bool:
    """Whether no example can know better: what no paper meets, facts of a named paper's record, and counts
    over many.
    """
    of_many = not query.papers and parts.of_many.fact in record_patterns.OF_MANY
    counted = of_many and ruled in {Intent.METADATA, Intent.LIST, Intent.TREND}
    record = query.papers and ruled is Intent.METADATA
    everything = ruled is Intent.METADATA and patterns.EVERYTHING.search(parts.question)
    released = query.filters.released and ruled in {Intent.METADATA, Intent.LIST}
    summed = ruled is Intent.SUMMARY or (ruled is Intent.OVERVIEW and _sums_up_a_topic(query, parts))
    counted = counted or (ruled is Intent.TREND and counted_apart(query) is not None)
    by_votes = query.aggregate in {Fact.TOP, Fact.BOTTOM} and bool(query.filters)
    ranked = by_votes and ruled is Intent.METADATA and not patterns.SUMMING.search(parts.question)
    exact = counted or record or everything or released or summed or ranked
    return bool(query.impossible or parts.unknown_author or exact)
