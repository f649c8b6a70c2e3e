"""What a saved answer promises: it is given again byte for byte, or what has changed since is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag_app.cli import saved_answers
from rag_app.cli.saved_answers import SavedAnswer
from rag_app.errors import RagError
from rag_app.records import Filters
from tests.helpers.fakes import ScriptedGenerator, answer_of, lab

QUESTION = "What is PickBot?"


def kept(engine: ScriptedGenerator | None = None) -> SavedAnswer:
    return saved_answers.saved_answer(QUESTION, Filters(), answer_of(QUESTION, lab(), engine), lab(), engine)


def test_a_receipt_survives_the_file(tmp_path: Path) -> None:
    saved_answers.save(kept(), tmp_path / "answer.json")
    assert saved_answers.load(tmp_path / "answer.json") == kept_like(tmp_path / "answer.json")


def kept_like(file: Path) -> SavedAnswer:
    """The receipt in memory with the timings of the one in the file, which no two runs share."""
    made = kept()
    stored = json.loads(file.read_text(encoding="utf-8"))["answer"]
    timings = {name: stored[name] for name in ("seconds", "evidence_seconds", "first_token_seconds")}
    from dataclasses import replace

    return replace(made, answer=replace(made.answer, **timings))


def test_the_same_answer_is_given_again() -> None:
    assert saved_answers.rerun(kept(), lab(), None).text == kept().answer.text


def test_what_has_changed_is_named() -> None:
    saved = kept(ScriptedGenerator(["[1] PickBot grasps cups."]))
    with pytest.raises(RagError) as error:
        saved_answers.rerun(saved, lab(), ScriptedGenerator(["NONE"], model="another"))
    assert "model" in error.value.hint
    assert "collection" not in error.value.hint


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_a_receipt_is_read_in_every_encoding_of_unicode(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "answer.json"
    saved_answers.save(kept(), file)
    before = saved_answers.load(file)
    file.write_bytes(file.read_text(encoding="utf-8").replace("\n", "\r\n").encode(encoding))
    assert saved_answers.load(file) == before


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"answer": {}}', "\0"])
def test_another_file_is_no_receipt(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text, encoding="utf-8")
    with pytest.raises(RagError) as error:
        saved_answers.load(tmp_path / "x.json")
    assert "--save" in error.value.hint
