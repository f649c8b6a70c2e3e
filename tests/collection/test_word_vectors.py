"""What words' vectors promise: translations that are near and right, and otherwise none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rag_app.collection.word_vectors import WordVectors, build, worth_keeping
from rag_app.embedding.embedder import Matrix

# Meanings, each with its words; the words of one meaning are near each other.
MEANINGS = (
    ("finance", "금융"), ("music", "음악"), ("health", "의료", "건강"), ("bridge", "다리"), ("river", "강물"),
    ("stone", "조약돌"), ("glove", "장갑"), ("buoy", "부표"), ("reef", "암초"), ("shoal", "모래톱"),
    ("sail", "돛배"), ("lamp", "등불"),
)  # fmt: skip
ALONE = ("widget", "갈매기")  # means what no other word does
ABROAD = {"金融": 0, "ロボット": 99, "音楽": 1}


def vector(meaning: int, word: str) -> Matrix:
    """The meaning's direction, and a little of the word's own."""
    shared, own = np.random.default_rng(meaning), np.random.default_rng(sum(map(ord, word)) + 1_000)
    made: Matrix = (shared.normal(size=64) + 0.35 * own.normal(size=64)).astype(np.float32)
    return made / np.float32(np.linalg.norm(made))


def embed(word: str) -> Matrix:
    known = {one: place for place, words in enumerate(MEANINGS) for one in words} | ABROAD
    return vector(known.get(word, 1_000 + sum(map(ord, word))), word)


@pytest.fixture
def words(tmp_path: Path) -> WordVectors:
    kept = [word for meaning in MEANINGS for word in meaning] + list(ALONE)
    build(kept, np.stack([embed(word) for word in kept]), tmp_path)
    return WordVectors(tmp_path, embed)


@pytest.mark.parametrize(
    ("word", "translations"),
    [
        ("finance", {"금융"}),
        ("음악", {"music"}),
        ("金融", {"금융", "finance"}),  # of a language that no digest is written in, one of each
        ("音楽", {"음악", "music"}),
        ("widget", set()),
        ("갈매기", set()),
        ("ロボット", set()),
        ("unheard", set()),
        ("ab", set()),  # too short
        ("x2y", set()),
    ],
)
def test_a_word_is_translated_where_one_is_near(
    words: WordVectors, word: str, translations: set[str]
) -> None:
    assert set(words.translations(word)) == translations


def test_an_index_without_words_translates_none(tmp_path: Path) -> None:
    assert WordVectors(tmp_path, embed).translations("finance") == ()


def test_words_of_hardly_any_or_of_most_papers_are_left_out() -> None:
    counts = {"finance": 5, "model": 90, "rare": 1, "금융": 3, "gpt4": 9, "것": 4}
    assert worth_keeping(counts, 100) == ["finance", "금융"]


def test_nothing_is_kept_of_nothing(tmp_path: Path) -> None:
    build([], np.zeros((0, 64), np.float32), tmp_path)
    assert WordVectors(tmp_path, embed).translations("finance") == ()
