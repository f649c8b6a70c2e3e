"""What the machine says of the cores and the memory that this process may use."""

from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from rag_app import machine

GIB = 1 << 30
MAX_V1 = 9223372036854771712  # how version 1 writes "no limit"


def machine_of(root: Path, own: str, **files: str) -> Path:
    """A root with /proc/self/cgroup and files of control groups; `__` in a name is a slash."""
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text(own)
    for name, content in files.items():
        file = root / "sys/fs/cgroup" / name.replace("__", "/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    return root


def many_cores(monkeypatch: pytest.MonkeyPatch, affinity: int = 16, physical: int | None = 8) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(range(affinity)), raising=False)
    monkeypatch.setattr(psutil, "cpu_count", lambda logical=True: affinity if logical else physical)


V2, V1 = "0::/app/web\n", "5:cpu,cpuacct:/docker/x\n4:memory:/docker/x\n0::/\n"
QUOTAS = {
    "none": (V2, {}, 8),
    "max": (V2, {"app__web__cpu.max": "max 100000\n"}, 8),
    "whole": (V2, {"app__web__cpu.max": "200000 100000\n"}, 2),
    "a part is no core": (V2, {"app__web__cpu.max": "250000 100000\n"}, 2),
    "less than one": (V2, {"app__web__cpu.max": "50000 100000\n"}, 1),
    "another period": (V2, {"app__web__cpu.max": "30000 10000\n"}, 3),
    "of a group above": (V2, {"app__web__cpu.max": "max 100000", "app__cpu.max": "300000 100000"}, 3),
    "the tightest": (V2, {"app__web__cpu.max": "400000 100000", "app__cpu.max": "300000 100000"}, 3),
    "its own group as the top": (V2, {"cpu.max": "200000 100000"}, 2),
    "named from outside": ("0::/../../x\n", {"cpu.max": "200000 100000"}, 2),
    "more than there are": (V2, {"cpu.max": "9900000 100000"}, 8),
    "hybrid": ("0::/app\n", {"unified__app__cpu.max": "200000 100000"}, 2),
    "version 1": (
        V1,
        {"cpu__docker__x__cpu.cfs_quota_us": "150000", "cpu__docker__x__cpu.cfs_period_us": "50000"},
        3,
    ),
    "version 1, co-mounted": (
        V1,
        {"cpu,cpuacct__cpu.cfs_quota_us": "200000", "cpu,cpuacct__cpu.cfs_period_us": "100000"},
        2,
    ),
    "version 1, none": (V1, {"cpu__cpu.cfs_quota_us": "-1", "cpu__cpu.cfs_period_us": "100000"}, 8),
    "nonsense": (V2, {"cpu.max": "", "app__cpu.max": "x y", "app__web__cpu.max": "1 0"}, 8),
    "no groups": ("", {}, 8),
}


@pytest.mark.parametrize(("own", "files", "cores"), QUOTAS.values(), ids=QUOTAS)
def test_a_quota_bounds_the_cores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own: str, files: dict[str, str], cores: int
) -> None:
    many_cores(monkeypatch)
    assert machine.cores(machine_of(tmp_path, own, **files)) == cores


@pytest.mark.parametrize(
    ("affinity", "physical", "cores"), [(1, 8, 1), (3, 8, 3), (16, 8, 8), (4, None, 4), (0, 0, 1)]
)
def test_only_physical_cores_that_this_process_may_use_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, affinity: int, physical: int | None, cores: int
) -> None:
    many_cores(monkeypatch, affinity, physical)
    assert machine.cores(tmp_path) == cores


def v2_memory(group: str, most: str, used: int, stat: str = "") -> dict[str, str]:
    return {f"{group}memory.max": most, f"{group}memory.current": str(used), f"{group}memory.stat": stat}


CACHED = f"anon {GIB}\ninactive_file {GIB // 2}\nactive_file {GIB // 4}\n"
MEMORY = {
    "none": (V2, {}, 8 * GIB),
    "max": (V2, v2_memory("", "max\n", GIB), 8 * GIB),
    "of its own group": (V2, v2_memory("app__web__", str(2 * GIB), GIB), GIB),
    "cached files make room": (V2, v2_memory("app__web__", str(2 * GIB), GIB, CACHED), 2 * GIB - GIB // 4),
    "of a group above": (V2, v2_memory("app__web__", "max", GIB) | v2_memory("app__", str(GIB), 0), GIB),
    "the one that leaves least": (
        V2,
        v2_memory("app__web__", str(GIB), 0) | v2_memory("app__", str(2 * GIB), 2 * GIB - 1),
        1,
    ),
    "high": (V2, v2_memory("", "max", 0) | {"memory.high": str(3 * GIB)}, 3 * GIB),
    "more used than allowed": (V2, v2_memory("", str(GIB), 2 * GIB), 0),
    "more than there is": (V2, v2_memory("", str(99 * GIB), 0), 8 * GIB),
    "version 1": (
        V1,
        {
            "memory__docker__x__memory.limit_in_bytes": str(2 * GIB),
            "memory__docker__x__memory.usage_in_bytes": str(GIB),
            "memory__docker__x__memory.stat": f"inactive_file 0\ntotal_inactive_file {GIB // 2}\n",
        },
        GIB + GIB // 2,
    ),
    "version 1, none": (
        V1,
        {"memory__memory.limit_in_bytes": str(MAX_V1), "memory__memory.usage_in_bytes": str(GIB)},
        8 * GIB,
    ),
    "nonsense": (V2, v2_memory("", "lots", 0) | {"app__memory.max": "1"}, 8 * GIB),
}


@pytest.mark.parametrize(("own", "files", "free"), MEMORY.values(), ids=MEMORY)
def test_a_limit_bounds_the_free_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own: str, files: dict[str, str], free: int
) -> None:
    class Memory:
        available, total = 8 * GIB, 16 * GIB

    monkeypatch.setattr(psutil, "virtual_memory", Memory)
    root = machine_of(tmp_path, own, **files)
    assert machine.free_memory(root) == free
    assert free <= machine.total_memory(root) <= 16 * GIB


def test_a_limit_names_its_file(tmp_path: Path) -> None:
    root = machine_of(tmp_path, V2, **v2_memory("app__", str(GIB), 0))
    (root / "sys/fs/cgroup/app/cpu.max").write_text("150000 100000")
    limit, quota = machine.memory_limit(root), machine.cpu_limit(root)
    assert limit
    assert quota
    assert limit == machine.Limit(GIB, root / "sys/fs/cgroup/app/memory.max", GIB)
    assert quota == machine.Limit(1.5, root / "sys/fs/cgroup/app/cpu.max")


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no priority of their own")
def test_only_the_thread_that_gives_way_does() -> None:
    def after_giving_way() -> int:
        machine.give_way()
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    with ThreadPoolExecutor(1) as other:
        assert other.submit(after_giving_way).result() == machine.LOW_PRIORITY
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before
