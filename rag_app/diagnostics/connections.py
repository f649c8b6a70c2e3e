"""The network connections of this app's processes, and those that a piece of work asks for.

Knows: which sockets and look-ups leave this machine.
Does not know: which are allowed, or how that is said (`diagnostics.doctor`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rag_app.address import is_loopback
from rag_app.shipped import PACKAGE

# Audit events of the standard library (https://docs.python.org/3/library/audit_events.html), which
# every Python client passes: events whose second argument is a socket address, and events whose
# first is a name to look up.
CONNECTS = {"socket.connect", "socket.sendto", "socket.sendmsg"}
LOOKUPS = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}
OWN_NAMES = {"", "localhost", "None"}


def outside(event: str, arguments: tuple[object, ...]) -> str:
    """The address or name that an audit event asks of another machine; empty when it stays on this one."""
    if event in CONNECTS and isinstance(arguments[1], tuple):  # a Unix socket's address is a path
        host, port = arguments[1][:2]
        return "" if is_loopback(str(host)) else f"{host}:{port}"
    if event in LOOKUPS:
        name = arguments[0].decode() if isinstance(arguments[0], bytes) else str(arguments[0])
        return "" if name in OWN_NAMES or is_loopback(name) else name
    return ""


@cache
def _watchers() -> list[list[str]]:
    """The lists that are being filled now; the hook behind them, once added, cannot be taken away."""
    watchers: list[list[str]] = []

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if watchers and (found := outside(event, arguments)):
            for watcher in watchers:
                watcher.append(found)

    sys.addaudithook(hook)
    return watchers


@contextmanager
def watched() -> Iterator[list[str]]:
    """A list that takes, while the block runs, every address and name this process asks of another
    machine.
    """
    asked: list[str] = []
    _watchers().append(asked)
    try:
        yield asked
    finally:
        _watchers().remove(asked)


@dataclass(frozen=True, slots=True)
class Process:
    """A running process of rag-app and its sockets, as text; `hidden` when this user may not look at them."""

    pid: int
    listens: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    hidden: bool = False


def processes() -> list[Process]:
    """The processes of rag-app that run on this machine now, this one among them."""
    import psutil

    return [
        _process(process)
        for process in psutil.process_iter(["cmdline"])
        if is_ours(process.info["cmdline"] or [])
    ]


def is_ours(command: list[str]) -> bool:
    """Whether a command line runs this application: the page, the engine, the command."""
    return any(part == "rag_app" or part.startswith("rag_app.") for part in command) or any(
        part.name == "rag-app" or PACKAGE in part.parents for part in map(Path, command[:6])
    )


def _process(process: Any) -> Process:
    import psutil

    try:
        connections = process.net_connections(kind="inet")
    except psutil.Error:
        return Process(process.pid, hidden=True)
    listens = {c.laddr for c in connections if c.status == psutil.CONN_LISTEN}
    away = {c.raddr for c in connections if c.raddr and not is_loopback(c.raddr.ip)}
    return Process(process.pid, _texts(listens), _texts(away))


def _texts(addresses: set[Any]) -> tuple[str, ...]:
    return tuple(sorted(f"{address.ip}:{address.port}" for address in addresses))
