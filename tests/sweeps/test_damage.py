"""A damaged index is noticed or does not matter: no crash, no wrong answer, and the next ingest
makes it whole.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rag_app.collection.snapshot import FLUSHED, Manifest
from tests.sweeps import stories
from tests.sweeps.collection import Collection
from tests.sweeps.conftest import Some, counts
from tests.sweeps.damage_index import REFUSED, SAME, DamageCase, Look, by_chance, damaged, systematic


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    """Large enough for Chroma to write its search graph to the disk."""
    collection = Collection(tmp_path_factory.mktemp("damage") / "collection")
    stories.write_digests(collection.folder, 1, copies=180)
    assert collection.ingest().value is True
    assert Manifest.read(collection.snapshot).chunks > FLUSHED
    return collection


@pytest.fixture(scope="module")
def look(collection: Collection, tmp_path_factory: pytest.TempPathFactory) -> Look:
    return Look.at(collection.home, tmp_path_factory.mktemp("aside"))


def noticed(look: Look, case: DamageCase) -> None:
    with damaged(look.home, case):
        assert look.after(case) in (SAME, REFUSED), case


@counts(6, 100)
def test_a_file_cut_emptied_deleted_or_filled_with_noise_gives_no_wrong_answer(
    look: Look, count: int, some: Some
) -> None:
    for case in some(systematic(look.home), count):
        noticed(look, case)


@counts(5, 200)
def test_random_bytes_anywhere_give_no_wrong_answer(
    look: Look, count: int, sweep: Callable[[int], range]
) -> None:
    for seed in sweep(count):
        noticed(look, by_chance(look.home, seed))


@counts(6, 100)
def test_a_damaged_store_costs_no_answer(look: Look, count: int, some: Some) -> None:
    """It is only an aid: the stored vectors answer exactly meanwhile."""
    for case in some([case for case in systematic(look.home) if "/chroma/" in case.path], count):
        with damaged(look.home, case):
            assert look.after(case) == SAME, case


@counts(1, 20)
def test_the_next_ingest_makes_a_damaged_index_whole(
    collection: Collection, count: int, some: Some, tmp_path: Path
) -> None:
    answers, cases = collection.answers(), systematic(collection.home)
    graphs = [case for case in cases if case.path.endswith("data_level0.bin")]
    for case in [*some(graphs, 1), *some(cases, count)]:
        copy = collection.copied(tmp_path / "collection")
        case.done(copy.home)
        assert copy.ingest().error == "", case
        assert (copy.answers(), copy.flaws()) == (answers, []), case


@counts(1, 20)
def test_new_papers_join_a_damaged_index(count: int, some: Some, tmp_path: Path) -> None:
    """A small store has no hashes to hold its graph against, and an ingest begins with a copy of it."""
    small = Collection(tmp_path / "small")
    stories.write_digests(small.folder, 1, copies=4)
    assert small.ingest().value is True
    stories.write_digests(small.folder, 2)
    clean = small.copied(tmp_path / "clean")
    clean.ingest()
    for case in some(systematic(small.home), count):
        copy = small.copied(tmp_path / "copy")
        case.done(copy.home)
        assert copy.ingest().value is True, case
        assert (copy.answers(), copy.flaws()) == (clean.answers(), []), case
