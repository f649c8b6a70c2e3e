"""What a build may take over from the one before it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from rag_app.collection import snapshot
from rag_app.collection.publish import Last, last_build
from rag_app.collection.snapshot import open_current
from rag_app.records import Section
from tests.collection.test_snapshot import PAPERS, paper, publish


@pytest.fixture
def home(tmp_path: Path) -> Path:
    publish(tmp_path).close()
    return tmp_path


def test_the_chunks_of_unchanged_papers_are_taken_over_and_no_others(home: Path) -> None:
    last = last_build(home, "fake-1")
    with closing(open_current(home)) as snapshot:
        assert last.folder == snapshot.folder
        assert [chunk for kept in PAPERS for chunk in last.chunks_of(kept)] == list(snapshot.chunks)
    assert last.chunks_of(replace(PAPERS[0], votes=99, source="moved.md")) == last.chunks_of(PAPERS[0])
    assert last.chunks_of(replace(PAPERS[0], title="Another")) == ()
    assert last.chunks_of(replace(PAPERS[0], sections=(Section("Summary", "edited"),))) == ()
    assert last.chunks_of(paper(20)) == ()


def test_nothing_is_taken_over_from_another_model_or_a_damaged_index(home: Path, tmp_path: Path) -> None:
    assert last_build(home, "fake-2") == Last() == last_build(tmp_path / "none", "fake-1")
    (open_current(home).folder / snapshot.CHUNKS).write_text("[]")
    assert last_build(home, "fake-1") == Last()
