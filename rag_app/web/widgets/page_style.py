"""The rules of style that the page needs beyond its theme.

Knows: what Streamlit draws illegibly, and which place is kept free for what is still to be written. Does not
know: colours, which the theme has (`.streamlit/config.toml`).
"""

from __future__ import annotations

import streamlit as st

LEAD = "lead-so-far"  # key of the container of what will lead an answer
# While its menu is open Streamlit darkens a plain button's text, also on dark ground, where none can read it.
_OPEN_MENU = "[data-testid=stPopoverButton][kind=tertiary][aria-expanded=true] { color: inherit }"
# Streamlit writes what is chosen in the theme's primary colour, which is too dark for text on dark ground.
_CHOSEN = (
    "[data-variant=segmented_control][data-selected][role][aria-checked=true], [data-testid=stTab][aria-selected=true] "
    "{ color: inherit }"
)
# Streamlit leaves room for a list's number of one digit; the first of two are cut off at the edge of a row.
_NUMBERS = "[data-testid=stMarkdownContainer] ol > li { margin-left: 1.8em }"
# The day and the votes behind a title of a list, which break at the hyphens of the day otherwise.
_RECORD = "[data-testid=stMarkdownContainer] li .stMarkdownColoredText { white-space: nowrap }"
# The lines of a leading sentence: it comes last and moves nothing below it.
_LEAD = f".st-key-{LEAD} {{ min-height: 4.8rem }}"


def page_style() -> None:
    """Add the rules to the page; they take no place."""
    st.html(f"<style>{_OPEN_MENU} {_CHOSEN} {_NUMBERS} {_RECORD} {_LEAD}</style>")
