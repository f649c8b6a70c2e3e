"""Kept analyses: each text is analysed once, and a file that cannot be trusted is not used."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from rag_app.collection.term_cache import TermCache


class Counted:
    """Splits at blanks, and notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, texts: Sequence[str]) -> list[list[str]]:
        self.asked += texts
        return [text.split() for text in texts]


def test_only_new_texts_are_analysed_and_the_results_are_the_same(tmp_path: Path) -> None:
    first = TermCache(Counted(), "1")
    first(["a b", "c", "a b"])
    first.save(tmp_path / "kept.json")
    counted = Counted()
    second = TermCache(counted, "1", tmp_path / "kept.json")
    assert second(["c", "d e", "a b", "d e"]) == [["c"], ["d", "e"], ["a", "b"], ["d", "e"]]
    assert counted.asked == ["d e"]


def test_texts_that_left_are_forgotten(tmp_path: Path) -> None:
    first = TermCache(Counted(), "1")
    first(["gone", "stays"])
    first.save(tmp_path / "1.json")
    second = TermCache(Counted(), "1", tmp_path / "1.json")
    second(["stays"])
    second.save(tmp_path / "2.json")
    counted = Counted()
    TermCache(counted, "1", tmp_path / "2.json")(["gone", "stays"])
    assert counted.asked == ["gone"]


OTHERS = [None, "", "{", "[]", '{"version": "2", "texts": {}}', '{"version": "1"}', "\ud800"]


@pytest.mark.parametrize("contents", OTHERS)
def test_a_file_that_is_missing_damaged_or_of_another_version_is_not_used(
    tmp_path: Path, contents: str | None
) -> None:
    file = tmp_path / "kept.json"
    if contents is not None:
        file.write_text(contents, encoding="utf-8", errors="surrogatepass")
    counted = Counted()
    assert TermCache(counted, "1", file)(["a b"]) == [["a", "b"]]
    assert counted.asked == ["a b"]
