"""A question taken apart: its dates, votes, authors, names, and what is left.

Knows: what is masked before what, and which text is only pasted in.
Does not know: how authors are asked for (`asked_authors`), which papers it is about, or what kind it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from rag_app.collection import respelling
from rag_app.collection.library import Dictionary
from rag_app.collection.name_book import NameBook, Named
from rag_app.collection.paper_names import TITLE_HEAD
from rag_app.lang import count_letters, other_scripts
from rag_app.lang.wording import matched_group
from rag_app.records import Fact, Filters
from rag_app.search import (
    asked_authors,
    dates,
    kinds,
    names,
    open_patterns,
    patterns,
    record_patterns,
    stated_conditions,
)
from rag_app.text import sentences, transliteration
from rag_app.text.spans import after_ending, masked
from rag_app.text.terms import HANGUL, WORD, fold_word, tagged

LONG_QUOTE = re.compile(r"[\"“”「『\[]([^\"“”」』\[\]]{30,})[\"“”」』\]]")
# Around what is told to a model, and asked by nobody.
MARKED_UP = re.compile(
    r"<(system|instructions?|prompt|assistant|user|document|context)>.*?</\1>", re.DOTALL | re.IGNORECASE
)
QUOTED = re.compile(r"[\"“”「『][^\"“”」』]+[\"“”」』]")
QUESTION_MARKS = ("?", "？")
BEFORE_SIGN = re.compile(r"\s+(?=[.,;:!?])")
LETTER = re.compile(r"[^\W\d_]")
ADVERBS = {"MAG", "MAJ", "IC"}  # of Kiwi: "좀", "싹" and "딱" name no topic
SHORTEST = 10  # characters of a question, beside the text pasted into it


@dataclass(frozen=True, slots=True)
class OfMany:
    """What a question asks of many papers at once."""

    fact: Fact  # what of them, or in which order of days
    each: Fact  # ranked within each of the days, weeks, months or years
    unrecorded: str  # by what no digest judges papers: "most cited"
    recent: bool  # papers of late are asked for, whatever of them


@dataclass(frozen=True, slots=True)
class QuestionParts:
    """A question taken apart; `rest` is what is left of it without dates, votes, authors and what is
    asked of many at once.
    """

    question: str
    filters: Filters
    dates: dates.Dates
    of_many: OfMany
    named: Named
    rest: str
    terms: tuple[str, ...]  # content terms of `rest` without the names
    unknown_author: str = ""
    notes: tuple[str, ...] = ()
    marks: tuple[tuple[tuple[int, int], str], ...] = ()  # where it names days, votes and authors


def read(question: str, dictionary: Dictionary, day_before: str = "") -> QuestionParts:
    """Take a question apart, each part masked before the next is looked for; a month without a year is that
    of the `day_before`, an ISO day that the turn before told of.
    """
    released, public = _released(question, dictionary)
    # "from 2025 release code": a day stands before what is no word of its own.
    found = dates.find(masked(question, public), dictionary.papers.last_day, day_before)
    rest = masked(question, [*public, *found.spans])
    titled, spans = stated_conditions.in_title(rest)
    rest = masked(rest, spans)
    votes, voted = stated_conditions.votes(rest)
    of_many, rest = _of_many(masked(rest, voted), dictionary)
    if found.periods:  # "vs" stands between them, and not between papers
        rest = masked(rest, [match.span() for match in patterns.SIDE_BY_SIDE.finditer(rest)])
    authors, spans, unknown_author = asked_authors.named(rest, dictionary.papers)
    any_author, surnames = (
        ((), []) if authors or unknown_author else asked_authors.by_surname(rest, dictionary.papers)
    )
    spans = [*spans, *surnames]
    if unknown_author and _is_paper(unknown_author, dictionary):  # "When did Dup Alpha appear?"
        spans, unknown_author = [], ""
    marks = [
        *((span, kinds.DAY) for span in found.spans),
        *((span, kinds.VOTES) for span in voted),
        *((span, kinds.AUTHOR) for span in spans),
    ]
    rest = masked(rest, spans)
    named = _named(rest, dictionary)
    filters = Filters(
        days=found.days,
        since=found.since,
        until=found.until,
        authors=authors,
        any_author=any_author,
        titled=titled,
        released=released,
        **votes,
    )
    without_names = masked(rest, [(m.span[0], after_ending(rest, m.span[1])) for m in named.mentions])
    terms = tuple(
        t
        for t in dictionary.lexical.own_terms(without_names)
        if t not in patterns.ABOUT_PAPERS and not t.isdigit()
    )
    if authors or titled or votes or any_author:
        terms = _telling(terms, without_names, dictionary)
    return QuestionParts(
        question,
        filters,
        found,
        of_many,
        named,
        rest,
        terms,
        unknown_author=unknown_author,
        notes=_assumed(found, named),
        marks=tuple(marks),
    )


def _telling(terms: tuple[str, ...], rest: str, dictionary: Dictionary) -> tuple[str, ...]:
    """The terms without everyday words that name no topic, which stand beside conditions: "X is on which of
    the papers you hold", and not "dance papers".
    """
    morphemes = tagged(rest) if HANGUL.search(rest) else ()
    adverbs = {one.form for one in morphemes if one.tag in ADVERBS}
    terms = tuple(term for term in terms if term not in adverbs)
    topics = [matched_group(match) for match in patterns.ON_TOPIC.finditer(rest)]
    before_papers = (rest[: match.start()].split()[-1:] for match in patterns.PAPERS.finditer(rest))
    kept = set(dictionary.lexical.own_terms(" ".join([*topics, *chain.from_iterable(before_papers)])))
    return tuple(term for term in terms if term in kept or not dictionary.lexical.is_everyday(term))


def _of_many(rest: str, dictionary: Dictionary) -> tuple[OfMany, str]:
    """What is asked of many papers at once, and the text without it."""
    of_papers = patterns.PAPERS.search(rest) or patterns.AMONG.search(rest)
    judged = record_patterns.UNRECORDED.search(rest) if of_papers else None
    rest = masked(rest, [judged.span()] if judged else [])
    ranked = (
        judged or record_patterns.ranking(rest) or record_patterns.of_table(rest)[0] in record_patterns.BY_DAY
    )
    each, spans = record_patterns.each(rest) if ranked else (Fact.NONE, [])
    rest = masked(rest, spans)
    fact, spans = record_patterns.of_table(rest)
    if fact in record_patterns.OF_MANY and _is_of_one(rest, fact, dictionary):
        fact, spans = Fact.NONE, []
    rest = masked(rest, [(start, after_ending(rest, end)) for start, end in spans])
    recent = [] if fact else [match.span() for match in patterns.RECENTLY.finditer(rest)]
    asked = OfMany(fact, each, judged[0] if judged else "", bool(recent))
    return asked, masked(rest, recent)


def _named(rest: str, dictionary: Dictionary) -> Named:
    """The names in a question but those in what asks for a summary: "tl;dr" and "ELI5" are papers, too."""
    found = names.find(rest, dictionary)
    summing = [match.span() for match in patterns.SUMMING.finditer(rest)]
    said = {rest[start:end].strip() for start, end in summing}
    kept = tuple(
        one for one in found.mentions if not any(a <= one.span[0] and one.span[1] <= b for a, b in summing)
    )
    return Named(kept, tuple(name for name in found.unknown if not any(name in one for one in said)))


def _assumed(found: dates.Dates, named: Named) -> tuple[str, ...]:
    """What names and relative dates were taken for, and a date that cannot be."""
    notes = [f"{m.typed} → {m.taken_for}" for m in named.mentions if m.taken_for]
    if found.relative:
        meant = ", ".join(found.days) or f"{found.since} – {found.until}"
        notes.append(f"{found.relative} = {meant}")
    if found.impossible:
        notes.append(found.impossible)
    return tuple(notes)


def _released(rest: str, dictionary: Dictionary) -> tuple[tuple[str, ...], list[tuple[int, int]]]:
    """What is asked to be public of many papers; whether one paper's is, its digest is asked."""
    kinds, spans = stated_conditions.released(rest)
    of_many = (patterns.PAPERS, patterns.LISTING, patterns.AMONG, open_patterns.OF_THOSE, open_patterns.ONLY)
    if not kinds or not any(pattern.search(rest) for pattern in of_many):
        return (), []
    return ((), []) if names.find(masked(rest, spans), dictionary).mentions else (kinds, spans)


def _is_of_one(rest: str, of_table: Fact, dictionary: Dictionary) -> bool:
    """Whether what is asked of many papers elsewhere is asked of a named one: "how many votes did X get in
    total?"; "of the papers on X" is asked of many.
    """
    if of_table is Fact.AUTHORS or patterns.PAPERS.search(rest):
        return False
    return bool(names.find(rest, dictionary).mentions)


def without_pasted_text(question: str, names: NameBook) -> str:
    """The question without long quotations, where they are from, and that they are to be left
    aside: pasted text is not what is asked. A quoted title stays, in whatever capitals if it is one of ours.
    """
    question = MARKED_UP.sub(" ", question).strip() or question
    pasted = [m.span() for m in LONG_QUOTE.finditer(question) if not (names.called(m[1]) or _is_title(m[1]))]
    if not pasted:
        return question
    before, *others = _around(question, pasted)
    after = " ".join(patterns.ASIDE.sub("", part, 1) for part in others)
    candidates = (f"{patterns.INTRODUCTION.sub('', before)} {after}".strip(), f"{before} {after}".strip())
    return next((text for text in candidates if len(text) >= SHORTEST), question)


def without_courtesies(question: str) -> str:
    """The question without greetings, excuses, thanks and chat: "I was wondering whether", "알려 주시면
    감사하겠습니다". One that is nothing else stays as it is.
    """
    if QUOTED.search(question):  # a word that is quoted is meant
        return question
    asked = question
    while (rest := patterns.COURTESIES.sub(" ", asked)) != asked:  # behind "Hi there!" stands "Sorry to …"
        asked = " ".join(BEFORE_SIGN.sub("", rest).split()).strip(" ,，、").lstrip(".:;!? ")
    return asked if LETTER.search(asked) else question


def asked_alone(question: str) -> str:
    """The question without the sentences told before it ("I use X at work."), where it does not point back to
    them and they set no condition; else as it is.
    """
    spans = sentences.split(question)
    start = next((begin for begin, end in spans if question[:end].rstrip().endswith(QUESTION_MARKS)), 0)
    told, asked = question[:start], question[start:]
    pointing = patterns.POINTING.search(asked.rpartition(": ")[2])  # "이거 하나만: …" points to what it asks
    return question if pointing or patterns.SUPPOSING.search(told) else asked


def respelled(parts: QuestionParts, dictionary: Dictionary) -> tuple[str, tuple[str, ...]]:
    """The question with what is mistyped as it was meant, and a note of each such word. Names are not looked
    at: a word with capitals may be a model that no paper is about.
    """
    question, notes = _with_abbreviations(parts.question, dictionary)
    papers_with = dictionary.lexical.document_frequencies
    for match in reversed(list(WORD.finditer(question))):
        typed = match[0].islower() or (match.start() == 0 and match[0].istitle())
        if not typed or fold_word(match[0]) not in parts.terms:
            continue
        meant = respelling.respelled(match[0].casefold(), papers_with)
        if meant:
            question = f"{question[: match.start()]}{meant}{question[match.end() :]}"
            notes.insert(0, f"{match[0]} → {meant}")
    return question, tuple(notes)


def _with_abbreviations(question: str, dictionary: Dictionary) -> tuple[str, list[str]]:
    """The question with abbreviations in letters that are written as they are read, and a note of each:
    "알엘에이치에프" is RLHF where digests speak of that and not of the Korean word.
    """
    notes: list[str] = []
    for start, end in reversed(dictionary.lexical.rare_nouns(question)):
        letters = transliteration.spelled_out(question[start:end])
        if letters and dictionary.lexical.papers_with(fold_word(letters)):
            notes.insert(0, f"{question[start:end]} → {letters}")
            question = f"{question[:start]}{letters}{question[end:]}"
    return question, notes


def _around(text: str, spans: Sequence[tuple[int, int]]) -> list[str]:
    """What is left of a text before, between and after these spans."""
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(text)]
    return [text[end:start] for end, start in zip(ends, starts, strict=True)]


def _is_title(text: str) -> bool:
    capitals = [word for word in text.split() if word[:1].isupper()]
    return (
        not re.search(r"[.!]\s|[.!]$|:.*:", text)
        and len(capitals) >= len(text.split()) / 2
        and not count_letters(text, other_scripts())
    )


def _is_paper(name: str, dictionary: Dictionary) -> bool:
    """Whether a title begins with the name."""
    found = dictionary.names.find(name, dictionary.lexical.knows, dictionary.papers.has)
    return any(mention.firmness == TITLE_HEAD for mention in found.mentions)
