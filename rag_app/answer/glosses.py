"""Glosses: sentences of digests in the reader's language, written by the model and checked.

Knows: that glosses are made side by side, kept on disk, tried twice, and that a sentence without one
that passes stands as it is.
Does not know: how a prompt is worded (`answer.prompting`), what a check is (`answer.verification`),
where glosses are shown. A gloss is never a quote: citations point to the sentence it translates.
"""

from __future__ import annotations

import threading
from collections.abc import Generator as Yields
from collections.abc import Sequence
from dataclasses import dataclass

from rag_app.answer import prompting, term_check, verification
from rag_app.answer.gloss_cache import GlossCache, key_of
from rag_app.answer.readable import names_and_figures
from rag_app.collection.library import Library
from rag_app.home import Home
from rag_app.lang import LANGUAGES, language_of, reads_as
from rag_app.llm.protocol import Generator
from rag_app.records import Answer, Intent, Passage
from rag_app.text.cleaning import clean_line, without_echoes
from rag_app.text.length import word_count

LEAST_WORDS = 2  # of a gloss that says anything
CHECKS = "3"  # another number where the checks change: glosses that passed others are made anew


@dataclass(frozen=True, slots=True)
class Gloss:
    """How far the gloss of a passage has come: `text` is not to be shown as checked before it is
    `finished`, and is empty then if none passed.
    """

    index: int  # of the passage
    text: str
    finished: bool


def wanted(text: str, language: str) -> bool:
    """Whether a reader of the language needs a gloss of the text, and one can be made."""
    return bool(text.strip()) and not reads_as(text, language) and bool(LANGUAGES[language].prompts.translate)


def translated(answer: Answer) -> set[str]:
    """The quotes that the answer's sentences say in its own language."""
    if answer.intent in {Intent.LIST, Intent.METADATA}:  # their sentences are titles
        return set()
    return {
        support.quote
        for sentence in answer.sentences
        for support in sentence.support
        if sentence.supported and clean_line(support.quote) not in sentence.text
    }


def unread(answer: Answer) -> list[tuple[int, Passage]]:
    """The quotes of an answer that its reader needs glosses of, with the numbers that cite them."""
    said = translated(answer)
    return [
        (c.n, Passage(c.arxiv_id, c.section, c.start, c.end, c.quote))
        for c in answer.citations
        if answer.intent is not Intent.METADATA and c.quote not in said and wanted(c.quote, answer.language)
    ]


def known(passages: Sequence[Passage], language: str, library: Library, model: str) -> dict[int, str]:
    """Place of the passage -> its gloss, of those that are held; an empty text where none passed."""
    keys = {place: _key(p, language, model) for place, p in enumerate(passages) if wanted(p.text, language)}
    held = _cache(library).found(list(keys.values()))
    return {place: without_echoes(held[key]) for place, key in keys.items() if key in held}


def glosses(
    passages: Sequence[Passage],
    language: str,
    library: Library,
    generator: Generator,
    *,
    stop: threading.Event | None = None,
) -> Yields[Gloss, None, None]:
    """Yield the gloss of each passage that needs one, while it is written and when it has ended: those
    that are held at once, others side by side. Each passage ends once unless `stop` is set. Raises
    EngineError.
    """
    stop = stop or threading.Event()
    held = known(passages, language, library, generator.model)
    yield from (Gloss(place, text, finished=True) for place, text in held.items())
    left = [place for place, p in enumerate(passages) if place not in held and wanted(p.text, language)]
    work = _Work(passages, language, library, generator, stop)
    left = yield from _tried(work, left, exact=False)
    left = yield from _tried(work, left, exact=True)
    if not stop.is_set():
        for place in left:
            yield _ended(work, place, "")


@dataclass(frozen=True, slots=True)
class _Work:
    passages: Sequence[Passage]
    language: str
    library: Library
    generator: Generator
    stop: threading.Event


def _tried(work: _Work, places: Sequence[int], *, exact: bool) -> Yields[Gloss, None, list[int]]:
    """Translate the passages at these places; those whose translation does not pass are returned."""
    prompts = [
        prompting.translation(
            work.passages[place],
            0,
            work.language,
            work.generator.count_tokens,
            keep=_kept(work, place) if exact else (),
        )
        for place in places
    ]
    texts = [""] * len(places)
    passed: set[int] = set()
    for number, piece in work.generator.stream_batch([p.request for p in prompts], stop=work.stop):
        texts[number] += piece
        place, text = places[number], without_echoes(texts[number].strip())
        if piece:
            yield Gloss(place, text, finished=False)
        elif _passes(work, place, text):
            passed.add(place)
            yield _ended(work, place, text)
    return [place for place in places if place not in passed]


def _kept(work: _Work, place: int) -> tuple[str, ...]:
    """The names, figures and terms that a translation must say."""
    text = work.passages[place].text
    kept = names_and_figures(text, work.language)
    own = term_check.terms(text, work.language, work.library)
    said = " ".join(kept).casefold()
    return (*kept, *(term for term in own if term not in said))


def _passes(work: _Work, place: int, text: str) -> bool:
    passage = work.passages[place]
    paper = work.library.snapshot.papers.get(passage.arxiv_id)
    if word_count(text) < LEAST_WORDS:
        return False
    checked = verification.check_translation(text, 1, passage, paper, work.library)
    return checked.supported and language_of(text) == work.language


def _ended(work: _Work, place: int, text: str) -> Gloss:
    """The gloss of a passage as it will stand, kept."""
    key = _key(work.passages[place], work.language, work.generator.model)
    _cache(work.library).keep(key, text)
    return Gloss(place, text, finished=True)


def _cache(library: Library) -> GlossCache:
    return GlossCache(Home(library.settings.home).glosses)


def _key(passage: Passage, language: str, model: str) -> bytes:
    prompts = LANGUAGES[language].prompts
    return key_of(passage.text, model, f"{language}\n{CHECKS}\n{prompts.translator}\n{prompts.translate}")
