"""What `batch` promises: every line answered once, whatever kills it, and never the user's
collection touched.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rag_app import batch, pipeline
from rag_app.errors import RagError
from rag_app.settings import Settings
from tests.helpers.fakes import LAB, HashEmbedder, fake_embedding, lab, settings_in

ROW = [
    *(
        "id",
        "answer",
        "citations",
        "citation_numbers",
        "refused",
        "quotes",
        "ranked",
        "scanned",
        "matched",
        "borderline",
        "intent",
    ),
    *("seconds", "first_token_seconds"),
]
QUESTIONS = [
    {"id": "a", "turns": ["What does PickBot learn?"]},
    {"id": "b", "turns": ["PickBot의 저자는?", "추천 수는?"]},
    {"id": "c", "turns": ["How many papers are there?"], "dates": ["2024-05-01"]},
]


@pytest.fixture(autouse=True)
def embedder() -> Any:
    with fake_embedding(HashEmbedder()):
        yield


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    return lines(tmp_path / "questions.jsonl", QUESTIONS)


def lines(file: Path, rows: list[Any]) -> Path:
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return file


def rows_of(file: Path) -> list[dict[str, Any]]:
    return [json.loads(row) for row in file.read_text(encoding="utf-8").split("\n") if row]


def run(
    questions: Path, answers: Path, settings: Settings | None = None, **options: Any
) -> list[dict[str, Any]]:
    batch.run(questions, answers, settings or lab().settings, no_llm=True, **options)
    return rows_of(answers)


def test_every_line_is_answered_in_order_in_the_format_agreed(questions: Path, tmp_path: Path) -> None:
    rows = run(questions, tmp_path / "answers.jsonl")
    assert [row["id"] for row in rows] == ["a", "b", "c"]
    assert all(list(row) == ROW for row in rows)
    assert rows[0]["citations"] == ["2405.00001"]
    for quote in rows[0]["quotes"]:
        paper = lab().snapshot.papers.get(quote["arxiv_id"])
        assert any(quote["text"] in section.text for section in paper.sections)
    assert len(rows[0]["ranked"]) == 50


def test_the_turns_of_a_line_are_one_conversation_and_its_filters_hold(
    questions: Path, tmp_path: Path
) -> None:
    rows = run(questions, tmp_path / "answers.jsonl")
    assert "12" in rows[1]["answer"]  # the votes of the paper that only the first turn named
    assert (rows[1]["citations"], rows[1]["citation_numbers"]) == (["2405.00001"], [1])
    assert rows[2]["scanned"] == rows[2]["matched"] == 3


def test_a_line_may_name_the_papers_to_ask_among(tmp_path: Path) -> None:
    only = {"only": ["2405.00001", "2405.00003", "9999.00000"]}
    questions = lines(tmp_path / "q.jsonl", [{"id": "a", "turns": ["How many papers are there?"]} | only])
    (row,) = run(questions, tmp_path / "answers.jsonl")
    assert (row["scanned"], sorted(row["citations"])) == (2, ["2405.00001", "2405.00003"])
    wrong = lines(tmp_path / "w.jsonl", [{"id": "a", "turns": ["x"], "only": "2405.00001"}])
    with pytest.raises(RagError, match="only is not a list of texts"):
        batch.read(wrong)


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.5, 0.9, 1.0, 1, 8, 9, 12, 20, -1])
def test_a_killed_run_is_resumed(questions: Path, tmp_path: Path, kept: float) -> None:
    """`kept` is a share of the bytes, or (a whole number) their count."""
    answers = tmp_path / "answers.jsonl"
    whole = run(questions, answers)
    data = answers.read_bytes()
    answers.write_bytes(data[:kept] if isinstance(kept, int) else data[: int(len(data) * kept)])
    resumed = run(questions, answers)
    assert [(row["id"], row["answer"]) for row in resumed] == [(row["id"], row["answer"]) for row in whole]


def test_a_last_line_cut_inside_a_character_is_written_again(questions: Path, tmp_path: Path) -> None:
    answers = tmp_path / "answers.jsonl"
    run(questions, answers)
    first, second, _ = answers.read_bytes().split(b"\n", 2)
    at = second.index("추".encode()) + 1
    answers.write_bytes(first + b"\n" + second[:at])
    assert [row["id"] for row in run(questions, answers)] == ["a", "b", "c"]


def test_a_finished_run_writes_nothing(questions: Path, tmp_path: Path) -> None:
    answers = tmp_path / "answers.jsonl"
    run(questions, answers)
    before = answers.read_bytes()
    run(questions, answers)
    assert answers.read_bytes() == before


def test_line_separators_inside_a_text_do_not_end_its_line(tmp_path: Path) -> None:
    questions = lines(
        tmp_path / "q.jsonl", [{"id": "\u2028x\x85", "turns": ["What does\u2028PickBot learn?"]}]
    )
    answers = tmp_path / "answers.jsonl"
    assert len(run(questions, answers)) == 1
    assert len(run(questions, answers)) == 1


@pytest.mark.parametrize("question", ["", " ", "x" * 100_000])
def test_a_question_that_cannot_be_taken_is_a_refusal_in_the_same_format(
    tmp_path: Path, question: str
) -> None:
    questions = lines(tmp_path / "q.jsonl", [{"id": "x", "turns": [question]}, QUESTIONS[0]])
    first, second = run(questions, tmp_path / "answers.jsonl")
    assert list(first) == ROW
    assert (first["refused"], first["citations"], second["refused"]) == (True, [], False)


@pytest.mark.parametrize(
    "line",
    [
        *("nonsense", "[]", "7", "null", "{}", '{"id": "x"}', '{"turns": ["q"]}', '{"id": "x", "turns": []}'),
        *(
            '{"id": "x", "turns": "a question"}',
            '{"id": "x", "turns": [7]}',
            '{"id": "x", "turns": ["q"], "dates": "d"}',
            '{"id": "x", "turns": ["q"], "dates": ["someday"]}',
            '{"id": "x", "turns": ["q"], "since": "yesterday"}',
            '{"id": "x", "turns": ["q"], "until": 7}',
            '{"id": null, "turns": ["q"]}',
            '{"id": ["x"], "turns": ["q"]}',
            pytest.param('{"id": "x", "turns": ' + "[" * 100_000, id="nested"),
        ),
    ],
)
def test_a_bad_line_names_file_and_line(tmp_path: Path, line: str) -> None:
    questions = tmp_path / "q.jsonl"
    questions.write_text(json.dumps(QUESTIONS[0]) + "\n\n" + line + "\n")
    with pytest.raises(RagError, match=r"q\.jsonl:3") as caught:
        batch.run(questions, tmp_path / "answers.jsonl", lab().settings, no_llm=True)
    assert caught.value.hint


def test_files_that_cannot_be_read_or_written_are_named(questions: Path, tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    for source in (tmp_path / "absent", tmp_path, tmp_path / "binary"):
        with pytest.raises(RagError, match=source.name):
            batch.read(source)
    for target in (tmp_path, tmp_path / "absent" / "answers.jsonl"):
        with pytest.raises(RagError, match=target.name):
            run(questions, target)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-8"]
)
def test_questions_are_read_in_every_encoding_of_unicode(questions: Path, encoding: str, end: str) -> None:
    text = questions.read_text(encoding="utf-8").replace("\n", end)
    questions.write_bytes(text.encode(encoding))
    assert [line.id for line in batch.read(questions)] == ["a", "b", "c"]
    assert batch.read(questions)[1].turns == ("PickBot의 저자는?", "추천 수는?")


def test_questions_in_the_encoding_of_korean_windows_are_named(questions: Path) -> None:
    questions.write_bytes(questions.read_bytes().decode().encode("cp949"))
    with pytest.raises(RagError, match="looks like CP949: iconv"):
        batch.read(questions)


@pytest.mark.parametrize(
    "ids",
    [[1, "1"], ["x", "x"], [2, 2], ["\ud800", "?"]],
    ids=["number and text", "texts", "numbers", "unwritable"],
)
def test_an_id_given_twice_names_both_lines_before_anything_is_answered(
    tmp_path: Path, ids: list[Any]
) -> None:
    file = lines(tmp_path / "q.jsonl", [])
    rows = [{"id": ids[0], "turns": ["a"]}, {"id": "between", "turns": ["b"]}, {"id": ids[1], "turns": ["c"]}]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    with pytest.raises(RagError, match=r"q\.jsonl:1 and .*q\.jsonl:3 have the same id"):
        run(file, tmp_path / "answers.jsonl")
    assert not (tmp_path / "answers.jsonl").exists()


def test_an_id_that_cannot_be_written_is_answered(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text('{"id": "\\ud800", "turns": ["PickBot?"]}\n', encoding="utf-8")
    assert [row["id"] for row in run(file, tmp_path / "answers.jsonl")] == ["?"]


ANOTHER = {
    "notes": b"keep me",
    "notes with lines": b"keep me\nand me\n",
    "questions": b'{"id": "a", "turns": ["x"]}\n',
    "one question without an end": b'{"id": "a", "turns": ["x"]}',
    "a question cut": b'{"id": "a", "turns": ["x',
    "a saved answer": b'{\n  "question": "x",\n  "answer": {}\n}\n',
    "another object": b'{"id": "a", "answer": "of something else"}',
    "numbers": b"1\n2\n",
    "nested": b"[" * 100_000 + b"\n",
    "bytes": b"\x00\xff\xfe\n\x00",
    "sqlite": b"SQLite format 3\x00",
}


@pytest.mark.parametrize("content", ANOTHER.values(), ids=ANOTHER)
def test_a_file_of_something_else_is_refused_untouched(
    questions: Path, tmp_path: Path, content: bytes
) -> None:
    answers = tmp_path / "notes.txt"
    answers.write_bytes(content)
    with pytest.raises(RagError, match=r"notes\.txt:1 holds something else"):
        run(questions, answers)
    assert answers.read_bytes() == content


@pytest.mark.parametrize("content", [ANOTHER["notes"], ANOTHER["questions"], ANOTHER["another object"]])
def test_something_else_behind_answers_is_refused_untouched(
    questions: Path, tmp_path: Path, content: bytes
) -> None:
    answers = tmp_path / "answers.jsonl"
    run(questions, answers)
    whole = answers.read_bytes()
    answers.write_bytes(whole + content)
    with pytest.raises(RagError, match=r"answers\.jsonl:4 holds something else"):
        run(questions, answers)
    assert answers.read_bytes() == whole + content


def test_the_same_file_given_twice_is_refused_untouched(questions: Path, tmp_path: Path) -> None:
    (tmp_path / "link.jsonl").symlink_to(questions)
    (tmp_path / "hard.jsonl").hardlink_to(questions)
    before = questions.read_bytes()
    for answers in (questions, tmp_path / "link.jsonl", tmp_path / "hard.jsonl"):
        with pytest.raises(RagError, match="holds the questions"):
            run(questions, answers)
    assert questions.read_bytes() == before


def test_answers_are_their_owner_s_alone(questions: Path, tmp_path: Path) -> None:
    run(questions, tmp_path / "answers.jsonl")
    assert (tmp_path / "answers.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_collection_of_its_own_is_made_once_and_the_user_s_stays(tmp_path: Path, questions: Path) -> None:
    settings = settings_in(tmp_path)
    digests = tmp_path / "others"
    digests.mkdir()
    (digests / "lab.md").write_text(LAB, encoding="utf-8")
    rows = run(questions, tmp_path / "answers.jsonl", settings, digests=[digests])
    current = batch.own_collection(settings, [digests]).home / "index" / "CURRENT"
    made_at = current.stat().st_mtime_ns
    batch.own_collection(settings, [digests])
    assert rows[0]["ranked"][0] == "2405.00001"
    assert rows[0]["scanned"] == 3
    assert current.stat().st_mtime_ns == made_at
    assert not (settings.home / "index").exists()
    with pytest.raises(RagError, match="no index yet"):
        pipeline.open_library(settings)
