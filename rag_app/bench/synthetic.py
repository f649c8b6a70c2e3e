"""Made-up collections: papers of usual length, and vectors without a model.

Knows: how to make papers and vectors that index and search as real ones do; a seed gives the
same ones again.
Does not know: anything about real papers; none of the text means anything.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from rag_app.embedding.embedder import CountCallback, Matrix
from rag_app.records import Paper, Section

PER_DAY = 15
SECTIONS = ("What's New", "Technical Details", "Performance Highlights")
SENTENCES = 4  # of a section, near 256 characters together, as in real digests
TOPICS = 400  # directions around which vectors lie, so that neighbours exist

_NOUNS = (
    "모델 학습 추론 영상 이미지 언어 로봇 음성 그래프 확산 생성 검색 평가 데이터 구조 표현 정렬 보상 정책 압축 양자화 "
    "증류 편집 분할 깊이 장면 동작 대화 번역 요약 질의 응답 코드 수학 기억 주의 문맥 토큰 계층 신호 잡음 속도 정확도 "
    "효율 안전 편향 환각 도구 계획 탐색 조작 보행 시점 합성 복원 추적 인식 분류 군집 예측"
).split()
_ENDS = (
    "방법을 제안합니다.",
    "성능을 높입니다.",
    "과정을 분석합니다.",
    "문제를 해결합니다.",
    "한계를 줄입니다.",
)
_SYLLABLES = "ba dor fen gil hox jun kam lit mor nex pol quin rav sol tur vex wim zan".split()


def papers(count: int, seed: int = 0) -> list[Paper]:
    """That many papers over as many days as they need."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    words = ["".join(chance.choices(_SYLLABLES, k=chance.randint(2, 3))) for _ in range(2_000 + count // 2)]
    people = [f"{chance.choice(words).title()} {chance.choice(words).title()}" for _ in range(count)]
    return [_paper(number, words, people, chance) for number in range(count)]


def _paper(number: int, words: Sequence[str], people: Sequence[str], chance: random.Random) -> Paper:
    name = f"{chance.choice(words).title()}{chance.choice(words).title()}-{number}"
    title = " ".join([f"{name}:", *(word.title() for word in chance.choices(words, k=6))])
    sections = tuple(Section(each, _text(name, words, chance)) for each in SECTIONS)
    day = date(2015, 1, 1) + timedelta(days=number // PER_DAY)
    votes = chance.randint(0, 200) if chance.random() < 0.9 else None
    authors = tuple(dict.fromkeys(chance.choices(people, k=5)))
    return Paper(
        f"{number // 90_000 + 1000}.{number % 90_000 + 10_000}", title, (str(day),), sections, votes, authors
    )


def _text(name: str, words: Sequence[str], chance: random.Random) -> str:
    return " ".join(_sentence(name, words, chance) for _ in range(SENTENCES))


def _sentence(name: str, words: Sequence[str], chance: random.Random) -> str:
    first, *others = chance.choices(_NOUNS, k=5)
    # Few words are frequent and most are rare, as in any language.
    term = words[min(int(chance.paretovariate(0.6)), len(words) - 1)]
    return f"{name}은 {first}({term})의 {' '.join(others)} {chance.randint(2, 99)}% {chance.choice(_ENDS)}"


class RandomEmbedder:
    """Vectors from a text's checksum: equal texts have equal ones, and some texts are near each other."""

    fingerprint = "random"
    dimensions = 384
    max_tokens = 512

    def __init__(self) -> None:
        self._topics = np.random.default_rng(0).standard_normal((TOPICS, self.dimensions), np.float32)

    def count_tokens(self, text: str) -> int:
        return len(text) // 2

    def passages(self, texts: Sequence[str], progress: CountCallback | None = None) -> Matrix:
        matrix = np.empty((len(texts), self.dimensions), np.float32)
        for row, text in enumerate(texts):
            matrix[row] = self.query(text)
        return matrix

    def query(self, text: str) -> Matrix:
        seed = zlib.crc32(text.encode())
        vector = (
            np.random.default_rng(seed).standard_normal(self.dimensions, np.float32)
            + self._topics[seed % TOPICS]
        )
        unit: Matrix = vector / np.linalg.norm(vector)
        return unit
