"""Whether a translation says what its sentence says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from rag_app.answer import meaning
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
    ],
)
def test_a_translation_that_turns_its_sentence_round_is_told_apart(
    original: str, translation: str, opposite: bool
) -> None:
    assert meaning.is_opposite(translation, original) is opposite


class TwoLanguages:
    """An embedding model that knows which texts mean the same; others are all equally far."""

    fingerprint = "two languages"

    def __init__(self, same: dict[str, int]) -> None:
        self._same = same

    def query(self, text: str) -> NDArray[np.float32]:
        vector = np.zeros(8, np.float32)
        vector[self._same.get(text, 7)] = 1.0
        return vector


@pytest.mark.parametrize(
    ("text", "near"), [("It finds more leaks.", True), ("The film is set on Mars.", False)]
)
def test_a_translation_is_nearer_to_its_sentence_than_to_those_beside_it(text: str, near: bool) -> None:
    same = {"It finds more leaks.": 6, ORIGINAL: 6}
    for place, paper in enumerate(lab().snapshot.papers.all()):
        first = paper.sections[0].text
        span = next(iter(sentences.split(first)), (0, 0))
        same |= {paper.title: place % 6, first[slice(*span)]: place % 6}
    knowing = replace(lab(), embedder=TwoLanguages(same))
    assert meaning.is_near(text, PASSAGE, PAPER, knowing) is near


def test_an_embedding_model_that_knows_one_language_is_not_asked() -> None:
    unknowing = replace(lab(), embedder=TwoLanguages({}))
    assert meaning.is_near("The film is set on Mars.", PASSAGE, PAPER, unknowing)
