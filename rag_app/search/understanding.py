"""Question and conversation -> `Query`: language, intent, filters, papers, standalone wording.

Knows: what follows from how a question about a collection of papers is worded. Code over the
collection's own dictionary (its days, authors, names and words); no model is asked. Does not know:
the wordings of a language, how papers are scored or answers written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag_app.collection.digest_names import unknown_names
from rag_app.collection.library import Dictionary
from rag_app.collection.mentions import is_other
from rag_app.collection.paper_names import IN_TEXT, TITLE_HEAD, TOKEN, fold, shaped
from rag_app.records import Fact, Filters, Intent, Query, Turn
from rag_app.search import by_record, follow_ups, kinds, open_patterns, patterns, subjects
from rag_app.search.bare_topic import is_bare_topic, is_unspaced
from rag_app.search.continuations import in_days, of_the_thing, without_small_talk
from rag_app.search.parts import (
    QUESTION_MARKS,
    QuestionParts,
    asked_alone,
    masked,
    read,
    respelled,
    without_courtesies,
    without_pasted_text,
)
from rag_app.search.recognition import Recognise, Signs, decide
from rag_app.search.subjects import FEW_TERMS, is_its_own
from rag_app.search.topic import LITTLE, leaves_out
from rag_app.text import maths
from rag_app.text.dictionaries import is_common
from rag_app.text.terms import fold_word, only_nouns

BRIEF = 2  # content terms beside what must not be: more of them describe one paper
SAID = 3  # papers that say a name of the field
BARE = 5  # content terms of a topic alone: more of them describe one paper, too
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
    asked = without_courtesies(without_pasted_text(maths.typed(question)))
    if whole := of_the_thing(asked, without_small_talk(conversation)):
        read_alone = understand(whole, dictionary, (), given, recognise)
        return replace(read_alone, question=question, language=open_patterns.answer_language(question))
    parts = _read(
        in_days(asked, conversation[-1]) if conversation else asked, dictionary, _day_before(conversation)
    )
    about = subjects.subjects(parts, dictionary)
    query = Query(
        question=question,
        standalone=parts.question,
        language=open_patterns.answer_language(question),
        filters=_both(parts.filters, given),
        papers=about,
        names=tuple(m.typed for m in parts.named.mentions if set(m.papers) & set(about)),
        unknown=parts.named.unknown,
        unknown_author=parts.unknown_author,
        unrecorded=parts.unrecorded,
        notes=(*parts.notes, *subjects.of_one_name(parts, about, dictionary)),
        impossible=bool(parts.dates.impossible),
        limit=patterns.limit(question, patterns.SEVERAL_OF_EACH if parts.each else patterns.SEVERAL_PAPERS),
        each=parts.each,
        periods=parts.dates.periods,
        topic=parts.rest,
    )
    if any(said.fullmatch(question.strip()) for said in (patterns.GREETING, patterns.REACTION)):
        return replace(query, intent=Intent.CHAT)
    query = replace(
        query,
        aggregate=_aggregate(parts),
        of_many=parts.of_table in patterns.OF_MANY,
        ranking=_ranking(parts),
    )
    alone = query  # as it reads without the turns before
    if conversation:
        query = follow_ups.follow(query, parts, dictionary, conversation[-REMEMBERED:], understand)
    if query.of_many and query.papers:  # asked of the paper before
        query = replace(query, aggregate=patterns.aggregate(parts.question), of_many=False)
    query = by_record.beside_a_paper(query, parts, dictionary)
    if query.intent is not Intent.LOOKUP or query.excluded:
        return query
    ruled = _intent(query, parts, dictionary)
    if recognise is None or _is_exact(ruled, query, parts):
        return _of_own_papers(replace(query, intent=ruled), parts, dictionary)
    if query.papers and not alone.papers and is_bare_topic(parts.rest):
        return replace(query, intent=Intent.LOOKUP)  # "benchmarks?" asks of the paper before
    shares = recognise(parts.question, kinds.marked(parts.question, _marks(parts, query)))
    signs = replace(_signs(query, alone, ruled, parts, dictionary), conversation=bool(conversation))
    off = sum(shares.get(kind.value, 0.0) for kind in (Intent.OFF, Intent.CHAT))
    intent = decide(signs, shares)
    if intent in {Intent.OFF, Intent.CHAT} and _says_a_name(parts, dictionary):
        intent = decide(replace(signs, named=True), shares)
    decided = replace(query, intent=intent, off=off)
    return _of_own_papers(_of_the_newest_day(decided, parts, dictionary), parts, dictionary)


def _signs(query: Query, alone: Query, ruled: Intent, parts: QuestionParts, dictionary: Dictionary) -> Signs:
    """What rules have read off a question outside a conversation; `alone` is how it reads without the turns
    before.
    """
    said = sum(dictionary.lexical.papers_with(term) > 0 for term in parts.terms)
    bare = _is_bare(query, parts, dictionary)
    # "Today" is no day of a digest alone: the weather has one too.
    return Signs(
        ruled,
        query.aggregate,
        papers=len(query.papers) + bool(_described(query, parts)),
        named=bool(alone.names or (parts.filters and not parts.dates.relative)),
        topic=len(parts.terms) + _is_on_a_name(query, parts),
        said=said + _is_on_a_name(query, parts) + _is_on_topic(parts, dictionary),
        conversation=False,
        alike=any(p.search(query.question) for p in (open_patterns.ALIKE, open_patterns.NEAR)),
        whole=any(fold(m.typed) == fold(open_patterns.named(parts.question)) for m in parts.named.mentions),
        titled=any(
            m.firmness == TITLE_HEAD and set(m.papers) & set(query.papers) for m in parts.named.mentions
        ),
        subject=bool(dictionary.lexical.own_terms(_subject(parts.rest))),
        of_those=bool(open_patterns.OF_THOSE.search(query.question)),
        form=open_patterns.asks_for_a_form(query.question),
        tabled=open_patterns.asks_for_a_table(query.question),
        asks=query.question.rstrip().endswith(QUESTION_MARKS)
        or any(p.search(query.question) for p in (patterns.ASKING, patterns.PAPERS, patterns.LISTING)),
        denies=open_patterns.denies(parts.rest),
        briefly=len(dictionary.lexical.own_terms(open_patterns.denial(parts.rest).rest)) <= BRIEF,
        leaves_out=_leaves_out(parts.rest),
        carried=bool(query.papers) and not alone.papers,
        each=bool(query.each),
        versus=len(query.papers) <= 1
        and not (query.filters or patterns.PAPERS.search(parts.question))
        and bool(open_patterns.versus(parts.rest)),
        bare=bare,
        of_papers=bool(patterns.PAPERS.search(parts.question)),
        spoken_of=bare and _is_said(parts.rest, dictionary),  # a word that no paper says costs an embedding
        every=bool(patterns.EVERY_PAPER.search(parts.question)),
    )


def _says_a_name(parts: QuestionParts, dictionary: Dictionary) -> bool:
    """Whether a question says a name of the field: "LLaVA", or "llava" beside words in another script."""
    other = is_other(parts.question)
    words = (token[0] for token in TOKEN.finditer(parts.question))
    said = (word for word in words if dictionary.lexical.papers_with(fold_word(word)) >= SAID)
    return any(shaped(word) or (other and not is_common(word.casefold())) for word in said)


def _is_bare(query: Query, parts: QuestionParts, dictionary: Dictionary) -> bool:
    """Whether the question is a topic and nothing else, and names nothing."""
    if query.papers or query.unknown or len(parts.terms) > BARE or not is_bare_topic(parts.rest):
        return False
    said = {term for term in dictionary.lexical.own_terms(parts.rest) if not term.isdigit()}
    return bool(said - LITTLE - patterns.OF_ANY_PAPER - patterns.ABOUT_PAPERS)


def _is_said(text: str, dictionary: Dictionary) -> bool:
    """Whether the collection says all that a text says, in whatever language; of writing without blanks,
    whose terms are pairs of letters, some of it.
    """
    lexical = dictionary.lexical
    terms = [term for term in lexical.own_terms(text) if term not in LITTLE]
    said = [bool(lexical.papers_with(term) or lexical.all_translations(term)) for term in terms]
    return any(said) and (all(said) or is_unspaced(text))


def _subject(rest: str) -> str:
    """What a question is about; "as a table" is a form, and none of tables."""
    return open_patterns.AS_TABLE.sub(" ", open_patterns.subject(rest))


def _leaves_out(rest: str) -> bool:
    """Whether papers on something are not meant, and it is said on what; of days, code leaves them out."""
    denied = open_patterns.denial(rest)
    return bool(denied.what) and (denied.apart or leaves_out(patterns.topic(rest)))


def _aggregate(parts: QuestionParts) -> Fact:
    """What is asked of records; of periods that are set side by side, how many papers each has."""
    if parts.unrecorded:
        return Fact.TOP
    compared = parts.dates.periods and patterns.SIDE_BY_SIDE.search(parts.question)
    return parts.of_table or patterns.aggregate(parts.rest) or (Fact.COUNT if compared else Fact.NONE)


def _ranking(parts: QuestionParts) -> Fact:
    if parts.unrecorded:
        return Fact.TOP
    if parts.of_table in patterns.BY_DAY:
        return parts.of_table
    ranked = patterns.ranking(parts.question if parts.each else parts.rest)
    return ranked or (Fact.NEWEST if parts.recent else Fact.NONE)


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
    spoken_of = [
        mention
        for mention in parts.named.mentions
        if (mention.firmness < TITLE_HEAD and query.unknown)
        or (
            mention.firmness == IN_TEXT
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


def _is_exact(ruled: Intent, query: Query, parts: QuestionParts) -> bool:
    """Whether no example can know better: what no paper meets, facts of a named paper's record, and counts
    over many.
    """
    of_many = not query.papers and parts.of_table in patterns.OF_MANY
    counted = of_many and ruled in {Intent.METADATA, Intent.LIST, Intent.TREND}
    record = query.papers and ruled is Intent.METADATA
    everything = ruled is Intent.METADATA and patterns.EVERYTHING.search(parts.question)
    released = query.filters.released and ruled in {Intent.METADATA, Intent.LIST}
    summed = ruled is Intent.SUMMARY or (ruled is Intent.OVERVIEW and _sums_up_a_topic(query, parts))
    exact = counted or record or everything or released or summed
    return bool(query.impossible or parts.unknown_author or exact)


def _marks(parts: QuestionParts, query: Query) -> list[tuple[tuple[int, int], str]]:
    """Where the question names days, votes, authors, and the papers that it is about."""
    about = set(query.papers)
    papers = [(m.span, kinds.PAPER) for m in parts.named.mentions if about & set(m.papers)]
    described = [(span, kinds.PAPER) for span in _described(query, parts)]
    return [*parts.marks, *papers, *described]


def _described(query: Query, parts: QuestionParts) -> list[tuple[int, int]]:
    """Where a question that names one paper begins to describe another beside it."""
    found = patterns.OTHER_DESCRIBED.search(parts.question) if len(query.papers) == 1 else None
    return [found.span()] if found else []


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


def _intent(query: Query, parts: QuestionParts, dictionary: Dictionary) -> Intent:
    question = parts.question
    topic = len(parts.terms) + _is_on_a_name(query, parts)
    if query.impossible or parts.unknown_author:
        return Intent.METADATA
    if query.papers and patterns.about_record(query.aggregate):
        return Intent.METADATA
    if query.papers:
        return (
            Intent.COMPARE
            if len(query.papers) > 1 or _other_side(query, parts, dictionary)
            else Intent.LOOKUP
        )
    if patterns.TREND.search(question):
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
    if parts.of_table in patterns.OF_MANY:
        return Intent.LIST
    listed = patterns.LISTING.search(question) and not _sums_up_a_topic(query, parts)
    if listed or query.filters.released or query.aggregate in {*patterns.RANKINGS, Fact.COUNT}:
        return Intent.LIST
    return _of_some_paper(query, parts, topic)


def _sums_up_a_topic(query: Query, parts: QuestionParts) -> bool:
    """Whether what papers say of a topic is to be summed up: "summarize KV cache compression". A longer topic
    describes one paper.
    """
    named = query.papers or query.filters or query.aggregate or patterns.ONE_PAPER.search(parts.question)
    return not named and 0 < len(parts.terms) <= BARE and bool(patterns.SUMMING.search(parts.question))


def _of_some_paper(query: Query, parts: QuestionParts, topic: int) -> Intent:
    """The kind by the wording where it neither names a paper nor asks for all."""
    if _sums_up_a_topic(query, parts):
        return Intent.OVERVIEW
    days = parts.dates.days or parts.dates.since or parts.dates.until
    if patterns.PAPERS.search(parts.question) and topic and (days or topic <= FEW_TERMS):
        return Intent.LIST
    if patterns.WAYS.search(parts.question) and not patterns.PAPERS.search(parts.question):
        return Intent.OVERVIEW
    return Intent.METADATA if patterns.about_record(query.aggregate) else Intent.LOOKUP


def _asks_what_they_do(parts: QuestionParts) -> bool:
    """Whether nothing particular is asked of the papers: "papers by X and what they propose"."""
    plain = patterns.PAPERS.search(parts.question) and not parts.named.mentions
    return bool(plain) and set(parts.terms) <= patterns.OF_ANY_PAPER


def _is_on_a_name(query: Query, parts: QuestionParts) -> bool:
    """Whether a name is a topic, as no paper is asked about: then it counts as a content term."""
    return bool(parts.named.mentions) and not query.papers


def _is_on_topic(parts: QuestionParts, dictionary: Dictionary) -> bool:
    """Whether its words stand where a topic does, known to the collection or not: "papers on knitting"."""
    placed = patterns.ON_TOPIC.search(parts.rest)
    topic = next((group for group in placed.groups() if group), "") if placed else ""
    return bool(set(dictionary.lexical.own_terms(only_nouns(topic))) & set(parts.terms))


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
    if _described(query, parts):
        return True
    rest = masked(parts.rest, [mention.span for mention in parts.named.mentions])
    paper = dictionary.papers.get(query.papers[0])
    return bool(patterns.SIDE_BY_SIDE.search(parts.question)) and bool(unknown_names(rest, paper))
