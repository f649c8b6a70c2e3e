"""The topics that rose, as badges with their shares.

Knows: how they look. Does not know: how they are found.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from rag_app.answer.trends import Topic
from rag_app.web.i18n.text import Words
from rag_app.web.widgets.markdown import label


def rising_topics(topics: Sequence[Topic], words: Words) -> None:
    """One line of badges; nothing where nothing rose."""
    if not topics:
        return
    st.markdown(f"**{words['week_rising']}**")
    change = words["week_change"]
    st.markdown(
        " ".join(
            f":green-badge[{label(t.phrase, 40)}] "
            f":small[:gray[{change.format(before=f'{t.before:.1%}', now=f'{t.within:.1%}')}]]"
            for t in topics
        )
    )
