"""A change measured: the same questions answered before and after it, on each part.

Knows: how values are paired, and the interval of their mean difference.
Does not know: what is measured, or what changed.

Differences are taken question by question, so what makes questions hard cancels out: the intervals
are much narrower than those of two separate means.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from rag_app.evaluation.measures import How, Measure
from rag_app.evaluation.questions import Split
from rag_app.evaluation.report import FEWEST, Interval, interval_of

HEADING = ("measure", "pairs", "before", "after", "fit", "95 % interval", "held out", "95 % interval")


@dataclass(frozen=True, slots=True)
class Moved:
    """By how much a mean moved on one part; None where no question counts before and after."""

    by: float | None = None
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class Change:
    name: str
    pairs: int
    before: float
    after: float
    fit: Moved
    held_out: Moved


def changes(before: Iterable[Measure], after: Iterable[Measure]) -> list[Change]:
    """The means that both runs have, over the questions that count in both."""
    old = {measure.name: measure for measure in before}
    found = [_change(old[new.name], new) for new in after if new.name in old and _compared(new)]
    return [change for change in found if change]


def _compared(measure: Measure) -> bool:
    return measure.how is How.MEAN and not measure.detail


def _change(old: Measure, new: Measure) -> Change | None:
    was = {one: value for one, (_, value) in zip(old.ids, old.values, strict=True)}
    pairs = [
        (part, was[one], now) for one, (part, now) in zip(new.ids, new.values, strict=True) if one in was
    ]
    if not pairs:
        return None
    fit, held_out = (_moved([now - then for part, then, now in pairs if part is wanted]) for wanted in Split)
    before, after = fmean(then for _, then, _ in pairs), fmean(now for _, _, now in pairs)
    return Change(new.name, len(pairs), before, after, fit, held_out)


def _moved(differences: Sequence[float]) -> Moved:
    if not differences:
        return Moved()
    return Moved(fmean(differences), interval_of(differences) if len(differences) >= FEWEST else None)


def table(moved: Iterable[Change]) -> list[tuple[str, ...]]:
    """The changes as text below a heading."""
    return [HEADING, *(_line(change) for change in moved)]


def _line(change: Change) -> tuple[str, ...]:
    means = (f"{change.before:.3f}", f"{change.after:.3f}")
    return (change.name, str(change.pairs), *means, *_shown(change.fit), *_shown(change.held_out))


def _shown(moved: Moved) -> tuple[str, str]:
    by = "-" if moved.by is None else f"{moved.by:+.3f}"
    within = "" if moved.interval is None else "{:+.2f} to {:+.2f}".format(*moved.interval)
    return by, within
