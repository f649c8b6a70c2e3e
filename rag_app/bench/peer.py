"""The protocol of a peer: another way of answering, in a process of its own.

Knows: one JSON object a line (questions in, measured values out), and the peak memory of a process.
Does not know: who answers, or how: `bench.peer_app`, `bench.peer_langchain` and
`bench.peer_paperqa` are run by the interpreter that has their packages.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from rag_app.bench.peers_environment import COMMAND
from rag_app.errors import RagError
from rag_app.shipped import SHIPPED

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of one question."""

    evidence: tuple[str, ...]  # ids of what stood in the prompt, papers or chunks, best first
    seconds: float = 0.0
    first_token: float | None = None  # seconds; None where the model wrote nothing
    answer: str = ""
    peak_bytes: int = 0  # of the processes it takes, so far


class Peer:
    """A running peer; use it in a `with` statement."""

    def __init__(
        self,
        module: str,
        *,
        python: Path = Path(sys.executable),
        home: Path,
        environment: Mapping[str, str] = MappingProxyType({}),
        **setup: object,
    ) -> None:
        """Start `python -m rag_app.bench.MODULE` with RAG_HOME at `home`, and wait until it has
        loaded.

        Raises RagError, with the last line it wrote on stderr, when it ends instead.
        """
        variables = {
            **os.environ,
            **environment,
            "RAG_HOME": str(home),
            "PYTHONPATH": str(SHIPPED),
            **_QUIET,
        }
        self.name = module.removeprefix("peer_")
        self._errors = (home / f"{self.name}.log").open("w+", encoding="utf-8")
        self._process = subprocess.Popen(
            [str(python), "-m", f"rag_app.bench.{module}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            encoding="utf-8",
            env=variables,
            cwd=SHIPPED,
        )
        self._exchange(setup)

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._errors.close()

    def ask(self, question: str, **options: object) -> Reply:
        """The reply to one question. Raises RagError when the peer ends."""
        reply = self._exchange({"question": question, **options})
        return Reply(**{**reply, "evidence": tuple(reply["evidence"])})

    def _exchange(self, request: Mapping[str, object]) -> Json:
        assert self._process.stdin and self._process.stdout  # noqa: S101 - pipes by construction
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            reply: Json = json.loads(self._process.stdout.readline())
        except (OSError, ValueError):
            self._errors.seek(0)
            last = (self._errors.read().strip().splitlines() or ["no message"])[-1]
            raise RagError(f"the peer {self.name} ended: {last[:300]}", f"its packages: {COMMAND}") from None
        return reply


_QUIET = {
    "ANONYMIZED_TELEMETRY": "False",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # else litellm fetches one
    "LANGSMITH_TRACING": "false",
    "TOKENIZERS_PARALLELISM": "true",
}


def serve(load: Callable[[Json], Callable[[Json], Reply]]) -> None:
    """The peer's side: `load` with the first line, say so, and answer one line after another."""
    output = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints must not break the protocol
    answer = load(json.loads(sys.stdin.readline()))
    print("{}", file=output, flush=True)
    for line in sys.stdin:
        reply = answer(json.loads(line))
        told = {name: getattr(reply, name) for name in ("evidence", "seconds", "first_token", "answer")}
        print(
            json.dumps({**told, "peak_bytes": reply.peak_bytes or peak_bytes(os.getpid())}),
            file=output,
            flush=True,
        )


def peak_bytes(*processes: int) -> int:
    """Most main memory that each of these processes has held, file pages of the model included, added up."""
    return sum(_peak_bytes(process) for process in processes)


def _peak_bytes(process: int) -> int:
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024
    except (OSError, IndexError):  # not on Linux
        import psutil

        return int(psutil.Process(process).memory_info().rss)
