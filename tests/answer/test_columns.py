"""What fills a cell: a count beside what it counts, results with figures, things said in other words."""

from __future__ import annotations

import pytest

from rag_app.answer.columns import LEAST, columns
from rag_app.collection.library import Library
from tests.helpers.fakes import made

DAY = """## Daily Papers (2027-05-01)

### [PierSet: A Data Set of Harbour Clips](https://arxiv.org/abs/2705.00001)

- **What's New**: PierSet은 항만을 찍은 비디오 클립(clip) 데이터셋(dataset)입니다. 과제(task)는 40개입니다. \
텍스트(text)도 있습니다.
- **Performance**: 모델(model)은 전체 파라미터(parameter) 7B 가운데 활성(active) 파라미터 2B를 씁니다.
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return made(tmp_path_factory.mktemp("columns"), {"day.md": DAY})


@pytest.mark.parametrize(
    ("name", "text", "fills"),
    [
        ("클립 수", "이 데이터셋은 120만 개의 비디오 클립으로 이루어집니다.", True),
        ("클립 수", "비디오 클립을 3단계로 거릅니다.", False),
        ("number of clips", "이 데이터셋은 120만 개의 비디오 클립으로 이루어집니다.", True),
        ("문제 수", "이 벤치마크는 2.3K의 다중 선택 질문을 담고 있습니다.", True),
        ("모델 크기", "30개의 언어 모델을 평가했습니다.", False),
        ("모델 크기", "7B 모델을 학습했습니다.", True),
        ("결과", "2.3K의 질문을 담고 있습니다.", False),
        ("크기", "약 95억 개의 토큰이 있습니다.", True),
        ("성능", "정확도 71.3%를 기록했습니다.", True),
        ("성능", "성능이 뛰어납니다.", False),
        ("human score", "인간 전문가는 91.0점입니다.", True),
        ("데이터셋", "LibriSpeech 코퍼스로 학습했습니다.", True),
        ("종류(텍스트/이미지)", "텍스트를 모은 자료입니다.", True),
    ],
)
def test_a_sentence_fills_a_column_that_it_answers(
    name: str, text: str, fills: bool, library: Library
) -> None:
    (column,) = columns([name], library.lexical)
    assert (column.told_by(text, library.lexical) >= LEAST) is fills


def test_what_the_question_tells_before_its_columns_says_what_they_ask_for(library: Library) -> None:
    told = "harbour benchmarks that give human scores and the best model score"
    (plain,) = columns(["human"], library.lexical)
    (scored,) = columns(["human"], library.lexical, told=told)
    assert plain.told_by("Clips are checked by humans.", library.lexical) >= LEAST
    assert not scored.told_by("Clips are checked by humans.", library.lexical)
    assert scored.told_by("Humans reach 93.3 points.", library.lexical) >= LEAST


def test_a_year_behind_an_authors_name_is_no_size(library: Library) -> None:
    (size,) = columns(["파라미터 수"], library.lexical)
    assert not size.told_by("MotionCtrl(Wang et al. 2023b)은 움직임을 따로 다룹니다.", library.lexical)
    assert not size.told_by("WebVid-10M에서 FVD 212.7입니다.", library.lexical)


def test_two_columns_for_the_same_thing_each_want_their_own_word(library: Library) -> None:
    whole, active = columns(["전체 파라미터", "활성 파라미터"], library.lexical)
    assert whole.told_by("1460억 개의 파라미터를 가진 모델입니다.", library.lexical) >= LEAST
    assert not active.told_by("1460억 개의 파라미터를 가진 모델입니다.", library.lexical)
    assert active.told_by("22억 개의 활성 파라미터를 씁니다.", library.lexical) >= LEAST


@pytest.mark.parametrize(
    ("text", "fills"),
    [
        ("이 논문은 조수를 그래프로 예측하는 방법을 제안합니다.", True),
        ("최근 조수를 예측하는 모델이 많이 제안되었습니다.", False),
        ("제안한 모델은 우수한 결과를 보였습니다.", False),
    ],
)
def test_a_method_is_what_the_paper_does_not_what_was_before_it_or_came_of_it(
    text: str, fills: bool, library: Library
) -> None:
    (column,) = columns(["방법"], library.lexical)
    assert (column.told_by(text, library.lexical) > LEAST) is fills


@pytest.mark.parametrize(
    ("text", "fills"),
    [
        ("밤에 찍은 장면에서는 한계가 있습니다.", True),
        ("이 방법은 이러한 한계를 극복합니다.", False),
        ("기존 모델은 밤에 찍은 장면에서 한계가 있습니다.", False),
    ],
)
def test_a_limit_is_the_papers_own(text: str, fills: bool, library: Library) -> None:
    (column,) = columns(["한계"], library.lexical)
    assert (column.told_by(text, library.lexical) >= LEAST) is fills


def test_what_all_rows_are_about_fills_no_column(library: Library) -> None:
    text = "항만 비디오를 모은 자료입니다."
    (alone,) = columns(["비디오 클립 과제"], library.lexical)
    (within,) = columns(["비디오 클립 과제"], library.lexical, "항만 비디오")
    assert alone.told_by(text, library.lexical) > within.told_by(text, library.lexical)
    assert within.told_by("클립마다 과제가 있습니다.", library.lexical) >= LEAST


def test_a_result_without_a_figure_is_one_and_comes_after_those_with(library: Library) -> None:
    (results,) = columns(["결과"], library.lexical)
    plain = results.told_by("기존 방법들을 크게 능가하는 성능을 입증했습니다.", library.lexical)
    figured = results.told_by("기존 방법보다 12% 향상되었습니다.", library.lexical)
    assert LEAST <= plain < figured
    assert results.told_by("새로운 방법을 제안합니다.", library.lexical) < LEAST
    (size,) = columns(["파라미터 수"], library.lexical)
    assert size.told_by("기존 모델을 능가하는 성능을 보였습니다.", library.lexical) < LEAST
