"""Which of a sweep's cases to try: `pytest --sweeps N --seed S`."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Protocol, TypeVar

import pytest

Item = TypeVar("Item")


def counts(few: int, many: int) -> pytest.MarkDecorator:
    """The test takes `count`: `few` cases in `make test`, `many` in `make test-slow`."""
    return pytest.mark.parametrize("count", [few, pytest.param(many, marks=pytest.mark.slow)])


class Some(Protocol):
    """`some(range(100), 5)`: five of the hundred by chance, in their order; `--sweeps 20` takes all
    of them.
    """

    def __call__(self, cases: Sequence[Item], count: int) -> list[Item]: ...


@pytest.fixture
def some(pytestconfig: pytest.Config) -> Some:
    """Cases of a sweep whose cases are known beforehand."""
    seed, times = pytestconfig.getoption("seed"), pytestconfig.getoption("sweeps")

    def chosen(cases: Sequence[Item], count: int) -> list[Item]:
        chance = random.Random(seed)  # noqa: S311 - a sweep must be repeatable
        places = chance.sample(range(len(cases)), min(len(cases), max(1, round(count * times))))
        return [cases[place] for place in sorted(places)]

    return chosen
