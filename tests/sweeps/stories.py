"""What the sweeps interrupt, and what they look at afterwards; each function runs in a process of
its own.

Knows: small collections and the fake embedder. Does not know: faults. Importing it imports all that
is slow, once, in the server that the processes are forked from.
"""

from __future__ import annotations

import json
import random
import re
import zlib
from collections.abc import Sequence
from pathlib import Path

import bm25s  # noqa: F401 - these four are imported for the forked processes
import chromadb  # noqa: F401
import filelock  # noqa: F401
import numpy as np
import pytest
import rapidfuzz.process  # noqa: F401
from kiwipiepy import Kiwi

from rag_app import pipeline, records_json
from rag_app.collection import bm25, snapshot
from rag_app.embedding.embedder import Matrix
from rag_app.settings import Settings
from rag_app.text import terms
from tests.helpers.fakes import LAB, HashEmbedder, fake_embedding, settings_in

QUESTIONS = (
    "which papers fold cloth?",
    "PickBot의 O.O.D. 성공률은?",
    "how many papers are there?",
    "the top 2 papers",
)
SEARCHES = 50
WORDS = [
    f"{first}{second}{last}"
    for first in "bdgklmnprst"
    for second in "aeiou"
    for last in ("lo", "mi", "ra", "tu")
]
TIMES = {"seconds", "evidence_seconds", "first_token_seconds"}


class OneThreadKiwi:
    """Kiwi without a pool of threads, which would not outlive the fork; loading it takes three seconds."""

    def __init__(self) -> None:
        self._kiwi = Kiwi(num_workers=1, **terms.DICTIONARIES)
        self._kiwi.tokenize("준비")  # it loads its model for the first text only

    def tokenize(self, texts: Sequence[str]) -> list[object]:
        return [self._kiwi.tokenize(text) for text in texts]


KIWI = OneThreadKiwi()
vars(bm25)["_kiwi"] = lambda: KIWI


class StoredVectors(HashEmbedder):
    """An embedding model that answers with rows of a matrix, so that a real index can be asked
    without its own.
    """

    def __init__(self, file: Path, fingerprint: str) -> None:
        super().__init__(fingerprint)
        self._vectors = np.load(file)

    def query(self, text: str) -> Matrix:
        row: Matrix = self._vectors[zlib.crc32(text.encode()) % len(self._vectors)]
        return row


def write_digests(folder: Path, day: int, copies: int = 1) -> None:
    """One more day, of that number: three papers and six chunks in each copy, no two the same."""
    (folder / "digests").mkdir(parents=True, exist_ok=True)
    heading, _, entries = LAB.partition("### ")
    chance = random.Random(day)  # noqa: S311 - the same digests each time
    texts = [heading.replace("2024-05-01", f"2024-05-{day:02}")]
    for copy in range(copies):
        own = re.sub(
            r"(?m)^[-T].*", lambda line: f"{line[0]} {' '.join(chance.choices(WORDS, k=9))}.", entries
        )
        texts.append("### " + own.replace("2405.000", f"24{day:02}.{copy:03}"))
    (folder / "digests" / f"{day:02}.md").write_text("\n".join(texts), encoding="utf-8")


def ingest(folder: Path) -> bool:
    """Ingest the digests in `folder`; whether there was anything to do."""
    with fake_embedding(HashEmbedder()):
        return not pipeline.ingest(settings_in(folder)).unchanged


def answers(folder: Path) -> list[str]:
    """What a fresh start answers without a model: text, quotes and counts, as JSON without times."""
    with fake_embedding(HashEmbedder()):
        library = pipeline.open_library(settings_in(folder))
        given = [records_json.as_json(pipeline.answer(question, library)[0]) for question in QUESTIONS]
    return [_text(answer) for answer in given]


def searches(home: Path, vectors: Path, fingerprint: str, limit: int = 0) -> list[str]:
    """Answers as above, and nearest chunks, which come from the vector store if there are more than
    `limit`.
    """
    embedder = StoredVectors(vectors, fingerprint)
    with fake_embedding(embedder), pytest.MonkeyPatch.context() as patch:
        library = pipeline.open_library(Settings(home=home))
        patch.setattr(snapshot, "EXACT_LIMIT", limit)
        found = [library.snapshot.nearest(embedder.query(str(number)), 5) for number in range(SEARCHES)]
        given = [pipeline.answer(question, library)[0] for question in QUESTIONS]
    rows = [str([row for row, _ in nearest]) for nearest in found]
    return rows + [_text(records_json.as_json(answer)) for answer in given]


def _text(answer: dict[str, object]) -> str:
    return json.dumps({key: answer[key] for key in answer.keys() - TIMES}, sort_keys=True)
