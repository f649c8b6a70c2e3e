"""Fixtures that several test modules use."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes import made
from ui_page import page

from rag_app.library import Library
from rag_app.understanding import Dictionary

__all__ = ["page"]

SAMPLE = Path(__file__).parent.parent / "digests"


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The sample collection, ingested with an embedder that hashes words."""
    texts = {file.name: file.read_text(encoding="utf-8") for file in sorted(SAMPLE.glob("*.md"))}
    return made(tmp_path_factory.mktemp("sample"), texts)


@pytest.fixture(scope="session")
def dictionary(library: Library) -> Dictionary:
    return library.dictionary
