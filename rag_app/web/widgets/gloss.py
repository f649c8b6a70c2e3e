"""Sentences of digests as a reader of another language reads them: glosses, marked as such.

Knows: what stands where a gloss is, is on its way, or cannot be had, and that the page is drawn again
when one comes. Does not know: how glosses are made (`gloss_desk`). The original is one click away, in
the drawer of its paper.
"""

from __future__ import annotations

import threading
import time
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
AHEAD = 60  # papers of the newest day whose lines are translated before anybody looks
LONGEST = 2_000  # characters of a sentence
PENDING = "glosses-pending"  # what this run of the page waits for
SWITCH = "idle-glosses-on"


@dataclass(frozen=True, slots=True)
class PageReader:
    """Who reads: the language of the answer, the page's words, and the collection that it is about."""

    language: str
    words: Words
    library: Library


@st.cache_resource(show_spinner=False)
def desk() -> GlossDesk:
    return GlossDesk(conversations.call_queue(), idle=app_state.served_settings().idle_glosses)


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
            shown[at] = _coming(reader.words)
            st.session_state.setdefault(PENDING, []).append((reader.language, passages[at].text))
        elif gloss:
            shown[at] = f"{label(gloss, length)} {_mark(reader.words)}"
    return shown


def in_a_row(passages: Sequence[Passage], reader: PageReader) -> str:
    """The passages one after the other, as they are read; that some are glosses, or on their way, is said
    once, at the end.
    """
    read, found = as_read(passages, reader), []
    for mark in (_mark(reader.words), _coming(reader.words)):
        if any(text.endswith(mark) for text in read):
            found.append(mark)
        read = [text.removesuffix(mark).rstrip() for text in read]
    return " ".join(filter(None, (*read, *found)))


def _mark(words: Words) -> str:
    return f":small[:material/translate: {words['gloss']}]"


def _coming(words: Words) -> str:
    return f":shimmer[{words['gloss_coming']}…]"


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
    """Before a page is drawn: nothing is waited for yet, and what nobody waits for is made after it."""
    st.session_state.pop(PENDING, None)
    desk().leave_time_to_draw()


def watch() -> None:
    """After a page is drawn: draw it again once something that it waits for has come."""
    pending: list[Place] = st.session_state.get(PENDING, [])
    if pending:
        st.fragment(_look, run_every=LOOK_SECONDS, key="gloss-watch")(tuple(pending))


def ahead(library: Library, language: str) -> None:
    """Begin to translate what Today opens with, while no answer needs the model; once for each snapshot
    and engine.
    """
    _begun(library.snapshot.name, language, id(app_state.engine()), library)


@st.cache_resource(show_spinner=False, max_entries=4)
def _begun(snapshot: str, language: str, engine: int, _library: Library) -> None:
    del snapshot, engine  # only the cache's key
    threading.Thread(
        target=translate_newest, args=(_library, language), name="glosses-ahead", daemon=True
    ).start()


def translate_newest(library: Library, language: str) -> None:
    """Ask for the lines of the newest day, those of its lead first, once the model has loaded."""
    from rag_app.daily import brief, period

    while (engine := app_state.engine()).loading:
        time.sleep(LOOK_SECONDS)
    papers = brief.by_votes(brief.papers_of(period.newest_day(library.snapshot.papers), library))[:AHEAD]
    said = [passage for paper in papers if (passage := brief.first_sentence(paper))]
    if engine.generator:
        desk().prepare(said, language, library, engine.generator)


def switch(words: Words) -> None:
    """Whether lines of the newest day are translated ahead, and how far that is."""
    made, total = desk().progress()
    working = desk().idle and made < total
    st.fragment(_switch, run_every=LOOK_SECONDS if working else None, key="idle-glosses")(words)


def _switch(words: Words) -> None:
    # Another tab may have switched it; what this one remembers of the toggle would switch it back.
    st.session_state[SWITCH] = desk().idle
    st.toggle(words["idle_glosses"], key=SWITCH, help=words["idle_glosses_help"], on_change=_switched)
    made, total = desk().progress()
    if total:
        st.progress(made / total, words["idle_glosses_made"].format(made=made, total=total))


def _switched() -> None:
    desk().make_ahead(st.session_state[SWITCH])


def _look(pending: tuple[Place, ...]) -> None:
    if desk().any_news(pending):
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
