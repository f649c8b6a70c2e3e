"""Adapting: pairs are repeatable and honest, runs resume to the same weights, and only a better
model is kept.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from threading import Event
from typing import TYPE_CHECKING

import numpy as np
import pytest

from rag_app.collection.snapshot import read_papers
from rag_app.embedding import adapt as adapting
from rag_app.embedding import contrastive, pairs
from rag_app.embedding.adapt import Check, Score, adapt
from rag_app.embedding.contrastive import Checkpoint, rate, thaw, train
from rag_app.embedding.embedder import CountCallback, Matrix, load_embedder
from rag_app.embedding.pairs import BATCH, Text, mine_glosses, schedule, texts_of, without_english
from rag_app.errors import CollectionError, RagError
from rag_app.files import sha256_of
from rag_app.pipeline import ingest
from rag_app.records import Paper, Section
from rag_app.settings import Settings
from rag_app.weights import catalog, choice, store

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

TOPICS = "video speech graph robot medical code music protein weather traffic".split()
KOREAN = "비디오 음성 그래프 로봇 의료 코드 음악 단백질 날씨 교통".split()
TASKS = "generation retrieval planning editing compression alignment".split()
TASKS_KOREAN = "생성 검색 계획 편집 압축 정렬".split()


def paper(number: int) -> Paper:
    topic, task = number % len(TOPICS), number // len(TOPICS) % len(TASKS)
    english, korean = f"{TOPICS[topic]} {TASKS[task]}", f"{KOREAN[topic]} {TASKS_KOREAN[task]}"
    also = f"{KOREAN[topic - 1]} {TASKS_KOREAN[task - 1]}"
    sections = (
        Section(
            "What's New",
            f"이 논문은 {korean}({english}) 문제를 번호 {number} 데이터로 새롭게 다룹니다. 제안합니다.",
        ),
        Section(
            "Details",
            f"{KOREAN[topic]}({TOPICS[topic]}) 입력을 {TASKS_KOREAN[task]}({TASKS[task]}) 단계와 {also} 단계로 "
            f"바꿉니다. 번호는 {number}입니다.",
        ),
    )
    return Paper(
        f"2401.{number:05}",
        f"Net{number}: Learning {english} from {number} examples",
        ("2024-01-01",),
        sections,
    )


PAPERS = [paper(number) for number in range(120)]


def digest_text(papers: list[Paper]) -> str:
    entries = [
        f"### [{p.title}](https://arxiv.org/abs/{p.arxiv_id})\n\n"
        + "".join(f"- **{s.name}**: {s.text}\n" for s in p.sections)
        for p in papers
    ]
    return "## Daily Papers (2024-01-01)\n\n" + "\n".join(entries)


def tiny_model(folder: Path) -> None:
    """A random BERT of three layers as a whole sentence-transformers folder."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from tokenizers.trainers import WordLevelTrainer
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    special = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    tokenizer = Tokenizer(WordLevel(unk_token=special["unk_token"]))
    tokenizer.pre_tokenizer = Whitespace()
    texts = [text for p in PAPERS for text in (p.title, *(s.text for s in p.sections))]
    tokenizer.train_from_iterator(texts, WordLevelTrainer(special_tokens=list(special.values())))
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=64, **special)
    sizes = {"hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 2, "intermediate_size": 64}
    torch.manual_seed(0)
    bert = BertModel(BertConfig(vocab_size=len(fast), max_position_embeddings=64, **sizes))
    part = folder.with_name("bert")
    bert.save_pretrained(part)
    fast.save_pretrained(part)
    transformer = Transformer(str(part), max_seq_length=64)
    model = SentenceTransformer(
        modules=[transformer, Pooling(32), Normalize()],
        prompts={"query": "query: ", "passage": "passage: "},
        device="cpu",
    )
    model.save(str(folder), create_model_card=False)
    sums = {path.relative_to(folder).as_posix(): sha256_of(path) for path in store.embedder_files(folder)}
    (folder / "checksums.json").write_text(json.dumps(sums))


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a home with an index of `PAPERS`, made by the tiny model."""
    root = tmp_path_factory.mktemp("collection")
    settings = Settings(home=root / "home", models=root / "models", digests=root / "digests", threads=1)
    name = next(model.name for model in catalog.catalogue() if model.kind == "embedder")
    settings.models.mkdir()
    tiny_model(settings.models / name)
    settings.digests.mkdir()
    (settings.digests / "01.md").write_text(digest_text(PAPERS), encoding="utf-8")
    assert ingest(settings).report.papers == len(PAPERS)
    return settings


@pytest.fixture
def settings(collection: Settings) -> Iterator[Settings]:
    """The collection before any adaptation."""
    yield collection
    for name in ("embedder", "adapting"):
        shutil.rmtree(collection.home / name, ignore_errors=True)


@pytest.fixture
def model(collection: Settings) -> SentenceTransformer:
    return adapting._open(choice.choose_embedder(collection), 1)


@pytest.fixture(scope="module")
def texts() -> list[Text]:
    return texts_of(PAPERS)


@pytest.fixture(scope="module")
def glosses(texts: list[Text]) -> pairs.Glosses:
    return mine_glosses(texts)


def weights_of(model: SentenceTransformer) -> dict[str, Matrix]:
    return {name: p.detach().numpy().copy() for name, p in model.named_parameters()}


def run(
    model: SentenceTransformer, batches: list[pairs.Batch], file: Path, stop_at: int = 0, seed: int = 0
) -> list[float]:
    """Train; with `stop_at`, ask to stop after that step, as a user would."""
    stop = Event()

    def progress(done: int, total: int) -> None:
        if stop.is_set():
            raise RagError("stopped")
        if done == stop_at - 1:
            stop.set()

    checkpoint = Checkpoint(file, {"seed": seed, "batches": len(batches)})
    return train(model, batches, checkpoint=checkpoint, progress=progress, stop=stop)


# --- pairs --------------------------------------------------------------------------------------


def test_adapting_takes_no_more_threads_than_it_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sentence_transformers
    import torch

    asked: list[int] = []
    monkeypatch.setattr(adapting, "cores", lambda: 3)
    monkeypatch.setattr(torch, "set_num_threads", asked.append)
    monkeypatch.setattr(sentence_transformers, "SentenceTransformer", lambda *folder, **options: None)
    for threads in (0, 2):
        adapting._open(tmp_path, threads)
    assert asked == [3, 2]


def test_how_long_it_will_take_grows_with_the_collection_up_to_a_bound_and_falls_with_cores() -> None:
    small, large, larger = (adapting.expected_seconds(papers, cores=2) for papers in (500, 5_487, 11_000))
    assert 0 < small < large < larger
    assert adapting.expected_seconds(5_487, cores=4) == pytest.approx(large / 2)
    # beyond a number of steps only the index that follows takes longer
    assert larger - large < (larger - adapting.expected_seconds(0, cores=2)) / 2


def test_the_same_seed_gives_the_same_batches(texts: list[Text], glosses: pairs.Glosses) -> None:
    first, again, other = (schedule(texts, glosses, seed, steps=None, most=99) for seed in (1, 1, 2))
    assert first == again != other


def test_no_batch_holds_two_pairs_of_a_paper_and_no_pair_mixes_papers(
    texts: list[Text], glosses: pairs.Glosses
) -> None:
    sections = {text.paper: set(text.sections) for text in texts}
    batches = schedule(texts, glosses, 0, steps=40, most=99)
    assert len(batches) == 40
    for batch in batches:
        assert len({pair.paper for pair in batch}) == len(batch) <= BATCH
        for pair in batch:
            whole = sections[pair.paper]
            assert pair.passage in whole | {without_english(section) for section in whole}


def test_one_pass_is_capped_and_every_maker_has_a_part(texts: list[Text], glosses: pairs.Glosses) -> None:
    assert len(schedule(texts, glosses, 0, steps=None, most=3)) == 3
    for maker in pairs.MAKERS:
        assert schedule(texts, glosses, 0, steps=None, most=99, makers=[maker]), maker.__name__


def test_english_queries_do_not_find_themselves_in_the_passage(
    texts: list[Text], glosses: pairs.Glosses
) -> None:
    for text in texts:
        for maker in (pairs.by_terms, pairs.by_glosses):
            pair = maker(text, glosses, Random(0))  # noqa: S311 - repeatable, not secret
            assert pair is None or not set(TOPICS + TASKS) & set(pair[1].split())


def test_the_glosses_turn_the_glossary_round(glosses: pairs.Glosses) -> None:
    assert glosses["비디오"][0][0] == "video"
    assert glosses["압축"][0][0] == "compression"


def test_the_topic_is_the_title_without_the_name() -> None:
    assert texts_of([paper(0)])[0].topic == "Learning video generation from 0 examples"
    short = replace(paper(0), title="A Survey: Part 2")
    assert texts_of([short])[0].topic == "A Survey: Part 2"


def test_a_collection_without_korean_gives_pairs_too() -> None:
    body = "We train a network (Large Model) on data (Web Text) and report gains. It also scales well."
    texts = texts_of(
        Paper(f"2401.{n:05}", f"A study of {n}", (), (Section("a", body), Section("b", body)))
        for n in range(40)
    )
    glosses = mine_glosses(texts)
    assert not glosses
    # titles, openings, terms: two batches each
    assert len(schedule(texts, glosses, 0, steps=None, most=99)) == 6


# --- training -----------------------------------------------------------------------------------


def test_loss_falls_and_frozen_weights_stay(
    model: SentenceTransformer,
    texts: list[Text],
    glosses: pairs.Glosses,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # a random model of 32 dimensions needs larger steps
    monkeypatch.setattr(contrastive, "RATE", 3e-3)
    before = weights_of(model)
    losses = run(model, schedule(texts, glosses, 0, steps=60, most=99), tmp_path / "checkpoint.safetensors")
    assert np.mean(losses[-10:]) < 0.8 * np.mean(losses[:10])
    changed = {name for name, value in weights_of(model).items() if not np.array_equal(value, before[name])}
    assert changed
    assert not any("embeddings" in name or "layer.0." in name for name in changed)
    assert {name for name in thaw(model) if "layer" in name} >= changed - {
        n for n in changed if "layer" not in n
    }


@pytest.mark.parametrize("stop_at", [2, 27, 30])
def test_a_resumed_run_ends_with_the_weights_of_an_uninterrupted_one(
    collection: Settings, texts: list[Text], glosses: pairs.Glosses, tmp_path: Path, stop_at: int
) -> None:
    base = choice.choose_embedder(collection)
    batches = schedule(texts, glosses, 0, steps=30, most=99)
    whole, broken, resumed = (adapting._open(base, 1) for _ in range(3))
    run(whole, batches, tmp_path / "whole")
    if stop_at < 30:
        with pytest.raises(RagError):
            run(broken, batches, tmp_path / "broken", stop_at)
    else:
        # ended, but killed before its model was put in place
        run(broken, batches, tmp_path / "broken")
    losses = run(resumed, batches, tmp_path / "broken")
    assert len(losses) == 30 - stop_at
    expected = weights_of(whole)
    assert all(np.array_equal(value, expected[name]) for name, value in weights_of(resumed).items())


@pytest.mark.parametrize("harm", ["other run", "cut", "absent"])
def test_a_checkpoint_that_does_not_fit_counts_as_none(
    model: SentenceTransformer, texts: list[Text], glosses: pairs.Glosses, tmp_path: Path, harm: str
) -> None:
    batches = schedule(texts, glosses, 0, steps=4, most=99)
    file = tmp_path / "checkpoint"
    run(model, batches, file)
    if harm == "cut":
        file.write_bytes(file.read_bytes()[:1000])
    elif harm == "absent":
        file.unlink()
    assert len(run(model, batches, file, seed=1 if harm == "other run" else 0)) == 4


def test_the_rate_warms_up_and_decays() -> None:
    rates = [rate(step, 100) for step in range(100)]
    assert max(rates) == rates[9] == rates[10] == contrastive.RATE
    assert rates[:10] == sorted(rates[:10])
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rate(0, 1) > 0


# --- the check ----------------------------------------------------------------------------------


class Oracle:
    """Knows each paper by its number; the `lost` ones it cannot find."""

    fingerprint, dimensions, max_tokens = "o" * 64, 120, 100

    def __init__(self, lost: int) -> None:
        self.lost = lost

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def _vector(self, text: str) -> Matrix:
        number = int("".join(c if c.isdigit() else " " for c in text).split()[0])
        vector: Matrix = np.eye(120, dtype=np.float32)[number]
        return vector

    def passages(self, texts: Sequence[str], progress: CountCallback | None = None) -> Matrix:
        return np.stack([self._vector(text) for text in texts])

    def queries(self, texts: Sequence[str]) -> Matrix:
        return np.stack([self.query(text) for text in texts])

    def query(self, text: str) -> Matrix:
        vector = self._vector(text)
        return -vector if vector.argmax() < self.lost else vector


@pytest.mark.parametrize("lost", [0, 6, 30])
def test_recall_is_the_share_of_papers_found(texts: list[Text], tmp_path: Path, lost: int) -> None:
    numbered = [text for text in texts if "번호 " in text.sections[0]]
    check = Check.of(numbered[:30], numbered[30:], {}, 0)
    score = check.score(Oracle(lost), tmp_path, lambda *_: None)
    assert score.recall == pytest.approx(1 - lost / 30)
    assert lost or score.mrr == 1.0


def test_more_recall_wins_and_then_the_better_rank() -> None:
    assert Score(0.9, 0.1) > Score(0.8, 0.9)
    assert Score(0.9, 0.5) > Score(0.9, 0.4)
    assert not Score(0.9, 0.5) > Score(0.9, 0.5)


# --- the whole ----------------------------------------------------------------------------------


def test_a_better_model_is_kept_and_the_next_ingest_uses_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contrastive, "RATE", 3e-3)
    base = load_embedder(settings).fingerprint
    stages: list[str] = []
    result = adapt(
        settings,
        read_papers(settings.home),
        steps=40,
        progress=lambda stage, done, total: stages.append(stage),
    )
    assert result.kept
    assert (result.steps, result.after >= result.before) == (40, True)
    notes = json.loads((settings.home / "embedder" / "adapted.json").read_text())
    assert (notes["base"], notes["seed"], notes["steps"], notes["pairs"]) == (base, 0, 40, result.pairs)
    assert load_embedder(settings).fingerprint != base
    assert not (settings.home / "adapting").exists()
    assert list(dict.fromkeys(stages)) == ["reading papers", "checking", "training"]
    assert not list((settings.home / "embedder").rglob("*.bin"))

    first = (settings.home / "embedder" / "model.safetensors").read_bytes()
    # starts from the base model again, so it gives the same
    adapt(settings, read_papers(settings.home), steps=40)
    assert (settings.home / "embedder" / "model.safetensors").read_bytes() == first


def test_a_model_that_finds_no_more_is_not_kept(settings: Settings) -> None:
    before = load_embedder(settings).fingerprint
    result = adapt(settings, read_papers(settings.home), steps=0)
    assert not result.kept
    assert result.before == result.after
    assert load_embedder(settings).fingerprint == before
    assert not (settings.home / "embedder").exists()


def test_stop_keeps_the_embedder_and_the_run(settings: Settings) -> None:
    before = load_embedder(settings).fingerprint
    stop = Event()

    def progress(stage: str, done: int, total: int) -> None:
        if stage == "training" and done == 3:
            stop.set()

    with pytest.raises(RagError, match="stopped at step 4 of 9"):
        adapt(settings, read_papers(settings.home), steps=9, progress=progress, stop=stop)
    assert load_embedder(settings).fingerprint == before
    steps: list[int] = []
    adapt(
        settings,
        read_papers(settings.home),
        steps=9,
        progress=lambda stage, done, total: steps.append(done) if stage == "training" else None,
    )
    assert steps == [5, 6, 7, 8, 9]


def test_too_few_papers_are_refused_with_a_hint(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "few").mkdir()
    (tmp_path / "few" / "01.md").write_text(digest_text(PAPERS[:20]), encoding="utf-8")
    small = replace(settings, home=tmp_path / "home")
    ingest(small, [tmp_path / "few"])
    with pytest.raises(CollectionError, match="20 papers") as caught:
        adapt(small, read_papers(small.home))
    assert "100" in caught.value.hint


def test_without_an_index_the_error_says_to_ingest(tmp_path: Path) -> None:
    with pytest.raises(CollectionError) as caught:
        read_papers(tmp_path / "empty")
    assert "rag-app ingest" in caught.value.hint


def test_two_adaptations_at_once_are_refused(settings: Settings) -> None:
    from filelock import FileLock

    with FileLock(settings.home / "adapting.lock"), pytest.raises(CollectionError, match="already"):
        adapt(settings, read_papers(settings.home))
