"""The entries of digests that were not read: file, line and reason, as a table.

Knows: how the table looks. Does not know: why an entry is skipped.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from rag_app.collection import digests
from rag_app.web.i18n.text import Words


def skipped_entries(skipped: Sequence[digests.Skipped], words: Words) -> None:
    """Draw the table, or say that nothing was skipped."""
    if not skipped:
        st.caption(words["skipped_none"])
        return
    st.markdown(f"**{words['skipped_title'].format(n=len(skipped))}**")
    rows = [
        {words["skipped_file"]: s.file, words["skipped_line"]: s.line or None, words["skipped_why"]: s.reason}
        for s in skipped
    ]
    st.dataframe(rows, hide_index=True, placeholder="–", alt=words["skipped_title"].format(n=len(skipped)))
