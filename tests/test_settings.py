"""Settings of a checkout lie in it, wherever it is called from; `setup/test_wheel.py` has installed ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag_app.settings import Settings
from tests.helpers.checkout import CHECKOUT


def test_the_defaults_lie_in_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings.from_environment({})
    folders = [CHECKOUT / name for name in (".rag_app", "digests", "models")]
    assert [settings.home, settings.digests, settings.models] == folders


def test_relative_paths_start_at_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings.from_environment({"RAG_HOME": "other", "RAG_MODEL": "models/mine.gguf"})
    assert settings.home == CHECKOUT / "other"
    assert settings.model == str(CHECKOUT / "models" / "mine.gguf")


@pytest.mark.parametrize("name", ["qwen2.5-coder-1.5b", ""])
def test_a_model_that_is_no_file_keeps_its_name(name: str) -> None:
    assert Settings.from_environment({"RAG_MODEL": name}).model == name


def test_a_served_model_keeps_its_name_even_if_it_looks_like_a_file() -> None:
    served = {"RAG_MODEL": "mine.gguf", "RAG_LLM_URL": "http://127.0.0.1:8080"}
    assert Settings.from_environment(served).model == "mine.gguf"
