"""The environment of the bench's peers: LangChain and paper-qa beside the packages of this app.

Knows: how it is made and where it lies; run as a program, it makes it.
Does not know: what is measured in it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

from rag_app.errors import RagError
from rag_app.home import Home
from rag_app.settings import Settings
from rag_app.shipped import INSTALLED

# the command that makes it, for hints; an installed rag-app has no Makefile
COMMAND = f"{sys.executable} -m rag_app.bench.peers_environment" if INSTALLED else "make bench-peers"
LOCK = Path(__file__).with_name("peers.lock")
STAMP = "peers.lock"  # a copy of the lock the environment was made of, written last


def interpreter(home: Path) -> Path:
    """The environment's Python. Raises RagError when it is not there, or not made of the lock as it
    is now.
    """
    folder = Home(home).peers
    stamp = folder / STAMP
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != LOCK.read_text(encoding="utf-8"):
        raise RagError(f"there is no environment for the peers in {folder}", f"run: {COMMAND}")
    return _python(folder)


def make(home: Path) -> Path:
    """Make the environment, or bring it to the lock; its Python. Raises RagError when pip fails."""
    folder = Home(home).peers
    venv.create(folder, symlinks=os.name != "nt")
    own = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
    (own / "rag_app_packages.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    done = subprocess.run(
        [str(_python(folder)), "-m", "pip", "install", "--requirement", str(LOCK)], check=False
    )
    if done.returncode:
        raise RagError("the peers' packages could not be installed", "pip's own message above says why")
    (folder / STAMP).write_text(LOCK.read_text(encoding="utf-8"), encoding="utf-8")
    return _python(folder)


def _python(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


if __name__ == "__main__":
    try:
        print(make(Settings.from_environment().home))
    except RagError as error:
        sys.exit(f"error: {error}")
