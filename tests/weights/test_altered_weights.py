"""Altered weights: a changed byte, a cut, a replacement is refused, with the fix named, before
llama.cpp opens it.
"""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rag_app import files
from rag_app.embedding.embedder import load_embedder
from rag_app.errors import WeightsError
from rag_app.files import sha256_of
from rag_app.llm import binding, llama, loading
from rag_app.settings import Settings
from rag_app.weights import catalog, choice, hash_cache, store
from rag_app.weights.catalog import CatalogModel
from tests.conftest import Sweep
from tests.helpers.checkout import CHECKOUT

SMALL = "qwen2.5-coder-0.5b"
VERIFIED_START = 1.0  # seconds, at most, that a verified model adds to a start


class Opened:
    """Stands where llama.cpp opens a model, and says so; nothing of it may be reached."""

    def __init__(self, path: Path, *_: object, **__: object) -> None:
        raise AssertionError(f"llama.cpp opened {path}")


@pytest.fixture(autouse=True)
def closed_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(llama, "LlamaModel", Opened)
    monkeypatch.setattr(binding, "devices", list)


def chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - repeatable


# --- what may happen to a file ------------------------------------------------------------------


def change_a_byte(path: Path, rng: random.Random) -> None:
    with path.open("r+b") as file:
        at = rng.randrange(path.stat().st_size)
        file.seek(at)
        old = file.read(1)[0]
        file.seek(at)
        file.write(bytes([old ^ rng.randrange(1, 256)]))


def cut(path: Path, rng: random.Random) -> None:
    with path.open("r+b") as file:
        file.truncate(rng.randrange(path.stat().st_size))


def append(path: Path, rng: random.Random) -> None:
    with path.open("ab") as file:
        file.write(rng.randbytes(rng.randint(1, 64)))


def swap_a_block(path: Path, rng: random.Random) -> None:
    """Random bytes over a part of the file, which keeps its size, as a damaged disk would."""
    length = min(4096, path.stat().st_size)
    with path.open("r+b") as file:
        file.seek(rng.randrange(path.stat().st_size - length + 1))
        file.write(rng.randbytes(length))


def replace_it(path: Path, rng: random.Random) -> None:
    """Another file of the same size takes the name, as `mv` does it."""
    other = path.with_suffix(".other")
    other.write_bytes(rng.randbytes(path.stat().st_size))
    other.replace(path)


@contextmanager
def flipped_bit(path: Path, rng: random.Random) -> Iterator[None]:
    """One bit of the file is another while the block runs."""
    at, bit = rng.randrange(path.stat().st_size), 1 << rng.randrange(8)

    def flip() -> None:
        with path.open("r+b") as file:
            file.seek(at)
            old = file.read(1)[0]
            file.seek(at)
            file.write(bytes([old ^ bit]))

    flip()
    yield
    flip()


ALTERATIONS: list[Callable[[Path, random.Random], None]] = [
    change_a_byte,
    cut,
    append,
    swap_a_block,
    replace_it,
]


# --- a small model of a catalogue of its own ----------------------------------------------------


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A real GGUF file and an embedder's folder, both as the catalogue says, verified once."""
    from gguf import GGUFWriter

    models = tmp_path / "models"
    models.mkdir()
    writer = GGUFWriter(models / "tiny.gguf", "llama")
    writer.add_block_count(1)
    writer.add_embedding_length(64)
    writer.add_tensor("output.weight", np.ones((64, 64), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    size, sha256 = (models / "tiny.gguf").stat().st_size, sha256_of(models / "tiny.gguf")
    tiny = CatalogModel("tiny", "llm", "Tiny", size, "MIT", 512, "tiny.gguf", sha256, default=True)
    for module in (catalog, store, choice):
        monkeypatch.setattr(module, "catalogue", lambda: (tiny,))
    return Settings(home=tmp_path / "home", models=models)


def refused(settings: Settings) -> WeightsError:
    with pytest.raises(WeightsError) as caught:
        loading.load(settings)
    return caught.value


def test_every_alteration_is_refused_before_llama_cpp_opens_the_file(
    settings: Settings, sweep: Sweep
) -> None:
    path = settings.models / "tiny.gguf"
    sound = path.read_bytes()
    for seed in sweep(100):
        path.write_bytes(sound)
        # the sound file is verified, and goes on to llama.cpp
        with pytest.raises(AssertionError, match="opened"):
            loading.load(settings)
        ALTERATIONS[seed % len(ALTERATIONS)](path, chance(seed))
        if path.read_bytes() == sound:
            continue  # random bytes that were the same
        error = refused(settings)
        assert "tiny.gguf is" in error.message
        assert error.hint == "rag-app models pull tiny"


def test_a_file_is_hashed_when_no_later_change_can_share_the_time_of_its_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ages = []

    def hash_of(path: Path) -> str:
        ages.append(time.time() - path.stat().st_ctime)
        return sha256_of(path)

    monkeypatch.setattr(files, "sha256_of", hash_of)
    (tmp_path / "new.gguf").write_bytes(b"GGUF")
    hash_cache.FileHashes(tmp_path / "memory.json").fresh(tmp_path / "new.gguf")
    assert ages[0] >= hash_cache.TICK


def test_a_missing_file_is_refused_with_the_command_that_brings_it(settings: Settings) -> None:
    (settings.models / "tiny.gguf").unlink()
    assert refused(replace(settings, model="tiny")).hint == "rag-app models pull tiny"


def test_a_link_to_an_altered_file_is_no_way_around(settings: Settings, tmp_path: Path) -> None:
    path = settings.models / "tiny.gguf"
    target = tmp_path / "elsewhere.gguf"
    path.rename(target)
    change_a_byte(target, chance(0))
    path.symlink_to(target)
    assert "altered" in refused(settings).message


# --- the real ones ------------------------------------------------------------------------------


@pytest.fixture
def copied(tmp_path: Path) -> Iterator[Settings]:
    """The smallest real model, copied so that it can be altered."""
    model = catalog.find(SMALL)
    if not (CHECKOUT / "models" / model.name).is_file():
        pytest.skip(f"no {SMALL} in models/")
    models = tmp_path / "models"
    models.mkdir()
    shutil.copyfile(CHECKOUT / "models" / model.name, models / model.name)
    yield Settings(home=tmp_path / "home", models=models, model=SMALL)
    shutil.rmtree(models)


@pytest.mark.model
@pytest.mark.slow
def test_every_changed_byte_of_a_real_model_is_refused(copied: Settings, sweep: Sweep) -> None:
    path = copied.models / catalog.find(SMALL).name
    for seed in sweep(100):
        with flipped_bit(path, chance(seed)):
            assert refused(copied).hint == f"rag-app models pull {SMALL}"
    assert store.ensure_verified(path, copied) == catalog.find(SMALL).sha256


@pytest.mark.model
def test_a_verified_start_costs_less_than_a_second() -> None:
    settings = Settings().resolved()
    try:
        path = choice.choose_llm(settings, vram_bytes=0)
        folder = choice.choose_embedder(settings)
    except WeightsError as error:
        pytest.skip(error.message)
    store.ensure_verified(path, settings)
    store.verify_folder(folder, store.file_hashes(settings))
    began = time.perf_counter()
    store.ensure_verified(path, settings)
    store.verify_folder(folder, store.file_hashes(settings))
    assert time.perf_counter() - began < VERIFIED_START


@pytest.mark.model
def test_an_altered_embedding_model_is_refused(tmp_path: Path, sweep: Sweep) -> None:
    settings = Settings().resolved()
    try:
        folder = choice.choose_embedder(settings)
    except WeightsError as error:
        pytest.skip(error.message)
    mine = replace(settings, home=tmp_path / "home", models=tmp_path / "models")
    copy = mine.models / folder.name
    shutil.copytree(folder, copy)
    paths = store.embedder_files(copy)
    for seed in sweep(len(paths)):
        path, rng = paths[seed % len(paths)], chance(seed)
        with flipped_bit(path, rng), pytest.raises(WeightsError, match=f"altered: .*{path.name}") as caught:
            load_embedder(mine)
        assert caught.value.hint == f"rag-app models pull {folder.name}"
