"""What `--collection` promises: a collection of its own, made by ingest alone, and listed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag_app.cli import commands as command
from rag_app.home import Home
from tests.helpers.fakes import LAB, HashEmbedder, fake_embedding


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    digests = tmp_path / "digests"
    digests.mkdir()
    (digests / "lab.md").write_text(LAB, encoding="utf-8")
    monkeypatch.setenv("RAG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("RAG_DIGESTS", str(digests))
    with fake_embedding(HashEmbedder()):
        yield tmp_path / "home"


def ingested(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    (folder / "day.md").write_text(
        "### [Only One](https://arxiv.org/abs/2405.00009)\n\nIt is alone.\n", "utf-8"
    )
    assert command.main(["ingest", str(folder), "--collection", name]) == 0


def test_ingest_makes_a_collection_and_leaves_the_main_one_as_it_is(
    tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["ingest"]) == 0
    ingested(tmp_path, "robots")
    assert Home(home).collections() == ["robots"]
    capsys.readouterr()
    assert command.main(["collections"]) == 0
    main, robots = capsys.readouterr().out.splitlines()[-2:]
    assert main.split()[:2] == ["(main)", "3"] and robots.split()[:2] == ["robots", "1"]


@pytest.mark.parametrize("place", ["before", "after"])
def test_a_command_answers_from_the_collection_that_is_named(
    place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["ingest"]) == 0
    ingested(tmp_path, "robots")
    capsys.readouterr()
    asked, named = ["export", "papers", "--format", "csv"], ["--collection", "robots"]
    assert command.main([*named, *asked] if place == "before" else [*asked, *named]) == 0
    assert "2405.00009" in (out := capsys.readouterr().out) and "2405.00001" not in out
    assert command.main(asked) == 0
    assert "2405.00009" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "says"), [("nowhere", "no collection nowhere"), ("../x", "no name of a collection")]
)
def test_a_collection_that_is_not_there_is_named_with_those_that_are(
    name: str, says: str, tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ingested(tmp_path, "robots")
    capsys.readouterr()
    assert command.main(["ask", "anything?", "--no-llm", "--collection", name]) == 1
    assert says in capsys.readouterr().err
    assert Home(home).collections() == ["robots"]
