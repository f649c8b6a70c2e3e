"""The import order that docs/ARCHITECTURE.md gives is the one that the code keeps."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.docs.test_docs import PACKAGE, section

MODULES = sorted(PACKAGE.rglob("*.py"))
ROOT = {"__init__", "__main__"}  # of rag_app itself: the version and the command
SETUP = "setup"  # runs before anything is installed

# Heavy library -> the modules and packages that may import it, beside the bench, which measures them.
BORDERS = {
    "chromadb": {"collection/vector_store.py"},
    "llama_cpp": {"llm/llama.py"},
    "httpx": {"llm/openai_client.py"},
    "kiwipiepy": {"text/terms.py"},
    "bm25s": {"collection/bm25.py"},
    "huggingface_hub": {"weights/download.py"},
    "sentence_transformers": {"embedding"},
    "transformers": {"embedding", "runtime.py"},
    "torch": {"embedding"},
    "streamlit": {"web"},
}


def layers() -> list[set[str]]:
    """The packages and modules of each line of the order, top first."""
    lines = section("docs/ARCHITECTURE.md", "## Import order").split("```")[1].strip().splitlines()
    bare = [re.sub(r"\(.*?\)|:.*?(?=  |$)", "", line) for line in lines]  # without the order inside web
    return [set(line.split()) for line in bare]


@cache
def imports(path: Path) -> tuple[str, ...]:
    """Dotted names of what a module imports, wherever in it."""
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return tuple(names)


def home_of(path: Path) -> str:
    """The package directly below rag_app that a module is in, or the module itself."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def internal(path: Path) -> Iterator[str]:
    """The packages of ours, or modules directly below rag_app, that a module imports from."""
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "rag_app" and len(parts) > 1 and not parts[1].startswith("__"):
            yield parts[1]


def test_the_order_holds_every_package() -> None:
    named = [name for layer in layers() for name in layer]
    assert len(named) == len(set(named))
    assert set(named) == {home_of(path) for path in MODULES} - ROOT


def test_a_module_imports_only_what_is_below_it() -> None:
    order = layers()
    upward = []
    for path in MODULES:
        own = home_of(path)
        if own in ROOT:
            continue
        level = next(place for place, layer in enumerate(order) if own in layer)
        below = set().union(*order[level + 1 :])
        if level == len(order) - 1:  # the small modules at the bottom may use each other
            below = order[level]
        if own == SETUP:
            below = {"errors"}
        upward += [f"{path.relative_to(PACKAGE)}: {name}" for name in {*internal(path)} - below - {own}]
    assert upward == []


def test_the_pipeline_knows_a_language_model_by_its_protocol_only() -> None:
    known = {
        name
        for path in MODULES
        if home_of(path) in {"search", "answer", "pipeline"}
        for name in imports(path)
        if name.startswith("rag_app.llm")
    }
    assert known
    assert {name for name in known if not name.startswith("rag_app.llm.protocol.")} == set()


@pytest.mark.parametrize("library", BORDERS)
def test_a_heavy_library_is_imported_at_its_border_only(library: str) -> None:
    users = {
        path.relative_to(PACKAGE).as_posix()
        for path in MODULES
        if home_of(path) != "bench" and any(name.split(".")[0] == library for name in imports(path))
    }
    assert users
    assert {user for user in users if not {user, user.partition("/")[0]} & BORDERS[library]} == set()
