"""The one rule of style that the page needs beyond its theme.

Knows: what Streamlit draws illegibly. Does not know: colours, which the theme has (`.streamlit/config.toml`).
"""

from __future__ import annotations

import streamlit as st

# While its menu is open Streamlit darkens a plain button's text, also on dark ground, where none can read it.
_OPEN_MENU = "[data-testid=stPopoverButton][kind=tertiary][aria-expanded=true] { color: inherit }"


def page_style() -> None:
    """Add the rule to the page; it takes no place."""
    st.html(f"<style>{_OPEN_MENU}</style>")
