"""The leading sentence of an answer: what its points say, in a few words each.

Knows: which points it sums up, that each of its phrases rests on one checked sentence, that the model writes
them where it was seen to do it well (tried twice; one that fails its check is left out), and that they are a
part of their sentence elsewhere. Does not know: how a prompt is worded (`answer.prompting`), what a check is
(`answer.verification`), or what code says where nothing leads (`answer.plans`).

Small models that sum up several papers at once mix them up. So a phrase is written of one sentence alone, and
code joins the phrases.
"""

from __future__ import annotations

from collections.abc import Generator as Yields
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag_app.answer import verification
from rag_app.answer.points import AnswerPlan, WrittenPoint
from rag_app.answer.prompting import shortened
from rag_app.answer.selection import Selection
from rag_app.answer.templates import words
from rag_app.answer.trends import GENERIC
from rag_app.collection.paper_names import shaped
from rag_app.lang import LANGUAGES, reads_as
from rag_app.llm.protocol import Generator
from rag_app.records import Checked, Draft, Event, Paper, Sentence
from rag_app.search import open_patterns
from rag_app.text.length import word_count

FEWEST_POINTS = 5  # of an answer that is led: fewer are read as fast as what would sum them up
MOST, LEAST = 4, 2  # phrases
LONGEST = 15  # words of a phrase
SHORTER = 0.95  # share of the characters of its sentence that it may have
TRIES = 2
NEW_TERMS = 2  # of a phrase that says more than the question


@dataclass(frozen=True, slots=True)
class _Source:
    """The checked sentence that a phrase is written of, and its paper."""

    paper: Paper
    sentence: Sentence

    @property
    def text(self) -> str:
        """The sentence without its marker."""
        return verification.MARKER.sub(" ", self.sentence.text).strip()


def drafted(selection: Selection, plan: AnswerPlan) -> bool:
    """Whether the model may lead the answer with a sentence."""
    shortens = bool(LANGUAGES[selection.query.language].prompts.shortener)
    return bool(selection.generator) and shortens and len(plan.points) >= FEWEST_POINTS


def lead(
    selection: Selection, plan: AnswerPlan, written: Sequence[WrittenPoint]
) -> Yields[Event, None, tuple[Sentence, ...]]:
    """The sentence that leads the plan's points as they were written; none where too few phrases pass their
    checks. What is written when the reader stops is kept.
    """
    generator, sources = selection.generator, _sources(plan, written)
    if len(plan.points) < FEWEST_POINTS or len(sources) < LEAST:
        return ()
    if generator and drafted(selection, plan):
        sources = sorted(sources[:MOST], key=lambda source: source.sentence.support[0].n)
        phrases = yield from _shortened(selection, generator, sources)
    else:
        phrases = _parts(selection, sources)
    if len(phrases) < LEAST:
        return ()
    made = _joined(selection, sources, phrases)
    yield Checked(made, leading=True)
    return (made,)


def _sources(plan: AnswerPlan, written: Sequence[WrittenPoint]) -> list[_Source]:
    """The first sentences of the written points that say what their papers do: of the first point of each
    group, then of the second, and so on.
    """
    ranked: list[tuple[int, int]] = []  # (place in its group, place in the answer)
    at = 0
    for group in plan.groups:
        own = range(at, at + len(group.points))
        ranked += enumerate(
            place for place in own if any(map(_says_what_it_does, written[place].sentences[:1]))
        )
        at += len(group.points)
    return [_Source(written[place].point.paper, written[place].sentences[0]) for _, place in sorted(ranked)]


def _says_what_it_does(sentence: Sentence) -> bool:
    return bool(open_patterns.CONTRIBUTING.search(sentence.text))


def _parts(selection: Selection, sources: Sequence[_Source]) -> dict[int, str]:
    """Place of the source -> what its sentence says that the paper brings, in its own words."""
    phrases: dict[int, str] = {}
    for place, source in enumerate(sources):
        part = open_patterns.contributed(source.text)
        if part and len(phrases) < MOST and _passes(selection, part, source):
            phrases[place] = part
    return phrases


def _shortened(
    selection: Selection, generator: Generator, sources: Sequence[_Source]
) -> Yields[Event, None, dict[int, str]]:
    """Place of the source -> the phrase that the model made of its sentence."""
    phrases: dict[int, str] = {}
    failed: dict[int, str] = {}
    for _ in range(TRIES):
        if len(phrases) < LEAST:
            failed = yield from _tried(selection, generator, sources, phrases, failed)
    return phrases


def _tried(
    selection: Selection,
    generator: Generator,
    sources: Sequence[_Source],
    phrases: dict[int, str],
    failed: Mapping[int, str],
) -> Yields[Event, None, dict[int, str]]:
    """Write phrases for the sources that have none, and put those that pass into `phrases`; the others are
    returned.
    """
    left = [place for place in range(len(sources)) if place not in phrases]
    language, count = selection.query.language, generator.count_tokens
    requests = [shortened(sources[place].text, language, count, failed.get(place, "")) for place in left]
    texts = [""] * len(left)
    for number, piece in generator.stream_batch(requests, stop=selection.stop):
        texts[number] += piece
        place = left[number]
        phrase = _inside(texts[number], sources[place])
        if not piece and _passes(selection, phrase, sources[place]):
            phrases[place] = phrase
        elif piece and phrase:
            yield Draft(_joined(selection, sources, phrases | {place: phrase}).text, leading=True)
    return {place: text for place, text in zip(left, texts, strict=True) if place not in phrases}


def _inside(text: str, source: _Source) -> str:
    """A phrase as it stands within a sentence: no full stop, no capital that the word has not elsewhere."""
    phrase = text.strip().rstrip(".")
    first = phrase.partition(" ")[0]
    plain = first[1:].islower() and not shaped(first) and f" {first}" not in source.text
    return first[:1].lower() + phrase[1:] if plain or first == "A" else phrase


def _passes(selection: Selection, text: str, source: _Source) -> bool:
    """Whether a phrase is short, in the reader's language, says more than the question does, and
    nothing but what its sentence says.
    """
    lexical, query = selection.library.lexical, selection.query
    new = set(lexical.own_terms(text)) - set(lexical.own_terms(query.standalone)) - GENERIC
    return (
        word_count(text) <= LONGEST
        and len(text) <= SHORTER * len(source.text)
        and len(new) >= NEW_TERMS
        and reads_as(text, query.language)
        and not (open_patterns.TELLING.search(text) or open_patterns.LEANING.search(text))
        and verification.check_shortened(text, source.sentence, source.paper, selection.library)
    )


def _joined(selection: Selection, sources: Sequence[_Source], phrases: dict[int, str]) -> Sentence:
    """One sentence of the phrases, each followed by the number of its paper, in the order of the answer."""
    supports = {place: sources[place].sentence.support for place in phrases}
    supports = dict(sorted(supports.items(), key=lambda one: one[1][0].n))
    marked = [f"{phrases[place]} [{supports[place][0].n}]" for place in supports]
    *first, last = marked
    text = words(selection.query.language)["among_them"].format(first=", ".join(first), last=last)
    return Sentence(text if first else last, True, tuple(one for held in supports.values() for one in held))
