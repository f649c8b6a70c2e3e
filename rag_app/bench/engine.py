"""Suite `engine`: speed, overhead, first token and stop, beside a bare llama.cpp loop.

Knows: what is repeated, what is divided by what, and the targets.
Does not know: how the engine or the bare loop (`bench.bare`) works.

The two sides of a comparison are measured alternately, and ratios are medians over the pairs, so
that a slow minute of the machine affects both sides.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean, median, quantiles

from rag_app.answer.prompting import Prompt
from rag_app.bench import prompts
from rag_app.bench.bare import Bare, Run
from rag_app.bench.table import Measurement
from rag_app.errors import EngineError
from rag_app.home import Home
from rag_app.lang import LANGUAGES
from rag_app.llm import loading
from rag_app.llm.engine import Engine
from rag_app.llm.process import EngineProcess
from rag_app.llm.protocol import Generator, Message
from rag_app.progress import Progress
from rag_app.records import Paper
from rag_app.settings import Settings

WINDOW = 100  # tokens that an overhead is averaged over
NEVER = "☃"  # what an answer of any length would have to end with
COUNTING: tuple[Message, ...] = (
    {"role": "user", "content": "Count from 1 to 1000 in figures, separated by commas."},
)

Pair = tuple[Run, Run]  # ours, bare


@dataclass(frozen=True, slots=True)
class Size:
    """How often, and how long, everything is measured."""

    speeds: int  # prompts read and answered by both
    written: int  # tokens of those answers
    streamed: int  # tokens of the one long answer
    visits: int  # conversations begun, continued, left, returned to
    stops: int


FULL, QUICK = Size(7, 64, 1_000, 5, 20), Size(1, 8, 40, 1, 3)


@dataclass(frozen=True, slots=True)
class Visit:
    """Seconds to the first token along one conversation."""

    cold: float  # nothing read before
    follow_up: float  # another question on the same paper
    returned: float  # after a question in another conversation
    restarted: float  # after the engine was ended and started again


def run(settings: Settings, *, quick: bool, progress: Progress) -> list[Measurement]:
    """Measure; states are kept in a folder of their own. Raises DigestError, WeightsError or EngineError."""
    size = QUICK if quick else FULL
    chosen = prompts.papers(settings, max(size.speeds, 2 * size.visits, size.stops))
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(settings, home=Path(folder))
        with_engine = _in_process(settings, chosen, size, progress)
        shutil.rmtree(Home(settings.home).states, ignore_errors=True)
        return [*with_engine, *_in_child(settings, chosen, size, progress)]


def _in_process(
    settings: Settings, papers: Sequence[Paper], size: Size, progress: Progress
) -> list[Measurement]:
    """Speeds and overhead of the engine itself.

    Both are loaded anew for each paper: where their memory happens to lie moves a speed by 3 %.
    """
    pairs, compared = [], []
    for number, paper in enumerate(papers[: size.speeds]):
        progress("speed beside a bare loop", number, size.speeds)
        with (
            closing(loading.load(settings)) as engine,
            closing(Bare(engine.path, engine.plan, engine.threads)) as bare,
        ):
            one = _marked(prompts.prompt(paper, number, engine.count_tokens), number)
            pairs.append(_pair(engine, bare, one, size.written))
            two = prompts.comparison([paper, papers[(number + 1) % len(papers)]], engine.count_tokens)
            compared.append(_pair(engine, bare, _marked(two, size.speeds + number), size.written))
    progress("overhead per token", 0, 0)
    with closing(loading.load(settings)) as engine:
        gaps = overheads(engine, size.streamed)
    return [*speed_rows(pairs, compared, f"{engine.model} on {engine.device}"), *overhead_rows(gaps)]


def _in_child(
    settings: Settings, papers: Sequence[Paper], size: Size, progress: Progress
) -> list[Measurement]:
    """First tokens and stops, as the app sees them: the engine is in a process of its own."""
    visits = []
    for number in range(size.visits):
        progress("first token", number, size.visits)
        visits.append(
            _visit(settings, papers[2 * number % len(papers)], papers[(2 * number + 1) % len(papers)])
        )
    host = EngineProcess(settings)
    try:
        idle = []
        for number in range(size.stops):
            progress("stop", number, size.stops)
            prompt = prompts.prompt(papers[number % len(papers)], number, host.count_tokens)
            idle.append(_stop(host, prompt, 1.2 * median(v.cold for v in visits) * number / size.stops))
    finally:
        host.close()
    return [*visit_rows(visits), stop_row(idle)]


# --- speed --------------------------------------------------------------------------------------


def _marked(prompt: Prompt, number: int) -> Prompt:
    """The prompt with a number before its first words, so that nothing of it was read before."""
    first, *others = prompt.messages
    return replace(prompt, messages=({**first, "content": f"{number}. {first['content']}"}, *others))


def _run(engine: Engine, prompt: Prompt, max_tokens: int) -> Run:
    """The engine's own run; a few tokens of the template, which it holds already, are not counted as read."""
    began = time.perf_counter()
    at = [
        time.perf_counter()
        for _ in engine.stream(prompt.messages, grammar=prompt.grammar, max_tokens=max_tokens)
    ]
    if not at:
        raise EngineError("the model said nothing", "choose another: rag-app models list")
    usage = engine.usage
    return Run(
        usage.prompt_tokens - usage.reused_tokens, at[0] - began, usage.generated_tokens - 1, at[-1] - at[0]
    )


def _pair(engine: Engine, bare: Bare, prompt: Prompt, written: int) -> Pair:
    return _run(engine, prompt, written), bare.run(engine.tokens(prompt.messages), prompt.grammar, written)


def speed_rows(named: Sequence[Pair], compared: Sequence[Pair], where: str) -> list[Measurement]:
    """Speeds of the pairs, each as a ratio: prompts about one paper, and prompts that compare two."""
    rows = [
        _speed_row(
            "decode speed",
            [(own.decode, other.decode) for own, other in (*named, *compared)],
            f"prompts, {where}",
        )
    ]
    for papers, pairs in (("one paper", named), ("two papers", compared)):
        read = f"prompts of {median(own.read for own, _ in pairs):,.0f} tokens, {where}"
        speeds = [(own.prefill, other.prefill) for own, other in pairs]
        rows.append(_speed_row(f"prefill speed, {papers}", speeds, read))
    return rows


def _speed_row(measure: str, speeds: Sequence[tuple[float, float]], where: str) -> Measurement:
    ours, bare = zip(*speeds, strict=True)
    detail = f"{median(ours):.1f} / {median(bare):.1f} tokens/s, {len(speeds)} {where}"
    return Measurement(f"{measure} / bare llama.cpp loop", ratio(ours, bare), "", "≥ .97", detail)


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the pairs' ratios."""
    return median(own / other if other else 0.0 for own, other in zip(ours, theirs, strict=True))


# --- overhead -----------------------------------------------------------------------------------


def overheads(engine: Engine, count: int) -> list[float]:
    """Seconds spent outside llama.cpp on each token after the first, of one long answer under a grammar."""
    gaps: list[float] = []
    rules = f'root ::= char+ "{NEVER}"\nchar ::= {LANGUAGES["en"].prompts.characters}'
    last = spent = 0.0
    for _ in engine.stream(COUNTING, grammar=rules, max_tokens=count):
        now, inside = time.perf_counter(), engine.decode_seconds
        if last:
            gaps.append((now - last) - (inside - spent))
        last, spent = now, inside
    return gaps


def overhead_rows(gaps: Sequence[float]) -> list[Measurement]:
    """The mean, and the means of the first and the last hundred tokens, in milliseconds."""
    parts = {"mean": gaps, f"tokens 1 to {WINDOW}": gaps[:WINDOW], f"last {WINDOW} tokens": gaps[-WINDOW:]}
    detail = f"one answer of {len(gaps) + 1:,} tokens; time outside llama.cpp"
    return [
        Measurement(f"overhead per streamed token, {part}", 1e3 * mean(some), "ms", "≤ .1", detail)
        for part, some in parts.items()
    ]


# --- first token --------------------------------------------------------------------------------


def _visit(settings: Settings, paper: Paper, other: Paper) -> Visit:
    """One conversation, begun by an engine that has read nothing."""
    shutil.rmtree(Home(settings.home).states, ignore_errors=True)
    host = EngineProcess(settings)
    try:
        cold, follow_up = (_first_token(host, paper, number) for number in (0, 1))
        _first_token(host, other, 0)
        returned = _first_token(host, paper, 2)
    finally:
        host.close()
    host = EngineProcess(settings)
    try:
        return Visit(cold, follow_up, returned, _first_token(host, paper, 3))
    finally:
        host.close()


def _first_token(generator: Generator, paper: Paper, number: int) -> float:
    """Seconds from a question to its first token, its prompt made in between; a few more are written."""
    began = time.perf_counter()
    prompt = prompts.prompt(paper, number, generator.count_tokens)
    at = [
        time.perf_counter() for _ in generator.stream(prompt.messages, grammar=prompt.grammar, max_tokens=4)
    ]
    return at[0] - began


def visit_rows(visits: Sequence[Visit]) -> list[Measurement]:
    """Each first token as a ratio to the cold one of the same conversation."""
    cold = [visit.cold for visit in visits]
    warm = {
        "follow-up on the same paper": ([visit.follow_up for visit in visits], "≤ .10"),
        "return to an earlier conversation": ([visit.returned for visit in visits], "≤ .15"),
        "return after a restart of the engine": ([visit.restarted for visit in visits], "≤ .25"),
    }
    return [
        Measurement(f"first token, {kind} / cold", ratio(seconds, cold), "", target, _seconds(seconds, cold))
        for kind, (seconds, target) in warm.items()
    ]


def _seconds(seconds: Sequence[float], cold: Sequence[float]) -> str:
    return f"{median(seconds):.2f} / {median(cold):.2f} s, {len(cold)} conversations"


# --- stop ---------------------------------------------------------------------------------------


def _stop(generator: Generator, prompt: Prompt, delay: float) -> float:
    """Seconds from a stop, `delay` seconds into an answer, to an idle engine; 0 if it was idle already."""
    stop, pressed = threading.Event(), list[float]()

    def press() -> None:
        pressed.append(time.perf_counter())
        stop.set()

    timer = threading.Timer(delay, press)
    timer.start()
    for _ in generator.stream(
        prompt.messages, grammar=prompt.grammar, max_tokens=prompt.max_tokens, stop=stop
    ):
        pass
    ended = time.perf_counter()
    timer.cancel()
    return ended - pressed[0] if pressed else 0.0


def stop_row(idle: Sequence[float]) -> Measurement:
    """The 95th percentile of the times from stop to idle."""
    late = quantiles(idle, n=20, method="inclusive")[-1]
    detail = f"{len(idle)} stops while reading and writing; longest {max(idle):.2f} s"
    return Measurement("stop to idle, p95", late, "s", "≤ 1", detail)
