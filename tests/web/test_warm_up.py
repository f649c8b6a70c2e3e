"""The page loads ahead what the first question would wait for, once for each snapshot and language."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from rag_app.collection.library import Library
from rag_app.daily.topics import TopicMap
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
    embed, topics = library.embedder.query, app_state.topics
    warmed: list[Library] = []

    def noted(text: str) -> Matrix:
        asked.append(text)
        return embed(text)

    def ended(library: Library) -> TopicMap:
        found = topics(library)
        warmed.append(library)
        return found

    monkeypatch.setattr(library.embedder, "query", noted)
    monkeypatch.setattr(app_state, "topics", ended)
    app_state.warm_up(library, language)
    wait_for(lambda: bool(warmed))
    assert asked
    before = warm_ups()
    app_state.warm_up(library, language)
    assert warm_ups() <= before
    assert len(warmed) == 1


def warm_ups() -> set[threading.Thread]:
    """The threads that are warming up."""
    return {thread for thread in threading.enumerate() if thread.name == "warm-up"}
