"""What running the bench promises: a name that is none is said, and one suite's lack costs no other
suite's rows.
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from rag_app.bench import suites, table
from rag_app.bench.table import Measurement
from rag_app.errors import RagError
from rag_app.progress import Progress
from rag_app.settings import Settings
from tests.helpers.fakes import settings_in

ROW = Measurement("speed", 1.25, target="≥ 1.0")


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two suites, `poor` of which lacks something; what is said while they run."""

    def run(settings: Settings, *, quick: bool, progress: Progress) -> list[Measurement]:
        return [ROW]

    def lacking(settings: Settings, *, quick: bool, progress: Progress) -> list[Measurement]:
        raise RagError("there is no collection", "make one")

    rich, poor = ModuleType("rich"), ModuleType("poor")
    setattr(rich, "run", run)  # noqa: B010 - a module has no such attribute yet
    setattr(poor, "run", lacking)  # noqa: B010
    monkeypatch.setattr(suites, "_SUITES", {"poor": "", "rich": ""})
    monkeypatch.setattr(
        suites, "import_module", lambda name: {"poor": poor, "rich": rich}[name.rpartition(".")[2]]
    )
    return []


def run(said: list[str], tmp_path: Path, *names: str) -> list[Measurement]:
    return suites.run(
        names, settings_in(tmp_path), quick=True, progress=lambda what, done, total: said.append(what)
    )


def test_all_suites_are_run_but_those_that_lack_something(said: list[str], tmp_path: Path) -> None:
    assert run(said, tmp_path) == [ROW]
    assert said == ["poor left out: there is no collection"]


@pytest.mark.parametrize(
    ("name", "message"), [("poor", "there is no collection"), ("odd", "no bench called odd")]
)
def test_a_suite_asked_for_by_name_must_run(said: list[str], tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(RagError, match=message):
        run(said, tmp_path, name)


@pytest.mark.parametrize(
    ("target", "value", "met"),
    [("≥ 1.0", 1.0, True), ("≥ 1.0", 0.9, False), ("≤ .5", 0.6, False), ("", 3.0, None)],
)
def test_a_row_says_whether_its_target_holds(target: str, value: float, met: bool | None) -> None:
    row = Measurement("speed", value, target=target)
    assert row.met is met
    assert ("met" in table.markdown([row])) == bool(met)
    assert ("missed" in table.markdown([row])) == (met is False)
