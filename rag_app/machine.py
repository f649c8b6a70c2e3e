"""The cores and the memory that this process may use, and the processor's name.

Knows: affinity, the limits of a container or service (control groups of Linux, both versions), and
which instruction sets the processor has; the priority of a thread.
Does not know: what they are for. GPUs are in `llm.devices`.

A limit holds for a group and all groups below it, so each group from this process's own upwards is
asked; inside a container its own group is usually the top one. Version 2 keeps all limits in one
tree (https://docs.kernel.org/admin-guide/cgroup-v2.html), version 1 has a tree for each resource
(https://docs.kernel.org/admin-guide/cgroup-v1/).
"""

from __future__ import annotations

import os
import platform
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

LOW_PRIORITY = 10  # of a thread: a tenth of what it has beside others, all of a core that is free
ROOT = Path("/")  # where /proc and /sys lie; tests have small ones
_UNLIMITED = 1 << 60  # version 1 writes the largest multiple of a page instead of "max"


@dataclass(frozen=True, slots=True)
class Limit:
    """What a control group allows: cores, or bytes of memory that are left of `total`."""

    value: float
    file: Path  # where it is written
    total: int = 0


def cores(root: Path = ROOT) -> int:
    """Cores this process may keep busy; hyperthreads only slow arithmetic down, and threads beyond a
    quota all wait for the slowest.
    """
    import psutil

    allowed = allowed_cores()
    quota = cpu_limit(root)
    bounds = [psutil.cpu_count(logical=False) or allowed, allowed, *([int(quota.value)] if quota else [])]
    return max(min(bounds), 1)


def allowed_cores() -> int:
    """Logical cores that this process may run on: its affinity, where the system has one."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def free_memory(root: Path = ROOT) -> int:
    """Bytes of main memory that this process can still have."""
    import psutil

    limit = memory_limit(root)
    free = int(psutil.virtual_memory().available)
    return min(free, int(limit.value)) if limit else free


def total_memory(root: Path = ROOT) -> int:
    """Bytes of main memory, or of what a limit leaves of it altogether."""
    import psutil

    limit = memory_limit(root)
    total = int(psutil.virtual_memory().total)
    return min(total, limit.total) if limit else total


def cpu_limit(root: Path = ROOT) -> Limit | None:
    """The tightest quota, in cores; None without one."""
    found = [*_quotas_v2(root), *_quotas_v1(root)]
    return min(found, key=lambda limit: limit.value, default=None)


def memory_limit(root: Path = ROOT) -> Limit | None:
    """The limit that leaves least, and what it leaves; None without one."""
    found = [*_memory_v2(root), *_memory_v1(root)]
    return min(found, key=lambda limit: limit.value, default=None)


# --- control groups -----------------------------------------------------------------------------


def _quotas_v2(root: Path) -> Iterator[Limit]:
    for group in _groups(root, ""):
        with suppress(OSError, ValueError, ZeroDivisionError):
            quota, period = (group / "cpu.max").read_text().split()
            if quota != "max":
                yield Limit(int(quota) / int(period), group / "cpu.max")


def _quotas_v1(root: Path) -> Iterator[Limit]:
    for group in _groups(root, "cpu"):
        with suppress(OSError, ValueError, ZeroDivisionError):
            quota = int((group / "cpu.cfs_quota_us").read_text())
            if quota > 0:
                period = int((group / "cpu.cfs_period_us").read_text())
                yield Limit(quota / period, group / "cpu.cfs_quota_us")


def _memory_v2(root: Path) -> Iterator[Limit]:
    """Above `memory.high` processes are slowed down to a crawl, so it bounds as `memory.max` does."""
    for group in _groups(root, ""):
        for name in ("memory.max", "memory.high"):
            yield from _left(group / name, group / "memory.current", ("inactive_file", "active_file"))


def _memory_v1(root: Path) -> Iterator[Limit]:
    for group in _groups(root, "memory"):
        cached = ("total_inactive_file", "total_active_file")
        yield from _left(group / "memory.limit_in_bytes", group / "memory.usage_in_bytes", cached)


def _left(limit: Path, usage: Path, cached: tuple[str, ...]) -> Iterator[Limit]:
    """What a limit leaves. Files that are cached count as used, but make room when it is needed."""
    with suppress(OSError, ValueError):
        most = int(limit.read_text())  # ValueError for "max"
        if most >= _UNLIMITED:
            return
        used = int(usage.read_text())
        with suppress(OSError, ValueError):
            stat = dict(line.split() for line in (limit.parent / "memory.stat").read_text().splitlines())
            used -= sum(int(stat.get(name, 0)) for name in cached)
        yield Limit(max(most - max(used, 0), 0), limit, most)


def _groups(root: Path, controller: str) -> Iterator[Path]:
    """The folders of this process's group and of those above it, for one controller of version 1 or
    (an empty name) version 2.

    A container may show its own group as the top one while it is named by its path outside.
    """
    mounts = root / "sys/fs/cgroup"
    trees = [mounts / controller, mounts / "cpu,cpuacct"][: 2 if controller == "cpu" else 1]
    if not controller:
        trees.append(mounts / "unified")
    path = _own_group(root, controller)
    for tree in trees:
        for depth in range(len(path), -1, -1):
            if (folder := tree.joinpath(*path[:depth])).is_dir():
                yield folder


def _own_group(root: Path, controller: str) -> tuple[str, ...]:
    """The parts of the path of this process's group."""
    with suppress(OSError):
        for line in (root / "proc/self/cgroup").read_text(errors="replace").splitlines():
            _, names, path = [*line.split(":", 2), "", ""][:3]
            if controller in names.split(","):  # version 2 has no names, which split as [""]
                return tuple(part for part in path.split("/") if part and part != "..")
    return ()


# --- the processor ------------------------------------------------------------------------------


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


def give_way() -> None:
    """Let other threads of this one's priority go first, where a thread has one of its own (Linux)."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LOW_PRIORITY)
