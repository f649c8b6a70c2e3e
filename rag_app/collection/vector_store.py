"""The vector store of one snapshot: a Chroma collection, embedded in a folder or on a server.

Knows: Chroma; its own exceptions never leave this module.
Does not know: papers, snapshots, what a row means.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag_app import address, runtime
from rag_app.errors import CollectionError, SettingsError

Vectors = NDArray[np.float32]
START = "start the Chroma server, or unset RAG_CHROMA_URL, and run `rag-app ingest` again"
READ_AT_ONCE = 500  # rows by their ids; pages by number are slower, and the later the slower
EMBEDDED = "chunks"  # the collection's name in a snapshot's own folder


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """What Chroma holds of one chunk, next to its embedding."""

    id: str
    text: str
    # The keys are arxiv_id, section, start, end, date (yyyymmdd), and votes where known.
    metadata: dict[str, str | int]


class VectorStore:
    """An open Chroma collection; use it in a `with` statement, since an unclosed one must not be moved."""

    def __init__(self, folder: Path, server: str = "", collection: str = EMBEDDED) -> None:
        """Open the store in `folder`, or `collection` on `server` ("http://localhost:8000"). Raises
        CollectionError.
        """
        self._place = server or str(folder)
        self._hint = START if server else "run `rag-app ingest` again"
        self._name = collection
        with self._mapped("opened"):
            self._client = _connect(folder, server)

    def __enter__(self) -> VectorStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def create(self, rows: Sequence[StoredChunk], vectors: Vectors) -> None:
        """Make the collection and fill it; `vectors` is (len(rows), d)."""
        with self._mapped("written"):
            self._client.create_collection(
                self._name, embedding_function=None, configuration={"hnsw": {"space": "ip"}}
            )
        self.upsert(rows, vectors)

    def upsert(self, rows: Sequence[StoredChunk], vectors: Vectors) -> None:
        """Add rows, or replace those with the same ids; `vectors` is (len(rows), d)."""
        with self._mapped("written"):
            for batch in self._batches(len(rows)):
                self._collection().upsert(
                    ids=[row.id for row in rows[batch]],
                    documents=[row.text for row in rows[batch]],
                    metadatas=[row.metadata for row in rows[batch]],
                    embeddings=vectors[batch],
                )

    def delete(self, ids: Sequence[str]) -> None:
        """Remove the rows of those ids."""
        with self._mapped("written"):
            for batch in self._batches(len(ids)):
                self._collection().delete(ids=list(ids[batch]))

    def drop(self) -> None:
        """Delete the whole collection; used on a server, where no folder can be removed instead."""
        with self._mapped("removed"):
            self._client.delete_collection(self._name)

    def count(self) -> int:
        """Rows in the collection."""
        with self._mapped("read"):
            return int(self._collection().count())

    def read(self, ids: Sequence[str]) -> Iterator[tuple[StoredChunk, Vectors]]:
        """The rows of these ids that are there, each with its embedding (d,), in no particular order."""
        include = ["documents", "metadatas", "embeddings"]
        with self._mapped("read"):
            collection = self._collection()
            for start in range(0, len(ids), READ_AT_ONCE):
                got = collection.get(ids=list(ids[start : start + READ_AT_ONCE]), include=include)
                embeddings = np.asarray(got["embeddings"], dtype=np.float32)
                rows = map(StoredChunk, got["ids"], got["documents"], got["metadatas"])
                yield from zip(rows, embeddings, strict=True)

    def nearest(self, vector: Vectors, k: int, arxiv_ids: Sequence[str] | None = None) -> list[str]:
        """Ids of about the `k` rows with the largest inner product (HNSW, approximate), best first."""
        where = None if arxiv_ids is None else {"arxiv_id": {"$in": list(arxiv_ids)}}
        with self._mapped("searched"):
            found = self._collection().query(
                query_embeddings=vector[None], n_results=k, where=where, include=[]
            )
            return [str(row_id) for row_id in found["ids"][0]]

    def _collection(self) -> Any:
        return self._client.get_collection(self._name, embedding_function=None)

    def _batches(self, count: int) -> Iterator[slice]:
        size = self._client.get_max_batch_size()
        for start in range(0, count, size):
            yield slice(start, min(start + size, count))

    @contextmanager
    def _mapped(self, verb: str) -> Iterator[None]:
        try:
            yield
        except CollectionError:
            raise
        except SettingsError as error:
            raise CollectionError(error.message, error.hint) from None
        # Chroma raises its own, the system's and its HTTP library's errors alike
        except Exception as error:
            message = f"the vector store {self._place} cannot be {verb}: {_first_line(error)}"
            raise CollectionError(message, self._hint) from error


def _connect(folder: Path, server: str) -> Any:
    import chromadb

    settings = chromadb.Settings(anonymized_telemetry=False)
    if not server:
        return chromadb.PersistentClient(folder, settings=settings)
    place = address.vector_store(server).answering()
    runtime.leave_proxies_aside(place.host)
    with runtime.without_socks():
        host = f"[{place.host}]" if ":" in place.host else place.host
        return chromadb.HttpClient(host, place.port, ssl=place.scheme == "https", settings=settings)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
