"""What `export` and `feed` promise: whole lists, files that are replaced whole, and one-line errors."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import feedparser
import pytest
import rispy

from rag_app.cli import commands as command
from rag_app.history.follows import FollowKind
from rag_app.history.store import History
from rag_app.home import Home
from tests.helpers.fakes import HashEmbedder, fake_embedding, lab


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The sample collection with three papers of the tests' own."""
    settings = lab().settings
    monkeypatch.setenv("RAG_HOME", str(settings.home))
    monkeypatch.setenv("RAG_MODELS", str(settings.models))
    with fake_embedding(HashEmbedder()):
        yield settings.home
    Home(settings.home).history.unlink(missing_ok=True)


def test_bookmarks_are_exported_latest_first_also_those_whose_digest_is_gone(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    history = History(Home(home).history)
    for arxiv_id in ("2405.00002", "1999.99999", "2405.00001"):
        history.bookmark(arxiv_id)
    history.close()
    assert command.main(["export", "bookmarks", "--format", "ris"]) == 0
    entries = rispy.loads(capsys.readouterr().out)
    assert [entry["number" if "number" in entry else "id"].split(":")[1] for entry in entries] == [
        "2405.00001",
        "1999.99999",
        "2405.00002",
    ]
    assert entries[1]["urls"] == ["https://arxiv.org/abs/1999.99999"]


def test_bookmarks_carry_their_tags_and_one_tag_can_be_exported(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    history = History(Home(home).history)
    for arxiv_id in ("2405.00001", "2405.00002"):
        history.bookmark(arxiv_id)
    history.annotate("2405.00002", ["cloth", "to read"], "")
    history.close()
    assert command.main(["export", "bookmarks", "--tag", "cloth", "--format", "ris"]) == 0
    (entry,) = rispy.loads(capsys.readouterr().out)
    assert (entry["id"], entry["keywords"]) == ("park:2405.00002", ["cloth", "to read"])
    assert command.main(["export", "bookmarks", "--tag", "clothes"]) == 1
    assert "tags: cloth, to read" in capsys.readouterr().err


def test_a_brief_is_exported_with_the_papers_of_its_days(capsys: pytest.CaptureFixture[str]) -> None:
    table = lab().snapshot.papers
    assert command.main(["export", "brief", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    newest = {paper.arxiv_id for paper in table.all() if table.last_day in paper.dates}
    assert {row["arxiv_id"] for row in rows} == newest


def test_a_feed_of_what_is_followed_says_which_follow_matched(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["feed", "--followed"]) == 1
    assert "follow add" in capsys.readouterr().err
    history = History(Home(home).history)
    history.follow(FollowKind.AUTHOR, "Cleo Park")
    history.follow(FollowKind.AUTHOR, "Ada Kim")
    history.close()
    assert command.main(["feed", "--followed", "--since", "2024-05-01"]) == 0
    feed = feedparser.parse(capsys.readouterr().out)
    assert {(entry.link[-10:], entry.tags[0].term) for entry in feed.entries} == {
        ("2405.00002", "Cleo Park"),
        ("2405.00001", "Ada Kim"),
    }


def test_papers_are_those_of_the_ids_in_that_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["export", "papers", "2405.00003", "2405.00001", "--format", "csl"]) == 0
    items = json.loads(capsys.readouterr().out)
    assert [item["number"] for item in items] == ["arXiv:2405.00003", "arXiv:2405.00001"]


@pytest.mark.parametrize(
    "spelling",
    ["arXiv:2405.00003", "2405.00003v2", "https://arxiv.org/pdf/2405.00003", "10.48550/arXiv.2405.00003"],
)
def test_a_paper_is_exported_however_its_id_is_written(
    spelling: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["export", "papers", spelling, "--format", "csl"]) == 0
    assert [item["number"] for item in json.loads(capsys.readouterr().out)] == ["arXiv:2405.00003"]


def test_papers_without_ids_are_all_that_the_filters_leave(capsys: pytest.CaptureFixture[str]) -> None:
    table = lab().snapshot.papers
    assert command.main(["export", "papers", "--format", "csv"]) == 0
    assert len(list(csv.DictReader(io.StringIO(capsys.readouterr().out)))) == len(table.all())
    assert command.main(["export", "papers", "--author", "Ada Kim", "--format", "csv"]) == 0
    assert [row["arxiv_id"] for row in csv.DictReader(io.StringIO(capsys.readouterr().out))] == ["2405.00001"]


def test_a_list_answer_is_exported_with_every_paper_not_with_its_first_page(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = [
        "export",
        "answer",
        "Which papers are from May 2024 or later?",
        "--no-llm",
        "--since",
        "1990-01-01",
    ]
    assert command.main([*asked, "--format", "json"]) == 0
    matched = json.loads(capsys.readouterr().out)["turns"][0]["answer"]["matched"]
    assert command.main([*asked, "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(rows) == matched > 0


def test_notes_say_what_became_of_each_and_leave_what_is_not_theirs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "2405.00002.md").write_text("my own")
    arguments = ["export", "papers", "2405.00001", "2405.00002", "--format", "notes", "--out", str(tmp_path)]
    assert command.main(arguments) == 0
    said = capsys.readouterr()
    assert said.out == f"{tmp_path}: 1 new, 0 changed, 0 unchanged\n"
    assert "left as it is" in said.err and "2405.00002.md" in said.err
    assert command.main(arguments) == 0
    assert capsys.readouterr().out == f"{tmp_path}: 0 new, 0 changed, 1 unchanged\n"
    assert (tmp_path / "2405.00002.md").read_text() == "my own"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["export", "papers", "9999.99999"], "no paper 9999.99999"),
        (["export", "papers", "--format", "latex"], "latex"),
        (["export", "bookmarks", "--format", "notes"], "--out DIR"),
        (["export", "answer"], "empty"),
        (["export", "ffffffffff"], "no conversation"),
        (["export", "papers", "--out", "/no/such/folder/x.md"], "/no/such/folder/x.md"),
        (["feed", "--since", "yesterday"], "--since yesterday"),
        (["feed", "/no/such/folder/x.xml"], "/no/such/folder/x.xml"),
    ],
)
def test_what_cannot_be_exported_is_one_line_with_a_hint(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(arguments) == 1
    error = capsys.readouterr().err
    assert said in error and "\nhint: " in error and "Traceback" not in error


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("before")
    assert command.main(["export", "papers", "2405.00001", "--format", "csv", "--out", str(file)]) == 0
    assert file.read_bytes().startswith("\ufeffarxiv_id".encode())
    assert [path.name for path in tmp_path.iterdir()] == ["x.csv"]


def test_a_feed_holds_the_latest_days_and_top_the_most_votes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = lab().snapshot.papers
    file = tmp_path / "new.xml"
    assert command.main(["feed", str(file)]) == 0
    first = file.read_bytes()
    assert command.main(["feed", str(file)]) == 0
    assert file.read_bytes() == first
    days = [day for day, _ in table.days()][-7:]
    feed = feedparser.parse(first)
    assert {entry.link for entry in feed.entries} == {
        paper.url for paper in table.all() if set(paper.dates) & set(days)
    }
    assert command.main(["feed", "--top", "2"]) == 0
    top = feedparser.parse(capsys.readouterr().out)
    assert len(top.entries) == 2 and top.feed.id != feed.feed.id
    assert command.main(["feed", "--since", "2999-01-01"]) == 0
    assert feedparser.parse(capsys.readouterr().out).entries == []
