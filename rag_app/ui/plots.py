"""Plots of a set of papers: how many a month, how votes are spread, who wrote most. A bar opens its papers.

Knows: which numbers a plot shows, and which papers stand behind a bar. Does not know: which papers it is about.
Called by `ui.explore`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from rag_app.records import Paper
from rag_app.ui.text import Words

TOP_AUTHORS = 15
BINS = 12  # bars of the histogram of votes
HEIGHT, BAR, AXIS = 260, 24, 60  # pixels: of a plot; of a horizontal bar, so that each has its name, and its axis
COLOR = "#14918a"  # between the accents of the light and the dark theme


def plots(papers: Sequence[Paper], words: Words) -> list[Paper]:
    """Draw them; the papers behind the bars that are chosen, or all."""
    by_month, by_votes, by_author = st.tabs([words["plot_months"], words["plot_votes"], words["plot_authors"]])
    with by_month:
        months = _months_plot(papers, words)
    with by_votes:
        ranges = _votes_plot(papers, words)
    with by_author:
        authors = _authors_plot(papers, words)
    return [
        paper
        for paper in papers
        if (not months or paper.date[:7] in months)
        and (not ranges or (paper.votes is not None and _range(paper.votes, _width(papers)) in ranges))
        and (not authors or authors & set(paper.authors))
    ]


def _months_plot(papers: Sequence[Paper], words: Words) -> set[str]:
    counts = Counter(paper.date[:7] for paper in papers if paper.date)
    return _bars([(month, counts[month]) for month in sorted(counts)], words["month"], words, "months")


def _votes_plot(papers: Sequence[Paper], words: Words) -> set[str]:
    """A histogram; papers without a vote count are named below it, since unknown is not zero."""
    chosen = _bars(histogram(papers), words["column_votes"], words, "votes")
    unknown = sum(paper.votes is None for paper in papers)
    if unknown:
        st.caption(words["plot_unknown"].format(n=f"{unknown:,}"))
    return chosen


def _authors_plot(papers: Sequence[Paper], words: Words) -> set[str]:
    counts = Counter(name for paper in papers for name in dict.fromkeys(paper.authors))
    return _bars(counts.most_common(TOP_AUTHORS), words["column_authors"], words, "authors", horizontal=True)


def histogram(papers: Sequence[Paper]) -> list[tuple[str, int]]:
    """(range of votes, papers), in at most `BINS` ranges of one width that cover every known vote count."""
    votes = [paper.votes for paper in papers if paper.votes is not None]
    width = _width(papers)
    counts = Counter(_range(count, width) for count in votes)
    return [
        (name, counts[name]) for start in range(0, max(votes, default=-1) + 1, width) for name in [_range(start, width)]
    ]


def _width(papers: Sequence[Paper]) -> int:
    """Votes in one bar."""
    most = max((paper.votes for paper in papers if paper.votes is not None), default=0)
    return max(1, -(-(most + 1) // BINS))


def _range(votes: int, width: int) -> str:
    start = votes // width * width
    return f"{start}" if width == 1 else f"{start}–{start + width - 1}"


def _bars(rows: Sequence[tuple[str, int]], name: str, words: Words, key: str, *, horizontal: bool = False) -> set[str]:
    """Draw the bars; the names of those that are chosen."""
    import altair as alt

    if not rows:
        st.caption(words["plot_nothing"])
        return set()
    chosen = alt.selection_point(name="bar", fields=["label"])
    across = alt.Y if horizontal else alt.X
    along = alt.X if horizontal else alt.Y
    chart = (
        alt.Chart(alt.Data(values=[{"label": label, "count": count} for label, count in rows]))
        .mark_bar(color=COLOR, cursor="pointer")
        .encode(
            across("label:N", sort=None, title=name),
            along("count:Q", title=words["papers"], axis=alt.Axis(tickMinStep=1)),
            opacity=alt.condition(chosen, alt.value(1.0), alt.value(0.35)),
            tooltip=[alt.Tooltip("label:N", title=name), alt.Tooltip("count:Q", title=words["papers"])],
        )
        .add_params(chosen)
        .properties(height=BAR * len(rows) + AXIS if horizontal else HEIGHT)
    )
    event = st.altair_chart(chart, key=f"plot-{key}", on_select="rerun")
    return {str(point["label"]) for point in event["selection"].get("bar", [])}
