"""The plot of topics over the months: a grid of circles, each of which opens its papers.

Knows: how a topic's share is drawn, and which papers stand behind a circle. Does not know: which
phrases are topics (`answer.trends`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import streamlit as st

from rag_app.answer.trends import Course, over_time
from rag_app.records import Paper
from rag_app.web.i18n.text import Words
from rag_app.web.widgets.plot_style import HOT, USUAL, month_axis

SHOWN, OFFERED = 10, 60  # topics drawn at first; topics to choose from
ROW, AXIS = 34, 60  # pixels: of a topic, and of the axis below
TWICE = 2.0  # times its usual share make a month hot


def topics_plot(papers: Sequence[Paper], words: Words) -> set[str] | None:
    """Draw the topics; arXiv ids behind the circles that are chosen, None while none is."""
    courses = {course.phrase: course for course in _courses(hash(tuple(papers)), papers)}
    months = Counter(paper.date[:7] for paper in papers if paper.date)
    if not courses or len(months) < 2:
        st.caption(words["plot_nothing"])
        return None
    names = st.multiselect(
        words["topics_choose"], list(courses), list(courses)[:SHOWN], key="topics", select_all=False
    )
    shown = sorted((courses[name] for name in names), key=lambda course: _middle(course, months))
    if not shown:
        return None
    chart = _chart(shown, months, words)
    event = st.altair_chart(chart, key="plot-topics", on_select="rerun", alt=words["plot_topics_help"])
    points = event["selection"].get("point", [])
    if not points:
        return None
    return {p.arxiv_id for point in points for p in courses[point["topic"]].papers.get(point["month"], ())}


def _chart(shown: Sequence[Course], months: Counter[str], words: Words) -> Any:
    """A row a topic, a column a month, a circle as large as the topic's share of the month."""
    import altair as alt

    chosen = alt.selection_point(name="point", fields=["topic", "month"])
    order = [course.phrase for course in shown]
    return (
        alt.Chart(alt.Data(values=_rows(shown, months)))
        .mark_circle(cursor="pointer")
        .encode(
            alt.X("month:N", title=None, sort=sorted(months), axis=month_axis()),
            alt.Y("topic:N", title=None, sort=order, axis=alt.Axis(labelLimit=120)),
            size=alt.Size("share:Q", legend=None, scale=alt.Scale(range=[12, 620], zero=True)),
            color=alt.condition(f"datum.lift >= {TWICE}", alt.value(HOT), alt.value(USUAL)),
            opacity=alt.condition(chosen, alt.value(0.9), alt.value(0.2)),
            tooltip=[
                alt.Tooltip("topic:N", title=words["topic"]),
                alt.Tooltip("month:N", title=words["month"]),
                alt.Tooltip("count:Q", title=words["papers"]),
                alt.Tooltip("share:Q", title=words["topic_share"], format=".1%"),
            ],
        )
        .add_params(chosen)
        .properties(height=ROW * len(shown) + AXIS)
    )


@st.cache_resource(show_spinner=False, max_entries=4)
def _courses(which: int, _papers: Sequence[Paper]) -> list[Course]:
    """The topics of a set of papers, kept while the page is drawn again with the same set."""
    return over_time(_papers, OFFERED)


def _rows(courses: Sequence[Course], months: Counter[str]) -> list[dict[str, object]]:
    """One row a circle: its share of the month's papers, and that over the topic's usual share (lift)."""
    total = sum(months.values())
    return [
        {
            "topic": course.phrase,
            "month": month,
            "count": len(found),
            "share": len(found) / months[month],
            "lift": len(found) / months[month] / (course.count / total),
        }
        for course in courses
        for month, found in course.papers.items()
    ]


def _middle(course: Course, months: Counter[str]) -> float:
    """The month around which a topic lies: those that fade come first, those that rise last."""
    shares = {place: len(course.papers.get(m, ())) / months[m] for place, m in enumerate(sorted(months))}
    return sum(place * share for place, share in shares.items()) / sum(shares.values())
