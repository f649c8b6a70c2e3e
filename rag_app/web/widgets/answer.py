"""One answer: its evidence, its prose while it is written and after, its sources, and what can be
done with it.

Knows: what each state and each kind of answer looks like. Does not know: how an answer comes about
(`ui.jobs` and `pipeline`), or how a paper looks (`ui.evidence`). Called by `ui.chat`. An answer is
written by a job; a fragment looks at it a few times a second until it ends.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from rag_app.records import Answer, Citation, Intent, Sentence
from rag_app.text.cleaning import escape_markdown
from rag_app.web.i18n.text import Words
from rag_app.web.state import conversations
from rag_app.web.state.answer_jobs import AnswerJob, AnswerProgress
from rag_app.web.state.eta import waiting_line
from rag_app.web.state.opened_source import open_source
from rag_app.web.widgets import paper_list
from rag_app.web.widgets.comparison import comparison
from rag_app.web.widgets.details import details
from rag_app.web.widgets.evidence_cards import evidence_cards
from rag_app.web.widgets.feedback import feedback
from rag_app.web.widgets.markdown import badge, blocks, escape_with_badges, label, with_badges, without_table
from rag_app.web.widgets.next_steps import suggestions, ways_out
from rag_app.web.widgets.notices import show_error
from rag_app.web.widgets.source_list import source_list

if TYPE_CHECKING:
    from rag_app.collection.library import Library

REFRESH_SECONDS = 0.3
# that drawing waits for evidence: sooner than a second run of the page; then it is polled
EVIDENCE_SECONDS = 1.0
MARGIN_NUMBERS = 3  # more of them stand below their block, not beside it
# other answers rest on the whole table
BY_SIMILARITY = {Intent.LOOKUP, Intent.LIST, Intent.COMPARE, Intent.TREND}


def draw(place: int, job: AnswerJob, words: Words, library: Library, *, last: bool) -> None:
    """Evidence first, then the prose; the same order while it is written and after. `last` may be
    asked again.
    """
    evidence = st.container(key=f"answer-{place}-evidence")
    _wait_for_evidence(job, evidence.empty(), words)
    progress = job.progress
    if (
        progress.evidence
        and progress.query
        and progress.query.intent in BY_SIMILARITY
        and not _refused(progress)
    ):
        with evidence:
            evidence_cards(progress.evidence, words, f"answer-{place}", partial(open_source, place))
    if not progress.finished:
        st.fragment(_prose, run_every=REFRESH_SECONDS, key=f"prose-{place}")(place, job, progress, words)
        return
    if progress.answer:
        _finished(place, progress, progress.answer, words)
    else:
        _unfinished(progress, words)
    _after(place, job, words, library)
    _actions(place, job, words, library, last)
    if last:
        suggestions(place, progress, words, library)


def _wait_for_evidence(job: AnswerJob, place: DeltaGenerator, words: Words) -> None:
    if not job.evidence_ready.is_set():
        place.markdown(f":shimmer[{words['searching']}…]")
        job.evidence_ready.wait(EVIDENCE_SECONDS)
        place.empty()


def _refused(progress: AnswerProgress) -> bool:
    """A refusal offers its nearest papers; the evidence row would show them twice."""
    return progress.answer is not None and progress.answer.refused


# --- while it is written ------------------------------------------------------------------------


def _prose(place: int, job: AnswerJob, drawn: AnswerProgress, words: Words) -> None:
    """What is written so far. `drawn` is what the rest of the page shows: when it falls behind, all
    is drawn again.
    """
    progress = job.progress
    if progress.finished or (progress.evidence is None) != (drawn.evidence is None):
        st.rerun()
    _unfinished(progress, words)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"writing-{place}"):
        st.button(
            words["stop"],
            key=f"stop-{place}",
            icon=":material/stop_circle:",
            on_click=job.stop,
            disabled=job.stopped.is_set(),
        )
        if job.model_call and not job.stopped.is_set():
            st.caption(
                waiting_line(
                    conversations.usual_speed(job.model_call.model), job.model_call, time.monotonic(), words
                )
            )


def _unfinished(progress: AnswerProgress, words: Words) -> None:
    for sentence in progress.sentences:
        st.markdown(_sentence(sentence, words))
    if progress.draft:
        st.markdown(f":gray[{escape_with_badges(progress.draft)} ▍]")
    elif not progress.finished:
        state = "understanding" if not progress.query else "writing" if progress.evidence else "searching"
        st.markdown(f":shimmer[{words[state]}…]")


def _sentence(sentence: Sentence, words: Words) -> str:
    text = escape_with_badges(sentence.text)
    return text if sentence.supported else f":gray[~~{text}~~] :orange-badge[{words['unsupported']}]"


# --- once it is finished ------------------------------------------------------------------------


def _finished(place: int, progress: AnswerProgress, answer: Answer, words: Words) -> None:
    """The checked answer; beside each block are the buttons that open what it cites."""
    if answer.refused:
        # the nearest papers become buttons
        said = answer.text.partition("\n\n")[0] if answer.nearest else answer.text
        st.info(f"**{words['refused']}**\n\n{with_badges(said)}", icon=":material/search_off:")
        return
    if paper_list.is_long(answer):
        key = f"answer-{place}"
        _prose_with_marks(place, paper_list.lead(answer), answer)
        order = paper_list.choose_order(words, key)
        _prose_with_marks(
            place, paper_list.page_of(answer, progress.papers, order, paper_list.chosen_page(key)), answer
        )
        paper_list.choose_page(answer, key)
        return
    _prose_with_marks(place, without_table(answer.text) if answer.comparison else answer.text, answer)
    if answer.comparison:
        papers = [progress.papers[citation.arxiv_id] for citation in answer.citations]
        comparison(papers, answer.comparison, words, f"answer-{place}", partial(open_source, place))


def _prose_with_marks(place: int, markdown: str, answer: Answer) -> None:
    """Block by block, each with the buttons that open what it cites."""
    citations = {citation.n: citation for citation in answer.citations}
    for row, (block, numbers) in enumerate(blocks(markdown)):
        with st.container(horizontal=True, wrap=len(numbers) > MARGIN_NUMBERS, gap="small"):
            st.markdown(block, width="stretch")
            for n in numbers:
                if n in citations:
                    _marker(f"answer-{place}-mark-{row}-{n}", place, citations[n])


def _marker(key: str, place: int, citation: Citation) -> None:
    st.button(
        badge(citation.n),
        key=key,
        help=label(citation.title, 120),
        type="tertiary",
        on_click=open_source,
        args=(place, citation.arxiv_id),
    )


def _after(place: int, job: AnswerJob, words: Words, library: Library) -> None:
    """What follows a finished answer: its sources, what was left out, what it took, and the next step."""
    progress = job.progress
    answer = progress.answer
    if progress.error:
        show_error(progress.error, words)
    elif answer is None or job.stopped.is_set():
        st.caption(words["stopped"])
    if answer is None:
        return
    key, show = f"answer-{place}", partial(open_source, place)
    if paper_list.is_list(answer):
        paper_list.as_table([progress.papers[c.arxiv_id] for c in answer.citations], words, key, show)
    elif answer.citations:
        source_list(answer.citations, words, key, show)
    if near := [
        progress.papers[arxiv_id] for arxiv_id in answer.borderline_papers if arxiv_id in progress.papers
    ]:
        paper_list.borderline(near, words, key, show)
    _left_out(answer, words)
    if answer.refused:
        ways_out(place, progress, answer, words, library)
    st.caption(_footnote(progress, answer, words))


def _left_out(answer: Answer, words: Words) -> None:
    """The sentences that the model wrote and no digest supports: out of the answer, but not hidden."""
    doubted = [sentence for sentence in answer.sentences if not sentence.supported]
    if doubted:
        with st.expander(words["removed"].format(n=len(doubted)), icon=":material/content_cut:"):
            for sentence in doubted:
                st.markdown(_sentence(sentence, words))


def _footnote(progress: AnswerProgress, answer: Answer, words: Words) -> str:
    """What was assumed, what was scanned, and what it took."""
    notes = progress.query.notes if progress.query else ()
    facts = [words["scanned"].format(scanned=f"{answer.scanned:,}")] if answer.scanned else []
    if answer.matched:
        facts.append(words["matched"].format(matched=f"{answer.matched:,}"))
    if answer.borderline:
        facts.append(words["borderline"].format(borderline=f"{answer.borderline:,}"))
    facts.append(words["took"].format(seconds=f"{answer.seconds:.1f}"))
    if answer.usage.tokens_per_second:  # of one token there is none
        facts.append(words["speed"].format(speed=f"{answer.usage.tokens_per_second:.0f}"))
    elif not answer.refused and not answer.usage.generated_tokens:
        facts.append(
            words["counted" if answer.intent in {Intent.METADATA, Intent.TREND} else "no_model_used"]
        )
    assumed = [f"{words['assumed']}: {escape_markdown('; '.join(notes))}"] if notes else []
    return " · ".join(assumed + facts)


# --- what can be done with it -------------------------------------------------------------------


def _actions(place: int, job: AnswerJob, words: Words, library: Library, last: bool) -> None:
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key=f"answer-{place}-actions"
    ):
        if last:
            st.button(
                words["again"],
                key=f"answer-{place}-again",
                type="tertiary",
                icon=":material/refresh:",
                on_click=conversations.ask_again,
                args=(library,),
            )
        if job.progress.answer:
            with st.popover(
                words["copy"], icon=":material/content_copy:", type="tertiary", key=f"answer-{place}-copy"
            ):
                st.caption(words["copy_help"])
                st.code(with_sources(job.progress.answer), language="markdown", wrap_lines=True, height=300)
            _details_menu(place, job.progress, job.progress.answer, words, library)
        feedback(place, job, words)


def _details_menu(
    place: int, progress: AnswerProgress, answer: Answer, words: Words, library: Library
) -> None:
    menu = st.popover(
        words["details"],
        icon=":material/info:",
        type="tertiary",
        key=f"answer-{place}-details",
        on_change="rerun",
    )
    if menu.open:  # a long conversation has many, which nobody may look at
        with menu:
            details(progress, answer, words, library)


def with_sources(answer: Answer) -> str:
    """The answer and, below it, the papers behind its numbers, as Markdown."""
    sources = [f"[{c.n}] {escape_markdown(c.title)}, {c.url}" for c in answer.citations]
    return "\n\n".join([answer.text, *(["  \n".join(sources)] if sources else [])])
