"""A paper in the drawer: as its digest tells it, with what supports an answer highlighted.

Knows: how a paper and its sections look, and what can be done with the paper. Does not know: how
the paper was found. Text of digests is untrusted: all of it is escaped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from rag_app.lang import reads_as
from rag_app.records import Paper, Passage
from rag_app.text.cleaning import escape_markdown
from rag_app.web.i18n.text import Words, votes
from rag_app.web.state.answer_jobs import AnswerProgress
from rag_app.web.state.opened import OpenedPaper, close, open_paper, opened
from rag_app.web.widgets.bookmarks import bookmark_button
from rag_app.web.widgets.compare_button import compare_button
from rag_app.web.widgets.gloss import LONGEST, PageReader, as_read
from rag_app.web.widgets.highlights import Spans, highlighted, spans_of
from rag_app.web.widgets.markdown import badge, escape_inline, label
from rag_app.web.widgets.similar_papers import similar_papers

if TYPE_CHECKING:
    from rag_app.collection.library import Library


@dataclass(frozen=True, slots=True)
class DrawerActions:
    """What the drawer of an answer's source leads to."""

    ask: Callable[[Paper], None]  # a question about the paper
    follow: Callable[[str], None]  # a similar paper


def source_drawer(
    paper: Paper, progress: AnswerProgress, words: Words, library: Library, actions: DrawerActions
) -> None:
    """The paper with what supports the answer highlighted; the section that says it is in front.

    Of one whose digest is gone it is what the answer kept, and nothing more can be asked of it.
    """
    gone = not library.snapshot.papers.has(paper.arxiv_id)
    citation = progress.citation_of(paper.arxiv_id)
    spans = spans_of(progress, paper.arxiv_id)
    st.markdown(
        f"#### {f'{badge(citation.n)} ' if citation else ''}{escape_markdown(paper.title)}", anchors=False
    )
    st.caption(_facts(paper, words))
    if gone:
        st.warning(words["digest_gone"], icon=":material/scan_delete:")
    with st.container(horizontal=True):
        st.link_button(words["arxiv"], paper.url, icon=":material/open_in_new:")
        if not gone:
            if st.button(words["ask_about"], key="drawer-ask", icon=":material/chat:"):
                actions.ask(paper)
            compare_button(paper.arxiv_id, words, "drawer")
        bookmark_button(paper.arxiv_id, words, "drawer")
    if citation and not spans and citation.quote:
        st.caption(words["digest_changed"])
        st.markdown(f"> {escape_inline(' '.join(citation.quote.split()))}")
    elif spans:
        st.caption(words["highlight" if citation else "highlight_found"])
    _glosses(paper, spans, progress, words, library)
    _section_tabs(paper, spans, citation.section if citation else next(iter(spans), ""))
    if not gone and similar_papers(paper.arxiv_id, words, library, "drawer", actions.follow):
        st.rerun()  # the page, which opens the drawer, knows the paper; the drawer alone would not change


def _glosses(paper: Paper, spans: Spans, progress: AnswerProgress, words: Words, library: Library) -> None:
    """What the highlighted sentences say, for a reader of another language."""
    passages = [
        Passage(paper.arxiv_id, section.name, start, end, section.text[start:end])
        for section in paper.sections  # of a paper cited for its record alone none is named
        for start, end in spans.get(section.name, ())
    ]
    language = progress.query.language if progress.query else ""
    foreign = [passage for passage in passages if language and not reads_as(passage.text, language)]
    read = as_read(foreign, PageReader(language, words, library))
    if said := [text for text, p in zip(read, foreign, strict=True) if text != label(p.text, LONGEST)]:
        st.caption(words["gloss_help"])
        st.markdown("\n".join(f"> {text}\n>" for text in said))


def _section_tabs(paper: Paper, spans: Spans, opened: str) -> None:
    """A tab for each section; `opened` is the name of the one in front."""
    if not any(section.text for section in paper.sections):  # gone, and cited for its record alone
        return
    names = {section.name: escape_markdown(section.name) for section in paper.sections}
    tabs = st.tabs(list(names.values()), default=names.get(opened))
    for tab, section in zip(tabs, paper.sections, strict=True):
        tab.markdown(highlighted(section.text, spans.get(section.name, [])))


def paper_drawer(words: Words, library: Library) -> None:
    """Draw the paper that this tab has open outside of any answer, as its digest tells it; one whose digest
    has gone is closed.
    """
    if (paper := _opened_paper(library)) is None:
        return
    drawer = st.dialog(words["source"], width="medium", position="right", on_dismiss=close)(_paper_drawer)
    drawer(paper, words, library)


def _opened_paper(library: Library) -> Paper | None:
    shown = opened()
    if not isinstance(shown, OpenedPaper):
        return None
    if library.snapshot.papers.has(shown.arxiv_id):
        return library.snapshot.papers.get(shown.arxiv_id)
    close()
    return None


def _paper_drawer(drawn: Paper, words: Words, library: Library) -> None:
    """The paper that the page has drawn here, or the similar one that was followed from it since."""
    paper = _opened_paper(library) or drawn
    st.markdown(f"#### {escape_markdown(paper.title)}", anchors=False)
    st.caption(_facts(paper, words))
    with st.container(horizontal=True):
        st.link_button(words["arxiv"], paper.url, icon=":material/open_in_new:")
        bookmark_button(paper.arxiv_id, words, "paper")
    for section in paper.sections:
        st.markdown(f"**{escape_markdown(section.name)}**")
        st.markdown(highlighted(section.text, []))
    similar_papers(paper.arxiv_id, words, library, "paper", open_paper)


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
