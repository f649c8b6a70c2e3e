"""An installed rag-app has all that a checkout reads, and keeps what it writes out of the installation."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from rag_app.evaluation.questions import FACTS, REMEMBERED, SAMPLES
from tests.helpers.checkout import CHECKOUT

# without the weights, which would be gigabytes to copy
PROJECT = (
    "pyproject.toml setup.py README.md LICENSE CHANGELOG.md rag_app digests .streamlit models/catalog.toml"
)
DATA = ("CHANGELOG.md", ".streamlit/config.toml", "models/catalog.toml")
CACHES = shutil.ignore_patterns("__pycache__", "*.egg-info")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the archive of sources as a release is, and unpacked; no network is asked."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in PROJECT.split():
        target = folder / "source" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (CHECKOUT / name).is_dir():
            shutil.copytree(CHECKOUT / name, target, ignore=CACHES)
        else:
            shutil.copyfile(CHECKOUT / name, target)
    command = [sys.executable, "-m", "build", "--no-isolation", "--skip-dependency-check"]
    done = subprocess.run(
        [*command, "--outdir", str(folder), str(folder / "source")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    zipfile.ZipFile(built).extractall(folder / "unpacked")
    return folder / "unpacked"


def run(wheel: Path, folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Python with the unpacked wheel, in an empty folder of a user whose home is `folder` too."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("RAG_", "XDG_")) and name != "COVERAGE_PROCESS_START"
    }
    environment |= {"HOME": str(folder), "USERPROFILE": str(folder), "LOCALAPPDATA": str(folder)}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(wheel), "PYTHONDONTWRITEBYTECODE": "1", **settings},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_wheel_holds_the_package_and_its_data_and_nothing_else(wheel: Path) -> None:
    code = [path.relative_to(CHECKOUT) for path in (CHECKOUT / "rag_app").rglob("*.py")]
    inside = [Path("rag_app/bench/peers.lock")]
    asked = [*SAMPLES, FACTS, REMEMBERED]
    inside += [Path("rag_app/evaluation/sample_questions", f"{name}.jsonl") for name in asked]
    for pattern in ("slots.toml", "foreign.toml", "examples/*.toml", "fitted/*.npz", "calibrations/*.json"):
        inside += [file.relative_to(CHECKOUT) for file in (CHECKOUT / "rag_app/search").glob(pattern)]
    expected = {path.as_posix(): CHECKOUT / path for path in [*code, *inside]}
    samples = [f"digests/{path.name}" for path in (CHECKOUT / "digests").glob("*.md")]
    expected |= {f"rag_app/data/{name}": CHECKOUT / name for name in [*DATA, *samples]}
    files = {path.relative_to(wheel).as_posix(): path for path in wheel.rglob("*") if path.is_file()}
    held = {name: path for name, path in files.items() if ".dist-info/" not in name}
    assert held.keys() == expected.keys()
    assert all(held[name].read_bytes() == file.read_bytes() for name, file in expected.items())


LOOK = """
import json
from rag_app.collection import digests
from rag_app.settings import Settings
from rag_app.weights import catalog
from rag_app.web.widgets import upgrade

settings = Settings.from_environment()
print(json.dumps({
    "paths": [str(path) for path in (settings.home, settings.models, settings.digests)],
    "model": settings.model,
    "default models": catalog.defaults(),
    "papers": len(digests.read([settings.digests])[0]),
    "changelog": len(upgrade.changelog()),
}))
"""


def test_what_was_shipped_is_found_from_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    done = run(wheel, tmp_path, "-c", LOOK)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    home, models, digests = map(Path, found["paths"])
    for folder in (home, models):
        assert tmp_path in folder.parents
        assert "rag-app" in folder.parts
    assert home != models
    assert digests == wheel / "rag_app" / "data" / "digests"
    assert found["default models"]
    assert found["papers"] > 10
    assert found["changelog"] > 1_000
    assert list(tmp_path.iterdir()) == [], "looking writes nothing"


def test_relative_settings_start_where_the_command_is_called(wheel: Path, tmp_path: Path) -> None:
    given = {"RAG_HOME": "h", "RAG_MODELS": "./m", "RAG_DIGESTS": "..", "RAG_MODEL": "my.gguf"}
    found = json.loads(run(wheel, tmp_path, "-c", LOOK, **given).stdout)
    assert found["paths"] == [str(tmp_path / "h"), str(tmp_path / "m"), str(tmp_path / "..")]
    assert found["model"] == str(tmp_path / "my.gguf")


def test_the_command_runs_and_set_up_says_that_there_is_nothing_to_do(wheel: Path, tmp_path: Path) -> None:
    assert "ingest" in run(wheel, tmp_path, "-m", "rag_app", "--help").stdout
    (tmp_path / "digests").mkdir()
    refused = run(wheel, tmp_path, "-m", "rag_app", "ingest", "digests")
    assert refused.returncode == 1
    assert "digests" in refused.stderr
    done = run(wheel, tmp_path, "-m", "rag_app.setup")
    assert done.returncode == 1
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == ["error", "hint"]


def test_a_process_of_its_own_finds_the_package(wheel: Path, tmp_path: Path) -> None:
    # a stranger's module in the user's folder must not be taken for Python's own
    (tmp_path / "json.py").write_text("raise RuntimeError('not mine')\n")
    code = "import sys; sys.path.remove(''); from rag_app.llm import devices; print(len(devices.devices()))"
    done = run(wheel, tmp_path, "-c", code)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 1


def test_no_hint_of_an_installed_rag_app_names_make(wheel: Path, tmp_path: Path) -> None:
    done = run(wheel, tmp_path, "-m", "rag_app", "bench", "list")
    assert "rag_app.bench.peers_environment" in done.stdout
    assert "make" not in [word.strip("`") for word in done.stdout.split()]
