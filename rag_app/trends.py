"""Topics and their share of the papers over time.

Knows: which phrases of titles are topics, how often each occurs before and within a period, and which rose most.
Does not know: questions or wording of answers; `composing.rising` writes what `rising` finds.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from rag_app.lexical import ENGLISH_STOP, words
from rag_app.records import Filters, Paper

LEAST_PAPERS = 5  # papers of the period that a topic needs
GENERIC = frozenset(
    "model models learning language large toward towards via using based approach method efficient improving new "
    "beyond without through better framework system data can simple fast good better multi self general step "
    "enhancing exploring understanding evaluating rethinking unified open high low free".split()
)


@dataclass(frozen=True, slots=True)
class Topic:
    """A phrase of titles, its share of the papers before and within the period, and its papers of the period."""

    phrase: str
    before: float
    within: float
    papers: tuple[Paper, ...]


def rising(papers: Sequence[Paper], period: Filters, limit: int = 5) -> list[Topic]:
    """The topics whose share rose most from the papers before `period` to those within it, surest first.

    Ranked by the two-proportion z statistic, so that a jump from 1 to 3 papers does not count as a wave. Without a
    period the last quarter of the collection's days is taken.
    """
    days = sorted({paper.date for paper in papers if paper.date})
    if not days:
        return []
    since = period.since or (period.days[0] if period.days else days[len(days) * 3 // 4])
    until = period.until or days[-1]
    before = [paper for paper in papers if paper.date and paper.date < since]
    within = [paper for paper in papers if since <= paper.date <= until]
    if not before or not within:
        return []
    earlier, later = _by_phrase(before), _by_phrase(within)
    topics = [
        Topic(phrase, len(earlier.get(phrase, ())) / len(before), len(found) / len(within), tuple(found))
        for phrase, found in later.items()
        if len(found) >= LEAST_PAPERS
    ]
    topics.sort(key=lambda topic: -_surprise(topic, len(before), len(within)))
    return _distinct(topics)[:limit]


def _by_phrase(papers: Sequence[Paper]) -> dict[str, list[Paper]]:
    """Papers by each phrase of one or two words in their title; a title counts once."""
    found: dict[str, list[Paper]] = defaultdict(list)
    for paper in papers:
        title = paper.title.partition(":")[2] or paper.title  # the method's own name is no topic
        for phrase in dict.fromkeys(_phrases(title)):
            found[phrase].append(paper)
    return found


def _phrases(title: str) -> list[str]:
    terms = [word for word in words(re.sub(r"[-/]", " ", title)) if len(word) > 2 or word.isupper()]
    good = [term not in ENGLISH_STOP and term not in GENERIC and not term[0].isdigit() for term in terms]
    single = [term for term, fine in zip(terms, good, strict=True) if fine]
    pairs = [f"{a} {b}" for a, b, x, y in zip(terms, terms[1:], good, good[1:], strict=False) if x and y]
    return pairs + single


def _surprise(topic: Topic, before: int, within: int) -> float:
    pooled = (topic.before * before + topic.within * within) / (before + within)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / before + 1 / within)) or 1.0
    return (topic.within - topic.before) / spread


def _distinct(topics: Sequence[Topic]) -> list[Topic]:
    """Topics that are not mostly the same papers as a surer one."""
    kept: list[Topic] = []
    for topic in topics:
        ids = {paper.arxiv_id for paper in topic.papers}
        if topic.within > topic.before and all(
            len(ids & {paper.arxiv_id for paper in other.papers}) < 0.5 * len(ids) for other in kept
        ):
            kept.append(topic)
    return kept
