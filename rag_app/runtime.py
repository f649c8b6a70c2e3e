"""The running process: environment variables that libraries read, garbage, the console's encoding.

Knows: which library reads which variable, and when; what a console or pipe may refuse.
Does not know: what the process does.
"""

from __future__ import annotations

import gc
import io
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_SHARED_PROCESSOR = {
    # Threads of llama.cpp and torch that wait for each other soon sleep, instead of spinning for many
    # milliseconds: two processes that use every core came to a standstill (two engines on two cores: no
    # token in a minute; like this, 15 a second each). Alone both are as fast as before.
    "GOMP_SPINCOUNT": "1000",
    # numpy's matrix products take one thread. A second one waits, spinning, for a core that another process
    # holds, which took three times as long as doing without it. A limit that a thread sets and takes back
    # holds for the whole process: it was lifted while scikit-learn multiplied, and OpenBLAS may then hang.
    "OPENBLAS_NUM_THREADS": "1",
}
IDLE = 10  # niceness, at which an answer beside it gets nine tenths of a core that both want
_NO_TELEMETRY = {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "TRANSFORMERS_NO_ADVISORY_WARNINGS": "1",
}
_NO_HUB = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}


def share_the_processor() -> None:
    """Before numpy or a library with OpenMP loads, which read it then; what the user set stays."""
    _set_defaults(_SHARED_PROCESSOR)


def quieten_libraries() -> None:
    """Before libraries load: no usage statistics, no warnings of their own."""
    _set_defaults(_NO_TELEMETRY | {"TOKENIZERS_PARALLELISM": "true"})


def collect_less_often() -> None:
    """Python looks for garbage in cycles after 100,000 new objects, not 700.

    Opening a collection makes a million that stay, and looking through them again and again took
    three tenths of the time.
    """
    gc.set_threshold(100_000, 20, 20)


def forbid_the_hub() -> None:
    """Before transformers and huggingface_hub load, which read it once: nothing may look for the hub."""
    os.environ |= _NO_HUB


def silence_transformers() -> None:
    """No progress bars and no warnings: a saved adaptation lacks the pooler, which nothing reads."""
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()


def leave_proxies_aside(host: str) -> None:
    """Connect to `host` itself: some clients obey proxies of the environment and cannot be told not to."""
    for name in ("NO_PROXY", "no_proxy"):
        hosts = [known for known in os.environ.get(name, "").split(",") if known]
        if host not in hosts:
            os.environ[name] = ",".join([*hosts, host])


@contextmanager
def without_socks() -> Iterator[None]:
    """While a client is made that looks at every proxy, used or not, and fails where it speaks SOCKS."""
    socks = {name: os.environ.pop(name) for name in ("ALL_PROXY", "all_proxy") if name in os.environ}
    try:
        yield
    finally:
        os.environ |= socks


def work_in_idle_time() -> None:
    """The calling thread, and those that it starts, take what others leave of the processor; Linux
    counts this for each thread, elsewhere nothing changes.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, max(IDLE, os.getpriority(os.PRIO_PROCESS, thread)))


def print_any_text() -> None:
    """A console of another encoding shows "?" for a letter that it lacks, instead of failing; so does
    what is typed in another one.
    """
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def flush_output() -> None:
    """What was printed goes out now, while a failure can still be said. Raises OSError."""
    if sys.stdout is not None:  # closed by whoever started this
        sys.stdout.flush()


def discard_output() -> None:
    """After the reader of a pipe has gone, or the disk is full: what is still printed goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _set_defaults(variables: dict[str, str]) -> None:
    for name, value in variables.items():
        os.environ.setdefault(name, value)
