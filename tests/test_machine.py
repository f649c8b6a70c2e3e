"""The devices of the machine, asked without loading llama.cpp here."""

from __future__ import annotations

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


def test_a_library_that_cannot_load_is_an_error_with_a_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with pytest.raises(EngineError, match="cannot be listed"):
        machine.devices()
