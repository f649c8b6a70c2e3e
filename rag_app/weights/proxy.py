"""The proxy that the environment names for fetching: whether it is there.

Knows: the variables that pip and the hub's client obey, in their order.
Does not know: what is fetched.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

_VARIABLES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "http_proxy", "HTTP_PROXY")
_PORTS = {"http": 80, "https": 443}  # where none is written; else SOCKS
_PATIENCE = 3.0  # seconds


@dataclass(frozen=True, slots=True)
class Proxy:
    """One variable of the environment."""

    variable: str
    value: str  # without a password
    answers: bool

    def __str__(self) -> str:
        return f"{self.variable} ({self.value})"


def proxy(environment: Mapping[str, str] = os.environ) -> Proxy | None:
    """The proxy that fetching uses, tried; None without one."""
    for variable in _VARIABLES:
        if value := environment.get(variable, "").strip():
            return Proxy(variable, value.rpartition("@")[2] if "@" in value else value, _answers(value))
    return None


def _answers(value: str) -> bool:
    try:
        parts = urlsplit(value if "://" in value else f"http://{value}")
        place = (parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 1080))
        socket.create_connection(place, timeout=_PATIENCE).close()
    except (OSError, ValueError):  # ValueError for what is no address
        return False
    return bool(parts.hostname)
