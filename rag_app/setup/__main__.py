"""Set-up: `.venv` with the pinned packages and a llama.cpp built for this machine's GPU.

Knows: everything about set-up that differs between Linux, macOS and Windows. The system's own
Python runs it before anything is installed: `python3 -m rag_app.setup --gpu auto`.
Does not know: models, digests and the index (`rag-app models`, `rag-app ingest`).

A stamp in `.venv` says what is done, so a second run does nothing and an interrupted
one is continued.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from rag_app.errors import RagError, SetUpError
from rag_app.setup.vulkan_source import unpacked

CHECKOUT = Path(__file__).resolve().parents[2]
PYTHONS = ((3, 11), (3, 13))  # oldest and newest that every pinned package has wheels for

BUILDS = ("cpu", "cuda", "vulkan", "metal")  # of llama.cpp

GB = 10**9
MODELS_GB = 1.7  # the default weights as downloaded (1.2) and the embedder as converted (0.5)
CUDA_GB = 4.0  # of libraries that come with torch on Linux, unless it is built without them
SPARE_GB = 1.0  # for a build of llama.cpp alone

VULKAN_INCLUDES = ("/usr/include", "/usr/local/include", "/opt/homebrew/include")
# Devices of other types are CPU renderers.
VULKAN_GPU = re.compile(r"PHYSICAL_DEVICE_TYPE_(DISCRETE|INTEGRATED|VIRTUAL)_GPU")

TOOLKIT_HINTS = {
    "cuda": "install the CUDA toolkit and put its bin folder on PATH, or use GPU=auto",
    "vulkan": "install the Vulkan SDK (Debian: apt-get install glslc libvulkan-dev spirv-headers), or use GPU=auto",
    "metal": "use GPU=auto",
}
COMPILER_HINTS = {
    "Linux": "install one (Debian, Ubuntu: apt-get install g++; Fedora: dnf install gcc-c++) and run this again",
    "Darwin": "run xcode-select --install, then this again",
    "Windows": "install Visual Studio Build Tools with 'Desktop development with C++', then run this again",
}


@dataclass(frozen=True)
class Machine:
    """The questions this module asks the machine; tests answer them in its place."""

    system: str  # "Linux", "Darwin" or "Windows"
    which: Callable[[str], str | None]  # a command's path
    # What a command prints; empty if it fails or is not there.
    output: Callable[[Sequence[str]], str]
    exists: Callable[[Path], bool]
    free_bytes: Callable[[Path], int]


@dataclass(frozen=True)
class Stamp:
    """What an environment was made from; an empty field is a step that is not done."""

    python: str = ""  # "3.11"
    engine: str = ""  # "llama-cpp-python==0.3.36 cpu"
    packages: str = ""  # SHA-256 over requirements.lock and pyproject.toml

    @property
    def gpu(self) -> str:
        return self.engine.rpartition(" ")[2]


def this_machine() -> Machine:
    """The machine this runs on."""
    return Machine(
        platform.system(), shutil.which, _output, Path.exists, lambda folder: shutil.disk_usage(folder).free
    )


def _output(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""


# --- choices ---------------------------------------------------------------------------------


def missing_toolkit(gpu: str, machine: Machine) -> str:
    """What a build for `gpu` needs and this machine lacks; empty when nothing is missing."""
    if gpu == "cuda" and not machine.which("nvcc"):
        return "nvcc"
    if gpu == "vulkan" and not machine.which("glslc"):
        return "glslc"
    if gpu == "vulkan" and not _has_vulkan_headers(machine):
        return "the Vulkan headers"
    if gpu == "metal" and machine.system != "Darwin":
        return "macOS"
    return ""


def _has_vulkan_headers(machine: Machine) -> bool:
    sdk = os.environ.get("VULKAN_SDK", "")
    folders = [*VULKAN_INCLUDES, *([f"{sdk}/include", f"{sdk}/Include"] if sdk else [])]
    return any(machine.exists(Path(folder, "vulkan", "vulkan.h")) for folder in folders)


def has_device(gpu: str, machine: Machine) -> bool:
    """Whether a GPU answers: toolkits are often installed where there is none."""
    if gpu == "cuda":
        return "GPU " in machine.output(["nvidia-smi", "-L"])
    if gpu == "vulkan":
        return bool(VULKAN_GPU.search(machine.output(["vulkaninfo", "--summary"])))
    return machine.system == "Darwin"


def choose_gpu(wanted: str, machine: Machine) -> tuple[str, str]:
    """The llama.cpp build to make, and why. Raises SetUpError for an unknown or impossible wish."""
    if wanted in BUILDS:
        if lacking := missing_toolkit(wanted, machine):
            raise SetUpError(f"GPU={wanted} needs {lacking}, which is not here", TOOLKIT_HINTS[wanted])
        return wanted, "as asked"
    if wanted != "auto":
        raise SetUpError(
            f"GPU={wanted} is not a build of llama.cpp", f"use GPU=auto or one of {', '.join(BUILDS)}"
        )
    if machine.system == "Darwin":
        return "metal", "this is macOS"
    reasons = []
    for gpu in ("cuda", "vulkan"):
        lacking = missing_toolkit(gpu, machine)
        if not lacking and has_device(gpu, machine):
            return gpu, "its toolkit and a GPU were found"
        reasons.append(
            f"{gpu}: {lacking} not found" if lacking else f"{gpu}: toolkit found, but no GPU answers"
        )
    return "cpu", "; ".join(reasons)


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


# --- checks ----------------------------------------------------------------------------------


def check_python(version: tuple[int, int], machine: Machine) -> None:
    """Raises SetUpError when the packages have no wheels for this Python, or it cannot make environments."""
    oldest, newest = PYTHONS
    if not oldest <= version <= newest:
        names = [f"python3.{minor}" for minor in range(newest[1], oldest[1] - 1, -1)]
        other = next((name for name in names if machine.output([name, "--version"])), "")
        raise SetUpError(
            f"Python {version[0]}.{version[1]} cannot run this; it needs 3.{oldest[1]} to 3.{newest[1]}",
            f"use {other}: make PYTHON={other}"
            if other
            else f"install Python 3.{newest[1]} and run this again",
        )
    if importlib.util.find_spec("ensurepip") is None:
        raise SetUpError(
            "this Python cannot make virtual environments", "Debian, Ubuntu: apt-get install python3-venv"
        )


def check_compiler(machine: Machine) -> None:
    """Raises SetUpError when there is no C and C++ compiler to build llama.cpp with."""
    if machine.system == "Windows":
        vswhere = r"\Microsoft Visual Studio\Installer\vswhere.exe"
        tools = ["-products", "*", "-requires", "Microsoft.VisualStudio.Component.VC.Tools.x86.x64"]
        program = os.environ.get("PROGRAMFILES(X86)", r"C:\Program Files (x86)") + vswhere
        found = bool(
            machine.which("cl") or machine.output([program, *tools, "-property", "installationPath"])
        )
    elif machine.system == "Darwin":
        # The compilers' names exist on every Mac, but do nothing without the command line tools.
        found = bool(machine.output(["xcode-select", "-p"]))
    else:
        found = _has(machine, "CC", "cc", "gcc", "clang") and _has(machine, "CXX", "c++", "g++", "clang++")
    if not found:
        hint = COMPILER_HINTS.get(machine.system, COMPILER_HINTS["Linux"])
        raise SetUpError("no C and C++ compiler found; llama.cpp is built from source", hint)


def _has(machine: Machine, variable: str, *names: str) -> bool:
    """Whether one of the commands is there; the environment variable, where set, names the only candidate."""
    return any(map(machine.which, os.environ.get(variable, "").split()[:1] or names))


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


# --- steps -----------------------------------------------------------------------------------


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
        _pip(venv, "it could not be had", "install", "-qqq", "--no-deps", requirement)
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


def _pip(venv: Path, failure: str, *arguments: str, **variables: str) -> None:
    variables = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", **variables}
    _run([str(venv_python(venv)), "-m", "pip", *arguments], failure, variables)


def _run(command: Sequence[str], failure: str, variables: Mapping[str, str] | None = None) -> None:
    done = subprocess.run(command, env={**os.environ, **(variables or {})}, check=False)
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
