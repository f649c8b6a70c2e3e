"""The papers most like an opened one, each with what both are about; a press opens it.

Knows: how such a paper looks in the drawer. Does not know: what makes papers alike (`search.similar`),
or how an opened paper looks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from rag_app.lang import count_letters, language_of, other_scripts
from rag_app.search import similar
from rag_app.web.i18n.text import Words, votes
from rag_app.web.widgets.markdown import label

if TYPE_CHECKING:
    from rag_app.collection.library import Library

SHOWN = 6


def similar_papers(
    arxiv_id: str, words: Words, library: Library, key: str, open_paper: Callable[[str], None]
) -> bool:
    """Draw them, nearest first; nothing where the collection holds no other paper. Whether one was
    pressed: `open_paper` has then been called, before this was drawn.
    """
    found = _similar(library.snapshot.name, arxiv_id, library)
    pressed = False
    if not found:
        return pressed
    st.markdown(f"**{words['similar']}** :gray[:small[{words['similar_help']}]]")
    with st.container(gap="small", key=f"{key}-similar"):
        for one in found:
            with st.container(gap=None):
                pressed |= st.button(
                    label(one.paper.title, 100),
                    key=f"{key}-similar-{one.paper.arxiv_id}",
                    icon=":material/arrow_forward:",
                    type="tertiary",
                    wrap=False,
                    on_click=open_paper,
                    args=(one.paper.arxiv_id,),
                )
                st.caption(_facts(one, words))
    return pressed


def _facts(one: similar.Similar, words: Words) -> str:
    """Day, votes and shared words in one line."""
    facts = [one.paper.date or words["date_unknown"], votes(words, one.paper.votes)]
    if shared := [term for term in one.shared if _readable(term, words)]:
        facts.append(words["similar_shared"].format(words=label(", ".join(shared), 80)))
    return " · ".join(facts)


def _readable(term: str, words: Words) -> bool:
    """Whether readers of the page can read a word: it is in Latin letters or in their language."""
    return not count_letters(term, other_scripts()) or language_of(term) == language_of(words["similar"])


@st.cache_resource(show_spinner=False, max_entries=64)
def _similar(snapshot: str, arxiv_id: str, _library: Library) -> Sequence[similar.Similar]:
    """Kept for a while: an opened paper is drawn again with every press in its drawer."""
    del snapshot  # only the cache's key
    return similar.similar(arxiv_id, _library, SHOWN)
