"""One answer in the chat: its evidence, its text, its sources, and what comes below them.

Knows: what each state and each kind of answer looks like. Does not know: how an answer comes about
(`answer_jobs` and `pipeline`), or how a paper looks.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from rag_app.records import Answer, Citation, Intent, Query
from rag_app.web.i18n.text import Words
from rag_app.web.state.answer_jobs import AnswerJob, AnswerProgress
from rag_app.web.state.opened import open_source
from rag_app.web.widgets import paper_list
from rag_app.web.widgets.answer_actions import answer_actions
from rag_app.web.widgets.answer_footnote import answer_footnote
from rag_app.web.widgets.answer_progress import answer_progress, sentence_text, text_so_far
from rag_app.web.widgets.ask_only import ask_only_button
from rag_app.web.widgets.comparison import comparison
from rag_app.web.widgets.evidence_cards import evidence_cards
from rag_app.web.widgets.gloss import PageReader, quotes_as_read
from rag_app.web.widgets.markdown import badge, blocks, label, with_badges, without_table
from rag_app.web.widgets.next_steps import after_refusal, next_questions
from rag_app.web.widgets.notices import show_error
from rag_app.web.widgets.source_list import source_list

if TYPE_CHECKING:
    from rag_app.collection.library import Library

EVIDENCE_SECONDS = 1.0  # that drawing waits for evidence, sooner than a second run of the page brings it
NUMBERS_BESIDE = 1  # more of them stand below their block: beside it they leave a phone half a line
# Kinds whose points name their papers, so that cards are shown while they are written alone.
OF_POINTS = {Intent.OVERVIEW, Intent.CONCEPT, Intent.RECOMMEND, Intent.CONDITION, Intent.EXISTS, Intent.TABLE}
# Others rest on the whole table.
BY_SIMILARITY = {Intent.LOOKUP, Intent.LIST, Intent.COMPARE, Intent.TREND} | OF_POINTS


def draw(place: int, job: AnswerJob, words: Words, library: Library, *, last: bool) -> None:
    """Evidence first, then the text, in the same order while it is written and after.

    Only the last answer of a conversation may be asked again.
    """
    evidence = st.container(key=f"answer-{place}-evidence")
    _wait_for_evidence(job, evidence.empty(), words)
    progress = job.progress
    if progress.evidence and progress.query and _shows_cards(progress, progress.query):
        reader = PageReader(progress.query.language, words, library)
        with evidence:
            evidence_cards(progress.evidence, reader, f"answer-{place}", partial(open_source, place))
    if not progress.finished:
        answer_progress(place, job, progress, words)
        return
    if progress.answer:
        _finished(place, progress, progress.answer, PageReader(progress.answer.language, words, library))
    else:
        text_so_far(progress, words)
    _below(place, job, words, library)
    answer_actions(place, job, words, library, last)
    if last:
        next_questions(place, progress, words, library)


def _wait_for_evidence(job: AnswerJob, place: DeltaGenerator, words: Words) -> None:
    if not job.evidence_ready.is_set():
        place.markdown(f":shimmer[{words['searching']}…]")
        job.evidence_ready.wait(EVIDENCE_SECONDS)
        place.empty()


def _shows_cards(progress: AnswerProgress, query: Query) -> bool:
    """A list, points, a trend and a refusal have none: they name their papers, and the cards would show them
    twice.
    """
    answer = progress.answer
    named = answer is not None and (
        answer.refused or paper_list.is_list(answer) or answer.intent in OF_POINTS | {Intent.TREND}
    )
    return query.intent in BY_SIMILARITY and not named


# --- once it is finished ------------------------------------------------------------------------


def _finished(place: int, progress: AnswerProgress, answer: Answer, reader: PageReader) -> None:
    """The checked answer; beside each block are the buttons that open what it cites."""
    if answer.refused:
        # the nearest papers become buttons
        said = answer.text.partition("\n\n")[0] if answer.nearest else answer.text
        st.info(f"**{reader.words['refused']}**\n\n{with_badges(said)}", icon=":material/search_off:")
        return
    if paper_list.is_long(answer):
        _long_list(place, progress, answer, reader)
        return
    text = without_table(answer.text) if answer.comparison else answer.text
    _cited_text(place, quotes_as_read(text, answer, reader), answer)
    if answer.comparison:
        papers = [progress.papers[citation.arxiv_id] for citation in answer.citations]
        show = partial(open_source, place)
        comparison(papers, answer.comparison, reader, f"answer-{place}", show)


def _long_list(place: int, progress: AnswerProgress, answer: Answer, reader: PageReader) -> None:
    """One page of the list, in the order that the reader chose."""
    key = f"answer-{place}"
    _cited_text(place, paper_list.intro(answer), answer, part="intro-")
    order = paper_list.choose_order(reader.words, key)
    shown = paper_list.page_of(answer, progress.papers, order, paper_list.chosen_page(key))
    _cited_text(place, quotes_as_read(shown, answer, reader), answer)
    paper_list.choose_page(answer, key)


def _cited_text(place: int, markdown: str, answer: Answer, *, part: str = "") -> None:
    """Block by block, each with the buttons that open what it cites; `part` is of one answer with several."""
    citations = {citation.n: citation for citation in answer.citations}
    for row, (block, numbers) in enumerate(blocks(markdown)):
        with st.container(horizontal=True, wrap=len(numbers) > NUMBERS_BESIDE, gap="small"):
            st.markdown(block, width="stretch")
            for n in numbers:
                if n in citations:
                    _open_button(f"answer-{place}-mark-{part}{row}-{n}", place, citations[n])


def _open_button(key: str, place: int, citation: Citation) -> None:
    st.button(
        badge(citation.n),
        key=key,
        help=label(citation.title, 120),
        type="tertiary",
        on_click=open_source,
        args=(place, citation.arxiv_id),
    )


def _below(place: int, job: AnswerJob, words: Words, library: Library) -> None:
    """What stands below an answer that has ended: sources, what was left out, and what it took."""
    progress = job.progress
    answer = progress.answer
    if progress.error:
        show_error(progress.error, words)
    elif job.stopped.is_set():
        st.caption(words["stopped"])
    elif answer is None:  # from the history, which does not know why
        st.caption(words["no_answer_kept"])
    if answer is None:
        return
    _sources(place, progress, answer, words)
    _left_out(answer, words)
    if answer.refused:
        after_refusal(place, progress, answer, words, library)
    if note := answer_footnote(progress, answer, words):
        st.caption(note)


def _sources(place: int, progress: AnswerProgress, answer: Answer, words: Words) -> None:
    """The papers behind an answer; a list shows them as a table, and those near its cut apart."""
    key, show = f"answer-{place}", partial(open_source, place)
    if paper_list.is_list(answer):
        paper_list.as_table([progress.papers[c.arxiv_id] for c in answer.citations], words, key, show)
        question = label(progress.query.question if progress.query else "", 40)
        name = words["only_list"].format(question=question)
        ask_only_button(name, [c.arxiv_id for c in answer.citations], words, key)
    elif answer.citations:
        source_list(answer.citations, words, key, show)
    near = [progress.papers[arxiv_id] for arxiv_id in answer.borderline_papers if arxiv_id in progress.papers]
    if near:
        paper_list.borderline(near, words, key, show)


def _left_out(answer: Answer, words: Words) -> None:
    """The sentences that the model wrote and no digest supports: out of the answer, but not hidden."""
    doubted = [sentence for sentence in answer.sentences if not sentence.supported]
    if doubted:
        with st.expander(words["removed"].format(n=len(doubted)), icon=":material/content_cut:"):
            for sentence in doubted:
                st.markdown(sentence_text(sentence, words))
