"""Errors and warnings as the page shows them: the message and the next step, never a traceback.

Knows: how a `RagError` looks. Does not know: what failed.
"""

from __future__ import annotations

import streamlit as st

from rag_app.errors import RagError, UnknownIdError
from rag_app.text.cleaning import escape_markdown
from rag_app.web.i18n.text import Words


def show_error(error: RagError, words: Words) -> None:
    st.error(_message(error, words), icon=":material/error:")


def show_no_model(error: RagError, words: Words) -> None:
    """Not an error of the page: without a model it does less, and says so."""
    st.info(f"{words['model_none']}\n\n{_message(error, words)}", icon=":material/info:")


def show_not_opened(error: RagError, words: Words) -> None:
    """A conversation that is gone is no fault of the app's; a history that cannot be read is."""
    if isinstance(error, UnknownIdError):
        st.warning(words["conversation_gone"], icon=":material/link_off:")
    else:
        show_error(error, words)


def show_rebuilding(words: Words) -> None:
    st.info(words["rebuilding_index"], icon=":material/healing:")


def _message(error: RagError, words: Words) -> str:
    hint = f"\n\n**{words['hint']}:** {_with_commands(error.hint)}" if error.hint else ""
    return _with_commands(error.message) + hint


def _with_commands(text: str) -> str:
    """Escaped text; what our messages quote in backticks, such as a command to run, stays code."""
    pieces = text.split("`")  # odd places were between backticks
    return "".join(
        f"`{piece}`" if place % 2 and piece.strip() and place < len(pieces) - 1 else escape_markdown(piece)
        for place, piece in enumerate(pieces)
    )
