"""Whether a translation says the terms of its sentence: a small model reads "확산" (diffusion) as expansion.

Knows: which nouns of a sentence the digests themselves translate, and which words may stand for such a
translation: its other forms, and words that mean nearly the same; that a name stays as it is. Does not
know: figures, names that the digest lacks (`answer.verification`), what turns a meaning round
(`answer.meaning`).

Only terms are looked at: a noun that many digests say is an ordinary word, and one that they hardly ever
write beside its English has no settled translation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rag_app.answer.readable import LATIN
from rag_app.collection.library import Library
from rag_app.collection.paper_names import TOKEN, fold, shaped
from rag_app.lang import LANGUAGES, language_of
from rag_app.text.terms import NOUN_TAGS, STOP_WORDS, stem, tagged, words

SETTLED = 0.5  # probability of the noun as the word's translation, from which the digests have settled it
OFTEN = 250  # one paper of so many has the English word, so that the probability is no chance
FEWEST = 2  # papers that do, in a small collection
USUAL = 0.2  # share of the papers with one of the noun's English words that have this one
COMMON = 0.15  # share of the papers that say an ordinary word
VERB_ENDINGS = ("XSV", "XSA")  # "표현하다"
BRACKETS = re.compile(r"[(（][^()（）]*[)）]")
ACRONYM = re.compile(r"[A-Z]{2,}s?")
SHORT_NAME = 3  # letters of a name that other words may hold
ALIKE = 6  # letters that forms of one word begin with: "retrieval", "retrieve"


def terms(original: str, language: str, library: Library) -> tuple[str, ...]:
    """The English of the terms of a sentence in another script, one word for each, that a translation into
    `language` must say; none where that is not written in Latin letters.
    """
    if LANGUAGES[language].script != LATIN:
        return ()
    return tuple(settled[0] for settled in _wanted(original, library).values())


def lost_names(text: str, original: str) -> tuple[str, ...]:
    """The names of a sentence in another script that a translation lacks; what stands in brackets beside its
    translation may go.
    """
    if LANGUAGES[language_of(original)].script == LATIN:
        return ()
    names = [
        one for one in TOKEN.findall(BRACKETS.sub(" ", original)) if shaped(one) or ACRONYM.fullmatch(one)
    ]
    return tuple(one for one in dict.fromkeys(names) if not _has_name(text, one.rstrip("s")))


def _has_name(text: str, name: str) -> bool:
    """Whether a text has a name, a short one not within another word: "RL" is none of "world"."""
    if len(name) > SHORT_NAME:
        return fold(name) in fold(text)
    return bool(re.search(rf"(?<![A-Za-z]){re.escape(name)}(?:s|\b|(?![A-Za-z]))", text, re.IGNORECASE))


def missing(text: str, original: str, library: Library) -> tuple[str, ...]:
    """Those that a translation lacks."""
    if LANGUAGES[language_of(text)].script != LATIN:
        return ()
    said = [word for word in dict.fromkeys(words(text)) if word not in STOP_WORDS and word.isalpha()]
    return tuple(
        settled[0]
        for noun, settled in _wanted(original, library).items()
        if not _is_said([*settled, *library.lexical.sources[noun]], said)
        and not any(library.words.are_alike(word, one) for one in settled for word in said)
    )


def _wanted(original: str, library: Library) -> dict[str, tuple[str, ...]]:
    """Each term of the sentence with the English words that digests write for it, the likeliest first. A noun
    that something is done with is left aside: there are many words for what is done.
    """
    morphemes = tagged(original)
    followed = zip(morphemes, [*morphemes[1:], None], strict=True)
    nouns = dict.fromkeys(
        one.form.casefold()
        for one, after in followed
        if one.tag in NOUN_TAGS and not (after and after.tag in VERB_ENDINGS and after.start == one.end)
    )
    return {noun: settled for noun in nouns if (settled := _settled(noun, library))}


def _settled(noun: str, library: Library) -> tuple[str, ...]:
    """Those of a noun; none for an ordinary word."""
    lexical = library.lexical
    papers = len(lexical.papers)
    if lexical.papers_with(noun) > COMMON * papers:
        return ()
    shares = lexical.sources.get(noun, {})
    weights = {word: share * lexical.papers_with(word) for word, share in shares.items()}
    least, usual = max(FEWEST, papers / OFTEN), USUAL * sum(weights.values())
    found = [
        word
        for word, share in shares.items()
        if share >= SETTLED and lexical.papers_with(word) >= least and weights[word] >= usual
    ]
    return tuple(sorted(found, key=lambda word: -weights[word]))


def _is_said(wanted: Iterable[str], said: Iterable[str]) -> bool:
    """Whether one of the words is said, in any form."""
    forms = {form for word in said for form in _forms(word)}
    return any(not forms.isdisjoint(_forms(word)) for word in wanted)


def _forms(word: str) -> set[str]:
    return {stem(word), *([word[:ALIKE]] if len(word) >= ALIKE else [])}
