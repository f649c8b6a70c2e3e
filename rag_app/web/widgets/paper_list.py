"""A long list of papers as an answer: page by page, in the reader's order, as a table and as CSV.

Knows: that the text of an answer holds only the first papers of a long list, and its citations all
of them. Does not know: how the list came about, or how a block of text is drawn.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from rag_app.answer.templates import quote_below
from rag_app.records import Answer, Citation, Intent, Paper
from rag_app.search.continuations import PAGE
from rag_app.text.cleaning import clean_line, escape_markdown
from rag_app.web.i18n.text import Words, votes, words_for
from rag_app.web.widgets.markdown import label
from rag_app.web.widgets.paper_table import paper_table

_FIRST_ITEM = re.compile(r"^1\. ", re.MULTILINE)
ORDERS: dict[str, Callable[[Paper], float | str] | None] = {
    "answer": None,
    "date": lambda paper: paper.date,
    "votes": lambda paper: -1 if paper.votes is None else paper.votes,
}  # but for the answer's own order, highest first


def is_list(answer: Answer) -> bool:
    """Whether the answer is a list of papers."""
    return answer.intent in {Intent.LIST, Intent.METADATA} and len(answer.citations) > 1


def is_long(answer: Answer) -> bool:
    """Whether its text leaves papers out."""
    return is_list(answer) and len(answer.citations) > PAGE and bool(_FIRST_ITEM.search(answer.text))


def intro(answer: Answer) -> str:
    """What a long list's text says before its first paper."""
    return _FIRST_ITEM.split(answer.text, maxsplit=1)[0].rstrip()


def page_of(answer: Answer, papers: Mapping[str, Paper], order: str, page: int) -> str:
    """The papers of one page (from 1) as Markdown, each numbered, with its quote where there is one."""
    cited, key = list(answer.citations), ORDERS[order]
    if key:
        cited.sort(key=lambda citation: key(papers[citation.arxiv_id]), reverse=True)
    quoted = answer.intent is Intent.LIST
    shown = cited[(page - 1) * PAGE : page * PAGE]
    return "\n".join(_item(c, papers[c.arxiv_id], words_for(answer.language), quoted=quoted) for c in shown)


def choose_order(words: Words, key: str) -> str:
    """The control above a long list; the chosen order's name."""
    order = st.segmented_control(
        words["order"],
        list(ORDERS),
        default="answer",
        format_func=lambda name: words[f"order_{name}"],
        key=f"{key}-order",
        required=True,
        label_visibility="collapsed",
    )
    return str(order)


def choose_page(answer: Answer, key: str) -> int:
    """The control below a long list; the page it is on, from 1."""
    return st.pagination(-(-len(answer.citations) // PAGE), key=f"{key}-list-page")


def chosen_page(key: str) -> int:
    """The same before the control is drawn."""
    return int(st.session_state.get(f"{key}-list-page", 1))


def as_table(papers: Sequence[Paper], words: Words, key: str, open_source: Callable[[str], None]) -> None:
    """Every paper of a list as a table that sorts and can be downloaded; a chosen row can be opened."""
    with st.expander(words["all_papers"].format(n=f"{len(papers):,}"), icon=":material/table_rows:"):
        chosen = paper_table(papers, words, f"{key}-table")
        if chosen:
            st.button(
                words["open_paper"].format(title=label(chosen.title, 60)),
                key=f"{key}-table-open",
                icon=":material/article:",
                on_click=open_source,
                args=(chosen.arxiv_id,),
            )


def borderline(papers: Sequence[Paper], words: Words, key: str, open_source: Callable[[str], None]) -> None:
    """Papers near the cut, apart from the list."""
    with st.expander(words["borderline_papers"].format(n=len(papers)), icon=":material/horizontal_rule:"):
        st.caption(words["borderline_help"])
        for paper in papers:
            st.button(
                f"{label(paper.title, 90)} :gray[{paper.date}]",
                key=f"{key}-borderline-{paper.arxiv_id}",
                type="tertiary",
                wrap=False,
                on_click=open_source,
                args=(paper.arxiv_id,),
            )


def _item(citation: Citation, paper: Paper, words: Words, *, quoted: bool) -> str:
    facts = ", ".join(fact for fact in (paper.date, votes(words, paper.votes)) if fact)
    title = f"[{escape_markdown(clean_line(citation.title))}]({citation.url})"
    item = f"{citation.n}. {title} ({facts}) [{citation.n}]"
    if not quoted or not citation.quote:
        return item
    return f"{item}\n{quote_below(f'{citation.n}.', escape_markdown(clean_line(citation.quote)))}"
