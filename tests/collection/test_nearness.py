"""What nearness promises: it tells whether an embedding model knows both languages, and is kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rag_app.collection import nearness
from rag_app.records import Paper, Section

TOPICS = ("rivers", "kites", "stars", "bread", "masks")
PAPERS = [
    Paper(f"2401.0000{n}", topic, ("2024-01-01",), (Section("Summary", f"{topic} 이야기. 둘째 문장."),))
    for n, topic in enumerate(TOPICS)
]


def knowing(text: str) -> np.ndarray:
    """Vectors of a model that hears the topic in either language."""
    return np.array([topic in text for topic in TOPICS], np.float32)


def test_it_is_large_for_a_model_that_knows_both_languages_and_nothing_for_one_that_does_not() -> None:
    assert nearness.measured(PAPERS, knowing) == pytest.approx(1.0)
    assert nearness.measured(PAPERS, lambda _: np.ones(3, np.float32)) == pytest.approx(0.0)
    assert nearness.measured(PAPERS[:3], knowing) == 0.0, "too few to say"


def test_it_is_measured_again_for_another_snapshot_or_where_its_file_is_damaged(tmp_path: Path) -> None:
    file = tmp_path / "kinds" / "nearness.json"
    found = iter([0.1, 0.2, 0.3])
    assert [nearness.remembered(lambda: next(found), key, file) for key in "aab"] == [0.1, 0.1, 0.2]
    file.write_text("[")
    assert nearness.remembered(lambda: next(found), "b", file) == 0.3
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_without_a_place_to_keep_it_it_is_measured_each_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    found = iter([0.1, 0.2])
    values = [nearness.remembered(lambda: next(found), "a", tmp_path / "file" / "n.json") for _ in range(2)]
    assert values == [0.1, 0.2]
