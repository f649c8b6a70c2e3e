"""When an answer to an exam question is right, and what of it is not the digests' own."""

from __future__ import annotations

import pytest

from rag_app.evaluation.answers import Given
from rag_app.evaluation.exam import ExamScore, score
from rag_app.evaluation.questions import Question
from tests.evaluation.made import ONE, THREE, TRUTH, TWO, exam, given, open_question, quote


def scored(question: Question, answer: Given) -> ExamScore:
    return score(question, answer, TRUTH)


# --- right or wrong -------------------------------------------------------------------------------


def test_an_answer_is_right_that_cites_all_of_gold_and_says_what_it_must() -> None:
    question = exam(must=(("grasps", "파지"), ("robots",)))
    assert scored(question, given("It grasps for Robots. [1]")).correct
    assert not scored(question, given("It grasps. [1]")).correct
    assert not scored(question, given("It grasps for robots. [1]", TWO)).correct


def test_half_of_the_citations_may_be_others() -> None:
    assert scored(exam(), given("It grasps. [1][2]", ONE, TWO)).correct
    assert not scored(exam(), given("It grasps. [1][2][3]", ONE, TWO, THREE)).correct
    assert scored(exam(ok=[TWO]), given("It grasps. [1][2][3]", ONE, TWO, THREE)).correct


def test_a_paper_cited_twice_counts_once() -> None:
    assert scored(exam(), given("It grasps.", ONE, TWO, TWO, TWO)).precision == 0.5


def test_what_must_not_be_said_is_wrong_except_in_a_quotation() -> None:
    question = exam(must_not=("Gripper X",))
    assert not scored(question, given("It is gripper x. [1]")).correct
    assert scored(question, given("It grasps. [1]\n> Gripper X")).correct


def test_what_must_be_said_does_not_count_in_a_quotation() -> None:
    assert not scored(exam(must=(("파지",),)), given("It grasps. [1]\n> 파지를 배웁니다")).correct


@pytest.mark.parametrize(
    ("said", "right"), [("94.4%", True), ("194.4", False), ("94.45", False), ("1,94.4", False)]
)
def test_a_number_is_not_said_inside_a_longer_one(said: str, right: bool) -> None:
    assert scored(exam(must=(("94.4",),)), given(f"It succeeds in {said}. [1]")).correct is right


def test_width_and_spacing_make_no_difference() -> None:
    assert scored(exam(must=(("whole body",),)), given("ＷＨＯＬＥ\n body [1]")).correct


def test_a_refusal_of_an_answerable_question_is_wrong() -> None:
    result = scored(exam(), given("Nothing was found.", refused=True))
    assert (result.correct, result.precision, result.recall) == (False, None, 0.0)


def test_an_unanswerable_question_wants_a_refusal_without_a_marker() -> None:
    question = exam("unanswerable", gold=[], answerable=False, must_not=("yes",))
    assert scored(question, given("Nothing was found.", refused=True)).correct
    assert not scored(question, given("Nothing was found.")).correct
    assert not scored(question, given("Nothing was found. [1]", refused=True)).correct
    assert not scored(question, given("Yes, but nothing was found.", refused=True)).correct


def test_a_list_may_miss_a_few() -> None:
    question = exam("list", gold=[ONE, TWO])
    assert scored(question, given("Two. [1][2]", ONE, TWO)).correct
    assert scored(question, given("Three.", ONE, TWO, THREE)).f1 == pytest.approx(0.8)
    assert scored(question, given("Three.", ONE, TWO, THREE)).correct
    assert not scored(question, given("One.", ONE)).correct


def test_a_fact_of_the_record_is_said_or_its_papers_are_exactly_cited() -> None:
    told = exam("metadata", must=(("12",),))
    assert scored(told, given("It has 12 votes.", TWO)).correct
    assert not scored(told, given("It has 13 votes.", ONE)).correct
    listed = exam("metadata", gold=[ONE, TWO])
    assert scored(listed, given("Both.", ONE, TWO)).correct
    assert not scored(listed, given("All.", ONE, TWO, THREE)).correct


def test_an_answer_that_is_no_list_is_short() -> None:
    long = "It grasps. [1] " * 101
    assert not scored(exam(), given(long)).correct
    assert scored(exam("list"), given(long)).correct


# --- language -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lang", "text", "holds"),
    [
        ("en", "It learns to grasp things.", True),
        ("en", "파지를 배우는 로봇 시스템입니다", False),
        ("en", 'It learns (파지를 배우는 것) and "시연을 모으는 것" with `파지`.', True),
        ("ko", "파지를 배우는 로봇 시스템입니다", True),
        ("ko", "It learns to grasp things.", False),
        ("ko", "PickBot: Grasping for Robots 는 파지를 배웁니다", True),
        ("ko", "GPT-4 [1]", True),
    ],
)
def test_the_prose_is_in_the_language_asked_for(lang: str, text: str, holds: bool) -> None:
    assert scored(exam(lang=lang), given(text)).language is holds


# --- numbers, quotes, citations -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("94.4% of 20 thousand [1]", ()),
        ("a share of .944, 0.944 [1]", ()),
        ("95% [1]", (95.0,)),
        ("1. one\n2. two", ()),
        ("in 7 ways", ()),
        ("in 7% of all", (7.0,)),
        ("300 of 250 [1]\n> 999", (250.0, 300.0)),
        ("2401.00001 [12]", ()),
    ],
)
def test_numbers_are_those_of_the_cited_digests(text: str, missing: tuple[float, ...]) -> None:
    assert scored(exam(), given(text)).unsupported_numbers == missing


def test_numbers_of_the_question_and_counts_of_the_collection_are_supported() -> None:
    text = "Of 5,487 papers 17 match 250."
    assert scored(exam(), given(text)).unsupported_numbers == (17.0, 250.0, 5487.0)
    assert scored(exam(), given(text, ONE, TWO, counts=(5487.0, 17.0))).unsupported_numbers == ()


def test_numbers_of_the_record_and_of_refusals_are_not_judged() -> None:
    assert scored(exam("metadata"), given("77 votes")).numbers == 0
    assert scored(exam(), given("77 votes", refused=True)).numbers == 0


def test_a_quote_is_the_cited_digest_s_own_words() -> None:
    fine, changed = quote("시연은  2만 개입니다."), quote("시연은 3만 개입니다.")
    other, short = quote("FoldNet folds", TWO), quote("파지")
    result = scored(exam(), given(quotes=(fine, changed, other, short)))
    assert (result.quotes, result.wrong_quotes) == (4, 3)


def test_a_citation_of_a_paper_that_is_not_there_is_invalid() -> None:
    assert scored(exam(), given("It grasps.", ONE, "9999.99999")).invalid_citations == 1


def test_recall_counts_the_papers_within_each_depth() -> None:
    ranked = (THREE, *(f"2402.{n:05}" for n in range(8)), ONE, TWO)
    assert scored(exam(gold=[ONE, TWO]), given(ranked=ranked)).found_at == (0.0, 0.5, 1.0)
    assert scored(exam(), given()).found_at == (None, None, None)


def test_an_open_question_is_not_scored_as_an_exam() -> None:
    with pytest.raises(ValueError, match="x-1"):
        scored(open_question(), given())
