"""An ingest that is killed, refused or doubled at any of its changes to the disk costs no answer."""

from __future__ import annotations

import errno
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.sweeps import faults, stories
from tests.sweeps.collection import Collection
from tests.sweeps.conftest import Some, counts

PARTS = range(4)  # of the changes, so that a full sweep can be run in pieces


@dataclass(frozen=True, slots=True)
class Ingest:
    """An ingest that is due in `collection`, and what comes of it when nothing disturbs it."""

    collection: Collection
    old: object  # answers before
    new: object  # and after
    changes: int  # to the disk


@pytest.fixture(scope="module")
def due(tmp_path_factory: pytest.TempPathFactory) -> Ingest:
    """Two days, read one after the other, and a third that is not read yet, and so small that the
    store is copied.
    """
    collection = Collection(tmp_path_factory.mktemp("due") / "collection")
    for day in (1, 2):
        stories.write_digests(collection.folder, day, copies=2)
        assert collection.ingest().value is True
    stories.write_digests(collection.folder, 3)
    clean = collection.copied(tmp_path_factory.mktemp("clean") / "collection")
    changes = clean.ingest().changes
    assert clean.flaws() == []
    return Ingest(collection, collection.answers(), clean.answers(), changes)


@counts(1, 40)
@pytest.mark.parametrize("part", PARTS, ids="part{}".format)
def test_a_kill_at_any_change_costs_no_answer_and_the_next_ingest_finishes(
    due: Ingest, part: int, count: int, some: Some, tmp_path: Path
) -> None:
    for at in some(range(1 + part, due.changes + 1, len(PARTS)), count):
        collection = due.collection.copied(tmp_path / "collection")
        assert collection.ingest(at).killed
        assert collection.answers() in (due.old, due.new), f"after a kill at change {at}"
        assert collection.ingest().error == "", f"after a kill at change {at}"
        assert (collection.answers(), collection.flaws()) == (due.new, []), f"after a kill at change {at}"


@counts(1, 20)
@pytest.mark.parametrize(
    "fault", [errno.ENOSPC, errno.EROFS, errno.EACCES], ids=["full", "read-only", "denied"]
)
def test_a_disk_that_refuses_any_change_is_said_and_costs_no_answer(
    due: Ingest, fault: int, count: int, some: Some, tmp_path: Path
) -> None:
    for at in some(range(1, due.changes + 1), count):
        collection = due.collection.copied(tmp_path / "collection")
        run = collection.ingest(at, fault)
        assert run.value or run.error, f"at change {at}"
        assert collection.answers() == (due.new if run.value else due.old), f"at change {at}"
        assert collection.ingest().error == "", f"at change {at}"
        assert (collection.answers(), collection.flaws()) == (due.new, []), f"at change {at}"


@counts(1, 20)
def test_a_first_ingest_that_is_killed_leaves_no_index_or_a_whole_one(
    count: int, some: Some, tmp_path: Path
) -> None:
    empty = Collection(tmp_path / "empty")
    stories.write_digests(empty.folder, 1)
    clean = empty.copied(tmp_path / "clean")
    changes, answers = clean.ingest().changes, clean.answers()
    for at in some(range(1, changes + 1), count):
        collection = empty.copied(tmp_path / "collection")
        assert collection.ingest(at).killed
        found = collection.answers()
        assert found == answers or "there is no index yet" in str(found), f"after a kill at change {at}"
        assert collection.ingest().error == "", f"after a kill at change {at}"
        assert (collection.answers(), collection.flaws()) == (answers, []), f"after a kill at change {at}"


@counts(1, 30)
def test_of_two_ingests_at_once_one_wins_and_the_other_is_told(
    due: Ingest, count: int, some: Some, tmp_path: Path
) -> None:
    with ThreadPoolExecutor(2) as pair:
        for _ in some(range(100), count):
            collection = due.collection.copied(tmp_path / "collection")
            runs = [pair.submit(collection.ingest) for _ in range(2)]
            ends = [(run.result().value, run.result().error) for run in runs]
            told = [message for _, message in ends if message]
            assert (True, "") in ends
            assert len(told) == 1 and "another ingest is running" in told[0]
            assert (collection.answers(), collection.flaws()) == (due.new, [])


@counts(1, 10)
def test_asking_while_an_ingest_runs_sees_the_old_index_or_the_new_one(
    due: Ingest, count: int, some: Some, tmp_path: Path
) -> None:
    with ThreadPoolExecutor(1) as other:
        for _ in some(range(100), count):
            collection = due.collection.copied(tmp_path / "collection")
            run = other.submit(collection.ingest)
            while not run.done():
                assert collection.answers() in (due.old, due.new)
            assert (run.result().value, collection.answers()) == (True, due.new)


def test_a_full_disk_is_what_the_message_says(due: Ingest, tmp_path: Path) -> None:
    """The sweeps above accept any message; this one holds the counter itself to account."""
    collection = due.collection.copied(tmp_path / "collection")
    run = collection.ingest(due.changes // 4, errno.ENOSPC)
    # of the system, and of SQLite
    said = ("No space left on device", "disk is full", "disk I/O error")
    assert any(words in run.error for words in said), run.error
    assert faults.run(stories.ingest, collection.folder, below=collection.home).value is True
