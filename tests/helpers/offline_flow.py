"""All that a user does after set-up, with the real models: ingest, ask, check, serve, and open each
page.

Run by `tests/diagnostics/test_connections.py` in a process of its own, so that the whole of it can
be watched or cut off from the network. RAG_HOME and RAG_MODEL come from the environment; a step
that fails ends it with an error.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.request

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from tests.helpers.checkout import CHECKOUT

SECONDS = 240.0  # of patience with one step; a traced process is several times slower


def rag_app(*arguments: str) -> str:
    """What the command prints."""
    command = [sys.executable, "-m", "rag_app", *arguments]
    done = subprocess.run(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 0, done.stdout
    return done.stdout


def open_page(address: str, name: str = "") -> list[str]:
    """Runs a page as a browser does, over the WebSocket, until its script has ended; the names of
    all pages.
    """
    names: list[str] = []
    message = BackMsg()
    message.rerun_script.page_name = name
    with connect(f"ws://{address}/_stcore/stream", subprotocols=["streamlit"], max_size=None) as page:  # type: ignore[list-item]  # a name of the protocol, which is a str
        page.send(message.SerializeToString())
        while True:
            answer = ForwardMsg.FromString(page.recv(timeout=SECONDS, decode=False))
            assert answer.delta.new_element.WhichOneof("type") != "exception", answer
            names += [page.url_pathname for page in answer.navigation.app_pages]
            if answer.WhichOneof("type") == "script_finished":
                return names


def serve() -> None:
    """Starts the page, loads it and each of the others, and ends it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"127.0.0.1:{port}"
    server = subprocess.Popen([sys.executable, "-m", "rag_app", "serve", "--port", str(port)], cwd=CHECKOUT)
    try:
        wait_for(f"http://{address}/_stcore/health", server)
        with urllib.request.urlopen(f"http://{address}/", timeout=SECONDS) as page:
            assert b"<script" in page.read()
        pages = open_page(address)
        assert len(pages) > 1, pages
        for name in pages:
            open_page(address, name)
        print("pages:", *pages)
    finally:
        server.terminate()
        server.wait(SECONDS)


def wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(int(SECONDS)):
        assert server.poll() is None, "the server ended"
        try:
            urllib.request.urlopen(url, timeout=SECONDS).close()  # noqa: S310 - loopback
            return
        except OSError:
            time.sleep(1)
    raise TimeoutError(url)


def main() -> None:
    rag_app("ingest")
    answer = json.loads(rag_app("ask", "--json", "What does QLoRA propose?"))
    assert answer["model"], answer
    assert answer["citations"], answer
    print(rag_app("check", "--offline"))
    serve()
    print("finished")


if __name__ == "__main__":
    main()
