"""Fine-tunes the embedding model to the collection without labels; kept only if it finds more.

Knows: the steps and their order: pairs from most papers, training, a check on papers held out, and
putting the new model in place. It starts from the base model every time, never from an adapted one.
Does not know: how pairs are made (`embedding.pairs`), how a step is taken
(`embedding.contrastive`), or how an index is built: an ingest must follow, as the model's
fingerprint has changed.

    embedder/              the adapted model; adapted.json, written last, marks it as whole
    adapting/              a run that has not ended: its checkpoint and the base model's vectors
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from threading import Event
from typing import TYPE_CHECKING

import numpy as np

from rag_app import files
from rag_app.embedding.contrastive import Checkpoint, train
from rag_app.embedding.embedder import Embedder, Matrix, SentenceEmbedder, VectorCache, fingerprint
from rag_app.embedding.pairs import Glosses, Text, by_glosses, by_title, mine_glosses, schedule, texts_of
from rag_app.errors import CollectionError, RagError
from rag_app.home import Home
from rag_app.machine import cores
from rag_app.progress import Progress, Stage, silent
from rag_app.records import Paper
from rag_app.settings import Settings
from rag_app.weights import choice, store

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

LEAST_PAPERS = 100
# Of 5,487 papers 225 steps bring recall@10 of the held-out ones from .51 to .78, and their reciprocal rank
# from .38 to .59; half as many bring .73 and .54.
MOST_STEPS = 225
STEPS_A_PAPER = 0.09  # of one pass over the pairs, where digests are Korean
# Seconds of one core for a model of 12 layers and 384 dimensions, on a processor that multiplies bfloat16.
STEP_SECONDS, PAPER_SECONDS, SECTION_SECONDS = 2.4, 0.01, 0.035
SECTIONS_A_PAPER = 2.5
HELD_SHARE, HELD_LEAST, HELD_MOST = 0.1, 25, 250  # papers that are only searched for
OTHERS = 2_000  # sections among which they are searched, beside their own
CUT = 10  # ranks that count as found


@dataclass(frozen=True, slots=True)
class AdaptResult:
    """What one adaptation did; `before` and `after` are recall@10 on the papers held out."""

    pairs: int
    steps: int
    before: float
    after: float
    kept: bool
    seconds: float  # of this run; a run before it that was stopped is not counted


@dataclass(frozen=True, slots=True, order=True)
class Score:
    """How well held-out papers are found; more recall is better, and with equal recall a better rank."""

    recall: float  # share of queries with their paper in the first `CUT`
    mrr: float  # mean reciprocal rank of the paper


def adapt(
    settings: Settings,
    papers: Sequence[Paper],
    *,
    seed: int = 0,
    steps: int | None = None,
    progress: Progress | None = None,
    stop: Event | None = None,
) -> AdaptResult:
    """Adapt the embedder to the collection's `papers`; `steps` None is one pass, at most
    `MOST_STEPS`.

    Takes up a run of the same seed, papers and base model where it ended. Raises CollectionError
    (too few papers, an adaptation already running), WeightsError, and RagError when `stop` is set
    or the disk is full; the embedder before then stays.
    """
    started = time.perf_counter()
    stop = stop or Event()
    say = _stoppable(progress or silent, stop)
    work = Home(settings.home).adapting
    with _only_one(settings.home):
        say(Stage.READING_PAPERS, 0, 0)
        base, base_fingerprint = _base(settings)
        learnt, held = _split(_texts(papers), seed)
        glosses = mine_glosses(learnt)
        batches = schedule(learnt, glosses, seed, steps=steps, most=MOST_STEPS)
        check = Check.of(held, learnt, glosses, seed)

        before = check.score(
            SentenceEmbedder(base, base_fingerprint, threads=settings.threads), work / "vectors", say
        )
        model = _open(base, settings.threads)
        run = {"seed": seed, "steps": len(batches), "batches": _hash(batches), "base": base_fingerprint}
        checkpoint = Checkpoint(work / "checkpoint.safetensors", run)
        train(
            model,
            batches,
            checkpoint=checkpoint,
            stop=stop,
            progress=lambda i, n: say(Stage.TRAINING, i, n),
        )
        draft = _draft(model, work / "embedder")
        after = check.score(
            SentenceEmbedder(draft, _hash(run), threads=settings.threads), work / "vectors", say
        )

        pairs = sum(map(len, batches))
        kept = after > before
        if kept:
            notes = run | {"pairs": pairs, "before": asdict(before), "after": asdict(after)}
            _install(draft, Home(settings.home).embedder, notes)
        shutil.rmtree(work, ignore_errors=True)
    return AdaptResult(pairs, len(batches), before.recall, after.recall, kept, time.perf_counter() - started)


def expected_seconds(papers: int, cores: int) -> float:
    """How long adapting to so many papers takes about, the index that follows included."""
    steps = min(STEPS_A_PAPER * papers, MOST_STEPS)
    searched = min(SECTIONS_A_PAPER * papers, SECTIONS_A_PAPER * HELD_MOST + OTHERS)
    embedded = 2 * searched + SECTIONS_A_PAPER * papers  # before and after, then all of them
    return (STEP_SECONDS * steps + PAPER_SECONDS * papers + SECTION_SECONDS * embedded) / max(cores, 1)


def _base(settings: Settings) -> tuple[Path, str]:
    """Folder and fingerprint of the model to start from, verified."""
    hashes = store.file_hashes(settings)
    folder = choice.choose_embedder(settings)
    store.verify_folder(folder, hashes)
    return folder, fingerprint(folder, hashes)


def _texts(papers: Sequence[Paper]) -> list[Text]:
    texts = texts_of(papers)
    if len(texts) < LEAST_PAPERS:
        raise CollectionError(
            f"{len(texts)} papers with text are too few to adapt the embedder to",
            f"ingest at least {LEAST_PAPERS}; search works without it",
        )
    return texts


def _split(texts: Sequence[Text], seed: int) -> tuple[list[Text], list[Text]]:
    """Papers to learn from, and papers to search for."""
    count = min(HELD_MOST, max(HELD_LEAST, round(HELD_SHARE * len(texts))))
    shuffled = Random(seed).sample(texts, len(texts))  # noqa: S311 - repeatable, not secret
    return shuffled[count:], shuffled[:count]


def _open(folder: Path, threads: int) -> SentenceTransformer:
    """The model in full precision, as bfloat16 would round small steps away, on the GPU where there
    is one.

    A `SentenceEmbedder` was opened before, which cut the libraries off from the hub and silenced them.
    """
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(threads or cores())
    return SentenceTransformer(str(folder), local_files_only=True, model_kwargs={"dtype": torch.float32})


def _hash(value: object) -> str:
    """SHA-256 of what prints in full: batches, a run."""
    return hashlib.sha256(repr(value).encode("utf-8", "surrogatepass")).hexdigest()


# --- the check ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Check:
    """Queries made of papers held out, and the sections of those and of other papers to search."""

    queries: tuple[str, ...]
    gold: tuple[int, ...]  # for each query the row of its paper in `papers`
    papers: tuple[Text, ...]

    @classmethod
    def of(cls, held: Sequence[Text], learnt: Sequence[Text], glosses: Glosses, seed: int) -> Check:
        """Each held-out paper asked for by its topic and, in a Korean collection, by English words
        for a sentence.
        """
        random = Random(seed)  # noqa: S311 - repeatable, not secret
        made = [
            (row, m(text, glosses, random)) for row, text in enumerate(held) for m in (by_title, by_glosses)
        ]
        asked = [(row, pair[0]) for row, pair in made if pair]
        papers, sections = list(held), 0
        for text in learnt:
            if sections >= OTHERS:
                break
            papers.append(text)
            sections += len(text.sections)
        return cls(tuple(query for _, query in asked), tuple(row for row, _ in asked), tuple(papers))

    def score(self, embedder: Embedder, cache: Path, say: Progress) -> Score:
        """Recall and reciprocal rank of the papers, each as good as its best section."""
        sections = [section for text in self.papers for section in text.sections]
        vectors = VectorCache(cache).embed(sections, embedder, lambda i, n: say(Stage.CHECKING, i, n))
        queries: Matrix = np.stack([embedder.query(query) for query in self.queries])
        starts = np.cumsum([0, *(len(text.sections) for text in self.papers[:-1])])
        scores = np.maximum.reduceat(queries @ vectors.T, starts, axis=1)
        own = scores[np.arange(len(self.gold)), list(self.gold)]
        ranks = 1 + (scores > own[:, None]).sum(axis=1)
        return Score(recall=float((ranks <= CUT).mean()), mrr=float((1 / ranks).mean()))


# --- on disk ------------------------------------------------------------------------------------


def _draft(model: SentenceTransformer, folder: Path) -> Path:
    """The model as a whole sentence-transformers folder, flushed to the disk."""
    shutil.rmtree(folder, ignore_errors=True)
    model.save(str(folder), create_model_card=False)
    for path in filter(Path.is_file, folder.rglob("*")):
        files.flush(path)
    return folder


def _install(draft: Path, target: Path, notes: dict[str, object]) -> None:
    """Put the draft in the place of `target`; a kill in between leaves one of the two, or the base model."""
    text = json.dumps(notes | {"date": datetime.now(UTC).isoformat(timespec="seconds")}, indent=1)
    (draft / "adapted.json").write_text(text, encoding="utf-8")
    files.flush(draft / "adapted.json")
    if target.exists():
        shutil.rmtree(draft.with_name("replaced"), ignore_errors=True)
        target.rename(draft.with_name("replaced"))
    draft.rename(target)


@contextmanager
def _only_one(home: Path) -> Iterator[None]:
    """One adaptation at a time; what the disk refuses becomes an error for the user."""
    from filelock import FileLock, Timeout
    from safetensors import SafetensorError

    try:
        files.private_folder(home)
        with FileLock(Home(home).adapting_lock, timeout=0):
            yield
    except Timeout:
        raise CollectionError(
            f"the embedder of {home} is being adapted already", "wait until that has ended"
        ) from None
    except (OSError, SafetensorError) as error:
        hint = "check its permissions and the free disk space; the embedder is unchanged"
        raise RagError(f"the adapted embedder cannot be stored in {home}: {error}", hint) from error


def _stoppable(progress: Progress, stop: Event) -> Progress:
    def say(stage: str, done: int, total: int) -> None:
        if stop.is_set():
            where = f" at step {done} of {total}" if stage is Stage.TRAINING else ""
            raise RagError(f"adapting was stopped{where}; the embedder is unchanged", "run it again to go on")
        progress(stage, done, total)

    return say
