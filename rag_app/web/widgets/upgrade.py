"""What an upgrade brought: said once, after this page was last opened by an older version.

Knows: how the changelog is divided, and which version the history remembers. Does not know: what
changed.
"""

from __future__ import annotations

import re

import streamlit as st

from rag_app import __version__
from rag_app.errors import RagError
from rag_app.shipped import SHIPPED
from rag_app.web.i18n.text import Words
from rag_app.web.state import app_state

NOTE = "version"  # of the history's notes

_RELEASE = re.compile(r"^## (\d[\w.]*).*$", re.MULTILINE)


def announce(words: Words) -> None:
    """Say once what an upgrade brought; a first start has nothing to compare with."""
    try:
        seen = app_state.history().note(NOTE)
        if not seen:
            _remember()
    except RagError:  # the history page says why; an announcement is not worth an error
        return
    if not seen or seen == __version__ or not (text := changes_since(seen, changelog())):
        return
    with st.container(border=True, key="upgrade"):
        st.markdown(f":material/new_releases: **{words['upgraded'].format(version=__version__)}**")
        st.markdown(text)
        st.button(words["upgrade_seen"], key="upgrade-seen", on_click=_remember)


def changelog() -> str:
    """The text of CHANGELOG.md; empty where somebody took it away."""
    file = SHIPPED / "CHANGELOG.md"
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def changes_since(version: str, text: str) -> str:
    """The changelog's entries above that version's, as Markdown; all of them if it names no such version."""
    releases = list(_RELEASE.finditer(text))
    end = next((match.start() for match in releases if match[1] == version), len(text))
    return text[releases[0].start() : end].strip().replace("## ", "##### ") if releases else ""


def _remember() -> None:
    try:
        app_state.history().set_note(NOTE, __version__)
    except RagError as error:
        st.toast(error.message, icon=":material/error:")
