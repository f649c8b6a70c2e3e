"""The processor and cores of this machine.

Knows: how many cores may be used, and which instruction sets the processor has.
Does not know: what they are for. GPUs are in `llm.devices`.
"""

from __future__ import annotations

import os
import platform
from pathlib import Path


def physical_cores() -> int:
    """Cores this process may use; hyperthreads only slow arithmetic down."""
    import psutil

    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(psutil.cpu_count(logical=False) or allowed, allowed)


def processor() -> str:
    """The processor's name and the instruction sets that decide the speed of bf16 and int8 arithmetic."""
    try:
        facts = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    name = next(
        (line.split(":", 1)[1].strip() for line in facts.splitlines() if line.startswith("model name")), ""
    )
    cores = facts.count("processor\t")
    sets = [
        known
        for known in ("avx2", "avx512f", "avx512_bf16", "avx512_vnni", "amx_bf16")
        if f" {known}" in facts
    ]
    return f"{name or platform.machine()}, {cores} cores, {' '.join(sets)}".rstrip(", ")
