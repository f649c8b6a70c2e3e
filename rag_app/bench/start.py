"""Suite `start`: how soon a command or the page is of use, and at what memory, in whole processes.

Knows: that each figure is the median of processes begun anew over this collection, in a home of their
own without saved states, so that nothing that was asked before helps; files stay in the system's
cache, where the first run has put them.
Does not know: where the time goes.

The page is timed in a Chromium that is open already: the first tab finds an empty cache, another tab what
the first has left there. Without one, and without playwright, its rows are left out.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from rag_app.bench import questions
from rag_app.bench.table import Measurement
from rag_app.collection.snapshot import read_papers
from rag_app.errors import RagError
from rag_app.home import Home
from rag_app.progress import Progress
from rag_app.settings import Settings
from rag_app.shipped import SHIPPED

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

RUNS = 5
ENGLISH, KOREAN = "which papers improve video generation?", "비디오 생성을 개선하는 논문은?"
# The first draws pages alone: a window of the others takes as much processor time as the page in it.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage"]  # also in a container
PAGE_SECONDS = 120.0  # after which a page has failed
SETTLES_WITHIN = 60.0  # seconds in which an idle page has loaded what the first question needs
LOOK = 2.0  # seconds between two looks at whether it has
RESTING = 0.05  # of a processor: what a page and an engine take that wait for a question


@dataclass(frozen=True, slots=True)
class WholeRun:
    """One process: what it printed, seconds from its start to its end and to the last line of that, and
    bytes at its peak.
    """

    seconds: float
    told: float
    memory: int
    printed: str


@dataclass(frozen=True, slots=True)
class PageRun:
    """Seconds to a box that takes a question, in the first tab and in a second; bytes when idle."""

    cold: float
    warm: float
    memory: int


def run(settings: Settings, *, quick: bool, progress: Progress) -> list[Measurement]:
    """The rows of this suite. Raises RagError when there is no collection, or a command fails."""
    count = 1 if quick else RUNS
    papers = questions.about(read_papers(settings.home), 9 * count)[::9]  # one wording, of which each drafts
    commands: dict[str, list[list[str]]] = {
        "--help": [["--help"]] * count,
        "ask --no-llm": [["ask", "--no-llm", ENGLISH]] * count,
        "ask --no-llm, in Korean": [["ask", "--no-llm", KOREAN]] * count,
        "ask, first token": [["ask", "--json", question] for question in papers],
    }
    done: dict[str, list[WholeRun]] = {name: [] for name in commands}
    pages: list[PageRun] = []
    with borrowed(settings) as home:
        for turn in range(count):  # in turns: a slow moment of the machine is shared
            for name, each in commands.items():
                progress(name, turn, count)
                done[name].append(command(each[turn], settings, home))
            progress("page", turn, count)
            pages += page(settings, home)
    return [*_commands(done), *_page(pages)]


def _commands(done: dict[str, list[WholeRun]]) -> list[Measurement]:
    targets = {
        "--help": "≤ 0.15",
        "ask --no-llm": "≤ 3",
        "ask --no-llm, in Korean": "≤ 3",
        "ask, first token": "≤ 6",
    }
    rows = []
    for name, runs in done.items():
        taken = (
            [first_token(each) for each in runs] if name == "ask, first token" else [r.seconds for r in runs]
        )
        memory = f"peak memory {median(each.memory for each in runs) / 2**20:,.0f} MiB"
        rows.append(
            Measurement(f"{name}, cold", median(taken), "s", targets[name], f"{_of(taken)}; {memory}")
        )
    return rows


def _page(pages: Sequence[PageRun]) -> list[Measurement]:
    if not pages:
        return []
    cold, warm = [each.cold for each in pages], [each.warm for each in pages]
    memory = median(each.memory for each in pages) / 2**20
    return [
        Measurement("page, cold to usable", median(cold), "s", "≤ 4", _of(cold)),
        Measurement("page, another tab to usable", median(warm), "s", "≤ 1", _of(warm)),
        Measurement("page, idle, memory", memory, "MiB", detail="of its process, without the engine's"),
    ]


def _of(values: Sequence[float]) -> str:
    return f"median of {len(values)}, {min(values):.2f} to {max(values):.2f} s"


def first_token(run: WholeRun) -> float:
    """Seconds from the start of `ask --json` to the model's first event. Raises RagError."""
    answer = json.loads(run.printed)
    if answer["first_token_seconds"] is None:
        raise RagError("the model drafted nothing", "pull a model, or measure over other digests")
    return run.told - float(answer["seconds"] - answer["first_token_seconds"])


def command(arguments: Sequence[str], settings: Settings, home: Path) -> WholeRun:
    """Run one command of `rag-app` to its end. Raises RagError when it fails."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "rag_app", *arguments],
        cwd=SHIPPED,
        env=_environment(settings, home),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    printed, told = "", 0.0
    for line in process.stdout or ():  # read as it comes
        printed, told = printed + line, time.perf_counter() - started
    memory = _ended(process)
    if process.returncode:
        raise RagError(f"rag-app {arguments[0]} ended with code {process.returncode}", "run: rag-app check")
    return WholeRun(time.perf_counter() - started, told, memory, printed)


def _ended(process: subprocess.Popen[str]) -> int:
    """Bytes at the peak of a process, once it has ended; 0 where the system does not tell."""
    if not hasattr(os, "wait4"):
        process.wait()
        return 0
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return int(usage.ru_maxrss) * (1 if sys.platform == "darwin" else 1024)


@contextmanager
def borrowed(settings: Settings) -> Iterator[Path]:
    """A home that shows the collection and its embedder, and keeps for itself what is written."""
    with TemporaryDirectory() as folder:
        mine, theirs = Home(Path(folder)), Home(settings.home)
        for name in ("index", "embedder"):
            if getattr(theirs, name).exists():
                getattr(mine, name).symlink_to(getattr(theirs, name).absolute(), target_is_directory=True)
        yield mine.root


def _environment(settings: Settings, home: Path) -> dict[str, str]:
    paths = {"RAG_HOME": home, "RAG_DIGESTS": settings.digests, "RAG_MODELS": settings.models}
    return {**os.environ, **{name: str(path) for name, path in paths.items()}, "RAG_OFFLINE": "1"}


# --- the page -----------------------------------------------------------------------------------


def page(settings: Settings, home: Path) -> list[PageRun]:
    """One start of the page; none where there is no browser."""
    with chromium() as browser:
        if not browser:
            return []
        started = time.perf_counter()
        with served(settings, home) as (process, address), browser.new_context() as reader:
            cold = _usable(reader, address) - started
            _settle(process.pid)
            started = time.perf_counter()
            warm = _usable(reader, address) - started
            return [PageRun(cold, warm, _resident(process.pid))]


def browser_program() -> str | None:
    """The Chromium of this machine, if it has one."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@contextmanager
def chromium() -> Iterator[Browser | None]:
    """An open browser; None where there is none on this machine, or no playwright."""
    program = browser_program()
    if not program or not find_spec("playwright"):
        yield None
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=program, args=FLAGS)


def _usable(reader: BrowserContext, address: str) -> float:
    """The moment at which the box of a reader's new tab has taken text."""
    tab = reader.new_page()
    tab.goto(address)
    tab.get_by_test_id("stChatInputTextArea").fill("x", timeout=1000 * PAGE_SECONDS)
    return time.perf_counter()


@contextmanager
def served(settings: Settings, home: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The page's process and address, from the moment at which it takes connections."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "rag_app", "serve", "--port", str(port)],
        cwd=SHIPPED,
        env=_environment(settings, home),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(port, process)
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.perf_counter() + PAGE_SECONDS
    while process.poll() is None and time.perf_counter() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RagError("the page did not start", "run: rag-app serve")


def _settle(pid: int) -> None:
    """Return once a page and its engine rest, so that another tab finds them idle."""
    import psutil

    def spent() -> float:
        """Processor seconds of the processes that are there now."""
        parent = psutil.Process(pid)
        times = [each.cpu_times() for each in (parent, *parent.children(recursive=True)) if each.is_running()]
        return float(sum(each.user + each.system for each in times))

    end, before = time.perf_counter() + SETTLES_WITHIN, spent()
    while time.perf_counter() < end:
        time.sleep(LOOK)
        now = spent()
        if now - before < RESTING * LOOK:
            return
        before = now


def _resident(pid: int) -> int:
    import psutil

    return int(psutil.Process(pid).memory_info().rss)
