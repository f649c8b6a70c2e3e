"""`rag-app read`: what reading gives, without an index."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag_app.cli import commands

TEXT = """## 2027-05-06

- [Sundial Scaling](https://arxiv.org/abs/9905.90401): scales by the sun.
- [Moonrise Sampling](https://openreview.net/forum?id=madeUp7): samples at night.

Remarks with [a reference](https://arxiv.org/abs/9905.90402) in a sentence that goes on.
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RAG_HOME", str(tmp_path / "home"))
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "a.md").write_text(TEXT)
    return tmp_path / "d"


def test_read_prints_papers_shapes_and_what_is_missing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert commands.main(["read", str(folder)]) == 0
    out = capsys.readouterr().out
    assert "9905.90401  Sundial Scaling" in out
    assert "2  list item" in out
    assert "votes unknown in 2 of 2 papers" in out
    assert not (folder.parent / "home").exists()


def test_read_as_json_tells_arxiv_ids_from_other_addresses(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert commands.main(["read", "--json", str(folder)]) == 0
    found = json.loads(capsys.readouterr().out)
    (paper,), (other,) = found["papers"], found["papers_without_arxiv_id"]
    assert (paper["arxiv_id"], paper["dates"], paper["votes"]) == ("9905.90401", ["2027-05-06"], None)
    assert "scales by the sun" in paper["text"]
    assert other["url"] == "https://openreview.net/forum?id=madeUp7"
    assert found["report"]["shapes"] == [["list item", 2]]


def test_a_folder_without_papers_is_one_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.md").write_text("# Shopping\n\n- milk\n")
    assert commands.main(["read", str(tmp_path)]) == 1
    assert "hint:" in capsys.readouterr().err
