"""Filters on the questions of a chat: days, votes and authors, in sight for as long as they apply.

Knows: the inputs and where their values live. Does not know: what filters do to an answer.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

from rag_app.collection.papers import PaperTable, author_key
from rag_app.records import Filters
from rag_app.web.i18n.text import Words
from rag_app.web.state import conversations
from rag_app.web.widgets.bookmarks import bookmarked
from rag_app.web.widgets.markdown import label

if TYPE_CHECKING:
    from rag_app.collection.library import Library

FILTERS = "filters"  # key in the state of the session


def chosen_filters() -> Filters:
    """The filters that apply to this tab's next question."""
    filters: Filters = st.session_state.get(FILTERS, Filters())
    among = conversations.chosen()
    return replace(filters, only=among.only, only_name=among.only_name)


def filter_bar(words: Words, library: Library) -> None:
    """The button that opens the filters, and a chip for each that applies; pressing a chip takes it away."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="filters"):
        with st.popover(words["filters"], icon=":material/filter_alt:", type="tertiary"):
            st.caption(words["filters_help"])
            st.session_state[FILTERS] = filter_inputs(words, library, "chat-filter")
            _bookmarks_button(words)
        for name, text in _chips(chosen_filters(), words):
            st.button(
                text,
                key=f"chip-{name}",
                icon=":material/close:",
                on_click=_clear,
                args=(name,),
                help=words["filter_drop"],
            )
    lacking = [one for one in conversations.chosen().only if not library.snapshot.papers.has(one)]
    if lacking:
        st.caption(words["only_lacking"].format(n=f"{len(lacking):,}"))


def _bookmarks_button(words: Words) -> None:
    """Ask among the bookmarked papers; the button takes no room where there are none."""
    if marked := bookmarked():
        st.button(
            words["only_bookmarks"].format(n=f"{len(marked):,}"),
            key="only-bookmarks",
            icon=":material/bookmarks:",
            on_click=conversations.choose,
            args=(words["view_marked"], marked),
        )


def filter_inputs(words: Words, library: Library, key: str) -> Filters:
    """Draw the inputs; the filters they hold."""
    table = library.snapshot.papers
    with st.container(key=key):
        left, right = st.columns(2)
        with left:
            since = _day_input(words["since"], f"{key}-since", table)
        with right:
            until = _day_input(words["until"], f"{key}-until", table)
        votes = st.number_input(
            words["min_votes"],
            0,
            value=None,
            step=1,
            key=f"{key}-votes",
            persist_state="session",
            placeholder="0",
        )
        typed = st.text_input(
            words["authors"],
            key=f"{key}-authors",
            persist_state="session",
            placeholder=words["authors_placeholder"],
        )
        authors, unknown = _authors_meant(typed, table)
        if unknown:
            st.caption(words["authors_unknown"].format(names=label(", ".join(unknown), 80)))
    return Filters(since=since, until=until, authors=tuple(authors), min_votes=int(votes) if votes else None)


def _day_input(name: str, key: str, table: PaperTable) -> str:
    """A day of the collection as an ISO string; empty while none is chosen."""
    first, last = (date.fromisoformat(day) if day else None for day in (table.first_day, table.last_day))
    day = st.date_input(name, None, first, last, key=key, format="YYYY-MM-DD", persist_state="session")
    return day.isoformat() if day else ""


def _authors_meant(typed: str, table: PaperTable) -> tuple[list[str], list[str]]:
    """(authors of the collection that are meant, names that mean none); a comma stands between names."""
    names = [name.strip() for name in typed.split(",") if name.strip()]
    meant = {name: _author_meant(name, table) for name in names}
    return [author for author in meant.values() if author], [
        name for name, author in meant.items() if not author
    ]


def _author_meant(name: str, table: PaperTable) -> str:
    """The author whose name is most like it, else who has it as a part and the most papers."""
    if found := table.find_authors(name, limit=1):
        return found[0][0]
    parts = set(author_key(name).split())
    return next(
        (author for author, _ in table.authors(Filters()) if parts <= set(author_key(author).split())), ""
    )


def _chips(filters: Filters, words: Words) -> list[tuple[str, str]]:
    """(name of the widget, what the chip says)."""
    chips = []
    if filters.since:
        chips.append(("since", words["chip_since"].format(day=filters.since)))
    if filters.until:
        chips.append(("until", words["chip_until"].format(day=filters.until)))
    if filters.min_votes:
        chips.append(("votes", words["chip_votes"].format(n=filters.min_votes)))
    if filters.authors:
        chips.append(("authors", label(", ".join(filters.authors), 40)))
    if filters.only:
        name = label(filters.only_name or words["only_chosen"], 40)
        chips.append(("only", words["chip_only"].format(name=name, n=f"{len(filters.only):,}")))
    return chips


def clear_filters() -> None:
    """Take every filter away."""
    for name in ("since", "until", "votes", "authors", "only"):
        _clear(name)
    st.session_state[FILTERS] = Filters()


def _clear(name: str) -> None:
    if name == "only":
        conversations.choose("", ())
        return
    st.session_state[f"chat-filter-{name}"] = "" if name == "authors" else None
