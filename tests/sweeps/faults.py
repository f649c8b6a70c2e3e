"""Running a function in a process of its own whose n-th change to a folder is its last, or fails.

Knows: `faults.c`, which counts the changes, and how processes are started with it. Does not know:
what the functions do. The tests beside it call `run`; a function and its arguments must be
importable by name.

Processes are forked from a server that has imported the heavy modules already (`multiprocessing`'s
forkserver).
"""

from __future__ import annotations

import ctypes
import functools
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from rag_app.errors import RagError
from tests.helpers.checkout import CHECKOUT


class CrashError(AssertionError):
    """A process died, hung or raised what no user could read."""


KILL = 0  # in place of an errno
SECONDS = 120  # after which a run hangs


@dataclass(frozen=True, slots=True)
class FaultRun:
    """How a function ended: with its value, with an error for the user, or killed."""

    value: object = None
    error: str = ""  # of a RagError
    changes: int = 0  # made to the folder, or tried
    killed: bool = False


def run(
    function: Callable[..., object], *arguments: object, below: Path, at: int = 0, fault: int = KILL
) -> FaultRun:
    """`function(*arguments)` in a new process whose `at`-th change below the folder fails with
    errno `fault`.

    `at` 0 lets all of them happen. Raises CrashError on any end but a value, a RagError or the kill
    asked for.
    """
    context = _server()
    receiver, sender = context.Pipe(duplex=False)
    plan = (os.fsencode(below), at, fault)
    process = context.Process(target=_inside, args=(sender, plan, function, arguments))
    process.start()
    sender.close()
    try:
        told = receiver.recv() if receiver.poll(SECONDS) else None
    except EOFError:
        told = None
    process.join(SECONDS)
    if process.exitcode is None:
        process.kill()
    if told is None and process.exitcode == -signal.SIGKILL and at and fault == KILL:
        return FaultRun(killed=True)
    if not isinstance(told, FaultRun):
        case = f"{function.__name__}, change {at}, fault {fault}"
        raise CrashError(f"{case}: exit code {process.exitcode}\n{told or 'no word'}")
    return told


def _inside(
    sender: Connection,
    plan: tuple[bytes, int, int],
    function: Callable[..., object],
    arguments: tuple[object, ...],
) -> None:
    shim = ctypes.CDLL(None)  # the process itself, `faults.c` included
    below, at, fault = plan
    shim.faults_arm(below, ctypes.c_long(at), fault)
    try:
        told: object = FaultRun(value=function(*arguments), changes=shim.faults_seen())
    except RagError as error:
        told = FaultRun(error=error.message, changes=shim.faults_seen())
    except BaseException:
        told = traceback.format_exc()
    sender.send(told)


@functools.cache
def _server() -> multiprocessing.context.ForkServerContext:
    """Where processes are forked from: started once, with the counter in it and the heavy imports done."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.sweeps.stories"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LD_PRELOAD", str(_compiled()))
        patch.setenv("PYTHONPATH", str(CHECKOUT), prepend=os.pathsep)
        # on a busy machine its threads wait for each other for seconds
        patch.setenv("OPENBLAS_NUM_THREADS", "1")
        multiprocessing.forkserver.ensure_running()  # type: ignore[attr-defined]
    return context


def _compiled() -> Path:
    compiler = shutil.which("cc")
    if sys.platform != "linux" or not compiler:
        pytest.skip("faults are made by a preloaded library: Linux and a C compiler only")
    library = Path(tempfile.mkdtemp(prefix="rag-app-faults-")) / "faults.so"
    command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(Path(__file__).with_suffix(".c"))]
    subprocess.run(command, check=True)
    return library
