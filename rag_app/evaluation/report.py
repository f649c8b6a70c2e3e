"""The report: each measure on both parts, their difference, and the interval that it lies in.

Knows: means, sums and medians, bootstrap intervals, the columns of the table.
Does not know: what is measured.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag_app.evaluation.measures import How, Measure
from rag_app.evaluation.questions import Split

RESAMPLES = 2_000
LEVEL = 95  # percent of the resamples lie within an interval
FEWEST = 5  # values of a part: with fewer, resampling says nothing
SEED = 0  # the same answers give the same report
HEADING = ("measure", "counted", "all", "fit", "held out", "fit - held out", "95 % interval")

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Row:
    """A measure on all questions and on each part; None where no question counts."""

    name: str
    how: How
    questions: int
    all: float | None
    fit: float | None
    held_out: float | None
    difference: float | None = None  # fit - held out; sums of unequal parts have none
    interval: Interval | None = None  # of the mean over all questions
    difference_interval: Interval | None = None
    detail: bool = False

    @property
    def gap(self) -> bool:
        """Whether the parts differ by more than chance: 0 is outside the interval of the difference."""
        return self.difference_interval is not None and (
            self.difference_interval[0] > 0 or self.difference_interval[1] < 0
        )


def rows(measures: Iterable[Measure]) -> list[Row]:
    """The measures that any question counts for, put together."""
    return [_row(measure) for measure in measures if measure.values]


def _row(measure: Measure) -> Row:
    fit, held_out = (
        [value for part, value in measure.values if part is wanted] for wanted in (Split.FIT, Split.HELD_OUT)
    )
    on_fit, on_held_out = (_together(values, measure.how) for values in (fit, held_out))
    mean = measure.how is How.MEAN
    resampled = mean and min(len(fit), len(held_out)) >= FEWEST
    return Row(
        name=measure.name,
        how=measure.how,
        questions=len(measure.values),
        all=_together(fit + held_out, measure.how),
        fit=on_fit,
        held_out=on_held_out,
        difference=_difference(on_fit, on_held_out, measure.how),
        interval=interval_of(fit + held_out) if mean else None,
        difference_interval=_middle(_means(fit) - _means(held_out, SEED + 1)) if resampled else None,
        detail=measure.detail,
    )


def _difference(fit: float | None, held_out: float | None, how: How) -> float | None:
    return None if fit is None or held_out is None or how is How.SUM else fit - held_out


def _together(values: Sequence[float], how: How) -> float | None:
    if not values:
        return None
    match how:
        case How.MEAN:
            return statistics.fmean(values)
        case How.SUM:
            return sum(values)
        case How.MEDIAN:
            return statistics.median(values)


def _means(values: Sequence[float], seed: int = SEED) -> NDArray[np.float64]:
    """The mean of each of many samples as large as the values, drawn from them with replacement."""
    drawn: NDArray[np.float64] = np.random.default_rng(seed).choice(
        np.asarray(values, dtype=np.float64), (RESAMPLES, len(values))
    )
    return np.asarray(drawn.mean(axis=1), dtype=np.float64)


def interval_of(values: Sequence[float]) -> Interval:
    """The bootstrap interval of a mean."""
    return _middle(_means(values))


def _middle(means: NDArray[np.float64]) -> Interval:
    low, high = np.percentile(means, [(100 - LEVEL) / 2, (100 + LEVEL) / 2])
    return float(low), float(high)


def table(report: Sequence[Row]) -> list[tuple[str, ...]]:
    """The rows that are no details, as text below a heading; "!" marks a difference beyond chance."""
    return [HEADING, *(_line(row) for row in report if not row.detail)]


def _line(row: Row) -> tuple[str, ...]:
    numbers = [_shown(value, row.how) for value in (row.all, row.fit, row.held_out)]
    difference = "" if row.difference is None else f"{row.difference:+.3f}"
    chance = row.difference_interval
    within = "" if chance is None else f"{chance[0]:+.2f} to {chance[1]:+.2f}{' !' if row.gap else ''}"
    return (row.name, str(row.questions), *numbers, difference, within)


def _shown(value: float | None, how: How) -> str:
    if value is None:
        return "-"
    return f"{value:.0f}" if how is How.SUM else f"{value:.3f}"


def as_json(report: Iterable[Row]) -> list[dict[str, Any]]:
    """Every row, details included."""
    return [asdict(row) for row in report]
