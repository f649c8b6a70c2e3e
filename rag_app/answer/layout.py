"""Written points -> the text of the answer: Markdown with `[n]` citations.

Knows: how each form of a plan looks. Does not know: how its points were chosen or written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag_app.answer import groups, templates
from rag_app.answer.points import AnswerPlan, Form, WrittenPoint
from rag_app.answer.readable import names_and_figures
from rag_app.answer.rendering import escape_sentence
from rag_app.answer.selection import Selection
from rag_app.answer.templates import Composed
from rag_app.answer.writing import sentences_of
from rag_app.lang import LANGUAGES
from rag_app.records import Hit, Paper, Query, Reason, Sentence, Why
from rag_app.search.retrieval import OF_MANY
from rag_app.text.cleaning import clean_line, escape_markdown

MOST_KEPT = 8  # names and figures in a cell
LONGEST_HEAD = 100  # characters of a title that stand before a point
# Before a sentence of a digest that was printed from a data structure: "{'Architecture': '", "', 'Data': '".
_LITERAL = re.compile(r"^(?:\\?[\[{]|['\"],)\s*['\"](?:[^'\"]{1,60}['\"]:\s*['\"])?")
_LINKING = re.compile(
    "|".join(part for one in LANGUAGES.values() for part in one.open_questions.linking), re.IGNORECASE
)


def composed(
    selection: Selection, plan: AnswerPlan, written: Sequence[WrittenPoint], leading: Sequence[Sentence] = ()
) -> Composed:
    """The answer; `written` holds the plan's points, in order, `leading` the sentences before them."""
    text = "\n".join(_blocks(selection, plan, written, leading)).strip()
    hits = tuple(Hit(paper, 0.0, why=(Why(Reason.DENSE),)) for paper in plan.papers)
    return Composed(text, hits, (*leading, *sentences_of(written)))


def said(plan: AnswerPlan, written: Sequence[WrittenPoint]) -> str:
    """Running text of what was written in the answer's language, and what code closes with; empty where
    nothing was.
    """
    text = " ".join(_said(one.sentences) for one in written if one.sentences)
    return "\n\n".join(part for part in (text, plan.close) if part)


def _blocks(
    selection: Selection, plan: AnswerPlan, written: Sequence[WrittenPoint], leading: Sequence[Sentence]
) -> Iterator[str]:
    yield from templates.assumptions(_without_names(selection.query))
    if lead := f"{plan.lead} {_said(leading) or plan.outline}".strip():
        yield lead
        yield ""
    if plan.form is Form.TABLE:
        yield from _table(selection.query, plan, written)
    else:
        yield from _grouped(selection, plan, written)
    if plan.close:
        yield ""
        yield plan.close


def _without_names(query: Query) -> Query:
    """The question without the notes on names where it is answered from many papers: whatever a word was
    taken for, it is a part of the subject.
    """
    if query.intent not in OF_MANY:
        return query
    return replace(query, notes=tuple(note for note in query.notes if " → " not in note))


def _grouped(selection: Selection, plan: AnswerPlan, written: Sequence[WrittenPoint]) -> Iterator[str]:
    at = 0
    for group in plan.groups:
        own = written[at : at + len(group.points)]
        if group.name:
            yield f"**{escape_markdown(group.name[:1].upper() + group.name[1:])}**"
            yield ""
        yield from _lines(selection, plan, own, at)
        yield ""
        at += len(group.points)


def _lines(
    selection: Selection, plan: AnswerPlan, written: Sequence[WrittenPoint], before: int
) -> Iterator[str]:
    if plan.form is Form.PROSE and all(one.sentences for one in written):  # quotes are no running text
        yield " ".join(_said(one.sentences) for one in written)
        return
    for place, one in enumerate(written, start=before + 1):
        mark = f"{place}." if plan.form is Form.STEPS else "-"
        yield f"{mark} {_line(selection, plan, one)}"
        yield from (templates.quote_below(mark, escape_sentence(_plain(said))) for said in one.quoted)


def _line(selection: Selection, plan: AnswerPlan, one: WrittenPoint) -> str:
    """What a point says, behind the name of its paper where an answer has several."""
    if plan.form is Form.PARTS:
        return _said(one.sentences) or _number(one)
    said = _alone(_said(one.sentences))
    name = f"**{head_of(one.point.paper)}**{_votes(selection.query, one)}"
    note = f" — {escape_markdown(one.point.note)}" if one.point.note else ""
    return f"{name}: {said}{note}" if said else f"{name} {_number(one)}{note}{_terms(selection, one)}"


def _table(query: Query, plan: AnswerPlan, written: Sequence[WrittenPoint]) -> Iterator[str]:
    phrases = templates.words(query.language)
    yield f"| {phrases['paper']} | {' | '.join(escape_markdown(column) for column in plan.columns)} |"
    yield "|" + "---|" * (len(plan.columns) + 1)
    at = 0
    for group in plan.groups:
        cells = [_cell(one, query.language) for one in written[at : at + len(group.points)]]
        yield f"| **{head_of(group.points[0].paper)}** | {' | '.join(cells)} |"
        at += len(group.points)


def _cell(one: WrittenPoint, language: str) -> str:
    """What fills a cell; of a sentence that its readers cannot read, the names and figures it holds."""
    head = one.point.paper.title.partition(":")[0]
    kept = [
        [part for part in names_and_figures(_plain(sentence), language) if part not in head][:MOST_KEPT]
        for sentence in one.quoted
    ]
    listed = [f"{escape_markdown(', '.join(parts))} {_number(one)}".strip() for parts in kept]
    said = " ".join(part for part in (_alone(_said(one.sentences)), *listed) if part)
    return said or templates.words(language)["not_in_digest"]


def _said(sentences: Sequence[Sentence]) -> str:
    return " ".join(escape_sentence(sentence.text) for sentence in sentences)


def _alone(text: str) -> str:
    """What stands out of its digest's order, without words that link it to the sentence before it there."""
    rest = _LINKING.sub("", _LITERAL.sub("", text), count=1)
    first = rest.partition(" ")[0]
    return rest[:1].upper() + rest[1:] if rest != text and first.islower() else rest


def _plain(sentence: Sentence) -> str:
    """A quoted sentence without its marker, which stands before it."""
    return sentence.text.rpartition(" [")[0]


def _number(one: WrittenPoint) -> str:
    numbers = {support.n for sentence in one.quoted for support in sentence.support}
    return "".join(f"[{n}]" for n in sorted(numbers))


def _terms(selection: Selection, one: WrittenPoint) -> str:
    """The digest's terms in Latin letters, for readers who cannot read its sentence."""
    terms = groups.key_terms(one.point.paper, selection.library)
    return f" — {escape_markdown(', '.join(terms))}" if terms and not one.point.note else ""


def _votes(query: Query, one: WrittenPoint) -> str:
    """The votes of a paper where they decide its place or its being here."""
    paper = one.point.paper
    counts = query.ranking or query.filters.min_votes is not None or query.filters.max_votes is not None
    if not counts or paper.votes is None:
        return ""
    return f" ({templates.votes(templates.words(query.language), paper.votes)})"


def head_of(paper: Paper) -> str:
    """What a line calls its paper: the name before the colon of its title, or the title, cut where long."""
    head = clean_line(paper.title.partition(":")[0] or paper.title)
    if len(head) > LONGEST_HEAD:
        head = head[:LONGEST_HEAD].rsplit(" ", 1)[0] + "…"
    return escape_markdown(head)
