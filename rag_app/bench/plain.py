"""The plain chain of comparisons: sentence-transformers' defaults and Chroma, dense search only.

Knows: LangChain's Chroma store where it is installed, and the same two calls on Chroma itself where
it is not; the encoder as its documentation sets it up (float32, batches of 32, every core).
Does not know: this application's own search.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from rag_app import runtime

COLLECTION = "plain"
BATCH = 1_000  # texts of one upsert


class Encoder(Protocol):
    """What LangChain calls `Embeddings`."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector for each text."""

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question."""


class DefaultEncoder:
    """A sentence-transformers folder with that library's defaults, and the prompts of the folder."""

    def __init__(self, folder: Path) -> None:
        import psutil

        runtime.forbid_the_hub()
        from sentence_transformers import SentenceTransformer

        runtime.silence_transformers()
        self._model = SentenceTransformer(str(folder), local_files_only=True)
        # Torch's default, which rag-app lowers for a query.
        self._threads = psutil.cpu_count(logical=False) or 1

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self._encode(texts, "passage")

    def embed_query(self, text: str) -> list[float]:
        return self._encode([text], "query")[0]

    def _encode(self, texts: list[str], role: str) -> list[list[float]]:
        import torch

        torch.set_num_threads(self._threads)
        vectors: list[list[float]] = self._model.encode(texts, prompt=self._model.prompts.get(role)).tolist()
        return vectors


class PlainChain:
    """Texts embedded into a Chroma collection in `folder`, and the ids of the texts most like a question."""

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        import chromadb

        self.encoder = encoder
        self._client = chromadb.PersistentClient(
            folder, settings=chromadb.Settings(anonymized_telemetry=False)
        )
        self._collection = self._client.get_or_create_collection(COLLECTION, embedding_function=None)
        self._langchain = _langchain(self._client, encoder)

    @property
    def name(self) -> str:
        """What was measured, for the table."""
        return "LangChain with Chroma" if self._langchain else "Chroma called as LangChain calls it"

    def close(self) -> None:
        self._client.close()

    def add(self, texts: Sequence[str], ids: Sequence[str]) -> None:
        """Embed the texts and store them."""
        for at in range(0, len(texts), BATCH):
            some, their_ids = list(texts[at : at + BATCH]), list(ids[at : at + BATCH])
            if self._langchain:
                self._langchain.add_texts(some, ids=their_ids)
            else:
                self.store(some, their_ids, self.encoder.embed_documents(some))

    def store(self, texts: Sequence[str], ids: Sequence[str], vectors: Any) -> None:
        """Store texts whose vectors, shape (texts, d), are known."""
        for at in range(0, len(texts), BATCH):
            part = slice(at, at + BATCH)
            self._collection.upsert(
                ids=list(ids[part]), documents=list(texts[part]), embeddings=vectors[part]
            )

    def search(self, question: str, k: int) -> list[str]:
        """Ids of the `k` nearest texts, nearest first; texts and metadata are fetched too, as
        LangChain does.
        """
        if self._langchain:
            return [str(document.id) for document in self._langchain.similarity_search(question, k=k)]
        found = self._collection.query(
            query_embeddings=[self.encoder.embed_query(question)],
            n_results=k,
            include=["metadatas", "documents", "distances"],
        )
        return [str(row_id) for row_id in found["ids"][0]]


def _langchain(client: Any, encoder: Encoder) -> Any:
    """LangChain's store over the same collection, or None where it is not installed."""
    if find_spec("langchain_chroma") is None:
        return None
    return import_module("langchain_chroma").Chroma(
        client=client, collection_name=COLLECTION, embedding_function=encoder
    )
