"""Suite `daily`: how long the brief of the newest day, an order for the reader, a check of follows, the map
and the page take.

Knows: that what is followed are the collection's own topics and authors. Does not know: how any of it
is made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from rag_app.answer import trends
from rag_app.bench import daily_page
from rag_app.bench.search import seconds
from rag_app.bench.table import Measurement
from rag_app.collection import paper_map
from rag_app.collection.library import Library, open_library
from rag_app.daily import following, for_you, period
from rag_app.daily.brief import brief, papers_of
from rag_app.daily.topics import map_topics
from rag_app.history.follows import Follow, FollowKind
from rag_app.history.store import History
from rag_app.progress import Progress
from rag_app.records import Filters
from rag_app.settings import Settings

TOPICS, QUESTIONS, AUTHORS = 25, 10, 15  # that are followed, 50 in all
TIMES = 5  # of each, of which the median is told


def run(settings: Settings, *, quick: bool, progress: Progress) -> list[Measurement]:
    """The rows of this suite. Raises CollectionError where there is no collection."""
    progress("opening the collection", 0, 0)
    library = open_library(settings)
    papers = f"{library.snapshot.manifest.papers:,} papers"
    library.snapshot.papers.all()
    mapping = seconds(lambda: map_topics(library))
    topics = map_topics(library)
    newest = period.newest_day(library.snapshot.papers)
    ids = [paper.arxiv_id for paper in library.snapshot.papers.all()]
    rows = [
        Measurement("topics of the collection", mapping, "s", detail=f"{papers}; once for each index"),
        Measurement(
            "brief of the newest day",
            _median(lambda: brief(papers_of(newest, library), newest, library, topics), quick),
            "s",
            detail=papers,
        ),
        Measurement(
            "order for you of all papers",
            _median(lambda: for_you.rank(ids, ids[:8], ids[8:16], library), quick),
            "s",
            detail=papers,
        ),
    ]
    with TemporaryDirectory() as folder, closing(History(Path(folder) / "history.sqlite3")) as history:
        follows = _follow(history, library)
        progress("embedding what is followed", 0, 0)
        following.check(follows, library, ids, history)
        # Counts of phrases are remembered; the first check after an ingest has none.
        fresh = [_reopened(library) for _ in range(TIMES)]
        first = _median(lambda: following.check(follows, fresh.pop(), ids, history), quick)
        again = _median(lambda: following.check(follows, library, ids, history), quick)
    detail = f"{len(follows)} follows over {papers}"
    rows += [
        Measurement("check of follows, first after an ingest", first, "s", "≤ 1.0", detail),
        Measurement("check of follows, again", again, "s", "≤ 1.0", detail),
    ]
    progress("laying out the map", 0, 0)
    laid_out = seconds(lambda: paper_map.made(library.paper_vectors, library.lexical.papers, {}))
    rows.append(Measurement("map laid out anew, part of a full ingest", laid_out, "s", detail=papers))
    progress("opening the page", 0, 0)
    with_map, times = library.paper_map is not None, 1 if quick else TIMES
    return [*rows, *daily_page.measured(settings, papers, with_map=with_map, times=times)]


def _follow(history: History, library: Library) -> list[Follow]:
    """The most frequent topics, also as questions, and the authors with most papers."""
    table = library.snapshot.papers
    counts = Counter(phrase for paper in table.all() for phrase in trends.phrases_of(paper) if " " in phrase)
    phrases = [phrase for phrase, _ in counts.most_common(TOPICS + QUESTIONS)]
    for phrase in phrases[:TOPICS]:
        history.follow(FollowKind.TOPIC, phrase)
    for phrase in phrases[TOPICS:]:
        history.follow(FollowKind.QUESTION, f"Which papers are about {phrase}?")
    for author, _ in table.authors(Filters())[:AUTHORS]:
        history.follow(FollowKind.AUTHOR, author)
    return history.follows()


def _reopened(library: Library) -> Library:
    """The library as a new process has it once its texts are read."""
    fresh = replace(library)
    for part in ("places", "owners", "spellings"):
        getattr(fresh, part)
    return fresh


def _median(act: Callable[[], object], quick: bool) -> float:
    return sorted(seconds(act) for _ in range(1 if quick else TIMES))[0 if quick else TIMES // 2]
