"""Trends as text: a topic over the months, topics side by side, and those that rose.

Knows: the layout of such answers, whose figures are counted over the paper table. Does not know: which
topics rose (`answer.trends`), a language's words, or how a list is written (`answer.templates`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from rag_app.answer import verification
from rag_app.answer.templates import (
    Composed,
    assumptions,
    first_passage,
    line_of,
    most_and_fewest,
    numbered,
    words,
)
from rag_app.answer.trends import Topic
from rag_app.collection import periods
from rag_app.collection.papers import PaperTable
from rag_app.records import Evidence, Fact, Hit, Query, Reason, Sentence, Why
from rag_app.search.continuations import PAGE
from rag_app.search.record_patterns import PERIODS
from rag_app.text.cleaning import clean_line, escape_markdown

BEHIND = 3  # papers shown behind a rising topic
BEST = 3  # papers of each of several topics that are counted side by side
TREND_PERIODS = 24  # months of a trend, or weeks or years, that are shown


def trend(query: Query, evidence: Evidence, table: PaperTable) -> Composed:
    """The share of a topic by month, or by week or year, and the papers of its highest one."""
    phrases = words(query.language)
    matched = _matched(evidence)
    unit = query.aggregate if query.aggregate in PERIODS else Fact.MONTHS
    times = table.by_period(unit, query.filters)
    found = _by_period(matched, query, unit)
    rows = [
        f"| {t} | {found[t]} | {total} | {100 * found[t] / total:.1f}% |"
        for t, total in times[-TREND_PERIODS:]
    ]
    head = on_topic(query, evidence)
    counted = [(time, found[time]) for time, _ in times]
    if query.aggregate is unit and len(counted) > 1:
        head += " " + most_and_fewest(counted, query.language)
    peak = max(times, key=lambda item: found[item[0]] / item[1], default=("", 1))[0]
    at_peak = [hit for hit in matched if periods.counted_in(hit.paper.dates, query.filters, unit) == peak]
    shown = at_peak[:PAGE] if found[peak] else []
    columns = phrases["trend_columns"].format(period=phrases[unit])
    table_text = "\n".join([head, "", columns, "|---|---:|---:|---:|", *rows])
    if not shown:
        return Composed("\n".join([*assumptions(query), table_text]))
    peak_line = phrases["trend_peak"].format(period=peak)
    return numbered(query, f"{table_text}\n\n{peak_line}", shown, quoted=False)


def trends_apart(query: Query, each: Mapping[str, Evidence], table: PaperTable) -> Composed:
    """The papers of several topics by month, or by week or year, side by side, and the best of each topic."""
    phrases = words(query.language)
    unit = query.aggregate if query.aggregate in PERIODS else Fact.MONTHS
    times = table.by_period(unit, query.filters)
    matched = {side: _matched(evidence) for side, evidence in each.items()}
    found = {side: _by_period(hits, query, unit) for side, hits in matched.items()}
    names = [escape_markdown(side) for side in each]
    heads = [f"- **{name}**: {on_topic(query, one)}" for name, one in zip(names, each.values(), strict=True)]
    columns = " | ".join([phrases[unit], *names, phrases["all_papers"]])
    rows = [
        f"| {time} | {' | '.join(str(counts[time]) for counts in found.values())} | {total} |"
        for time, total in times[-TREND_PERIODS:]
    ]
    text = "\n".join([*heads, "", f"| {columns} |", f"|---|{'---:|' * (len(each) + 1)}", *rows])
    best = {hit.paper.arxiv_id: hit for hits in matched.values() for hit in hits[:BEST]}
    return numbered(query, text, list(best.values()), quoted=False)


def _by_period(hits: Sequence[Hit], query: Query, unit: Fact) -> Counter[str]:
    """How many of the papers each period has."""
    return Counter(periods.counted_in(hit.paper.dates, query.filters, unit) for hit in hits)


def _matched(evidence: Evidence) -> list[Hit]:
    """What is found of the papers on a topic, best first."""
    by_id = {hit.paper.arxiv_id: hit for hit in evidence.hits}
    return [by_id[arxiv_id] for arxiv_id in evidence.matched]


def on_topic(query: Query, evidence: Evidence) -> str:
    """How many papers are about what is asked."""
    head = words(query.language)["trend_head"]
    return head.format(matched=len(evidence.matched), scanned=evidence.scanned)


def rising(query: Query, topics: Sequence[Topic]) -> Composed:
    """The topics whose share of the papers rose most, with the newest papers behind each."""
    phrases = words(query.language)
    lines = [*assumptions(query), phrases["rising_head"], ""]
    hits: list[Hit] = []
    cited: list[Sentence] = []
    for topic in topics:
        rise = f"{100 * topic.before:.1f}% → {100 * topic.within:.1f}%"
        lines.append(
            f"- **{escape_markdown(topic.phrase)}**: {rise} ({phrases['papers'].format(count=len(topic.papers))})"
        )
        for paper in topic.papers[-BEHIND:]:
            hits.append(Hit(paper, 0.0, why=(Why(Reason.RECORD),)))
            cited.append(
                verification.quote(
                    first_passage(paper), len(hits), f"{clean_line(paper.title)} [{len(hits)}]"
                )
            )
            lines.append(f"  - {line_of(paper, query)} [{len(hits)}]")
    return Composed("\n".join(lines), tuple(hits), tuple(cited))
