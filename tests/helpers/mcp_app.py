"""`rag-app mcp` over the tests' own collection, in a process of its own: `python -m tests.helpers.mcp_app`.

With an argument the language model is one that writes without end, as a slow one seems to.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from rag_app.api.collection import Opened
from rag_app.api.mcp_server import serve
from rag_app.llm.protocol import Message
from tests.helpers.fakes import ScriptedGenerator, lab


class Endless(ScriptedGenerator):
    """Says when it was stopped, on standard error."""

    def stream(self, messages: Sequence[Message], **given: object) -> Iterator[str]:
        stop = given["stop"]
        print("answering", file=sys.stderr, flush=True)
        while not stop.wait(0.01):  # type: ignore[attr-defined]  # the pipeline gives an event
            yield "and "
        print("stopped", file=sys.stderr, flush=True)


if __name__ == "__main__":
    library = lab()
    generator = Endless() if sys.argv[1:] else None

    def chatty() -> ScriptedGenerator | None:
        print("a stray line, as a library may print it", flush=True)
        return generator

    serve(Opened(lambda: library, chatty))
