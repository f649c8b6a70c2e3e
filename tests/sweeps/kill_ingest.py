"""Killing a real ingest at random moments, asking afterwards, and running it again.

    python -m tests.sweeps.kill_ingest DIR --home RAG_HOME --count 30 --seed 0

Knows: the `rag-app` command, and nothing of what is inside. DIR holds the digests; the index,
vectors and embedder of RAG_HOME are copied, so that texts are embedded once. Every ingest has
something to do: a folder with one more digest comes and goes.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

QUESTION = "which papers improve video generation?"
CHECKOUT = Path(__file__).parents[2]
EXTRA = """## Daily Papers (2024-05-01)

### [PickBot: Whole-Body Grasping for Mobile Robots](https://arxiv.org/abs/2405.00001)

- **What's New**: PickBot은 이동 로봇의 전신 파지(whole-body grasping)를 학습하는 시스템입니다.
"""


@dataclass(frozen=True, slots=True)
class KilledHome:
    """A RAG_HOME, used through the command line alone."""

    folder: Path

    def started(self, *arguments: str) -> subprocess.Popen[str]:
        environment = {**os.environ, "RAG_HOME": str(self.folder)}
        command = [sys.executable, "-m", "rag_app", *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, cwd=CHECKOUT, env=environment, stdout=pipe, stderr=pipe, text=True)

    def ingest(self, roots: tuple[str, ...]) -> float:
        """An ingest of these roots to its end; its seconds. Raises RuntimeError."""
        started = time.monotonic()
        self._output(self.started("ingest", "--replace", *roots))
        return time.monotonic() - started

    def killed(self, roots: tuple[str, ...], seconds: float) -> bool:
        """Whether an ingest was still running when it was killed after that time."""
        with self.started("ingest", "--replace", *roots) as process:
            try:
                process.communicate(timeout=seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                return True
        return False

    def answer(self) -> str:
        """What a new process answers, and from how many papers. Raises RuntimeError."""
        answer = json.loads(self._output(self.started("ask", QUESTION, "--no-llm", "--json")))
        return json.dumps([answer["answer"], answer["citations"], answer["scanned"]])

    def _output(self, process: subprocess.Popen[str]) -> str:
        output, errors = process.communicate()
        if process.returncode:
            raise RuntimeError(errors.strip() or f"exit code {process.returncode}")
        return output


def main() -> int:
    parser = argparse.ArgumentParser(
        description="kill a real ingest at random moments, ask, and run it again"
    )
    parser.add_argument("digests", type=Path)
    parser.add_argument(
        "--home", type=Path, required=True, help="a home that has ingested the digests; it is copied"
    )
    parser.add_argument("--count", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        (Path(work) / "extra").mkdir()
        (Path(work) / "extra" / "extra.md").write_text(EXTRA, encoding="utf-8")
        home = KilledHome(Path(work) / "home")
        for part in ("index", "vectors", "embedder"):
            if (options.home / part).is_dir():
                shutil.copytree(options.home / part, home.folder / part)
        plain = (str(options.digests.absolute()),)
        return _sweep(home, [(*plain, str(Path(work) / "extra")), plain], options.count, options.seed)


def _sweep(home: KilledHome, collections: list[tuple[str, ...]], count: int, seed: int) -> int:
    """The figures of `count` kills, printed; 0 if nothing was lost."""
    seconds, answers = zip(*((home.ingest(roots), home.answer()) for roots in collections), strict=True)
    print(f"an ingest takes {seconds[0]:.1f} s and {seconds[1]:.1f} s", flush=True)
    chance = random.Random(seed)  # noqa: S311 - must be repeatable
    killed = answered = finished = 0
    for number in range(count):
        due = number % 2
        moment = chance.uniform(0, min(seconds))
        killed += home.killed(collections[due], moment)
        try:
            answered += home.answer() in answers
            home.ingest(collections[due])
            finished += home.answer() == answers[due]
        except RuntimeError as error:
            print(f"after a kill at {moment:.2f} s: {error}", file=sys.stderr)
        print(f"{number + 1}: {killed} killed, {answered} still answerable, {finished} finished", flush=True)
    return 0 if answered == finished == count else 1


if __name__ == "__main__":
    sys.exit(main())
