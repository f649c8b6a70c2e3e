"""Fixtures that several test modules use."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest

from rag_app.collection.library import Dictionary, Library
from rag_app.home import Home
from tests.helpers.browsing import address, address_with_model, browser, environment, open_tab, tabs_as_seen
from tests.helpers.fakes import lab, made
from tests.helpers.ui_page import page

__all__ = ["address", "address_with_model", "browser", "environment", "open_tab", "page"]

SAMPLE = Path(__file__).parent.parent / "digests"

Sweep = Callable[[int], range]


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("sweeps")
    group.addoption(
        "--sweeps", type=float, default=1.0, metavar="N", help="random sweeps take N times their cases"
    )
    group.addoption(
        "--seed", type=int, default=0, metavar="S", help="seed of a sweep's first case; the next has S+1"
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A browser test that fails says what its tabs showed: there may be no second time."""
    report = yield
    if report.failed and call.when == "call" and (seen := tabs_as_seen(item)):
        report.sections.append(("tabs", seen))
    return report


@pytest.fixture
def sweep(request: pytest.FixtureRequest) -> Sweep:
    """`sweep(100)` gives the seeds of a hundred cases (times --sweeps); `--seed` names the first."""
    first, times = request.config.getoption("seed"), request.config.getoption("sweeps")
    return lambda count: range(first, first + max(1, round(count * times)))


@pytest.fixture(autouse=True)
def no_glosses_of_other_tests() -> None:
    """What a scripted model translated in one test must not answer in another."""
    if lab.cache_info().currsize:
        Home(lab().settings.home).glosses.unlink(missing_ok=True)


@pytest.fixture(autouse=True)
def own_main_module() -> Iterator[None]:
    """Streamlit's test runner leaves a page as `__main__`, which processes started later would run."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The sample collection, ingested with an embedder that hashes words."""
    texts = {file.name: file.read_text(encoding="utf-8") for file in sorted(SAMPLE.glob("*.md"))}
    return made(tmp_path_factory.mktemp("sample"), texts)


@pytest.fixture(scope="session")
def dictionary(library: Library) -> Dictionary:
    return library.dictionary
