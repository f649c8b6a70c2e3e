"""Both parts stand side by side, and a difference beyond chance is marked."""

from __future__ import annotations

import json

import pytest

from rag_app.evaluation import measures, report, run
from rag_app.evaluation.answers import Given
from rag_app.evaluation.exam import ExamScore
from rag_app.evaluation.measures import How, Measure, measure
from rag_app.evaluation.questions import ExamKey, OpenKey, Question, Split, Suite
from tests.evaluation.made import ONE, TRUTH, TWO

FIT, HELD_OUT = Split.FIT, Split.HELD_OUT


def row(how: How, *values: tuple[Split, float]) -> report.Row:
    (only,) = report.rows([Measure("x", how, values)])
    return only


def test_a_mean_is_taken_on_both_parts_and_their_difference_is_told() -> None:
    told = row(How.MEAN, (FIT, 1), (FIT, 0), (FIT, 1), (FIT, 0), (HELD_OUT, 1))
    assert (told.questions, told.all, told.fit, told.held_out) == (5, 0.6, 0.5, 1.0)
    assert told.difference == -0.5


def test_sums_have_no_difference_since_the_parts_are_not_of_one_size() -> None:
    told = row(How.SUM, (FIT, 3), (FIT, 1), (HELD_OUT, 1))
    assert (told.all, told.fit, told.held_out, told.difference) == (5, 4, 1, None)


def test_a_median_is_not_moved_by_one_slow_answer() -> None:
    assert row(How.MEDIAN, (FIT, 1), (FIT, 2), (FIT, 600)).all == 2


def test_a_gap_beyond_chance_is_marked_and_one_within_is_not() -> None:
    wide = row(How.MEAN, *[(FIT, 1.0)] * 30, *[(HELD_OUT, 0.0)] * 20, *[(HELD_OUT, 1.0)] * 10)
    assert wide.gap
    assert "!" in report.table([wide])[1][-1]
    near = row(How.MEAN, *[(part, value) for part in Split for value in (0.0, 1.0)] * 10)
    assert not near.gap
    assert "!" not in report.table([near])[1][-1]


def test_too_few_values_say_nothing_about_chance() -> None:
    told = row(How.MEAN, (FIT, 1.0), *[(HELD_OUT, 0.0)] * 30)
    assert (told.difference, told.difference_interval, told.gap) == (1.0, None, False)


def test_an_interval_holds_the_mean_and_is_the_same_in_every_run() -> None:
    values = [(FIT, float(n % 3 == 0)) for n in range(60)]
    low, high = row(How.MEAN, *values).interval or (1.0, 0.0)
    assert low < 1 / 3 < high
    assert high - low == pytest.approx(2 * 1.96 * (2 / 9 / 60) ** 0.5, rel=0.15)
    assert row(How.MEAN, *values).interval == (low, high)


def test_one_part_alone_leaves_the_other_open() -> None:
    told = row(How.MEAN, (HELD_OUT, 1.0))
    assert (told.fit, told.held_out, told.difference) == (None, 1.0, None)
    assert report.table([told])[1][3:5] == ("-", "1.000")


def test_a_measure_that_no_question_counts_for_is_left_out() -> None:
    assert report.rows([Measure("x", How.MEAN, ())]) == []


def test_details_are_in_the_json_and_not_in_the_table() -> None:
    (told,) = report.rows([Measure("x", How.MEAN, ((FIT, 1.0),), detail=True)])
    assert len(report.table([told])) == 1
    assert json.loads(json.dumps(report.as_json([told])))[0]["name"] == "x"


# --- what is measured -----------------------------------------------------------------------------


def question(name: str, kind: str, **key: object) -> Question:
    return Question(name, kind, "en", ("?",), ExamKey(**key))  # type: ignore[arg-type]


def asked() -> list[tuple[Question, Given]]:
    gold = frozenset({ONE})
    return [
        (question("a", "lookup", gold=gold), Given("a", "x [1]", citations=(ONE,), ranked=(TWO, ONE))),
        (question("b", "list", gold=gold), Given("b", "no", refused=True)),
        (question("c", "unanswerable", answerable=False), Given("c", "77 [1]", citations=("9999.99999",))),
        (question("d", "lookup", gold=gold), Given("d", "77", seconds=2.0)),
    ]


def exam_rows() -> dict[str, report.Row]:
    questions, given = zip(*asked(), strict=True)
    (result,) = run.score(questions, {one.id: one for one in given}, TRUTH)
    return {row.name: row for row in result.rows}


def test_the_exam_s_lines_count_what_they_say() -> None:
    told = {name: row.all for name, row in exam_rows().items()}
    assert told["accuracy"] == 0.25
    assert (told["accuracy: lookup"], told["accuracy: list"], told["accuracy: unanswerable"]) == (0.5, 0, 0)
    assert told["false refusals"] == pytest.approx(1 / 3)
    assert told["refusal recall"] == 0
    assert (told["invalid citations"], told["unsupported numbers"], told["uncited answers"]) == (1, 1, 1)
    assert (told["recall@1"], told["recall@10"], told["recall@10 lookup en"]) == (0, 1, 1)
    assert told["seconds"] == 2


def test_a_question_without_an_answer_is_a_wrong_one() -> None:
    (result,) = run.score([question("a", "lookup", gold=frozenset({ONE}))], {}, TRUTH)
    assert isinstance(result.scores[0], ExamScore)
    assert not result.scores[0].correct


def test_open_questions_have_lines_for_their_checks_and_shares() -> None:
    key = OpenKey(relevant=frozenset({ONE}))
    open_one = Question("o", "overview", "en", ("?",), key)
    refuse = Question("p", "off", "en", ("?",), OpenKey(refuse=True))
    results = run.score([asked()[0][0], open_one, refuse], {"o": Given("o", "[1]", citations=(ONE,))}, TRUTH)
    assert [result.suite for result in results] == [Suite.EXAM, Suite.OPEN]
    told = {row.name: row.all for row in results[1].rows}
    assert (told["pass"], told["pass: overview"], told["holds: breadth"], told["mean: precision"]) == (
        0.5,
        1,
        1,
        1,
    )
    assert told["refusal recall"] == 0
    assert json.dumps([result.as_json() for result in results])


def test_scores_without_a_figure_do_not_count_for_it() -> None:
    (only,) = exam_scores()[:1]
    assert measure("x", How.MEAN, [only], lambda score: None).values == ()
    assert measures.of_exam([]) == [one for one in measures.of_exam([]) if not one.values]


def exam_scores() -> list[ExamScore]:
    questions, given = zip(*asked(), strict=True)
    (result,) = run.score(questions, {one.id: one for one in given}, TRUTH)
    return [score for score in result.scores if isinstance(score, ExamScore)]


def test_a_limit_takes_questions_evenly_over_the_file() -> None:
    many = [question(str(n), "lookup") for n in range(10)]
    assert [q.id for q in run.choose(many, limit=3)] == ["0", "3", "6"]
    assert run.choose(many, limit=20) == many
    assert {q.part for q in run.choose(many, part=Split.FIT)} == {Split.FIT}
    assert run.choose(many, Suite.OPEN) == []
