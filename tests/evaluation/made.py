"""Papers, questions and answers for the tests of scorers."""

from __future__ import annotations

from typing import Any

from rag_app.evaluation.answers import Given, Quote
from rag_app.evaluation.questions import ExamKey, OpenKey, Question
from rag_app.evaluation.truth import Truth
from rag_app.records import Paper, Section

ONE, TWO, THREE = "2401.00001", "2401.00002", "2401.00003"

TRUTH = Truth.of(
    [
        Paper(
            ONE,
            "PickBot: Grasping for Robots",
            ("2024-01-05",),
            (Section("What's New", "PickBot은 파지를 배웁니다. 시연은 2만 개입니다. 성공률은 94.4%입니다."),),
            votes=12,
            authors=("Ada Kim",),
        ),
        Paper(TWO, "FoldNet", ("2024-01-05",), (Section("Summary", "FoldNet folds 250 towels."),)),
        Paper(THREE, "TideCast", (), (Section("Summary", "TideCast forecasts tides."),)),
    ]
)


def exam(kind: str = "lookup", lang: str = "en", **key: Any) -> Question:
    """An exam question about the first paper, unless its key says otherwise."""
    for name in ("gold", "ok"):
        key[name] = frozenset(key.get(name, [ONE] if name == "gold" else []))
    return Question("x-1", kind, lang, ("What is PickBot?",), ExamKey(**key))


def open_question(kind: str = "overview", lang: str = "en", **key: Any) -> Question:
    return Question("x-1", kind, lang, ("What is there about robots?",), OpenKey(**key))


def given(text: str = "It grasps. [1]", *citations: str, **more: Any) -> Given:
    """An answer that cites the first paper, unless others are given."""
    return Given("x-1", text, citations=citations or (ONE,), **more)


def quote(text: str, arxiv_id: str = ONE) -> Quote:
    return Quote(arxiv_id, text)
