"""The list of suites: their names, what each measures, and running some of them.

Knows: which suites there are.
Does not know: how any of them measures.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from rag_app.bench.peers_environment import COMMAND
from rag_app.bench.table import Measurement
from rag_app.errors import RagError
from rag_app.progress import Progress
from rag_app.settings import Settings

# What is being measured, repetitions done, repetitions in all.

# Module of this package, named as the suite -> what it measures.
_SUITES: dict[str, str] = {
    "engine": "speed beside a bare llama.cpp loop, overhead per token, first token, stop",
    "glosses": "texts written side by side beside one alone, and how long a page waits for its glosses",
    "gpu": "the model with all, some and none of its layers on the GPU, beside a bare loop; needs a build for it",
    "memory": "growth of the engine's memory over a hundred questions",
    "start": "commands and the page from their start to their first use, and their memory",
    "search": "retrieval beside the query embedding alone and beside a plain dense search",
    "ingest": "ingest beside sentence-transformers' defaults into Chroma; one more day",
    "scale": "made-up collections of 5,487, 20,000 and 50,000 papers, built and searched",
    "daily": "the brief of the newest day, a check of 50 follows, the map, and Today in a browser",
    "readers": "the order for you beside the newest and the most voted, on simulated readers",
    "peers": f"new questions beside LangChain and paper-qa; `{COMMAND}` first",
}


def described() -> list[list[str]]:
    """Name and subject of each suite, one row each."""
    return [[name, subject] for name, subject in _SUITES.items()]


def run(names: Sequence[str], settings: Settings, *, quick: bool, progress: Progress) -> list[Measurement]:
    """The rows of the named suites; without a name, of all that find here what they need.

    Each suite is a module with `run(settings, *, quick, progress) -> list[Row]`, and is imported
    when it runs.

    Raises:
        RagError: no such suite, or what a named suite needs (a collection, a model) is missing.
    """
    for name in names:
        if name not in _SUITES:
            raise RagError(f"there is no bench called {name}", f"choose from: {', '.join(_SUITES)}")
    rows: list[Measurement] = []
    for name in names or _SUITES:
        try:
            rows += import_module(f"rag_app.bench.{name}").run(settings, quick=quick, progress=progress)
        except RagError as error:
            if names:
                raise
            progress(f"{name} left out: {error.message}", 0, 0)
    return rows
