"""llama.cpp with its Vulkan backend, built once for the offload test into a cache folder of its
own.

Knows: what the build needs and where it is kept; the source comes from `rag_app.setup`, as in
`GPU=vulkan make setup`. The checkout's environment stays as it is: the built package stands in a
folder that goes first on PYTHONPATH. Called by `test_offload.py`; run by hand, it builds (12
minutes on two cores) and prints that folder.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from rag_app.setup import __main__

PACKAGES = "glslc libvulkan-dev spirv-headers mesa-vulkan-drivers"
RENDERERS = Path("/usr/share/vulkan/icd.d")


def requirement() -> str:
    """The pinned llama-cpp-python, as the lock file names it."""
    return __main__.wanted_stamp(__main__.CHECKOUT, "vulkan").engine.split()[0]


def cache_folder() -> Path:
    """Where the build is kept, outside the checkout: `make clean` must not cost another twelve minutes."""
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return caches / "rag-app" / requirement().replace("==", "-") / "vulkan"


def missing() -> str:
    """What this machine lacks, as a reason to skip; empty when the build can be made and run."""
    lacking = __main__.missing_toolkit("vulkan", __main__.this_machine())
    if not lacking and not list(RENDERERS.glob("lvp_icd*.json")):
        lacking = "the software renderer llvmpipe"
    return f"{lacking} is not here; on Debian: apt-get install {PACKAGES}" if lacking else ""


def built() -> Path:
    """The folder to put on PYTHONPATH; it is built where it is not there yet."""
    site, work = cache_folder() / "site", cache_folder() / "work"
    if not site.exists():
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        source = __main__.vulkan_source(Path(sys.prefix), requirement(), work)
        options = ["--no-deps", "--no-cache-dir", "--target", str(work / "site")]
        command = [sys.executable, "-m", "pip", "install", *options, source]
        environment = {**os.environ, "CMAKE_ARGS": "-DGGML_VULKAN=on"}
        subprocess.run(command, check=True, stdout=sys.stderr, env=environment)
        (work / "site").rename(site)
        shutil.rmtree(work)
    return site


if __name__ == "__main__":
    sys.exit(missing() or print(built()))
