"""The two stories: `ingest` (digests -> a new index) and `ask` (question -> a checked answer).

Knows: the order of the stages.
Does not know: how any stage works.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Generator as Yields
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rag_app import __version__
from rag_app.answer import templates, verification
from rag_app.answer.routes import ROUTES, Route
from rag_app.answer.selection import Selection
from rag_app.answer.templates import Composed
from rag_app.collection import publish
from rag_app.collection.bm25 import DOCUMENTS, TRANSLATIONS
from rag_app.collection.chunking import chunk
from rag_app.collection.library import (
    LEXICAL,
    Library,
    open_library,
    write_dictionaries,
    write_map,
    write_words,
)
from rag_app.collection.lock import ingest_lock
from rag_app.collection.pairs import PAIRS
from rag_app.collection.paper_map import MAP
from rag_app.collection.snapshot import Manifest, open_current
from rag_app.collection.word_vectors import WORDS
from rag_app.embedding.embedder import VectorCache, embedder_fingerprint, is_adapted, load_embedder
from rag_app.errors import CollectionError, EngineError, QuestionError
from rag_app.files import as_stored
from rag_app.home import Home
from rag_app.llm.protocol import Generator, Loading, ready
from rag_app.progress import Progress, Stage, silent
from rag_app.records import (
    Answer,
    Done,
    Draft,
    Event,
    Filters,
    Found,
    Paper,
    Query,
    Turn,
    Understood,
    Usage,
)
from rag_app.search import translation
from rag_app.search.recognition import recogniser
from rag_app.search.rerank import judge
from rag_app.search.retrieval import RANKED, retrieve
from rag_app.search.understanding import understand
from rag_app.settings import Settings
from rag_app.text import terms

if TYPE_CHECKING:
    from rag_app.collection.digests import Report
    from rag_app.collection.file_stamps import FileStamps

__all__ = [
    "IngestResult",
    "Library",
    "accepted",
    "answer",
    "ask",
    "ingest",
    "open_library",
    "turn",
    "understood",
]

LONGEST_QUESTION = 4_000  # characters
# What an index of an older version may lack.
LATEST_PARTS = (MAP, PAIRS, WORDS, f"{LEXICAL}/{DOCUMENTS}", f"{LEXICAL}/{TRANSLATIONS}")


@dataclass(frozen=True, slots=True)
class IngestResult:
    """What one ingest did."""

    report: Report
    roots: tuple[Path, ...]
    chunks: int
    embedded: int  # chunks whose text had no vector yet
    unchanged: bool  # nothing was new; the current snapshot stays
    adapted: bool  # the embedding model is fitted to the collection
    seconds: float
    stamps: FileStamps = field(default_factory=dict)  # of the files, just before they were read


def ingest(
    settings: Settings,
    folders: Sequence[Path] = (),
    *,
    replace: bool = False,
    vectors: Path | None = None,
    progress: Progress | None = None,
) -> IngestResult:
    """Read the collection's roots and `folders`, and publish an index of them; `replace` forgets
    the roots before.

    Vectors of known texts come from the cache in `vectors`, by default that of RAG_HOME.

    Raises DigestError, WeightsError or CollectionError; the index before then stays.
    """
    # Asking does without these, which take a tenth of a second to import.
    from rag_app.collection import digests
    from rag_app.collection.file_stamps import stamps_of

    started = time.perf_counter()
    say = progress or silent
    with ingest_lock(settings.home):
        say(Stage.READING_DIGESTS, 0, 0)
        roots = _roots(settings, folders, replace)
        stamps = stamps_of(roots)
        given = {_stored(folder) for folder in folders}
        papers, report = digests.read(roots, known=[root for root in roots if root not in given])
        contents = _contents(papers, roots)
        current = _current(settings, contents)
        if current:
            publish.finish(settings.home, settings.chroma_url)
            seconds = time.perf_counter() - started
            return IngestResult(report, roots, current.chunks, 0, True, is_adapted(settings), seconds, stamps)
        notes = {**asdict(report), "contents": contents, "stamps": stamps}
        cache = VectorCache(vectors or Home(settings.home).vectors)
        chunks, fresh = _index(settings, papers, roots=roots, notes=notes, cache=cache, say=say)
    seconds = time.perf_counter() - started
    return IngestResult(report, roots, chunks, fresh, False, is_adapted(settings), seconds, stamps)


def _index(
    settings: Settings,
    papers: tuple[Paper, ...],
    *,
    roots: Sequence[Path],
    notes: dict[str, object],
    cache: VectorCache,
    say: Progress,
) -> tuple[int, int]:
    """Publish an index of `papers`, with `notes` in its manifest: (its chunks, those without a vector
    in the cache before).
    """
    say(Stage.LOADING_EMBEDDER, 0, 0)
    embedder = load_embedder(settings)
    last = publish.last_build(settings.home, embedder.fingerprint)
    chunks = [
        piece
        for paper in papers
        for piece in last.chunks_of(paper)
        or chunk(paper, count_tokens=embedder.count_tokens, max_tokens=embedder.max_tokens)
    ]
    texts = [piece.text for piece in chunks]
    fresh = cache.unseen(texts, embedder)
    matrix = cache.embed(texts, embedder, lambda done, total: say(Stage.EMBEDDING, done, total))

    def add_dictionaries_and_map(folder: Path) -> None:
        write_dictionaries(papers, folder, last.folder)
        write_words(folder, embedder, cache)
        say(Stage.MAP, 0, 0)
        write_map(chunks, matrix, [paper.arxiv_id for paper in papers], folder, last.folder)

    publish.build_and_publish(
        settings.home,
        papers=papers,
        chunks=chunks,
        vectors=matrix,
        roots=[str(root) for root in roots],
        fingerprint=embedder.fingerprint,
        report_json=notes,
        extra=add_dictionaries_and_map,
        chroma_url=settings.chroma_url,
        on_step=lambda stage: say(stage, 0, 0),
    ).close()
    return len(chunks), fresh


def ask(
    question: str,
    library: Library,
    model: Generator | Loading | None = None,
    *,
    conversation: Sequence[Turn] = (),
    filters: Filters = Filters(),
    stop: threading.Event | None = None,
) -> Iterator[Event]:
    """Answer `question` over `library`; yields Understood, Found (again where it is looked for in two
    languages), Working, Draft and Checked as they come, and Done last.

    Without a `model` the answer is made of the digests' own sentences; one that still loads is waited for
    when the evidence is found. Raises QuestionError, EngineError, or what the loading raised.
    """
    started = time.perf_counter()
    stop = stop or threading.Event()

    # 1. What is asked, and which papers and sentences may answer it.
    query = understood(question, library, conversation=conversation, filters=filters)
    yield Understood(query)
    evidence = retrieve(query, library)
    evidence_seconds = time.perf_counter() - started
    yield Found(evidence)

    # 2. The answer, by the stages of this kind of question.
    generator = ready(model)
    route = ROUTES[query.intent]
    if generator and translation.is_of_use(query, evidence, library):
        in_both = translation.searched_in_both(query, evidence, library, generator, stop)
        if in_both is not evidence:
            evidence = in_both
            yield Found(evidence)
    if generator and route.judged:
        evidence = judge(query, evidence, library, generator, stop)
    selection = Selection(query, evidence, library, generator, stop, tuple(conversation))
    composed, first_token = yield from _timed(route.steps(selection), started)

    # 3. All of it as one record.
    times = _Times(time.perf_counter() - started, evidence_seconds, first_token)
    yield Done(_answer(selection, route, composed, times))


def _timed(
    steps: Yields[Event, None, Composed], started: float
) -> Yields[Event, None, tuple[Composed, float | None]]:
    """The steps of an answer; what it came to, and how long after `started` its model wrote a first word."""
    first_token: float | None = None
    while True:
        try:
            event = next(steps)
        except StopIteration as end:
            return end.value, first_token
        # What code takes from a digest comes before the model's first word.
        if first_token is None and isinstance(event, Draft) and event.text:
            first_token = time.perf_counter() - started
        yield event


def understood(
    question: str, library: Library, *, conversation: Sequence[Turn] = (), filters: Filters = Filters()
) -> Query:
    """What `question` asks for, over the collection's own words and embedding model. Raises QuestionError."""
    return understand(accepted(question), library.dictionary, conversation, filters, recogniser(library))


@dataclass(frozen=True, slots=True)
class _Times:
    """Seconds from the question on."""

    whole: float
    evidence: float
    first_token: float | None  # None where the model wrote nothing


def _answer(selection: Selection, route: Route, composed: Composed, times: _Times) -> Answer:
    query, evidence, generator = selection.query, selection.evidence, selection.generator
    return Answer(
        text=composed.text,
        refused=composed.refused,
        intent=query.intent,
        language=query.language,
        citations=() if composed.refused else verification.cite(composed.hits, composed.sentences),
        sentences=composed.sentences,
        comparison=templates.comparison(composed.hits) if route.compared else {},
        borderline_papers=evidence.borderline,
        nearest=composed.nearest,
        ranked=tuple(hit.paper.arxiv_id for hit in evidence.hits[:RANKED]),
        scanned=evidence.scanned,
        matched=len(composed.hits) if route.counts_its_own else len(evidence.matched),
        borderline=len(evidence.borderline),
        seconds=times.whole,
        evidence_seconds=times.evidence,
        first_token_seconds=times.first_token,
        model=generator.model if generator else "",
        device=generator.device if generator else "",
        usage=generator.usage if generator and times.first_token is not None else Usage(),
        left_out=composed.left_out,
    )


def answer(
    question: str,
    library: Library,
    model: Generator | Loading | None = None,
    *,
    conversation: Sequence[Turn] = (),
    filters: Filters = Filters(),
) -> tuple[Answer, Turn]:
    """`ask` to its end: the answer, and the turn a next question may refer to."""
    query = done = None
    for event in ask(question, library, model, conversation=conversation, filters=filters):
        query = event.query if isinstance(event, Understood) else query
        done = event.answer if isinstance(event, Done) else done
    if query is None or done is None:
        raise EngineError("the answer did not come to an end", "ask again")
    return done, turn(query, done)


def turn(query: Query, done: Answer) -> Turn:
    """What a later question of the conversation may refer to."""
    papers = tuple(citation.arxiv_id for citation in done.citations) or query.papers or done.nearest[:1]
    return Turn(query.question, done.text, papers, query.filters, query.intent)


def accepted(question: str) -> str:
    """The question, if it can be one. Raises QuestionError."""
    # Half a surrogate pair becomes "?".
    text = " ".join(question.encode("utf-8", "replace").decode().split())
    if not text:
        raise QuestionError(
            "the question is empty", 'ask something, for example: rag-app ask "papers about robots"'
        )
    if len(text) > LONGEST_QUESTION:
        raise QuestionError(
            f"the question has {len(text):,} characters", f"ask with at most {LONGEST_QUESTION:,} characters"
        )
    return text


def _roots(settings: Settings, folders: Sequence[Path], replace: bool) -> tuple[Path, ...]:
    """The folders the collection is read from: those known, those given, and uploads; at first the
    default root.
    """
    known = () if replace else tuple(Path(root) for root in publish.known_roots(settings.home))
    given = tuple(map(_stored, folders))
    uploads = Home(settings.home).uploads
    chosen = (known + given) or (settings.digests,)
    return tuple(
        dict.fromkeys([*chosen, *([uploads] if uploads.is_dir() and any(uploads.iterdir()) else [])])
    )


def _stored(folder: Path) -> Path:
    """A folder that was given, as the index names it."""
    return as_stored(folder.expanduser().absolute()).resolve()


def _contents(papers: Sequence[Paper], roots: Sequence[Path]) -> str:
    """A hash of all that was read, and of what reads it: equal means that a new index would say the same."""
    read = (__version__, terms.analysis_version(), papers, [str(root) for root in roots])
    return hashlib.sha256(repr(read).encode()).hexdigest()


def _current(settings: Settings, contents: str) -> Manifest | None:
    """What the index says of itself, if it was made of these contents by the same embedding model
    and is whole.
    """
    try:
        with closing(open_current(settings.home)) as snapshot:
            manifest = snapshot.manifest
            same = manifest.report.get("contents") == contents and manifest.chroma_url == settings.chroma_url
            # Answers show neither a damaged store nor what an older version left out: they do without.
            lacks = not all((snapshot.folder / part).exists() for part in LATEST_PARTS)
            if not same or lacks or snapshot.store_damage():
                return None
    except CollectionError:
        return None
    return manifest if manifest.fingerprint == embedder_fingerprint(settings) else None
