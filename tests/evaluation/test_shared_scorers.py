"""The scorers agree with other scorers of the same formats, where those lie beside the checkout."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from rag_app.collection import digests
from rag_app.evaluation import answers, exam, open_questions, questions
from rag_app.evaluation.truth import Truth
from tests.helpers.checkout import CHECKOUT

SHARED = next(
    (parent / "shared" for parent in CHECKOUT.parents if (parent / "shared" / "eval").is_dir()), None
)
pytestmark = pytest.mark.skipif(SHARED is None, reason="there are no shared scorers beside the checkout")


def shared(name: str) -> Path:
    assert SHARED
    return SHARED / name


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"shared_{name}", shared(f"eval/{name}.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rows_of(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def answers_to(row: dict[str, Any], ids: list[str], texts: Truth) -> list[dict[str, Any]]:
    """Made answers: right, half right, wrong, refused, in both languages, with and without quotes."""
    draw = int(hashlib.sha256(row["id"].encode()).hexdigest(), 16)
    others = [ids[(draw >> shift) % len(ids)] for shift in (0, 20, 40)]
    known = [*(row.get("gold") or sorted(row.get("relevant") or [])), *others][:12]
    said = " ".join(group[0] for group in row.get("must") or [])
    told = {one: texts.papers[one].sections[-1].text for one in known}
    body = "\n".join(f"- {told[one][:400]} [{n}]" for n, one in enumerate(known, start=1))
    quotes = [{"arxiv_id": one, "text": told[one][-60:]} for one in known]
    base = {"id": row["id"], "refused": False, "ranked": [*others, *known], "scanned": 5487, "matched": 17}
    return [
        base | {"answer": f"{said} [1]", "citations": known[:1], "quotes": quotes[:1]},
        base | {"answer": f"{said}\n{body}\n> 12345", "citations": known, "quotes": quotes},
        base | {"answer": f"It has 1,234 and 77.5% of them. {body[:900]}", "citations": known[::-1]},
        base
        | {"answer": f"이 논문들은 3만 개를 다룹니다. {said} [2][1]", "citations": others, "quotes": quotes},
        base | {"answer": f"| a | b |\n|---|---|\n| {said} | [1] |\n| x | [2] |", "citations": known},
        base | {"answer": "Nothing was found.", "citations": [], "refused": True},
    ]


@pytest.fixture(scope="module")
def truth() -> Truth:
    papers, _ = digests.read([shared("digests/daily_papers_ko")])
    return Truth.of(papers)


@pytest.mark.parametrize("name", ["dev", "dev2"])
def test_the_exam_scorer_gives_the_same_figures(name: str, truth: Truth, tmp_path: Path) -> None:
    file, other = shared(f"eval/{name}.jsonl"), script("score")
    theirs = other.Digests([shared("digests/daily_papers_ko")])
    ids = sorted(truth.papers)
    for question, row in zip(questions.read(file), rows_of(file), strict=True):
        for made in answers_to(row, ids, truth):
            mine, told = (
                exam.score(question, given(made, tmp_path), truth),
                other.score_one(row, made, theirs),
            )
            for figure in ("correct", "precision", "recall", "f1", "language", "invalid_citations"):
                assert getattr(mine, figure) == told[figure], (question.id, figure)
            assert (mine.numbers, list(mine.unsupported_numbers)) == (
                told.get("numbers", 0),
                told.get("numbers_unsupported", []),
            ), question.id
            assert (mine.quotes, mine.wrong_quotes) == (told.get("quotes", 0), told.get("quotes_wrong", 0))
            if question.key.gold:  # type: ignore[union-attr]
                assert mine.found_at == tuple(told["recall_at"].values()), question.id


def test_the_open_scorer_gives_the_same_figures(truth: Truth, tmp_path: Path) -> None:
    file, other = shared("eval/open-dev.jsonl"), script("open_score")
    ids = sorted(truth.papers)
    for question, row in zip(questions.read(file), rows_of(file), strict=True):
        for made in answers_to(row, ids, truth):
            mine = open_questions.score(question, given(made, tmp_path))
            assert (mine.checks, mine.figures) == other.judge(row, made), question.id


def given(row: dict[str, Any], folder: Path) -> answers.Given:
    file = folder / "answer.jsonl"
    file.write_text(json.dumps(row), encoding="utf-8")
    return answers.read(file)[row["id"]]
