"""Set-up: `.venv` with the pinned packages and a llama.cpp built for this machine's GPU.

Knows: the steps, how each is taken, and the disk they need. The system's own Python runs it before
anything is installed: `python3 -m rag_app.setup --gpu auto`.
Does not know: what a machine can build (`toolchain`), what is done already (`stamp`), or models,
digests and the index (`rag-app models`, `rag-app ingest`).
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rag_app.errors import RagError, SetUpError
from rag_app.setup.stamp import Stamp, read_stamp, steps, venv_python, wanted_stamp, write_stamp
from rag_app.setup.toolchain import (
    BUILDS,
    Machine,
    check_compiler,
    check_python,
    choose_gpu,
    has_device,
    this_machine,
)
from rag_app.setup.vulkan_source import unpacked

CHECKOUT = Path(__file__).resolve().parents[2]

GB = 10**9
MODELS_GB = 1.7  # the default weights as downloaded (1.2) and the embedder as converted (0.5)
CUDA_GB = 4.0  # of libraries that come with torch on Linux, unless it is built without them
SPARE_GB = 1.0  # for a build of llama.cpp alone


def check_disk(root: Path, todo: Sequence[str], machine: Machine) -> None:
    """Says how much disk the steps need; raises SetUpError when there is less."""
    need = disk_needed(root, todo, machine.system)
    free = machine.free_bytes(root) / GB
    if free < need:
        raise SetUpError(
            f"set-up needs {need:.1f} GB of disk at {root}, and {free:.1f} GB are free",
            "free some space, or move the checkout to a larger disk; the next run continues",
        )
    say(f"disk: {need:.1f} GB needed (environment and models), {free:.1f} GB free")


def disk_needed(root: Path, todo: Sequence[str], system: str) -> float:
    """Gigabytes still to be written, models included; what is already there is taken off."""
    if "packages" not in todo:
        return SPARE_GB
    environment = 6.7 if system == "Linux" else 2.6  # on Linux torch brings the CUDA libraries
    return max(SPARE_GB, environment + MODELS_GB - _size(root / ".venv") - _size(root / "models"))


def _size(folder: Path) -> float:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file()) / GB


def make_environment(venv: Path, python: str) -> None:
    """A virtual environment of that Python ("3.11"); one of another or a missing Python is cleared."""
    config = venv / "pyvenv.cfg"
    made = (
        re.search(r"^version\S* = (\d+\.\d+)", config.read_text(encoding="utf-8"), re.M)
        if config.exists()
        else None
    )
    keep = made and made[1] == python and venv_python(venv).exists()
    clear = [] if keep else ["--clear"]
    _run([sys.executable, "-m", "venv", *clear, str(venv)], "the virtual environment could not be made")


def build_engine(venv: Path, engine: str) -> None:
    """Builds llama-cpp-python from source; `engine` is the stamp's "requirement gpu"."""
    requirement, gpu = engine.split()
    own_args = os.environ.get("CMAKE_ARGS", "")
    # Pip's cache knows a wheel by its version, not its switches: only the plain build may use it.
    cache = [] if gpu == "cpu" and not own_args else ["--no-cache-dir"]
    # Where Metal exists llama.cpp builds for it unless told otherwise, so the plain build must say no.
    switch = "-DGGML_METAL=off" if gpu == "cpu" else f"-DGGML_{gpu.upper()}=on"
    options = [*cache, "--no-deps", "--force-reinstall", "--no-binary", "llama-cpp-python"]
    say(f"building llama.cpp for {gpu}: some minutes (6 on 2 cores for cpu; others take longer)")
    with tempfile.TemporaryDirectory() as folder:
        source = vulkan_source(venv, requirement, Path(folder)) if gpu == "vulkan" else requirement
        cmake_args = f"{switch} {own_args}".strip()
        _pip(venv, "llama-cpp-python could not be built", "install", *options, source, CMAKE_ARGS=cmake_args)


def vulkan_source(venv: Path, requirement: str, folder: Path) -> str:
    """Path of the source below `folder`, fetched, and patched for the Vulkan backend. Raises SetUpError."""
    options = ["--no-deps", "--no-binary", "llama-cpp-python", "--dest", str(folder)]
    _pip(venv, "the source of llama-cpp-python could not be fetched", "download", *options, requirement)
    return str(unpacked(next(folder.glob("*.tar.gz"))))


def cpu_torch(root: Path, machine: Machine) -> str:
    """The pinned torch built without CUDA, where the plain one would bring it for nothing; else empty."""
    if machine.system != "Linux" or has_device("cuda", machine):
        return ""
    lock = (root / "requirements.lock").read_text(encoding="utf-8")
    pinned = re.search(r"^torch==[\w.]+", lock, re.MULTILINE)
    return f"{pinned[0]}+cpu" if pinned else ""


def install_cpu_torch(venv: Path, requirement: str) -> None:
    """Torch without its CUDA libraries, which the lock then takes for its own; or how to get it."""
    say(f"no NVIDIA GPU answers: trying {requirement}")
    try:
        options = ["-qqq", "--no-deps", requirement]
        # Pip's errors would frighten: another build does as well.
        _pip(venv, "it could not be had", "install", *options, said=subprocess.DEVNULL)
    except SetUpError:
        say(f"pip's index has no {requirement}: about {CUDA_GB:.0f} GB of CUDA libraries will lie unused; to")
        say(
            "save them, name an index with torch's CPU builds in PIP_EXTRA_INDEX_URL and begin with make distclean"
        )


def install_packages(venv: Path, root: Path, machine: Machine) -> None:
    """The pinned packages, then the `rag-app` command on top of them."""
    if requirement := cpu_torch(root, machine):
        install_cpu_torch(venv, requirement)
    say("installing the packages of requirements.lock")
    lock = str(root / "requirements.lock")
    _pip(venv, "the packages could not be installed", "install", "--requirement", lock)
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--editable"]
    _pip(venv, "rag-app itself could not be installed", "install", *options, str(root))


def _pip(venv: Path, failure: str, *arguments: str, said: int | None = None, **variables: str) -> None:
    variables = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", **variables}
    _run([str(venv_python(venv)), "-m", "pip", *arguments], failure, variables, said)


def _run(
    command: Sequence[str], failure: str, variables: Mapping[str, str] | None = None, said: int | None = None
) -> None:
    """Run a step; `said` is where its errors go, by default to the terminal."""
    done = subprocess.run(command, env={**os.environ, **(variables or {})}, stderr=said, check=False)
    if done.returncode != 0:
        raise SetUpError(failure, "the reason stands above; the next run continues from this step")


def set_up(root: Path, wanted_gpu: str, machine: Machine) -> None:
    """Brings `root`/.venv to the state that the lock, the project file and `wanted_gpu` ask for."""
    if not (root / "requirements.lock").is_file():
        raise SetUpError(
            f"{root} is no checkout of rag-app", "an installed rag-app needs no set-up: rag-app check"
        )
    check_python(sys.version_info[:2], machine)
    done = read_stamp(root / ".venv")
    gpu, why = settle_gpu(root, wanted_gpu, done, machine)
    wanted = wanted_stamp(root, gpu)
    todo = steps(done, wanted)
    if todo:
        say(f"llama.cpp for {gpu} (GPU={wanted_gpu}; {why})")
        if "engine" in todo:
            check_compiler(machine)
        check_disk(root, todo, machine)
        for step in todo:
            done = take(step, root, done, wanted, machine)
    say(f"environment ready (llama.cpp for {gpu}; for another build: GPU={'|'.join(BUILDS)})")


def settle_gpu(root: Path, wanted: str, done: Stamp, machine: Machine) -> tuple[str, str]:
    """The build and why, as `choose_gpu` says; but auto keeps a finished build, whatever it was
    chosen for.
    """
    if wanted == "auto" and done.gpu and set(steps(done, wanted_stamp(root, done.gpu))) <= {"packages"}:
        return done.gpu, "as built before"
    return choose_gpu(wanted, machine)


def take(step: str, root: Path, done: Stamp, wanted: Stamp, machine: Machine) -> Stamp:
    """Takes one step and returns the new stamp, already written."""
    venv = root / ".venv"
    if step == "environment":
        make_environment(venv, wanted.python)
        done = Stamp(python=wanted.python)
    elif step == "engine":
        build_engine(venv, wanted.engine)
        done = replace(done, engine=wanted.engine)
    else:
        install_packages(venv, root, machine)
        done = replace(done, packages=wanted.packages)
    write_stamp(venv, done)
    return done


def say(text: str) -> None:
    print(f"set-up: {text}", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 0 when the environment is ready, 1 after an error with its hint."""
    parser = argparse.ArgumentParser(
        prog="python -m rag_app.setup", description="Make .venv and build llama.cpp."
    )
    parser.add_argument("--gpu", default="auto", help=f"auto or one of {', '.join(BUILDS)} (default: auto)")
    options = parser.parse_args(arguments)
    try:
        set_up(CHECKOUT, options.gpu, this_machine())
    except RagError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nerror: stopped\nhint: the next run continues from this step", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
