"""An opened collection: everything that answering needs to read, loaded once, shared by threads.

Knows: which parts make up a collection and how they are opened together.
Does not know: how any part works.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag_app.collection import bm25, nearness, paper_map, paper_names, word_vectors
from rag_app.collection.bm25 import document
from rag_app.collection.name_book import NameBook
from rag_app.collection.pairs import PAIRS, Pairs
from rag_app.collection.paper_vectors import Vectors, paper_vectors
from rag_app.collection.papers import PaperTable
from rag_app.collection.snapshot import Snapshot, open_current
from rag_app.collection.spellings import Spellings
from rag_app.collection.word_vectors import WordVectors
from rag_app.embedding.embedder import AsQueries, Embedder, QueryEmbedder, VectorCache
from rag_app.embedding.query import load_query_embedder
from rag_app.errors import CollectionError, DamageError, UnreadableError
from rag_app.home import Home
from rag_app.records import Chunk, Paper
from rag_app.settings import Settings

LEXICAL, NAMES = "lexical", "names.json"


def write_dictionaries(papers: tuple[Paper, ...], folder: Path, last: Path | None = None) -> None:
    """The parts of a snapshot that `Library` reads beside the vectors: lexical index, names and pairs
    of spellings.

    `last` is the folder of a snapshot whose analyses of unchanged papers may be taken over.
    """
    bm25.build(papers, folder / LEXICAL, last / LEXICAL if last else None)
    paper_names.save(paper_names.mine(papers), folder / NAMES)
    Pairs.mine(text.casefold() for text in bm25.documents_of(folder / LEXICAL)).save(folder / PAIRS)


def write_words(folder: Path, embedder: Embedder, cache: VectorCache) -> None:
    """The vectors of the words of the lexical index in `folder`, by which others find what they mean."""
    index = bm25.LexicalIndex(folder / LEXICAL)
    words = word_vectors.worth_keeping(index.document_frequencies, len(index.papers))
    word_vectors.build(words, cache.embed(words, AsQueries(embedder)), folder)


def write_map(
    chunks: Sequence[Chunk], vectors: Vectors, ids: Sequence[str], folder: Path, last: Path | None = None
) -> None:
    """The map of the papers with these `ids`, in their order, from their chunks' `vectors` (n, d).

    `last` is the folder of a snapshot whose papers stay where they are on the map.
    """
    places = {arxiv_id: row for row, arxiv_id in enumerate(ids)}
    owners = np.array([places[chunk.arxiv_id] for chunk in chunks], dtype=np.intp)
    before = _map_by_id(last) if last else {}
    whole = paper_map.made(paper_vectors(vectors, owners, len(ids)), ids, before)
    np.save(folder / paper_map.MAP, whole, allow_pickle=False)


def _map_by_id(folder: Path) -> dict[str, list[float]]:
    """A snapshot's map by arXiv id; empty where it has none."""
    ids = bm25.papers_of(folder / LEXICAL)
    known = paper_map.read(folder / paper_map.MAP, len(ids))
    return {} if known is None else dict(zip(ids, known.tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class Dictionary:
    """The collection's own words, which questions are read with."""

    papers: PaperTable
    names: NameBook
    lexical: bm25.LexicalIndex


@dataclass(frozen=True)
class Library:
    """One snapshot, its dictionaries and the embedding model that made its vectors."""

    settings: Settings
    snapshot: Snapshot
    lexical: bm25.LexicalIndex
    names: NameBook
    embedder: QueryEmbedder
    words: WordVectors  # which words of the digests mean nearly the same

    @property
    def dictionary(self) -> Dictionary:
        return Dictionary(self.snapshot.papers, self.names, self.lexical)

    @cached_property
    def places(self) -> dict[str, int]:
        """arXiv id -> row of the paper in every per-paper array."""
        return {arxiv_id: row for row, arxiv_id in enumerate(self.lexical.papers)}

    @cached_property
    def spellings(self) -> Spellings:
        """What the papers say, and in which spellings; read when first asked for."""
        texts = bm25.documents_of(self.snapshot.folder / LEXICAL)
        if len(texts) != len(self.lexical.papers):
            texts = [document(paper) for paper in self.snapshot.papers.many(self.lexical.papers)]
        pairs = Pairs.load(self.snapshot.folder / PAIRS)
        return Spellings([text.casefold() for text in texts], self.lexical, pairs)

    @cached_property
    def owners(self) -> NDArray[np.intp]:
        """Row of the paper that each chunk belongs to, shape (chunks,)."""
        return np.array([self.places[chunk.arxiv_id] for chunk in self.snapshot.chunks], dtype=np.intp)

    @cached_property
    def paper_vectors(self) -> Vectors:
        """A unit vector a paper, shape (papers, d), in the order of `places`."""
        return paper_vectors(self.snapshot.vectors, self.owners, len(self.places))

    @cached_property
    def nearness(self) -> float:
        """How much nearer the embedding model puts titles to their own digests than to others: what the same
        meaning is worth in another language. 0 in a collection too small to say.
        """

        def measure() -> float:
            papers = self.snapshot.papers.many(nearness.sampled(self.lexical.papers))
            return nearness.measured(papers, self.embedder.query)

        key = f"{self.embedder.fingerprint} {self.snapshot.folder.name}"
        return nearness.remembered(measure, key, Home(self.settings.home).kinds / "nearness.json")

    @cached_property
    def paper_map(self) -> paper_map.Map | None:
        """Where each paper lies on the map, in the order of `places`; None in an index without one."""
        return paper_map.read(self.snapshot.folder / paper_map.MAP, len(self.places))


def open_library(settings: Settings) -> Library:
    """Open the current snapshot. Raises CollectionError when there is none, or when it does not
    fit the embedder.
    """
    snapshot = open_current(settings.home)
    try:
        embedder = load_query_embedder(settings)
        words = WordVectors(snapshot.folder, embedder.query)
        index = bm25.LexicalIndex(snapshot.folder / LEXICAL, words.translations)
        book = NameBook.load(snapshot.folder / NAMES)
    except PermissionError as error:
        raise UnreadableError(error.filename) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamageError(
            f"the index in {snapshot.folder} is damaged: {error}", "run: rag-app ingest"
        ) from error
    if embedder.fingerprint != snapshot.manifest.fingerprint:
        raise CollectionError("the index was made by another embedding model", "run: rag-app ingest")
    return Library(settings, snapshot, index, book, embedder, words)
