"""Suite `readers`: the order "for you" beside the newest and the most voted, on simulated readers.

Knows: a reader is an author's or a topic's papers: earlier ones are kept, as many others of that time
are dismissed, and the later ones are what this reader would want among all later papers. Every other
reader, by a hash of the name, is only for fitting; the rest are reported.
Does not know: how an order is learned (`daily.for_you`).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rag_app.answer import trends
from rag_app.bench.table import Measurement
from rag_app.collection.library import Library, open_library
from rag_app.daily import for_you
from rag_app.errors import CollectionError
from rag_app.progress import Progress
from rag_app.records import Filters
from rag_app.settings import Settings

LEAST, MOST = 20, 150  # papers of a reader
JUDGED = 8  # papers kept, and as many dismissed
FIRST = 10  # papers that are looked at: recall@10
QUICK = 12  # readers of a quick run

Order = Callable[["SimulatedReader", Library], Sequence[str]]


@dataclass(frozen=True, slots=True)
class SimulatedReader:
    """What a reader kept and dismissed, the papers that came later, and those of them that are wanted."""

    name: str
    kept: tuple[str, ...]
    dismissed: tuple[str, ...]
    later: tuple[str, ...]  # in the collection's order, oldest first
    wanted: frozenset[str]

    @property
    def held_out(self) -> bool:
        return hashlib.sha256(self.name.encode()).digest()[-1] % 2 == 1


def run(settings: Settings, *, quick: bool, progress: Progress) -> list[Measurement]:
    """The rows of this suite. Raises CollectionError where no author and no topic has enough papers."""
    progress("opening the collection", 0, 0)
    library = open_library(settings)
    readers = [reader for reader in simulated(library) if reader.held_out][: QUICK if quick else None]
    if not readers:
        raise CollectionError(f"no author or topic has {LEAST} papers", "measure on a larger collection")
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for done, reader in enumerate(readers, start=1):
        for name, order in ORDERS.items():
            found[name, reader.name.split()[0]].append(recall(order(reader, library), reader))
        progress("simulated readers", done, len(readers))
    return [
        Measurement(
            f"recall@{FIRST}, {name}, readers of one {kind}",
            float(np.mean(values)),
            detail=f"mean of {len(values)} held-out readers, {JUDGED} papers kept and {JUDGED} dismissed",
        )
        for (name, kind), values in sorted(found.items(), key=lambda item: (item[0][1], item[0][0]))
    ]


def recall(order: Sequence[str], reader: SimulatedReader) -> float:
    """The share of wanted papers among the first ten, of as many as ten could hold."""
    return len(reader.wanted.intersection(order[:FIRST])) / min(FIRST, len(reader.wanted))


def simulated(library: Library) -> Iterator[SimulatedReader]:
    """A reader for each topic of two words and each author with enough papers."""
    table = library.snapshot.papers
    ids = list(library.lexical.papers)
    by_phrase: dict[str, list[str]] = defaultdict(list)
    for paper in table.many(ids):
        for phrase in trends.phrases_of(paper):
            by_phrase[phrase].append(paper.arxiv_id)
    for phrase, found in sorted(by_phrase.items()):
        if " " in phrase and LEAST <= len(found) <= MOST:
            yield _reader(f"topic {phrase}", found, ids)
    for author, count in table.authors(Filters()):
        if LEAST <= count <= MOST:
            yield _reader(f"author {author}", table.ids_of_author(author), ids)


def _reader(name: str, papers: Sequence[str], ids: Sequence[str]) -> SimulatedReader:
    """The reader of these papers, half of which have appeared; `ids` are all, by day."""
    chance = np.random.default_rng(int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big"))
    own = set(papers)
    in_order = [paper for paper in ids if paper in own]
    before, after = in_order[: len(in_order) // 2], in_order[len(in_order) // 2 :]
    now = ids.index(before[-1]) + 1
    others = [paper for paper in ids[:now] if paper not in own]
    kept = chance.choice(before, min(JUDGED, len(before)), replace=False)
    dismissed = chance.choice(others, min(JUDGED, len(others)), replace=False)
    return SimulatedReader(name, tuple(kept), tuple(dismissed), tuple(ids[now:]), frozenset(after))


def _for_you(reader: SimulatedReader, library: Library) -> Sequence[str]:
    return [one.arxiv_id for one in for_you.rank(reader.later, reader.kept, reader.dismissed, library)]


def _newest(reader: SimulatedReader, library: Library) -> Sequence[str]:
    return reader.later[::-1]


def _most_voted(reader: SimulatedReader, library: Library) -> Sequence[str]:
    papers = library.snapshot.papers.many(reader.later)
    votes = [-1 if paper.votes is None else paper.votes for paper in papers]
    return [reader.later[place] for place in np.argsort(-np.array(votes), kind="stable")]


ORDERS: dict[str, Order] = {"for you": _for_you, "newest first": _newest, "most votes first": _most_voted}
