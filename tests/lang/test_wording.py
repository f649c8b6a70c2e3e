"""Wordings are compiled when they are first looked for, and each of them can be."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Iterator

import pytest

from rag_app.lang.wording import Wording, wording
from rag_app.search import dates, open_patterns, patterns

MODULES = (patterns, open_patterns, dates)


def _within(value: object) -> Iterator[Wording]:
    if isinstance(value, Wording):
        yield value
    elif isinstance(value, dict):
        yield from _of_all(value.values())
    elif isinstance(value, tuple):
        yield from _of_all(value)


def _of_all(values: Iterable[object]) -> Iterator[Wording]:
    return (one for value in values for one in _within(value))


WORDINGS = {one.pattern: one for module in MODULES for one in _of_all(vars(module).values())}


def test_every_wording_can_be_looked_for() -> None:
    assert len(WORDINGS) > 150
    for one in WORDINGS.values():
        one.search("which papers improve video generation?")


def test_nothing_is_compiled_by_importing_the_modules() -> None:
    code = (
        "from rag_app.search import dates, open_patterns, patterns\n"
        "from tests.lang.test_wording import WORDINGS\n"
        "print([one.pattern for one in WORDINGS.values() if '_compiled' in vars(one)])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_wording_that_was_looked_for_is_kept_compiled() -> None:
    one = Wording("video")
    assert "_compiled" not in vars(one)
    one.search("a video")
    kept = vars(one)["_compiled"]
    one.search("another video")
    assert vars(one)["_compiled"] is kept


@pytest.mark.parametrize(("flags", "found"), [(None, True), (0, False)])
def test_case_matters_only_where_it_is_said(flags: int | None, found: bool) -> None:
    one = Wording("Video") if flags is None else Wording("Video", flags=flags)
    assert bool(one.search("a video")) is found


def test_what_no_language_says_is_never_found() -> None:
    assert not wording(lambda one: ()).search("anything at all")


def test_it_is_found_at_the_beginning_as_the_whole_everywhere_and_replaced() -> None:
    one = Wording(r"\d+")
    assert one.match("12 papers") and not one.match("papers 12")
    assert one.fullmatch("12") and not one.fullmatch("12 papers")
    assert [found[0] for found in one.finditer("1 of 20")] == ["1", "20"]
    assert one.sub(lambda found: f"<{found[0]}>", "1 of 20") == "<1> of <20>"
