"""The engine's benches: what is divided by what, and that every row of the table is there."""

from __future__ import annotations

import os
from mmap import MAP_ANONYMOUS, MAP_PRIVATE, mmap
from pathlib import Path

import pytest

from rag_app.bench import engine, memory, prompts
from rag_app.bench.bare import Run
from rag_app.bench.engine import Visit
from rag_app.settings import Settings
from tests.helpers.checkout import CHECKOUT

SIZE, PRIVATE = 32 << 20, MAP_PRIVATE | MAP_ANONYMOUS  # bytes, flags
WEIGHTS = CHECKOUT / "models" / "qwen2.5-coder-0.5b-instruct-q4.gguf"


def test_speeds_are_compared_prompt_by_prompt() -> None:
    pairs = [
        (Run(100, 2.0, 10, 1.0), Run(100, 1.0, 10, 0.5)),
        (Run(100, 1.0, 20, 1.0), Run(100, 1.0, 20, 1.0)),
    ]
    decode, prefill, longer = engine.speed_rows([*pairs, pairs[0]], pairs[1:], "CPU")
    assert (decode.value, prefill.value, longer.value) == (0.75, 0.5, 1.0), "the median of the pairs' ratios"
    assert prefill.detail == "50.0 / 100.0 tokens/s, 3 prompts of 100 tokens, CPU"
    assert (prefill.met, longer.met) == (False, True)


def test_an_answer_of_one_token_has_no_speed() -> None:
    assert Run(10, 1.0, 0, 0.0).decode == 0.0
    assert engine.ratio([1.0], [0.0]) == 0.0


def test_overhead_is_told_as_mean_at_the_start_and_at_the_end() -> None:
    rows = engine.overhead_rows([0.00005] * 100 + [0.0001] * 300 + [0.00015] * 100)
    assert [round(row.value, 6) for row in rows] == [0.1, 0.05, 0.15]
    assert [row.met for row in rows] == [True, True, False]
    assert [row.measure.rpartition(", ")[2] for row in rows] == ["mean", "tokens 1 to 100", "last 100 tokens"]


def test_first_tokens_are_ratios_to_the_cold_one_of_the_same_conversation() -> None:
    visits = [Visit(10.0, 1.0, 2.0, 2.5), Visit(20.0, 1.0, 1.0, 1.0), Visit(1.0, 0.1, 0.2, 0.1)]
    rows = engine.visit_rows(visits)
    assert [row.value for row in rows] == [pytest.approx(0.1), pytest.approx(0.2), pytest.approx(0.1)]
    assert [row.met for row in rows] == [True, False, True]
    assert rows[0].detail == "1.00 / 10.00 s, 3 conversations"


def test_the_row_of_stops_tells_the_slow_end() -> None:
    row = engine.stop_row([0.1] * 19 + [2.0])
    assert 0.1 < row.value < 2.0
    assert "longest 2.00 s" in row.detail


def test_growth_counts_from_the_settled_question() -> None:
    row = memory.growth_row([50, 100, 90, 102], 2, "tiny")
    assert row.value == pytest.approx(2.0)
    assert row.met is False
    assert memory.growth_row([50, 100, 99], 2, "tiny").met is True


def test_memory_that_files_back_is_not_counted(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(SIZE))
    with (
        (tmp_path / "file").open("r+b") as file,
        mmap(file.fileno(), SIZE) as backed,
        mmap(-1, SIZE, PRIVATE) as own,
    ):
        before = memory.anonymous_bytes(os.getpid())
        backed[:] = b"1" * SIZE
        assert memory.anonymous_bytes(os.getpid()) - before < SIZE // 2
        own[:] = b"1" * SIZE
        assert memory.anonymous_bytes(os.getpid()) - before > SIZE // 2


def test_prompts_come_from_the_samples_where_there_is_no_collection(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, digests=CHECKOUT / "digests")
    some, all_of_them = prompts.papers(settings, 5), prompts.papers(settings, 10_000)
    assert len({paper.arxiv_id for paper in some}) == 5
    assert set(some) < set(all_of_them)
    first, second = (prompts.prompt(some[0], number, lambda text: len(text) // 4) for number in (0, 1))
    evidence, question = first.messages[-1]["content"].rsplit("\n\n", 1)
    assert second.messages[-1]["content"].startswith(evidence), "only the question differs"
    assert prompts.question(some[0], 0) in question


@pytest.mark.model
def test_every_row_of_the_engine_and_of_its_memory_is_measured(tmp_path: Path) -> None:
    if not WEIGHTS.exists():
        pytest.skip("weights are absent")
    settings = Settings(
        home=tmp_path, digests=CHECKOUT / "digests", models=WEIGHTS.parent, model=str(WEIGHTS)
    )
    said: list[str] = []
    rows = engine.run(settings, quick=True, progress=lambda what, done, total: said.append(what))
    values = {row.measure: row.value for row in rows}
    assert len(values) == 10
    assert all(row.target for row in rows)
    assert (
        sum(0 < value < 10 for measure, value in values.items() if measure.endswith("bare llama.cpp loop"))
        == 3
    )
    assert all(0 < value < 50 for measure, value in values.items() if measure.startswith("overhead"))
    warm = [value for measure, value in values.items() if measure.startswith("first token")]
    assert all(0 < value < 0.9 for value in warm), "what was read before is not read again"
    assert 0 <= values["stop to idle, p95"] < 30
    assert set(said) == {"speed beside a bare loop", "overhead per token", "first token", "stop"}
    (growth,) = memory.run(settings, quick=True, progress=lambda *_: None)
    assert abs(growth.value) < 50
    assert not list(tmp_path.glob("states/*")), "the user's states are left alone"
