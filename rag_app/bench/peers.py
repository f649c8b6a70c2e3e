"""Suite `peers`: new questions, answered by this application, by LangChain and by paper-qa.

Knows: how the peers are given the same model, embedding model, chunks and vectors; how many chunks
LangChain needs so that the right paper is in its prompt as often as in ours; and that all are asked
alternately, each question once.
Does not know: how any of them answers (`bench.peer_*`).

`make bench-peers` makes the environment that it needs.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from itertools import dropwhile
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np

from rag_app.answer import prompting
from rag_app.bench import peers_environment
from rag_app.bench.peer import Peer, Reply
from rag_app.bench.plain import DefaultEncoder, PlainChain
from rag_app.bench.table import Measurement
from rag_app.collection.library import Library, open_library
from rag_app.embedding.embedder import embedder_folder
from rag_app.errors import RagError
from rag_app.machine import cores
from rag_app.progress import Progress
from rag_app.records import Intent, Paper
from rag_app.search.understanding import understand
from rag_app.settings import Settings
from rag_app.text.cleaning import clean_line
from rag_app.weights import choice

TUNING, TUNING_QUICKLY = 60, 8  # questions on which the number of chunks is chosen
TIMED, TIMED_QUICKLY = 12, 2  # questions answered by ourselves and LangChain
WHOLE, WHOLE_QUICKLY = 3, 1  # questions answered by ourselves and paper-qa: minutes each
MOST_CHUNKS = 20  # that LangChain is given at most
DOCUMENTED_CHUNKS = 4  # LangChain's own default
CONTEXT = 4_096  # tokens
SUBTITLE_WORDS = 5  # of the end of a title that describe its paper
PATIENCE = 120.0  # seconds for a server to load its model


@dataclass(frozen=True, slots=True)
class Asked:
    """A question made of a paper's title, and that paper."""

    question: str
    gold: str  # arXiv id


@dataclass(frozen=True, slots=True)
class Bench:
    """What all peers are given."""

    library: Library
    python: Path  # of the peers' environment
    folder: Path  # temporary; RAG_HOME of the peers
    model: Path
    embedder: Path

    @property
    def owners(self) -> dict[str, str]:
        """Chunk id -> arXiv id."""
        return {chunk.id: chunk.arxiv_id for chunk in self.library.snapshot.chunks}


def run(settings: Settings, *, quick: bool, progress: Progress) -> list[Measurement]:
    """The rows of this suite. Raises RagError without the peers' environment, a collection or a model."""
    python = peers_environment.interpreter(settings.home)
    progress("opening the collection", 0, 0)
    library = open_library(settings)
    with TemporaryDirectory() as folder:
        home = linked(settings.home, Path(folder))
        bench = Bench(
            library, python, home, choice.choose_llm(settings, vram_bytes=0), embedder_folder(settings)
        )
        fill(bench)
        counts = (TUNING_QUICKLY, TIMED_QUICKLY, WHOLE_QUICKLY) if quick else (TUNING, TIMED, WHOLE)
        timed, whole, tuning = parts(questions(library, sum(counts)), counts)
        own = {"RAG_MODEL": str(bench.model), "RAG_MODELS": str(settings.models), "RAG_GPU_LAYERS": "0"}
        with Peer("peer_app", home=home, environment=own) as app:
            rows, k = beside_langchain(bench, app, tuning, timed, progress)
            return [*rows, *beside_paperqa(bench, app, whole, k, progress)]


def parts(
    asked: Sequence[Asked], counts: tuple[int, int, int]
) -> tuple[Sequence[Asked], Sequence[Asked], Sequence[Asked]]:
    """Questions to time, to have answered whole, and to tune on: none of them twice."""
    tuning, timed, whole = counts
    return asked[:timed], asked[timed : timed + whole], asked[timed + whole :][:tuning]


def questions(library: Library, count: int) -> list[Asked]:
    """`count` questions about one paper each, spread evenly over the collection: by name, and by
    what the end of the title says, in turns. Raises RagError when there are not enough.
    """
    papers = library.snapshot.papers.all()
    step = max(len(papers) // (4 * count), 1)
    asked: list[Asked] = []
    for paper in [paper for start in range(step) for paper in papers[start::step]]:
        question = _question(paper, named=len(asked) % 2 == 0)
        query = understand(question, library.dictionary) if question else None
        if query and query.intent is Intent.LOOKUP and not query.unknown:
            asked.append(Asked(question, paper.arxiv_id))
        if len(asked) == count:
            return asked
    raise RagError(f"{len(asked)} titles can be asked about, {count} are needed", "ingest a larger folder")


def _question(paper: Paper, *, named: bool) -> str:
    """A question that the paper answers; empty where its title does not lend itself to one."""
    name, _, subtitle = clean_line(paper.title).partition(":")
    words = subtitle.split()
    if len(words) <= SUBTITLE_WORDS or not re.fullmatch(r"[A-Za-z ,'-]+", subtitle):
        return ""
    # Without a preposition at its start.
    described = " ".join(dropwhile(str.islower, words[-SUBTITLE_WORDS:]))
    return f"What does {name} propose?" if named else f"Is there a method for {described}?"


def linked(home: Path, folder: Path) -> Path:
    """A home with the same index and embedding model, and no saved states of earlier answers."""
    for name in ("index", "embedder"):
        if (home / name).exists():
            (folder / name).symlink_to(home / name, target_is_directory=True)
    return folder


def fill(bench: Bench) -> None:
    """Put chunks and vectors where the peers read them: a Chroma folder, and a file of documents."""
    snapshot = bench.library.snapshot
    chunks = snapshot.chunks
    with closing(PlainChain(DefaultEncoder(bench.embedder), bench.folder / "store")) as plain:
        plain.store([chunk.text for chunk in chunks], [chunk.id for chunk in chunks], snapshot.vectors)
    documents, rows = [], []
    for paper in snapshot.papers.all():
        own = [row for row, chunk in enumerate(chunks) if chunk.arxiv_id == paper.arxiv_id]
        if own:
            citation = f"{clean_line(paper.title)}, {paper.date[:4]}"
            documents.append((paper.arxiv_id, citation, [(chunks[row].id, chunks[row].text) for row in own]))
            rows += own
    (bench.folder / "texts.json").write_text(json.dumps(documents), encoding="utf-8")
    np.save(bench.folder / "texts.npy", snapshot.vectors[rows])


# --- LangChain ----------------------------------------------------------------------------------


def beside_langchain(
    bench: Bench, app: Peer, tuning: Sequence[Asked], timed: Sequence[Asked], progress: Progress
) -> tuple[list[Measurement], int]:
    """First token and memory beside the tuned chain, with the first token of the chain as
    documented; and how many chunks the chain was tuned to.
    """
    tuned, documented = llama(bench.model, tuned=True), llama(bench.model, tuned=False)
    with langchain(bench, tuned) as chain:
        k, shown = tune(bench, app, chain, tuning, progress)
        pairs = list(in_turns(app, chain, timed, k, progress))
    with langchain(bench, documented) as chain:
        plain = [chain.ask(asked.question, k=DOCUMENTED_CHUNKS) for asked in timed[: len(timed) // 2]]
    ours, theirs = (median(_first(reply) for reply in side) for side in zip(*pairs, strict=True))
    as_documented = median(_first(reply) for reply in plain)
    memory = [max(reply.peak_bytes for reply in side) for side in zip(*pairs, strict=True)]
    detail = (
        f"{ours:.1f} s / {theirs:.1f} s, {len(pairs)} questions; {shown}; as documented {as_documented:.1f} s"
    )
    rows = [
        Measurement(
            "first model token, new question / tuned LangChain chain", ours / theirs, "", "≤ .5", detail
        ),
        Measurement(
            "peak memory with model and collection / tuned LangChain chain",
            memory[0] / memory[1],
            "",
            "≤ 1.0",
            f"{memory[0] / 2**20:,.0f} MiB / {memory[1] / 2**20:,.0f} MiB",
        ),
    ]
    return rows, k


def llama(model: Path, *, tuned: bool) -> dict[str, object]:
    """Arguments of `ChatLlamaCpp`: those of LangChain's own page on it, or the best for this machine."""
    if not tuned:
        told = {"temperature": 0.5, "top_p": 0.5, "repeat_penalty": 1.5, "max_tokens": 512, "n_batch": 300}
        return {"model_path": str(model), "n_ctx": 10_000, "n_threads": max(cores() - 1, 1), **told}
    best = {"temperature": 0, "repeat_penalty": 1.0, "max_tokens": prompting.TOKENS_A_LINE, "n_batch": 512}
    more = {"flash_attn": True, "n_threads_batch": cores()}
    context = {"n_ctx": CONTEXT, "n_threads": cores(), "verbose": False}
    return {"model_path": str(model), **context, **best, "model_kwargs": more}


def langchain(bench: Bench, arguments: dict[str, object]) -> Peer:
    store, embedder = str(bench.folder / "store"), str(bench.embedder)
    return Peer(
        "peer_langchain",
        python=bench.python,
        home=bench.folder,
        store=store,
        embedder=embedder,
        llama=arguments,
    )


def tune(
    bench: Bench, app: Peer, chain: Peer, tuning: Sequence[Asked], progress: Progress
) -> tuple[int, str]:
    """(the fewest chunks with which the paper asked for is in the chain's prompt as often as in
    ours, what was found).

    Only prompts are made, nothing is generated.
    """
    ours, places = 0, []
    owners = bench.owners
    for done, asked in enumerate(tuning):
        progress("tuning", done, len(tuning))
        ours += asked.gold in app.ask(asked.question, search=True).evidence
        found = [owners[chunk] for chunk in chain.ask(asked.question, search=True, k=MOST_CHUNKS).evidence]
        places.append(found.index(asked.gold) + 1 if asked.gold in found else MOST_CHUNKS + 1)
    enough = (k for k in range(1, MOST_CHUNKS + 1) if sum(place <= k for place in places) >= ours)
    k = next(enough, MOST_CHUNKS)
    theirs = sum(place <= k for place in places)
    return k, f"paper in the prompt {ours} and {theirs} times of {len(tuning)}, with {k} chunks"


def in_turns(
    app: Peer, chain: Peer, timed: Sequence[Asked], k: int, progress: Progress
) -> Iterator[tuple[Reply, Reply]]:
    """Both replies to each question that both models answered; who goes first changes."""
    for done, asked in enumerate(timed):
        progress("beside LangChain", done, len(timed))
        if done % 2:
            theirs, ours = chain.ask(asked.question, k=k), app.ask(asked.question)
        else:
            ours, theirs = app.ask(asked.question), chain.ask(asked.question, k=k)
        if ours.first_token is not None and theirs.first_token is not None:
            yield ours, theirs


def _first(reply: Reply) -> float:
    return reply.first_token or 0.0


# --- paper-qa -----------------------------------------------------------------------------------


def beside_paperqa(
    bench: Bench, app: Peer, whole: Sequence[Asked], k: int, progress: Progress
) -> list[Measurement]:
    """A whole cited answer beside paper-qa's, which reads its evidence chunk by chunk before it
    answers: as many chunks as its default says, and the `k` that the chain of LangChain needs.
    """
    with ExitStack() as stack:
        server = stack.enter_context(llama_server(bench))
        peer = stack.enter_context(
            Peer(
                "peer_paperqa",
                python=bench.python,
                home=bench.folder,
                server=server,
                texts=str(bench.folder / "texts.json"),
                embedder=str(bench.embedder),
            )
        )
        replies = []
        for done, asked in enumerate(whole):
            progress("beside paper-qa", done, len(whole))
            replies.append((app.ask(asked.question), peer.ask(asked.question), peer.ask(asked.question, k=k)))
    ours, theirs, tuned = zip(*replies, strict=True)
    return [
        _whole_row("paper-qa on the same model", "≤ .2", ours, theirs),
        _whole_row(f"paper-qa tuned to {k} chunks", "", ours, tuned),
    ]


def _whole_row(peer: str, target: str, ours: Sequence[Reply], theirs: Sequence[Reply]) -> Measurement:
    own, other = (median(reply.seconds for reply in side) for side in (ours, theirs))
    cited = sum(bool(reply.evidence) for reply in theirs)
    detail = f"{own:.1f} s / {other:.1f} s, {len(ours)} questions; paper-qa found evidence for {cited}"
    return Measurement(f"whole cited answer / {peer}", own / other, "", target, detail)


@contextmanager
def llama_server(bench: Bench) -> Iterator[str]:
    """The base URL of llama-cpp-python's server with the model, on loopback. Raises RagError when
    it does not start.
    """
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options: dict[str, object] = {
        "model": bench.model,
        "host": "127.0.0.1",
        "port": port,
        "n_ctx": 2 * CONTEXT,
    }
    options |= {"n_threads": cores(), "n_threads_batch": cores(), "flash_attn": True}
    arguments = [text for name, value in options.items() for text in (f"--{name}", str(value))]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RAG_")}
    with (bench.folder / "server.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [str(bench.python), "-m", "llama_cpp.server", *arguments], stdout=log, stderr=log, env=environment
        )
        try:
            _await(port, process)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.kill()
            process.wait()


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.2)
    raise RagError("the model server of paper-qa did not start", f"its packages: {peers_environment.COMMAND}")
