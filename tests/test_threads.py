"""A thread that fails in a test fails the test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.helpers.checkout import CHECKOUT

FAILS = """
import threading

def test_of_a_fake_that_takes_other_arguments():
    thread = threading.Thread(target=lambda wanted: None)
    thread.start()
    thread.join()
"""


def test_an_error_that_ends_a_thread_ends_its_test(tmp_path: Path) -> None:
    file = tmp_path / "test_thread.py"
    file.write_text(FAILS, encoding="utf-8")
    options = ["-q", "-p", "no:cacheprovider", "-c", str(CHECKOUT / "pyproject.toml")]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(file)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "TypeError" in done.stdout
    assert "1 failed" in done.stdout
