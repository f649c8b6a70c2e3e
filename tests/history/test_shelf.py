"""What is kept beside conversations: bookmarks with tags and notes, marks, follows, arrivals and looks."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag_app.errors import HistoryError
from rag_app.history import file as history_file
from rag_app.history.follows import LONGEST, FollowKind
from rag_app.history.shelf import Bookmark, PaperMark, matching, tidied
from rag_app.history.store import History

PRIVATE = "a word that nobody else may read"

DAY = "2024-11-25T00:00:00.000+00:00"


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with closing(History(tmp_path / "history.sqlite3")) as history:
        yield history


def on_disk(history: History) -> bytes:
    return b"".join(file.read_bytes() for file in history.file.parent.glob("history.sqlite3*"))


# --- bookmarks, tags, notes ---------------------------------------------------------------------


def test_tags_and_a_note_come_back_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite3"
    with closing(History(file)) as history:
        history.bookmark("2411.00001")
        history.annotate("2411.00001", ["#to read", "영상", "To Read", " "], " for Tuesday\nwith Kim ")
    with closing(History(file)) as history:
        (kept,) = history.bookmarked()
        assert (kept.tags, kept.note) == (("to read", "영상"), "for Tuesday\nwith Kim")
        assert history.tags() == [("to read", 1), ("영상", 1)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(st.text(max_size=40), st.lists(st.text(max_size=12), max_size=3))
def test_any_note_and_tags_are_kept(history: History, note: str, tags: list[str]) -> None:
    history.bookmark("2411.00001")
    history.annotate("2411.00001", tags, note)
    (kept,) = history.bookmarked()
    assert sorted(kept.tags) == sorted(tidied(tags))
    assert kept.note == note.encode("utf-8", "replace").decode().strip()


def test_a_second_bookmark_of_a_paper_keeps_its_note(history: History) -> None:
    history.bookmark("2411.00001")
    history.annotate("2411.00001", ["a"], "mine")
    history.bookmark("2411.00001")
    assert [(one.note, one.tags) for one in history.bookmarked()] == [("mine", ("a",))]


def test_a_paper_without_a_bookmark_takes_no_note(history: History) -> None:
    with pytest.raises(HistoryError, match="not bookmarked"):
        history.annotate("2411.00001", ["a"], "lost")
    assert history.tags() == []


@pytest.mark.parametrize(
    ("search", "found"),
    [("", 2), ("robots", 1), ("ROBOTS kim", 1), ("#arm", 1), ("#ar", 0), ("영상", 1), ("2411.00002", 1),
     ("robots 영상", 0), ("#", 2)],
)  # fmt: skip
def test_bookmarks_are_found_by_title_tag_and_note(search: str, found: int) -> None:
    shelf = [Bookmark("2411.00001", "", "ask Kim #", ("Arm", "lab")), Bookmark("2411.00002", "", "#영상")]
    titles = {"2411.00001": "Walking Robots"}
    assert len(matching(shelf, titles, search)) == found


def test_a_deleted_note_leaves_the_disk(history: History) -> None:
    history.bookmark("2411.00001")
    history.annotate("2411.00001", [], PRIVATE)
    assert PRIVATE.encode() in on_disk(history)
    history.annotate("2411.00001", [], "")
    assert PRIVATE.encode() not in on_disk(history)
    history.annotate("2411.00001", [PRIVATE], "")
    history.unbookmark("2411.00001")
    assert PRIVATE[:30].encode() not in on_disk(history)
    assert (history.bookmarked(), history.tags()) == ([], [])


def test_deleting_everything_deletes_what_the_reader_did(history: History) -> None:
    history.bookmark("2411.00001")
    history.annotate("2411.00001", ["tag"], PRIVATE)
    history.mark("2411.00002", PaperMark.READ)
    history.follow(FollowKind.TOPIC, PRIVATE)
    history.note_arrivals(["2411.00001"])
    history.look("today")
    history.delete_all()
    assert (history.bookmarked(), history.marks(), history.follows()) == ([], {}, [])
    assert PRIVATE.encode() not in on_disk(history)
    assert history.arrived_after("") == frozenset()


# --- marks --------------------------------------------------------------------------------------


def test_a_paper_has_one_mark_the_latest_and_loses_it(history: History) -> None:
    history.mark("2411.00001", PaperMark.READ)
    history.mark("2411.00001", PaperMark.DISMISSED)
    history.mark("2411.00002", PaperMark.READ)
    assert history.marks() == {"2411.00002": PaperMark.READ, "2411.00001": PaperMark.DISMISSED}
    history.unmark("2411.00001")
    assert history.marks() == {"2411.00002": PaperMark.READ}


def test_a_paper_that_is_kept_is_not_dismissed_any_more(history: History) -> None:
    history.mark("2411.00001", PaperMark.DISMISSED)
    history.mark("2411.00002", PaperMark.READ)
    history.bookmark("2411.00001")
    history.bookmark("2411.00002")
    assert history.marks() == {"2411.00002": PaperMark.READ}


# --- arrivals and looks ---------------------------------------------------------------------------


def test_papers_of_the_first_day_are_nothing_new(history: History) -> None:
    assert history.note_arrivals(["a", "b"]) == 2
    since = history.look("today")
    assert (history.arrived_after(since), history.arrived_since_look("today")) == (frozenset(), 0)


def test_what_came_in_since_the_last_look_is_new_until_more_comes(history: History) -> None:
    history.note_arrivals(["a"])
    history.look("today")
    history.note_arrivals(["a", "b"])
    assert history.arrived_since_look("today") == 1
    for _ in range(3):  # looking again, as after a reload, does not make it old
        assert history.arrived_after(history.look("today")) == {"b"}
    assert history.arrived_since_look("today") == 0
    history.note_arrivals(["a", "b", "c"])
    assert history.arrived_after(history.look("today")) == {"c"}


def test_two_places_look_for_themselves(history: History) -> None:
    history.note_arrivals(["a"])
    history.look("today")
    history.look("follow")
    history.note_arrivals(["a", "b"])
    history.look("follow")
    assert (history.arrived_since_look("today"), history.arrived_since_look("follow")) == (1, 0)


# --- follows --------------------------------------------------------------------------------------


def test_follows_are_kept_once_and_deleted_by_id(history: History) -> None:
    topic = history.follow(FollowKind.TOPIC, " video\n generation ")
    author = history.follow(FollowKind.AUTHOR, "김 아다")
    assert history.follow(FollowKind.TOPIC, "video generation") == topic
    assert [(one.kind, one.text) for one in history.follows()] == [
        (FollowKind.TOPIC, "video generation"),
        (FollowKind.AUTHOR, "김 아다"),
    ]
    history.unfollow(topic.id)
    assert history.follows() == [author]
    with pytest.raises(HistoryError, match="nothing is followed"):
        history.unfollow(topic.id)


@pytest.mark.parametrize("text", ["", " \n", "x" * (LONGEST + 1)])
def test_what_cannot_be_followed_is_refused(history: History, text: str) -> None:
    with pytest.raises(HistoryError, match="characters"):
        history.follow(FollowKind.QUESTION, text)


def test_vectors_of_follows_belong_to_the_model_that_made_them(history: History) -> None:
    topic, other = history.follow(FollowKind.TOPIC, "a"), history.follow(FollowKind.TOPIC, "b")
    history.keep_follow_vectors("m1", {topic.id: np.array([0.5, -1], np.float32)})
    assert {key: list(vector) for key, vector in history.follow_vectors("m1").items()} == {
        topic.id: [0.5, -1]
    }
    assert history.follow_vectors("m2") == {}
    history.keep_follow_vectors("m2", {topic.id: np.ones(2, np.float32), other.id: np.ones(2, np.float32)})
    assert set(history.follow_vectors("m2")) == {topic.id, other.id}


# --- older files, other processes -------------------------------------------------------------------


def test_a_bookmark_keeps_the_title_that_it_was_given_first(history: History) -> None:
    history.bookmark("2411.00001", "One\nTitle \ud800")
    history.bookmark("2411.00002")
    history.keep_titles({"2411.00001": "Another", "2411.00002": "Two", "2411.00003": "no bookmark"})
    history.bookmark("2411.00001", "A third")
    kept = {one.arxiv_id: one.title for one in history.bookmarked()}
    assert kept == {"2411.00001": "One Title", "2411.00002": "Two"}
    assert [one.arxiv_id for one in matching(history.bookmarked(), {}, "title")] == ["2411.00001"]


@pytest.mark.parametrize("schema", [1, 2, 3])
def test_bookmarks_of_an_older_version_are_kept(tmp_path: Path, schema: int) -> None:
    file = tmp_path / "history.sqlite3"
    with closing(sqlite3.connect(file)) as database:
        for number in range(schema):
            database.executescript(history_file.MIGRATIONS[number])
        database.execute("INSERT INTO bookmarks (arxiv_id, added) VALUES ('2411.00001', ?)", (DAY,))
        database.execute(f"PRAGMA user_version = {schema}")
        database.commit()
    with closing(History(file)) as history:
        assert (history.notice, history.bookmarks()) == ("", ["2411.00001"])
        history.annotate("2411.00001", ["old"], "still here")
        history.keep_titles({"2411.00001": "A Title"})
        history.mark("2411.00002", PaperMark.READ)
    with closing(History(file)) as history:
        assert history.bookmarked() == [Bookmark("2411.00001", DAY, "still here", ("old",), "A Title")]
        assert history.marks() == {"2411.00002": PaperMark.READ}


WRITER = """
import sys
from pathlib import Path
from rag_app.history.store import History
from rag_app.history.shelf import PaperMark
history, number = History(Path(sys.argv[1])), sys.argv[2]
assert not history.notice, history.notice
for place in range(40):
    paper = f"{number}-{place}"
    history.mark(paper, PaperMark.READ)
    history.bookmark(paper)
    history.annotate(paper, [f"tag {number}"], f"note {place}")
    history.note_arrivals([paper])
"""


def test_many_processes_mark_and_annotate_at_once(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite3"
    running = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(file), str(number)]) for number in range(4)
    ]
    assert [process.wait(120) for process in running] == [0] * 4
    with closing(History(file)) as history:
        assert (len(history.marks()), len(history.bookmarked())) == (160, 160)
        assert history.tags() == [(f"tag {number}", 40) for number in range(4)]
        assert all(one.note == f"note {one.arxiv_id.split('-')[1]}" for one in history.bookmarked())
