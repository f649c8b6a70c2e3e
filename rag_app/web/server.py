"""Starts the page: Streamlit on 127.0.0.1, with nothing sent anywhere.

Knows: the flags that keep the server on this machine. Does not know: what the page shows (`app`),
or which requests it answers (`origin_guard`).
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

from rag_app import address
from rag_app.api import key_file
from rag_app.errors import RagError
from rag_app.home import Home
from rag_app.settings import Settings
from rag_app.shipped import SHIPPED

ADDRESS = "127.0.0.1"
HOSTS = (ADDRESS, "localhost")  # the names the page answers to
FLAGS = {
    "server.address": ADDRESS,
    "server.headless": "true",
    "server.enableCORS": "true",
    "server.enableXsrfProtection": "true",
    "server.fileWatcherType": "none",
    "server.maxUploadSize": "20",
    "browser.gatherUsageStats": "false",
    "browser.serverAddress": ADDRESS,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": "false",
    "client.toolbarMode": "minimal",
    # at three redraws a second it left an answer a quarter of its speed
    "runner.postScriptGC": "false",
    # Else a run that is overtaken may end after the next one has begun, and then drops the fragments of that
    # one: a page whose answer was on its way stood still (Streamlit 1.67).
    "runner.fastReruns": "false",
}


def serve(settings: Settings, port: int, *, api: bool = False) -> int:
    """Run the page until it is interrupted, with `api` also the paths below /v1; its exit code.

    Raises RagError when the port is taken, or when the key of the API cannot be kept to its owner.
    """
    _check_port(port)
    print(f"rag-app: http://{ADDRESS}:{port} (stop with Ctrl+C)", flush=True)
    if address.listens(address.OTHER_FAMILY, port):
        print(
            f"rag-app: another program listens at [{address.OTHER_FAMILY}]:{port}; localhost may lead there",
            flush=True,
        )
    if api:
        file = Home(settings.home).main.api_key
        key_file.read_or_make(file)
        print(f"rag-app: API at http://{ADDRESS}:{port}/v1, key in {file}", flush=True)
    # become the server, so that a signal to this process ends it and the engine with it
    if os.name == "posix":
        os.chdir(SHIPPED)
        os.execve(sys.executable, command(port, api=api), _environment(settings))
    try:
        return subprocess.call(command(port, api=api), cwd=SHIPPED, env=_environment(settings))
    except KeyboardInterrupt:
        return 0


def command(port: int, *, api: bool = False) -> list[str]:
    """The Streamlit command; `cwd` must be `SHIPPED`, where the theme's `.streamlit/` is."""
    flags = [text for name, value in FLAGS.items() for text in (f"--{name}", value)]
    hosts = [text for host in HOSTS for text in ("--server.allowedHosts", host)]
    page = str(Path(__file__).with_name("page_with_api.py" if api else "origin_guard.py"))
    return [
        sys.executable,
        "-m",
        "rag_app.web.page_process",
        "run",
        page,
        "--server.port",
        str(port),
        *flags,
        *hosts,
    ]


def _environment(settings: Settings) -> dict[str, str]:
    """The page reads its settings from the environment; absolute paths, since its folder is another."""
    names = ("home", "digests", "models", "model")
    paths = {f"RAG_{name.upper()}": str(getattr(settings, name)) for name in names}
    search = os.pathsep.join([str(SHIPPED), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, **paths, "PYTHONPATH": search}


def _check_port(port: int) -> None:
    if not 0 < port < 65536:
        raise RagError(f"port {port} does not exist", "choose one from 1024 to 65535")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError as error:
            raise RagError(
                f"port {port} cannot be used: {error.strerror}",
                f"choose another: rag-app serve --port {port + 1}",
            ) from None
