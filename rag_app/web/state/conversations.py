"""This tab's conversation: which one it is, its answers, and what the history keeps of it.

Knows: that a conversation's id stands in the address, so that a reload, a restart, Back and Forward
find it again, that several tabs may show one conversation, and that a history which cannot be
written must not keep anyone from asking. Does not know: how an answer comes about (`answer_jobs`),
or how it looks.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from rag_app.errors import RagError
from rag_app.history.store import SavedTurn
from rag_app.records import Filters
from rag_app.web.state import app_state, opened
from rag_app.web.state.answer_jobs import AnswerJob, AnswerProgress
from rag_app.web.state.eta import AnswerSpeed, answer_speed
from rag_app.web.state.model_call import CallQueue, ModelCall
from rag_app.web.state.saved_progress import restored_progress, trace_of

if TYPE_CHECKING:
    from rag_app.collection.library import Library

STOP_SECONDS = 5.0  # that a deletion waits for an answer to end
log = logging.getLogger(__name__)


@st.cache_resource(show_spinner=False)
def call_queue() -> CallQueue:
    """The answers that wait for the engine, over all tabs."""
    return CallQueue()


def follow_address(*, in_chat: bool) -> None:
    """After Back or Forward, show the conversation of the address; in the chat, none where it names none.

    Elsewhere the tab's own conversation stays: a change of pages drops it from the address, and a
    second click may still carry the address from before the first.
    """
    asked = st.query_params.get("c", "")
    if _through_history() and asked != current_id() and (asked or in_chat):
        open_conversation(asked)


def write_address() -> None:
    """Put the conversation into the address of the chat, where a reload and a link find it.

    Not into that of other pages: each would be one more stop on the way back.
    """
    own = _own_parameters()
    for name in {"c", "among"} - own.keys():
        st.query_params.pop(name, None)
    for name, value in own.items():
        st.query_params[name] = value


def _through_history() -> bool:
    """Whether the browser's Back or Forward asked for this run: only Streamlit's record of it says so."""
    run = get_script_run_ctx()
    return run is not None and run.is_history_navigation


def current(library: Library) -> list[AnswerJob]:
    """This tab's answers in order; a conversation that this server has not seen comes from the history.

    One that cannot be opened gives way to a new one, and `not_opened` says why.
    """
    chosen, known = current_id(), app_state.background().conversations
    if chosen and chosen not in known:
        try:
            known.setdefault(chosen, _restore(chosen, library))  # another tab may be as quick
        except RagError as error:
            log.warning("not restored: %s", error.message)
            open_conversation("")
            st.session_state["not-opened"] = error
            return []
    return known.get(chosen, [])


def not_opened() -> RagError | None:
    """Why the conversation that this tab should show is not there; whoever asks for it shows it."""
    error: RagError | None = st.session_state.get("not-opened")
    st.session_state["not-opened-shown"] = error
    return error


def as_it_is() -> tuple[AnswerJob, ...]:
    """This tab's conversation at this moment, whichever tab has changed it; empty if it was deleted."""
    return tuple(app_state.background().conversations.get(current_id(), ()))


def current_id() -> str:
    """The id of this tab's conversation; empty before its first question."""
    state = st.session_state
    if "conversation" not in state:
        state["conversation"] = st.query_params.get("c", "")
    return str(state["conversation"])


def address() -> dict[str, str]:
    """The parameters of the address that leads to this tab's conversation, in the language chosen."""
    others = {name: value for name, value in st.query_params.items() if name not in {"c", "among"}}
    return others | _own_parameters()


def _own_parameters() -> dict[str, str]:
    """The conversation's id; before its first question, the token of the papers to ask among."""
    if current_id():
        return {"c": current_id()}
    return {"among": _token()} if _token() in app_state.background().chosen else {}


def _token() -> str:
    """Stands for a conversation that has no question yet, and so no id; empty where nothing was chosen."""
    state = st.session_state
    if "among" not in state:
        state["among"] = st.query_params.get("among", "")
    return str(state["among"])


def choose(name: str, arxiv_ids: Sequence[str]) -> None:
    """Ask among these papers alone from this conversation's next question on; none of them is all papers."""
    if not current_id() and not _token():
        st.session_state["among"] = secrets.token_hex(5)
    chosen = Filters(only=tuple(arxiv_ids), only_name=name if arxiv_ids else "")
    app_state.background().chosen[current_id() or _token()] = chosen


def chosen() -> Filters:
    """The papers that this tab's conversation asks among, and nothing else; of one from the history
    those of its last question.
    """
    known = app_state.background().chosen.get(current_id() or _token())
    if known is not None:
        return known
    asked = [job.progress.query.filters for job in as_it_is() if job.progress.query]
    return Filters(only=asked[-1].only, only_name=asked[-1].only_name) if asked else Filters()


def busy(library: Library) -> bool:
    """Whether this tab's last answer is still being written."""
    jobs = current(library)
    return bool(jobs) and jobs[-1].running


def begin() -> None:
    """Start over in this tab; an answer still being written is stopped."""
    stop()
    open_conversation("")


def open_conversation(conversation_id: str) -> None:
    """Show another conversation in this tab."""
    st.session_state["conversation"] = conversation_id
    st.session_state.pop("not-opened", None)
    st.session_state["among"] = ""
    opened.close()
    st.query_params.pop("among", None)
    if not conversation_id:
        st.query_params.pop("c", None)


def stop() -> None:
    for job in app_state.background().conversations.get(current_id(), []):
        job.stop()


def delete(conversation_id: str) -> None:
    """Delete a conversation here and in the history. Raises HistoryError."""
    app_state.history().delete(conversation_id)
    app_state.background().chosen.pop(conversation_id, None)
    for job in app_state.background().conversations.pop(conversation_id, []):
        job.stop()
    if conversation_id == current_id():
        open_conversation("")


def delete_all() -> None:
    """Delete every conversation and bookmark, and wait for answers under way to end. Raises HistoryError."""
    app_state.history().delete_all()
    known = app_state.background().conversations
    jobs = [job for jobs in known.values() for job in jobs]
    for job in jobs:
        job.stop()
    for job in jobs:
        job.wait(STOP_SECONDS)
    known.clear()
    app_state.background().chosen.clear()
    open_conversation("")


def ask(question: str, library: Library, filters: Filters = Filters()) -> None:
    """Ask in this tab's conversation; the answer is written in the background.

    Of two tabs that ask in one conversation at once, the second is not answered.
    """
    state = st.session_state
    if state.get("not-opened") is state.get("not-opened-shown"):  # who asks has read it
        state.pop("not-opened", None)
    with app_state.background().asking:
        if busy(library):
            return
        among = chosen()
        conversation_id, turn_id = _save_question(question)
        app_state.background().chosen[conversation_id] = among
        known = app_state.background().conversations.setdefault(conversation_id, [])
        _start(AnswerJob(question, turn_id=turn_id), known, library, filters)


def edit(place: int, question: str, library: Library, filters: Filters = Filters()) -> None:
    """Ask another question in place of the one at `place`; its answer goes, and so do the turns after it."""
    with app_state.background().asking:
        jobs = current(library)
        if place >= len(jobs) or jobs[-1].running:
            return
        if (turn_id := jobs[place].turn_id) is not None:
            try:
                app_state.history().cut(current_id(), turn_id)
            except RagError as error:
                log.warning("not deleted: %s", error.message)
        del jobs[place:]
        ask(question, library, filters)


def ask_again(library: Library) -> None:
    """Answer the last question once more, in place of its answer."""
    with app_state.background().asking:
        jobs = current(library)
        if jobs and not jobs[-1].running:
            last = jobs.pop()
            filters = last.progress.query.filters if last.progress.query else Filters()
            _start(AnswerJob(last.question, turn_id=last.turn_id), jobs, library, filters)


def usual_speed(model: str) -> AnswerSpeed | None:
    """How fast that model has answered since the app began, in any tab."""
    known = app_state.background().conversations.values()
    answers = [answer for jobs in list(known) for job in list(jobs) if (answer := job.progress.answer)]
    return answer_speed(answers, model)


def _start(job: AnswerJob, jobs: list[AnswerJob], library: Library, filters: Filters) -> None:
    opened.close()
    turns = [turn for earlier in jobs if (turn := earlier.turn())]
    jobs.append(job)
    generator = app_state.engine().generator
    model_call = ModelCall(generator, call_queue()) if generator else None
    job.start(library, model_call, turns, filters, app_state.in_same_home(_save_answer, job.turn_id))


def _save_question(question: str) -> tuple[str, int | None]:
    """(id of the conversation, id of the turn or None): both in the history where it can be written."""
    conversation_id, history = current_id(), app_state.history()
    turn_id = None
    try:
        conversation_id = conversation_id or history.create()
        turn_id = history.add(conversation_id, None, None, question)
    except RagError as error:
        log.warning("not saved: %s", error.message)
    st.session_state["conversation"] = conversation_id or secrets.token_hex(5)
    return st.session_state["conversation"], turn_id


def _save_answer(turn_id: int | None, progress: AnswerProgress) -> None:
    if turn_id is None:
        return
    try:
        app_state.history().complete(turn_id, progress.query, progress.answer, trace_of(progress))
    # deleted meanwhile, or the disk is full: the answer itself is on the page
    except RagError as error:
        log.warning("not saved: %s", error.message)


def _restore(conversation_id: str, library: Library) -> list[AnswerJob]:
    """Its answers as they were saved. Raises HistoryError when there is no such conversation."""
    history = app_state.history()
    history.conversation(conversation_id)
    return [_restored_job(turn, library) for turn in history.turns(conversation_id)]


def _restored_job(turn: SavedTurn, library: Library) -> AnswerJob:
    job = AnswerJob(turn.question, restored_progress(turn, library), turn.id)
    job.thumb, job.reason = turn.thumb, turn.reason
    return job
