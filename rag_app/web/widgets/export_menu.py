"""Downloads of papers, and of an answer, in the formats of other tools.

Knows: where a download is offered. Does not know: the formats (`export.formats`), or which papers they
are.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from rag_app.export import conversation, formats, notes
from rag_app.export.reference import Lookup, Reference
from rag_app.history.store import Conversation, SavedTurn
from rag_app.web.i18n.text import Words


def paper_exports(papers: Sequence[Reference], words: Words, key: str) -> None:
    """The menu that downloads all of these papers, in their order."""
    menu = st.popover(
        words["export"], icon=":material/download:", type="tertiary", key=f"{key}-export", on_change="rerun"
    )
    if not menu.open:
        return
    with menu:
        st.caption(words["export_papers"].format(n=f"{len(papers):,}"))
        for name, file in formats.FILES.items():
            st.download_button(
                file.title,
                partial(_papers_as, name, papers),
                f"papers.{file.suffix}",
                file.mime,
                key=f"{key}-export-{name}",
                on_click="ignore",
                width="stretch",
            )
        st.download_button(
            words["export_notes"],
            partial(notes.archive, papers),
            "notes.zip",
            "application/zip",
            key=f"{key}-export-notes",
            on_click="ignore",
            width="stretch",
        )


def answer_exports(turn: SavedTurn, papers: Lookup, words: Words, key: str) -> None:
    """Buttons that download the answer, and the papers it cites."""
    st.caption(words["export_answer"])
    with st.container(horizontal=True, gap="small", key=f"{key}-export"):
        for name, file in conversation.FILES.items():
            if name == "json":  # of a whole conversation, to ask it again
                continue
            st.download_button(
                file.title,
                partial(_answer_as, name, turn, papers),
                f"answer.{file.suffix}",
                file.mime,
                key=f"{key}-export-{name}",
                on_click="ignore",
            )


def _papers_as(name: str, papers: Sequence[Reference]) -> bytes:
    return formats.FILES[name].encoded(formats.write(name, papers))


def _answer_as(name: str, turn: SavedTurn, papers: Lookup) -> bytes:
    told = Conversation("", turn.question, turn.asked, turn.asked, 1)
    return conversation.FILES[name].encoded(conversation.export(told, [turn], name, papers))
