"""Whether a snapshot is whole: every file, and every row of its vector store read back.

Knows: that damaged HNSW files can give wrong neighbours without an error, or end the process; so
the check runs in a process of its own, and compares with the stored vectors. And that Chroma writes
to its folder even to read, and waits up to 1,000 seconds where another process holds it; so what
others may use is looked at in a copy.
Does not know: how to repair; a new ingest does that.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from rag_app.collection.snapshot import STORE, STORE_DATABASE, Snapshot, store_rows
from rag_app.collection.vector_store import StoredChunk, Vectors, VectorStore
from rag_app.errors import CollectionError
from rag_app.shipped import SHIPPED

_PATIENCE = 2.0  # seconds for another process to finish what it writes
SAMPLE = 64  # chunks whose own neighbours are searched, to see damage in HNSW's graph
# Share of them that must be found; a whole graph over near-duplicates gave 0.89, damaged ones 0.01 to 0.53.
LEAST_FOUND = 0.75


def damage(folder: Path, store: Path | None = None) -> list[str]:
    """What is wrong with the snapshot in `folder`, one line for each problem; an empty list if it
    is whole. `store` is a copy of its vector store, to be looked at instead.
    """
    places = [str(place.absolute()) for place in (folder, store) if place]
    command = [sys.executable, "-m", "rag_app.collection.verify", *places]
    done = subprocess.run(command, cwd=SHIPPED, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return [f"the check of {folder} ended with code {done.returncode}: {last}"]
    return [str(line) for line in json.loads(done.stdout.splitlines()[-1])]


@contextmanager
def copied_store(folder: Path) -> Iterator[Path]:
    """A copy of the vector store of the snapshot in `folder`, gone at the end; the store itself is
    only read. Raises CollectionError where another process holds it, or there is no room.
    """
    store = folder / STORE
    with TemporaryDirectory(prefix="rag-app-") as copy, _unchanging(folder):
        try:
            for file in store.rglob("*"):
                if file.is_file():
                    target = Path(copy, file.relative_to(store))
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(file, target)  # not its rights: it may be read-only
        except OSError as error:
            raise CollectionError(
                f"the vector store {store} cannot be copied to be looked at: {error.strerror}",
                "check its rights and the free space of the temporary folder (TMPDIR)",
            ) from None
        yield Path(copy)


@contextmanager
def _unchanging(folder: Path) -> Iterator[None]:
    """While nobody writes to the store. What is damaged beyond opening cannot be held, and is no less
    damaged in a copy.
    """
    address = f"{(folder / STORE_DATABASE).absolute().as_uri()}?mode=ro"
    with ExitStack() as held:
        try:
            database = held.enter_context(closing(sqlite3.connect(address, uri=True, timeout=_PATIENCE)))
            database.execute("BEGIN")
            database.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise CollectionError(
                    f"the vector store in {folder} is in use by another process: it was not looked at",
                    "answers do without it; check again when that process has ended",
                ) from None
        yield


def examine(folder: Path, store: Path | None = None) -> list[str]:
    """The same as `damage`, in this process, which damaged files may end."""
    try:
        with closing(Snapshot(folder)) as snapshot:
            # Files first, since Chroma can end the process on damaged ones; a server names the rows
            # it has lost.
            files = [] if snapshot.manifest.chroma_url else snapshot.store_damage()
            return files or _store_faults(snapshot, store or folder / STORE)
    except CollectionError as error:
        return [error.message]


def _store_faults(snapshot: Snapshot, place: Path) -> list[str]:
    manifest = snapshot.manifest
    rows = store_rows(snapshot.papers.all(), snapshot.chunks)
    with VectorStore(place, manifest.chroma_url, manifest.collection) as store:
        return _differences(store, rows, snapshot.vectors) or _lost_neighbours(store, snapshot)


def _differences(store: VectorStore, rows: Sequence[StoredChunk], vectors: Vectors) -> list[str]:
    """Where the store holds other rows or embeddings than were put in."""
    missing = {row.id: place for place, row in enumerate(rows)}
    problems = []
    for row, embedding in store.read([row.id for row in rows]):
        place = missing.pop(row.id)
        if row != rows[place] or not np.array_equal(embedding, vectors[place]):
            problems.append(f"the vector store holds other data for {row.id}")
    problems += [f"the vector store has lost {row_id}" for row_id in missing]
    more = store.count() - (len(rows) - len(missing))
    return [*problems, f"the vector store holds {more} rows that it should not"] if more else problems


def _lost_neighbours(store: VectorStore, snapshot: Snapshot) -> list[str]:
    """A line if a search of the store misses the best chunk too often, over an even sample of the chunks."""
    count = len(snapshot.chunks)
    sample = sorted({int(place) for place in np.linspace(0, count - 1, min(count, SAMPLE))})
    place_of = {chunk.id: place for place, chunk in enumerate(snapshot.chunks)}
    found = 0
    for place in sample:
        vector = snapshot.vectors[place]
        scores = snapshot.scores(vector)
        found += any(scores[place_of[row_id]] >= scores.max() - 1e-5 for row_id in store.nearest(vector, 5))
    if found < LEAST_FOUND * len(sample):
        return [f"searches of the vector store find {found} of {len(sample)} chunks by their own vector"]
    return []


if __name__ == "__main__":
    print(json.dumps(examine(*map(Path, sys.argv[1:]))))
