"""What an index promises: it is whole or refused, its searches are exact, and publishing never
harms the last one.
"""

from __future__ import annotations

import contextlib
import json
import random
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rag_app.collection import snapshot, verify
from rag_app.collection.lock import ingest_lock
from rag_app.collection.publish import build_and_publish, known_roots
from rag_app.collection.snapshot import STORE, Snapshot, open_current
from rag_app.collection.vector_store import VectorStore
from rag_app.errors import CollectionError
from rag_app.records import Chunk, Paper, Section
from tests.helpers.chroma_server import chroma_server

STEPS = ["space", "folder", "papers", "chunks", "vectors", "extra", "store", "manifest", "verify", "flush", "rename",
         "switch", "sweep", "done"]  # fmt: skip
CHECKOUT = Path(__file__).parents[2]


def paper(number: int, text: str = "text") -> Paper:
    return Paper(
        f"2401.{number:05d}",
        f"Paper {number}",
        (f"2024-01-{number % 28 + 1:02d}",),
        (Section("Summary", f"{text} {number}"),),
        number if number % 3 else None,
    )


PAPERS = [paper(number) for number in range(20)]
MORE = [*PAPERS, paper(20), paper(21)]


def vector_of(text: str) -> list[float]:
    """A fake embedding: a direction in space that only the text decides."""
    chance = random.Random(text)  # noqa: S311 - a seeded fake
    direction = np.array([chance.gauss(0, 1) for _ in range(3)])
    return list(direction / np.linalg.norm(direction))


def publish(home: Path, papers: list[Paper] = PAPERS, **options: object) -> Snapshot:
    chunks = [Chunk(p.arxiv_id, s.name, 0, len(s.text), s.text) for p in papers for s in p.sections]
    vectors = np.array([vector_of(chunk.text) for chunk in chunks], dtype=np.float32).reshape(-1, 3)
    given = {"roots": ["digests"], "fingerprint": "fake-1", "report_json": {"files": 1}, **options}
    return build_and_publish(home, papers=papers, chunks=chunks, vectors=vectors, **given)  # type: ignore[arg-type] # options are of mixed types


def answers(home: Path) -> list[str]:
    """The ids that the current snapshot finds for every paper's own vector; their texts come back
    with them.
    """
    snapshot = open_current(home)
    with contextlib.closing(snapshot):
        found = [snapshot.nearest(snapshot.vectors[row], 1)[0][0] for row in range(len(snapshot.chunks))]
        assert sorted(found) == sorted(set(found))
        return [snapshot.papers.get(snapshot.chunks[row].arxiv_id).sections[0].text for row in found]


def texts(papers: list[Paper]) -> list[str]:
    return [p.sections[0].text for p in papers]


def rows_of(found: list[tuple[int, float]]) -> list[int]:
    return [row for row, _ in found]


def stored(snapshot: Snapshot) -> dict[str, str]:
    with VectorStore(snapshot.folder / STORE) as store:
        rows = store.read([chunk.id for chunk in snapshot.chunks])
        found = {row.id: row.text for row, _ in rows}
        assert store.count() == len(found)
        return found


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one snapshot; copy it before changing it."""
    home = tmp_path_factory.mktemp("published")
    publish(home, extra=lambda folder: (folder / "lexical.npy").write_bytes(b"\x01" * 500) and None).close()
    return home


@pytest.fixture
def home(published: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(published, tmp_path / "home"))


# --- opening and searching ---------------------------------------------------------------------


def test_a_published_generation_opens_with_all_it_was_given(home: Path) -> None:
    snapshot = open_current(home)
    assert [p.arxiv_id for p in snapshot.papers.all()] == [p.arxiv_id for p in PAPERS]
    assert [chunk.arxiv_id for chunk in snapshot.chunks] == [p.arxiv_id for p in PAPERS]
    assert snapshot.vectors.tolist() == pytest.approx(np.array([vector_of(c.text) for c in snapshot.chunks]))
    assert (snapshot.manifest.papers, snapshot.manifest.chunks, snapshot.manifest.dimensions) == (
        20,
        20,
        3,
    )
    assert snapshot.manifest.roots == ("digests",)
    assert snapshot.manifest.report == {"files": 1}
    assert (snapshot.folder / "lexical.npy").exists()


def test_opening_does_not_import_chroma(home: Path) -> None:
    code = (
        "import sys, pathlib, rag_app.collection.snapshot as i; g = i.open_current(pathlib.Path(sys.argv[1])); \
            g.nearest(g.vectors[0], 3); sys.exit('chromadb' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(home)], cwd=CHECKOUT, check=False).returncode == 0


def test_without_an_index_the_error_says_to_ingest(tmp_path: Path) -> None:
    with pytest.raises(CollectionError) as caught:
        open_current(tmp_path)
    assert "no index yet" in caught.value.message
    assert "rag-app ingest" in caught.value.hint


def test_search_is_exact_and_keeps_to_the_allowed_papers(home: Path) -> None:
    snapshot = open_current(home)
    query = np.array([0.3, -0.5, 0.8], dtype=np.float32)
    expected = np.argsort(-(snapshot.vectors @ query), kind="stable")
    assert rows_of(snapshot.nearest(query, 5)) == expected[:5].tolist()
    allowed = {PAPERS[3].arxiv_id, PAPERS[8].arxiv_id, "9999.00000"}
    assert rows_of(snapshot.nearest(query, 5, allowed)) == [r for r in expected.tolist() if r in (3, 8)]
    assert snapshot.nearest(query, 5, set()) == []
    assert snapshot.scores(query).shape == (20,)


def test_above_the_limit_the_store_proposes_the_same_papers(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = np.array([0.3, -0.5, 0.8], dtype=np.float32)
    allowed = {p.arxiv_id for p in PAPERS[:7]}
    exact = open_current(home)
    monkeypatch.setattr(snapshot, "EXACT_LIMIT", 10)
    large = open_current(home)
    for limits in (None, allowed):
        proposed = large._proposed(query, 4, limits)
        assert proposed is not None and len(proposed) == 4
        assert rows_of(large.nearest(query, 4, limits)) == rows_of(exact.nearest(query, 4, limits))
    large.close()


def test_above_the_limit_a_damaged_store_costs_no_answer(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    query = np.array([0.3, -0.5, 0.8], dtype=np.float32)
    expected = rows_of(open_current(home).nearest(query, 4))
    monkeypatch.setattr(snapshot, "EXACT_LIMIT", 10)
    large = open_current(home)
    for file in (large.folder / STORE).rglob("*.*"):
        file.write_bytes(b"\x07" * 100)
    assert rows_of(large.nearest(query, 4)) == expected


def test_many_threads_may_search_and_read_at_once(home: Path) -> None:
    snapshot = open_current(home)
    expected = [snapshot.nearest(vector, 3) for vector in snapshot.vectors]
    wrong: list[int] = []

    def ask(row: int) -> None:
        ids = [snapshot.chunks[found].arxiv_id for found, _ in snapshot.nearest(snapshot.vectors[row], 3)]
        if snapshot.papers.many(ids) != [PAPERS[found] for found, _ in expected[row]]:
            wrong.append(row)

    threads = [threading.Thread(target=ask, args=(n % 20,)) for n in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


# --- damage ------------------------------------------------------------------------------------

HARMS = {
    "cut": lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]),
    "emptied": lambda file: file.write_bytes(b""),
    "deleted": lambda file: file.unlink(),
    "random": lambda file: file.write_bytes(random.Random(1).randbytes(4096)),  # noqa: S311
    "one byte": lambda file: file.write_bytes(file.read_bytes()[:-9] + b"~" + file.read_bytes()[-8:]),
}


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize(
    "name", ["manifest.json", "papers.sqlite3", "chunks.json", "vectors.npy", "lexical.npy"]
)
def test_a_damaged_file_is_refused_by_name_and_a_new_ingest_repairs(home: Path, name: str, harm: str) -> None:
    HARMS[harm](open_current(home).folder / name)
    with pytest.raises(CollectionError, match=name.replace(".", r"\.")) as caught:
        open_current(home)
    assert "rag-app ingest" in caught.value.hint


def test_an_ingest_over_a_damaged_index_repairs_it(home: Path) -> None:
    HARMS["random"](open_current(home).folder / "vectors.npy")
    publish(home).close()
    assert sorted(answers(home)) == sorted(texts(PAPERS))


@pytest.mark.parametrize("harm", ["cut", "emptied", "deleted", "random"])
def test_damage_to_the_store_is_seen_while_answers_stay_exact(home: Path, harm: str) -> None:
    folder = open_current(home).folder
    assert verify.damage(folder) == []
    HARMS[harm](folder / snapshot.STORE_DATABASE)
    assert verify.damage(folder)
    assert sorted(answers(home)) == sorted(texts(PAPERS))


def test_a_store_with_another_embedding_is_found_out(home: Path) -> None:
    folder = open_current(home).folder
    row = snapshot.store_rows(PAPERS, open_current(home).chunks)[4]
    with VectorStore(folder / STORE) as store:
        store.upsert([row], np.ones((1, 3), dtype=np.float32))
    assert verify.damage(folder) == [f"the vector store holds other data for {row.id}"]


def test_a_check_that_dies_counts_as_damage(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "false")
    assert "ended with code 1" in verify.damage(open_current(home).folder)[0]


@pytest.mark.parametrize("contents", [b"", b"20990101-gone\n", b"../../etc", b"\xff\xfe\x00", b"a\x00b"])
def test_a_current_that_names_nothing_is_an_error_and_ingest_repairs_it(home: Path, contents: bytes) -> None:
    (home / "index" / "CURRENT").write_bytes(contents)
    with pytest.raises(CollectionError, match="damaged"):
        open_current(home)
    assert known_roots(home) == ("digests",)
    publish(home).close()
    assert sorted(answers(home)) == sorted(texts(PAPERS))


def test_folders_that_no_index_names_any_more_are_asked_for(home: Path) -> None:
    for manifest in (home / "index").glob("*/manifest.json"):
        manifest.write_bytes(b"")
    assert known_roots(home) == ("digests",), "a copy knows them"
    (home / "index" / "manifest.json").write_bytes(b"")
    with pytest.raises(CollectionError, match="where its digests are"):
        known_roots(home)


def test_an_index_of_another_format_says_to_ingest_again(home: Path) -> None:
    snapshot = open_current(home)
    replace(snapshot.manifest, format=99).write(snapshot.folder)
    with pytest.raises(CollectionError, match="format 99"):
        open_current(home)


# --- publishing --------------------------------------------------------------------------------


def test_a_second_generation_takes_over_and_the_third_removes_the_first(home: Path) -> None:
    names = [open_current(home).name, publish(home, MORE).name, publish(home).name]
    folders = {path.name for path in (home / "index").iterdir() if path.is_dir()}
    assert folders == set(names[1:])
    assert open_current(home).name == names[2]


def test_an_open_generation_answers_on_while_newer_ones_are_published(home: Path) -> None:
    old = open_current(home)
    publish(home, MORE).close()
    publish(home, MORE[5:]).close()
    assert not old.folder.exists()
    assert old.papers.many([p.arxiv_id for p in PAPERS]) == PAPERS
    assert old.nearest(old.vectors[3], 1)[0][0] == 3


def test_removed_edited_and_added_papers_reach_the_store_through_a_changed_copy(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(VectorStore, "create", None)  # a new store would fail
    edited = [*MORE[1:9], paper(9, "edited"), replace(MORE[10], votes=77), *MORE[11:21]]
    snapshot = publish(home, edited)
    assert sorted(stored(snapshot).values()) == sorted(texts(edited)) == sorted(answers(home))
    with VectorStore(snapshot.folder / STORE) as store:
        rows = store.read([chunk.id for chunk in snapshot.chunks])
        votes = {row.metadata["arxiv_id"]: row.metadata.get("votes") for row, _ in rows}
    assert votes == {p.arxiv_id: p.votes for p in edited}


def test_another_embedding_model_means_a_new_store(home: Path) -> None:
    snapshot = publish(home, fingerprint="fake-2")
    assert snapshot.manifest.fingerprint == "fake-2"
    assert verify.damage(snapshot.folder) == []


def test_a_copied_store_that_fails_its_check_is_made_anew(home: Path) -> None:
    folder = open_current(home).folder
    row = snapshot.store_rows(PAPERS, open_current(home).chunks)[4]
    with VectorStore(folder / STORE) as store:
        store.upsert([row], np.ones((1, 3), dtype=np.float32))
    assert verify.damage(publish(home, MORE).folder) == []


KILLED = """
import os, sys
from pathlib import Path
from tests.collection import test_snapshot
stop = lambda name: os._exit(9) if name == sys.argv[2] else None
test_snapshot.publish(Path(sys.argv[1]), test_snapshot.MORE, on_step=stop)
"""


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_any_step_keeps_answers_and_the_next_ingest_finishes(home: Path, step: str) -> None:
    command = [sys.executable, "-c", KILLED, str(home), step]
    assert subprocess.run(command, cwd=CHECKOUT, check=False).returncode == 9
    expected = MORE if step in {"sweep", "done"} else PAPERS
    assert sorted(answers(home)) == sorted(texts(expected))
    publish(home, MORE).close()
    assert sorted(answers(home)) == sorted(texts(MORE))
    assert not list((home / "index").glob("*.tmp-*"))


def test_the_steps_above_are_all_the_steps(home: Path) -> None:
    seen: list[str] = []
    publish(home, MORE, on_step=seen.append).close()
    assert seen == STEPS


@pytest.mark.parametrize("step", STEPS[1:12])
def test_a_full_disk_at_any_step_is_one_error_and_leaves_nothing_behind(home: Path, step: str) -> None:
    def fail(name: str) -> None:
        if name == step:
            raise OSError(28, "No space left on device")

    before = sorted(path.name for path in (home / "index").iterdir())
    with pytest.raises(CollectionError, match="No space left"):
        publish(home, MORE, on_step=fail)
    assert sorted(path.name for path in (home / "index").iterdir()) == before
    assert sorted(answers(home)) == sorted(texts(PAPERS))


LIMITED = """
import resource, sys
from pathlib import Path
from rag_app.errors import CollectionError
import chromadb
from tests.collection import test_snapshot
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
try:
    test_snapshot.publish(Path(sys.argv[1]), test_snapshot.MORE)
except CollectionError as error:
    print(error.message)
"""


@pytest.mark.parametrize("size", [100, 1_000, 10_000, 100_000])
def test_a_file_that_cannot_grow_is_one_error_and_leaves_nothing_behind(home: Path, size: int) -> None:
    """A real limit in a process of its own: the system refuses writes past `size` bytes, whoever writes."""
    command = [sys.executable, "-c", LIMITED, str(home), str(size)]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert (done.returncode, bool(done.stdout.strip())) == (0, True), done.stderr
    assert sorted(answers(home)) == sorted(texts(PAPERS))
    assert not list((home / "index").glob("*.tmp-*"))


def test_too_little_space_is_said_before_anything_is_written(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(home)._replace(free=1 << 20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(CollectionError, match="1 MB are free"):
        publish(home, MORE)
    assert sorted(answers(home)) == sorted(texts(PAPERS))


READ_ONLY = """
import os, sys
from pathlib import Path
from rag_app.errors import CollectionError
import filelock
from tests.collection import test_snapshot
test_snapshot.answers(Path(sys.argv[1]))  # imports what the other user may not read
if os.geteuid() == 0:
    os.setuid(65534)
try:
    test_snapshot.publish(Path(sys.argv[1]), test_snapshot.MORE)
except CollectionError as error:
    print(error.message)
print(len(test_snapshot.answers(Path(sys.argv[1]))))
"""


def test_a_read_only_home_is_said_at_once_and_reading_goes_on(home: Path, tmp_path: Path) -> None:
    for path in [home, *home.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    opened = [
        parent
        for parent in tmp_path.parents
        if parent.owner() == home.owner() and parent.stat().st_mode & 5 < 5
    ]
    for parent in [tmp_path, *opened]:  # pytest's folders are closed to the user that root becomes
        parent.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-c", READ_ONLY, str(home)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    for path in [home, *home.rglob("*")]:
        path.chmod(0o755)
    assert done.stdout.splitlines() == [f"the index in {home} cannot be written: Permission denied", "20"], (
        done.stderr
    )


def test_two_ingests_at_once_have_one_winner_and_a_clear_message(home: Path) -> None:
    program = f"import sys, pathlib, time; \
                from rag_app.collection.lock import ingest_lock; home = pathlib.Path({str(home)!r})\n\
with ingest_lock(home):\n    print('held', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", program]
    with subprocess.Popen(
        command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None and other.stdout.readline() == "held\n"
        with pytest.raises(
            CollectionError, match=rf"another ingest is running .*\(pid {other.pid}\)"
        ) as caught:
            publish(home, MORE)
        assert caught.value.hint
        assert sorted(answers(home)) == sorted(texts(PAPERS))  # asking needs no lock
    publish(home, MORE).close()


def test_the_lock_is_held_across_an_ingest_and_refused_to_other_threads(home: Path) -> None:
    refused: list[str] = []

    def other() -> None:
        try:
            with ingest_lock(home):
                pass
        except CollectionError as error:
            refused.append(error.message)

    with ingest_lock(home):
        publish(home, MORE).close()
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert len(refused) == 1
    other()
    assert len(refused) == 1


def test_vectors_that_do_not_fit_are_refused(home: Path) -> None:
    chunks = [Chunk(p.arxiv_id, "Summary", 0, 1, "x") for p in PAPERS]
    for vectors in (np.zeros((19, 3)), np.zeros(20), np.full((20, 3), np.nan)):
        with pytest.raises(CollectionError, match="do not fit"):
            build_and_publish(home, papers=PAPERS, chunks=chunks, vectors=vectors.astype(np.float32), roots=[],
                              fingerprint="f", report_json={})  # fmt: skip


def test_no_papers_keep_the_last_index(home: Path) -> None:
    with pytest.raises(CollectionError, match="no papers"):
        publish(home, [])
    assert sorted(answers(home)) == sorted(texts(PAPERS))


def test_papers_without_any_text_can_be_published(tmp_path: Path) -> None:
    snapshot = publish(tmp_path, [replace(PAPERS[0], sections=())])
    assert snapshot.nearest(np.ones(3, dtype=np.float32), 5) == []
    assert snapshot.papers.get(PAPERS[0].arxiv_id).sections == ()


# --- a Chroma server ---------------------------------------------------------------------------


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    with chroma_server(tmp_path / "server") as (url, _):
        yield url


def test_a_server_holds_one_collection_for_each_kept_generation(
    tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshots = [publish(tmp_path, papers, chroma_url=server) for papers in (PAPERS, MORE, PAPERS)]
    names = [made.manifest.collection for made in snapshots]
    for made, papers in ((snapshots[1], MORE), (snapshots[2], PAPERS)):
        with VectorStore(tmp_path, server, made.manifest.collection) as store:
            rows = store.read([chunk.id for chunk in made.chunks])
            assert sorted(row.text for row, _ in rows) == sorted(texts(papers))
    with VectorStore(tmp_path, server, names[0]) as store, pytest.raises(CollectionError):
        store.count()
    monkeypatch.setattr(snapshot, "EXACT_LIMIT", 10)
    proposed = open_current(tmp_path)._proposed(np.ones(3, dtype=np.float32), 4, None)
    assert proposed is not None and len(proposed) == 4


def test_a_server_that_is_not_there_is_one_error(home: Path) -> None:
    with pytest.raises(CollectionError, match=r"127\.0\.0\.1:9 cannot be opened"):
        publish(home, MORE, chroma_url="http://127.0.0.1:9")
    with pytest.raises(CollectionError, match="RAG_CHROMA_URL"):
        publish(home, MORE, chroma_url="nonsense")
    assert sorted(answers(home)) == sorted(texts(PAPERS))


def test_the_manifest_is_plain_json(home: Path) -> None:
    whole = json.loads((open_current(home).folder / "manifest.json").read_text(encoding="utf-8"))
    assert whole["manifest"]["fingerprint"] == "fake-1"
