"""What dividing a question among its papers promises: each is asked its own part, or all of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag_app.records import Paper, Query, Section
from rag_app.search.aspects import asked_of, several

HERON = Paper(
    "2401.00001", "Heron: Flying Slowly", ("2024-01-01",), (Section("Summary", "Heron은 새입니다."),)
)
GREBE = Paper("2401.00002", "Diving in Place", ("2024-01-01",), (Section("Summary", "Grebe는 잠수합니다."),))
QUERY = Query("", "", "en", papers=(HERON.arxiv_id, GREBE.arxiv_id), names=("Heron", "Grebe"))


@pytest.mark.parametrize(
    ("question", "of_heron", "of_grebe"),
    [
        ("What does Heron add to the wings, and what does Grebe change while diving?", "wings", "diving"),
        ("Heron은 날개를 어떻게 펴고 Grebe는 잠수를 얼마나 오래 하나요?", "날개", "잠수"),
        ("Heron vs Grebe: how many feathers has the first one, how deep dives the second one?",
         "feathers", "deep"),
    ],
)  # fmt: skip
def test_each_side_is_asked_its_own_part(question: str, of_heron: str, of_grebe: str) -> None:
    query = replace(QUERY, standalone=question)
    heron, grebe = asked_of(query, HERON), asked_of(query, GREBE)
    assert of_heron in heron and of_grebe not in heron
    assert of_grebe in grebe and of_heron not in grebe


@pytest.mark.parametrize(
    "question", ["How do Heron and Grebe differ in speed?", "Heron과 Grebe의 속도 차이는?"]
)
def test_what_is_asked_of_both_is_asked_of_each(question: str) -> None:
    query = replace(QUERY, standalone=question)
    assert asked_of(query, HERON) == asked_of(query, GREBE) == question


def test_a_question_about_one_paper_is_whole() -> None:
    query = replace(QUERY, standalone="How fast is Heron, and how heavy?", papers=(HERON.arxiv_id,))
    assert asked_of(query, HERON) == query.standalone


@pytest.mark.parametrize(
    ("question", "things"),
    [
        ("How fast is Heron, and how heavy?", 2),
        ("Heron의 문맥 길이랑 학습 토큰수", 2),
        ("Heron은 훈련이 필요해요? 정확도는 얼마나 오르고요?", 2),
        ("How fast is Heron?", 0),
    ],
)
def test_several_things_are_asked_one_by_one(question: str, things: int) -> None:
    assert len(several(question)) == things


@pytest.mark.parametrize(
    "question",
    ["Heron의 실험 결과 정확도는?", "Heron의 최고 성능은?", "According to the digest, how fast is Heron?",
     "Among speed, cost, size and weight, which does Heron name?"],
)  # fmt: skip
def test_words_that_only_end_like_a_join_and_lead_ins_are_no_second_thing(question: str) -> None:
    assert several(question) == ()
