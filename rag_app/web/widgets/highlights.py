"""What is highlighted in a paper's text: the sentences that support an answer.

Knows: where the text says a quote, also after a digest has changed, and how a highlight is written
in Markdown. Does not know: how a paper looks. Text of digests is untrusted: all of it is escaped.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag_app.records import Citation, Paper, Support
from rag_app.web.state.answer_jobs import AnswerProgress
from rag_app.web.widgets.markdown import escape_inline

# section -> offsets into its text, ascending, apart from each other
Spans = dict[str, list[tuple[int, int]]]


Quote = tuple[str, int, int, str]  # section, start, end, and the text that stood there


def spans_of(progress: AnswerProgress, arxiv_id: str) -> Spans:
    """What to highlight of a paper, as far as its text still says it."""
    paper = progress.papers[arxiv_id]
    places = {place for quote in _quotes_of(progress, arxiv_id) if (place := _find_quote(quote, paper))}
    spans: Spans = {}
    for section, start, end in sorted(places):
        _add_span(spans.setdefault(section, []), start, end)
    return spans


def _quotes_of(progress: AnswerProgress, arxiv_id: str) -> list[Quote]:
    """All that supports the answer; while it does not cite the paper, the best passage found."""
    citation = progress.citation_of(arxiv_id)
    if citation and progress.answer:
        supports = [
            s for sentence in progress.answer.sentences for s in sentence.support if s.n == citation.n
        ]
        cited: list[Citation | Support] = [citation, *supports]
        return [(c.section, c.start, c.end, c.quote) for c in cited]
    hits = progress.evidence.hits if progress.evidence else ()
    passages = next((hit.passages for hit in hits if hit.paper.arxiv_id == arxiv_id), ())
    return [(passage.section, passage.start, passage.end, passage.text) for passage in passages[:1]]


def _find_quote(quote: Quote, paper: Paper) -> tuple[str, int, int] | None:
    """Where the paper's text says the quote; a digest may have changed since the answer was saved."""
    name, start, end, text = quote
    sections = {section.name: section.text for section in paper.sections}
    if sections.get(name, "")[start:end] == text:
        return name, start, end
    moved = ((section, sections[section].find(text)) for section in sections)
    return next(((section, at, at + len(text)) for section, at in moved if at >= 0 and text), None)


def _add_span(spans: list[tuple[int, int]], start: int, end: int) -> None:
    """Append a span, or widen the last one where the two overlap."""
    if spans and start < spans[-1][1]:
        spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
    else:
        spans.append((start, end))


def highlighted(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """Markdown that shows `text` as it is, line by line, with the spans on a coloured ground."""
    parts, last = [], 0
    for start, end in spans:
        parts += [_lines(text[last:start]), _lines(text[start:end], ":yellow-background[{}]")]
        last = end
    return "".join((*parts, _lines(text[last:])))


def _lines(text: str, form: str = "{}") -> str:
    """Escaped text with hard line breaks; a directive cannot span lines, so each line gets its own."""
    return "  \n".join(_line(line, form) for line in text.split("\n"))


def _line(line: str, form: str) -> str:
    # escaping takes blanks for an indent, but text may stand before them
    before = " " if line[:1].isspace() else ""
    return before + form.format(escape_inline(line.lstrip())) if line.strip() else before
