"""Plans for conditions, each judged for each paper by a sentence of its digest, and for whether
anyone has done something.

Knows: when a digest shows that something holds, that it does not, or says nothing to it. Does not
know: conditions that code decides exactly (days, votes, authors: `records.Filters`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import IntEnum

import numpy as np

from rag_app.answer import choosing
from rag_app.answer.plans.overview import FEWEST, overview
from rag_app.answer.points import AnswerPlan, Group, Point
from rag_app.answer.selection import Selection
from rag_app.answer.templates import words
from rag_app.collection.bm25 import LexicalIndex, document
from rag_app.collection.paper_names import shaped
from rag_app.lang import language_of
from rag_app.records import Hit, Paper, Passage
from rag_app.search import open_patterns, relevance
from rag_app.search.open_patterns import Denial
from rag_app.search.topic import parts
from rag_app.text.terms import fold_word, only_nouns

MOST = 8  # papers
JUDGED = 160  # papers, best first
ENOUGH = 3  # papers whose digests show it, beside which those that say nothing are left out
ON_TOPIC = 0.6  # share of the topic's terms that a paper's digest must hold
# Share of a subject's terms in the digest of a paper that has done it, and in one sentence of it.
SAID, SAID_TOGETHER = 0.75, 0.5
TOGETHER = 6.0  # standard deviations of score that a sentence with all terms is worth
ANSWERING, NEAREST = 4, 3  # papers
WELL_KNOWN = 40  # papers that say a term from which on its other spellings are known
# Share of a word's translations, and papers with it, that make a term of the field; share of one that is
# hardly translated otherwise.
USUAL, OFTEN, MOSTLY = 0.3, 20, 0.5


class Verdict(IntEnum):
    """What a digest says to a condition."""

    FAILS = 0
    UNSAID = 1
    HOLDS = 2


def conditions(selection: Selection) -> AnswerPlan | None:
    """The papers on the topic for which every condition holds, with the sentence that shows it. Where
    those for which it does not hold are asked for, too, they are an overview.
    """
    query = selection.query
    if open_patterns.asks_for_both(query.question):
        return overview(selection)
    asked = _denied(selection)
    if asked is None:
        return overview(selection)
    topic = open_patterns.narrow_subject(asked.rest)
    if not asked.what:
        hits = choosing.ranked(selection, open_patterns.subject(asked.rest), JUDGED)
        speaking = choosing.speaking_of(selection, hits, topic) if query.filters else []
        kept = choosing.sure(speaking or hits, query.limit or MOST, FEWEST if not query.filters else 1)
        weights = choosing.with_terms(selection, topic)
        points = [Point(hit.paper, choosing.telling(hit.paper, weights, selection.library)) for hit in kept]
        return _plan(selection, points, "conditions_fit")
    said = words_for(selection, asked)
    hits = _on_topic(selection, _candidates(selection, asked, topic), topic)
    judged = [(hit, *judge(selection, hit.paper, asked, said)) for hit in hits]
    shown = _firmest(
        selection,
        [(hit, passage) for hit, verdict, passage in judged if verdict is Verdict.HOLDS and passage],
        topic,
    )
    unsaid = _likeliest(
        selection, [hit for hit, verdict, _ in judged if verdict is Verdict.UNSAID], asked, topic
    )
    weights = choosing.with_terms(selection, f"{topic} {query.topic}")
    points = [_with(selection, hit.paper, passage, weights) for hit, passage in shown[:MOST]]
    if len(points) >= ENOUGH:
        return _plan(selection, points, "conditions_hold")
    asked_for = open_patterns.denial(query.topic).what  # in the reader's words
    note = words(query.language)["unsaid"].format(what=asked_for)
    extra = [
        Point(hit.paper, choosing.telling(hit.paper, weights, selection.library), note)
        for hit in unsaid[: MOST - len(points) - 2]
    ]
    lead = "conditions_some" if points else "conditions_unsaid"
    return _plan(selection, [*points, *extra], lead, len(points) or len(extra))


def _denied(selection: Selection) -> Denial | None:
    """What must not be, in a language that digests are written in: the question's, or that of its
    translation; None where neither is, since digests that could not say it do not lack it.
    """
    asked = open_patterns.denial(selection.query.topic)
    if not asked.what or relevance.is_written(selection.library, language_of(asked.what)):
        return asked
    translated = open_patterns.denial(selection.evidence.beside)
    return translated if translated.what else None


def _candidates(selection: Selection, asked: Denial, topic: str) -> list[Hit]:
    """The papers that fit the question best, and those that fit its topic in each of the ways it names:
    papers that do it without a thing are few beside all that do it, and seldom say what they lack.
    """
    wordings = [open_patterns.subject(asked.rest), *(f"{topic} {way}" for way in asked.ways)]
    rankings = [choosing.ranked(selection, wording, JUDGED) for wording in wordings]
    in_turn = [hit for hits in zip(*rankings, strict=True) for hit in hits]
    return list({hit.paper.arxiv_id: hit for hit in in_turn}.values())


def _likeliest(selection: Selection, unsaid: list[Hit], asked: Denial, topic: str) -> list[Hit]:
    """Papers whose digests say nothing to the condition: first those that do it in one of the ways that the
    question names, then those that do what the topic says rather than measure or survey it.
    """
    spellings, places = selection.library.spellings, selection.library.places
    said = spellings.saying([one for way in asked.ways for one in spellings.of(way)])

    def told(hit: Hit) -> tuple[bool, bool]:
        ways = said[places[hit.paper.arxiv_id]] > 0
        made = any(
            open_patterns.CONTRIBUTING.search(p.text) and _is_about(selection, p.text, topic)
            for p in choosing.whole(hit.paper)
        )
        return ways, made and not open_patterns.made_thing(hit.paper.title)

    return sorted(unsaid, key=told, reverse=True)


def _firmest(selection: Selection, shown: list[tuple[Hit, Passage]], topic: str) -> list[tuple[Hit, Passage]]:
    """Those whose sentence says it of the topic itself, where they are enough: one about a part or a
    comparison shows less.
    """
    firm = [pair for pair in shown if _is_about(selection, pair[1].text, topic)]
    return firm if len(firm) >= ENOUGH else shown


def _is_about(selection: Selection, text: str, topic: str) -> bool:
    """Whether a sentence or title, in either language, holds most of a topic's terms."""
    lexical = selection.library.lexical
    if (lexical.coverage(topic, text) or 0.0) >= ON_TOPIC:
        return True
    asked = set(lexical.own_terms(topic))
    return len(asked & set(lexical.query_terms(text))) >= ON_TOPIC * len(asked) > 0


def exists(selection: Selection) -> AnswerPlan | None:
    """Yes, with the papers that have done it; or that no digest says so, with the nearest."""
    weights = choosing.with_terms(selection, open_patterns.subject(selection.query.topic))
    done, nearest = having_done(selection)
    chosen = done or nearest
    points = [Point(hit.paper, choosing.telling(hit.paper, weights, selection.library)) for hit in chosen]
    return _plan(selection, points, "exists" if done else "exists_not")


def having_done(selection: Selection) -> tuple[list[Hit], list[Hit]]:
    """(the papers whose digests say that they have done what is asked for, the nearest papers)."""
    subject = open_patterns.subject(selection.query.topic)
    wordings = [subject, *filter(None, [open_patterns.subject(selection.evidence.beside)])]
    ranked = choosing.ranked(selection, subject)
    held = [(max(_said(selection, hit.paper, wording) for wording in wordings), hit) for hit in ranked]
    # What a digest says counts before how near it is: few of the papers on music use reinforcement learning.
    held.sort(key=lambda pair: -(pair[1].score + TOGETHER * pair[0]))
    says_terms = _saying_terms(selection, wordings)
    done = [hit for said, hit in held if said >= SAID_TOGETHER and says_terms(hit)]
    return done[:ANSWERING], [hit for _, hit in held[:NEAREST]]


def _saying_terms(selection: Selection, wordings: Sequence[str]) -> Callable[[Hit], bool]:
    """Whether a digest says each well-known term of the field that one of the wordings has, whole:
    reinforcement and learning apart are not reinforcement learning.
    """
    spellings, places = selection.library.spellings, selection.library.places
    asked = []
    for wording in wordings:
        phrases = [
            phrase for part in parts(wording, spellings) for one in part.alternatives for phrase in one
        ]
        told = [spellings.saying(spellings.of(one)) for one in phrases if spellings.is_of_the_field(one)]
        asked.append([times for times in told if np.count_nonzero(times) >= WELL_KNOWN])

    def says(hit: Hit) -> bool:
        row = places[hit.paper.arxiv_id]
        return any(all(times[row] > 0 for times in terms) for terms in asked)

    return says


def _said(selection: Selection, paper: Paper, subject: str) -> float:
    """The share of a subject's terms that one sentence of a digest holds, with the paper's title; 0 where
    the whole digest lacks some of them.
    """

    def share(text: str) -> float:
        # A word that no digest has is one that this digest lacks.
        return selection.library.lexical.coverage(subject, text, unknown=1.0) or 0.0

    if share(document(paper)) < SAID:
        return 0.0
    return max((share(f"{paper.title}\n{p.text}") for p in choosing.whole(paper)), default=0.0)


def judge(
    selection: Selection, paper: Paper, asked: Denial, said: Sequence[str]
) -> tuple[Verdict, Passage | None]:
    """(whether the digest shows that `asked.what` is not there, the sentence that shows it); `said` are its
    words.
    """
    if not said:
        return Verdict.UNSAID, None
    spelled = "|".join(map(_as_written, said))
    absent = re.compile(
        rf"(?:{spelled})(?:\([\w -]+\))?(?:{open_patterns.DENYING.pattern})"
        rf"|(?:{open_patterns.DENYING_BEFORE.pattern})\s?(?:\w+ ){{0,2}}?(?:{spelled})",
        re.IGNORECASE,
    )
    says = re.compile(spelled, re.IGNORECASE)
    also = _also(selection, asked)
    mentioned: Passage | None = None
    for passage in (_title(paper), *choosing.whole(paper)):
        text = passage.text.casefold()
        match = absent.search(text)
        if (match and not _is_another_thing(selection, text[: match.start()])) or (
            also and also.search(text)
        ):
            return Verdict.HOLDS, passage
        if says.search(text):
            mentioned = passage
    return (Verdict.FAILS, mentioned) if mentioned else (Verdict.UNSAID, None)


def _as_written(word: str) -> str:
    """A pattern of a word as digests write it: apart or together, and in Latin letters by itself ("rl" is not
    in "world").
    """
    written = re.escape(word).replace(r"\ ", r"[\s-]?")
    return rf"(?<![a-z]){written}(?:e?s)?(?![a-z])" if word.isascii() else written


def words_for(selection: Selection, asked: Denial) -> list[str]:
    """How digests say each thing that must not be; "X-free" beside it says X, too."""
    split = parts(asked.what, selection.library.spellings)
    things = [" ".join(phrases) for part in split for phrases in part.alternatives] or [asked.what]
    said = [word for thing in things for word in _words_of(selection, thing)]
    said += [word for short in open_patterns.FREE.findall(asked.also) for word in _words_of(selection, short)]
    return [word for word in dict.fromkeys(said) if len(word) > 1]


def _words_of(selection: Selection, thing: str) -> list[str]:
    """The spellings of a thing, where it is a known term of several words or a name, else its head and the
    translations of that.
    """
    lexical, spellings = selection.library.lexical, selection.library.spellings
    thing = _without_general_noun(thing)
    one_word = len(lexical.own_terms(thing)) == 1 and not shaped(thing)
    if not one_word and spellings.is_term(thing) and spellings.papers_saying(thing) >= WELL_KNOWN:
        return [*spellings.of(thing)]
    heads = lexical.own_terms(thing)[-1:]
    heads += [english for head in heads for english in _in_english(head, lexical)]
    return [word for head in heads for word in (head, *lexical.translations(head))]


def _in_english(term: str, lexical: LexicalIndex) -> list[str]:
    """The English words of the field that are mostly translated by a term of digests in another language."""
    return [
        word
        for word, targets in lexical.glossary.items()
        if targets.get(term, 0.0) >= MOSTLY and lexical.papers_with(word) >= OFTEN
    ]


def _without_general_noun(thing: str) -> str:
    """ "diffusion models" as "diffusion": what does without the models does without diffusion."""
    *words_before, last = thing.split()
    general = bool(words_before) and bool(open_patterns.GENERAL_NOUN.fullmatch(last))
    return " ".join(words_before) if general else thing


def _is_another_thing(selection: Selection, before: str) -> bool:
    """Whether the word before a thing makes it another one: "supervised learning" is not all learning.
    Such words have an English name in the digests' glossary.
    """
    words_before = before.split()
    if not words_before:
        return False
    lexical = selection.library.lexical
    return any(
        targets.get(words_before[-1], 0.0) >= USUAL and lexical.papers_with(word) >= OFTEN
        for word, targets in lexical.glossary.items()
    )


def _also(selection: Selection, asked: Denial) -> re.Pattern[str] | None:
    """What the question says in other words for that something is not there, in either language."""
    lexical = selection.library.lexical
    parts = []
    for said in re.split(r"[,/·]", asked.also):
        spelled = [
            "(?:" + "|".join(map(re.escape, (word, *lexical.translations(fold_word(word))))) + ")"
            for word in re.findall(r"\w+", said.casefold())
        ]
        if spelled:
            parts.append(r"[\s-]?".join(spelled))
    return re.compile("|".join(parts)) if parts else None


def _title(paper: Paper) -> Passage:
    return Passage(paper.arxiv_id, "", 0, 0, paper.title)


def _on_topic(selection: Selection, hits: list[Hit], topic: str) -> list[Hit]:
    lexical, things = selection.library.lexical, only_nouns(topic)
    told = [(lexical.coverage(things, document(hit.paper)), hit) for hit in hits]
    return [hit for share, hit in told if share is None or share >= ON_TOPIC]


def _with(selection: Selection, paper: Paper, shown: Passage, weights: dict[str, float]) -> Point:
    """What a paper does, and the sentence that shows the condition where that is another one."""
    told = choosing.telling(paper, weights, selection.library)
    if not shown.section or any(p.start == shown.start and p.section == shown.section for p in told):
        return Point(paper, told)
    return Point(paper, (shown,))


def _plan(
    selection: Selection, points: list[Point], lead: str, count: int | None = None
) -> AnswerPlan | None:
    """The points below a phrase that counts them, or what else it counts."""
    if not points:
        return None
    said = words(selection.query.language)[lead].format(count=len(points) if count is None else count)
    return AnswerPlan((Group(tuple(points)),), lead=said)
