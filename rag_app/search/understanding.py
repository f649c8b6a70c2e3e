"""Question and conversation -> `Query`: language, intent, filters, papers, standalone wording.

Knows: what follows from how a question about a collection of papers is worded. Code over the
collection's own dictionary (its days, authors, names and words); no model is asked. Does not know:
the wordings of a language, how papers are scored or answers written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag_app.collection.library import Dictionary
from rag_app.collection.paper_names import IN_TEXT, TITLE_HEAD
from rag_app.records import Fact, Filters, Intent, Query, Turn
from rag_app.search import by_record, follow_ups, kinds, open_patterns, patterns, record_patterns, subjects
from rag_app.search.bare_topic import is_bare_topic
from rag_app.search.continuations import in_days, of_another_paper, of_the_thing, without_small_talk
from rag_app.search.parts import (
    QuestionParts,
    asked_alone,
    read,
    respelled,
    without_courtesies,
    without_pasted_text,
)
from rag_app.search.recognition import Recognise, Signs, decide
from rag_app.search.ruled_kind import is_exact, ruled_kind
from rag_app.search.signs import marks, read_signs, says_a_name
from rag_app.search.subjects import is_its_own
from rag_app.search.topic import LITTLE
from rag_app.text import maths
from rag_app.text.spans import masked
from rag_app.text.terms import STOP_WORDS

# Kinds that ask for a paper itself, and not for what digests say of what it is called.
OF_THE_PAPER = {Intent.METADATA, Intent.COMPARE, Intent.PAPER, Intent.SIMILAR}
# Turns that a question may depend on; each that only narrows the one before is read with it.
REMEMBERED = 100


def understand(
    question: str,
    dictionary: Dictionary,
    conversation: Sequence[Turn] = (),
    given: Filters = Filters(),
    recognise: Recognise | None = None,
) -> Query:
    """What `question` asks for; `given` are filters set outside the question (page or command line).

    Without `recognise` its kind is the one that the wording rules give.
    """
    typed = without_pasted_text(maths.typed(question), dictionary.names)
    language = open_patterns.answer_language(typed)  # "answer in Korean" is a courtesy
    asked = without_courtesies(typed)
    turns = without_small_talk(conversation)
    if whole := of_the_thing(asked, turns) or of_another_paper(asked, turns, dictionary):
        read_alone = understand(whole, dictionary, (), given, recognise)
        return replace(read_alone, question=question, language=language)
    parts = _read(
        in_days(asked, conversation[-1]) if conversation else asked, dictionary, _day_before(conversation)
    )
    several = record_patterns.SEVERAL_OF_EACH if parts.of_many.each else record_patterns.SEVERAL_PAPERS
    alone = replace(
        _by_itself(question, language, parts, dictionary),
        filters=_both(parts.filters, given),
        limit=record_patterns.limit(typed, several),
    )
    if any(said.fullmatch(question.strip()) for said in (patterns.GREETING, patterns.REACTION)):
        return replace(alone, intent=Intent.CHAT)
    query = alone
    if conversation:
        query = follow_ups.follow(alone, parts, dictionary, conversation[-REMEMBERED:], understand)
    if query.of_many and query.papers:  # asked of the paper before
        query = replace(query, aggregate=record_patterns.aggregate(parts.question), of_many=False)
    query = by_record.beside_a_paper(query, parts, dictionary)
    if query.intent is not Intent.LOOKUP or query.excluded:
        return query
    ruled = ruled_kind(query, parts, dictionary)
    if recognise is None or is_exact(ruled, query, parts):
        query = replace(query, intent=ruled)
    else:
        signs = replace(read_signs(query, alone, ruled, parts, dictionary), conversation=bool(conversation))
        query = _of_the_newest_day(_recognised(query, signs, parts, dictionary, recognise), parts, dictionary)
    return _of_own_papers(query, parts, dictionary)


def _by_itself(question: str, language: str, parts: QuestionParts, dictionary: Dictionary) -> Query:
    """What the parts of a question ask for without the turns before, or what is set beside it."""
    about = subjects.subjects(parts, dictionary)
    return Query(
        question=question,
        standalone=parts.question,
        language=language,
        papers=about,
        names=tuple(m.typed for m in parts.named.mentions if set(m.papers) & set(about)),
        unknown=parts.named.unknown,
        unknown_author=parts.unknown_author,
        unrecorded=parts.of_many.unrecorded,
        notes=(*parts.notes, *subjects.of_one_name(parts, about, dictionary)),
        impossible=bool(parts.dates.impossible),
        aggregate=_aggregate(parts),
        of_many=parts.of_many.fact in record_patterns.OF_MANY,
        ranking=_ranking(parts),
        each=parts.of_many.each,
        periods=parts.dates.periods,
        topic=parts.rest,
    )


def _recognised(
    query: Query, signs: Signs, parts: QuestionParts, dictionary: Dictionary, recognise: Recognise
) -> Query:
    """The query with the kind that examples and signs give, and how like a question it is that is none about
    papers.
    """
    if signs.carried and signs.summed:
        return replace(query, intent=Intent.PAPER)
    if len(query.papers) == 1 and not query.aggregate and _says_only_a_name(parts):
        return replace(query, intent=Intent.PAPER)
    if len(query.papers) == 1 and (signs.carried or parts.terms) and is_bare_topic(parts.rest):
        return replace(query, intent=Intent.LOOKUP)  # "GaLore limitations", and "benchmarks?" after GaLore
    shares = recognise(parts.question, kinds.marked(parts.question, marks(parts, query)))
    off = sum(shares.get(kind.value, 0.0) for kind in (Intent.OFF, Intent.CHAT))
    intent = decide(signs, shares)
    if intent in {Intent.OFF, Intent.CHAT} and says_a_name(parts, dictionary):
        intent = decide(replace(signs, named=True), shares)
    return replace(query, intent=intent, off=off)


def _says_only_a_name(parts: QuestionParts) -> bool:
    """Whether a question names a paper and asks nothing: "the Mamba paper"."""
    beside = patterns.PAPERS.sub(" ", masked(parts.rest, [mention.span for mention in parts.named.mentions]))
    return bool(parts.named.mentions) and set(beside.casefold().strip(" ?.!").split()) <= STOP_WORDS


def _aggregate(parts: QuestionParts) -> Fact:
    """What is asked of records; of periods that are set side by side, how many papers each has."""
    if parts.of_many.unrecorded:
        return Fact.TOP
    compared = parts.dates.periods and patterns.SIDE_BY_SIDE.search(parts.question)
    return (
        parts.of_many.fact or record_patterns.aggregate(parts.rest) or (Fact.COUNT if compared else Fact.NONE)
    )


def _ranking(parts: QuestionParts) -> Fact:
    if parts.of_many.unrecorded:
        return Fact.TOP
    if parts.of_many.fact in record_patterns.BY_DAY:
        return parts.of_many.fact
    ranked = record_patterns.ranking(parts.question if parts.of_many.each else parts.rest)
    return ranked or (Fact.NEWEST if parts.of_many.recent else Fact.NONE)


def _of_the_newest_day(query: Query, parts: QuestionParts, dictionary: Dictionary) -> Query:
    """A summary of the newest day, where neither days nor a topic are named: "What's new?"."""
    day = dictionary.papers.last_day
    asks = query.intent is Intent.SUMMARY and not (query.filters or query.papers or query.ranking)
    said = dictionary.lexical.own_terms(open_patterns.subject(parts.rest))
    if not (asks and day) or set(said) - patterns.ABOUT_PAPERS - LITTLE:
        return query
    if patterns.WHOLE.search(parts.question) or patterns.EVERYTHING.search(parts.question):
        return query
    return replace(query, filters=replace(query.filters, days=(day,)), notes=(*query.notes, day))


def _of_own_papers(query: Query, parts: QuestionParts, dictionary: Dictionary) -> Query:
    """The query without papers that only speak of what it names, where the paper itself is asked for: who
    wrote a paper that uses X did not make X. Beside a name that no paper has, only titles name a paper.
    """
    if query.intent not in OF_THE_PAPER:
        return query
    compares = query.intent is Intent.COMPARE
    spoken_of = [
        mention
        for mention in parts.named.mentions
        if (mention.firmness < TITLE_HEAD and query.unknown)
        or (
            mention.firmness == IN_TEXT
            and not (compares and len(mention.papers) == 1)  # no other digest says what is set beside a paper
            and not any(is_its_own(mention, dictionary.papers.get(paper)) for paper in mention.papers)
        )
    ]
    others = {paper for mention in spoken_of for paper in mention.papers}
    named = {paper for m in parts.named.mentions if m not in spoken_of for paper in m.papers}
    kept = tuple(paper for paper in query.papers if paper in named or paper not in others)
    if kept == query.papers:
        return query
    if query.intent is Intent.PAPER and not kept:  # what digests say of it can still be told
        return replace(query, papers=(), names=(), intent=Intent.CONCEPT)
    absent = tuple(mention.typed for mention in spoken_of)
    names = tuple(name for name in query.names if name not in absent)
    return replace(query, papers=kept, names=names, unknown=(*query.unknown, *absent))


def _day_before(conversation: Sequence[Turn]) -> str:
    """The first of the days that the turn before asked for; empty where it named none."""
    filters = conversation[-1].filters if conversation else Filters()
    return min(filters.days, default=filters.since)


def _read(question: str, dictionary: Dictionary, day_before: str = "") -> QuestionParts:
    """The question taken apart, with words that nobody says read as they were meant."""
    parts = _taken_apart(question, dictionary, day_before)
    spelled, notes = respelled(parts, dictionary)
    if not notes:
        return parts
    parts = _taken_apart(spelled, dictionary, day_before)
    return replace(parts, notes=(*notes, *parts.notes))


def _taken_apart(question: str, dictionary: Dictionary, day_before: str) -> QuestionParts:
    """The question in its parts; what is told before it is left aside where it names its paper by itself."""
    alone = asked_alone(question)
    if alone != question:
        parts = read(alone, dictionary, day_before)
        if parts.named.mentions:
            return parts
    return read(question, dictionary, day_before)


def _both(asked: Filters, given: Filters) -> Filters:
    """The conditions of the question and those set outside it, all of which must hold: of two bounds the
    stricter one.
    """
    days, since, until = _common_days(asked, given)
    known = {asked.votes_known, given.votes_known} - {None}
    return Filters(
        days=days,
        since=since,
        until=until,
        authors=tuple(dict.fromkeys([*asked.authors, *given.authors])),
        any_author=asked.any_author or given.any_author,
        other_than=tuple(dict.fromkeys([*asked.other_than, *given.other_than])),
        min_votes=max((n for n in (asked.min_votes, given.min_votes) if n is not None), default=None),
        max_votes=min((n for n in (asked.max_votes, given.max_votes) if n is not None), default=None),
        votes_known=all(known) if known else None,
        titled=tuple(dict.fromkeys([*asked.titled, *given.titled])),
        released=asked.released or given.released,
        only=given.only,
        only_name=given.only_name,
    )


def _common_days(asked: Filters, given: Filters) -> tuple[tuple[str, ...], str, str]:
    """Days, first and last day that meet both; days that exclude each other stay so, as a range that
    holds none of them.
    """
    since = max(asked.since, given.since)
    until = min((day for day in (asked.until, given.until) if day), default="")
    if not (asked.days and given.days):
        return asked.days or given.days, since, until
    common = tuple(day for day in given.days if day in asked.days)
    return (common, since, until) if common else (asked.days, given.days[0], given.days[0])
