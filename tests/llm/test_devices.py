"""The devices of the machine, asked without loading llama.cpp here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest

from rag_app.errors import EngineError
from rag_app.llm.devices import devices
from tests.helpers.checkout import CHECKOUT


def test_the_devices_are_known_without_loading_the_engine_here() -> None:
    program = (
        "import sys; from rag_app.llm.devices import devices\n"
        "print(devices()[0].kind, 'llama_cpp' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    kind, loaded = done.stdout.split()
    assert kind in {"cpu", "gpu", "igpu", "accel"}
    assert loaded == "False"


@pytest.mark.parametrize(("users", "used"), [({}, "1000"), ({"GOMP_SPINCOUNT": "7"}, "7")])
def test_threads_that_wait_give_the_processor_to_others(users: dict[str, str], used: str) -> None:
    """`used` is what libgomp itself says that it has read."""
    environment = {name: value for name, value in os.environ.items() if name != "GOMP_SPINCOUNT"}
    told = {**environment, **users, "OMP_DISPLAY_ENV": "verbose"}
    command = [sys.executable, "-c", "from rag_app.llm import binding; binding.devices()"]
    done = subprocess.run(command, cwd=CHECKOUT, env=told, capture_output=True, text=True, check=True)
    said = re.findall(r"GOMP_SPINCOUNT = '(\d+)'", done.stderr)
    if not said:
        pytest.skip("this build of llama.cpp does not use libgomp")
    assert said[0] == used


def test_a_library_that_cannot_load_is_an_error_with_a_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with pytest.raises(EngineError, match="cannot be listed"):
        devices()
