"""The grid of topics: what a circle says, and in which order topics stand."""

from __future__ import annotations

from collections import Counter

import pytest

from rag_app.answer.trends import Course
from rag_app.records import Paper
from rag_app.web.widgets import topics_plot


def course(phrase: str, **counts: int) -> Course:
    papers = {
        f"2024-{month[1:]}": tuple(Paper(f"{phrase}{month}{n}", "", (), ()) for n in range(count))
        for month, count in counts.items()
    }
    return Course(phrase, papers)


MONTHS = Counter({"2024-01": 10, "2024-02": 20, "2024-03": 10})


def test_a_circle_is_a_share_of_its_month_and_glows_when_it_is_twice_the_usual() -> None:
    january, february = topics_plot._rows([course("video", m01=4, m02=2)], MONTHS)
    assert (january["share"], february["share"]) == (0.4, 0.1)
    assert january["lift"] == pytest.approx(0.4 / (6 / 40))
    assert float(str(january["lift"])) > topics_plot.TWICE > float(str(february["lift"]))


def test_topics_that_fade_stand_before_those_that_rise() -> None:
    fading, steady, rising = course("a", m01=5), course("b", m01=1, m02=2, m03=1), course("c", m03=5)
    middles = [topics_plot._middle(c, MONTHS) for c in (fading, steady, rising)]
    assert middles == sorted(middles)
    assert len(set(middles)) == 3
