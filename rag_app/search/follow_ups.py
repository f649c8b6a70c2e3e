"""A question that does not stand for itself, read with the turns before it.

Knows: when a question depends on earlier turns, and what it takes from them: papers, topic, filters.
Does not know: how a question is read by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from operator import itemgetter

from rag_app.collection.bm25 import document
from rag_app.collection.library import Dictionary
from rag_app.collection.paper_names import fold, shaped
from rag_app.collection.periods import allows
from rag_app.records import Fact, Filters, Intent, Query, Turn
from rag_app.search import (
    answer_places,
    open_patterns,
    patterns,
    record_patterns,
    stated_conditions,
    turn_patterns,
)
from rag_app.search.continuations import PAGE, TurnAfter, Understand, continued, without_small_talk
from rag_app.search.parts import QuestionParts
from rag_app.search.topic import LITTLE
from rag_app.text.spans import masked

# Answers of many papers that are told again under further conditions.
RETOLD = {Intent.OVERVIEW, Intent.RECOMMEND, Intent.TREND, Intent.EXISTS, Intent.CONDITION, Intent.CONCEPT}
OF_ONE = {Intent.LOOKUP, Intent.PAPER}  # answers about one paper, another of which may be shown beneath
FOLLOW_UP_TERMS = 9  # content terms: a longer question stands for itself

ALIKE_TERMS = 1  # content terms of a question for similar papers that names none: "비슷한"


def follow(
    query: Query,
    parts: QuestionParts,
    dictionary: Dictionary,
    conversation: Sequence[Turn],
    understand: Understand,
) -> Query:
    """A question that does not stand for itself takes its subject, or its topic and filters, from
    the turns before.
    """
    conversation = without_small_talk(conversation)
    if not conversation:
        return query
    turn = TurnAfter(query, parts, dictionary, conversation, understand)
    goes_on = turn.last.intent in {Intent.LIST, Intent.METADATA, Intent.SUMMARY, *RETOLD}
    that_day = patterns.SAME_DAY.search(parts.question) and not parts.filters
    if that_day and len(turn.last.filters.days) == 1 and not query.papers:
        return _of_the_day(turn.last.filters.days[0], query, parts, dictionary)
    if goes_on and not that_day and _only_narrows(query, parts):
        return _narrower(query, turn.last, turn.before())
    if _asks_of_the_table(parts):
        return query
    of_list = continued(turn) or _among_those(query, parts, turn.last, dictionary)
    return of_list or _about_papers(turn)


def _about_papers(turn: TurnAfter) -> Query:
    """The question about papers of the turns before, or about others than they were."""
    query, parts, dictionary, last = turn.query, turn.parts, turn.dictionary, turn.last
    # A paper of an old conversation may have left the collection.
    subjects = tuple(
        paper for paper in _subjects_before(parts, turn.conversation) if dictionary.papers.has(paper)
    )
    if patterns.SAME_DAY.search(parts.question) and not parts.filters:
        day = _day_told(turn.understand(last.question, dictionary, ()), dictionary)
        if day:
            return _of_the_day(day, query, parts, dictionary)
        if subjects:
            query = replace(query, filters=_on_days_of(subjects[0], query.filters, dictionary))
    if patterns.SAME_AUTHORS.search(parts.question) and not query.papers:
        return _by_the_same(query, parts, subjects, last)
    if subjects and _asks_for_another(query, parts):
        return _another(query, subjects, turn.understand(last.question, dictionary, ()), dictionary)
    others = _of_other_days(query, parts, subjects[0], dictionary) if subjects else None
    if others and last.intent is not Intent.COMPARE:
        return others
    if query.filters.days and patterns.SAME_DAY.search(parts.question) and not query.papers:
        return query
    if last.intent is Intent.COMPARE and query.papers and _names_a_further_side(parts.question):
        return replace(query, papers=tuple(dict.fromkeys([*subjects, *query.papers])), intent=Intent.COMPARE)
    if not subjects or not _depends(query, parts, subjects, dictionary):
        return query
    return _of_subjects(query, parts, subjects, dictionary)


def _of_subjects(
    query: Query, parts: QuestionParts, subjects: tuple[str, ...], dictionary: Dictionary
) -> Query:
    """The question about these papers of the turns before, and those that it sets beside them."""
    if _asks_for_similar(parts) and len(subjects) == 1 and not query.papers:
        query = replace(query, intent=Intent.SIMILAR)
    elif _places(parts.question) and not query.aggregate:
        query = replace(query, intent=_of_places(query, parts, subjects, dictionary))
    names = tuple(_short_title(dictionary.papers.get(subject).title) for subject in subjects)
    asked_before = f"{names[0]}: " if len(subjects) == 1 else ""
    if patterns.COMPARING.search(parts.question) and query.papers:
        subjects = tuple(dict.fromkeys([*subjects, *query.papers]))
        names += query.names
        if len(subjects) > 1 and patterns.SIDE_BY_SIDE.search(parts.question):
            query = replace(query, intent=Intent.COMPARE)
    # A name that is only compared with is no name of the paper asked about.
    return replace(query, papers=subjects, names=names, standalone=asked_before + parts.question, unknown=())


def _names_a_further_side(question: str) -> bool:
    """Whether a turn after a comparison is a name alone: "and X?", "add X"."""
    said = question.strip()
    return bool(turn_patterns.INSTEAD.fullmatch(said) or turn_patterns.ADDING.fullmatch(said))


def _asks_for_similar(parts: QuestionParts) -> bool:
    """Whether similar papers are asked for, whatever it asks for them as: "any similar papers?"."""
    return bool(open_patterns.ALIKE.search(parts.question)) and len(set(parts.terms) - LITTLE) <= ALIKE_TERMS


def _narrower(query: Query, last: Turn, before: Query) -> Query:
    """What was asked before, under further conditions or in another order; of what a thing is, the papers."""
    intent, topic = before.intent, before.topic
    if last.intent is Intent.SUMMARY and (query.aggregate or query.ranking):
        intent = Intent.METADATA if intent is Intent.SUMMARY else intent
    elif last.intent is Intent.CONCEPT:
        intent, topic = Intent.LIST, open_patterns.subject(topic)
    elif last.intent in RETOLD:
        intent = last.intent
    elif intent is Intent.LOOKUP:
        intent = Intent.LIST
    return replace(
        query,
        standalone=before.standalone,
        topic=topic,
        filters=_narrowed(query.filters, last.filters),
        intent=intent,
        aggregate=query.aggregate or before.aggregate,
        of_many=query.of_many or (before.of_many and not query.aggregate),
        ranking=query.ranking or before.ranking,
        limit=query.limit or before.limit,
    )


def _among_those(query: Query, parts: QuestionParts, last: Turn, dictionary: Dictionary) -> Query | None:
    """A list of the papers of the answer before that are on what is asked: "which of these use radar?". Where
    the answer is to take another form, it is the answer that is asked for.
    """
    papers = tuple(paper for paper in last.papers if dictionary.papers.has(paper))
    several = len(papers) > 1 and last.intent not in {*OF_ONE, Intent.COMPARE}
    pointing = open_patterns.OF_THOSE.search(parts.question) and not open_patterns.asks_for_another_form(
        parts.question
    )
    public, spans = stated_conditions.released(parts.rest)  # "which release code?" needs no "of them"
    filters = replace(query.filters, those=papers, released=query.filters.released or public)
    topic = open_patterns.OF_THOSE.sub(" ", masked(parts.rest, spans))
    asked = bool(pointing and open_patterns.subject(topic)) or bool(filters.released)
    if not (several and asked) or query.papers or query.aggregate:
        return None
    intent = Intent.CONDITION if open_patterns.denies(topic) else Intent.LIST
    if filters.released and not dictionary.lexical.own_terms(topic):
        intent = Intent.METADATA
    return replace(query, filters=filters, topic=topic, standalone=topic, intent=intent)


def _by_the_same(query: Query, parts: QuestionParts, subjects: tuple[str, ...], last: Turn) -> Query:
    """Other papers of the author whose papers were asked for, or of the authors of the one paper before;
    after several it is not said whose.
    """
    if last.filters.authors:
        topic = patterns.SAME_AUTHORS.sub(" ", parts.rest)
        filters = replace(query.filters, authors=last.filters.authors)
        return replace(query, filters=filters, topic=topic, aggregate=Fact.NONE, intent=Intent.METADATA)
    return replace(query, papers=subjects) if len(last.papers) == 1 or last.intent in OF_ONE else query


def _day_told(before: Query, dictionary: Dictionary) -> str:
    """The day that the answer before told as the one with most papers; empty if it told none."""
    if before.aggregate is not Fact.DAYS or before.intent is not Intent.METADATA:
        return ""
    counted = dictionary.papers.by_period(Fact.DAYS, before.filters)
    return max(counted, key=itemgetter(1))[0] if counted else ""


def _of_the_day(day: str, query: Query, parts: QuestionParts, dictionary: Dictionary) -> Query:
    """The papers of that day, on what the question says beside."""
    topic = patterns.SAME_DAY.sub(" ", parts.rest)
    said = set(dictionary.lexical.own_terms(topic)) - patterns.ABOUT_PAPERS
    filters = replace(query.filters, days=(day,))
    return replace(query, filters=filters, topic=topic, intent=Intent.LIST if said else Intent.METADATA)


def _asks_of_the_table(parts: QuestionParts) -> bool:
    """Whether it asks of the collection, or for its newest papers, and points to nothing before."""
    pointing = patterns.POINTING.search(parts.question) or _places(parts.question)
    return bool(parts.of_many.fact) and not pointing


def _asks_for_another(query: Query, parts: QuestionParts) -> bool:
    """Whether one paper is asked for that is not the one before: "and the other robot paper of that day?"."""
    question = parts.question
    turned = patterns.ANOTHER.search(question) and not patterns.COMPARING.search(question)
    turned = turned and not open_patterns.ALIKE.search(question)
    return bool(turned) and not (query.papers or query.aggregate or query.filters.authors)


def _another(query: Query, subjects: tuple[str, ...], before: Query, dictionary: Dictionary) -> Query:
    """The question as a search without those papers. "No, I meant the one about …" keeps a name that other
    titles begin with too.
    """
    heads = [fold(paper.title) for paper in dictionary.papers.all() if paper.arxiv_id not in subjects]
    shared = [name for name in before.names if any(head.startswith(fold(name)) for head in heads)]
    asked = patterns.SAME_DAY.sub("", query.standalone)
    standalone = f"{' '.join(shared)}: {asked}" if shared else asked
    return replace(query, excluded=subjects, standalone=standalone, intent=Intent.LOOKUP)


def _of_other_days(query: Query, parts: QuestionParts, subject: str, dictionary: Dictionary) -> Query | None:
    """The papers after the one before, or those before it, if they are asked for: on what the question says
    beside, or like it.
    """
    days = dictionary.papers.get(subject).dates
    asked = ((patterns.NEWER, Fact.NEWEST), (patterns.OLDER, Fact.OLDEST))
    found = next((one for one in asked if one[0].search(parts.question)), None)
    if not days or not found or patterns.COMPARING.search(parts.question):
        return None
    pattern, ranking = found
    step = timedelta(days=1)
    if ranking is Fact.NEWEST:
        filters = replace(query.filters, since=str(date.fromisoformat(max(days)) + step))
    else:
        filters = replace(query.filters, until=str(date.fromisoformat(min(days)) - step))
    topic = pattern.sub(" ", parts.rest)
    said = set(dictionary.lexical.own_terms(topic)) - patterns.ABOUT_PAPERS - patterns.OF_ANY_PAPER
    alike = open_patterns.ALIKE.search(parts.question)
    if not alike and (parts.named.mentions or said - LITTLE):
        return replace(
            query,
            filters=filters,
            intent=Intent.LIST,
            topic=topic,
            papers=(),
            aggregate=ranking,
            ranking=ranking,
            limit=query.limit or record_patterns.SEVERAL_PAPERS,
        )
    return replace(query, filters=filters, intent=Intent.SIMILAR, papers=(subject,), aggregate=Fact.NONE)


def _on_days_of(paper: str, filters: Filters, dictionary: Dictionary) -> Filters:
    """The filters on the days of a paper alone; as they are, where they exclude those."""
    days = tuple(day for day in dictionary.papers.get(paper).dates if not filters.days or day in filters.days)
    return replace(filters, days=days) if days else filters


def _only_narrows(query: Query, parts: QuestionParts) -> bool:
    """New filters or another order and nothing else: "and in April?", "그중 20표 이상은?", "which has
    most votes?".
    """
    new = (
        parts.filters
        or query.ranking
        or parts.of_many.fact in record_patterns.OF_MANY
        or query.aggregate is Fact.COUNT
    )
    of_those = patterns.AMONG.search(query.question) or open_patterns.ONLY.search(query.question)
    own_list = patterns.PAPERS.search(query.question) and not of_those
    return bool(new) and not parts.terms and not query.papers and not own_list


def _subjects_before(parts: QuestionParts, conversation: Sequence[Turn]) -> tuple[str, ...]:
    """The papers of the last turn that had any; "the second one" picks one of them."""
    papers = next((turn.papers for turn in reversed(conversation) if turn.papers), ())
    places = _places(parts.question)
    if places:
        told = _at_places(places, conversation)
        if not told and patterns.PAPERS.search(parts.question):
            told = _at(places, _told_alone(conversation))
        # After one paper alone they may be of its steps.
        return told or (papers if len(papers) == 1 else ())
    singles = _told_alone(conversation)[-2:] if conversation[-1].intent in OF_ONE else ()
    if (
        len(singles) > 1
        and patterns.COMPARING.search(parts.question)
        and patterns.POINTING.search(parts.question)
    ):
        return singles
    if patterns.TWO.search(parts.question):
        return papers[:2] if len(papers) > 1 else _told_alone(conversation)[-2:]
    # What was asked of both sides of a comparison is of both still.
    compared = (set(turn.papers) for turn in conversation if turn.intent is Intent.COMPARE)
    return papers if papers and set(papers) in compared else papers[:1]


def _of_places(
    query: Query, parts: QuestionParts, subjects: tuple[str, ...], dictionary: Dictionary
) -> Intent:
    """What is asked of papers by their places: several side by side, those like one, and one as a whole where
    nothing else is.
    """
    if len(subjects) == 1 and open_patterns.ALIKE.search(parts.question):
        return Intent.SIMILAR
    if len(subjects) > 1 and patterns.COMPARING.search(parts.question):
        return Intent.COMPARE
    rest = masked(parts.rest, answer_places.place_spans(parts.rest))
    if open_patterns.is_a_form(rest):
        return Intent.PAPER
    if open_patterns.is_aspect(rest):
        return query.intent
    terms = set(dictionary.lexical.own_terms(rest)) - patterns.ABOUT_PAPERS - LITTLE
    return query.intent if terms or len(subjects) > 1 else Intent.PAPER


def _at_places(places: Sequence[int], conversation: Sequence[Turn]) -> tuple[str, ...]:
    """The papers at these places of the last answer that told so many; of a longer list its first page; empty
    where no answer did.
    """
    most = max(2, *(at + 1 for at in places))
    told = next((turn.papers[:PAGE] for turn in reversed(conversation) if len(turn.papers) >= most), ())
    return _at(places, told)


def _at(places: Sequence[int], papers: Sequence[str]) -> tuple[str, ...]:
    return tuple(papers[at] for at in places if -len(papers) <= at < len(papers))


def _places(question: str) -> tuple[int, ...]:
    """Where the papers stand in the answer before that a question points to: "3번이랑 5번", "the last"."""
    named, place = answer_places.places(question), answer_places.ordinal(question)
    return named or (() if place is None else (place,))


def _told_alone(conversation: Sequence[Turn]) -> tuple[str, ...]:
    """The papers of the answers about one paper each, in the order in which they were first told."""
    alone = [turn.papers[0] for turn in conversation if turn.papers and turn.intent in OF_ONE]
    return tuple(dict.fromkeys(alone))


def _depends(query: Query, parts: QuestionParts, subjects: tuple[str, ...], dictionary: Dictionary) -> bool:
    """Whether the question is about the papers of the turns before."""
    compared = patterns.COMPARING.search(parts.question) and (
        patterns.POINTING.search(parts.question) or len(parts.terms) <= 2
    )
    if query.papers and set(query.papers) & set(subjects):
        # "Is it better than GPT-J?" names what only the digest before speaks of, and not its paper.
        titles = [fold(dictionary.papers.get(paper).title) for paper in query.papers]
        own = any(title.startswith(fold(name)) for title in titles for name in query.names)
        return bool(compared) or not own
    if query.papers:
        text = document(dictionary.papers.get(subjects[0])).casefold()
        mentioned = all(name.casefold() in text for name in query.names)
        return mentioned or bool(compared)
    if patterns.POINTING.search(parts.question) or _places(parts.question):
        return True
    if _asks_what_another_thing_is(parts, subjects, dictionary):
        return False
    if _asks_for_similar(parts):
        return True
    if parts.filters or any(
        p.search(parts.question) for p in (patterns.SEARCHING, patterns.LISTING, patterns.TREND)
    ):
        return False
    return len(parts.terms) <= FOLLOW_UP_TERMS


def _asks_what_another_thing_is(
    parts: QuestionParts, subjects: tuple[str, ...], dictionary: Dictionary
) -> bool:
    """Whether it asks what a thing is by its name, or is the name, of which the digests before say nothing
    and others do: "What is LoRA?", "LoRA", and not "What is the accuracy?".
    """
    thing = open_patterns.named(parts.question)
    words = parts.question.split()
    if words and all(map(shaped, words)):
        thing = parts.question
    terms = dictionary.lexical.own_terms(thing)
    if not terms or open_patterns.DEFINITE.search(parts.question):
        return False
    texts = [document(dictionary.papers.get(subject)).casefold() for subject in subjects]
    told = any(term in text for term in terms for text in texts)
    return not told and all(dictionary.lexical.papers_with(term) for term in terms)


def _short_title(title: str) -> str:
    head = title.partition(":")[0]
    return head if len(head.split()) <= 5 else title


def _narrowed(own: Filters, before: Filters) -> Filters:
    """The conditions of a follow-up over those before it: "and in April?" takes the place of March.

    The papers to ask among are set beside the question, and are not what they were once taken away.
    """
    values = {
        name: getattr(own, name) or getattr(before, name)
        for name in ("days", "since", "until", "authors", "any_author", "other_than", "those", "released")
    }
    values["titled"] = (*before.titled, *own.titled)
    for name in ("min_votes", "max_votes", "votes_known"):
        value = getattr(own, name)
        values[name] = value if value is not None else getattr(before, name)
    if before.days and (own.days or own.since or own.until):
        # Days given as filters bound the search; the question chooses among them.
        values["days"] = tuple(d for d in before.days if allows(own, d)) or own.days
    if own.days or (
        values["until"] and values["since"] > values["until"]
    ):  # "after 2024" after "before 2024"
        values["since"], values["until"] = own.since, own.until
    return Filters(**values, only=own.only, only_name=own.only_name)
