"""What comparing numbers promises: one value in whatever notation, and no number out of nowhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag_app.text.numbers import figures, missing, rescaled, values_of


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("It has 110 million parameters", "1억 1천만 개의 매개변수"),
        ("1.1억 개", "110M parameters"),
        ("134.6 million photos", "1억 3천 4백 6십만 개의 사진"),
        ("326,900 species", "32만 6천 9백 종"),
        ("2,300 tasks", "2천 3백 개의 과제"),
        ("175B parameters", "1,750억 개의 매개변수"),
        ("1.4 trillion tokens", "1.4조 토큰"),
        ("70000 images", "7만 장"),
        ("93.2 points", "F1 93.2를 기록"),
        ("28.4 %", "28.4%를 기록"),
        ("twelve layers: 12", "12개 층"),
        ("8 GPUs", "여덟 개의 GPU"),
        ("2 stages", "두 단계로 학습"),
        ("41.8", "４１.８ BLEU"),
        ("2,048 tokens", "2048 토큰"),
    ],
)
def test_a_number_is_found_in_another_notation(claim: str, source: str) -> None:
    assert missing(claim, [source]) == []


@pytest.mark.parametrize(
    ("claim", "source", "absent"),
    [
        ("94.4 percent", "75%를 기록", ["94.4 percent"]),
        ("1억 개", "1억 1천만 개", ["1억"]),
        ("100.003 million photos", "1억 3천 4백 6십만 개의 사진", ["100.003 million"]),
        ("0.001", "learning rate 0.01", ["0.001"]),
        ("8 GPUs and 9 nodes", "8개 GPU", ["9"]),
        ("5", "", ["5"]),
    ],
)
def test_a_number_that_no_source_states_is_reported(claim: str, source: str, absent: list[str]) -> None:
    assert missing(claim, [source]) == absent


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("1억 3천 4백 6십만 개", "134.6 million 개"),
        ("3천6백만 개", "36 million 개"),
        ("10만 5천 개", "105,000 개"),
        ("1,200만 5천 개", "12.005 million 개"),
        ("3만 5개 모델", "30,000 5개 모델"),
        ("2 백본 3개", "2 백본 3개"),
    ],
)
def test_a_number_in_parts_is_written_as_one(text: str, written: str) -> None:
    assert rescaled(text, "en") == written


def test_a_name_with_digits_is_no_figure_where_a_source_holds_it() -> None:
    assert missing("Version 7b-v0.1 is small", ["Anole-7b-v0.1입니다"]) == []
    assert missing("Version 7b-v0.1 is small", ["Anole-17b-v0.1입니다"]) != []


def test_every_source_may_state_a_number() -> None:
    assert missing("3 and 7", ["7 heads", "3 layers"]) == []
    assert missing("3", []) == ["3"]


def test_digits_inside_names_are_no_numbers() -> None:
    assert figures("GPT-4V, wav2vec, DINOv2 and T5") == figures("GPT-4V") == []


@given(st.text(), st.integers(0, 10**15))
def test_a_text_states_its_own_numbers(text: str, number: int) -> None:
    assert missing(text, [text]) == []
    assert float(number) in values_of(f"so {number} of them")
