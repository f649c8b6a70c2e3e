"""How questions about papers are worded: the patterns understanding goes by, in every language.

Knows: what is looked for, and in which order. Does not know: a language's words, or the collection.
A new wording is added to its language, without touching the logic.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rag_app.collection import releases
from rag_app.lang import LANGUAGES, alternatives
from rag_app.lang.language import NAME, Parts, QuestionPatterns, TurnPatterns, VoteConditions
from rag_app.lang.wording import Wording, wording
from rag_app.records import Fact


def _asked(parts_of: Callable[[QuestionPatterns], Parts]) -> Wording:
    """The wordings of every language."""
    return wording(lambda one: parts_of(one.questions))


def _turned(parts_of: Callable[[TurnPatterns], Parts]) -> Wording:
    return wording(lambda one: parts_of(one.turns))


def _turned_by_key(
    parts_of: Callable[[TurnPatterns], Mapping[str, Parts]],
) -> Mapping[str, Wording]:
    """The wordings of every language for each key."""
    keys = dict.fromkeys(key for one in LANGUAGES.values() for key in parts_of(one.turns))

    def of_key(key: str) -> Wording:
        return _turned(lambda turns: parts_of(turns).get(key, ()))

    return {key: of_key(key) for key in keys}


def _votes(parts_of: Callable[[VoteConditions], Parts]) -> Wording:
    return wording(lambda one: parts_of(one.votes))


REACTION = _asked(lambda q: q.reaction)
GREETING = _asked(lambda q: q.greeting)
COURTESIES = wording(lambda one: one.courtesies)
# Said around a pasted text: where it is from, which asks for nothing, and that it is to be left
# aside.
INTRODUCTION = Wording(
    r"(?:^|(?<=[.!?\n]))(?![^:：]*(?:"
    + alternatives(lambda one: one.questions.asking)
    + r"))[^.!?\n]*[:：]\s*$"
)
ASKING = _asked(lambda q: q.asking)
ASIDE = _asked(lambda q: q.aside)
COMPARING = _asked(lambda q: q.comparing)
TREND_WORDS = _asked(lambda q: q.trend_words)
SIDE_BY_SIDE = _asked(lambda q: q.side_by_side)
OTHER_DESCRIBED = _asked(lambda q: q.other_described)
SUMMING = _asked(lambda q: q.summing)
SIMPLY = _asked(lambda q: q.simply)
WAYS = _asked(lambda q: q.ways)
TREND = _asked(lambda q: q.trend)
AUTHORS_RANKED = _asked(lambda q: q.authors_ranked)
LISTING = _asked(lambda q: q.listing)
EVERYTHING = _asked(lambda q: q.everything)
WHOLE = _asked(lambda q: q.whole)
PAPER_BEFORE_NAME = Wording(rf"(?:{alternatives(lambda one: one.questions.paper_before_name)})$")
PAPER_AFTER_NAME = _asked(lambda q: q.paper_after_name)
ONE_PAPER = _asked(lambda q: q.one_paper)
EVERY_PAPER = _asked(lambda q: q.every_paper)
PAPERS = _asked(lambda q: q.papers)
SEARCHING = _asked(lambda q: q.searching)
POINTING = _asked(lambda q: q.pointing)
SUPPOSING = _asked(lambda q: q.supposing)
AMONG = _asked(lambda q: q.among)
TWO = _asked(lambda q: q.two)
ANOTHER = _asked(lambda q: q.another)
SAME_DAY = _asked(lambda q: q.same_day)
NEWER = _asked(lambda q: q.newer)
OLDER = _asked(lambda q: q.older)
# After a name: what it stands for is a kind of method, not the paper.
KIND = _asked(lambda q: q.kind)
LIKENED_BEFORE = _asked(lambda q: q.likened_before)
LIKENED_AFTER = _asked(lambda q: q.likened_after)
# Names have capitals, so case matters here.
NOT_AUTHOR = Wording(alternatives(lambda one: one.questions.not_author), flags=0)
ASKED_AUTHOR = Wording(alternatives(lambda one: one.questions.asked_author), flags=0)
# "Wang의 papers" and "Wang's 논문" are asked for too: any language's "of" goes with any's "papers".
_FIRST, *_OTHERS = (part for one in LANGUAGES.values() for part in one.questions.possessive)
_OF = rf"(?:{_FIRST})?\s*" + "".join(rf"(?:{part}\s*)?" for part in _OTHERS)
MAYBE_AUTHOR = Wording(
    alternatives(lambda one: one.questions.maybe_author)
    + rf"|{NAME}{_OF}(?:{alternatives(lambda one: one.questions.papers_of)})",
    flags=0,
)


def _fact(name: str) -> tuple[str, Wording]:
    return name, _asked(lambda q: q.facts[name])


def _in_each(unit: Fact) -> Wording:
    return _asked(lambda q: q.each[unit])


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
RECENTLY = _asked(lambda q: q.recently)
ON_TOPIC = _asked(lambda q: q.on_topic)
UNRECORDED = _asked(lambda q: q.unrecorded)
WITHHELD = wording(lambda one: one.releases.withheld)
EITHER = wording(lambda one: one.releases.either)
INSTEAD = _turned(lambda t: t.instead)
WITHIN = _turned(lambda t: t.within)
THEIR_PAPERS = _turned(lambda t: t.their_papers)
FURTHER = _turned(lambda t: t.further)
ALL_TOLD = _turned(lambda t: t.all_told)
PRONOUNS = _turned(lambda t: t.pronouns)
YEAR_ALONE = _turned(lambda t: t.year_alone)
FOLLOWING = _turned_by_key(lambda t: t.following)
PRECEDING = _turned_by_key(lambda t: t.preceding)
OF_TWO = _turned(lambda t: t.of_two)
IN_TITLE = _asked(lambda q: q.in_title)
RELEASED = wording(lambda one: one.releases.asked)
MORE_VOTED = _asked(lambda q: q.more_voted)
FEWER_VOTED = _asked(lambda q: q.fewer_voted)
USED_BEFORE = _asked(lambda q: q.used_before)
USED_AFTER = _asked(lambda q: q.used_after)
SAME_AUTHORS = _asked(lambda q: q.same_authors)
FIRST_AUTHOR = _asked(lambda q: q.first_author)
LAST_AUTHOR = _asked(lambda q: q.last_author)

ABOUT_PAPERS = frozenset[str]().union(*(one.questions.about_papers for one in LANGUAGES.values()))
OF_EVERYTHING = frozenset[str]().union(*(one.questions.of_everything for one in LANGUAGES.values()))
OF_ANY_PAPER = frozenset[str]().union(*(one.questions.of_any_paper for one in LANGUAGES.values()))

_COUNTS = {word: n for one in LANGUAGES.values() for word, n in one.numbers.counts.items()}
LIMIT = _asked(lambda q: q.limit)
SEVERAL = _asked(lambda q: q.several)
SEVERAL_PAPERS = 10  # shown for "the most upvoted papers" without a number
SEVERAL_OF_EACH = 3  # the same of each month

# (pattern, which conditions its numbers are, what is added to a number); each is looked for once,
# in this order, in what the ones before it left.
VOTES = (
    (_votes(lambda v: v.between), "between", 0),
    (_votes(lambda v: v.from_to_below), "below", 0),
    (_votes(lambda v: v.at_least), "min", 0),
    (_votes(lambda v: v.more_than), "min", 1),
    (_votes(lambda v: v.at_most), "max", 0),
    (_votes(lambda v: v.fewer_than), "max", -1),
    (_votes(lambda v: v.exactly), "both", 0),
    (_votes(lambda v: v.none), "none", 0),
    (_votes(lambda v: v.unknown), "unknown", 0),
)
NUMBER_ASKED = _asked(lambda q: q.number_asked)
UNITS = tuple(
    (Wording(asked), Wording(figure))
    for one in LANGUAGES.values()
    for asked, figure in one.questions.units.items()
)
MEASURES = tuple(
    (Wording(asked), name) for one in LANGUAGES.values() for asked, name in one.questions.measures.items()
)
ORDINALS = (
    (_asked(lambda q: q.ordinals[0]), 0),
    (_asked(lambda q: q.ordinals[1]), 1),
    (_asked(lambda q: q.ordinals[2]), 2),
    (_asked(lambda q: q.ordinals[3]), 3),
    (_asked(lambda q: q.ordinals[4]), -1),
)


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


def in_title(text: str) -> tuple[tuple[str, ...], list[tuple[int, int]]]:
    """Words that titles have to hold, and where the text says so."""
    found = list(IN_TITLE.finditer(text))
    said = [next(group for group in match.groups() if group) for match in found]
    words = tuple(word.strip() for both in said for word in re.split(r"\s+and\s+|\s*,\s*", both))
    return words, [match.span() for match in found]


def released(text: str) -> tuple[tuple[str, ...], list[tuple[int, int]]]:
    """What the text asks to be public, as `Filters.released` has it, and where it says so."""
    found = list(RELEASED.finditer(text))
    asked = dict.fromkeys(one for match in found for one in _asked_to_be_public(match[0]))
    return tuple(asked), [match.span() for match in found]


def _asked_to_be_public(text: str) -> tuple[str, ...]:
    """Each thing that is named, or any where it is one or the other, or none is named ("open source")."""
    kinds = releases.named(text)
    return kinds if kinds and not EITHER.search(text) else ("|".join(kinds or releases.KINDS),)


def record_facts(text: str) -> tuple[Fact, ...]:
    """All facts of one paper's record that a question asks for."""
    return tuple(filter(about_record, _facts(text)))


def described(text: str) -> str:
    """The side of a comparison that is described rather than named, to the end of the text; else empty."""
    *_, last = ["", *(text[match.start() :] for match in OTHER_DESCRIBED.finditer(text))]
    return last


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
    word = next(group for group in match.groups() if group).casefold()
    return int(word) if word.isdigit() else _COUNTS.get(word, 0)


def several(text: str) -> bool:
    """Whether more than one paper is asked for, without a number."""
    return bool(SEVERAL.search(text))


def votes(text: str) -> tuple[dict[str, Any], list[tuple[int, int]]]:
    """Conditions on votes as `Filters` fields, and where the text states them."""
    fields: dict[str, Any] = {}
    spans = []
    for pattern, kind, step in VOTES:
        match = pattern.search(text)
        if not match:
            continue
        low, *_, high = [int(n.replace(",", "")) + step for n in match.groups() if n] * 2 or [0, 0]
        conditions: dict[str, dict[str, Any]] = {
            "between": {"min_votes": low, "max_votes": high},
            "below": {"min_votes": low, "max_votes": high - 1},
            "min": {"min_votes": low},
            "max": {"max_votes": high},
            "both": {"min_votes": low, "max_votes": high},
            "none": {"min_votes": 0, "max_votes": 0},
            "unknown": {"votes_known": False},
        }
        fields |= conditions[kind]
        text = text[: match.start()] + " " * len(match[0]) + text[match.end() :]
        spans.append(match.span())
    return fields, spans


def figures_asked(text: str) -> tuple[Wording, ...]:
    """How a figure stands in a digest in the units that a question asks for; empty where it names none."""
    return tuple(figure for asked, figure in UNITS if asked.search(text))


def with_measures(text: str) -> str:
    """A question that asks how much of something, with the word that digests use for it: "how much faster" is
    of speed.
    """
    if not NUMBER_ASKED.search(text):
        return text
    return " ".join([text, *(name for asked, name in MEASURES if asked.search(text))])


PLACES = tuple(Wording(part) for one in LANGUAGES.values() for part in one.turns.places)
_PLACE_WORDS = {word: n for one in LANGUAGES.values() for word, n in one.turns.place_words.items()}


def places(text: str) -> tuple[int, ...]:
    """The places in the answer before that a text names, in its order, counted from 0; -1 is the last."""
    named = {
        match.start(): next(group for group in match.groups() if group).casefold()
        for pattern in PLACES
        for match in pattern.finditer(text)
    }
    numbers = [int(word) if word.isdigit() else _PLACE_WORDS[word] for _, word in sorted(named.items())]
    return tuple(dict.fromkeys(n - 1 if n > 0 else n for n in numbers if n))


def place_spans(text: str) -> list[tuple[int, int]]:
    """Where a text names them."""
    patterns = (*PLACES, *(pattern for pattern, _ in ORDINALS))
    return [match.span() for pattern in patterns for match in pattern.finditer(text)]


def told(match: re.Match[str]) -> str:
    """What the one group that found something holds."""
    return next(group for group in match.groups() if group).strip()


def ordinal(text: str) -> int | None:
    """The place that "the second one" points to, counted from 0; -1 is the last."""
    return next((place for pattern, place in ORDINALS if pattern.search(text)), None)


BOILERPLATE = _asked(lambda q: q.boilerplate)
# By votes: it orders the papers of a list, and is nothing that they say.
BY_VOTES = _asked(lambda q: (*q.facts[Fact.TOP], *q.facts[Fact.BOTTOM]))


def topic(text: str) -> str:
    """What is left of a list question when the words for asking are taken away; the text itself if
    nothing is.
    """
    return _without(BOILERPLATE, _without(BY_VOTES, text)) or text.strip()


def trend_topic(text: str) -> str:
    """What a trend question is about; empty where it asks for the topics themselves."""
    return _without(BOILERPLATE, _without(TREND_WORDS, text))


def _without(pattern: Wording, text: str) -> str:
    return re.sub(r"\s+", " ", pattern.sub(" ", text)).strip(" ,.?!:;-")
