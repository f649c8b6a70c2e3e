"""Plots of a set of papers, in tabs: topics, a map, papers per month, votes and authors.

Knows: which numbers a plot shows, and which papers stand behind a mark. Does not know: which papers
it is about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from rag_app.records import Paper
from rag_app.web.i18n.text import Words
from rag_app.web.widgets.map_plot import map_plot
from rag_app.web.widgets.plot_style import USUAL, month_axis
from rag_app.web.widgets.topics_plot import topics_plot

if TYPE_CHECKING:
    from rag_app.collection.library import Library

# Draws papers; the arXiv ids behind the marks that are chosen, None while none is.
Plot = Callable[[Sequence[Paper], Words], "set[str] | None"]

TOP_AUTHORS = 15
DOTS = 600  # papers with most votes that are drawn; more dots would cover each other
# pixels: of a plot; of a horizontal bar, so that each has its name, and its axis
HEIGHT, BAR, AXIS = 280, 24, 40


def plots(papers: Sequence[Paper], words: Words, library: Library) -> list[Paper]:
    """Draw the open one; the papers behind the marks that are chosen, or all."""
    kinds: dict[str, Plot] = {
        "topics": topics_plot,
        "map": partial(map_plot, library=library),
        "months": _months_plot,
        "votes": _votes_plot,
        "authors": _authors_plot,
    }
    tabs = st.tabs([words[f"plot_{kind}"] for kind in kinds], key="plots", on_change="rerun")
    chosen: set[str] | None = None
    for tab, (kind, draw) in zip(tabs, kinds.items(), strict=True):
        if tab.open:
            with tab:
                st.caption(words[f"plot_{kind}_help"])
                chosen = draw(papers, words)
    return [paper for paper in papers if chosen is None or paper.arxiv_id in chosen]


def _months_plot(papers: Sequence[Paper], words: Words) -> set[str] | None:
    counts = Counter(paper.date[:7] for paper in papers if paper.date)
    chosen = _bars([(month, counts[month]) for month in sorted(counts)], words["month"], words, "months")
    return chosen and {paper.arxiv_id for paper in papers if paper.date[:7] in chosen}


def _authors_plot(papers: Sequence[Paper], words: Words) -> set[str] | None:
    counts = Counter(name for paper in papers for name in dict.fromkeys(paper.authors))
    top = counts.most_common(TOP_AUTHORS)
    chosen = _bars(top, words["column_authors"], words, "authors", horizontal=True)
    return chosen and {paper.arxiv_id for paper in papers if chosen & set(paper.authors)}


def _votes_plot(papers: Sequence[Paper], words: Words) -> set[str] | None:
    """The papers with most votes. Those without a vote count are named, since unknown is not zero."""
    known = sorted((p for p in papers if p.votes is not None and p.date), key=lambda p: -(p.votes or 0))[
        :DOTS
    ]
    unknown = sum(paper.votes is None for paper in papers)
    if unknown:
        st.caption(words["plot_unknown"].format(n=f"{unknown:,}"))
    if not known:
        st.caption(words["plot_nothing"])
        return None
    chart = _votes_chart(known, words)
    event = st.altair_chart(chart, key="plot-votes", on_select="rerun", alt=words["plot_votes_help"])
    return {str(point["id"]) for point in event["selection"].get("dot", [])} or None


def _votes_chart(papers: Sequence[Paper], words: Words) -> Any:
    """One dot a paper, by day and votes."""
    import altair as alt

    rows = [{"id": p.arxiv_id, "title": p.title[:80], "day": p.date, "votes": p.votes} for p in papers]
    chosen = alt.selection_point(name="dot", fields=["id"])
    return (
        alt.Chart(alt.Data(values=rows))
        .mark_circle(color=USUAL, cursor="pointer")
        .encode(
            alt.X("day:T", title=None, axis=alt.Axis(format="%Y-%m", labelOverlap=True, grid=False)),
            alt.Y("votes:Q", title=words["column_votes"], scale=alt.Scale(type="sqrt", zero=False)),
            size=alt.Size("votes:Q", legend=None, scale=alt.Scale(range=[16, 220])),
            opacity=alt.condition(chosen, alt.value(0.7), alt.value(0.15)),
            tooltip=[
                alt.Tooltip("title:N", title=words["column_title"]),
                alt.Tooltip("day:N", title=words["column_date"]),
                alt.Tooltip("votes:Q", title=words["column_votes"]),
            ],
        )
        .add_params(chosen)
        .properties(height=HEIGHT)
    )


def _bars(
    rows: Sequence[tuple[str, int]], name: str, words: Words, key: str, *, horizontal: bool = False
) -> set[str] | None:
    """Draw the bars, each with its number; the names of those that are chosen, None while none is."""
    import altair as alt

    if not rows:
        st.caption(words["plot_nothing"])
        return None
    chosen = alt.selection_point(name="bar", fields=["label"])
    across, along = (alt.Y, alt.X) if horizontal else (alt.X, alt.Y)
    axis = alt.Axis(labelLimit=150, ticks=False, domain=False) if horizontal else month_axis()
    bars = (
        alt.Chart(alt.Data(values=[{"label": label, "count": count} for label, count in rows]))
        .mark_bar(color=USUAL, cursor="pointer", cornerRadiusEnd=4)
        .encode(
            across("label:N", sort=None, title=None, axis=axis),
            along("count:Q", title=words["papers"], axis=alt.Axis(tickMinStep=1, tickCount=5)),
            opacity=alt.condition(chosen, alt.value(1.0), alt.value(0.35)),
            tooltip=[alt.Tooltip("label:N", title=name), alt.Tooltip("count:Q", title=words["papers"])],
        )
        .add_params(chosen)
        .properties(height=BAR * len(rows) + AXIS if horizontal else HEIGHT)
    )
    event = st.altair_chart(bars, key=f"plot-{key}", on_select="rerun", alt=words[f"plot_{key}_help"])
    return {str(point["label"]) for point in event["selection"].get("bar", [])} or None
