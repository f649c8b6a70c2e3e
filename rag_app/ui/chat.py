"""The chat page: questions, the evidence for them, the answer as it is written, and its sources.

Knows: the order in which a conversation is drawn and what each state of an answer looks like.
Does not know: how an answer comes about (`ui.jobs` and `pipeline`), or how a paper looks (`ui.evidence`).
Called by `app`. An answer is written by a job; a fragment looks at it a few times a second until it ends.
"""

from __future__ import annotations

import secrets
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from rag_app.cleaning import escape_markdown
from rag_app.records import Answer, Citation, Paper, Sentence
from rag_app.ui import resources
from rag_app.ui.evidence import Opened, evidence_row, source_drawer, source_list
from rag_app.ui.jobs import AnswerJob, Progress
from rag_app.ui.notices import show_error, show_no_model
from rag_app.ui.prose import badge, blocks, cited, label, plain
from rag_app.ui.text import EXAMPLES, Words

if TYPE_CHECKING:
    from rag_app.library import Library

REFRESH_SECONDS = 0.3
MARGIN_NUMBERS = 3  # more of them stand below their block, not beside it


def page(words: Words, language: str, library: Library) -> None:
    """The chat over an opened collection."""
    conversation = current_conversation()
    if not conversation:
        _greeting(words, language, library)
    if error := resources.engine().error:
        show_no_model(error, words)
    for place, job in enumerate(conversation):
        with st.chat_message("user", avatar=":material/person:"):
            st.markdown(escape_markdown(job.question))
        with st.chat_message("assistant", avatar=":material/menu_book:"):
            _answer(place, job, words, library)
    busy = bool(conversation) and conversation[-1].running
    typed = st.chat_input(words["ask_busy" if busy else "ask_placeholder"], key="question", disabled=busy)
    if typed and typed.strip():
        ask(typed.strip(), library)
        st.rerun()
    _opened_source(conversation, words, library)


def current_conversation() -> list[AnswerJob]:
    """This tab's conversation; its id in the address finds it again after a reload."""
    state = st.session_state
    if "conversation" not in state:
        state["conversation"] = st.query_params.get("c") or secrets.token_urlsafe(9)
    st.query_params["c"] = state["conversation"]
    return resources.workbench().conversations.setdefault(state["conversation"], [])


def new_conversation() -> None:
    """Start over in this tab; an answer still being written is stopped."""
    for job in current_conversation():
        job.stop()
    st.session_state["conversation"] = secrets.token_urlsafe(9)
    st.session_state.pop("opened", None)


def ask(question: str, library: Library) -> None:
    """Ask in this tab's conversation; the answer is written in the background."""
    conversation = current_conversation()
    if conversation and conversation[-1].running:
        return
    turns = [turn for job in conversation if (turn := job.turn())]
    conversation.append(AnswerJob(question, library, resources.engine().generator, turns))
    st.session_state.pop("opened", None)


def _greeting(words: Words, language: str, library: Library) -> None:
    table = library.generation.papers
    st.header(words["greeting"], anchor=False)
    st.caption(
        words["greeting_caption"].format(
            papers=f"{library.generation.manifest.papers:,}", first=table.first_day, last=table.last_day
        )
    )
    st.markdown(f"**{words['examples']}**")
    with st.container(horizontal=True, key="examples"):
        for question in EXAMPLES[language]:
            st.button(question, key=f"example-{question}", on_click=ask, args=(question, library))


# --- one answer -------------------------------------------------------------------------------


def _answer(place: int, job: AnswerJob, words: Words, library: Library) -> None:
    """Evidence first, then the prose; the same order while it is written and after."""
    open_source = partial(_open, place)
    evidence = st.container(key=f"answer-{place}-evidence")
    progress = job.progress
    if progress.evidence:
        with evidence:
            evidence_row(progress.evidence, words, f"answer-{place}", open_source)
    if not progress.finished:
        st.fragment(_prose, run_every=REFRESH_SECONDS, key=f"prose-{place}")(place, job, progress, words)
        return
    if progress.answer:
        _finished(place, progress.answer, words)
    else:
        _unfinished(progress, words)
    _after(place, job, words, library)


def _prose(place: int, job: AnswerJob, drawn: Progress, words: Words) -> None:
    """What is written so far. `drawn` is what the rest of the page shows: when it falls behind, all is drawn again."""
    progress = job.progress
    if progress.finished or (progress.evidence is None) != (drawn.evidence is None):
        st.rerun()
    _unfinished(progress, words)
    st.button(
        words["stop"],
        key=f"stop-{place}",
        icon=":material/stop_circle:",
        on_click=job.stop,
        disabled=job.stopped.is_set(),
    )


def _unfinished(progress: Progress, words: Words) -> None:
    for sentence in progress.sentences:
        st.markdown(_sentence(sentence, words))
    if progress.draft:
        st.markdown(f":gray[{plain(progress.draft)} ▍]")
    elif not progress.finished:
        state = "understanding" if not progress.query else "writing" if progress.evidence else "searching"
        st.markdown(f":shimmer[{words[state]}…]")


def _sentence(sentence: Sentence, words: Words) -> str:
    text = plain(sentence.text)
    return text if sentence.supported else f":gray[~~{text}~~] :orange-badge[{words['unsupported']}]"


def _finished(place: int, answer: Answer, words: Words) -> None:
    """The checked answer; beside each block are the buttons that open what it cites."""
    if answer.refused:
        st.info(f"**{words['refused']}**\n\n{cited(answer.text)}", icon=":material/search_off:")
        return
    citations = {citation.n: citation for citation in answer.citations}
    for row, (markdown, numbers) in enumerate(blocks(answer.text)):
        with st.container(horizontal=True, wrap=len(numbers) > MARGIN_NUMBERS, gap="small"):
            st.markdown(markdown, width="stretch")
            for n in numbers:
                if n in citations:
                    _marker(f"answer-{place}-mark-{row}-{n}", place, citations[n])


def _marker(key: str, place: int, citation: Citation) -> None:
    st.button(
        badge(citation.n),
        key=key,
        help=label(citation.title, 120),
        type="tertiary",
        on_click=_open,
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
    if answer.citations:
        source_list(answer.citations, words, f"answer-{place}", partial(_open, place))
    _left_out(answer, words)
    if answer.refused:
        _nearest(place, progress, words, library)
    st.caption(_footnote(progress, answer, words))


def _left_out(answer: Answer, words: Words) -> None:
    """The sentences that the model wrote and no digest supports: out of the answer, but not hidden."""
    doubted = [sentence for sentence in answer.sentences if not sentence.supported]
    if doubted:
        with st.expander(words["removed"].format(n=len(doubted)), icon=":material/content_cut:"):
            for sentence in doubted:
                st.markdown(_sentence(sentence, words))


def _nearest(place: int, progress: Progress, words: Words, library: Library) -> None:
    papers = [progress.papers[arxiv_id] for arxiv_id in progress.answer.nearest] if progress.answer else []
    if not papers:
        return
    st.markdown(words["nearest"])
    for paper in papers[:5]:
        st.button(
            label(paper.title, 80),
            key=f"answer-{place}-nearest-{paper.arxiv_id}",
            icon=":material/arrow_forward:",
            wrap=False,
            on_click=ask,
            args=(words["ask_about_question"].format(title=paper.title), library),
        )


def _footnote(progress: Progress, answer: Answer, words: Words) -> str:
    """What was assumed, what was scanned, and what it took."""
    notes = progress.query.notes if progress.query else ()
    facts = [words["scanned"].format(scanned=f"{answer.scanned:,}")] if answer.scanned else []
    if answer.matched:
        facts.append(words["matched"].format(matched=f"{answer.matched:,}"))
    if answer.borderline:
        facts.append(words["borderline"].format(borderline=f"{answer.borderline:,}"))
    facts.append(words["took"].format(seconds=f"{answer.seconds:.1f}"))
    if answer.usage.generated_tokens:
        facts.append(words["speed"].format(speed=f"{answer.usage.tokens_per_second:.0f}"))
    elif not answer.refused:
        facts.append(words["no_model_used"])
    assumed = [f"{words['assumed']}: {escape_markdown('; '.join(notes))}"] if notes else []
    return " · ".join(assumed + facts)


# --- the opened source ------------------------------------------------------------------------


def _open(place: int, arxiv_id: str) -> None:
    st.session_state["opened"] = Opened(place, arxiv_id)


def _close() -> None:
    st.session_state.pop("opened", None)


def _opened_source(conversation: list[AnswerJob], words: Words, library: Library) -> None:
    """The drawer of the opened source. It is drawn by the page, not by a fragment that would take it away again."""
    opened: Opened | None = st.session_state.get("opened")
    if opened is None or opened.answer >= len(conversation):
        return
    progress = conversation[opened.answer].progress
    paper = progress.papers.get(opened.arxiv_id)
    if paper is None:
        return

    def ask_about(paper: Paper) -> None:
        ask(words["ask_about_question"].format(title=paper.title), library)
        st.rerun()

    drawer = st.dialog(words["source"], width="medium", position="right", on_dismiss=_close)(source_drawer)
    drawer(paper, progress, words, ask_about)
