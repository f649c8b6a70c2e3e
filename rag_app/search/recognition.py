"""The kind of a question: what rules read exactly, and else what the examples say.

Knows: which kinds are possible for what a question names, and how far what the wording rules say
counts beside the examples. Does not know: wordings, or how examples are learned from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rag_app.collection.library import Library
from rag_app.lang import language_of
from rag_app.records import Fact, Intent
from rag_app.search import kinds, record_patterns

# The probability of each kind for (question, the same with marks in place of what it names).
Recognise = Callable[[str, str], Mapping[str, float]]

RULED = 2.0  # times as likely is the kind that the wording rules give, chosen as `kinds.PENALTY`
CLEAR = 0.6  # probability at which records are asked for, whatever words are left that no paper says
# Probability from which a question is none about papers: where it names what the collection has, and else.
SURE, LIKELY = 0.9, 0.5
MOST_OF_TOPIC = 5  # content terms of a topic without a part: more of them describe one paper
FAINT = 0.25  # share of the possible kinds below which a question is like no example, and its wording decides

TWO_SIDES = 2  # papers that a comparison has at least

# What is asked of the whole table stays a question for records or a list, or one that sums it up.
OF_THE_TABLE = {
    Intent.METADATA,
    Intent.LIST,
    Intent.SUMMARY,
    Intent.TABLE,
    Intent.CONDITION,
    Intent.RECOMMEND,
    Intent.TREND,
}
# What is asked of many papers, each of which can be judged by a condition.
JUDGEABLE = {Intent.LIST, Intent.OVERVIEW, Intent.TREND, Intent.EXISTS}
# What is asked of one paper, or of the answer about it.
OF_ONE = {
    Intent.LOOKUP,
    Intent.PAPER,
    Intent.COMPARE,
    Intent.SIMILAR,
    Intent.RESTYLE,
    Intent.TABLE,
    Intent.OFF,
    Intent.CHAT,
}
RANKED = {
    Fact.COUNT,
    Fact.TOP,
    Fact.BOTTOM,
    Fact.NEWEST,
    Fact.OLDEST,
    Fact.UNKNOWN_VOTES,
    *record_patterns.PERIODS,
}


@dataclass(frozen=True, slots=True)
class Signs:
    """What rules have read off a question."""

    ruled: Intent  # the kind by its wording
    aggregate: Fact
    papers: int  # that it is about
    named: bool  # it names papers, authors or conditions itself
    topic: int  # content terms beside these
    said: int  # of these terms, that papers hold, or that stand where a topic does
    conversation: bool
    alike: bool = True  # it asks for papers like the one it is about
    whole: bool = False  # it asks what the thing is that its paper is called by
    titled: bool = True  # a paper is named by its own name, and not by words that its digest holds
    subject: bool = True  # something is left of it without what asks and the form that is asked for
    of_those: bool = False  # it speaks of the papers of the answer before
    form: bool = True  # it asks for a form: shorter, as a table, in another language
    tabled: bool = False  # it asks for a table and lists its columns
    asks: bool = True  # it asks, or speaks of papers: else it describes something, of which one is looked for
    denies: bool = False  # papers are asked for without something
    briefly: bool = False  # in a word or two for what is left: "reasoning without RL"
    leaves_out: bool = False  # a part of its topic is not meant, as lists can leave it out
    each: bool = False  # papers of each month, or of other periods, are asked for
    versus: bool = False  # it sets two things side by side, of which at most one is a paper's name
    bare: bool = False  # it is a topic and nothing else
    summed: bool = False  # it is to be told in short, or in simple words, and nothing else is asked
    aspects: bool = False  # it asks for the strengths or faults of a topic
    of_papers: bool = False  # it speaks of papers
    spoken_of: bool = False  # the collection says all of it
    every: bool = False  # every paper on something is asked for
    carried: bool = False  # its paper is that of the question before: "What data does it use?"

    @property
    def unworded(self) -> bool:
        """Whether no rule has read anything: a lookup is what remains then, not what is asked."""
        return self.ruled is Intent.LOOKUP and not (self.papers and (self.titled or self.carried))


def recogniser(library: Library) -> Recognise:
    """The examples' say, over the collection's own embedding model; nothing on a question in a
    language without examples.
    """

    def shares(question: str, marked: str) -> Mapping[str, float]:
        embedder = library.embedder
        learned = kinds.classifier(library.settings.home, embedder.fingerprint, embedder.query)
        if language_of(question) not in learned.probes:
            return {}
        return learned.shares(embedder.query(question), marked)

    return shares


def decide(signs: Signs, shares: Mapping[str, float]) -> Intent:
    """The likeliest of the possible kinds; where examples say nothing, the one of the wording rules. What
    must not be is judged for each paper, whichever kind of many papers the wording is like.
    """
    kind = _decided(signs, shares)
    listed = kind is Intent.CONDITION and signs.ruled in {Intent.LIST, Intent.LOOKUP}
    searched = kind is Intent.LOOKUP and not signs.papers and signs.topic <= MOST_OF_TOPIC
    if signs.leaves_out and (kind is Intent.LIST or listed or searched):
        return Intent.LIST
    brief = signs.briefly and not signs.papers and kind in {Intent.LOOKUP, Intent.CONCEPT}
    judged = kind in JUDGEABLE or brief
    return Intent.CONDITION if signs.denies and judged else kind


def _decided(signs: Signs, shares: Mapping[str, float]) -> Intent:
    if signs.tabled and _possible(Intent.TABLE, signs, 1.0):
        return Intent.TABLE
    off, chat = (shares.get(kind.value, 0.0) for kind in (Intent.OFF, Intent.CHAT))
    if signs.versus and not signs.titled:
        return Intent.CONCEPT
    if signs.aspects:
        return Intent.OVERVIEW
    if signs.bare and chat < SURE and off < (SURE if signs.spoken_of else LIKELY):
        return Intent.LIST
    if not shares:
        return signs.ruled
    possible = {
        kind: share
        for kind in Intent
        if (share := shares.get(kind.value, 0.0)) and _possible(kind, signs, share)
    }
    weighed = {
        kind: share * (RULED if kind is signs.ruled and not signs.unworded else 1.0)
        for kind, share in possible.items()
    }
    best = max(weighed, key=lambda kind: weighed[kind], default=signs.ruled)
    if possible.get(best, 0.0) < FAINT * sum(possible.values()):
        return signs.ruled
    if best not in {Intent.LIST, Intent.METADATA}:
        return best
    if best is Intent.METADATA and signs.papers:
        return best if possible[best] >= CLEAR else signs.ruled
    if best is Intent.METADATA and possible[best] >= CLEAR and not signs.said:
        return best
    # Alike in wording; which of the two follows from what is left of the question without its filters.
    if signs.ruled in {Intent.LIST, Intent.METADATA}:
        return signs.ruled
    return Intent.LIST if signs.topic else Intent.METADATA


def _possible(kind: Intent, signs: Signs, share: float) -> bool:
    if signs.carried and kind not in OF_ONE:
        return share >= SURE
    if signs.each and not signs.papers:
        return kind in {Intent.METADATA, Intent.LIST}
    if signs.versus:  # the digest of the one that is a paper may say it
        return kind in {Intent.CONCEPT, Intent.LOOKUP}
    if signs.aggregate in RANKED and signs.ruled in OF_THE_TABLE and not signs.papers:
        return kind in OF_THE_TABLE and (kind is not Intent.TREND or signs.ruled is kind)
    match kind:
        case Intent.COMPARE:
            return signs.ruled is Intent.COMPARE
        case Intent.LOOKUP:  # of one paper; several that are named are compared
            one = signs.papers or not signs.every
            return (
                bool(one)
                and not signs.whole
                and (signs.ruled is not Intent.COMPARE or signs.papers < TWO_SIDES)
            )
        case Intent.SIMILAR:
            return signs.papers > 0 and (signs.alike or share >= SURE)
        case Intent.RESTYLE:
            # "What is new about it?" asks of the paper; a form is another wish about the answer.
            return signs.conversation and (signs.form or not signs.carried or share >= SURE)
        case Intent.TABLE | Intent.PAPER:
            # "As a table" after an answer is about that answer.
            return not signs.conversation or signs.named or signs.subject
        case Intent.CONDITION:  # "only those with code" after an answer, too
            return signs.asks and (not signs.conversation or not signs.of_those)
        case Intent.OFF | Intent.CHAT:
            return share >= (SURE if signs.named or signs.carried or signs.of_papers else LIKELY)
    return True
