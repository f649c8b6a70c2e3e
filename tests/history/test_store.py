"""What the history promises: what was saved comes back, or the user is told where it went."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag_app.errors import HistoryError
from rag_app.history import file as history_file
from rag_app.history.store import TITLE_LENGTH, History
from rag_app.records import Answer, Citation, Filters, Intent, Passage, Query, Sentence, Support, Turn, Usage
from tests.helpers.checkout import CHECKOUT

TEXTS = st.one_of(
    st.text(max_size=60), st.sampled_from(['it\'s "so"\n> [1]', "한국어 질문", "🧪👩‍🔬", "\0\u2028\\%_"])
)
QUOTE = Citation(
    1, "2411.00001", "제목 🧪", "2024-11-25", "https://arxiv.org/abs/2411.00001", "Method", "인용\n문", 3, 7
)
SUPPORT = Support(1, "Method", "인용\n문", 3, 7)
ANSWER = Answer(
    "It works [1].",
    False,
    Intent.COMPARE,
    "en",
    (QUOTE,),
    (Sentence("It works [1].", True, (SUPPORT,)), Sentence("It flies.", False)),
    {"Method": {"2411.00001": (Passage("2411.00001", "Method", 3, 7, "인용\n문", 0.25),), "2411.00002": ()}},
    ("2411.00003",),
    ("2411.00004",),
    ("2411.00001", "2411.00002"),
    5487,
    3,
    1,
    2.5,
    0.5,
    None,
    "model",
    "cpu",
    Usage(100, 80, 20, 12.5),
)
QUERY = Query(
    "Does it?", "Does it?", "en", Intent.COMPARE, Filters(since="2024-11-01", min_votes=3), ("2411.00001",)
)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with closing(History(tmp_path / "history.sqlite3")) as history:
        yield history


def saved(file: Path, questions: int = 3) -> str:
    """A closed history with one conversation; its id."""
    with closing(History(file)) as history:
        conversation = history.create()
        for number in range(questions):
            history.add(conversation, QUERY, ANSWER, f"question {number}")
    return conversation


def set_aside(folder: Path) -> list[Path]:
    return sorted(folder.glob("history.damaged-*.sqlite3"))


# --- what was saved comes back ------------------------------------------------------------------


def test_a_turn_comes_back_exactly_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "new" / "folder # ?" / "history.sqlite3"
    conversation = saved(file, 1)
    with closing(History(file)) as history:
        (turn,) = history.turns(conversation)
        assert (turn.question, turn.query, turn.answer, turn.damaged) == ("question 0", QUERY, ANSWER, False)
        assert turn.turn == Turn("question 0", ANSWER.text, ("2411.00001",), QUERY.filters, Intent.COMPARE)
        assert history.notice == ""


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(TEXTS, TEXTS, TEXTS, st.lists(TEXTS, max_size=2))
def test_any_text_comes_back_exactly(
    history: History, question: str, text: str, quote: str, named: list[str]
) -> None:
    conversation = history.create(text)
    citation = Citation(1, "2411.00001", quote, "", "", quote, quote, 0, len(quote))
    query = Query(question, question, "ko", papers=tuple(named))
    answer = Answer(text, False, Intent.LOOKUP, "ko", (citation,))
    history.add(conversation, query, answer, question)
    (turn,) = history.turns(conversation)
    assert (turn.question, turn.query, turn.answer) == (question, query, answer)
    assert all(history.conversations(word) for word in (question, text))  # and is found


def test_a_question_whose_answer_failed_is_kept(history: History) -> None:
    conversation = history.create()
    history.add(conversation, None, None, "Why?")
    (turn,) = history.turns(conversation)
    assert (turn.question, turn.query, turn.answer, turn.turn) == ("Why?", None, None, None)


def test_a_question_saved_first_is_completed_later(history: History) -> None:
    conversation = history.create()
    turn = history.add(conversation, None, None, "Why?")
    history.complete(turn, QUERY, ANSWER)
    (found,) = history.turns(conversation)
    assert (found.id, found.question, found.query, found.answer) == (turn, "Why?", QUERY, ANSWER)
    assert history.conversations("works why")


def test_a_question_with_lone_surrogates_is_kept(history: History) -> None:
    conversation = history.create("\ud800")
    history.add(conversation, None, None, "what \udcff is")
    assert history.turns(conversation)[0].question == "what ? is"


def test_feedback_stays_with_its_turn(history: History) -> None:
    conversation = history.create()
    first, second = (history.add(conversation, QUERY, ANSWER, question) for question in "ab")
    history.set_feedback(second, -1, "틀린 숫자")
    turns = history.turns(conversation)
    assert [(t.id, t.thumb, t.reason) for t in turns] == [(first, 0, ""), (second, -1, "틀린 숫자")]


# --- list, search, rename, delete, bookmarks ----------------------------------------------------


def test_the_conversation_touched_last_comes_first(history: History) -> None:
    old, new = history.create("old"), history.create("new")
    assert [c.id for c in history.conversations()] == [new, old]
    time.sleep(0.005)
    history.add(old, None, None, "again")
    assert [(c.id, c.turns) for c in history.conversations()] == [(old, 1), (new, 0)]
    assert [c.id for c in history.conversations(limit=1)] == [old]


def test_a_conversation_is_named_after_its_first_question(history: History) -> None:
    conversation = history.create()
    history.add(conversation, None, None, f"  which\npapers {'improve ' * 20}")
    history.add(conversation, None, None, "and then?")
    title = history.conversation(conversation).title
    assert title.startswith("which papers improve")
    assert title.endswith("improve…")
    assert len(title) <= TITLE_LENGTH


@pytest.mark.parametrize(
    ("search", "found"),
    [("VIDEO", True), ("models video", True), ("비디오", True), (unicodedata.normalize("NFD", "비디오"), True),
     ("100%", True), ("100_", False), ("%", True), ("_", False), ("audio", False), ("video audio", False),
     ("제목", True), ("'; DROP TABLE turns; --", False), ("", True), ("\0", True)],
)  # fmt: skip
def test_search_finds_whole_words_and_parts_in_both_languages(
    history: History, search: str, found: bool
) -> None:
    conversation = history.create("나의 제목")
    history.add(
        conversation,
        None,
        Answer("비디오 생성은 100% 된다.", False, Intent.LIST, "ko"),
        "Which Video models?",
    )
    history.create("other")
    assert (conversation in [c.id for c in history.conversations(search)]) == found


def test_a_renamed_conversation_is_found_by_its_new_title_alone(history: History) -> None:
    conversation = history.create("before")
    history.rename(conversation, "  after\n all ")
    assert history.conversation(conversation).title == "after all"
    assert [len(history.conversations(word)) for word in ("before", "After")] == [0, 1]


def test_what_is_not_there_is_said(history: History) -> None:
    history.delete("gone")
    actions: list[Callable[[], object]] = [
        lambda: history.conversation("gone"),
        lambda: history.rename("gone", "x"),
        lambda: history.add("gone", None, None, "x"),
        lambda: history.complete(7, None, None),
        lambda: history.set_feedback(7, 1),
    ]
    for action in actions:
        with pytest.raises(HistoryError, match="history has no") as caught:
            action()
        assert caught.value.hint
    assert history.turns("gone") == []


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


@pytest.mark.parametrize(("named", "title"), [("", "better?"), ("my own", "my own")])
def test_a_conversation_is_named_after_the_question_that_takes_the_place_of_its_first(
    history: History, named: str, title: str
) -> None:
    conversation = history.create(named)
    first = history.add(conversation, QUERY, ANSWER, "wrose?")
    history.cut(conversation, first)
    history.add(conversation, QUERY, ANSWER, "better?")
    assert [found.title for found in history.conversations()] == [title]


def test_a_deleted_conversation_leaves_the_disk_and_the_others_stay(history: History, tmp_path: Path) -> None:
    kept, gone = history.create("kept"), history.create()
    history.add(kept, QUERY, ANSWER, "a question to keep")
    history.add(gone, QUERY, ANSWER, "a secret question")
    assert b"secret" in on_disk(tmp_path)
    history.delete(gone)
    assert b"secret" not in on_disk(tmp_path)
    assert [c.id for c in history.conversations()] == [kept]
    assert (history.turns(gone), len(history.turns(kept))) == ([], 1)


def test_delete_all_leaves_nothing_on_the_disk(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite3"
    saved(file, 200)
    shutil.copy(file, tmp_path / "history.damaged-20250101-000000-000000.sqlite3")
    before = file.stat().st_size
    with closing(History(file)) as history:
        history.bookmark("2411.00009")
        history.delete_all()
        assert (history.conversations(), history.bookmarks()) == ([], [])
        assert b"question" not in on_disk(tmp_path).replace(b"question TEXT", b"")
        assert not set_aside(tmp_path)
        assert file.stat().st_size < before / 4


def test_bookmarks_are_kept_once_latest_first(history: History) -> None:
    for arxiv_id in ("2411.00001", "2411.00002", "2411.00001", "2411.00003"):
        history.bookmark(arxiv_id)
    history.unbookmark("2411.00002")
    assert history.bookmarks() == ["2411.00003", "2411.00001"]


# --- damage -------------------------------------------------------------------------------------


def overwrite(file: Path, at: int, data: bytes) -> None:
    with file.open("r+b") as stream:
        stream.seek(at)
        stream.write(data)


def without_tables(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.executescript("DROP TABLE turns; DROP TABLE bookmarks")


DAMAGES: dict[str, Callable[[Path], object]] = {
    "cut in half": lambda file: os.truncate(file, file.stat().st_size // 2),
    "cut to its first page": lambda file: os.truncate(file, 4096),
    "cut in its header": lambda file: os.truncate(file, 50),
    "emptied": lambda file: os.truncate(file, 0),
    "no database": lambda file: file.write_text("not a database, but text " * 400),
    "random bytes in the middle": lambda file: overwrite(file, 4096, random.Random(3).randbytes(4096)),  # noqa: S311
    "an older schema number": lambda file: overwrite(file, 60, bytes(4)),
    "tables missing": without_tables,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_set_aside_with_a_notice(tmp_path: Path, damage: str) -> None:
    file = tmp_path / "history.sqlite3"
    saved(file, 30)
    DAMAGES[damage](file)
    content = file.read_bytes()
    with closing(History(file)) as history:
        (aside,) = set_aside(tmp_path)
        assert aside.name in history.notice
        assert aside.read_bytes() == content
        assert history.conversations() == []
        history.add(history.create(), QUERY, ANSWER, "a new beginning")
    with closing(History(file)) as again:
        assert (again.notice, len(again.conversations())) == ("", 1)


def test_a_file_of_a_newer_version_is_set_aside_and_says_so(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite3"
    saved(file)
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA user_version = 99")
    with closing(History(file)) as history:
        assert "newer version" in history.notice
    with closing(sqlite3.connect(set_aside(tmp_path)[0])) as database:
        assert database.execute("SELECT count(*) FROM turns").fetchone() == (3,)


@pytest.fixture(scope="module")
def whole_file(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    file = tmp_path_factory.mktemp("whole") / "history.sqlite3"
    return file, saved(file, 20)


@pytest.mark.parametrize("seed", range(60))
def test_random_bytes_are_noticed_or_the_turns_are_whole(
    tmp_path: Path, whole_file: tuple[Path, str], seed: int
) -> None:
    file, conversation = Path(shutil.copy(whole_file[0], tmp_path)), whole_file[1]
    chance = random.Random(seed)  # noqa: S311 - a seeded sweep
    overwrite(file, chance.randrange(file.stat().st_size), chance.randbytes(chance.choice([1, 16, 300])))
    with closing(History(file)) as history:
        turns = history.turns(conversation)
        whole = [turn for turn in turns if not turn.damaged]
        assert all((turn.query, turn.answer) == (QUERY, ANSWER) for turn in whole)
        assert {turn.question for turn in whole} <= {f"question {number}" for number in range(20)}
        assert len(turns) == 20 or set_aside(tmp_path)


def test_one_damaged_turn_is_marked_and_the_others_stay(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite3"
    conversation = saved(file)
    content = file.read_bytes()
    overwrite(file, content.index(b"It works [1]."), b"It fails \xff")
    with closing(History(file)) as history:
        turns = history.turns(conversation)
        assert sorted(turn.damaged for turn in turns) == [False, False, True]
        assert all(turn.answer is None for turn in turns if turn.damaged)


def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "history.sqlite3").mkdir()
    with closing(History(tmp_path / "history.sqlite3")) as history:
        assert "cannot be written" in history.notice
        assert history.conversations() == []
        with pytest.raises(HistoryError):
            history.create()


# --- migrations ---------------------------------------------------------------------------------


def test_an_older_schema_is_migrated_with_its_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "history.sqlite3"
    conversation = saved(file)
    newer = (*history_file.MIGRATIONS, "ALTER TABLE turns ADD COLUMN mood TEXT NOT NULL DEFAULT 'calm'")
    monkeypatch.setattr(history_file, "MIGRATIONS", newer)
    with closing(History(file)) as history:
        assert (history.notice, len(history.turns(conversation))) == ("", 3)
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("SELECT DISTINCT mood FROM turns").fetchall() == [("calm",)]
        assert database.execute("PRAGMA user_version").fetchone() == (len(newer),)


def test_a_migration_that_fails_halfway_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "history.sqlite3"
    conversation = saved(file)
    # fails where there is a conversation
    broken = "DELETE FROM turns; UPDATE conversations SET title = NULL"
    with monkeypatch.context() as patch:
        patch.setattr(history_file, "MIGRATIONS", (*history_file.MIGRATIONS, broken))
        with closing(History(file)) as history:
            assert history.notice
    with closing(History(file)) as history:
        assert (history.notice, len(history.turns(conversation))) == ("", 3)


# --- several threads and processes, kills -------------------------------------------------------

PRELUDE = """
import os, resource, signal, sys
from pathlib import Path
import filelock
from rag_app.errors import HistoryError
from rag_app.history.store import History
from rag_app.records import Answer, Intent
file = Path(sys.argv[1])
answer = Answer("an answer " * 50, False, Intent.LOOKUP, "en")
"""


def start(script: str, file: Path, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PRELUDE + script, str(file), *map(str, arguments)]
    return subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)


def output(process: subprocess.Popen[str]) -> str:
    text, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return text


def test_processes_and_threads_write_at_once_and_nothing_is_lost(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite3"
    script = """
history = History(file)
conversation = history.create(sys.argv[2])
for number in range(40):
    history.add(conversation, None, answer, f"{sys.argv[2]} {number}")
print(conversation, history.notice)
"""
    processes = [start(script, file, name) for name in ("one", "two")]
    with closing(History(file)) as history:
        own = history.create("threads")

        def write(name: int) -> None:
            for number in range(20):
                history.add(own, QUERY, ANSWER, f"{name} {number}")

        threads = [threading.Thread(target=write, args=(name,)) for name in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for name, process in zip(("one", "two"), processes, strict=True):
            (conversation,) = output(process).split()  # its id, and no notice
            assert [t.question for t in history.turns(conversation)] == [f"{name} {n}" for n in range(40)]
        assert len({turn.question for turn in history.turns(own)}) == 80


def test_two_processes_that_meet_a_damaged_file_set_it_aside_once(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite3"
    file.write_bytes(b"damaged" * 1000)
    script = "history = History(file); history.create(); print(history.notice)"
    notices = [output(process) for process in [start(script, file) for _ in range(3)]]
    assert sum("set aside" in notice for notice in notices) == 1
    assert len(set_aside(tmp_path)) == 1
    with closing(History(file)) as history:
        assert len(history.conversations()) == 3


def test_a_kill_before_any_statement_leaves_what_was_saved(tmp_path: Path) -> None:
    """Kill at the first statement, then at the second, and so on, until a run passes."""
    script = """
def count(statement):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
history, left = History(file), int(sys.argv[3])
history._database.set_trace_callback(count)
history.complete(history.add(sys.argv[2], None, None, "new"), None, answer)
history.delete(sys.argv[2])
"""
    for step in range(1, 60):
        file = tmp_path / str(step) / "history.sqlite3"
        conversation = saved(file)
        process = start(script, file, conversation, step)
        process.wait(timeout=60)
        with closing(History(file)) as history:
            assert history.notice == ""
            questions = [turn.question for turn in history.turns(conversation) if not turn.damaged]
            assert questions in ([f"question {n}" for n in range(3)], ["question 0", "question 1", "question 2", "new"],
                                 [])  # fmt: skip
            assert len(questions) == 0 or history.conversation(conversation).turns == len(questions)
        if process.returncode == 0:
            break
        assert process.returncode == -signal.SIGKILL
    assert process.returncode == 0
    assert step > 8  # each write has statements of its own


@pytest.mark.parametrize("seed", range(4))
def test_a_kill_at_any_moment_leaves_every_turn_that_was_confirmed(tmp_path: Path, seed: int) -> None:
    file = tmp_path / "history.sqlite3"
    script = """
history = History(file)
conversation = history.create()
print(conversation, flush=True)
while True:
    print(history.add(conversation, None, answer, "question"), flush=True)
"""
    process = start(script, file)
    assert process.stdout
    conversation = process.stdout.readline().strip()
    time.sleep(random.Random(seed).uniform(0.0, 0.3))  # noqa: S311 - a seeded sweep
    process.kill()
    confirmed = [int(line) for line in process.communicate()[0].splitlines() if line]
    with closing(History(file)) as history:
        turns = history.turns(conversation)
        assert history.notice == ""
        assert [turn.id for turn in turns][: len(confirmed)] == confirmed
        assert len(turns) <= len(confirmed) + 1
        assert not any(turn.damaged or turn.answer is None for turn in turns)


@pytest.mark.parametrize("seed", range(4))
def test_a_kill_at_any_moment_leaves_all_that_the_reader_did_with_papers(tmp_path: Path, seed: int) -> None:
    """Bookmarks with tags and note, marks, follows and arrivals, each whole and in its order."""
    file = tmp_path / "history.sqlite3"
    script = """
from itertools import count
from rag_app.history.follows import FollowKind
from rag_app.history.shelf import PaperMark
history = History(file)
history.note_arrivals(["of the first collection, in which nothing is new"])
print("begun", flush=True)
for n in count():
    paper = f"2411.{n:05}"
    history.note_arrivals([paper])
    history.bookmark(paper)
    history.annotate(paper, ["to read", f"tag {n}"], f"note {n}")
    history.mark(paper, PaperMark.READ)
    history.follow(FollowKind.TOPIC, f"topic {n}")
    print(paper, flush=True)
"""
    process = start(script, file)
    assert process.stdout
    process.stdout.readline()
    time.sleep(random.Random(seed).uniform(0.0, 0.5))  # noqa: S311 - a seeded sweep
    process.kill()
    confirmed = process.communicate()[0].split()
    with closing(History(file)) as history:
        assert history.notice == ""
        arrived, marks = history.arrived_after(""), history.marks()
        kept = {one.arxiv_id: one for one in history.bookmarked()}
        followed = [one.text for one in history.follows()]
    for n, paper in enumerate(confirmed):
        assert paper in arrived and paper in marks
        assert kept[paper].note == f"note {n}"
        assert set(kept[paper].tags) == {"to read", f"tag {n}"}
    assert followed[: len(confirmed)] == [f"topic {n}" for n in range(len(confirmed))]
    # of the one that the kill met, all of a step is there or nothing
    assert all((one.note == "") == (one.tags == ()) for one in kept.values())
    assert len(kept) <= len(confirmed) + 1


# --- a disk that cannot be written --------------------------------------------------------------

WRITE_AND_READ = """
try:
    for _ in range(100):
        history.add(sys.argv[2], None, answer, "new")
    print("written")
except HistoryError as error:
    print("refused" if error.hint and "cannot be written" in error.message else error)
print(sum(turn.answer is not None and turn.question.startswith("question") for turn in history.turns(sys.argv[2])))
print(len(history.conversations("works")))
print(history.notice)
"""


def test_a_full_disk_is_said_and_reading_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite3"
    conversation = saved(file)
    fill = "history = History(file)\nresource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))"
    lines = output(start(fill + WRITE_AND_READ, file, conversation)).splitlines()
    assert lines[:3] == ["refused", "3", "1"]
    with closing(History(file)) as history:
        assert history.notice == ""
        assert len(history.turns(conversation)) >= 3


def test_a_disk_full_from_the_start_is_said_and_the_history_can_be_read(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite3"
    conversation = saved(file)
    fill = "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\nhistory = History(file)"
    lines = output(start(fill + WRITE_AND_READ, file, conversation)).splitlines()
    assert lines[:3] == ["refused", "3", "1"]
    assert "cannot be written" in lines[3]


# Root passes over permissions, so the process becomes somebody else once everything is imported.
AS_NOBODY = """
import rag_app.history.file, encodings.idna
from rag_app import records, records_json
for kind in (records.Answer, records.Query, records.Trace):
    records_json._adapter(kind)
if not os.getuid():
    os.setuid(65534)
history = History(file)
"""


@pytest.mark.parametrize("killed", [False, True], ids=["closed", "with a log left by a kill"])
def test_a_read_only_folder_is_said_and_the_history_can_be_read(killed: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:  # pytest's own is closed to others
        file = Path(folder) / "history.sqlite3"
        if killed:
            script = """
history = History(file)
conversation = history.create("works")
for number in range(3):
    history.add(conversation, None, answer, "question")
print(conversation, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
            conversation = start(script, file).communicate(timeout=60)[0].strip()
            assert Path(f"{file}-wal").stat().st_size
        else:
            conversation = saved(file)
        for path in Path(folder).iterdir():
            path.chmod(0o444)
        Path(folder).chmod(0o555)
        try:
            lines = output(start(AS_NOBODY + WRITE_AND_READ, file, conversation)).splitlines()
        finally:
            Path(folder).chmod(0o755)
        assert lines[:3] == ["refused", "3", "1"]
        assert "cannot be written" in lines[3]


def test_a_history_of_an_older_version_becomes_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite3"
    History(file).close()
    file.chmod(0o644)
    History(file).close()
    assert file.stat().st_mode & 0o777 == 0o600
