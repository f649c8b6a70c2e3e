"""The contracts on imports: a violation is named, and docs/ARCHITECTURE.md gives the order that they keep."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.docs.test_docs import section
from tests.helpers.checkout import CHECKOUT

PROJECT = CHECKOUT / "pyproject.toml"


def names(layer: str) -> set[str]:
    """The packages and modules of one layer of the contracts, or of one line of the document."""
    bare = re.sub(r"\(.*?\)|:.*?>.*?(?=  |$)", "", layer)  # without the order inside web
    return set(re.findall(r"[a-z_]+", bare)) - {"__main__"}


def test_the_document_gives_the_order_of_the_contracts() -> None:
    contracts = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    kept = [names(layer) for layer in contracts[0]["layers"] if names(layer)]
    shown = section("docs/ARCHITECTURE.md", "## Import order").split("```")[1].strip().splitlines()
    assert [names(line) for line in shown] == kept


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    shutil.copy(PROJECT, tmp_path)
    shutil.copytree(CHECKOUT / "rag_app", tmp_path / "rag_app", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def said(checkout: Path) -> tuple[int, str]:
    """Exit code and output of the linter over a copy of the code."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    done = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("module", "planted", "rule", "named"),
    [
        (
            "text/cleaning.py",
            "from rag_app.answer import templates",
            "Imports go down",
            "rag_app.answer.templates",
        ),
        (
            "collection/lock.py",
            "import chromadb",
            "chromadb is imported in",
            "rag_app.collection.lock -> chromadb",
        ),
        ("answer/trends.py", "from rag_app.llm import engine", "by its protocol only", "rag_app.llm.engine"),
        (
            "web/state/eta.py",
            "from rag_app.web.views import chat",
            "The page imports down",
            "rag_app.web.views.chat",
        ),
    ],
)
def test_a_planted_import_is_named_with_its_rule(
    checkout: Path, module: str, planted: str, rule: str, named: str
) -> None:
    file = checkout / "rag_app" / module
    file.write_text(f"{file.read_text(encoding='utf-8')}\n\n{planted}\n", encoding="utf-8")
    code, text = said(checkout)
    assert code == 1
    broken = text.partition("Broken contracts")[2]
    assert rule in broken and named in broken


def test_the_code_keeps_every_contract(checkout: Path) -> None:
    assert said(checkout)[0] == 0
