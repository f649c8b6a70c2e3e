"""Glosses for the page: on their way, made, and out of the way of a question."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from rag_app.collection.library import Library
from rag_app.errors import EngineError
from rag_app.records import Answer, Citation, Intent, Passage, Sentence, Support
from rag_app.text.cleaning import escape_markdown
from rag_app.web.i18n.text import WORDS
from rag_app.web.state import gloss_desk
from rag_app.web.state.gloss_desk import GlossDesk
from rag_app.web.state.model_call import CallQueue, ModelCall
from rag_app.web.widgets import gloss
from tests.helpers.fakes import ScriptedGenerator, lab

GLOSS = "PickBot is a system that learns whole-body grasping of mobile robots."
TEXT = "PickBot은 이동 로봇의 전신 파지(whole-body grasping)를 학습하는 시스템입니다."
KOREAN = Passage("2405.00001", "What's New", 0, len(TEXT), TEXT)
ENGLISH = replace(KOREAN, text="TideCast forecasts tides.")
PLACE = ("en", TEXT)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return replace(lab(), settings=replace(lab().settings, home=tmp_path / "home"))


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "it does not happen"
        time.sleep(0.01)


def test_a_gloss_is_on_its_way_and_then_there(library: Library) -> None:
    desk, model = GlossDesk(CallQueue()), ScriptedGenerator([GLOSS])
    assert desk.texts([KOREAN, ENGLISH], "en", library, model) == [None, ""]
    until(lambda: desk.any_news([PLACE]))
    assert desk.texts([KOREAN, ENGLISH], "en", library, model) == [GLOSS, ""]
    assert GlossDesk(CallQueue()).texts([KOREAN], "en", library, model) == [GLOSS], "kept on disk"


def test_a_question_comes_before_glosses(library: Library) -> None:
    queue, model = CallQueue(), ScriptedGenerator([GLOSS])
    desk = GlossDesk(queue)
    with queue.joined_by(ModelCall(model, queue)):
        desk.texts([KOREAN], "en", library, model)
        time.sleep(0.3)
        assert not model.calls
    until(lambda: desk.any_news([PLACE]))


def test_what_a_page_no_longer_waits_for_is_not_made_until_it_is_asked_for_again(
    monkeypatch: pytest.MonkeyPatch, library: Library
) -> None:
    queue, model = CallQueue(), ScriptedGenerator([GLOSS])
    desk = GlossDesk(queue)
    with queue.joined_by(ModelCall(model, queue)):  # a question holds it back
        desk.texts([KOREAN], "en", library, model)
        assert not desk.any_news([PLACE])
        monkeypatch.setattr(gloss_desk, "LEFT", 0.0)  # the page was closed
    until(lambda: desk.any_news([PLACE]))  # it is there again
    assert not model.calls
    monkeypatch.setattr(gloss_desk, "LEFT", 3600.0)
    assert desk.texts([KOREAN], "en", library, model) == [None]
    until(lambda: desk.texts([KOREAN], "en", library, model) == [GLOSS])


def test_a_model_that_fails_leaves_the_original(library: Library) -> None:
    def fail(messages: object) -> str:
        raise EngineError("the process ended", "ask again")

    desk = GlossDesk(CallQueue())
    desk.texts([KOREAN], "en", library, ScriptedGenerator([fail]))
    until(lambda: desk.any_news([PLACE]))
    assert desk.texts([KOREAN], "en", library, ScriptedGenerator([GLOSS])) == [""]


def test_lines_are_made_ahead_while_nobody_waits_and_not_where_it_is_switched_off(library: Library) -> None:
    desk, model = GlossDesk(CallQueue(), idle=False), ScriptedGenerator([GLOSS])
    desk.prepare([KOREAN, ENGLISH], "en", library, model)
    time.sleep(0.3)
    assert desk.progress() == (0, 1)
    assert not model.calls
    desk.make_ahead(True)
    until(lambda: desk.progress() == (1, 1))
    assert desk.texts([KOREAN], "en", library, model) == [GLOSS]


def test_what_a_page_waits_for_comes_before_what_is_made_ahead(library: Library) -> None:
    other = replace(KOREAN, text=TEXT.replace("PickBot", "GripBot"))
    queue, model = CallQueue(), ScriptedGenerator([GLOSS, GLOSS.replace("PickBot", "GripBot")])
    desk = GlossDesk(queue)
    with queue.joined_by(ModelCall(model, queue)):  # a question holds both back
        desk.prepare([other], "en", library, model)
        desk.texts([KOREAN], "en", library, model)
    until(lambda: desk.progress() == (1, 1))
    assert [TEXT in str(call) for call in model.calls][:1] == [True]


def test_what_is_made_ahead_leaves_a_page_time_to_be_drawn(
    monkeypatch: pytest.MonkeyPatch, library: Library
) -> None:
    other = replace(KOREAN, text=TEXT.replace("PickBot", "GripBot"))
    model = ScriptedGenerator([GLOSS, GLOSS.replace("PickBot", "GripBot")])
    desk = GlossDesk(CallQueue())
    monkeypatch.setattr(gloss_desk, "DRAWING", 3600.0)
    desk.leave_time_to_draw()
    desk.prepare([other], "en", library, model)
    desk.texts([KOREAN], "en", library, model)
    until(lambda: desk.any_news([PLACE]))  # the page waits for it
    assert desk.progress() == (0, 1)
    monkeypatch.setattr(gloss_desk, "DRAWING", 0.0)
    desk.leave_time_to_draw()
    until(lambda: desk.progress() == (1, 1))


def answer(text: str, said: str) -> Answer:
    support = Support(1, KOREAN.section, TEXT, 0, len(TEXT))
    citation = Citation(1, KOREAN.arxiv_id, "PickBot", "2024-05-01", "", KOREAN.section, TEXT, 0, len(TEXT))
    sentences = (Sentence(said, True, (support,)),)
    return Answer(text, False, Intent.LOOKUP, "en", citations=(citation,), sentences=sentences)


def read(monkeypatch: pytest.MonkeyPatch, library: Library, one: Answer) -> str:
    monkeypatch.setattr(gloss, "as_read", lambda passages, reader: [GLOSS for _ in passages])
    return gloss.quotes_as_read(one.text, one, gloss.PageReader("en", {}, library))


def test_a_quoted_line_is_read_as_its_gloss(monkeypatch: pytest.MonkeyPatch, library: Library) -> None:
    quote = f"> {escape_markdown(TEXT)}"
    listed = answer(f"1. PickBot [1]\n   {quote}", "PickBot [1]")
    assert read(monkeypatch, library, listed) == f"1. PickBot [1]\n   > {GLOSS}"
    quoted = answer(f"The digest says [1]:\n\n{quote}", f"{TEXT} [1]")
    assert read(monkeypatch, library, quoted) == f"The digest says [1]:\n\n> {GLOSS}"


def test_the_quote_of_a_sentence_that_translates_it_is_left_to_the_drawer(
    monkeypatch: pytest.MonkeyPatch, library: Library
) -> None:
    one = answer(f"It learns grasping [1]\n\n> {escape_markdown(TEXT)}", "It learns grasping [1]")
    assert read(monkeypatch, library, one).strip() == "It learns grasping [1]"


def test_a_cell_of_several_glosses_says_once_that_they_are_some(
    monkeypatch: pytest.MonkeyPatch, library: Library
) -> None:
    mark, coming = gloss._mark(WORDS["en"]), gloss._coming(WORDS["en"])
    read = [f"{GLOSS} {mark}", coming, "It is small.", f"It is fast. {mark}", coming]
    monkeypatch.setattr(gloss, "as_read", lambda passages, reader: read)
    said = gloss.in_a_row([KOREAN] * len(read), gloss.PageReader("en", WORDS["en"], library))
    assert said == f"{GLOSS} It is small. It is fast. {mark} {coming}"
    monkeypatch.setattr(gloss, "as_read", lambda passages, reader: [])
    assert not gloss.in_a_row([], gloss.PageReader("en", WORDS["en"], library))
