"""Vectors: the cache never loses or mixes them, and the real model ranks, counts and batches as promised."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from rag_app.embedding import embedder as embedding
from rag_app.embedding.embedder import (
    BATCH_TOKENS,
    CountCallback,
    Matrix,
    SentenceEmbedder,
    VectorCache,
    _batches,
    load_embedder,
)
from rag_app.errors import WeightsError
from rag_app.settings import Settings
from rag_app.weights import choice

TEXTS = [f"text {number}" for number in range(1200)]


class FakeEmbedder:
    """Vectors that depend on the text alone; notes what it was asked, and fails after `limit` texts."""

    dimensions = 8
    max_tokens = 100

    def __init__(self, fingerprint: str = "a" * 64, limit: int = 10**9) -> None:
        self.fingerprint = fingerprint
        self.limit = limit
        self.asked: list[str] = []

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def passages(self, texts: Sequence[str], progress: CountCallback | None = None) -> Matrix:
        if len(self.asked) + len(texts) > self.limit:
            raise KeyboardInterrupt
        self.asked += texts
        if progress:
            progress(len(texts), len(texts))
        return np.stack([self.query(text) for text in texts])

    def query(self, text: str) -> Matrix:
        vector = np.random.default_rng(list(text.encode())).normal(size=self.dimensions).astype(np.float32)
        return np.asarray(vector / np.linalg.norm(vector), np.float32)


def expected(texts: Sequence[str]) -> Matrix:
    return np.stack([FakeEmbedder().query(text) for text in texts])


def files(root: Path) -> tuple[Path, Path]:
    folder = root / ("a" * 16)
    return folder / "vectors.f32", folder / "keys.txt"


def test_only_unseen_texts_are_embedded(tmp_path: Path) -> None:
    embedder, cache = FakeEmbedder(), VectorCache(tmp_path)
    cache.embed(["one", "two", "one"], embedder)
    matrix = cache.embed(["three", "two", "one"], embedder)
    assert embedder.asked == ["one", "two", "three"]
    assert np.array_equal(matrix, expected(["three", "two", "one"]))


def test_another_model_never_gets_these_vectors(tmp_path: Path) -> None:
    VectorCache(tmp_path).embed(["one"], FakeEmbedder())
    other = FakeEmbedder(fingerprint="b" * 64)
    VectorCache(tmp_path).embed(["one"], other)
    assert other.asked == ["one"]


def test_a_killed_run_loses_less_than_one_portion(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        VectorCache(tmp_path).embed(TEXTS, FakeEmbedder(limit=1100))
    embedder = FakeEmbedder()
    seen: list[tuple[int, int]] = []
    matrix = VectorCache(tmp_path).embed(TEXTS, embedder, lambda done, total: seen.append((done, total)))
    assert len(embedder.asked) == 200
    assert seen == [(1200, 1200)]
    assert np.array_equal(matrix, expected(TEXTS))


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("keep", [0, 1, 33, 150, 31.9])
def test_a_write_cut_anywhere_costs_only_vectors(tmp_path: Path, which: int, keep: float) -> None:
    VectorCache(tmp_path).embed(TEXTS[:10], FakeEmbedder())
    path = files(tmp_path)[which]
    path.write_bytes(path.read_bytes()[: int(keep)])
    for texts in (TEXTS[5:20], TEXTS[:20]):
        assert np.array_equal(VectorCache(tmp_path).embed(texts, FakeEmbedder()), expected(texts))
    embedder = FakeEmbedder()
    VectorCache(tmp_path).embed(TEXTS[:20], embedder)
    assert embedder.asked == []


@pytest.mark.parametrize("which", [0, 1])
def test_damaged_bytes_never_become_a_vector(tmp_path: Path, which: int) -> None:
    VectorCache(tmp_path).embed(TEXTS[:10], FakeEmbedder())
    path = files(tmp_path)[which]
    data = bytearray(path.read_bytes())
    for at in range(0, len(data), 50):
        data[at] ^= 0x01
    path.write_bytes(data)
    assert np.array_equal(VectorCache(tmp_path).embed(TEXTS[:10], FakeEmbedder()), expected(TEXTS[:10]))


def test_a_cache_that_cannot_be_written_still_gives_vectors(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    cache = VectorCache(tmp_path / "file")
    assert np.array_equal(cache.embed(["one"], FakeEmbedder()), expected(["one"]))
    assert cache.embed([], FakeEmbedder()).shape == (0, 8)


def test_batches_hold_every_text_once_within_the_budget() -> None:
    counts = [int(n) for n in np.random.default_rng(0).integers(0, 600, 300)]
    batches = list(_batches(counts))
    assert sorted(index for batch in batches for index in batch) == list(range(300))
    assert all(max(counts[i] for i in batch) * len(batch) <= BATCH_TOKENS for batch in batches)
    assert len(batches) < 60


def test_without_a_model_the_error_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(WeightsError) as caught:
        load_embedder(Settings(home=tmp_path, models=tmp_path))
    assert "rag-app models pull" in caught.value.hint


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> SentenceEmbedder:
    settings = Settings(home=tmp_path_factory.mktemp("home")).resolved()
    try:
        choice.choose_embedder(settings)
    except WeightsError:
        pytest.skip("no embedding model in models/")
    return load_embedder(settings)


@pytest.mark.model
def test_the_related_passage_ranks_first_within_and_across_languages(real: SentenceEmbedder) -> None:
    passages = real.passages(
        [
            "이 논문은 텍스트에서 비디오를 생성하는 확산 모델을 제안한다.",
            "A quadruped robot learns to open doors and carry objects.",
            "대규모 언어 모델의 수학 추론 능력을 평가하는 벤치마크이다.",
        ]
    )
    for question, best in [("video generation", 0), ("비디오 생성", 0), ("로봇 조작", 1), ("수학 추론", 2)]:
        assert int(np.argmax(passages @ real.query(question))) == best


def test_a_gpu_that_is_nearly_full_is_left_to_the_language_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (1 << 30, 8 << 30))
    assert embedding._device() != "cuda"
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (6 << 30, 8 << 30))
    assert embedding._device() == "cuda"


@pytest.mark.model
def test_a_vector_does_not_depend_on_its_batch(real: SentenceEmbedder) -> None:
    texts = ["비디오 생성 " * n for n in (1, 40, 3, 90, 7)] + ["robot"]
    together = real.passages(texts)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    for index, text in enumerate(texts):
        assert float(real.passages([text])[0] @ together[index]) > 0.9998
    assert np.array_equal(real.query("비디오"), real.query("비디오"))


@pytest.mark.model
def test_max_tokens_is_where_a_text_begins_to_lose_its_end(real: SentenceEmbedder) -> None:
    fits = "비디오 " * real.max_tokens
    assert real.count_tokens(fits) == real.max_tokens
    first, longer, shorter = real.passages(
        [fits, fits + "로봇 로봇", "비디오 " * (real.max_tokens - 8) + "로봇 " * 8]
    )
    assert float(first @ longer) > 0.9999
    assert float(first @ shorter) < 0.9999
    assert real.count_tokens(fits * 3) == 3 * real.max_tokens


def test_the_fingerprint_is_stable_and_follows_the_files(tmp_path: Path) -> None:
    from rag_app.embedding.embedder import fingerprint
    from rag_app.weights.hash_cache import FileHashes

    for name, content in (("config.json", "{}"), ("adapted.json", "{}"), ("model.safetensors", "x")):
        (tmp_path / name).write_text(content)
    before = fingerprint(tmp_path, FileHashes(tmp_path / ".memory.json"))
    (tmp_path / "adapted.json").write_text("[]")
    assert fingerprint(tmp_path, FileHashes(tmp_path / ".memory.json")) == before
    (tmp_path / "config.json").write_text("[]")
    assert fingerprint(tmp_path, FileHashes(tmp_path / ".memory.json")) != before
