"""The page loads ahead what the first question would wait for, once for each snapshot and language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag_app.collection.library import Library
from rag_app.embedding.embedder import Matrix
from rag_app.web.state import app_state
from tests.helpers.ui_page import wait_for


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(app_state, "DRAWN_SECONDS", 0.0)
    app_state._warmed.clear()
    yield
    app_state._warmed.clear()


@pytest.mark.parametrize("language", ["en", "ko", "another"])
def test_a_library_is_warmed_once_in_a_language(
    library: Library, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    embed = library.embedder.query

    def noted(text: str) -> Matrix:
        asked.append(text)
        return embed(text)

    monkeypatch.setattr(library.embedder, "query", noted)
    app_state.warm_up(library, language)
    app_state.warm_up(library, language)
    wait_for(lambda: bool(asked))
    assert len(asked) == 1
