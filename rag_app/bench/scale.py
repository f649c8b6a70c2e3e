"""Suite `scale`: what size costs, measured on made-up collections of growing size.

Knows: that vectors come from no model, so that the index is measured and not the embedder, and that
each step runs in a process of its own, which tells its peak memory. Nothing is kept.
Does not know: the steps of a build.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from rag_app.bench import questions, synthetic
from rag_app.bench.search import p95, seconds
from rag_app.bench.table import Measurement
from rag_app.collection.bm25 import LexicalIndex
from rag_app.collection.chunking import chunk
from rag_app.collection.library import LEXICAL, NAMES, Library, write_dictionaries
from rag_app.collection.name_book import NameBook
from rag_app.collection.publish import build_and_publish
from rag_app.collection.snapshot import open_current
from rag_app.collection.word_vectors import WordVectors
from rag_app.errors import RagError
from rag_app.progress import Progress
from rag_app.records import Evidence
from rag_app.search.retrieval import retrieve
from rag_app.search.understanding import understand
from rag_app.settings import Settings
from rag_app.shipped import SHIPPED

SIZES, SIZES_QUICK = (5_487, 20_000, 50_000), (30, 90)  # papers
ASKED, WARMING = 45, 9  # questions
LINEAR = "≤ 1.1"  # a cost for each paper that stays the same, but for noise


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds and bytes at the peak of one step, `build` or `search`."""

    seconds: float
    memory: int


def run(settings: Settings, *, quick: bool, progress: Progress) -> list[Measurement]:
    """The rows of this suite. Raises RagError when a step fails, for lack of memory or disk."""
    sizes = SIZES_QUICK if quick else SIZES
    built, searched = [], []
    for done, size in enumerate(sizes):
        with TemporaryDirectory() as home:
            progress(f"{size:,} papers, building", done, len(sizes))
            built.append(_in_a_process("build", size, Path(home)))
            progress(f"{size:,} papers, searching", done, len(sizes))
            searched.append(_in_a_process("search", size, Path(home)))
    return rows(sizes, built, searched)


def rows(sizes: Sequence[int], built: Sequence[Cost], searched: Sequence[Cost]) -> list[Measurement]:
    """The costs of each size, and how much dearer a paper is in the largest collection than in the
    smallest.
    """
    costs = [row for each in zip(sizes, built, searched, strict=True) for row in _costs(*each)]
    grown: dict[str, list[float]] = {
        "build time": [cost.seconds for cost in built],
        "build memory": [cost.memory for cost in built],
        "retrieval p95": [cost.seconds for cost in searched],
        "memory of searching": [cost.memory for cost in searched],
    }
    return [*costs, *(growth(name, sizes, each) for name, each in grown.items())]


def _costs(size: int, built: Cost, searched: Cost) -> list[Measurement]:
    return [
        Measurement(
            f"build, {size:,} papers",
            built.seconds,
            "s",
            detail="without embedding; store, lexical index, checks",
        ),
        Measurement(f"build, {size:,} papers, peak memory", built.memory / 1e6, "MB"),
        Measurement(
            f"retrieval, {size:,} papers", searched.seconds * 1000, "ms", detail=f"p95 of {ASKED} questions"
        ),
        Measurement(
            f"searching, {size:,} papers, peak memory", searched.memory / 1e6, "MB", detail="without models"
        ),
    ]


def growth(name: str, sizes: Sequence[int], costs: Sequence[float]) -> Measurement:
    """The growth of a cost over the growth of the collection: 1 is linear, more is worse."""
    ratio = (costs[-1] / costs[0]) / (sizes[-1] / sizes[0])
    detail = f"{sizes[0]:,} → {sizes[-1]:,} papers"
    return Measurement(f"{name}, growth / growth of the collection", ratio, target=LINEAR, detail=detail)


# --- the steps, each run in a process of its own --------------------------------------------------


def build(size: int, home: Path) -> float:
    """Seconds that publishing a made-up collection takes."""
    papers, embedder = synthetic.papers(size), synthetic.RandomEmbedder()
    chunks = [
        piece
        for paper in papers
        for piece in chunk(paper, count_tokens=embedder.count_tokens, max_tokens=embedder.max_tokens)
    ]
    vectors = embedder.passages([piece.text for piece in chunks])
    return seconds(
        lambda: build_and_publish(
            home,
            papers=papers,
            chunks=chunks,
            vectors=vectors,
            roots=["made up"],
            fingerprint=embedder.fingerprint,
            report_json={},
            extra=lambda folder: write_dictionaries(tuple(papers), folder),
        ).close()
    )


def search(size: int, home: Path) -> float:
    """p95 of understanding and retrieval over the collection that `build` left, in seconds."""
    with closing(open_current(home)) as snapshot:
        lexical = LexicalIndex(snapshot.folder / LEXICAL)
        book = NameBook.load(snapshot.folder / NAMES)
        embedder = synthetic.RandomEmbedder()
        words = WordVectors(snapshot.folder, embedder.query)
        library = Library(Settings(home=home), snapshot, lexical, book, embedder, words)
        asked = questions.about(snapshot.papers.all(), WARMING + min(size, ASKED))
        times = [seconds(partial(_retrieved, question, library)) for question in asked]
        return p95(times[WARMING:])


def _retrieved(question: str, library: Library) -> Evidence:
    return retrieve(understand(question, library.dictionary), library)


def _in_a_process(step: str, size: int, home: Path) -> Cost:
    command = [sys.executable, "-m", "rag_app.bench.scale", step, str(size), str(home)]
    done = subprocess.run(command, cwd=SHIPPED, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        message = f"the {step} of {size:,} papers ended with code {done.returncode}: {last}"
        raise RagError(message, "free memory or disk space, or run another suite")
    return Cost(**json.loads(done.stdout.splitlines()[-1]))


def _peak() -> int:
    """Bytes, of this process and the largest that it started, which live at the same time."""
    import resource  # which Windows lacks

    unit = 1 if sys.platform == "darwin" else 1024
    return unit * sum(
        resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )


if __name__ == "__main__":
    _step, _size, _home = sys.argv[1:]
    _taken = {"build": build, "search": search}[_step](int(_size), Path(_home))
    print(json.dumps(asdict(Cost(_taken, _peak()))))
