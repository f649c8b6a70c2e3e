"""Failures are told for the part to fit on only."""

from __future__ import annotations

from dataclasses import replace

from rag_app.evaluation import exam, failures, open_questions
from rag_app.evaluation.questions import Split, part_of
from tests.evaluation.made import ONE, TRUTH, TWO, given, open_question
from tests.evaluation.made import exam as exam_question

FIT, HELD_OUT = (next(f"q{n}" for n in range(99) if part_of(f"q{n}") is part) for part in Split)


def told(name: str, *citations: str) -> list[str]:
    question = replace(exam_question(must=(("grasps", "파지"),)), id=name)
    answer = replace(given("It lifts.\nAlways. [1]", *citations), id=name)
    return list(failures.told([exam.score(question, answer, TRUTH)], [question], {name: answer}))


def test_a_failure_of_the_fit_part_names_what_was_wanted_and_what_came() -> None:
    (paragraph,) = told(FIT, TWO)
    assert f"wants {ONE}, saying grasps or 파지" in paragraph
    assert f"cites {TWO}: It lifts. Always." in paragraph
    assert "What is PickBot?" in paragraph


def test_the_held_out_part_stays_unread() -> None:
    assert told(HELD_OUT, TWO) == []


def test_a_right_answer_is_no_failure_and_a_missing_one_is() -> None:
    question = replace(exam_question(), id=FIT)
    right, missing = replace(given(), id=FIT), replace(given(), id=FIT, text="", citations=())
    assert list(failures.told([exam.score(question, right, TRUTH)], [question], {})) == []
    (paragraph,) = failures.told([exam.score(question, missing, TRUTH)], [question], {})
    assert "cites nothing" in paragraph


def test_an_open_question_names_the_checks_that_fail() -> None:
    question = replace(open_question(complete=frozenset({ONE, TWO}), min_words=50), id=FIT)
    answer = replace(given(), id=FIT)
    (paragraph,) = failures.told([open_questions.score(question, answer)], [question], {FIT: answer})
    assert "fails complete, length (precision 1.00, complete 0.50)" in paragraph


def test_a_refusal_that_was_wanted_is_said() -> None:
    question = replace(exam_question("unanswerable", gold=[], answerable=False), id=FIT)
    (paragraph,) = failures.told([exam.score(question, replace(given(), id=FIT), TRUTH)], [question], {})
    assert "wants a refusal" in paragraph
