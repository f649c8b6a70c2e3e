"""Checked sentences -> the text of the answer.

Knows: what is shown where the model wrote something supported, where nothing it wrote was, and
without a model: prose, the quotes beneath, the table of a comparison, or a refusal.
Does not know: how the sentences were drafted (`answer.drafting`), or when one is
supported (`answer.verification`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag_app.answer import templates, verification
from rag_app.answer.readable import names_and_figures, telling
from rag_app.answer.selection import Selection, asks_for_the_whole, certain, decides, things_asked
from rag_app.answer.templates import Composed
from rag_app.lang import LANGUAGES, count_letters, language_of
from rag_app.records import Hit, Intent, Paper, Passage, Sentence
from rag_app.text import numbers
from rag_app.text.cleaning import clean_line, escape_markdown

QUOTED = 2  # sentences that stand as the answer, and one for each of several things that are asked
QUOTED_SIDE = 2  # sentences for a side of a comparison of which the model says nothing
FEW_LETTERS = 9  # a reply of more says what its figure is of
MOSTLY = 0.4  # share of its own letters below which a sentence is mostly names
LATIN = re.compile(r"[A-Za-z]")


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One line of a draft: the place of the paper it cites, and its checked sentences."""

    place: int
    sentences: tuple[Sentence, ...]


def assembled(selection: Selection, hits: Sequence[Hit], lines: Sequence[DraftLine]) -> Composed:
    if selection.query.intent is Intent.COMPARE:
        return _comparison(selection, hits, lines)
    line = next((line for line in lines if tells(selection, line)), None)
    if line is None:
        return _nothing_said(selection, hits, lines)
    hit = hits[line.place]
    kept = [s for s in line.sentences if s.supported]
    prose = " ".join(escape_sentence(s.text) for s in kept)
    if _mostly_names(prose, selection.query.language):
        prose = templates.words(selection.query.language)["by_digest"] + prose
    lead = "" if selection.named else f"{templates.title_of(hit.paper)} [1]\n\n"
    # A bare figure whose sentence could not be translated is shown with the sentence itself.
    quotes = quote_lines(kept, "" if bare(line, hit.paper) else selection.query.language)
    return Composed(lead + prose + ("\n\n" + quotes if quotes else ""), (hit,), line.sentences)


def _mostly_names(prose: str, code: str) -> bool:
    """Whether a sentence has so few letters of its own language beside names, which are in Latin ones,
    that a reader takes it for another; never where its own are Latin.
    """
    own, latin = count_letters(prose, LANGUAGES[code].script), len(LATIN.findall(prose))
    return own < MOSTLY * (own + latin)


def tells(selection: Selection, line: DraftLine) -> bool:
    """Whether a sentence of the line is supported, and one holds a figure where a figure is asked for."""
    supported = [
        verification.MARKER.sub(" ", sentence.text) for sentence in line.sentences if sentence.supported
    ]
    return any(numbers.values_of(text) for text in supported) if selection.wants_number else bool(supported)


def _quotable(selection: Selection, hit: Hit) -> tuple[Passage, ...]:
    """The digest's best sentences to stand as the answer; one asked for a figure must hold a figure."""
    if parts := things_asked(selection, hit):
        return hit.passages[: max(QUOTED, len(parts))]
    if decided := decides(selection, hit):
        return (decided,)
    if selection.asks_for_number_of_named:
        return tuple(passage for passage in hit.passages if numbers.quantities(passage.text))[:QUOTED]
    return hit.passages[:QUOTED] or (templates.first_passage(hit.paper),)


def standing_in(selection: Selection, hits: Sequence[Hit], lines: Sequence[DraftLine]) -> tuple[Passage, ...]:
    """The digest's sentences that answer where nothing of the `lines` does: of a named paper those that are
    likely enough to. A search has its first paper: that papers are about it was found before, and that a
    small model fails to put the paper into words tells nothing against it.
    """
    if selection.query.intent is Intent.COMPARE:
        return ()
    if not selection.named:
        return _quotable(selection, hits[0])
    return certain(selection, hits[0], next((s.text for line in lines for s in line.sentences), ""))


def bare(line: DraftLine, paper: Paper) -> tuple[Passage, ...]:
    """The sentences of the digest behind a reply that is little more than a figure: it says not of what."""
    kept = [sentence for sentence in line.sentences if sentence.supported]
    text = verification.MARKER.sub(" ", " ".join(sentence.text for sentence in kept))
    if sum(map(str.isalpha, text)) >= FEW_LETTERS or not numbers.values_of(text):
        return ()
    supports = dict.fromkeys(support for sentence in kept for support in sentence.support)
    return tuple(Passage(paper.arxiv_id, one.section, one.start, one.end, one.quote) for one in supports)


def _nothing_said(selection: Selection, hits: Sequence[Hit], lines: Sequence[DraftLine]) -> Composed:
    """Nothing passed the checks: the digest may still answer, anything else is refused."""
    if selection.stop.is_set() and not lines:
        return templates.refusal(selection.query, selection.evidence, "stopped")
    if passages := standing_in(selection, hits, lines):
        return _quoted(selection, hits[0], passages)
    return not_in_digest(selection, hits)


def with_another(selection: Selection, composed: Composed, hits: Sequence[Hit]) -> Composed:
    """The answer to a search, and the next of `hits` (best first) beneath it: where there are more than one,
    none is so far ahead that another may not be meant. It is cited by a sentence that the text does not say.
    """
    shown = {hit.paper.arxiv_id for hit in composed.hits}
    other = next((hit for hit in hits if hit.paper.arxiv_id not in shown), None)
    if composed.refused or other is None:
        return composed
    n = len(composed.hits) + 1
    best = other.passages[0] if other.passages else templates.first_passage(other.paper)
    may_be = templates.words(selection.query.language)["may_be"]
    line = may_be.format(title=templates.title_of(other.paper), n=n)
    return replace(
        composed,
        text=f"{composed.text}\n\n{line}",
        hits=(*composed.hits, other),
        sentences=(*composed.sentences, verification.quote(best, n)),
    )


def not_in_digest(selection: Selection, hits: Sequence[Hit]) -> Composed:
    """The digests of the named papers do not say it."""
    titles = [clean_line(hit.paper.title.partition(":")[0]) for hit in hits]
    return templates.refusal(selection.query, selection.evidence, "not_in_digest_of", names=titles)


def _comparison(selection: Selection, hits: Sequence[Hit], lines: Sequence[DraftLine]) -> Composed:
    """A line of prose for each paper where one passed, and the table of the digests' own sentences."""
    written = {line.place: [s for s in line.sentences if s.supported] for line in lines}
    prose: list[str] = []
    checked: list[Sentence] = []
    for place, hit in enumerate(hits):
        best = hit.passages[:QUOTED_SIDE] or (templates.first_passage(hit.paper),)
        kept = written.get(place) or [
            verification.quote(one, place + 1, one.text or hit.paper.title) for one in best
        ]
        checked += kept
        own_words = bool(written.get(place)) or language_of(kept[0].text) == selection.query.language
        held = "" if own_words else _held(selection, hit, best)
        body = (
            " ".join(escape_sentence(s.text) for s in kept) if own_words else f"{held} [{place + 1}]".strip()
        )
        prose.append(f"- **{escape_markdown(clean_line(hit.paper.title.partition(':')[0]))}**: {body}")
    table = templates.comparison_table(hits, templates.comparison(hits), selection.query.language)
    return Composed("\n".join([*prose, "", table]), tuple(hits), tuple(checked))


def extracted(selection: Selection, hits: Sequence[Hit]) -> Composed:
    """The answer without the model: the best digest sentences, word for word."""
    if selection.query.intent is Intent.COMPARE:
        return _comparison(selection, hits, [])
    hit = hits[0]
    passages = _quotable(selection, hit)
    return _quoted(selection, hit, passages) if passages else _nothing_said(selection, hits, [])


def _quoted(selection: Selection, hit: Hit, passages: Sequence[Passage]) -> Composed:
    """Sentences of a digest, word for word, as the answer."""
    checked = tuple(verification.quote(passage, 1) for passage in passages)
    if all(language_of(p.text) == selection.query.language for p in passages):
        nearest = (
            [templates.words(selection.query.language)["nearest_said"]] if _is_nearest(selection, hit) else []
        )
        body = " ".join(escape_sentence(s.text) for s in checked)
        return Composed("\n\n".join([templates.title_of(hit.paper), *nearest, body]), (hit,), checked)
    return Composed(
        "\n".join([_lead(selection, hit, passages), "", quote_lines(checked, "")]), (hit,), checked
    )


def _lead(selection: Selection, hit: Hit, passages: Sequence[Passage]) -> str:
    """What stands before quotes in another language: the paper that was looked for, or what its readers
    can make of them.
    """
    phrases = templates.words(selection.query.language)
    held = _held(selection, hit, passages)
    if not selection.named:
        lead = phrases["paper_is"].format(n=1, title=templates.title_of(hit.paper))
        told = phrases["quoted_with"].format(n=1, held=held) if held and selection.wants_number else ""
        return "\n\n".join(filter(None, [lead, told]))
    said = phrases["quoted_with"] if held else phrases["quoted"]
    nearest = [phrases["nearest_said"]] if _is_nearest(selection, hit) else []
    return "\n\n".join([templates.title_of(hit.paper), *nearest, said.format(n=1, held=held)])


def _is_nearest(selection: Selection, hit: Hit) -> bool:
    """Whether sentences of a named paper are the nearest to a question, and may not answer it."""
    fact = selection.named and not asks_for_the_whole(selection)
    return fact and not decides(selection, hit) and not certain(selection, hit)


def _held(selection: Selection, hit: Hit, passages: Sequence[Passage]) -> str:
    """The names and figures of a digest's sentences in another language, as Markdown; not the paper's own."""
    own = clean_line(hit.paper.title.partition(":")[0])
    told = (part for p in passages for part in names_and_figures(p.text, selection.query.language))
    parts = [part for part in told if part != own]
    return escape_markdown(", ".join(dict.fromkeys(telling(parts) if selection.wants_number else parts)))


def escape_sentence(text: str) -> str:
    """A sentence as Markdown; its `[n]` markers stay."""
    return re.sub(r"\\\[(\d+)\\\]", r"[\1]", escape_markdown(text))


def quote_lines(checked: Sequence[Sentence], language: str) -> str:
    """The supporting digest sentences as `>` lines, where they are in another language than the answer."""
    quotes = dict.fromkeys(support.quote for sentence in checked for support in sentence.support)
    shown = [quote for quote in quotes if language_of(quote) != language]
    return "\n>\n".join(f"> {escape_markdown(clean_line(quote))}" for quote in shown)
