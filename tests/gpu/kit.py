"""What building and measuring needs where nothing can be fetched, as a folder for pip: the pinned
llama-cpp-python's source without what no build reads, and wheels.

Run by `tests/gpu/run.sh --pack`.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.helpers.checkout import CHECKOUT
from tests.helpers.offload_build import requirement

MOST = 60 << 20  # bytes
BUILD = ("scikit-build-core", "cmake", "ninja")
# What `rag-app bench gpu` imports beside llama-cpp-python, and what it imports in turn.
RUN = ("numpy", "jinja2", "psutil", "filelock", "diskcache", "typing-extensions", "gguf", "platformdirs")
NEEDLESS = re.compile(
    r"[^/]+/(\.git/|vendor/llama\.cpp/(models|docs|tests|benches|media|pocs|tools/(server|ui))/)"
)
KEPT = re.compile(r"(CMakeLists\.txt|\.cmake)$")


def pack(folder: Path) -> int:
    """Fill the folder and return its bytes."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    lock = (CHECKOUT / "requirements.lock").read_text(encoding="utf-8")
    pins = {line.partition("==")[0].lower(): line for line in lock.splitlines() if "==" in line}
    wanted = [pins.get(name, name) for name in RUN]
    (folder / "requirements.txt").write_text("\n".join([*wanted, *BUILD]) + "\n", encoding="utf-8")
    _download(folder, "--only-binary", ":all:", *wanted, *BUILD)
    with TemporaryDirectory() as scratch:
        _download(Path(scratch), "--no-deps", "--no-binary", "llama-cpp-python", requirement())
        (archive,) = Path(scratch).glob("*.tar.gz")
        slim(archive, folder / archive.name)
    return sum(file.stat().st_size for file in folder.iterdir())


def slim(archive: Path, target: Path) -> None:
    """The archive without history, vocabularies, documents and web pages, which are five sixths of it."""
    with tarfile.open(archive) as whole, tarfile.open(target, "w:gz") as part:
        for member in whole:
            if NEEDLESS.match(member.name) and not KEPT.search(member.name):
                continue
            part.addfile(member, whole.extractfile(member) if member.isfile() else None)


def _download(folder: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--dest", str(folder), *arguments]
    subprocess.run(command, check=True)


if __name__ == "__main__":
    size = pack(Path(sys.argv[1]))
    print(f"{sys.argv[1]}: {size >> 20} MiB")
    sys.exit(0 if size <= MOST else f"more than {MOST >> 20} MiB")
