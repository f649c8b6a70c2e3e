"""What is asked of papers' records and of the whole table: facts, orders, periods, and how many papers.

Knows: which fact a wording asks for, and which of several wins. Does not know: a language's words, or papers.
"""

from __future__ import annotations

from collections.abc import Iterator

from rag_app.collection import releases
from rag_app.lang import LANGUAGES
from rag_app.lang.wording import Wording, matched_group, wording
from rag_app.records import Fact

AUTHORS_RANKED = wording(lambda one: one.questions.authors_ranked)


def _fact(name: str) -> tuple[str, Wording]:
    return name, wording(lambda one: one.questions.facts[name])


def _in_each(unit: Fact) -> Wording:
    return wording(lambda one: one.questions.each[unit])


# What is asked of a record or of the whole table; the first that fits wins.
AGGREGATES = (
    _fact("unknown_votes"),
    _fact("count"),
    _fact("bottom"),
    _fact("top"),
    _fact("authors"),
    _fact("votes"),
    _fact("date"),
    _fact("link"),
)
COUNTED = dict(AGGREGATES)["count"]
# What is asked of many papers at once, and in which order; such words are no topic.
OF_TABLE = (
    _fact("days"),
    _fact("weeks"),
    _fact("months"),
    _fact("years"),
    _fact("newest"),
    _fact("oldest"),
    _fact("vote_statistics"),
    _fact("span"),
    _fact("topics"),
    ("authors", AUTHORS_RANKED),
)
BY_DAY = {Fact.NEWEST, Fact.OLDEST}
RANKINGS = {Fact.TOP, Fact.BOTTOM, *BY_DAY}
PERIODS = (Fact.DAYS, Fact.WEEKS, Fact.MONTHS, Fact.YEARS)
EACH = {unit: _in_each(unit) for unit in PERIODS}
# Asked of many papers, AUTHORS is who wrote most of them.
OF_MANY = {*PERIODS, Fact.SPAN, Fact.VOTE_STATISTICS, Fact.TOPICS, Fact.AUTHORS}
UNRECORDED = wording(lambda one: one.questions.unrecorded)
COUNTS = {word: n for one in LANGUAGES.values() for word, n in one.numbers.counts.items()}
LIMIT = wording(lambda one: one.questions.limit)
SEVERAL = wording(lambda one: one.questions.several)
SEVERAL_PAPERS = 10  # shown for "the most upvoted papers" without a number
SEVERAL_OF_EACH = 3  # the same of each month


def aggregate(text: str) -> Fact:
    """Which fact of the records a question asks for, or none."""
    return next(_facts(text), Fact.NONE)


def _facts(text: str) -> Iterator[Fact]:
    """All that it asks for; the link of a paper's code is none, which its digest may give."""
    found = (Fact(name) for name, pattern in AGGREGATES if pattern.search(text))
    return (fact for fact in found if fact is not Fact.LINK or releases.CODE not in releases.named(text))


def ranking(text: str) -> Fact:
    """TOP or BOTTOM where papers are to be ranked by votes, whatever else is asked."""
    return next((fact for fact in _facts(text) if fact in {Fact.TOP, Fact.BOTTOM}), Fact.NONE)


def of_table(text: str) -> tuple[Fact, list[tuple[int, int]]]:
    """What is asked of many papers at once (`OF_MANY`) or in which order of days, and where the text says
    so.
    """
    for name, pattern in OF_TABLE:
        match = pattern.search(text)
        if match:
            return Fact(name), [match.span()]
    return Fact.NONE, []


def each(text: str) -> tuple[Fact, list[tuple[int, int]]]:
    """The periods in each of which papers are ranked ("of each month"), and where the text says so."""
    found = ((unit, match.span()) for unit, pattern in EACH.items() if (match := pattern.search(text)))
    unit, *spans = next(found, (Fact.NONE,))
    return unit, spans


def record_facts(text: str) -> tuple[Fact, ...]:
    """All facts of one paper's record that a question asks for."""
    return tuple(filter(about_record, _facts(text)))


def about_record(fact: Fact) -> bool:
    """Whether it is a fact of one paper's record."""
    return fact in {Fact.AUTHORS, Fact.VOTES, Fact.DATE, Fact.LINK}


def limit(text: str, several_papers: int = SEVERAL_PAPERS) -> int:
    """The N of "top N", or of "three papers"; `several_papers` of "the most upvoted papers"; 0 when no
    number of papers is asked for.
    """
    match = LIMIT.search(text)
    if not match:
        ranked = UNRECORDED.search(text) or aggregate(text) in {Fact.TOP, Fact.BOTTOM}
        return several_papers if several(text) and ranked else 0
    word = matched_group(match).casefold()
    return int(word) if word.isdigit() else COUNTS.get(word, 0)


def several(text: str) -> bool:
    """Whether more than one paper is asked for, without a number."""
    return bool(SEVERAL.search(text))
