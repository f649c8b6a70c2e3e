"""What runs is what was pinned, and what is read stays data: no pickle, and no code or markup made
of text.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.helpers.checkout import CHECKOUT

SOURCES = sorted((CHECKOUT / "rag_app").rglob("*.py"))
TESTS = sorted((CHECKOUT / "tests").rglob("*.py"))
PEERS = "peer_*.py"  # of the bench: they run in an environment of their own
PICKLES = {"pickle", "_pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}
CODE_FROM_TEXT = {"eval", "exec", "compile", "__import__"}
CODE_FROM_FILES = {"torch.load", "joblib.load", "os.system", "os.popen"}
# may be given, as False
SWITCHES = {"trust_remote_code", "unsafe_allow_html", "allow_pickle", "shell"}


def dangers(source: str) -> Iterator[str]:
    """What a module does that turns data into code or into markup."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from sorted(modules(node) & PICKLES)
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in CODE_FROM_TEXT | CODE_FROM_FILES:
                yield called
            for keyword in node.keywords:
                if keyword.arg in SWITCHES and ast.unparse(keyword.value) != "False":
                    yield keyword.arg


def modules(node: ast.Import | ast.ImportFrom) -> set[str]:
    """The top-level modules that an import statement names."""
    if isinstance(node, ast.Import):
        return {alias.name.partition(".")[0] for alias in node.names}
    return {node.module.partition(".")[0]} if node.module and not node.level else set()


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(CHECKOUT)))
def test_no_module_turns_data_into_code_or_markup(file: Path) -> None:
    assert list(dangers(file.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("source", "danger"),
    [
        ("import pickle", "pickle"),
        ("from joblib.externals import loky", "joblib"),
        ("eval(text)", "eval"),
        ("exec(text)", "exec"),
        ("import torch\ntorch.load(path)", "torch.load"),
        ("load(path, trust_remote_code=True)", "trust_remote_code"),
        ("st.markdown(text, unsafe_allow_html=allowed)", "unsafe_allow_html"),
        ("np.load(path, allow_pickle=True)", "allow_pickle"),
        ("run(text, shell=True)", "shell"),
    ],
)
def test_each_danger_would_be_found(source: str, danger: str) -> None:
    assert list(dangers(source)) == [danger]


@pytest.mark.parametrize("source", ["model.eval()", "re.compile(text)", "np.load(path, allow_pickle=False)"])
def test_what_only_looks_dangerous_is_let_through(source: str) -> None:
    assert list(dangers(source)) == []


@cache
def pins() -> dict[str, Requirement]:
    """The lock's packages that belong on this system."""
    lines = (CHECKOUT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    found = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(pin.name): pin for pin in found if not pin.marker or pin.marker.evaluate()}


def test_every_package_that_is_imported_is_pinned() -> None:
    own = {"rag_app", "tests"}
    owners = metadata.packages_distributions()
    unpinned = set()
    for file in [*SOURCES, *TESTS]:
        if file.match(PEERS):
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                for module in modules(node) - own - sys.stdlib_module_names:
                    if not {canonicalize_name(owner) for owner in owners.get(module, [])} & pins().keys():
                        unpinned.add(f"{file.name}: {module}")
    assert unpinned == set()


def test_every_package_that_a_pinned_one_asks_for_is_pinned() -> None:
    missing = set()
    for name in pins():
        for text in metadata.requires(name) or []:
            asked = Requirement(text)
            if asked.marker and not asked.marker.evaluate({"extra": ""}):
                continue
            # on Linux: see the lock
            cuda = name == "torch" and asked.name.startswith(("nvidia", "cuda", "triton"))
            if canonicalize_name(asked.name) not in pins() and not cuda:
                missing.add(f"{name} asks for {asked.name}")
    assert missing == set()


def test_the_environment_is_the_locks() -> None:
    installed = {name: Version(metadata.version(name)).public for name in pins()}
    assert installed == {name: next(iter(pin.specifier)).version for name, pin in pins().items()}


def test_the_linters_security_rules_are_on_for_the_whole_application() -> None:
    lint = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
    assert "S" in lint["select"]
    started_processes = {"S603", "S606", "S607"}  # with argument lists that are our own
    assert {
        rule for rule in lint["ignore"] if rule.startswith("S") and rule[1:].isdigit()
    } <= started_processes
    assert not any(pattern.startswith("rag_app") for pattern in lint.get("per-file-ignores", {}))


def test_weights_are_fetched_in_formats_that_hold_no_code() -> None:
    from rag_app.weights.catalog import catalogue

    formats = {(model.kind, Path(model.file).suffix) for model in catalogue()}
    # A repository is read as JSON and safetensors alone; the .bin is plain 4-bit blocks, which
    # become safetensors; of a zip only JSON and safetensors are unpacked.
    assert formats == {("llm", ".gguf"), ("embedder", ""), ("embedder", ".bin"), ("embedder", ".zip")}
