"""What typing formulas promises: a title with TeX reads as people type it, and no price is a formula."""

from __future__ import annotations

import time

import pytest

from rag_app.text.maths import typed


@pytest.mark.parametrize(
    ("written", "as_typed"),
    [
        ("Sorting $k$-heaps", "Sorting k-heaps"), ("$$k$$-heaps", "k-heaps"), (r"\(k\)-heaps", "k-heaps"),
        (r"\[k\]-heaps", "k-heaps"), (r"$\tau$-Sled", "tau-Sled"), (r"$\varphi$-Sled", "phi-Sled"),
        ("M$^{2}$Sled", "M^2Sled"), (r"$\text{M}^3$Sled", "M^3Sled"), ("$L_2$ norms", "L2 norms"),
        (r"$\mathcal{S}$-Former", "S-Former"), (r"$\mathbf S$-Former", "S-Former"), (r"$\it Sled$", "Sled"),
        (r"\textsc{Sled-Eval}", "Sled-Eval"), (r"\textbf{\textsc{Sled}}Bench", "SledBench"),
        (r"Learning $k$-heaps for $5 to $10", "Learning k-heaps for $5 to $10"),
    ],
)  # fmt: skip
def test_a_formula_reads_as_it_is_typed(written: str, as_typed: str) -> None:
    assert typed(written) == as_typed


@pytest.mark.parametrize(
    "text",
    [
        "between $5 and $10",
        "a $200k model",
        "US$ 3 or US$ 4",
        "$",
        "$$",
        r"C:\new\table",
        r"a \ b",
        "x^2 {y}_z",
    ],
)
def test_what_is_no_formula_stays(text: str) -> None:
    assert typed(text) == text


@pytest.mark.parametrize("piece", ["$a", "$a ", r"\(", r"\text{", r"\text{a", "{", r"\[x", "$$"])
def test_marks_that_never_close_take_no_time(piece: str) -> None:
    began = time.process_time()
    typed(piece * 20_000)
    assert time.process_time() - began < 2
