"""The build of llama.cpp for measuring goes on where it was stopped."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from rag_app.setup import __main__ as set_up
from tests.helpers import offload_build


class Pip:
    """In place of pip: it fetches a source; its build makes one object more each time, and is stopped
    before the second.
    """

    def __init__(self) -> None:
        self.fetched = 0
        self.sources: list[str] = []
        self.objects = 0  # in the build folder, before the last build

    def fetch(self, venv: Path, requirement: str, folder: Path) -> str:
        self.fetched += 1
        source = folder / "source" / "package"
        source.mkdir(parents=True)
        return str(source)

    def build(self, command: list[str], **_: Any) -> None:
        self.sources.append(command[-1])
        assert Path(command[-1]).is_dir()
        setting = command[command.index("--config-settings") + 1]
        folder, site = Path(setting.removeprefix("build-dir=")), Path(command[command.index("--target") + 1])
        folder.mkdir(parents=True, exist_ok=True)
        self.objects = len(list(folder.iterdir()))
        (folder / f"{self.objects}.o").touch()
        site.mkdir()
        if not self.objects:
            raise KeyboardInterrupt


@pytest.fixture
def pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pip:
    stand_in = Pip()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(set_up, "vulkan_source", stand_in.fetch)
    monkeypatch.setattr(subprocess, "run", stand_in.build)
    return stand_in


@pytest.mark.parametrize("gpu", sorted(offload_build.SWITCHES))
def test_a_stopped_build_goes_on_with_the_same_source_and_what_was_compiled(gpu: str, pip: Pip) -> None:
    with pytest.raises(KeyboardInterrupt):
        offload_build.built(gpu)
    site = offload_build.built(gpu)
    assert pip.fetched == 1
    assert pip.sources[0] == pip.sources[1]
    assert pip.objects == 1
    assert [entry.name for entry in site.parent.iterdir()] == ["site"]
    assert offload_build.built(gpu) == site
    assert len(pip.sources) == 2
