"""Suite `ingest`: how fast digests become an index, beside a plain chain, and for one added day.

Knows: that a sample of the collection's chunks is embedded and indexed in both ways, one after the
other, in temporary folders; then the whole collection is ingested without cached vectors, and again
with a made-up day. The user's collection is only read.
Does not know: the steps of an ingest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from statistics import fmean, median
from tempfile import TemporaryDirectory

from rag_app import pipeline
from rag_app.bench.plain import DefaultEncoder, Encoder, PlainChain
from rag_app.bench.search import seconds
from rag_app.bench.table import Measurement
from rag_app.collection.library import write_dictionaries
from rag_app.collection.publish import build_and_publish
from rag_app.collection.snapshot import Snapshot, open_current
from rag_app.embedding.embedder import Embedder, embedder_folder, load_embedder
from rag_app.home import Home
from rag_app.progress import Progress
from rag_app.records import Chunk, Paper
from rag_app.settings import Settings
from rag_app.shipped import SHIPPED

SAMPLE, SAMPLE_QUICKLY = 1_000, 60  # chunks
ROUNDS = 3  # the median of which counts
FOUND_AMONG = 10  # chunks nearest to a title, among which those of its paper should be


@dataclass(frozen=True, slots=True)
class Sample:
    """Some papers of a collection with all their chunks."""

    papers: tuple[Paper, ...]
    chunks: tuple[Chunk, ...]

    @property
    def texts(self) -> list[str]:
        return [chunk.text for chunk in self.chunks]


@dataclass(frozen=True, slots=True)
class Built:
    """One way of indexing a sample: how long it took, and how well titles find their paper's chunks in it."""

    seconds: float
    recall: float


def run(settings: Settings, *, quick: bool, progress: Progress) -> list[Measurement]:
    """The rows of this suite. Raises CollectionError or WeightsError when there is nothing to
    measure with.
    """
    with closing(open_current(settings.home)) as snapshot:
        papers, roots = snapshot.papers.all(), [Path(root) for root in snapshot.manifest.roots]
        sample = sampled(snapshot, SAMPLE_QUICKLY if quick else SAMPLE)
    embedder, encoder = load_embedder(settings), DefaultEncoder(embedder_folder(settings))
    compared = against_plain(sample, embedder, encoder, rounds=1 if quick else ROUNDS, progress=progress)
    return compared + one_more_day(settings, [SHIPPED / "digests"] if quick else roots, papers, progress)


def sampled(snapshot: Snapshot, count: int) -> Sample:
    """Papers spread evenly over the collection, with about `count` chunks."""
    papers = snapshot.papers.all()[:: max(1, len(snapshot.chunks) // count)]
    ids = {paper.arxiv_id for paper in papers}
    return Sample(papers, tuple(chunk for chunk in snapshot.chunks if chunk.arxiv_id in ids))


# --- beside the plain chain -----------------------------------------------------------------------


def against_plain(
    sample: Sample, embedder: Embedder, encoder: Encoder, *, rounds: int, progress: Progress
) -> list[Measurement]:
    """The sample embedded and indexed by rag-app and by the plain chain, in turns."""
    ours, plain, name = [], [], ""
    for number in range(rounds):
        with TemporaryDirectory() as folder:
            progress("ingesting a sample", 2 * number, 2 * rounds)
            ours.append(by_rag_app(sample, embedder, Path(folder) / "home"))
            progress("ingesting a sample", 2 * number + 1, 2 * rounds)
            with closing(PlainChain(encoder, Path(folder) / "plain")) as chain:
                plain.append(by_plain_chain(sample, chain))
                name = chain.name
    progress("ingesting a sample", 2 * rounds, 2 * rounds)
    return compared(len(sample.chunks), ours, plain, name)


def by_rag_app(sample: Sample, embedder: Embedder, home: Path) -> Built:
    """Embed the chunks and publish a whole snapshot of them: store, lexical index, names, checks."""

    def ingest() -> Snapshot:
        return build_and_publish(
            home,
            papers=sample.papers,
            chunks=sample.chunks,
            vectors=embedder.passages(sample.texts),
            roots=["bench"],
            fingerprint=embedder.fingerprint,
            report_json={},
            extra=lambda folder: write_dictionaries(sample.papers, folder),
        )

    home.mkdir()
    taken = seconds(lambda: ingest().close())
    with closing(open_current(home)) as snapshot:

        def nearest(title: str) -> list[str]:
            found = snapshot.nearest(embedder.query(title), FOUND_AMONG)
            return [snapshot.chunks[row].id for row, _ in found]

        return Built(taken, recall(sample, nearest))


def by_plain_chain(sample: Sample, chain: PlainChain) -> Built:
    """Embed the chunks and store them, which is all that a plain chain does."""
    taken = seconds(lambda: chain.add(sample.texts, [chunk.id for chunk in sample.chunks]))
    return Built(taken, recall(sample, lambda title: chain.search(title, FOUND_AMONG)))


def recall(sample: Sample, nearest: Callable[[str], Sequence[str]]) -> float:
    """The mean share of a paper's chunks (at most FOUND_AMONG) that are among those nearest to its title."""
    shares = []
    for paper in sample.papers:
        own = {chunk.id for chunk in sample.chunks if chunk.arxiv_id == paper.arxiv_id}
        shares.append(len(own & set(nearest(paper.title))) / min(len(own), FOUND_AMONG))
    return fmean(shares)


def compared(chunks: int, ours: Sequence[Built], plain: Sequence[Built], name: str) -> list[Measurement]:
    """Chunks a second of both ways, and the ratios that have a target."""
    speed, plain_speed = (chunks / median(built.seconds for built in way) for way in (ours, plain))
    found, plain_found = (fmean(built.recall for built in way) for way in (ours, plain))
    of = f"{chunks} chunks, median of {len(ours)}"
    return [
        Measurement("ingest, embedding and whole index", speed, "chunks/s", detail=of),
        Measurement(
            "ingest of a plain chain",
            plain_speed,
            "chunks/s",
            detail=f"{of}; sentence-transformers float32, {name}",
        ),
        Measurement("ingest / plain chain", speed / plain_speed, target="≥ 2.0", detail="chunks/s"),
        Measurement(
            f"recall@{FOUND_AMONG} of title → sections / plain chain",
            found / plain_found,
            target="≥ .99",
            detail=f"{found:.3f} / {plain_found:.3f}",
        ),
    ]


# --- one more day ---------------------------------------------------------------------------------


def one_more_day(
    settings: Settings, roots: Sequence[Path], papers: Sequence[Paper], progress: Progress
) -> list[Measurement]:
    """A full ingest of `roots` without cached vectors, and the ingest after one day of new papers came."""
    with TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        home.mkdir()
        if Home(settings.home).embedder.is_dir():
            Home(home).embedder.symlink_to(Home(settings.home).embedder)
        own = replace(settings, home=home, chroma_url="")
        full = pipeline.ingest(own, roots, progress=progress)
        write_day(papers, Path(folder) / "day")
        again = pipeline.ingest(own, [Path(folder) / "day"], progress=progress)
    detail = f"{full.seconds:.1f} s for {full.embedded:,} chunks, {again.seconds:.1f} s for {again.embedded:,} new ones"
    return [
        Measurement(
            "ingest of one new day / full ingest", again.seconds / full.seconds, target="≤ .05", detail=detail
        )
    ]


def write_day(papers: Sequence[Paper], folder: Path) -> None:
    """A digest file of a day after the last, as long as most: the texts of some papers under the
    titles of others.
    """
    days = sorted({day for paper in papers for day in paper.dates}) or ["2024-11-25"]
    size = max(1, round(len(papers) / len(days)))
    step = max(1, len(papers) // size)
    texts = papers[::step][:size]
    titles = papers[step // 2 :: step]
    day = date.fromisoformat(days[-1]) + timedelta(days=1)
    folder.mkdir()
    (folder / f"{day.isoformat()}.md").write_text(
        "\n\n".join([f"## Daily Papers ({day})", *map(_entry, range(size), titles, texts)]), encoding="utf-8"
    )


def _entry(number: int, title: Paper, text: Paper) -> str:
    sections = "\n".join(f"- **{section.name}**: {section.text}" for section in text.sections)
    authors = f"Authors: {', '.join(text.authors)}\n\n" if text.authors else ""
    heading = f"### [{title.title}, again](https://arxiv.org/abs/2999.{number:05d})"
    return f"{heading}\n\nVote: {number}\n\n{authors}{sections}"
