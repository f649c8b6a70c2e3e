"""What changed is told question by question, on each part."""

from __future__ import annotations

from rag_app.evaluation import change
from rag_app.evaluation.measures import How, Measure
from rag_app.evaluation.questions import Split

FIT, HELD_OUT = Split.FIT, Split.HELD_OUT


def measured(values: dict[str, float], part: Split = FIT, **more: object) -> Measure:
    told = tuple((part, value) for value in values.values())
    return Measure("accuracy", How.MEAN, told, ids=tuple(values), **more)  # type: ignore[arg-type]


def test_questions_are_paired_by_their_ids_whatever_their_order() -> None:
    (told,) = change.changes([measured({"a": 0, "b": 1, "x": 1})], [measured({"b": 1, "a": 1, "y": 0})])
    assert (told.pairs, told.before, told.after, told.fit.by) == (2, 0.5, 1.0, 0.5)
    assert told.held_out == change.Moved()


def test_the_interval_is_that_of_the_differences() -> None:
    before = {str(n): float(n % 2) for n in range(40)}
    (same,) = change.changes([measured(before, HELD_OUT)], [measured(before, HELD_OUT)])
    assert same.held_out == change.Moved(0.0, (0.0, 0.0))
    better = dict.fromkeys(before, 1.0)
    (told,) = change.changes([measured(before, HELD_OUT)], [measured(better, HELD_OUT)])
    assert told.held_out.interval
    assert 0.3 < told.held_out.interval[0] < 0.5 < told.held_out.interval[1] < 0.7


def test_few_pairs_have_no_interval_and_details_and_other_measures_are_left_out() -> None:
    (told,) = change.changes([measured({"a": 0})], [measured({"a": 1})])
    assert told.fit == change.Moved(1.0)
    assert change.changes([measured({"a": 0})], [measured({"a": 1}, detail=True)]) == []
    assert change.changes([], [measured({"a": 1})]) == []
    assert change.changes([measured({"b": 0})], [measured({"a": 1})]) == []


def test_the_table_names_each_part() -> None:
    heading, line = change.table(change.changes([measured({"a": 0})], [measured({"a": 1})]))
    assert len(heading) == len(line)
    assert line == ("accuracy", "1", "0.000", "1.000", "+1.000", "", "-", "")
