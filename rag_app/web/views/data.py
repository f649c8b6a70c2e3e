"""The data page: what leaves the machine, where data lives and what it takes, and deleting it.

Knows: what a user may want to know, check and remove, and that nothing here can delete a digest.
Does not know: how data is kept.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from rag_app import __version__
from rag_app.diagnostics import disk_usage, doctor
from rag_app.errors import RagError
from rag_app.text.cleaning import escape_markdown
from rag_app.web.i18n.text import Words, size
from rag_app.web.state import app_state, conversations
from rag_app.web.widgets import upgrade
from rag_app.web.widgets.notices import show_error

if TYPE_CHECKING:
    from rag_app.collection.library import Library


def page(words: Words, library: Library | None) -> None:
    st.title(words["data"], anchor=False)
    st.info(words["data_notice"], icon=":material/menu_book:")
    _connections(words)
    st.subheader(words["data_where"], anchor=False)
    _storage(words, library)
    st.subheader(words["data_delete"], anchor=False)
    _delete_conversations(words)
    with st.expander(words["version"].format(version=__version__), icon=":material/new_releases:"):
        st.markdown(upgrade.changes_since("", upgrade.changelog()))


def _connections(words: Words) -> None:
    """What leaves the machine, and a check of that."""
    st.subheader(words["data_leaves"], anchor=False)
    away = [str(server) for server in app_state.servers() if not server.loopback]
    if away:
        st.warning(words["data_servers"], icon=":material/cloud_upload:")
        st.code("\n".join(away), language=None, wrap_lines=True)
    else:
        st.markdown(words["data_nothing"])
    _check_machine(words)


def _check_machine(words: Words) -> None:
    """The button that runs `rag-app doctor`, and what it found the last time."""
    if st.button(words["check"], key="check", icon=":material/stethoscope:"):
        with st.spinner(words["checking"]):
            st.session_state["findings"] = doctor.examine(app_state.settings(), offline=True)
    for finding in st.session_state.get("findings", []):
        mark = ":green[:material/check_circle:]" if finding.fine else ":red[:material/error:]"
        hint = f"  \n**{words['hint']}:** {escape_markdown(finding.hint)}" if finding.hint else ""
        st.markdown(f"{mark} **{escape_markdown(finding.what)}** {escape_markdown(finding.says)}{hint}")


def _storage(words: Words, library: Library | None) -> None:
    st.caption(words["data_where_help"])
    roots = [Path(root) for root in library.snapshot.manifest.roots] if library else []
    parts = disk_usage.parts(app_state.settings(), roots)
    rows = [
        {
            words["data_part"]: words[f"part_{part.name}"],
            words["data_size"]: size(part.bytes) if part.bytes else "–",
            words["data_place"]: escape_markdown(str(part.path)),
        }
        for part in parts
    ]
    st.table(rows, border="horizontal", hide_index=True, alt=words["data_where"])


def _delete_conversations(words: Words) -> None:
    """Everything that was asked and answered, after a second thought; digests, index and models stay."""
    st.markdown(words["data_delete_help"])
    sure = st.checkbox(words["delete_all_yes"], key="data-sure")
    if st.button(
        words["data_delete_all"], key="data-delete", icon=":material/delete_forever:", disabled=not sure
    ):
        try:
            conversations.delete_all()
            disk_usage.delete_states(app_state.settings())
        except RagError as error:
            show_error(error, words)
        else:
            del st.session_state["data-sure"]
            st.toast(words["data_deleted"], icon=":material/check_circle:")
            st.rerun()
