"""The button that asks a set of papers alone, wherever a set is in sight: a list, a selection, a tag.

Knows: that a set is a name and ids, and what is said where it is everything or nothing. Does not know:
where a set comes from, or what it does to an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from rag_app.web.i18n.text import Words
from rag_app.web.state import conversations


def ask_only_button(
    name: str, arxiv_ids: Sequence[str], words: Words, key: str, open_chat: Callable[[], None] | None = None
) -> None:
    """From the next question on, ask these papers alone.

    With `open_chat` in a new conversation, which it opens; without, in the one that is open.
    """
    pressed = st.button(
        words["only_these_one" if len(arxiv_ids) == 1 else "only_these"].format(n=f"{len(arxiv_ids):,}"),
        key=f"{key}-only",
        icon=":material/filter_center_focus:",
        help=words["only_help"],
        disabled=not arxiv_ids,
        on_click=_choose,
        args=(name, tuple(arxiv_ids), open_chat is not None),
    )
    if pressed and open_chat:
        open_chat()


def _choose(name: str, arxiv_ids: tuple[str, ...], anew: bool) -> None:
    if anew:
        conversations.begin()
    conversations.choose(name, arxiv_ids)
