"""What notes promise: a second writing changes nothing, and nothing that the reader wrote is lost."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml
from hypothesis import given

from rag_app.errors import RagError
from rag_app.export.notes import archive, note, write_notes
from rag_app.export.reference import Reference, line, references
from tests.export.papers import AUTHORS, TITLES, any_paper, hostile, paper


def front_matter(text: str) -> dict[str, object]:
    begin, matter, _ = text.split("---\n", 2)
    assert begin == ""
    found = yaml.safe_load(matter)
    assert isinstance(found, dict)
    return found


def test_a_note_has_properties_links_and_the_digest() -> None:
    (made,) = references([paper("FilmMaker", authors=("Ada Park",), votes=31)], lambda _: ("robot arms",))
    text = note(made)
    assert front_matter(text) == {
        "title": "FilmMaker",
        "aliases": ["FilmMaker"],
        "authors": ["Ada Park"],
        "date": "2024-11-25",
        "votes": 31,
        "arxiv": "2411.00001",
        "url": "https://arxiv.org/abs/2411.00001",
        "citekey": "park:2411.00001",
        "tags": ["paper", "robot-arms"],
    }
    assert "[2411.00001](https://arxiv.org/abs/2411.00001) · [[2024-11-25]] · [[Ada Park]]" in text
    assert "## What's New\n\nIt is new." in text


def test_titles_and_authors_survive_in_the_properties() -> None:
    found = [front_matter(note(reference)) for reference in hostile()]
    assert [properties["title"] for properties in found] == [line(title) for title in TITLES]
    assert all(properties["authors"] == list(AUTHORS) for properties in found)


def test_a_second_writing_changes_nothing(tmp_path: Path) -> None:
    first = write_notes(hostile(), tmp_path)
    before = {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in tmp_path.iterdir()}
    second = write_notes(hostile(), tmp_path)
    assert {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in tmp_path.iterdir()} == before
    assert (len(first.new), second.new, second.unchanged) == (len(TITLES), (), first.new)


def test_what_the_reader_adds_below_stays_while_the_rest_is_written_again(tmp_path: Path) -> None:
    (made,) = references([paper("FilmMaker", votes=31)])
    write_notes([made], tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_text(file.read_text("utf-8") + "\nMy own thoughts. 내 생각\n", "utf-8")
    assert write_notes([made], tmp_path).unchanged == (file.name,)
    voted = replace(made, paper=replace(made.paper, votes=40))
    assert write_notes([voted], tmp_path).changed == (file.name,)
    text = file.read_text("utf-8")
    assert "votes: 40" in text and text.endswith("\nMy own thoughts. 내 생각\n")
    assert write_notes([voted], tmp_path).unchanged == (file.name,)


@pytest.mark.parametrize(
    "theirs", ["My note, which has that name.\n", "", "---\ntitle: mine\n---\n\ufeff", "\udcff"]
)
def test_a_file_that_is_not_ours_is_left_as_it_is(theirs: str, tmp_path: Path) -> None:
    file = tmp_path / "2411.00001.md"
    file.write_bytes(theirs.encode("utf-8", "surrogateescape"))
    assert write_notes(references([paper()]), tmp_path).left == (file.name,)
    assert file.read_bytes() == theirs.encode("utf-8", "surrogateescape")


def test_a_note_that_was_edited_above_its_marker_is_left_as_it_is(tmp_path: Path) -> None:
    write_notes(references([paper()]), tmp_path)
    file = tmp_path / "2411.00001.md"
    edited = file.read_text("utf-8").replace("# A Title", "# A better title")
    file.write_text(edited, "utf-8")
    assert write_notes(references([paper(votes=3)]), tmp_path).left == (file.name,)
    assert file.read_text("utf-8") == edited


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("a file")
    with pytest.raises(RagError, match="notes"):
        write_notes(references([paper()]), tmp_path / "notes")


@given(any_paper())
def test_any_paper_is_a_note_that_is_known_again(reference: Reference) -> None:
    text = note(reference)
    assert front_matter(text)["title" if reference.title else "url"]
    assert text.count("<!-- rag-app ") == 1, "nothing of a digest is taken for the marker"


def test_an_archive_holds_the_notes_that_a_folder_would(tmp_path: Path) -> None:
    papers = references([paper(), paper(arxiv_id="2411.00002", title="한글 & {braces}")])
    made = archive(papers)
    assert made == archive(papers), "nothing in it depends on the moment"
    write_notes(papers, tmp_path)
    with ZipFile(BytesIO(made)) as packed:
        assert packed.testzip() is None
        assert {name: packed.read(name) for name in packed.namelist()} == {
            file.name: file.read_bytes() for file in tmp_path.iterdir()
        }
