"""What `eval` promises: both parts scored side by side, answers kept, mistakes said before any work."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rag_app import pipeline
from rag_app.cli import commands as command
from rag_app.evaluation import questions
from rag_app.llm import loading
from tests.cli.test_commands import failure
from tests.helpers.fakes import HashEmbedder, ScriptedGenerator, fake_embedding, lab, made

PICKBOT, FOLDNET = "2405.00001", "2405.00002"
EXAM = [
    {
        "id": f"e{n}",
        "type": kind,
        "lang": "en",
        "turns": [turn],
        "gold": gold,
        "must": must,
        "answerable": True,
    }
    for n, (kind, turn, gold, must) in enumerate(
        [
            ("lookup", "What does PickBot learn?", [PICKBOT], []),
            ("metadata", "Who are the authors of FoldNet?", [FOLDNET], [["Cleo Park"]]),
            ("metadata", "How many votes does PickBot have?", [PICKBOT], [["12"]]),
            ("lookup", "What does PickBot learn?", [FOLDNET], []),
        ]
    )
]
OPEN = [
    {"id": "o0", "kind": "paper", "lang": "en", "turns": ["What is TideCast?"], "relevant": ["2405.00003"]},
    {"id": "o1", "kind": "off", "lang": "en", "turns": ["Who won the cup?"], "refuse": True},
]


@pytest.fixture(autouse=True)
def collection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The lab's collection, and a fake embedding model."""
    monkeypatch.setenv("RAG_HOME", str(lab().settings.home))
    monkeypatch.setenv("RAG_MODELS", str(tmp_path))
    with fake_embedding(HashEmbedder()):
        yield


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path / "questions.jsonl", [*EXAM, *OPEN])


def written(file: Path, rows: list[Any]) -> Path:
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return file


def told(file: Path, *options: str) -> list[dict[str, Any]]:
    out = file.parent / "out.json"
    assert command.main(["eval", str(file), "--no-llm", "--json", str(out), *options]) == 0
    results: list[dict[str, Any]] = json.loads(out.read_text(encoding="utf-8"))
    return results


def test_both_suites_of_a_file_are_asked_scored_and_printed(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exam, open_ones = told(file)
    assert [score["correct"] for score in exam["scores"]] == [True, True, True, False]
    assert (open_ones["suite"], len(open_ones["scores"])) == ("open", 2)
    rows = {row["name"]: row for row in exam["rows"]}
    assert (rows["accuracy"]["all"], rows["accuracy"]["questions"]) == (0.75, 4)
    shown = capsys.readouterr().out
    assert "exam: 4 questions" in shown
    assert "open: 2 questions" in shown
    assert "fit - held out" in shown


def test_one_suite_or_one_part_can_be_asked_alone(file: Path) -> None:
    assert [result["suite"] for result in told(file, "--suite", "open")] == ["open"]
    (fit,), (held_out,) = (told(file, "--suite", "exam", "--part", part) for part in ("fit", "held-out"))
    names = [{score["id"] for score in result["scores"]} for result in (fit, held_out)]
    assert names[0] | names[1] == {row["id"] for row in EXAM}
    assert {questions.part_of(name) for name in names[0]} == {"fit"}
    assert {row["held_out"] for row in fit["rows"]} == {None}
    assert len(told(file, "--suite", "exam", "--limit", "2")[0]["scores"]) == 2


def test_kept_answers_are_scored_again_without_asking(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "answers.jsonl"
    first = told(file, "--answers", str(kept))
    lines = kept.read_text(encoding="utf-8").splitlines(keepends=True)
    kept.write_text("".join(lines[:4]), encoding="utf-8")
    again = told(file, "--answers", str(kept))
    assert [row["id"] for row in map(json.loads, kept.read_text().splitlines())] == [
        json.loads(line)["id"] for line in lines
    ]
    assert [score["correct"] for score in again[0]["scores"]] == [
        score["correct"] for score in first[0]["scores"]
    ]
    monkeypatch.setattr(pipeline, "open_library", lambda settings: pytest.fail("nothing is left to ask"))
    assert told(file, "--answers", str(kept)) == again


def test_the_model_answers_unless_it_is_left_out(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = ScriptedGenerator(["NONE"])
    monkeypatch.setattr(loading, "load_if_any", lambda settings: model)
    assert command.main(["eval", str(file), "--suite", "exam"]) == 0
    assert model.calls


def test_failures_of_the_fit_part_are_printed_on_demand(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = [row | {"id": f"w{n}", "gold": [FOLDNET]} for n, row in enumerate([EXAM[0]] * 8)]
    asked = written(file, wrong)
    assert command.main(["eval", str(asked), "--no-llm", "--failures", "20"]) == 0
    shown = capsys.readouterr().out
    for row in wrong:
        assert (f"{row['id']} (lookup)" in shown) is (questions.part_of(str(row["id"])) == "fit")


def test_what_changed_since_other_answers_is_printed(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = written(
        tmp_path / "old.jsonl",
        [{"id": name, "refused": True} for name in ("e0", "e1", "e2", "e3", "o0", "o1")],
    )
    assert command.main(["eval", str(file), "--no-llm", "--before", str(old)]) == 0
    shown = capsys.readouterr().out
    exam, open_ones = shown.split("what changed since")[1:]
    assert re.search(r"accuracy +4 +0\.000 +0\.750", exam)
    assert re.search(r"pass: paper +1 +0\.000 +1\.000", open_ones)
    few = written(tmp_path / "few.jsonl", [{"id": "e0", "refused": True}])
    assert command.main(["eval", str(file), "--no-llm", "--before", str(few)]) == 0
    assert re.search(r"accuracy +1 +0\.000 +1\.000", capsys.readouterr().out.split("what changed since ")[1])
    assert "absent" in failure(capsys, "eval", str(file), "--before", str(tmp_path / "absent"))
    other = written(tmp_path / "other.jsonl", [{"id": "x"}])
    assert "answers none" in failure(capsys, "eval", str(file), "--before", str(other))


@pytest.fixture
def topical(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A collection with one topic of four papers and others beside it."""
    texts = ["조석 예보(tide forecasting)를 다룹니다."] * 4 + ["로봇 팔을 움직입니다."] * 4
    entries = [
        f"### [Tide Forecasting {n}](https://arxiv.org/abs/2406.0000{n})\n\n{text}\n"
        if "tide" in text
        else f"### [Arms {n}](https://arxiv.org/abs/2406.0000{n})\n\n{text}\n"
        for n, text in enumerate(texts)
    ]
    library = made(tmp_path, {"day.md": "## Daily Papers (2024-06-01)\n\n" + "\n".join(entries)})
    monkeypatch.setenv("RAG_HOME", str(library.settings.home))


@pytest.mark.usefixtures("topical")
def test_topics_are_mined_asked_for_in_both_languages_and_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.json"
    assert command.main(["eval", "--topics", "--no-llm", "--json", str(out)]) == 0
    (result,) = json.loads(out.read_text(encoding="utf-8"))
    assert [topic["name"] for topic in result["topics"]] == ["tide forecasting"]
    assert [(score["lang"], score["papers"]) for score in result["scores"]] == [("en", 4), ("ko", 4)]
    shown = capsys.readouterr().out
    assert "tide forecasting, 조석 예보" in shown
    assert "count within a fifth" in shown


@pytest.mark.usefixtures("topical")
def test_what_changed_in_lists_since_other_answers_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept.jsonl"
    assert command.main(["eval", "--topics", "--no-llm", "--answers", str(kept)]) == 0
    old = written(
        tmp_path / "old.jsonl", [{"id": json.loads(line)["id"], "refused": True} for line in lines(kept)]
    )
    capsys.readouterr()
    assert command.main(["eval", "--topics", "--no-llm", "--before", str(old)]) == 0
    assert re.search(r"recall +1 +0\.000 +1\.000", capsys.readouterr().out.split("what changed since")[1])
    other = written(tmp_path / "other.jsonl", [{"id": "x"}])
    assert "answers none" in failure(capsys, "eval", "--topics", "--before", str(other))


def lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines()


def test_a_collection_without_topics_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    library = made(tmp_path, {"day.md": "### [Arms](https://arxiv.org/abs/2406.00001)\n\nArms.\n"})
    monkeypatch.setenv("RAG_HOME", str(library.settings.home))
    assert "no topic" in failure(capsys, "eval", "--topics", "--no-llm")


def test_mistakes_are_said_before_anything_is_asked(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "open_library", lambda settings: pytest.fail("nothing may be asked"))
    away, bad = str(tmp_path / "absent" / "x"), written(tmp_path / "bad.jsonl", [{"id": "x"}])
    assert "absent" in failure(capsys, "eval", away)
    assert "bad.jsonl:1" in failure(capsys, "eval", str(bad))
    assert "cannot be written" in failure(capsys, "eval", str(file), "--json", away)
    assert "cannot be written" in failure(capsys, "eval", str(file), "--answers", str(tmp_path))
    assert "--topics" in failure(capsys, "eval", str(file), "--topics")
    only_open = written(tmp_path / "open.jsonl", OPEN)
    assert "no question" in failure(capsys, "eval", str(only_open), "--suite", "exam")


def test_the_shipped_questions_are_asked_of_the_samples_in_a_home_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAG_HOME", str(tmp_path / "home"))
    out = tmp_path / "out.json"
    assert command.main(["eval", "--no-llm", "--limit", "8", "--json", str(out)]) == 0
    exam, open_ones = json.loads(out.read_text(encoding="utf-8"))
    assert len(exam["scores"]) + len(open_ones["scores"]) == 8
    assert any(score["correct"] for score in exam["scores"])
    assert not (tmp_path / "home" / "index").exists()


@pytest.mark.parametrize(
    "options", [["--limit", "0"], ["--limit", "x"], ["--part", "both"], ["--suite", "x"]]
)
def test_wrong_usage_exits_with_2(options: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        command.main(["eval", *options])
    assert caught.value.code == 2
