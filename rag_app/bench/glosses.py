"""Texts written side by side: their speed beside one alone, and how long a page waits for its glosses.

Knows: what a list asks for first, and what then.
Does not know: how texts are written together (`llm.batch`) or what a gloss is (`answer.glosses`).
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from statistics import median

from rag_app import pipeline
from rag_app.answer import glosses
from rag_app.answer.templates import first_passage
from rag_app.bench import prompts
from rag_app.bench.table import Measurement
from rag_app.collection.library import Library
from rag_app.lang import LANGUAGES
from rag_app.llm import loading
from rag_app.llm.engine import Engine
from rag_app.llm.offload import BATCH_TEXTS
from rag_app.llm.protocol import Message, Request
from rag_app.progress import Progress
from rag_app.records import Passage
from rag_app.settings import Settings

FIRST, PAGE = 5, 20  # sentences of a list that are in sight, and of its first page
WRITTEN = 32  # tokens of each text
ROUNDS = 3
# no text ends by itself
RULES = 'root ::= char+ "~~~"\nchar ::= [a-z ]'
SYSTEM: Message = {"role": "system", "content": "You write down all words that come to your mind."}


def run(settings: Settings, *, quick: bool, progress: Progress) -> list[Measurement]:
    """Measure; glosses are kept in a folder of their own. Raises RagError without a collection or model."""
    rounds = 1 if quick else ROUNDS
    with tempfile.TemporaryDirectory() as folder, closing(loading.load(settings)) as engine:
        progress("texts side by side", 0, 0)
        speeds = [(_together(engine, number), _alone(engine, number)) for number in range(rounds)]
        library = pipeline.open_library(settings)
        waits = []
        for number in range(rounds):
            progress("glosses", number, rounds)
            home = Path(folder) / str(number)
            own = replace(library, settings=replace(library.settings, home=home))
            _ = own.nearness  # measured once for a collection, and kept: no list waits for it
            waits.append(_page(own, engine, _sentences(settings, number, rounds)))
    where = f"{engine.model} on {engine.device}"
    return [_speed_row(speeds, where), *_wait_rows(waits, where)]


# --- decoding -----------------------------------------------------------------------------------


def _request(number: int) -> Request:
    asked: Message = {"role": "user", "content": f"Words about number {number}:"}
    return Request((SYSTEM, asked), grammar=RULES, max_tokens=WRITTEN)


def _together(engine: Engine, number: int) -> float:
    """Tokens a second while all texts are being written: from the first token of the last one to the end of
    the first.
    """
    requests = [_request(100 * number + place) for place in range(BATCH_TEXTS)]
    written = dict.fromkeys(range(BATCH_TEXTS), 0)
    start, before = 0.0, 0
    for index, _ in engine.stream_batch(requests):
        written[index] += 1
        if not start and all(written.values()):
            start, before = time.perf_counter(), sum(written.values())
        if start and written[index] == WRITTEN:
            break
    return (sum(written.values()) - before) / (time.perf_counter() - start)


def _alone(engine: Engine, number: int) -> float:
    one = _request(100 * number)
    for _ in engine.stream(one.messages, grammar=one.grammar, max_tokens=one.max_tokens):
        pass
    return engine.usage.tokens_per_second


def _speed_row(speeds: Sequence[tuple[float, float]], where: str) -> Measurement:
    ratio = median(together / alone for together, alone in speeds)
    together, alone = (median(side) for side in zip(*speeds, strict=True))
    detail = f"{together:.1f} / {alone:.1f} tokens/s, {BATCH_TEXTS} texts, {where}"
    return Measurement("batched decode / one sequence", ratio, "", "≥ 2.0", detail)


# --- glosses ------------------------------------------------------------------------------------


def _sentences(settings: Settings, number: int, rounds: int) -> list[Passage]:
    """The sentences of a page of a list: those that no other round has."""
    papers = prompts.papers(settings, PAGE * rounds)
    return [first_passage(paper) for paper in papers[number::rounds]]


def _page(library: Library, engine: Engine, sentences: Sequence[Passage]) -> tuple[float, float, float]:
    """Seconds until the first glosses, all of the page's, and all of them again."""
    language = next(code for code in LANGUAGES if glosses.wanted(sentences[0].text, code))
    began = time.perf_counter()
    _made(sentences[:FIRST], language, library, engine)
    first = time.perf_counter() - began
    _made(sentences[FIRST:], language, library, engine)
    page = time.perf_counter() - began
    began = time.perf_counter()
    _made(sentences, language, library, engine)
    return first, page, time.perf_counter() - began


def _made(sentences: Sequence[Passage], language: str, library: Library, engine: Engine) -> None:
    for _ in glosses.glosses(sentences, language, library, engine):
        pass


def _wait_rows(waits: Sequence[tuple[float, float, float]], where: str) -> list[Measurement]:
    first, page, again = (median(side) for side in zip(*waits, strict=True))
    detail = f"{len(waits)} lists, {where}"
    return [
        Measurement(f"glosses of the first {FIRST} of a list", first, "s", "≤ 10", detail),
        Measurement(f"glosses of a page of {PAGE}, cold", page, "s", "≤ 35", detail),
        Measurement("the same, kept", again, "s", "≤ .5", detail),
    ]
