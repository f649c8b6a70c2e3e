"""The week, month or year that a day lies in, and whether conditions leave it.

Knows: how each is written. Does not know: papers, or what is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from rag_app.records import Fact, Filters

LETTERS = {Fact.DAYS: len("2024-11-25"), Fact.MONTHS: len("2024-11"), Fact.YEARS: len("2024")}


def period_of(day: str, unit: Fact) -> str:
    """The day itself of the DAYS, its month (`2024-11`) of the MONTHS, its year of the YEARS, the Monday
    of its week of the WEEKS; empty where the day is.
    """
    if unit is not Fact.WEEKS or not day:
        return day[: LETTERS.get(unit, 0)]
    whole = date.fromisoformat(day)
    return (whole - timedelta(whole.weekday())).isoformat()


def counted_in(days: Sequence[str], filters: Filters, unit: Fact) -> str:
    """The period of the first of a paper's days that the conditions allow, by which it is counted; else
    empty.
    """
    return period_of(next((day for day in days if allows(filters, day)), ""), unit)


def allows(filters: Filters, day: str) -> bool:
    """Whether the conditions on days leave this one."""
    in_days = not filters.days or day in filters.days
    return in_days and filters.since <= day and (not filters.until or day <= filters.until)


def named(first: str, last: str) -> str:
    """A period by its first and last day, as shortly as it can be written."""
    begin, finish = date.fromisoformat(first), date.fromisoformat(last)
    if begin.day == 1 and (finish + timedelta(1)).day == 1:
        if (begin.year, begin.month) == (finish.year, finish.month):
            return first[: LETTERS[Fact.MONTHS]]
        if (begin.year, begin.month, finish.month) == (finish.year, 1, 12):
            return first[: LETTERS[Fact.YEARS]]
    return first if first == last else f"{first} – {last}"
