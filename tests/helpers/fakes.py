"""Small real stand-ins for the two engines, and collections made with them: no weights, no sockets."""

from __future__ import annotations

import atexit
import hashlib
import re
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from rag_app import __version__, pipeline
from rag_app.collection import digests as digest
from rag_app.collection import library as library_module
from rag_app.collection import snapshot
from rag_app.collection.chunking import chunk
from rag_app.collection.library import Library, write_dictionaries
from rag_app.collection.papers import build as build_table
from rag_app.embedding.embedder import CountCallback, Matrix
from rag_app.llm.protocol import Message, Processor, Request, one_by_one
from rag_app.records import Answer, Done, Event, Filters, Turn, Usage
from rag_app.settings import Settings
from tests.helpers.checkout import CHECKOUT

Script = Callable[[Sequence[Message]], str]


class HashEmbedder:
    """Words and their beginnings hashed into a vector: texts that share words are near each other."""

    def __init__(self, fingerprint: str = "hash-1") -> None:
        self.fingerprint = fingerprint
        self.dimensions = 128
        self.max_tokens = 120
        self.embedded: list[str] = []

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def passages(self, texts: Sequence[str], progress: CountCallback | None = None) -> Matrix:
        self.embedded += texts
        return np.stack([self.query(text) for text in texts])

    def queries(self, texts: Sequence[str]) -> Matrix:
        return np.stack([self.query(text) for text in texts])

    def query(self, text: str) -> Matrix:
        vector = np.zeros(self.dimensions, np.float32)
        vector[0] = 0.01
        for word in re.findall(r"\w+", text.casefold()):
            for piece in {word, word[:2]}:
                vector[
                    int.from_bytes(hashlib.sha256(piece.encode()).digest()[:4], "big") % self.dimensions
                ] += 1
        unit: Matrix = vector / np.linalg.norm(vector)
        return unit


@dataclass
class ScriptedGenerator:
    """A language model that says what it is told: one script for each call, the last one again and
    again.

    A script is the text of a turn, or a function of the messages. It is streamed in pieces of
    `size` characters.
    """

    scripts: Sequence[str | Script] = ("NONE",)
    size: int = 7
    stop_after: int = 0  # pieces after which the user presses stop
    model: str = "scripted"
    device: str = "CPU, 1 thread"
    processor: Processor = Processor.CPU
    context: int = 4096
    calls: list[Sequence[Message]] = field(default_factory=list)
    grammars: list[str] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)

    def count_tokens(self, text: str) -> int:
        return len(text) // 3 + 1

    def stream(
        self,
        messages: Sequence[Message],
        *,
        prefix: str = "",
        grammar: str = "",
        max_tokens: int = 512,
        stop: threading.Event | None = None,
    ) -> Iterator[str]:
        script = self.scripts[min(len(self.calls), len(self.scripts) - 1)]
        self.calls.append(messages)
        self.grammars.append(grammar)
        text = script if isinstance(script, str) else script(messages)
        pieces = [text[at : at + self.size] for at in range(0, len(text), self.size)]
        self.usage = Usage(prompt_tokens=100, generated_tokens=min(len(pieces), max_tokens))
        for number, piece in enumerate(pieces[:max_tokens], start=1):
            if stop and stop.is_set():
                return
            yield piece
            if stop and number == self.stop_after:
                stop.set()

    def stream_batch(
        self, requests: Sequence[Request], *, stop: threading.Event | None = None
    ) -> Iterator[tuple[int, str]]:
        return one_by_one(self, requests, stop)

    def choose(
        self,
        messages: Sequence[Message],
        options: Sequence[str],
        *,
        prefix: str = "",
        stop: threading.Event | None = None,
    ) -> tuple[float, ...]:
        return (1.0, *[0.0] * (len(options) - 1))

    def close(self) -> None:
        pass

    def said(self) -> str:
        """All that was put before the model."""
        return "\n".join(message["content"] for messages in self.calls for message in messages)


@contextmanager
def fake_embedding(embedder: HashEmbedder) -> Iterator[None]:
    """The stories run with `embedder` where they would load a model."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "load_embedder", lambda settings: embedder)
        patch.setattr(library_module, "load_query_embedder", lambda settings: embedder)
        patch.setattr(pipeline, "embedder_fingerprint", lambda settings: embedder.fingerprint)
        yield


def settings_in(folder: Path) -> Settings:
    return Settings(home=folder / "home", digests=folder / "digests", models=folder / "models").resolved()


def made(folder: Path, digests: dict[str, str]) -> Library:
    """A library of digest files (name -> text) in `folder`, published without a vector store, which
    only speeds.
    """
    settings = settings_in(folder)
    settings.digests.mkdir(parents=True)
    for name, text in digests.items():
        (settings.digests / name).write_text(text, encoding="utf-8")
    papers, _ = digest.read([settings.digests])
    embedder = HashEmbedder()
    chunks = [
        c
        for paper in papers
        for c in chunk(paper, count_tokens=embedder.count_tokens, max_tokens=embedder.max_tokens)
    ]
    folder = settings.home / "index" / "made"
    folder.mkdir(parents=True)
    build_table(papers, folder / snapshot.PAPERS)
    snapshot.write_chunks(chunks, folder / snapshot.CHUNKS)
    np.save(folder / snapshot.VECTORS, embedder.passages([c.text for c in chunks]))
    write_dictionaries(papers, folder)
    roots, files = (str(settings.digests),), snapshot.file_marks(folder)
    snapshot.Manifest(
        "made", "", __version__, roots, embedder.fingerprint, 128, len(papers), len(chunks), "", files=files
    ).write(folder)
    (settings.home / "index" / snapshot.CURRENT).write_text("made")
    with fake_embedding(embedder):
        return pipeline.open_library(settings)


LAB = """## Daily Papers (2024-05-01)

### [PickBot: Whole-Body Grasping for Mobile Robots](https://arxiv.org/abs/2405.00001)

Vote: 12

Authors: Ada Kim, Ben Stone, +2

- **What's New**: PickBot은 이동 로봇의 전신 파지(whole-body grasping)를 학습하는 시스템입니다. 손목 카메라를 씁니다.
- **Technical Details**: GraspNet-style 파지 표현을 쓰며 매개변수는 3억 개입니다. 시연은 2만 개를 모았습니다.
- **Performance**: PickBot은 I.D. 물체에서 94.4%, O.O.D. 물체에서 75%의 성공률을 보였습니다. ShelfBench도 씁니다.

### [FoldNet: Cloth Folding from Few Demonstrations](https://arxiv.org/abs/2405.00002)

Authors: Cleo Park

- **What's New**: FoldNet은 적은 시연으로 옷 접기(cloth folding)를 배우는 정책입니다.
- **Performance**: TowelBench에서 61.5%의 성공률을 기록했습니다.

### [TideCast: Forecasting Tides with Graph Models](https://arxiv.org/abs/2405.00003)

Vote: 12

Authors: Dan Ito

TideCast forecasts tides with a graph model of 250 gauges. It halves the error of harmonic analysis.
"""


@cache
def lab() -> Library:
    """The sample collection of the checkout with three papers of the tests' own, opened once for
    all tests.
    """
    folder = Path(tempfile.mkdtemp(prefix="rag-app-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    sample = {file.name: file.read_text(encoding="utf-8") for file in (CHECKOUT / "digests").glob("*.md")}
    return made(folder, {**sample, "lab.md": LAB})


def events_of(question: str, library: Library, generator: ScriptedGenerator | None = None) -> list[Event]:
    return list(pipeline.ask(question, library, generator))


def answer_of(
    question: str,
    library: Library,
    generator: ScriptedGenerator | None = None,
    conversation: Sequence[Turn] = (),
    filters: Filters = Filters(),
) -> Answer:
    *_, last = pipeline.ask(question, library, generator, conversation=conversation, filters=filters)
    assert isinstance(last, Done)
    return last.answer
