"""Whether a translation says what its sentence says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from rag_app.answer import meaning
from rag_app.collection.library import Library
from rag_app.records import Paper, Passage, Section
from rag_app.text import sentences
from tests.helpers.fakes import lab

ORIGINAL = "이 방법은 탐지 정확도를 크게 높이고 오탐을 줄이지 않습니다."
SECTION = Section(
    "What's New", f"{ORIGINAL} 데이터는 공개 저장소에서 얻었습니다. 실험은 네 개의 언어로 하였습니다."
)
PAPER = Paper("2701.00001", "A Detector of Leaks", ("2027-01-02",), (SECTION,))
PASSAGE = Passage(PAPER.arxiv_id, SECTION.name, 0, len(ORIGINAL), ORIGINAL)


@pytest.mark.parametrize(
    ("original", "translation", "opposite"),
    [
        ("이 방법은 정확도를 높입니다.", "The method increases accuracy.", False),
        ("이 방법은 정확도를 높입니다.", "The method reduces accuracy.", True),
        ("지연 시간이 절반으로 줄었습니다.", "Latency was reduced by half.", False),
        ("지연 시간이 절반으로 감소했습니다.", "Latency increased by half.", True),
        ("추가 학습이 필요하지 않습니다.", "No additional training is needed.", False),
        ("추가 학습이 필요하지 않습니다.", "Additional training is needed.", True),
        ("이 모델은 공개되었습니다.", "The model was not released.", True),
        ("학습 없이 동작합니다.", "It does not need training.", False),
        ("속도뿐만 아니라 품질도 개선합니다.", "It improves quality as well as speed.", False),
        (
            "가중치를 고정하고 작은 행렬만 학습합니다.",
            "It learns small matrices without fixing the weights.",
            True,
        ),
        ("추가 학습이 필요합니다.", "No additional training is needed.", True),
        ("조정 없이도 긴 비디오를 만듭니다.", "It makes long videos without tuning.", False),
        ("Tuning-Free 방식으로 영상을 만듭니다.", "It makes videos without tuning.", False),
        ("최대 8배 빨라집니다.", "It is faster, by no more than 8 times.", False),
        ("어떤 모델에도 쓸 수 있습니다.", "It can be used no matter which model it is.", False),
        ("8B 이하의 모델을 씁니다.", "It uses models no larger than 8B.", False),
        ("학습을 하든 말든 동작합니다.", "It works with or without training.", False),
    ],
)
def test_a_translation_that_turns_its_sentence_round_is_told_apart(
    original: str, translation: str, opposite: bool
) -> None:
    assert meaning.is_opposite(translation, original) is opposite


LACKING = [
    # (digest's sentence, true translation, one that turns it round)
    ("이 자료는 세부 설명이 부족합니다.", "This material lacks detail.", "This material is highly detailed."),
    (
        "기존 말뭉치는 주석이 빈약합니다.",
        "Existing corpora have poor annotations.",
        "Existing corpora have rich annotations.",
    ),
    ("공개된 녹음이 드뭅니다.", "Public recordings are scarce.", "There are abundant public recordings."),
    ("응답의 다양성이 낮습니다.", "The responses have low diversity.", "The responses have high diversity."),
    (
        "방언에 대한 학습 자료가 결여되어 있습니다.",
        "Training material on dialects is absent.",
        "There is sufficient training material on dialects.",
    ),
    (
        "기존 지도는 실내 정보를 거의 담지 못하고 표시가 미흡합니다.",
        "Existing maps hold little indoor information.",
        "Existing maps hold extensive indoor information.",
    ),
    (
        "이 벤치마크는 풍부한 예문을 담고 있습니다.",
        "This benchmark holds rich examples.",
        "This benchmark lacks examples.",
    ),
    (
        "연구진은 상세한 사용 설명을 공개했습니다.",
        "The team published detailed instructions.",
        "The team published poor instructions.",
    ),
    ("표본이 충분합니다.", "The samples are sufficient.", "The samples are insufficient."),
    (
        "この語彙は例文が乏しい。",
        "This vocabulary has few examples.",
        "This vocabulary has plenty of examples.",
    ),
    ("该数据集缺乏标注。", "The data set lacks labels.", "The data set has abundant labels."),
]


@pytest.mark.parametrize(("original", "true", "turned"), LACKING)
def test_a_translation_that_gives_much_of_what_is_lacking_is_told_apart(
    original: str, true: str, turned: str
) -> None:
    assert not meaning.is_opposite(true, original)
    assert meaning.is_opposite(turned, original)


@pytest.mark.parametrize(
    ("original", "translation"),
    [
        ("적은 자료로 높은 정확도를 얻습니다.", "It reaches high accuracy with few samples."),
        ("메모리가 부족한 기기에서도 잘 동작합니다.", "It runs well on devices with little memory."),
        ("비용이 낮아 쓰기 쉽습니다.", "It is cheap and easy to use."),
        ("높은 해상도에서 지연이 적습니다.", "At high resolution it has little delay."),
        ("부족한 자료를 보완해 풍부한 말뭉치를 만들었습니다.", "It makes a rich corpus of scarce material."),
        ("잡음이 없는 음성을 만듭니다.", "It makes clean speech."),
    ],
)
def test_what_speaks_of_little_and_much_is_not_told_to_turn(original: str, translation: str) -> None:
    assert not meaning.is_opposite(translation, original)


class TwoLanguages:
    """An embedding model that knows which texts mean the same; others are all equally far."""

    def __init__(self, same: dict[str, int]) -> None:
        self._same = same
        self.fingerprint = f"knows {len(same)} texts"
        self.asked: list[str] = []

    def query(self, text: str) -> NDArray[np.float32]:
        self.asked.append(text)
        vector = np.zeros(8, np.float32)
        vector[self._same.get(text, 7)] = 1.0
        return vector


def knowing(same: dict[str, int]) -> tuple[Library, TwoLanguages]:
    """A collection of which the embedding model knows these texts and every title beside its digest."""
    for place, paper in enumerate(lab().snapshot.papers.all()):
        first = paper.sections[0].text
        span = next(iter(sentences.split(first)), (0, 0))
        same |= {paper.title: place % 6, first[slice(*span)]: place % 6}
    embedder = TwoLanguages(same)
    return replace(lab(), embedder=embedder), embedder


@pytest.mark.parametrize(
    ("text", "near"), [("It finds more leaks.", True), ("The film is set on Mars.", False)]
)
def test_a_translation_is_nearer_to_its_sentence_than_to_those_beside_it(text: str, near: bool) -> None:
    library, _ = knowing({"It finds more leaks.": 6, ORIGINAL: 6})
    assert meaning.is_near(text, PASSAGE, PAPER, library) is near


def test_sentences_beside_one_are_looked_at_until_it_is_clear() -> None:
    text = f"{SECTION.text} 결과는 표에 모두 적어 두었습니다."
    paper = replace(PAPER, sections=(replace(SECTION, text=text),))
    library, embedder = knowing({"It finds more leaks.": 6, ORIGINAL: 6})
    assert library.nearness  # measured once, of titles
    embedder.asked.clear()
    assert meaning.is_near("It finds more leaks.", PASSAGE, paper, library)
    assert len(embedder.asked) == 2 + meaning.FEWEST_BESIDE
    embedder.asked.clear()
    assert not meaning.is_near("The film is set on Mars.", PASSAGE, paper, library)
    assert len(embedder.asked) == 2 + 3


def test_an_embedding_model_that_knows_one_language_is_not_asked() -> None:
    unknowing = replace(lab(), embedder=TwoLanguages({}))
    assert meaning.is_near("The film is set on Mars.", PASSAGE, PAPER, unknowing)


@pytest.mark.parametrize(
    ("original", "translation", "same"),
    [
        ("이 모델은 Whisper 모델을 능가합니다.", "This model is comparable to Whisper.", False),
        ("이 모델은 Whisper 모델을 능가합니다.", "This model outperforms Whisper.", True),
        ("이 모델은 Whisper보다 빠릅니다.", "This model is faster than Whisper.", True),
        ("인간의 수준을 넘는 이해를 목표로 합니다.", "It aims for human-level understanding.", False),
        ("20만 장이 넘는 영상을 씁니다.", "It uses over 200,000 images.", True),
        ("점수가 99.3%에서 69.7%로 바뀌었습니다.", "The score changed by 69.7% from 99.3%.", False),
        ("점수가 99.3%에서 69.7%로 바뀌었습니다.", "The score went from 99.3% to 69.7%.", True),
        ("비용이 20만에서 30만으로 바뀌었습니다.", "The cost changed from 200,000 to 300,000.", True),
        ("MATH-500에서 90.2%로 향상됩니다.", "It improves to 90.2% on MATH-500.", True),
        ("보다 정확한 예측을 합니다.", "It makes more accurate predictions.", True),
        ("앞서 언급한 문제를 풉니다.", "It solves the problem mentioned.", True),
        ("3개 벤치마크에서 1위로 나타났습니다.", "It came first on three benchmarks.", True),
    ],
)
def test_what_is_above_another_and_the_course_of_figures_stay(
    original: str, translation: str, same: bool
) -> None:
    passage = Passage(PAPER.arxiv_id, SECTION.name, 0, len(original), original)
    alone = replace(PAPER, sections=(Section("What's New", original),))
    assert meaning.says_the_same(translation, passage, alone, lab()) is same
