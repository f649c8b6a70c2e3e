"""One opened snapshot of the index: papers, chunks and vectors that belong together.

Knows: what lies in a snapshot's folder, how to tell that it is whole, and how to search it. A
snapshot never changes.
Does not know: how a snapshot is made (`collection.publish`), or what a question is.

Every chunk is scored exactly up to `EXACT_LIMIT` chunks, so the vector store is not even opened;
above that, it proposes and the stored vectors decide. A damaged, read-only or unreachable store
costs speed, never the answer.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag_app import json_files
from rag_app.collection.papers import PaperTable, day_number
from rag_app.collection.vector_store import EMBEDDED, StoredChunk, Vectors, VectorStore
from rag_app.errors import CollectionError, DamageError, UnreadableError
from rag_app.files import sha256_of
from rag_app.home import Home
from rag_app.records import Chunk, Paper

FORMAT = 1  # of a snapshot's folder; another one is rebuilt, not converted
EXACT_LIMIT = 100_000  # chunks
MOST_IDS = 10_000  # in one `$in` condition; SQLite, inside Chroma, takes 32,766 variables

CURRENT = "CURRENT"
MANIFEST, PAPERS, CHUNKS, VECTORS, STORE = (
    "manifest.json",
    "papers.sqlite3",
    "chunks.json",
    "vectors.npy",
    "chroma",
)
# Chroma writes to it whenever it opens it, so it has no fixed hash
STORE_DATABASE = f"{STORE}/chroma.sqlite3"

# Chroma's sync_threshold: with fewer rows its HNSW files hold nothing yet, and change when opened
FLUSHED = 1_000

INGEST_AGAIN = "run `rag-app ingest` to build it again"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot was made of, and the size and hash by which damage to each of its files is seen."""

    name: str
    created: str  # ISO time, UTC
    app_version: str
    roots: tuple[str, ...]  # folders the digests were read from
    fingerprint: str  # of the embedding model
    dimensions: int
    papers: int
    chunks: int
    # Hash of papers, chunks, roots, embedder, store and app version: equal means nothing to do.
    digest: str
    chroma_url: str = ""  # the server that holds the vectors; empty for the snapshot's own folder
    # Of the parse: files, entries, what was skipped and why.
    report: Mapping[str, Any] = field(default_factory=dict)
    # Path in the folder -> bytes, SHA-256.
    files: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def collection(self) -> str:
        """The name of this snapshot's collection in its vector store."""
        return f"rag-{self.name}" if self.chroma_url else EMBEDDED

    def write(self, folder: Path) -> None:
        body = asdict(self)
        text = json.dumps({"manifest": body, "sha256": _hash_of(body)}, indent=1)
        (folder / MANIFEST).write_text(text, encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """The manifest in `folder`. Raises CollectionError if it is missing, damaged or of another format."""
        file = folder / MANIFEST
        try:
            whole = json.loads(file.read_text(encoding="utf-8"))
            body = whole["manifest"]
            if _hash_of(body) != whole["sha256"]:
                raise ValueError("its contents do not match their hash")
            if body["format"] != FORMAT:
                raise CollectionError(
                    f"the index {folder} is of format {body['format']}, not {FORMAT}", INGEST_AGAIN
                )
            files = {path: (size, sha256) for path, (size, sha256) in body["files"].items()}
            return cls(**{**body, "roots": tuple(body["roots"]), "files": files})
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise damaged(file, error) from error


class Snapshot:
    """An opened snapshot; immutable, and safe to use from any number of threads."""

    def __init__(self, folder: Path) -> None:
        """Open `folder` and check every file that answers rest on. CollectionError names the damaged one."""
        self.folder = folder
        self.manifest = Manifest.read(folder)
        for path in self.manifest.files:
            if not path.startswith(f"{STORE}/"):
                _check_file(folder, path, self.manifest.files[path])
        self.chunks = read_chunks(folder / CHUNKS)
        self.vectors = read_vectors(folder / VECTORS)
        if self.vectors.shape != (len(self.chunks), self.manifest.dimensions):
            raise damaged(folder / VECTORS, f"{self.vectors.shape} is not one vector for each chunk")
        self.papers = PaperTable(folder / PAPERS)
        self._rows = {chunk.id: row for row, chunk in enumerate(self.chunks)}
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        return self.manifest.name

    def close(self) -> None:
        """Close the files; call it when nothing uses the snapshot any more."""
        self.papers.close()
        store = self.__dict__.pop("_store", None)
        if store:
            store.close()

    def scores(self, vector: Vectors) -> Vectors:
        """The exact inner product (n,) of `vector` (d,) with every chunk's vector, in the order of
        `chunks`.
        """
        return np.asarray(self.vectors @ vector, dtype=np.float32)

    def nearest(self, vector: Vectors, k: int, allowed: set[str] | None = None) -> list[tuple[int, float]]:
        """(row of `chunks`, inner product) of the `k` chunks most like `vector` (d,), best first,
        ties in row order.

        `allowed` limits them to the chunks of these arXiv ids. Exact up to `EXACT_LIMIT` chunks.
        """
        rows = self._candidates(vector, k, allowed)
        scores = self.scores(vector) if rows is None else self.vectors[rows] @ vector
        order = np.argsort(-scores, kind="stable")[: max(k, 0)]
        return [(int(i if rows is None else rows[i]), float(scores[i])) for i in order]

    @property
    def scored_whole(self) -> bool:
        """Whether the collection is small enough to score every chunk."""
        return len(self.chunks) <= EXACT_LIMIT

    def store_damage(self) -> list[str]:
        """What is wrong with the files of the embedded vector store, one line for each, or with a
        server's collection; empty while the server is away.
        """
        problems = self._server_damage() if self.manifest.chroma_url else []
        for path, (size, sha256) in self.manifest.files.items():
            try:
                if path == STORE_DATABASE:
                    _check_database(self.folder / path)
                elif path.startswith(f"{STORE}/") and len(self.chunks) >= FLUSHED:
                    _check_file(self.folder, path, (size, sha256))
            except CollectionError as error:
                problems.append(error.message)
        return problems

    def _server_damage(self) -> list[str]:
        try:
            store = VectorStore(self.folder / STORE, self.manifest.chroma_url, self.manifest.collection)
        except CollectionError:
            return []
        with store:
            try:
                count = store.count()
            except CollectionError as error:
                return [error.message]
        return (
            []
            if count == len(self.chunks)
            else [f"the vector store holds {count} of {len(self.chunks)} chunks"]
        )

    def _candidates(self, vector: Vectors, k: int, allowed: set[str] | None) -> NDArray[np.intp] | None:
        """The rows to score exactly, ascending; None for all of them."""
        if not self.scored_whole and k > 0 and (allowed is None or len(allowed) <= MOST_IDS):
            proposed = self._proposed(vector, k, allowed)
            if proposed is not None:
                return proposed
        if allowed is None:
            return None
        return np.flatnonzero(
            np.fromiter((c.arxiv_id in allowed for c in self.chunks), bool, len(self.chunks))
        )

    def _proposed(self, vector: Vectors, k: int, allowed: set[str] | None) -> NDArray[np.intp] | None:
        """The rows that the vector store proposes; None if it cannot be trusted or reached."""
        try:
            with self._lock:
                if self._store is None:
                    return None
                found = self._store.nearest(vector, k, None if allowed is None else sorted(allowed))
            return np.sort(np.array([self._rows[row_id] for row_id in found], dtype=np.intp))
        except (CollectionError, KeyError):
            return None

    @cached_property
    def _store(self) -> VectorStore | None:
        """The open vector store; None if its files are damaged, since Chroma can end the process on
        such files.
        """
        if self.store_damage():
            return None
        try:
            return VectorStore(self.folder / STORE, self.manifest.chroma_url, self.manifest.collection)
        except CollectionError:
            return None


def current_name(home: Path) -> str:
    """The name of the snapshot that answers now. CollectionError if there is none, or its name is
    damaged.
    """
    file = Home(home).current
    try:
        name = file.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise CollectionError(f"there is no index yet in {home}", "run `rag-app ingest`") from None
    except (OSError, ValueError) as error:
        raise damaged(file, error) from error
    if not re.fullmatch(r"[0-9A-Za-z-]+", name):
        raise damaged(file, "it does not name a snapshot")
    return name


def open_current(home: Path) -> Snapshot:
    """The snapshot that answers now. CollectionError if there is none yet, or it is damaged."""
    name = current_name(home)
    try:
        return Snapshot(Home(home).index / name)
    except CollectionError:
        # An ingest published, and removed this one, between the two steps.
        if current_name(home) != name:
            return open_current(home)
        raise


def read_papers(home: Path) -> tuple[Paper, ...]:
    """Every paper of the snapshot that answers now. Raises CollectionError."""
    with closing(open_current(home)) as snapshot:
        return snapshot.papers.all()


def store_rows(papers: Sequence[Paper], chunks: Sequence[Chunk]) -> list[StoredChunk]:
    """What the vector store holds of each chunk, in their order. KeyError if a chunk's paper is not
    in `papers`.
    """
    known = {paper.arxiv_id: paper for paper in papers}
    return [StoredChunk(chunk.id, chunk.text, _metadata(chunk, known[chunk.arxiv_id])) for chunk in chunks]


def _metadata(chunk: Chunk, paper: Paper) -> dict[str, str | int]:
    metadata: dict[str, str | int] = {"arxiv_id": chunk.arxiv_id, "section": chunk.section}
    metadata |= {"start": chunk.start, "end": chunk.end, "date": day_number(paper.date)}
    return metadata if paper.votes is None else metadata | {"votes": paper.votes}


def write_chunks(chunks: Sequence[Chunk], file: Path) -> None:
    rows = [(c.arxiv_id, c.section, c.start, c.end, c.text) for c in chunks]
    file.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")


def read_chunks(file: Path) -> tuple[Chunk, ...]:
    try:
        return tuple(Chunk(*row) for row in json_files.read(file))
    except (OSError, ValueError, TypeError) as error:
        raise damaged(file, error) from error


def read_vectors(file: Path) -> Vectors:
    """The matrix (n, d) in `file`: in memory up to `EXACT_LIMIT` rows, mapped above.

    A mapped file that is cut while in use ends the process, so it is only mapped where memory
    demands it.
    """
    try:
        mapped: Vectors = np.load(file, mmap_mode="r", allow_pickle=False)
        return mapped if len(mapped) > EXACT_LIMIT else np.array(mapped, dtype=np.float32)
    except (OSError, ValueError, TypeError) as error:
        raise damaged(file, error) from error


def file_marks(folder: Path) -> dict[str, tuple[int, str]]:
    """Size and SHA-256 of every file below `folder` but the manifest."""
    files = sorted(file for file in folder.rglob("*") if file.is_file() and file != folder / MANIFEST)
    return {file.relative_to(folder).as_posix(): _mark(file) for file in files}


def damaged(file: Path, why: object) -> CollectionError:
    """The error that names a damaged file of the index, or one that may not be read: no ingest mends that."""
    if isinstance(why, PermissionError):
        return UnreadableError(why.filename or file)
    return DamageError(f"the index is damaged: {file}: {why}", INGEST_AGAIN)


def _mark(file: Path) -> tuple[int, str]:
    return file.stat().st_size, sha256_of(file)


def _check_file(folder: Path, path: str, expected: tuple[int, str]) -> None:
    try:
        found = _mark(folder / path)
    except OSError as error:
        why = error if isinstance(error, PermissionError) else error.strerror
        raise damaged(folder / path, why) from error
    if found != expected:
        raise damaged(
            folder / path, f"{found[0]} bytes, not the {expected[0]} that were written, or other ones"
        )


def _check_database(file: Path) -> None:
    try:
        with closing(
            sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        ) as database:
            found = database.execute("PRAGMA quick_check(1)").fetchone()[0]
            tables = database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    except sqlite3.Error as error:
        raise damaged(file, error) from error
    if found != "ok" or not tables:  # an emptied file is a whole database of nothing
        raise damaged(file, found if tables else "it is empty")


def _hash_of(body: object) -> str:
    text = json.dumps(body, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(
        text.encode("utf-8", "surrogatepass")
    ).hexdigest()  # names of roots may be any bytes
