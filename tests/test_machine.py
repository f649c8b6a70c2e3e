"""The devices of the machine, asked without loading llama.cpp here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest

from rag_app import machine
from rag_app.errors import EngineError
from rag_app.settings import CHECKOUT


def test_the_devices_are_known_without_loading_the_engine_here() -> None:
    program = "import sys; from rag_app import machine; print(machine.devices()[0].kind, 'llama_cpp' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    kind, loaded = done.stdout.split()
    assert kind in {"cpu", "gpu", "igpu", "accel"}
    assert loaded == "False"


def test_only_cores_that_this_process_may_use_count(monkeypatch: pytest.MonkeyPatch) -> None:
    if not hasattr(os, "sched_getaffinity"):
        pytest.skip("no affinity on this system")
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {3})
    assert machine.physical_cores() == 1


@pytest.mark.parametrize(("users", "used"), [({}, "1000"), ({"GOMP_SPINCOUNT": "7"}, "7")])
def test_threads_that_wait_give_the_processor_to_others(users: dict[str, str], used: str) -> None:
    """`used` is what libgomp itself says that it has read."""
    environment = {name: value for name, value in os.environ.items() if name != "GOMP_SPINCOUNT"}
    told = {**environment, **users, "OMP_DISPLAY_ENV": "verbose"}
    command = [sys.executable, "-c", "from rag_app import llama; llama.devices()"]
    done = subprocess.run(command, cwd=CHECKOUT, env=told, capture_output=True, text=True, check=True)
    said = re.findall(r"GOMP_SPINCOUNT = '(\d+)'", done.stderr)
    if not said:
        pytest.skip("this build of llama.cpp does not use libgomp")
    assert said[0] == used


def test_a_library_that_cannot_load_is_an_error_with_a_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with pytest.raises(EngineError, match="cannot be listed"):
        machine.devices()
