"""A question that does not stand for itself, read with the turns before it.

Knows: when a question depends on earlier turns, and what it takes from them: papers, topic, filters.
Does not know: how a question is read by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from rag_app.collection.bm25 import document
from rag_app.collection.library import Dictionary
from rag_app.records import Fact, Filters, Intent, Query, Turn
from rag_app.search import patterns
from rag_app.search.reading import Reading

FOLLOW_UP_TERMS = 9  # content terms: a longer question stands for itself

Understand = Callable[[str, Dictionary, Sequence[Turn]], Query]


def follow(
    query: Query,
    reading: Reading,
    dictionary: Dictionary,
    conversation: Sequence[Turn],
    understand: Understand,
) -> Query:
    """A question that does not stand for itself takes its subject, or its topic and filters, from
    the turns before.
    """
    last = conversation[-1]
    if last.intent in {Intent.LIST, Intent.METADATA} and _only_narrows(query, reading):
        # The last turn may itself have narrowed a list.
        before = understand(last.question, dictionary, conversation[:-1])
        return replace(
            query,
            standalone=before.standalone,
            topic=before.topic,
            filters=_narrowed(query.filters, last.filters),
            intent=before.intent if before.intent is not Intent.LOOKUP else Intent.LIST,
            aggregate=query.aggregate or before.aggregate,
            ranking=query.ranking or before.ranking,
            limit=query.limit or before.limit,
        )
    # A paper of an old conversation may have left the collection.
    subjects = tuple(
        paper for paper in _subjects_before(reading, conversation) if dictionary.papers.has(paper)
    )
    if not subjects or not _depends(query, reading, subjects, dictionary):
        return query
    asked_before = f"{_short_title(dictionary.papers.get(subjects[0]).title)}: " if len(subjects) == 1 else ""
    if patterns.COMPARING.search(reading.question) and query.papers:
        subjects = tuple(dict.fromkeys([*subjects, *query.papers]))
    return replace(query, papers=subjects, standalone=asked_before + reading.question, unknown=())


def _only_narrows(query: Query, reading: Reading) -> bool:
    """New filters or another order and nothing else: "and in April?", "그중 20표 이상은?", "which has
    most votes?".
    """
    new = reading.filters or query.aggregate in {Fact.COUNT, Fact.TOP, Fact.BOTTOM, Fact.MONTHS}
    own_list = patterns.PAPERS.search(query.question) and not patterns.AMONG.search(query.question)
    return bool(new) and not reading.terms and not query.papers and not own_list


def _subjects_before(reading: Reading, conversation: Sequence[Turn]) -> tuple[str, ...]:
    """The papers of the last turn that had any; "the second one" picks one of them."""
    papers = next((turn.papers for turn in reversed(conversation) if turn.papers), ())
    place = patterns.ordinal(reading.question)
    if place is not None and -len(papers) <= place < len(papers):
        return (papers[place],)
    if patterns.TWO.search(reading.question):
        return papers[:2]
    last = next(turn for turn in reversed(conversation) if turn.papers) if papers else None
    return papers if last and last.intent is Intent.COMPARE else papers[:1]


def _depends(query: Query, reading: Reading, subjects: tuple[str, ...], dictionary: Dictionary) -> bool:
    """Whether the question is about the papers of the turns before."""
    compared = patterns.COMPARING.search(reading.question) and (
        patterns.POINTING.search(reading.question) or len(reading.terms) <= 2
    )
    if query.papers and set(query.papers) & set(subjects):
        return bool(compared)
    if query.papers:
        text = document(dictionary.papers.get(subjects[0])).casefold()
        mentioned = all(name.casefold() in text for name in query.names)
        return mentioned or bool(compared)
    if patterns.POINTING.search(reading.question) or patterns.ordinal(reading.question) is not None:
        return True
    if reading.filters or any(
        p.search(reading.question) for p in (patterns.SEARCHING, patterns.LISTING, patterns.TREND)
    ):
        return False
    return len(reading.terms) <= FOLLOW_UP_TERMS


def _short_title(title: str) -> str:
    head = title.partition(":")[0]
    return head if len(head.split()) <= 5 else title


def _narrowed(own: Filters, before: Filters) -> Filters:
    """The conditions of a follow-up over those before it: "and in April?" takes the place of March.

    The papers to ask among are set beside the question, and are not what they were once taken away.
    """
    values = {
        name: getattr(own, name) or getattr(before, name) for name in ("days", "since", "until", "authors")
    }
    for name in ("min_votes", "max_votes", "votes_known"):
        value = getattr(own, name)
        values[name] = value if value is not None else getattr(before, name)
    if before.days and (own.days or own.since or own.until):
        # Days given as filters bound the search; the question chooses among them.
        values["days"] = tuple(d for d in before.days if _within(d, own)) or own.days or before.days
    return Filters(**values, only=own.only, only_name=own.only_name)


def _within(day: str, asked: Filters) -> bool:
    in_days = not asked.days or day in asked.days
    return in_days and (not asked.since or day >= asked.since) and (not asked.until or day <= asked.until)
