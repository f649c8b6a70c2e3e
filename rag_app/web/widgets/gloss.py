"""Sentences of digests as a reader of another language reads them: glosses, marked as such.

Knows: what stands where a gloss is, is on its way, or cannot be had, and that the page is drawn again
when one comes. Does not know: how glosses are made (`gloss_desk`). The original is one click away, in
the drawer of its paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from rag_app.records import Answer, Passage
from rag_app.text.cleaning import clean_line, escape_markdown
from rag_app.web.i18n.text import Words
from rag_app.web.state import app_state, conversations
from rag_app.web.state.gloss_desk import GlossDesk, Place
from rag_app.web.widgets.markdown import label

if TYPE_CHECKING:
    from rag_app.collection.library import Library

LOOK_SECONDS = 1.0
LONGEST = 2_000  # characters of a sentence
PENDING = "glosses-pending"  # what this run of the page waits for


@dataclass(frozen=True, slots=True)
class PageReader:
    """Who reads: the language of the answer, the page's words, and the collection that it is about."""

    language: str
    words: Words
    library: Library


@st.cache_resource(show_spinner=False)
def desk() -> GlossDesk:
    return GlossDesk(conversations.call_queue())


def as_read(passages: Sequence[Passage], reader: PageReader, length: int = LONGEST) -> list[str]:
    """Each passage as Markdown on one line of at most `length` characters, in the reader's language where
    that can be had.
    """
    table = reader.library.snapshot.papers
    generator = app_state.engine().generator
    places = [at for at, p in enumerate(passages) if generator and table.has(p.arxiv_id)]
    shown = [label(passage.text, length) for passage in passages]
    if generator is None or not places:
        return shown
    texts = desk().texts([passages[at] for at in places], reader.language, reader.library, generator)
    for at, gloss in zip(places, texts, strict=True):
        if gloss is None:
            shown[at] = f":shimmer[{reader.words['gloss_coming']}…]"
            st.session_state.setdefault(PENDING, []).append((reader.language, passages[at].text))
        elif gloss:
            shown[at] = f"{label(gloss, length)} :small[:material/translate: {reader.words['gloss']}]"
    return shown


def quotes_as_read(markdown: str, answer: Answer, reader: PageReader) -> str:
    """An answer's text with its quotes as the reader reads them.

    A quote below a sentence that says it in the reader's language is left out: the sentence is its
    translation.
    """
    from rag_app.answer import glosses

    quotes = _quotes(answer)
    lines = markdown.split("\n")
    found = {at: quotes[line.strip()] for at, line in enumerate(lines) if line.strip() in quotes}
    read = as_read(list(found.values()), reader)
    said = glosses.translated(answer)
    for (at, passage), text in zip(found.items(), read, strict=True):
        if passage.text in said and lines[at].startswith(">"):
            lines[at] = ""
        else:
            lines[at] = lines[at][: lines[at].index(">") + 2] + text
    return "\n".join(line for line in lines if line.strip() != ">")


def begin() -> None:
    """Before a page is drawn: nothing is waited for yet."""
    st.session_state.pop(PENDING, None)


def watch() -> None:
    """After a page is drawn: draw it again once something that it waits for has come."""
    pending: list[Place] = st.session_state.get(PENDING, [])
    if pending:
        st.fragment(_look, run_every=LOOK_SECONDS, key="gloss-watch")(tuple(pending))


def _look(pending: tuple[Place, ...]) -> None:
    if desk().any_made(pending):
        st.rerun()


def _quotes(answer: Answer) -> dict[str, Passage]:
    """The lines that quote a digest in an answer's text, and what each quotes."""
    cited = {citation.n: citation.arxiv_id for citation in answer.citations}
    places = [(c.n, c.section, c.quote, c.start, c.end) for c in answer.citations]
    places += [(s.n, s.section, s.quote, s.start, s.end) for one in answer.sentences for s in one.support]
    found: dict[str, Passage] = {}
    for n, section, quote, start, end in places:
        if n in cited and quote:
            passage = Passage(cited[n], section, start, end, quote)
            for text in (quote, clean_line(quote)):
                found[f"> {escape_markdown(text)}".strip()] = passage
    return found
