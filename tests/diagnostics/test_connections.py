"""Nothing leaves the machine: the whole flow after set-up is watched, and run without a network at
all.

The watch covers every Python process through audit hooks; the slow tests also trace the system
calls of all native code (strace) and cut the network off (a namespace of its own).
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from rag_app.address import is_loopback
from rag_app.diagnostics import connections
from rag_app.weights.catalog import find
from tests.helpers.checkout import CHECKOUT

MODEL = "qwen2.5-coder-0.5b"
FLOW = [sys.executable, str(CHECKOUT / "tests" / "helpers" / "offline_flow.py")]
# Python imports this module at its start, in every process that inherits PYTHONPATH.
WATCH = """
import os, sys
from rag_app.diagnostics.connections import outside

def watch(event, arguments):
    if found := outside(event, arguments):
        with open(os.environ["WATCH_LOG"], "a") as log:
            print(os.getpid(), event, found, file=log)

sys.addaudithook(watch)
"""
# strace's own words: connect(3, {sa_family=AF_INET, sin_port=htons(53),
# sin_addr=inet_addr("8.8.8.8")}, 16)
REACHED = re.compile(r'sin6?_port=htons\((\d+)\).*?(?:inet_addr\(|inet_pton\(AF_INET6, )"([^"]+)"')


# --- what counts as outside ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "arguments", "found"),
    [
        ("socket.connect", (None, ("8.8.8.8", 53)), "8.8.8.8:53"),
        ("socket.connect", (None, ("2001:db8::1", 443, 0, 0)), "2001:db8::1:443"),
        ("socket.connect", (None, ("example.org", 80)), "example.org:80"),
        ("socket.connect", (None, ("127.0.0.1", 8501)), ""),
        ("socket.connect", (None, ("::1", 8501, 0, 0)), ""),
        ("socket.connect", (None, "/run/socket"), ""),
        ("socket.sendto", (None, ("192.168.1.1", 53)), "192.168.1.1:53"),
        ("socket.sendmsg", (None, None), ""),  # on a connected socket: seen when it connected
        ("socket.getaddrinfo", ("example.org", 443, 0, 0, 0), "example.org"),
        ("socket.getaddrinfo", (b"example.org", 443, 0, 0, 0), "example.org"),
        ("socket.getaddrinfo", ("127.0.0.1", 80, 0, 0, 0), ""),
        ("socket.getaddrinfo", (None, 80, 0, 0, 0), ""),
        ("socket.gethostbyname", ("example.org",), "example.org"),
        ("open", ("/etc/hosts", "r", 0), ""),
    ],
)
def test_only_this_machine_is_not_outside(event: str, arguments: tuple[object, ...], found: str) -> None:
    assert connections.outside(event, arguments) == found


def test_a_watch_notes_what_is_asked_while_it_runs_and_nothing_after() -> None:
    with connections.watched() as asked:
        ask_outside()
    assert asked == ["192.0.2.1:9"]
    ask_outside()
    assert asked == ["192.0.2.1:9"]


def ask_outside() -> None:
    """A packet's destination is set (192.0.2.0/24 is for documentation); none is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        # without a network it fails, and was asked for all the same
        udp.connect_ex(("192.0.2.1", 9))


@pytest.mark.parametrize(
    ("command", "ours"),
    [
        (["python", "-m", "rag_app", "serve"], True),
        (["/venv/bin/python", "-m", "rag_app.llm.worker"], True),
        (["/venv/bin/python", "/venv/bin/rag-app", "ask", "why?"], True),
        (["python", "-m", "streamlit", "run", str(CHECKOUT / "rag_app" / "web" / "origin_guard.py")], True),
        (["grep", "-r", "rag_apple"], False),
        (["python", "-m", "streamlit", "run", "/home/app.py"], False),
        ([], False),
    ],
)
def test_a_process_is_known_by_its_command(command: list[str], ours: bool) -> None:
    assert connections.is_ours(command) is ours


def test_a_process_is_seen_with_what_it_listens_on_and_reaches(tmp_path: Path) -> None:
    code = (
        "import socket, sys\n"
        "listener = socket.create_server(('127.0.0.1', 0))\n"
        "print(listener.getsockname()[1], flush=True)\n"
        "sys.stdin.read()\n"
    )
    program = tmp_path / "rag-app"
    program.write_text(code)
    with subprocess.Popen(
        [sys.executable, str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        port = int(process.stdout.readline())
        (seen,) = [found for found in connections.processes() if found.pid == process.pid]
        process.communicate()
    assert seen == connections.Process(process.pid, listens=(f"127.0.0.1:{port}",))


# --- the whole flow -----------------------------------------------------------------------------


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A home of its own, the smallest model, and a watch in every Python process."""
    if not (CHECKOUT / "models" / find(MODEL).name).is_file():
        pytest.skip(f"no {MODEL} in models/")
    (tmp_path / "sitecustomize.py").write_text(WATCH)
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("RAG_")},
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(CHECKOUT)]),
        "WATCH_LOG": str(tmp_path / "watch.log"),
        "RAG_HOME": str(tmp_path / "home"),
        "RAG_MODEL": MODEL,
    }


def run(command: list[str], environment: dict[str, str]) -> str:
    """Runs the flow to its end and returns what was asked of other machines, one line each."""
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.rstrip().endswith("finished")
    log = Path(environment["WATCH_LOG"])
    return log.read_text() if log.exists() else ""


@pytest.mark.model
def test_the_watch_sees_what_any_python_process_asks_for(environment: dict[str, str]) -> None:
    code = "from tests.diagnostics import test_connections as t; t.ask_outside()"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {code!r}], check=True); print('finished')"
    assert run([sys.executable, "-c", child], environment).endswith("socket.connect 192.0.2.1:9\n")


@pytest.mark.model
def test_the_whole_flow_asks_no_other_machine_for_anything(environment: dict[str, str]) -> None:
    assert run(FLOW, environment) == ""


def allowed(*command: str) -> bool:
    """Whether the command is here and may run."""
    return (
        bool(shutil.which(command[0]))
        and subprocess.run(command, capture_output=True, check=False).returncode == 0
    )


def traced(trace: Path) -> list[str]:
    """Commands in front of a command that note every connection of it and its children, as system calls."""
    calls = "trace=connect,sendto,sendmsg,sendmmsg"
    return ["strace", "-f", "--seccomp-bpf", "-qq", "-e", calls, "-o", str(trace)]


def reached(trace: str) -> set[str]:
    """Internet addresses of a trace: all but this machine's, and even here whoever looks names up
    for others.
    """
    found = {(address, port) for port, address in REACHED.findall(trace)}
    return {f"{address}:{port}" for address, port in found if not is_loopback(address) or port == "53"}


def test_a_trace_is_read_as_strace_writes_it() -> None:
    lines = """
    7 connect(3, {sa_family=AF_INET, sin_port=htons(8501), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
    7 connect(3, {sa_family=AF_UNIX, sun_path="/run/nscd/socket"}, 110) = -1 ENOENT
    7 connect(3, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.53")}, 16) = 0
    7 sendto(4, "x", 1, 0, {sa_family=AF_INET, sin_port=htons(9), sin_addr=inet_addr("192.0.2.1")}, 16) = 1
    7 connect(5, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "2001:db8::1", &sin6_addr), sin6_scope_id=0}, 28) = -1
    """  # noqa: E501 - as it is written
    assert reached(lines) == {"127.0.0.53:53", "192.0.2.1:9", "2001:db8::1:443"}


@pytest.mark.model
@pytest.mark.slow
def test_no_system_call_of_the_whole_flow_reaches_another_machine(
    environment: dict[str, str], tmp_path: Path
) -> None:
    trace = tmp_path / "trace"
    if not allowed(*traced(trace), "true"):
        pytest.skip("strace is not here, or may not trace; on Debian: apt-get install strace")
    # Two traced threads that wait for each other at every layer need forty times as long as one.
    run([*traced(trace), *FLOW], {**environment, "RAG_THREADS": "1"})
    text = trace.read_text(errors="replace")
    # the flow's own requests to the page: the trace saw something
    assert 'inet_addr("127.0.0.1")' in text
    assert reached(text) == set()


@pytest.mark.model
@pytest.mark.slow
def test_the_whole_flow_works_without_a_network(environment: dict[str, str]) -> None:
    alone = ["unshare", "--map-root-user", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    if not allowed(*alone, "true"):
        pytest.skip(
            "a network namespace may not be made here; it needs unshare and ip (util-linux, iproute2)"
        )
    assert run([*alone, *FLOW], environment) == ""
