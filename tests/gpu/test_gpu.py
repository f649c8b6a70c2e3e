"""What `tests/gpu/run.sh` rests on: a model that need not be fetched, a kit without what no build reads,
and rows that name the card.
"""

from __future__ import annotations

import subprocess
import tarfile
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from rag_app.bench import gpu
from rag_app.bench.bare import Run
from rag_app.bench.gpu import MIB, Amount, Offload, described, measure
from rag_app.bench.table import Measurement
from rag_app.errors import RagError
from rag_app.llm import binding
from rag_app.llm.offload import Device, Plan
from tests.gpu import kit, random_model
from tests.helpers.checkout import CHECKOUT
from tests.helpers.fakes import settings_in

CARD = "Some Card 9000"
PAIR = (Run(100, 0.5, 10, 0.1), Run(100, 0.4, 10, 0.125))  # 100 and 80 tokens/s written


def offload(layers: int, taken: int) -> Offload:
    return Offload(Plan(layers, 8192), 300 * MIB, taken, 1.5, (PAIR,), 640.0)


def values(rows: Sequence[Measurement]) -> dict[str, float]:
    return {row.measure.partition(",")[0]: row.value for row in rows}


def test_rows_name_the_card_and_compare_with_the_bare_loop() -> None:
    rows = described(offload(25, 250 * MIB), 25, CARD)
    assert all(row.measure.endswith(f"25 of 25 layers on {CARD}") for row in rows)
    assert values(rows)["decode"] == pytest.approx(100.0)
    assert rows[0].detail == "1.25 of a bare loop's 80.0 tokens/s, 1 texts"


def test_an_estimate_below_what_is_taken_is_missed() -> None:
    rows = {taken: described(offload(12, taken * MIB), 25, CARD)[-1] for taken in (250, 400)}
    assert [rows[taken].met for taken in (250, 400)] == [True, False]
    assert rows[250].detail.startswith("300 / 250 MiB")


def test_of_a_device_that_does_not_tell_its_memory_the_estimate_alone_is_shown() -> None:
    row = described(offload(12, 0), 25, CARD)[-1]
    assert (row.value, row.unit, row.met) == (300, "MiB", None)
    assert "does not tell" in row.detail


def test_on_the_cpu_nothing_is_said_of_the_card() -> None:
    rows = described(offload(0, 0), 25, CARD)
    assert not any(CARD in row.measure or "memory" in row.measure for row in rows)


def test_without_a_gpu_the_suite_says_what_is_lacking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binding, "devices", lambda: [Device("CPU", "cpu", 1, 1)])
    with pytest.raises(RagError, match="sees no GPU"):
        gpu.run(settings_in(tmp_path), quick=True, progress=lambda *told: None)


def test_random_weights_are_loaded_read_and_written_beside_the_bare_loop(tmp_path: Path) -> None:
    model = random_model.write(tmp_path / "random.gguf", random_model.SMALL)
    settings = replace(settings_in(tmp_path), model=str(model), gpu_layers=0, threads=1)
    measured = measure(settings, Amount(1, 4, 24))
    own, bare = measured.pairs[0]
    assert own.read > 100
    assert bare.read >= own.read
    assert own.decode > 0 < bare.decode
    assert measured.together > 0


def test_the_packed_source_has_what_is_built_and_no_vocabularies(tmp_path: Path) -> None:
    root = "llama_cpp_python-1/vendor/llama.cpp"
    kept, left = f"{root}/ggml/CMakeLists.txt", (f"{root}/models/v.gguf", "llama_cpp_python-1/.git/pack")
    with tarfile.open(tmp_path / "whole.tar.gz", "w:gz") as whole:
        for name in (kept, *left):
            member = tarfile.TarInfo(name)
            member.size = 1
            whole.addfile(member, BytesIO(b"x"))
    kit.slim(tmp_path / "whole.tar.gz", tmp_path / "slim.tar.gz")
    with tarfile.open(tmp_path / "slim.tar.gz") as slim:
        assert slim.getnames() == [kept]


def test_the_script_is_valid_shell() -> None:
    subprocess.run(["bash", "-n", str(CHECKOUT / "tests/gpu/run.sh")], check=True)
