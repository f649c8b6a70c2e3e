"""What the documents name exists, and what exists is in the lists that claim to be complete."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from rag_app.settings import Settings
from tests.helpers.checkout import CHECKOUT

GUIDES = ("CONTRIBUTING.md", "docs/ARCHITECTURE.md")
DOCUMENTS = ("README.md", "CHANGELOG.md", *GUIDES)
PACKAGE = CHECKOUT / "rag_app"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py")
PACKAGES = sorted(path.parent for path in PACKAGE.rglob("__init__.py"))

TREE_LINE = re.compile(r"( *)(\S+(?: \S+)*?)(?:  +.*)?$")
LINK = re.compile(r"\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"")
NAMED_PATH = re.compile(r"`((?:rag_app|tests|docs|models|digests|\.ci|\.streamlit)/[\w./-]*)`")
IDENTIFIER = re.compile(r"`((?=\w*_|[A-Z]\w*[a-z]|[A-Z]{3})[A-Za-z_]\w+)`")
CODE = re.compile(r"`([a-z_]+(?:\.[a-z_0-9]+)+)(?:\.[A-Z]\w*)?`")


def text_of(document: str) -> str:
    return (CHECKOUT / document).read_text(encoding="utf-8")


def section(document: str, heading: str) -> str:
    """What stands under a heading, up to the next one of its level or above."""
    level = heading.partition(" ")[0]
    found = re.search(
        rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{len(level)}}} |\Z)", text_of(document), re.S | re.M
    )
    assert found, f"{document} has no {heading}"
    return found[1]


def tree() -> list[Path]:
    """The paths of the README's tree, in its order. A line may name several folders, which then all
    hold what stands below it.
    """
    lines = section("README.md", "## The code").split("```")[1].strip("\n").splitlines()
    folders: list[list[Path]] = []
    paths = []
    for line in lines:
        match = TREE_LINE.fullmatch(line)
        assert match, line
        depth = len(match[1]) // 2
        above = folders[depth - 1] if depth else [CHECKOUT]
        named = [folder / name for folder in above for name in match[2].split()]
        paths += named
        folders[depth:] = [named]
    return paths


def outside_code(text: str) -> str:
    """A document without its fenced blocks."""
    return re.sub(r"^```.*?^```", "", text, flags=re.S | re.M)


def modules_named(text: str) -> Iterator[str]:
    """Dotted names in backticks that begin like a package or module of ours."""
    first = {path.stem for path in [*PACKAGES, *MODULES] if path.parent == PACKAGE} | {"rag_app"}
    for match in CODE.finditer(text):
        if match[1].partition(".")[0] in first:
            yield match[1]


def is_there(name: str) -> bool:
    """Whether a dotted name (`answer.prompting`, `web.i18n`, `search.rerank.judge`) names a module,
    or what a module defines.
    """
    parts = name.removeprefix("rag_app.").split(".")
    place = PACKAGE.joinpath(*parts)
    if place.with_suffix(".py").is_file() or place.is_dir():
        return True
    module = PACKAGE.joinpath(*parts[:-1]).with_suffix(".py")
    return module.is_file() and bool(
        re.search(rf"^(?:def |class )?{parts[-1]}\b", module.read_text(encoding="utf-8"), re.M)
    )


# --- the tree of the README -----------------------------------------------------------------------


def test_every_path_of_the_tree_is_there() -> None:
    assert [str(path) for path in tree() if not path.exists()] == []


def test_no_path_stands_twice_in_the_tree() -> None:
    paths = tree()
    assert len(paths) == len(set(paths))


def test_every_package_and_module_is_in_the_tree() -> None:
    named = set(tree())
    assert [str(path.relative_to(CHECKOUT)) for path in [*PACKAGES, *MODULES] if path not in named] == []


def test_comments_of_the_tree_are_aligned() -> None:
    """One column for the comments, except where the names reach beyond it."""
    lines = section("README.md", "## The code").split("```")[1].strip("\n").splitlines()
    columns = {
        line.index(match[0]) + len(match[0]) for line in lines if (match := re.match(r" *\S+  +", line))
    }
    assert len(columns) == 1


# --- the settings ---------------------------------------------------------------------------------


def settings_table() -> dict[str, str]:
    """Name -> default of each row of the README's table of settings."""
    rows = re.findall(r"^\| `(RAG_\w+)` \| (.*?) \|", section("README.md", "## Settings"), re.M)
    return dict(rows)


def test_the_settings_table_names_every_setting() -> None:
    assert list(settings_table()) == [f"RAG_{field.name.upper()}" for field in fields(Settings)]


@pytest.mark.parametrize("field", fields(Settings), ids=lambda field: field.name)
def test_the_settings_table_gives_the_defaults(field: object) -> None:
    name = f"RAG_{field.name.upper()}"  # type: ignore[attr-defined]
    told = settings_table()[name]
    default = getattr(Settings().resolved(), name.removeprefix("RAG_").lower())
    if told.startswith("`"):
        given = Settings.from_environment({name: told.strip("`")})
        assert getattr(given, name.removeprefix("RAG_").lower()) == default
    else:
        assert not default, "a default in words stands for a value that is chosen"


# --- links and names ------------------------------------------------------------------------------


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_to_files_that_are_there(document: str) -> None:
    folder = (CHECKOUT / document).parent
    links = [first or second for first, second in LINK.findall(outside_code(text_of(document)))]
    local = [link.partition("#")[0] for link in links if "://" not in link and not link.startswith("#")]
    assert [link for link in local if not (folder / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_paths_that_are_named_are_there(document: str) -> None:
    named = NAMED_PATH.findall(text_of(document))
    assert [path for path in named if not (CHECKOUT / path).exists()] == []


@pytest.mark.parametrize("document", GUIDES)
def test_modules_that_are_named_are_there(document: str) -> None:
    assert [name for name in modules_named(text_of(document)) if not is_there(name)] == []


@pytest.mark.parametrize("document", GUIDES)
def test_constants_functions_and_tests_that_are_named_are_in_the_code(document: str) -> None:
    named = {name for name in IDENTIFIER.findall(text_of(document)) if not name.startswith("RAG_")}
    assert named
    code = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("rag_app", "tests")
        for path in (CHECKOUT / folder).rglob("*.py")
        if path != Path(__file__)
    )
    assert sorted(named - set(re.findall(r"\w+", code))) == []


def test_modules_that_docstrings_name_are_there() -> None:
    wrong = []
    for path in MODULES + [package / "__init__.py" for package in PACKAGES]:
        told = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        wrong += [
            f"{path.relative_to(CHECKOUT)}: {name}" for name in modules_named(told) if not is_there(name)
        ]
    assert wrong == []


# --- contracts ------------------------------------------------------------------------------------


def test_the_fields_of_an_answer_are_listed() -> None:
    """In order, and none that `ask --json` does not print."""
    from rag_app.records import Answer, Intent
    from rag_app.records_json import as_json

    told = section("docs/ARCHITECTURE.md", "### `ask --json`")
    assert re.findall(r"^\| `(\w+)` \|", told, re.M) == list(as_json(Answer("", False, Intent.CHAT, "en")))


def test_the_fields_of_a_batch_answer_are_listed() -> None:
    from rag_app import batch
    from rag_app.records import Answer, Intent

    told = section("docs/ARCHITECTURE.md", "### `batch`")
    row = {"id": "1", **batch._row(Answer("", False, Intent.CHAT, "en"))}
    assert re.findall(r"^\| `(\w+)` \|", told, re.M) == list(row)


# --- names ----------------------------------------------------------------------------------------


def test_no_two_classes_share_a_name() -> None:
    places: dict[str, list[str]] = {}
    for module in MODULES:
        for match in re.finditer(r"^class (\w+)", module.read_text(encoding="utf-8"), re.M):
            places.setdefault(match[1], []).append(str(module.relative_to(CHECKOUT)))
    assert {name: files for name, files in places.items() if len(files) > 1} == {}
