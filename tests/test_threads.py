"""A thread that dies in a test fails that test: what the page does beside its redraws must not die unseen."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.helpers.checkout import CHECKOUT

BESIDE = """
import threading

def test_something_beside():
    thread = threading.Thread(target=lambda: {body})
    thread.start()
    thread.join()
"""


def outcome(folder: Path, body: str) -> subprocess.CompletedProcess[str]:
    file = folder / "test_beside.py"
    file.write_text(BESIDE.format(body=body))
    options = ["-c", str(CHECKOUT / "pyproject.toml"), "--rootdir", str(folder), "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", "-q", *options, str(file)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_thread_that_raises_fails_its_test(tmp_path: Path) -> None:
    done = outcome(tmp_path, "len(None)")
    assert done.returncode == 1
    assert "PytestUnhandledThreadExceptionWarning" in done.stdout
    assert "1 failed" in done.stdout


def test_a_thread_that_ends_well_does_not(tmp_path: Path) -> None:
    assert outcome(tmp_path, "len([])").returncode == 0
