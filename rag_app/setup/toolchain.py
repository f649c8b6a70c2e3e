"""What a machine can build llama.cpp with.

Knows: Pythons, compilers, GPU toolkits and devices, on Linux, macOS and Windows, and which build they
make possible. Does not know: what is built already, or how.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag_app.errors import SetUpError

PYTHONS = ((3, 11), (3, 13))  # oldest and newest that every pinned package has wheels for

BUILDS = ("cpu", "cuda", "vulkan", "metal")  # of llama.cpp

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
    """The questions that set-up asks the machine; tests answer them in its place."""

    system: str  # "Linux", "Darwin" or "Windows"
    which: Callable[[str], str | None]  # a command's path
    # What a command prints; empty if it fails or is not there.
    output: Callable[[Sequence[str]], str]
    exists: Callable[[Path], bool]
    free_bytes: Callable[[Path], int]


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
