"""Suite `gpu`: the model with all, some and none of its layers on the GPU.

Knows: that each row names the card, that the fit's estimate must not be below what llama.cpp takes, and
what is compared: our engine with a bare loop on as many layers, sixteen texts side by side with one.
Does not know: which backend the build has; every figure comes through llama.cpp.

Models with random weights can be measured as well: no figure depends on what is written.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from rag_app.bench.bare import Bare, Run
from rag_app.bench.table import Measurement
from rag_app.errors import EngineError, RagError
from rag_app.llm import binding, loading
from rag_app.llm.engine import Engine
from rag_app.llm.offload import BATCH_TEXTS, Plan, device_bytes, offload_targets, read_shape
from rag_app.llm.protocol import Message, Request
from rag_app.progress import Progress
from rag_app.settings import Settings

Prompt = tuple[Message, ...]
MIB = 1 << 20
# No text ends by itself.
RULES = 'root ::= char+ "☃"\nchar ::= [^☃]'
SENTENCE = "The digest of a day tells what is new in each paper, how it was done and what came of it. "


@dataclass(frozen=True, slots=True)
class Amount:
    """How often, and how much, is measured."""

    rounds: int
    written: int  # tokens of each text
    sentences: int  # of each prompt


# A device in software reads some tokens a second: two sentences are what it has time for.
FULL, QUICK = Amount(3, 64, 24), Amount(1, 8, 2)


@dataclass(frozen=True, slots=True)
class Offload:
    """What one number of layers gave."""

    plan: Plan
    estimate: int  # bytes on the device, by the fit
    taken: int  # bytes by which the device's free memory fell
    load_seconds: float
    pairs: tuple[tuple[Run, Run], ...]  # ours, bare
    together: float  # tokens a second of texts side by side


def run(settings: Settings, *, quick: bool, progress: Progress) -> list[Measurement]:
    """Measure; states are kept in a folder of their own. Raises RagError without a GPU or a model."""
    gpus = offload_targets(binding.devices())
    if not gpus:
        raise RagError(
            "this build of llama.cpp sees no GPU",
            "build it for one: GPU=cuda make setup, or tests/gpu/run.sh",
        )
    layers = read_shape(_model(settings)).layers
    rows: list[Measurement] = []
    with tempfile.TemporaryDirectory() as folder:
        for count in (layers, layers // 2, 0):
            progress(f"{count} of {layers} layers on {gpus[0].name}", 0, 0)
            own = replace(settings, home=Path(folder) / str(count), gpu_layers=count)
            rows += described(measure(own, QUICK if quick else FULL), layers, gpus[0].name)
    return rows


def _model(settings: Settings) -> Path:
    from rag_app.weights import choice

    return choice.choose_llm(settings, vram_bytes=_free())


def _free() -> int:
    """Bytes that are free on the devices that layers go to."""
    return sum(device.free_bytes for device in offload_targets(binding.devices()))


def measure(settings: Settings, size: Amount) -> Offload:
    """Load with `settings.gpu_layers`, and write with our engine and with a bare loop."""
    free, began = _free(), time.perf_counter()
    with closing(loading.load(settings)) as engine:
        load_seconds = time.perf_counter() - began
        _write(engine, _messages(0, size.sentences), 2)  # what a first step allocates
        taken, plan = max(free - _free(), 0), engine.plan
        with closing(Bare(engine.path, plan, engine.threads)) as bare:
            prompts = [_messages(number, size.sentences) for number in range(1, size.rounds + 1)]
            pairs = tuple(_pair(engine, bare, prompt, size.written) for prompt in prompts)
        together = median(_together(engine, number, size.written) for number in range(size.rounds))
    shape = read_shape(engine.path)
    estimate = device_bytes(shape, plan.gpu_layers, plan.context, plan.kv_type, plan.step)
    return Offload(plan, estimate, taken, load_seconds, pairs, together)


# --- writing ------------------------------------------------------------------------------------


def _messages(number: int, sentences: int) -> Prompt:
    """A prompt that begins as no other, so that nothing of it was read before."""
    return ({"role": "user", "content": f"{number}. {SENTENCE * sentences}"},)


def _write(engine: Engine, prompt: Prompt, tokens: int) -> Run:
    began = time.perf_counter()
    for _ in engine.stream(prompt, grammar=RULES, max_tokens=tokens):
        pass
    spent, usage = time.perf_counter() - began, engine.usage
    written = usage.generated_tokens
    if not written:
        raise EngineError("the model said nothing", "choose another: rag-app models list")
    writing = written / usage.tokens_per_second if usage.tokens_per_second else 0.0
    return Run(usage.prompt_tokens - usage.reused_tokens, spent - writing, written, writing)


def _pair(engine: Engine, bare: Bare, prompt: Prompt, tokens: int) -> tuple[Run, Run]:
    return _write(engine, prompt, tokens), bare.run(engine.tokens(prompt), RULES, tokens)


def _together(engine: Engine, number: int, tokens: int) -> float:
    """Tokens a second of texts side by side, reading their short prompts included."""
    asked = (f"Words about number {100 * number + place}:" for place in range(BATCH_TEXTS))
    requests = [
        Request(({"role": "user", "content": text},), grammar=RULES, max_tokens=tokens) for text in asked
    ]
    began = time.perf_counter()
    for _ in engine.stream_batch(requests):
        pass
    return engine.usage.generated_tokens / (time.perf_counter() - began)


# --- rows ---------------------------------------------------------------------------------------


def described(measured: Offload, layers: int, card: str) -> list[Measurement]:
    """The rows of one number of layers; those of the device's memory only where layers are on it."""
    count = measured.plan.gpu_layers
    where = f"{count} of {layers} layers on {card}" if count else "all on the CPU"
    ours, bare = zip(*measured.pairs, strict=True)
    rows = [
        _speed_row(f"decode, {where}", [run.decode for run in ours], [run.decode for run in bare]),
        _speed_row(f"prefill, {where}", [run.prefill for run in ours], [run.prefill for run in bare]),
        Measurement(
            f"{BATCH_TEXTS} texts side by side, {where}",
            measured.together,
            "tokens/s",
            detail=f"one alone: {median(run.decode for run in ours):.1f}",
        ),
        Measurement(f"loading, {where}", measured.load_seconds, "s"),
    ]
    return [*rows, _memory_row(measured, where)] if count else rows


def _memory_row(measured: Offload, where: str) -> Measurement:
    how = f"context {measured.plan.context:,}, {measured.plan.kv_type} cache"
    estimate, taken = measured.estimate / MIB, measured.taken / MIB
    if not taken:
        unknown = f"the device does not tell its free memory, {how}"
        return Measurement(f"memory, estimate alone, {where}", estimate, "MiB", detail=unknown)
    both = f"{estimate:,.0f} / {taken:,.0f} MiB, {how}"
    return Measurement(f"memory, estimate / taken, {where}", estimate / taken, "", "≥ 1.0", both)


def _speed_row(measure: str, ours: Sequence[float], bare: Sequence[float]) -> Measurement:
    ratio = median(own / other if other else 0.0 for own, other in zip(ours, bare, strict=True))
    detail = f"{ratio:.2f} of a bare loop's {median(bare):.1f} tokens/s, {len(ours)} texts"
    return Measurement(measure, median(ours), "tokens/s", detail=detail)
