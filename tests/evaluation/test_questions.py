"""Question files are read whole or not at all, and split the same way everywhere."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from rag_app.errors import RagError
from rag_app.evaluation import answers, questions
from rag_app.evaluation.questions import Aspect, ExamKey, OpenKey, Split, Suite
from tests.evaluation.made import ONE, TWO

EXAM = {"id": "a", "type": "lookup", "lang": "en", "turns": ["What?"], "gold": [ONE], "answerable": True}
OPEN = {"id": "b", "kind": "overview", "lang": "ko", "turns": ["뭐?", "또?"], "relevant": [TWO]}


def file_of(folder: Path, *rows: Any) -> Path:
    file = folder / "questions.jsonl"
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return file


def test_both_formats_are_read_from_one_file(tmp_path: Path) -> None:
    exam = EXAM | {"must": [["a", "b"]], "ok": [TWO], "dates": ["2024-01-05"], "note": "x", "corpus": "full"}
    aspects = [{"name": "n", "papers": [ONE], "must": ["w"]}]
    first, second = questions.read(file_of(tmp_path, exam, OPEN | {"aspects": aspects, "min_papers": 0}))
    assert first.key == ExamKey(frozenset({ONE}), frozenset({TWO}), (("a", "b"),))
    assert (first.suite, first.days) == (Suite.EXAM, ("2024-01-05",))
    assert second.key == OpenKey(
        (Aspect("n", frozenset({ONE}), ("w",)),), relevant=frozenset({TWO}), min_papers=0
    )
    assert (second.suite, second.kind, second.turns) == (Suite.OPEN, "overview", ("뭐?", "또?"))


@pytest.mark.parametrize(
    "row",
    [
        7,
        {},
        {**EXAM, "turns": []},
        {**EXAM, "turns": "What?"},
        {**EXAM, "gold": ONE},
        {**EXAM, "must": ["a"]},
        {key: value for key, value in EXAM.items() if key != "answerable"},
        {**OPEN, "aspects": [{"name": "n"}]},
        {**OPEN, "min_words": "many"},
    ],
)
def test_a_line_that_is_no_question_is_named(tmp_path: Path, row: Any) -> None:
    with pytest.raises(RagError, match=r"questions\.jsonl:2"):
        questions.read(file_of(tmp_path, EXAM, row))


def test_an_id_that_comes_twice_and_a_file_that_is_away_are_named(tmp_path: Path) -> None:
    with pytest.raises(RagError, match="the id a twice"):
        questions.read(file_of(tmp_path, EXAM, EXAM))
    with pytest.raises(RagError, match="absent"):
        questions.read(tmp_path / "absent")


def test_the_hash_of_the_id_alone_decides_the_part() -> None:
    ids = [f"q-{n}" for n in range(1_000)]
    for one in ids[:50]:
        even = int(hashlib.sha256(one.encode()).hexdigest(), 16) % 2 == 0
        assert questions.part_of(one) is (Split.FIT if even else Split.HELD_OUT)
    assert 450 < sum(questions.part_of(one) is Split.FIT for one in ids) < 550


def test_answers_are_read_as_batch_writes_them(tmp_path: Path) -> None:
    row = {"id": "a", "answer": "x [1]", "citations": [ONE, ONE], "refused": False, "scanned": 3, "matched": 2,
           "quotes": [{"arxiv_id": ONE, "text": "words"}], "ranked": [], "seconds": 0.5}  # fmt: skip
    given = answers.read(file_of(tmp_path, {"id": "a"}, row))["a"]
    assert (given.text, given.cited, given.counts, given.matched) == ("x [1]", (ONE,), (3.0, 2.0), 2)
    assert given.quotes == (answers.Quote(ONE, "words"),)
    assert (given.ranked, given.seconds, given.first_token_seconds) == ((), 0.5, None)


@pytest.mark.parametrize("text", ["nonsense", "7", "{}", '{"id": "a", "quotes": [7]}'])
def test_a_file_that_holds_no_answers_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.jsonl").write_text(text)
    with pytest.raises(RagError, match=r"a\.jsonl"):
        answers.read(tmp_path / "a.jsonl")
