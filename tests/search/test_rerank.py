"""What judging promises: it moves papers across the cut of a list, and loses none."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from rag_app.llm.protocol import Message, Processor
from rag_app.records import Evidence, Hit, Intent, Query
from rag_app.search import rerank
from tests.helpers.fakes import ScriptedGenerator, lab

QUERY = Query(
    "Which papers are about robots?", "Which papers are about robots?", "en", Intent.LIST, topic="robots"
)


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


def found_papers(sure: int, weak: int, doubtful: int) -> Evidence:
    """Papers on a list by their words, by their score, and papers in doubt."""
    papers = lab().snapshot.papers.all()
    hits = tuple(Hit(papers[n % len(papers)], -float(n)) for n in range(sure + weak + doubtful))
    ids = [hit.paper.arxiv_id for hit in hits]
    matched, borderline = ids[: sure + weak], ids[sure + weak :]
    return Evidence(hits, 100, tuple(matched), tuple(borderline), (*borderline, *matched[sure:][::-1]))


def judged(found: Evidence, judge: Judge, stop: threading.Event | None = None) -> Evidence:
    return rerank.judge(QUERY, found, lab(), judge, stop or threading.Event())


@pytest.mark.parametrize(("yes", "matched"), [(0.999, 4), (0.001, 1)])
def test_papers_that_words_did_not_decide_are_judged_and_others_are_not(yes: float, matched: int) -> None:
    found = found_papers(1, 1, 2)
    after = judged(found, Judge(yes=yes))
    assert len(after.matched) == matched
    assert {*after.matched, *after.borderline} == {*found.matched, *found.borderline}
    assert after.matched[0] == found.matched[0]


def test_a_doubtful_paper_keeps_its_place() -> None:
    found = found_papers(1, 1, 1)
    unsure = 1 / (1 + 2.718281828**-rerank.BIAS)
    assert judged(found, Judge(yes=unsure)) == found


def test_no_more_papers_are_judged_than_the_budget_allows() -> None:
    found = found_papers(1, 0, 20)
    assert judged(found, judge := Judge()) and judge.judged == rerank.MOST[Processor.CPU]
    assert (
        judged(found, judge := Judge(processor=Processor.GPU)) and judge.judged == rerank.MOST[Processor.GPU]
    )


def test_a_list_that_few_judgements_would_not_change_is_not_judged() -> None:
    found = found_papers(rerank.WORTHWHILE * rerank.MOST[Processor.CPU] + 1, 0, 5)
    assert judged(found, judge := Judge()) == found
    assert judge.judged == 0


def test_stop_leaves_the_list_as_it_was() -> None:
    stop = threading.Event()
    stop.set()
    found = found_papers(1, 1, 1)
    assert judged(found, judge := Judge(yes=0.001), stop) == found
    assert judge.judged == 0
    assert judged(found, judge := Judge(yes=0.001, stops=True), threading.Event()) == found
    assert judge.judged == 1
