"""What a reader makes of a sentence that he cannot read."""

from __future__ import annotations

import pytest

from rag_app import pipeline
from rag_app.answer.readable import names_and_figures, telling
from tests.helpers.fakes import lab


@pytest.mark.parametrize(
    ("sentence", "language", "wanted"),
    [
        ("GSM8K에서 정확도 92.5%, MMLU에서 70%를 기록했습니다.", "en", ["GSM8K", "92.5%", "MMLU", "70%"]),
        ("이미지 20만 장과 400만 개의 질문으로 학습했습니다.", "en", ["200,000", "4 million"]),
        ("이미지 20만 장으로 학습했습니다.", "ja", ["20万"]),
        ("이미지 3억 장으로 학습했습니다.", "zh", ["3亿"]),
        ("We use 4 million images with DINOv2 on COCO.", "ko", ["400만", "DINOv2", "COCO"]),
        ("성공률은 71%포인트 올랐습니다.", "en", ["71%"]),
        ("GPT-4o-mini와 3D 장면을 씁니다.", "en", ["GPT-4o-mini", "3D"]),
        (
            "풀 리퀘스트(pull request) 2,294개와 24 게임(Game of 24)",
            "en",
            ["pull request", "2,294", "24", "Game of"],
        ),
        ("3D Gaussian Splatting(3DGS)을 씁니다.", "en", ["3D Gaussian Splatting", "3DGS"]),
        ("클로드-3.5를 씁니다.", "en", []),
        ("사람이 씁니다.", "en", []),
        ("90 에폭을 돌면 최대 3.5배 빠릅니다.", "en", ["90 epochs", "3.5 times"]),
        ("70억 파라미터, 32개 층을 24시간 학습했습니다.", "ja", ["70億パラメータ", "32層", "24時間"]),
        ("비용은 10분의 1이고 5분 만에 끝납니다.", "en", ["10", "1", "5 minutes"]),
        ("It takes 24 hours and 2 million tokens.", "ko", ["24시간", "200만 토큰"]),
    ],
)
def test_names_and_figures_are_given_as_the_readers_language_writes_them(
    sentence: str, language: str, wanted: list[str]
) -> None:
    assert names_and_figures(sentence, language) == wanted


def test_a_question_for_a_figure_gets_figures_and_the_names_they_belong_to() -> None:
    parts = names_and_figures("정확도(accuracy)는 LAMBADA 86.4%, TriviaQA 71.2%입니다.", "en")
    assert parts == ["accuracy", "LAMBADA", "86.4%", "TriviaQA", "71.2%"]
    assert telling(parts) == ["LAMBADA", "86.4%", "TriviaQA", "71.2%"]


def test_a_figure_is_told_to_a_reader_who_cannot_read_its_sentence() -> None:
    answer, _ = pipeline.answer("What success rate does PickBot reach on O.O.D. objects?", lab(), None)
    title, *_, lead = answer.text.partition("\n\n>")[0].split("\n\n")
    assert "PickBot" in title
    assert "75%" in lead
    assert "20,000" in lead  # 2만
    assert not answer.refused
    assert "> PickBot은 I.D. 물체에서 94.4%, O.O.D. 물체에서 75%의 성공률을 보였습니다." in answer.text


def test_each_side_of_a_comparison_leads_with_what_its_reader_can_read() -> None:
    answer, _ = pipeline.answer("Compare PickBot and FoldNet", lab(), None)
    sides = [line for line in answer.text.split("\n") if line.startswith("- **")]
    assert ["94.4%" in sides[0], "61.5%" in sides[1]] == [True, True]
    assert all(side.endswith(f"[{n}]") for n, side in enumerate(sides, start=1))


def test_an_address_stays_whole() -> None:
    sentence = "관련 코드는 https://github.com/heron/nest-box에서 제공된다."
    assert names_and_figures(sentence, "en") == ["https://github.com/heron/nest-box"]
