"""When an answer to an open question passes."""

from __future__ import annotations

import pytest

from rag_app.evaluation.open_questions import score
from rag_app.evaluation.questions import Aspect
from tests.evaluation.made import ONE, THREE, TWO, exam, given, open_question

PAPERS = frozenset({ONE, TWO})


def test_an_answer_passes_when_all_that_is_asked_for_holds() -> None:
    question = open_question(relevant=PAPERS, min_papers=2, min_words=5, max_words=20)
    assert score(question, given("One grasps well [1], another folds towels [2].", ONE, TWO)).passed
    result = score(question, given("One [1].", ONE, TWO))
    assert result.failed == ("breadth", "length")
    assert not result.passed


def test_an_aspect_is_hit_by_one_of_its_papers_and_words() -> None:
    aspects = (
        Aspect("grasp", frozenset({ONE}), ("grasp", "파지")),
        Aspect("fold", frozenset({TWO})),
        Aspect("tide", frozenset({THREE})),
    )
    both = score(open_question(aspects=aspects), given("It GRASPS [1] and folds [2].", ONE, TWO))
    assert both.figures["aspects"] == pytest.approx(2 / 3)
    assert both.checks["aspects"]
    silent = score(open_question(aspects=aspects), given("One [1] and two [2].", ONE, TWO))
    assert silent.figures["aspects"] == pytest.approx(1 / 3)
    assert not silent.checks["aspects"]


def test_most_of_the_first_citations_are_relevant() -> None:
    others = [f"2402.{n:05}" for n in range(20)]
    right = score(open_question(relevant=frozenset(others[:15])), given(" ".join(others)))
    assert right.checks["precision"]
    wrong = score(open_question(relevant=frozenset(others[4:])), given(" ".join(others)))
    assert wrong.figures["precision"] == pytest.approx(11 / 15)
    assert not wrong.checks["precision"]


def test_papers_are_cited_by_marker_link_or_id_and_not_in_quotations() -> None:
    question = open_question(complete=PAPERS)
    for text in ("[1, 2]", f"[One](https://arxiv.org/abs/{ONE}) {TWO}", f"{ONE} [2]"):
        assert score(question, given(text, ONE, TWO)).figures["complete"] == 1
    assert score(question, given("> [1] [2]", ONE, TWO)).figures["complete"] == 0
    assert score(question, given("[1](x) [2]", ONE, TWO)).figures["complete"] == 0.5


def test_citation_numbers_that_are_given_are_used() -> None:
    answer = given("[7]", ONE, TWO, numbers=(3, 7))
    assert score(open_question(complete=frozenset({TWO})), answer).figures["complete"] == 1


def test_a_day_wants_nearly_all_of_its_papers() -> None:
    papers = frozenset({ONE, TWO, THREE})
    answer = given("[1] [2]", ONE, TWO)
    assert score(open_question("overview", complete=papers), answer).checks["complete"]
    assert not score(open_question("day", complete=papers), answer).checks["complete"]


def test_three_of_four_groups_are_enough_and_nothing_forbidden_is_said_or_cited() -> None:
    must = (("grasp",), ("fold", "접기"), ("tide",), ("robot",))
    assert score(open_question(must=must), given("grasp 접기 tide")).checks["must"]
    assert not score(open_question(must=must), given("grasp tide")).checks["must"]
    assert not score(open_question(must_not=("Gripper",)), given("a gripper")).checks["must_not"]
    assert not score(open_question(must_not=(ONE,)), given("[1]")).checks["must_not"]
    assert score(open_question(must_not=("Gripper",)), given("> a gripper")).checks["must_not"]


def test_titles_with_their_dates_say_nothing_but_take_room() -> None:
    titles = f"- [A title of six words here](https://arxiv.org/abs/{ONE}) (2024-01-05, 12 votes)"
    assert not score(open_question(min_words=5), given(titles)).checks["length"]
    assert not score(open_question(max_words=6), given(titles)).checks["length"]
    assert score(open_question(min_words=5), given("a word or two [1] | # more")).checks["length"]


def test_a_table_has_two_rows() -> None:
    head = "| a | b |\n|---|---|\n| 1 | 2 |"
    assert not score(open_question(table=True), given(head)).checks["table"]
    assert score(open_question(table=True), given(f"{head}\n| 3 | 4 |")).checks["table"]


@pytest.mark.parametrize(
    ("lang", "text", "holds"),
    [
        ("en", "It learns to grasp and to fold towels.", True),
        ("en", "It learns 파지 and 접기 of towels.", False),
        ("ko", "파지와 접기를 배우는 로봇 정책 두 가지가 있습니다.", True),
        ("ko", "It learns to grasp and to fold towels 접기.", False),
        ("ko", "[A long English title](https://arxiv.org/abs/2401.00001) 파지", True),
    ],
)
def test_the_prose_is_in_the_language_asked_for(lang: str, text: str, holds: bool) -> None:
    assert score(open_question(lang=lang), given(text)).checks["language"] is holds


def test_a_refusal_is_right_exactly_where_it_should_be() -> None:
    assert score(open_question("off", refuse=True), given("No.", refused=True)).passed
    assert not score(open_question("off", refuse=True), given("Rainy. [1]")).passed
    assert not score(open_question(), given("No.", refused=True)).passed


def test_small_talk_is_answered_without_a_source() -> None:
    assert score(open_question("chat"), given("Hello!")).passed
    assert not score(open_question("chat"), given("Hello! [1]")).passed
    assert not score(open_question("chat"), given("No.", refused=True)).passed


def test_an_exam_question_is_not_scored_as_an_open_one() -> None:
    with pytest.raises(ValueError, match="x-1"):
        score(exam(), given())
