"""Whether a digest says that a thing which must not be is there, is not, or nothing of it.

Knows: how digests say a thing and that it is not needed, in whatever spelling or language. Does not know:
which papers are judged, or what becomes of a verdict (`answer.plans.condition`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum

from rag_app.collection.bm25 import LexicalIndex
from rag_app.collection.library import Library
from rag_app.collection.paper_names import shaped
from rag_app.records import Paper, Passage
from rag_app.search import open_patterns, passages
from rag_app.search.open_patterns import Denial
from rag_app.search.topic import parts
from rag_app.text.terms import fold_word

WELL_KNOWN = 40  # papers that say a term from which on its other spellings are known
# Share of a word's translations, and papers with it, that make a term of the field; share of one that is
# hardly translated otherwise.
USUAL, OFTEN, MOSTLY = 0.3, 20, 0.5


class Verdict(IntEnum):
    """What a digest says to a condition."""

    FAILS = 0
    UNSAID = 1
    HOLDS = 2


def judge(
    library: Library, paper: Paper, asked: Denial, said: Sequence[str], *, titled: bool = True
) -> tuple[Verdict, Passage | None]:
    """(whether the digest, or where `titled` the title, shows that `asked.what` is not there, the sentence
    that shows it); `said` are its words.
    """
    if not said:
        return Verdict.UNSAID, None
    spelled = "|".join(map(_as_written, said))
    absent = re.compile(
        rf"(?:{spelled})(?:\([\w -]+\))?(?:{open_patterns.DENYING.pattern})"
        rf"|(?:{open_patterns.DENYING_BEFORE.pattern})\s?(?:\w+ ){{0,2}}?(?:{spelled})",
        re.IGNORECASE,
    )
    outdone = re.compile(
        rf"(?:{spelled})(?:{open_patterns.OUTDONE.pattern})"
        rf"|(?:{open_patterns.OUTDONE_BEFORE.pattern})\s?(?:[\w-]+ ){{0,3}}?(?:{spelled})",
        re.IGNORECASE,
    )
    says = re.compile(spelled, re.IGNORECASE)
    also = _also(library, asked)
    mentioned: Passage | None = None
    for passage in (*([_title(paper)] if titled else []), *passages.whole(paper)):
        text = passage.text.casefold()
        match = absent.search(text)
        if (match and not _is_another_thing(library, text[: match.start()])) or (also and also.search(text)):
            return Verdict.HOLDS, passage
        if says.search(outdone.sub(" ", text)):
            mentioned = passage
    return (Verdict.FAILS, mentioned) if mentioned else (Verdict.UNSAID, None)


def _as_written(word: str) -> str:
    """A pattern of a word as digests write it: apart or together, and in Latin letters by itself ("rl" is not
    in "world").
    """
    written = re.escape(word).replace(r"\ ", r"[\s-]?")
    return rf"(?<![a-z]){written}(?:e?s)?(?![a-z])" if word.isascii() else written


def words_for(library: Library, asked: Denial) -> list[str]:
    """How digests say each thing that must not be; "X-free" beside it says X, too."""
    split = parts(asked.what, library.spellings)
    things = [" ".join(phrases) for part in split for phrases in part.alternatives] or [asked.what]
    said = [word for thing in things for word in _words_of(library, thing)]
    said += [word for short in open_patterns.FREE.findall(asked.also) for word in _words_of(library, short)]
    return [word for word in dict.fromkeys(said) if len(word) > 1]


def _words_of(library: Library, thing: str) -> list[str]:
    """The spellings of a thing, where it is a known term of several words or a name, else its head and the
    translations of that.
    """
    lexical, spellings = library.lexical, library.spellings
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


def _is_another_thing(library: Library, before: str) -> bool:
    """Whether the word before a thing makes it another one: "supervised learning" is not all learning.
    Such words have an English name in the digests' glossary.
    """
    words_before = before.split()
    if not words_before:
        return False
    lexical = library.lexical
    return any(
        targets.get(words_before[-1], 0.0) >= USUAL and lexical.papers_with(word) >= OFTEN
        for word, targets in lexical.glossary.items()
    )


def _also(library: Library, asked: Denial) -> re.Pattern[str] | None:
    """What the question says in other words for that something is not there, in either language."""
    lexical = library.lexical
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
