"""What judging promises: it moves papers across the cut of a list, and loses none."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from rag_app.llm.protocol import Message, Processor
from rag_app.records import Evidence, Hit, Intent, Query
from rag_app.search import rerank, retrieval
from tests.helpers.fakes import ScriptedGenerator, lab

QUERY = Query(
    "Which papers are about robots?", "Which papers are about robots?", "en", Intent.LIST, topic="robots"
)
STRENGTH = 4.0
CUT = retrieval.cut(STRENGTH)


@dataclass
class Judge(ScriptedGenerator):
    """Says yes with this probability to every paper, and counts them."""

    yes: float = 0.5
    judged: int = 0
    stops: bool = False

    def choose(
        self,
        messages: Sequence[Message],
        options: Sequence[str],
        *,
        prefix: str = "",
        stop: threading.Event | None = None,
    ) -> tuple[float, ...]:
        self.judged += 1
        if self.stops and stop:
            stop.set()
        return (self.yes, 1 - self.yes)


def around_the_cut(*distances: float) -> Evidence:
    papers = lab().snapshot.papers.all()
    hits = tuple(Hit(papers[n], CUT + distance) for n, distance in enumerate(distances))
    matched = tuple(hit.paper.arxiv_id for hit in hits if hit.score >= CUT)
    return Evidence(hits, 100, matched, tuple(h.paper.arxiv_id for h in hits[len(matched) :]), STRENGTH)


def judged(found: Evidence, judge: Judge, stop: threading.Event | None = None) -> Evidence:
    return rerank.judge(QUERY, found, lab(), judge, stop or threading.Event())


@pytest.mark.parametrize(("yes", "matched"), [(0.999, 4), (0.001, 1)])
def test_papers_next_to_the_cut_are_judged_and_others_are_not(yes: float, matched: int) -> None:
    found = around_the_cut(2.0, 0.1, -0.1, -0.2)
    after = judged(found, Judge(yes=yes))
    assert len(after.matched) == matched
    assert {*after.matched, *after.borderline} == {*found.matched, *found.borderline}
    assert after.matched[0] == found.matched[0]


def test_a_doubtful_paper_keeps_its_place() -> None:
    found = around_the_cut(0.3, -0.3)
    sure = 1 / (1 + 2.718281828**-rerank.BIAS)
    assert judged(found, Judge(yes=sure)) == replace(
        found, matched=found.matched, borderline=found.borderline
    )


def test_no_more_papers_are_judged_than_the_budget_allows() -> None:
    near = around_the_cut(*[-0.01 * n for n in range(20)])
    assert judged(near, judge := Judge()) and judge.judged == rerank.MOST[Processor.CPU]
    assert (
        judged(near, judge := Judge(processor=Processor.GPU)) and judge.judged == rerank.MOST[Processor.GPU]
    )


def test_stop_leaves_the_list_as_it_was() -> None:
    stop = threading.Event()
    stop.set()
    found = around_the_cut(0.1, -0.1)
    assert judged(found, judge := Judge(yes=0.001), stop) == found
    assert judge.judged == 0
    assert judged(found, judge := Judge(yes=0.001, stops=True), threading.Event()) == found
    assert judge.judged == 1
