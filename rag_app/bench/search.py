"""Suite `search`: how soon evidence is there, beside the query embedding alone and a dense search.

Knows: that the questions are the collection's own, each asked once, and the ways are run one after
another, so that a slow moment of the machine affects all of them.
Does not know: whether what is found is right, which no collection can say of itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from rag_app import pipeline
from rag_app.bench import questions
from rag_app.bench.plain import DefaultEncoder, PlainChain
from rag_app.bench.table import Measurement
from rag_app.collection.library import Library, open_library
from rag_app.embedding.embedder import embedder_folder
from rag_app.progress import Progress
from rag_app.records import Intent, Understood
from rag_app.settings import Settings

ASKED, ASKED_QUICKLY = 144, 18  # questions
WARMING = 9  # of them asked first, without a clock
NEIGHBOURS = 5  # chunks that a plain chain takes
WITHOUT_MODEL = {Intent.LIST, Intent.METADATA}


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of one question; `answer` only where the answer needs no model."""

    embedding: float
    retrieval: float
    plain: float
    answer: float | None


def run(settings: Settings, *, quick: bool, progress: Progress) -> list[Measurement]:
    """The rows of this suite. Raises CollectionError or WeightsError when there is nothing to search."""
    progress("opening the collection", 0, 0)
    library = open_library(settings)
    encoder = DefaultEncoder(embedder_folder(settings))
    with TemporaryDirectory() as folder, closing(PlainChain(encoder, Path(folder))) as plain:
        fill(plain, library, progress)
        times = list(measure(library, plain, ASKED_QUICKLY if quick else ASKED, progress))
    return rows(times, plain.name)


def fill(plain: PlainChain, library: Library, progress: Progress) -> None:
    """Give the plain chain the vectors of the collection; only its searching is measured here."""
    progress("filling a plain Chroma collection", 0, 0)
    chunks = library.snapshot.chunks
    plain.store([chunk.text for chunk in chunks], [chunk.id for chunk in chunks], library.snapshot.vectors)


def measure(library: Library, plain: PlainChain, count: int, progress: Progress) -> Iterator[Times]:
    """The times of `count` questions, after some to warm up."""
    asked = questions.about(library.snapshot.papers.all(), count + WARMING)
    for done, question in enumerate(asked):
        times = _times(question, library, plain)
        if done >= WARMING:
            yield times
        progress("asking", done + 1, len(asked))


def _times(question: str, library: Library, plain: PlainChain) -> Times:
    embedding = seconds(lambda: library.embedder.query(question))
    retrieval, answer = _asked(question, library)
    return Times(embedding, retrieval, seconds(lambda: plain.search(question, NEIGHBOURS)), answer)


def _asked(question: str, library: Library) -> tuple[float, float | None]:
    """Seconds to the evidence, and to the end of an answer that needs no model."""
    started = time.perf_counter()
    events = pipeline.ask(question, library)
    understood = next(events)
    next(events)  # Found
    retrieval = time.perf_counter() - started
    if not isinstance(understood, Understood) or understood.query.intent not in WITHOUT_MODEL:
        return retrieval, None
    for _ in events:
        pass
    return retrieval, time.perf_counter() - started


def rows(times: Sequence[Times], plain: str) -> list[Measurement]:
    """p95 of each way, and the ratios that have a target."""
    answers = [t.answer for t in times if t.answer is not None]
    embedding, retrieval, dense = (
        p95([getattr(t, n) for t in times]) for n in ("embedding", "retrieval", "plain")
    )
    answered = p95(answers)
    of = f"p95 of {len(times)} questions"
    return [
        Measurement("query embedding alone", embedding * 1000, "ms", detail=of),
        Measurement("understanding and retrieval, warm", retrieval * 1000, "ms", detail=of),
        Measurement(
            "dense search of a plain chain",
            dense * 1000,
            "ms",
            detail=f"{of}; {plain}, float32, k={NEIGHBOURS}",
        ),
        Measurement(
            "complete list or record, no model",
            answered * 1000,
            "ms",
            detail=f"p95 of {len(answers)} questions",
        ),
        Measurement("retrieval / query embedding", retrieval / embedding, target="≤ 3", detail="p95 / p95"),
        Measurement(
            "complete list or record / retrieval", answered / retrieval, target="≤ 2", detail="p95 / p95"
        ),
        Measurement(
            "hybrid retrieval / plain dense search",
            retrieval / dense,
            target="≤ 1.0",
            detail=f"p95 / p95; {plain}",
        ),
    ]


def p95(values: Sequence[float]) -> float:
    """The 95th percentile, interpolated."""
    return float(np.percentile(values, 95))


def seconds(act: Callable[[], object]) -> float:
    """How long `act` takes."""
    started = time.perf_counter()
    act()
    return time.perf_counter() - started
