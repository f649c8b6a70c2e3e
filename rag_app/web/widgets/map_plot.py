"""The map: a dot a paper, near those like it, coloured by topic or day; an area chooses its papers.

Knows: how the map is drawn and what is chosen on it. Does not know: where papers lie
(`collection.paper_map`), or which phrases name a topic (`answer.trends`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from rag_app.answer.trends import typical
from rag_app.collection.paper_map import Map
from rag_app.records import Paper
from rag_app.web.i18n.text import Words
from rag_app.web.widgets.plot_style import KINDS

if TYPE_CHECKING:
    from rag_app.collection.library import Library

HEIGHT = 560  # pixels
MARGIN = 0.03  # of the map's half width, around it
COLOURS = ("topic", "day")
FEWEST = 3  # papers of a collection that lie in any way to each other
# Area of a dot in square pixels: few papers are not lost, thousands do not cover each other.
LARGE, SMALL, MANY = 90, 22, 1_000


def map_plot(papers: Sequence[Paper], words: Words, library: Library) -> set[str] | None:
    """Draw it; arXiv ids in the area and of the topic that are chosen, None while neither is."""
    whole = library.paper_map
    if whole is None:
        st.info(words["map_missing"], icon=":material/map:")
        return None
    if len(whole) < FEWEST:
        st.caption(words["plot_nothing"])
        return None
    colour = st.segmented_control(
        words["map_colour"],
        COLOURS,
        default=COLOURS[0],
        required=True,
        format_func=lambda name: words[f"map_by_{name}"],
        key="map-colour",
    )
    rows = [library.places[paper.arxiv_id] for paper in papers]
    names = _topics(library.snapshot.name, library, whole)
    placed = whole[rows]
    topics = [names[int(group)] for group in placed[:, 2]]
    chart = _chart(papers, placed, topics, names, words, by_day=colour == "day")
    event = st.altair_chart(chart, key=f"plot-map-{colour}", on_select="rerun", alt=words["plot_map_help"])
    return _chosen(papers, placed, topics, event["selection"])


def _chart(
    papers: Sequence[Paper], placed: Map, topics: list[str], names: list[str], words: Words, *, by_day: bool
) -> Any:
    import altair as alt

    return (
        alt.Chart(_table(papers, placed, topics))
        .mark_circle(size=SMALL if len(papers) > MANY else LARGE)
        .encode(
            alt.X("x:Q", axis=None, scale=_scale()),
            alt.Y("y:Q", axis=None, scale=_scale()),
            color=_by_day(words) if by_day else _by_topic(names),
            opacity=alt.condition(
                _area() & _topic() if not by_day else _area(), alt.value(0.75), alt.value(0.12)
            ),
            tooltip=[
                alt.Tooltip("title:N", title=words["column_title"]),
                alt.Tooltip("day:N", title=words["column_date"]),
                alt.Tooltip("topic:N", title=words["map_by_topic"]),
            ],
        )
        .add_params(*((_area(),) if by_day else (_area(), _topic())))
        # as a canvas: thousands of dots are too many elements for a page
        .properties(height=HEIGHT, usermeta={"embedOptions": {"renderer": "canvas"}})
    )


def _table(papers: Sequence[Paper], placed: Map, topics: list[str]) -> Any:
    """One row a paper: as a data frame it travels as numbers, not as text."""
    import pandas as pd

    return pd.DataFrame(
        {
            "x": placed[:, 0],
            "y": placed[:, 1],
            "title": [paper.title[:90] for paper in papers],
            "day": [paper.date or None for paper in papers],
            "topic": topics,
        }
    )


def _area() -> Any:
    import altair as alt

    return alt.selection_interval(name="area")


def _topic() -> Any:
    """A press on the legend chooses a topic."""
    import altair as alt

    return alt.selection_point(name="topic", fields=["topic"], bind="legend")


def _scale() -> Any:
    import altair as alt

    return alt.Scale(domain=[-1 - MARGIN, 1 + MARGIN], nice=False)


def _by_topic(names: list[str]) -> Any:
    import altair as alt

    legend = alt.Legend(orient="bottom", columns=2, labelLimit=260, symbolSize=120, symbolOpacity=1)
    return alt.Color(
        "topic:N", title=None, sort=names, scale=alt.Scale(domain=names, range=KINDS), legend=legend
    )


def _by_day(words: Words) -> Any:
    """From dark to light as time goes; papers without a day have no colour of time."""
    import altair as alt

    legend = alt.Legend(orient="bottom", format="%Y-%m", gradientLength=260, title=words["month"])
    return alt.Color("day:T", scale=alt.Scale(scheme="viridis"), legend=legend)


def _chosen(papers: Sequence[Paper], placed: Map, topics: list[str], selection: Any) -> set[str] | None:
    """The papers within the area and of the topics that are chosen."""
    area, wanted = selection.get("area", {}), {str(one["topic"]) for one in selection.get("topic", [])}
    if not area and not wanted:
        return None
    inside = np.ones(len(papers), bool)
    for column, axis in enumerate("xy"):
        if axis in area:
            low, high = sorted(area[axis])
            inside &= (placed[:, column] >= low) & (placed[:, column] <= high)
    return {
        paper.arxiv_id
        for paper, fits, topic in zip(papers, inside, topics, strict=True)
        if fits and (not wanted or topic in wanted)
    }


@st.cache_resource(show_spinner=False, max_entries=2)
def _topics(snapshot: str, _library: Library, _whole: Map) -> list[str]:
    """What each group of the map is called, in the order of their numbers."""
    del snapshot  # only the cache's key
    papers = _library.snapshot.papers.many(_library.lexical.papers)
    count = int(_whole[:, 2].max()) + 1
    groups = [
        [paper for paper, row in zip(papers, _whole, strict=True) if row[2] == group]
        for group in range(count)
    ]
    named = typical(groups)
    return [", ".join(phrases) or f"{number + 1}" for number, phrases in enumerate(named)]
