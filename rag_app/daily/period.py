"""The days that a brief covers.

Knows: the newest day, a week, and what is wrong with a day that was typed. Does not know: what a brief
says of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from rag_app.collection.papers import PaperTable
from rag_app.errors import QuestionError
from rag_app.records import Filters

WEEK, MONTH = timedelta(days=7), timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Period:
    """From one day to another, both included; empty strings where the collection knows no day."""

    since: str
    until: str

    @property
    def filters(self) -> Filters:
        return Filters(since=self.since, until=self.until)

    @property
    def at_least_a_week(self) -> Period:
        """The period, or the week that ends with it: on a single day no topic rises."""
        return replace(self, since=min(self.since, _days_before(self.until, WEEK)))


def newest_day(papers: PaperTable) -> Period:
    return Period(papers.last_day, papers.last_day)


def newest_week(papers: PaperTable) -> Period:
    """The seven days up to the newest digest."""
    return _back(papers, WEEK)


def newest_month(papers: PaperTable) -> Period:
    """The thirty days up to the newest digest."""
    return _back(papers, MONTH)


def one_day(day: str, papers: PaperTable) -> Period:
    """That day. Raises QuestionError where it is none, or has no digest, naming the nearest that has."""
    asked = _as_day(day)
    days = [known for known, _ in papers.days()]
    if asked not in days:
        raise QuestionError(f"there is no digest of {asked}", _nearest(asked, days))
    return Period(asked, asked)


def since(day: str, papers: PaperTable) -> Period:
    """From that day to the newest digest. Raises QuestionError where no digest is that new."""
    asked = _as_day(day)
    if asked > papers.last_day:
        raise QuestionError(f"there is no digest since {asked}", _nearest(asked, [papers.last_day]))
    return Period(asked, papers.last_day)


def _back(papers: PaperTable, span: timedelta) -> Period:
    last = papers.last_day
    return Period(_days_before(last, span), last) if last else Period("", "")


def _days_before(last: str, span: timedelta) -> str:
    """The first of so many days that end with `last`."""
    return (date.fromisoformat(last) - span + timedelta(days=1)).isoformat()


def _as_day(text: str) -> str:
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        raise QuestionError(f"{text} is not a day", "write it as YYYY-MM-DD") from None


def _nearest(asked: str, days: list[str]) -> str:
    """The hint that names the last day before and the first one after."""
    before = [day for day in days if day and day < asked][-1:]
    after = [day for day in days if day and day > asked][:1]
    if not before and not after:
        return "no digest of this collection has a day"
    return f"the nearest with a digest: {' and '.join([*before, *after])}"
