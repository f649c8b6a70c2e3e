"""What an environment was made from, so that set-up does no step twice.

Knows: the file in `.venv` that says what is done, what a finished one says, and the steps in between.
Does not know: how a step is taken.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Stamp:
    """What an environment was made from; an empty field is a step that is not done."""

    python: str = ""  # "3.11"
    engine: str = ""  # "llama-cpp-python==0.3.36 cpu"
    packages: str = ""  # SHA-256 over requirements.lock and pyproject.toml

    @property
    def gpu(self) -> str:
        return self.engine.rpartition(" ")[2]


def steps(done: Stamp, wanted: Stamp) -> tuple[str, ...]:
    """The steps from what is done to what is wanted, in order: of environment, engine, packages."""
    if done.python != wanted.python:
        return ("environment", "engine", "packages")
    return tuple(step for step in ("engine", "packages") if getattr(done, step) != getattr(wanted, step))


def read_stamp(venv: Path) -> Stamp:
    """The stamp of an environment; an empty one where there is none, or its Python is gone."""
    if not venv_python(venv).exists():
        return Stamp()
    try:
        return Stamp(**json.loads((venv / "set-up.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return Stamp()


def venv_python(venv: Path) -> Path:
    """The environment's own Python."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def write_stamp(venv: Path, stamp: Stamp) -> None:
    """Say in the environment what is done."""
    (venv / "set-up.json").write_text(json.dumps(asdict(stamp), indent=1), encoding="utf-8")


def wanted_stamp(root: Path, gpu: str) -> Stamp:
    """The stamp that a finished environment of this checkout has."""
    lock = (root / "requirements.lock").read_text(encoding="utf-8")
    engine = next(line for line in lock.splitlines() if re.match(r"llama[-_]cpp[-_]python==", line))
    project = (root / "pyproject.toml").read_text(encoding="utf-8")
    return Stamp(
        python=".".join(map(str, sys.version_info[:2])),
        engine=f"{engine} {gpu}",
        packages=hashlib.sha256(f"{lock}\0{project}".encode()).hexdigest(),
    )
