"""The button that stops what runs: an answer, an ingest, a pull.

Knows: how it looks, and that it can be pressed once. Does not know: what it stops.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from rag_app.web.i18n.text import Words


def stop_button(words: Words, key: str, stop: Callable[[], None], *, stopping: bool) -> None:
    st.button(words["stop"], key=key, icon=":material/stop_circle:", on_click=stop, disabled=stopping)
