"""Papers on the page: evidence cards, the list of sources, and the drawer that shows where a digest
says it.

Knows: how a paper, its sections and the supporting sentences look. Does not know: how they were
found. Called by `ui.chat`. Text of digests is untrusted: all of it goes through `escape_markdown`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from rag_app.records import Citation, Evidence, Hit, Paper, Support
from rag_app.text.cleaning import escape_markdown
from rag_app.web.i18n.text import Words, reason, votes
from rag_app.web.state.answer_jobs import AnswerProgress
from rag_app.web.state.saved_progress import KEPT_PAPERS
from rag_app.web.widgets.bookmarks import bookmark_button
from rag_app.web.widgets.comparison import compare_button
from rag_app.web.widgets.markdown import badge, inert, label

# section -> offsets into its text, ascending, apart from each other
Spans = dict[str, list[tuple[int, int]]]

CARDS = KEPT_PAPERS  # in the row
SOURCES_PER_PAGE = 10
PASSAGE_LENGTH = 140  # characters of a passage on a card


def evidence_row(evidence: Evidence, words: Words, key: str, open_source: Callable[[str], None]) -> None:
    """One card a paper, best first, in a row that scrolls sideways, so that the answer below stays
    in place.
    """
    if not evidence.hits:
        st.caption(words["evidence_none"])
        return
    st.caption(words["evidence"].format(scanned=f"{evidence.scanned:,}", seconds=f"{evidence.seconds:.2f}"))
    with st.container(horizontal=True, wrap=False, gap="small", key=f"{key}-cards"):
        for hit in evidence.hits[:CARDS]:
            _card(hit, words, key, open_source)


def _card(hit: Hit, words: Words, key: str, open_source: Callable[[str], None]) -> None:
    paper = hit.paper
    with st.container(border=True, width=272, height="stretch", gap="xsmall"):
        st.markdown(f"**{label(paper.title, 80)}**")
        st.caption(" · ".join((paper.date or words["date_unknown"], votes(words, paper.votes))))
        if hit.passages:
            st.markdown(f":small[{label(hit.passages[0].text, PASSAGE_LENGTH)}]")
        if hit.why:
            st.caption(" · ".join(escape_markdown(reason(words, why)) for why in hit.why))
        st.space("stretch")
        st.button(
            words["read"],
            key=f"{key}-card-{paper.arxiv_id}",
            icon=":material/article:",
            type="tertiary",
            on_click=open_source,
            args=(paper.arxiv_id,),
        )


def source_list(
    citations: Sequence[Citation], words: Words, key: str, open_source: Callable[[str], None]
) -> None:
    """The cited papers by number; each opens its source."""
    st.markdown(f"**{words['sources']}** :gray[:small[{words['sources_help']}]]")
    pages = -(-len(citations) // SOURCES_PER_PAGE)
    page = st.pagination(pages, key=f"{key}-page") if pages > 1 else 1
    with st.container(gap=None, key=f"{key}-sources"):
        for citation in citations[(page - 1) * SOURCES_PER_PAGE : page * SOURCES_PER_PAGE]:
            day = f" :gray[{citation.date}]" if citation.date else ""
            st.button(
                f"{badge(citation.n)} {label(citation.title, 90)}{day}",
                key=f"{key}-source-{citation.n}",
                type="tertiary",
                wrap=False,
                on_click=open_source,
                args=(citation.arxiv_id,),
            )


def source_drawer(paper: Paper, progress: AnswerProgress, words: Words, ask: Callable[[Paper], None]) -> None:
    """The paper as its digest tells it, with what supports the answer highlighted; other sections
    are tabs.
    """
    citation = citation_of(progress, paper.arxiv_id)
    spans = spans_of(progress, paper.arxiv_id)
    st.markdown(
        f"#### {f'{badge(citation.n)} ' if citation else ''}{escape_markdown(paper.title)}", anchors=False
    )
    st.caption(_facts(paper, words))
    with st.container(horizontal=True):
        st.link_button(words["arxiv"], paper.url, icon=":material/open_in_new:")
        if st.button(words["ask_about"], key="drawer-ask", icon=":material/chat:"):
            ask(paper)
        compare_button(paper.arxiv_id, words, "drawer")
        bookmark_button(paper.arxiv_id, words, "drawer")
    if citation and not spans:
        st.caption(words["digest_changed"])
        st.markdown(f"> {inert(' '.join(citation.quote.split()))}")
    elif spans:
        st.caption(words["highlight" if citation else "highlight_found"])
    names = {section.name: escape_markdown(section.name) for section in paper.sections}
    first = citation.section if citation else next(iter(spans), "")
    for tab, section in zip(
        st.tabs(list(names.values()), default=names.get(first)), paper.sections, strict=True
    ):
        tab.markdown(highlighted(section.text, spans.get(section.name, [])))


def paper_drawer(paper: Paper, words: Words) -> None:
    """The paper as its digest tells it, outside of any answer."""
    st.markdown(f"#### {escape_markdown(paper.title)}", anchors=False)
    st.caption(_facts(paper, words))
    with st.container(horizontal=True):
        st.link_button(words["arxiv"], paper.url, icon=":material/open_in_new:")
        bookmark_button(paper.arxiv_id, words, "paper")
    for section in paper.sections:
        st.markdown(f"**{escape_markdown(section.name)}**")
        st.markdown(highlighted(section.text, []))


def _facts(paper: Paper, words: Words) -> str:
    """Days, votes and authors in one line."""
    facts = [paper.date or words["date_unknown"]]
    if len(paper.dates) > 1:
        facts.append(words["also_on"].format(days=", ".join(paper.dates[1:])))
    facts.append(votes(words, paper.votes))
    if paper.authors:
        more = " " + words["authors_more"].format(n=paper.unnamed_authors) if paper.unnamed_authors else ""
        facts.append(escape_markdown(", ".join(paper.authors)) + more)
    return " · ".join(facts)


def citation_of(progress: AnswerProgress, arxiv_id: str) -> Citation | None:
    """How the finished answer cites this paper, if it does."""
    citations = progress.answer.citations if progress.answer else ()
    return next((citation for citation in citations if citation.arxiv_id == arxiv_id), None)


def spans_of(progress: AnswerProgress, arxiv_id: str) -> Spans:
    """What to highlight: all that supports the answer, or the best passage found while it does not
    cite the paper.
    """
    citation = citation_of(progress, arxiv_id)
    if citation and progress.answer:
        supports = [
            s for sentence in progress.answer.sentences for s in sentence.support if s.n == citation.n
        ]
        cited: list[Citation | Support] = [citation, *supports]
        found = [(c.section, c.start, c.end, c.quote) for c in cited]
    else:
        hits = progress.evidence.hits if progress.evidence else ()
        passages = next((hit.passages for hit in hits if hit.paper.arxiv_id == arxiv_id), ())
        found = [(passage.section, passage.start, passage.end, passage.text) for passage in passages[:1]]
    spans: Spans = {}
    for section, start, end in sorted(
        {place for quote in found if (place := _place(quote, progress.papers[arxiv_id]))}
    ):
        _add(spans.setdefault(section, []), start, end)
    return spans


def _place(quote: tuple[str, int, int, str], paper: Paper) -> tuple[str, int, int] | None:
    """Where the paper's text says the quote; a digest may have changed since the answer was saved."""
    name, start, end, text = quote
    sections = {section.name: section.text for section in paper.sections}
    if sections.get(name, "")[start:end] == text:
        return name, start, end
    moved = ((section, sections[section].find(text)) for section in sections)
    return next(((section, at, at + len(text)) for section, at in moved if at >= 0 and text), None)


def _add(spans: list[tuple[int, int]], start: int, end: int) -> None:
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
    return before + form.format(inert(line.lstrip())) if line.strip() else before
