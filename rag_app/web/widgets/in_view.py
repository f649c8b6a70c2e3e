"""A new question and its answer come into view, however long the answer before is.

Knows: that each question is scrolled to once, and that the reader's own scrolling is left alone after.
Does not know: what a question is. The script is part of the page: it loads nothing.
"""

from __future__ import annotations

import streamlit as st

_FIRST = "first-question"  # what this tab showed first
_SCRIPT = """
export default function ({ data }) {
  if (!data.fresh || sessionStorage.getItem("question-in-view") === data.question) return;
  sessionStorage.setItem("question-in-view", data.question);
  document.querySelector(`.st-key-${CSS.escape(data.place)}`)?.scrollIntoView({ block: "start" });
}
"""


def bring_into_view(place: str, question: str) -> None:
    """Scroll to the container of the key `place` if the tab has not shown `question` yet; what a tab shows
    first stays where the browser puts it.
    """
    first = st.session_state.setdefault(_FIRST, question)
    fresh = question != first
    _scroller()(data={"place": place, "question": question, "fresh": fresh}, key="in-view")


@st.cache_resource(show_spinner=False)
def _scroller() -> st.components.v2.types.ComponentRenderer:
    return st.components.v2.component("in-view", js=_SCRIPT, html="<span></span>")
