"""What a period is called."""

from __future__ import annotations

import pytest

from rag_app.collection.periods import named, period_of
from rag_app.records import Fact


@pytest.mark.parametrize(
    ("day", "unit", "period"),
    [
        ("2024-12-31", Fact.DAYS, "2024-12-31"),
        ("2024-12-31", Fact.WEEKS, "2024-12-30"),
        ("2025-01-05", Fact.WEEKS, "2024-12-30"),
        ("2024-12-31", Fact.MONTHS, "2024-12"),
        ("2024-12-31", Fact.YEARS, "2024"),
        ("", Fact.WEEKS, ""),
        ("", Fact.MONTHS, ""),
    ],
)
def test_a_day_lies_in_a_period(day: str, unit: Fact, period: str) -> None:
    assert period_of(day, unit) == period


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        ("2024-02-01", "2024-02-29", "2024-02"),
        ("2024-12-01", "2024-12-31", "2024-12"),
        ("2024-01-01", "2024-12-31", "2024"),
        ("2024-01-01", "2024-03-31", "2024-01-01 – 2024-03-31"),
        ("2023-01-01", "2024-12-31", "2023-01-01 – 2024-12-31"),
        ("2024-02-01", "2024-02-28", "2024-02-01 – 2024-02-28"),
        ("2024-02-01", "2024-02-01", "2024-02-01"),
    ],
)
def test_a_period_is_named_by_its_month_or_year_where_it_is_one(first: str, last: str, name: str) -> None:
    assert named(first, last) == name
