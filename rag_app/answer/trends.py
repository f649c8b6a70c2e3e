"""Topics and their share of the papers over time.

Knows: which phrases of titles are topics, how often each occurs before and within a period or in
each month, and which rose or changed most.
Does not know: questions, the wording of answers, or how a chart is drawn.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag_app.records import Filters, Paper
from rag_app.text.terms import STOP_WORDS, words

LEAST_PAPERS = 5  # papers of the period that a topic needs
LEAST_SHARE = 0.01  # of all papers, that a topic needs to be followed over time
TITLES_KEPT = 20_000  # whose phrases are remembered: every chart and brief asks for those of all papers
GENERIC = frozenset(
    "model models learning language large toward towards via using based approach method efficient improving new "
    "beyond without through better framework system data can simple fast good better multi self general step "
    "enhancing exploring understanding evaluating rethinking unified open high low free comprehensive practical "
    "effective systematic empirical powerful strong advanced advancing improved enhanced".split()
)


@dataclass(frozen=True, slots=True)
class Topic:
    """A phrase of titles, its share of the papers before and within the period, and its papers of
    the period.
    """

    phrase: str
    before: float
    within: float
    papers: tuple[Paper, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """A phrase of titles and its papers of each month (`2024-11`); months without any are left out."""

    phrase: str
    papers: Mapping[str, tuple[Paper, ...]]

    @property
    def count(self) -> int:
        return sum(map(len, self.papers.values()))


def over_time(papers: Sequence[Paper], limit: int = 60) -> list[Course]:
    """The topics whose monthly share varies most, first those that vary most.

    Ranked by the chi-squared statistic of a topic's monthly counts against an even share, so that a
    topic of three papers in one month does not count as a change. Papers without a day are left
    out.
    """
    dated = [paper for paper in papers if paper.date]
    months = Counter(_month(paper) for paper in dated)
    least = max(min(LEAST_PAPERS, len(dated) // 10), LEAST_SHARE * len(dated))
    courses = [_course(phrase, found) for phrase, found in _by_phrase(dated).items() if len(found) >= least]
    courses.sort(key=lambda course: (-_variation(course, months), course.phrase))
    kept: list[tuple[Course, set[str]]] = []
    for course in courses:
        ids = {paper.arxiv_id for month in course.papers.values() for paper in month}
        if all(len(ids & others) < 0.5 * min(len(ids), len(others)) for _, others in kept):
            kept.append((course, ids))
    return [course for course, _ in kept[:limit]]


def _course(phrase: str, papers: Sequence[Paper]) -> Course:
    found: dict[str, list[Paper]] = defaultdict(list)
    for paper in papers:
        found[_month(paper)].append(paper)
    return Course(phrase, {month: tuple(found[month]) for month in sorted(found)})


def _month(paper: Paper) -> str:
    return paper.date[:7]


def _variation(course: Course, months: Mapping[str, int]) -> float:
    """Chi-squared of "in the topic or not" over the months."""
    share = course.count / sum(months.values())
    counts = ((len(course.papers.get(month, ())), total) for month, total in months.items())
    return sum((count - total * share) ** 2 / (total * share * (1 - share) or 1.0) for count, total in counts)


def common(papers: Sequence[Paper], limit: int = 10) -> list[tuple[str, int]]:
    """(topic, papers): the phrases that most titles have, no two of mostly the same papers."""
    found = sorted(_by_phrase(papers).items(), key=lambda item: (-len(item[1]), -len(item[0]), item[0]))
    kept: list[tuple[str, set[str]]] = []
    for phrase, its in found:
        ids = {paper.arxiv_id for paper in its}
        if all(len(ids & others) < 0.5 * min(len(ids), len(others)) for _, others in kept):
            kept.append((phrase, ids))
        if len(kept) == limit:
            break
    return [(phrase, len(ids)) for phrase, ids in kept]


def rising(papers: Sequence[Paper], period: Filters, limit: int = 5) -> list[Topic]:
    """The topics whose share rose most from the papers before `period` to those within it, surest
    first.

    Ranked by the two-proportion z statistic, so that a jump from 1 to 3 papers does not count as a
    wave. Without a period the last quarter of the collection's days is taken.
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


def typical(groups: Sequence[Sequence[Paper]], limit: int = 2) -> list[tuple[str, ...]]:
    """For each group, which together are all papers, the phrases of its titles that tell it from the
    others, at most `limit`, no two of them with a word or a part of one in common.

    Ranked by what a phrase adds to the Kullback-Leibler divergence of the group's titles from all: how
    often it occurs, times the logarithm of how many times its usual share that is.
    """
    whole = _by_phrase([paper for group in groups for paper in group])
    total = sum(map(len, groups))
    return [
        _typical(group, {name: len(found) / total for name, found in whole.items()}, limit)
        for group in groups
    ]


def _typical(group: Sequence[Paper], usual: Mapping[str, float], limit: int) -> tuple[str, ...]:
    gains = {
        phrase: len(found) * math.log(len(found) / len(group) / usual[phrase])
        for phrase, found in _by_phrase(group).items()
    }
    chosen: list[str] = []
    for phrase in sorted(gains, key=lambda phrase: (-gains[phrase], phrase)):
        if len(chosen) == limit:
            break
        if not any(_overlap(phrase, other) for other in chosen):
            chosen.append(phrase)
    return tuple(chosen)


def _overlap(one: str, other: str) -> bool:
    """Whether a word of one phrase is, or is part of, a word of the other."""
    return any(a in b or b in a for a in one.split() for b in other.split())


def _by_phrase(papers: Sequence[Paper]) -> dict[str, list[Paper]]:
    """Papers by each phrase of one or two words in their title; a title counts once."""
    found: dict[str, list[Paper]] = defaultdict(list)
    for paper in papers:
        for phrase in phrases_of(paper):
            found[phrase].append(paper)
    return found


def phrases_of(paper: Paper) -> tuple[str, ...]:
    """The phrases of one or two words in its title, folded, each once."""
    return _phrases_of_title(paper.title)


@lru_cache(maxsize=TITLES_KEPT)
def _phrases_of_title(title: str) -> tuple[str, ...]:
    own = title.partition(":")[2] or title  # the method's own name is no topic
    return tuple(dict.fromkeys(_phrases(own)))


def _phrases(title: str) -> list[str]:
    terms = [word for word in words(re.sub(r"[-/]", " ", title)) if len(word) > 2 or word.isupper()]
    good = [term not in STOP_WORDS and term not in GENERIC and not term[0].isdigit() for term in terms]
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
