"""How questions about papers are worded: the patterns understanding goes by, in every language.

Knows: what is looked for, and in which order. Does not know: a language's words, or the collection.
A new wording is added to its language, without touching the logic.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from rag_app.lang import LANGUAGES, alternatives
from rag_app.lang.language import NAME, Parts, QuestionPatterns
from rag_app.lang.wording import Wording, wording
from rag_app.records import Fact


def _asked(parts_of: Callable[[QuestionPatterns], Parts]) -> Wording:
    """The wordings of every language."""
    return wording(lambda one: parts_of(one.questions))


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
LISTING = _asked(lambda q: q.listing)
EVERYTHING = _asked(lambda q: q.everything)
WHOLE = _asked(lambda q: q.whole)
PAPER_BEFORE_NAME = Wording(rf"(?:{alternatives(lambda one: one.questions.paper_before_name)})$")
CARD_AFTER_NAME = _asked(lambda q: q.card_after_name)
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
ASKED_SURNAME = Wording(alternatives(lambda one: one.questions.asked_surname), flags=0)
ASKED_AUTHOR = Wording(alternatives(lambda one: one.questions.asked_author), flags=0)
# "Wang의 papers" and "Wang's 논문" are asked for too: any language's "of" goes with any's "papers".
_FIRST, *_OTHERS = (part for one in LANGUAGES.values() for part in one.questions.possessive)
_OF = rf"(?:{_FIRST})?\s*" + "".join(rf"(?:{part}\s*)?" for part in _OTHERS)
MAYBE_AUTHOR = Wording(
    alternatives(lambda one: one.questions.maybe_author)
    + rf"|{NAME}{_OF}(?:{alternatives(lambda one: one.questions.papers_of)})",
    flags=0,
)


RECENTLY = _asked(lambda q: q.recently)
TITLE_ASKED = _asked(lambda q: q.title_asked)
ON_TOPIC = _asked(lambda q: q.on_topic)
WITHHELD = wording(lambda one: one.releases.withheld)
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


def described(text: str) -> str:
    """The side of a comparison that is described rather than named, to the end of the text; else empty."""
    *_, last = ["", *(text[match.start() :] for match in OTHER_DESCRIBED.finditer(text))]
    return last


# By votes: it orders the papers of a list, and is nothing that they say.
BY_VOTES = _asked(lambda q: (*q.facts[Fact.TOP], *q.facts[Fact.BOTTOM]))
BOILERPLATE = _asked(lambda q: q.boilerplate)


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
