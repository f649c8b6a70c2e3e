"""llama.cpp with its Vulkan or CUDA backend, built once for measurements and for the offload test
into a cache folder of its own.

Knows: what the build needs and where it is kept; the source comes from `rag_app.setup`, as in
`GPU=vulkan make setup`. The checkout's environment stays as it is: the built package stands in a
folder that goes first on PYTHONPATH. Run by hand with `vulkan` (12 minutes on two cores) or `cuda`, it
builds and prints that folder; stopped, it goes on at the next start. Where PIP_NO_INDEX and PIP_FIND_LINKS
are set, it fetches nothing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from rag_app.setup import __main__, stamp, toolchain

PACKAGES = "glslc libvulkan-dev spirv-headers mesa-vulkan-drivers"
# No images, a seventh of what is compiled, and for CUDA one architecture instead of nine.
SWITCHES = {
    "vulkan": "-DGGML_VULKAN=on -DLLAVA_BUILD=off",
    "cuda": "-DGGML_CUDA=on -DCMAKE_CUDA_ARCHITECTURES=native -DLLAVA_BUILD=off",
}
RENDERERS = Path("/usr/share/vulkan/icd.d")


def requirement() -> str:
    """The pinned llama-cpp-python, as the lock file names it."""
    return stamp.wanted_stamp(__main__.CHECKOUT, "cpu").engine.split()[0]


def cache_folder(gpu: str) -> Path:
    """Where the build is kept, outside the checkout: `make clean` must not cost another twelve minutes."""
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return caches / "rag-app" / requirement().replace("==", "-") / gpu


def missing(gpu: str = "vulkan") -> str:
    """What this machine lacks, as a reason to skip; empty when the build can be made and run."""
    lacking = toolchain.missing_toolkit(gpu, toolchain.this_machine())
    if gpu == "cuda":
        return f"{lacking} is not here; install the CUDA toolkit" if lacking else ""
    if not lacking and not list(RENDERERS.glob("lvp_icd*.json")):
        lacking = "the software renderer llvmpipe"
    return f"{lacking} is not here; on Debian: apt-get install {PACKAGES}" if lacking else ""


def built(gpu: str = "vulkan") -> Path:
    """The folder to put on PYTHONPATH; it is built where it is not there yet, from where an interrupted
    build stopped.
    """
    site, work = cache_folder(gpu) / "site", cache_folder(gpu) / "work"
    if not site.exists():
        shutil.rmtree(work / "site", ignore_errors=True)  # pip may have been stopped while it copied
        options = ["--no-deps", "--no-cache-dir", "--no-binary", "llama-cpp-python"]
        options += ["--config-settings", f"build-dir={work / 'build'}", "--target", str(work / "site")]
        command = [sys.executable, "-m", "pip", "install", *options, str(_source(work))]
        subprocess.run(
            command, check=True, stdout=sys.stderr, env={**os.environ, "CMAKE_ARGS": SWITCHES[gpu]}
        )
        (work / "site").rename(site)
        shutil.rmtree(work)
    return site


def _source(work: Path) -> Path:
    """The pinned package's source with the patch for Vulkan, which no other build reads, where the next try
    finds it again: what comes from another folder is built anew.
    """
    source, fetched = work / "source", work / "fetched"
    if not source.exists():
        shutil.rmtree(fetched, ignore_errors=True)
        fetched.mkdir(parents=True)
        Path(__main__.vulkan_source(Path(sys.prefix), requirement(), fetched)).rename(source)
    return source


if __name__ == "__main__":
    build = sys.argv[1] if len(sys.argv) > 1 else "vulkan"
    sys.exit(missing(build) or print(built(build)))
