"""Suite `memory`: whether memory grows while a hundred short questions are answered.

Knows: how anonymous memory is read, and between which questions growth is measured.
Does not know: what holds the memory.

It uses the smallest model unless RAG_MODEL names another. The engine runs in a process of its own,
as in the app, and that process is measured.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rag_app.bench import prompts
from rag_app.bench.table import Measurement
from rag_app.llm.process import EngineProcess
from rag_app.progress import Progress
from rag_app.settings import Settings

SMALL = "qwen2.5-coder-0.5b"
QUESTIONS, SETTLED = 100, 20  # asked in all; asked before growth counts
ANSWER_TOKENS = 16


def run(settings: Settings, *, quick: bool, progress: Progress) -> list[Measurement]:
    """Ask and measure; states are kept in a folder of their own. Raises DigestError, WeightsError
    or EngineError.
    """
    count, settled = (6, 2) if quick else (QUESTIONS, SETTLED)
    papers = prompts.papers(settings, count)
    with tempfile.TemporaryDirectory() as folder:
        host = EngineProcess(replace(settings, home=Path(folder), model=settings.model or SMALL))
        try:
            held = []
            for number in range(count):
                progress("memory", number, count)
                prompt = prompts.prompt(
                    papers[number // len(prompts.QUESTIONS) % len(papers)], number, host.count_tokens
                )
                for _ in host.stream(prompt.messages, grammar=prompt.grammar, max_tokens=ANSWER_TOKENS):
                    pass
                held.append(anonymous_bytes(host.pid))
            return [growth_row(held, settled, host.model)]
        finally:
            host.close()


def growth_row(held: Sequence[int], settled: int, model: str) -> Measurement:
    """Growth of memory from after `settled` questions to the end, in percent; `held` are bytes
    after each question.
    """
    before, after = held[settled - 1], held[-1]
    detail = f"{before / 1e6:.1f} to {after / 1e6:.1f} MB, questions {settled} to {len(held)}, {model}"
    return Measurement("growth of anonymous memory", 100 * (after - before) / before, "%", "≤ 1", detail)


def anonymous_bytes(pid: int) -> int:
    """Memory of a process that no file backs; where the kernel does not tell, memory that only it holds."""
    import psutil

    rollup = Path(f"/proc/{pid}/smaps_rollup")
    if rollup.exists():
        sizes = dict(line.split(":", 1) for line in rollup.read_text().splitlines()[1:])
        return int(sizes["Anonymous"].split()[0]) * 1024
    return int(psutil.Process(pid).memory_full_info().uss)
