"""The chat and the collection page, driven by Streamlit's AppTest over the fakes of `ui_page`."""

from __future__ import annotations

import errno
import os
import string
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from rag_app import pipeline
from rag_app.errors import CollectionError, EngineError, RagError
from rag_app.lang import LANGUAGES
from rag_app.records import Answer, Checked, Done, Draft, Event, Intent, Sentence, Support
from rag_app.web.i18n import text
from rag_app.web.i18n.english import ENGLISH
from rag_app.web.i18n.examples import EXAMPLES
from rag_app.web.i18n.korean import KOREAN
from rag_app.web.state import app_state, uploads
from rag_app.web.state.answer_jobs import AnswerProgress
from rag_app.web.widgets import answer_details, highlights, markdown
from tests.helpers.ui_page import (
    ANSWER,
    APP,
    CALM,
    CITATION,
    DOUBTED,
    FILM,
    PATIENCE,
    QUOTE,
    REFUSAL,
    SENTENCE,
    Page,
    answered,
    endless,
    failing,
    refused,
    wait_for,
)

# --- words --------------------------------------------------------------------------------------


def test_both_languages_have_the_same_strings() -> None:
    assert text.WORDS.keys() == EXAMPLES.keys() == text.LANGUAGES.keys()
    assert ENGLISH.keys() == KOREAN.keys()


@pytest.mark.parametrize("kind", Intent)
def test_the_details_of_an_answer_name_every_kind_of_question(kind: Intent) -> None:
    assert all(words[f"intent_{kind}"] for words in text.WORDS.values())


@pytest.mark.parametrize("key", ENGLISH)
def test_a_string_takes_the_same_values_in_both_languages(key: str) -> None:
    def fields(wording: str) -> set[str | None]:
        return {name for _, name, _, _ in string.Formatter().parse(wording) if name}

    assert fields(ENGLISH[key]) == fields(KOREAN[key])


@pytest.mark.parametrize(
    ("name", "english", "korean"),
    [
        ("CPU, 1 thread", "CPU · 1 thread", "CPU · 스레드 1개"),
        ("CPU, 2 threads", "CPU · 2 threads", "CPU · 스레드 2개"),
        ("CPU, 1 threads", "CPU · 1 thread", "CPU · 스레드 1개"),  # of answers kept before
        ("Some Card, 9000, 28/29 layers", "Some Card, 9000 · 28/29 layers", "Some Card, 9000 · 레이어 28/29"),
        ("server http://127.0.0.1:80 on this machine", *["server http://127.0.0.1:80 on this machine"] * 2),
    ],
)
def test_the_device_is_named_in_the_language_of_the_page(name: str, english: str, korean: str) -> None:
    assert (text.device(ENGLISH, name), text.device(KOREAN, name)) == (english, korean)


def test_unknown_votes_are_not_shown_as_zero() -> None:
    assert [text.votes(ENGLISH, n) for n in (None, 0, 1, 2)] == [
        "votes unknown",
        "0 votes",
        "1 vote",
        "2 votes",
    ]


# --- the chat -----------------------------------------------------------------------------------


def test_an_empty_chat_offers_questions_that_can_be_asked_at_once(page: Page) -> None:
    page.app.button(key=f"example-{EXAMPLES['en']['latest']}").click().run()
    page.settle()
    assert page.asked[0] == EXAMPLES["en"]["latest"]
    assert ":blue-badge[1]" in page.shown()


def test_an_answer_shows_evidence_text_and_sources(page: Page) -> None:
    app = page.ask("what is new?")
    assert f"**{markdown.label(FILM.title, 80)}**" in page.shown()
    assert any(button.label.startswith(":blue-badge[1]") for button in app.button)
    assert "FilmMaker joins short clips into minutes of video." in page.shown()
    assert "21 tokens/s" in page.shown()
    assert not app.exception


def test_a_source_opens_with_exactly_the_quote_highlighted(page: Page) -> None:
    page.ask("what is new?")
    page.app.button(key="answer-0-source-1").click().run()
    marked = [m.value for m in page.app.markdown if ":yellow-background[" in m.value]
    assert marked == [highlights.highlighted(FILM.sections[0].text, [(0, len(QUOTE))])]
    assert [tab.label for tab in page.app.tabs] == ["What's New", "Performance"]
    assert "and 3 more" in page.shown()


def test_the_number_beside_a_claim_opens_its_source(page: Page) -> None:
    page.ask("what is new?")
    page.app.button(key="answer-0-mark-0-1").click().run()
    assert any(":yellow-background[" in m.value for m in page.app.markdown)


def test_an_evidence_card_opens_its_paper_before_the_answer_is_done(page: Page) -> None:
    page.answers(endless)
    page.app.chat_input(key="question").set_value("what is new?").run()
    wait_for(lambda: page.jobs[0].progress.sentences)
    page.app.run()
    page.app.button(key=f"answer-0-card-{FILM.arxiv_id}").click().run()
    assert any(":yellow-background[" in m.value for m in page.app.markdown)


def test_a_sentence_without_support_looks_unsupported_while_it_streams(page: Page) -> None:
    def doubtful(question: str, stop: threading.Event) -> Iterator[Event]:
        yield Checked(DOUBTED)
        stop.wait(PATIENCE)

    page.answers(doubtful)
    page.app.chat_input(key="question").set_value("where was it filmed?").run()
    wait_for(lambda: page.jobs[0].progress.sentences)
    page.app.run()
    assert ":gray[~~It was filmed on the moon :blue-badge[1].~~]" in page.shown()


def test_what_leads_an_answer_has_its_place_above_its_points_from_the_start(page: Page) -> None:
    led = threading.Event()

    def leading(question: str, stop: threading.Event) -> Iterator[Event]:
        yield Draft("", leading=True)
        yield Checked(SENTENCE)
        led.wait(10)
        yield Draft("Among them are two films", leading=True)
        stop.wait(10)

    page.answers(leading)
    page.app.chat_input(key="question").set_value("what is new?").run()
    wait_for(lambda: page.jobs[0].progress.sentences)
    before = [element.value for element in page.app.run().markdown]
    led.set()
    wait_for(lambda: page.jobs[0].progress.lead)
    after = [element.value for element in page.app.run().markdown]
    place = after.index(":gray[Among them are two films]")
    assert before[place] == ""
    assert before[place + 1 :] == after[place + 1 :]
    assert any("FilmMaker" in value for value in after[place + 1 :])


def test_what_the_check_left_out_stays_visible_as_unsupported(page: Page) -> None:
    page.ask("what is new?")
    assert page.app.expander[0].label == ENGLISH["removed"].format(n=1)
    assert "~~It was filmed on the moon" in page.app.expander[0].markdown[0].value


def test_evidence_that_the_prompt_had_no_room_for_is_told() -> None:
    told = "\n".join(answer_details.cost(replace(ANSWER, left_out=7), ENGLISH))
    assert ENGLISH["left_out"].format(n=7) in told
    assert ENGLISH["left_out_title"] not in "\n".join(answer_details.cost(ANSWER, ENGLISH))


def test_stop_keeps_what_was_checked(page: Page) -> None:
    page.answers(endless)
    page.app.chat_input(key="question").set_value("what is new?").run()
    wait_for(lambda: page.jobs[0].progress.sentences)
    page.app.run()
    page.app.button(key="stop-answer-0").click().run()
    page.settle()
    assert "FilmMaker joins short clips" in page.shown()
    assert ENGLISH["stopped"] in page.shown()
    assert page.app.chat_input(key="question").disabled is False


def test_a_refusal_offers_the_nearest_papers_as_questions(page: Page) -> None:
    page.answers(refused)
    page.ask("who won the world cup?")
    assert page.app.info[0].value.startswith(f"**{ENGLISH['refused']}**")
    page.answers(answered)
    page.app.button(key=f"answer-0-nearest-{CALM.arxiv_id}").click().run()
    page.settle()
    assert page.asked[0] == "What does CalmWalk propose?"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_in_any_language_offers_the_nearest_papers(page: Page, language: str) -> None:
    def refused_there(question: str, stop: threading.Event) -> Iterator[Event]:
        yield from list(refused(question, stop))[:-1]
        yield Done(replace(REFUSAL, language=language))

    page.answers(refused_there)
    page.ask("who won the world cup?")
    assert page.app.button(key=f"answer-0-nearest-{CALM.arxiv_id}").label


def test_the_first_question_takes_the_greeting_off_the_screen_at_once(page: Page) -> None:
    greeting = page.app.main.children[0]
    assert [button.key for button in greeting.button]
    page.ask("what is new?")
    assert (
        page.app.main.children[0].type == "empty"
    )  # its place: what stands elsewhere is shown until the run ends


def test_a_follow_up_carries_the_papers_of_the_turn_before(page: Page) -> None:
    page.ask("what is new?")
    page.ask("and how good is it?")
    (turn,) = page.asked[2]
    assert (turn.question, turn.papers) == ("what is new?", (FILM.arxiv_id,))


def test_an_error_shows_its_message_and_hint(page: Page) -> None:
    page.answers(failing)
    page.ask("x" * 100)
    assert "the question is too long" in page.app.error[0].value
    assert "ask a shorter one" in page.app.error[0].value


def test_an_unexpected_error_is_no_traceback(page: Page) -> None:
    def broken(question: str, stop: threading.Event) -> Iterator[Event]:
        yield from ()
        raise ZeroDivisionError

    page.answers(broken)
    app = page.ask("what is new?")
    assert "unexpected error: ZeroDivisionError" in app.error[0].value
    assert not app.exception


def test_without_a_model_the_question_is_still_answered(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = EngineError("no language model", "run `rag-app models pull`")
    monkeypatch.setattr(
        app_state, "engine", lambda: SimpleNamespace(generator=None, error=missing, loading=False)
    )
    page.ask("what is new?")
    assert page.asked[1] is None
    assert "`rag-app models pull`" in page.shown()
    assert ":blue-badge[1]" in page.shown()


def test_a_new_conversation_starts_empty(page: Page) -> None:
    page.ask("what is new?")
    page.app.button(key="new-conversation").click().run()
    assert page.app.header[0].value == ENGLISH["greeting"]


def test_a_reload_finds_the_conversation_again(page: Page) -> None:
    page.ask("what is new?")
    again = AppTest.from_file(str(APP), default_timeout=PATIENCE)
    again.query_params["c"] = page.app.session_state["conversation"]
    again.run()
    assert any(":blue-badge[1]" in m.value for m in again.markdown)


def test_the_language_choice_changes_the_interface(page: Page) -> None:
    page.app.segmented_control(key="lang").set_value("ko").run()
    assert page.app.header[0].value == KOREAN["greeting"]


# --- the collection -----------------------------------------------------------------------------


def test_a_first_start_offers_to_read_the_digests(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    report = SimpleNamespace(files=1, entries=2, papers=2, merged=(), skipped=())
    done = threading.Event()

    def ingest(settings: object, folders: object, **options: Any) -> SimpleNamespace:
        options["progress"]("embed", 1, 4)
        done.wait(PATIENCE)
        return SimpleNamespace(report=report, embedded=3, seconds=0.1, unchanged=False, stamps={})

    monkeypatch.setattr(pipeline, "ingest", ingest)
    monkeypatch.setattr(app_state, "library", lambda: None)
    page.app.run()
    assert page.app.header[0].value == ENGLISH["first_title"]
    next(b for b in page.app.button if b.label == ENGLISH["first_start"]).click().run()
    assert ENGLISH["ingesting"] in page.shown()
    done.set()
    monkeypatch.setattr(app_state, "library", lambda: page.library)
    wait_for(lambda: (job := app_state.background().ingest) and not job.running)
    page.app.run()
    assert page.app.header[0].value == ENGLISH["greeting"]


def test_a_damaged_collection_is_an_error_with_a_way_out(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged() -> None:
        raise CollectionError("the index is damaged", "run `rag-app ingest`")

    monkeypatch.setattr(app_state, "library", damaged)
    page.app.run()
    assert "the index is damaged" in page.app.error[0].value
    assert any(button.label == ENGLISH["first_start"] for button in page.app.button)


def test_an_unknown_setting_is_an_error_not_a_traceback(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_HOMES", "x")
    app_state.served_settings.clear()
    page.app.run()
    assert "did you mean RAG" in page.app.error[0].value
    assert not page.app.exception
    monkeypatch.delenv("RAG_HOMES")  # ending the page's work asks for its home


def test_an_upload_cannot_leave_its_folder(tmp_path: Path) -> None:
    files: Any = [
        SimpleNamespace(name=name, getvalue=lambda: b"x") for name in ("../../a.md", "..\\b.md", "c.md")
    ]
    uploads.save_uploads(files, tmp_path / "uploads")
    assert sorted(path.name for path in tmp_path.rglob("*.md")) == ["a.md", "b.md", "c.md"]
    assert all(path.parent == tmp_path / "uploads" for path in tmp_path.rglob("*.md"))


def test_an_upload_that_fails_leaves_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    contents = (b"first", b"second")
    first, second = (SimpleNamespace(name="day.md", getvalue=lambda text=text: text) for text in contents)
    uploads.save_uploads([first], tmp_path)

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RagError, match="No space left"):
        uploads.save_uploads([second], tmp_path)
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("day.md", b"first")]


# --- the pieces ---------------------------------------------------------------------------------


def test_text_around_a_highlight_keeps_its_blanks() -> None:
    assert highlights.highlighted("One. Two. Three", [(5, 9)]) == "One. :yellow-background[Two.] Three"


def test_a_highlight_over_two_lines_marks_each_line() -> None:
    assert highlights.highlighted("ab\ncd", [(0, 5)]) == ":yellow-background[ab]  \n:yellow-background[cd]"


def test_overlapping_supports_become_one_highlight() -> None:
    support = Support(1, "What's New", QUOTE[10:] + " It", 10, len(QUOTE) + 3)
    sentence = Sentence("x [1]", True, (support,))
    answer = Answer("x [1]", False, Intent.LOOKUP, "en", (CITATION,), (sentence,))
    spans = highlights.spans_of(AnswerProgress(answer=answer, papers={FILM.arxiv_id: FILM}), FILM.arxiv_id)
    assert spans == {"What's New": [(0, len(QUOTE) + 3)]}


def test_markers_in_model_text_become_badges_and_the_rest_is_inert() -> None:
    assert markdown.escape_with_badges("![x](http://e.x) [2]").startswith("\\!&#91;x&#93;(http:\u2060//")
    assert markdown.escape_with_badges("so [12].") == "so :blue-badge[12]."


def test_escaped_brackets_and_links_are_not_markers() -> None:
    assert markdown.with_badges("a [3], b \\[4], [5](https://arxiv.org/abs/1)") == (
        "a :blue-badge[3], b \\[4], [5](https://arxiv.org/abs/1)"
    )


def test_an_answer_falls_into_blocks_with_the_numbers_they_cite() -> None:
    text_of_answer = (
        "Two papers:\n\n- one [1].\n\n  > eins [1]\n- two [2] and three [3]\n\n"
        "| a [4] |\n|---|\n\nEnd.\n\n> q [5]"
    )
    assert list(markdown.blocks(text_of_answer)) == [
        ("Two papers:", ()),
        ("- one.\n\n  > eins", (1,)),
        ("- two :blue-badge[2] and three", (2, 3)),
        ("| a :blue-badge[4] |\n|---|", ()),
        ("End.\n\n> q", (5,)),
    ]


@pytest.mark.parametrize(
    ("markdown_of_answer", "shown"),
    [
        ("First, it learns. [1] Then it acts. [1]", "First, it learns. Then it acts."),
        ("It learns [1], then acts \\[1] [2](https://e.x).", "It learns, then acts \\[1] [2](https://e.x)."),
    ],
)
def test_a_block_of_one_source_has_its_number_beside_it_alone(markdown_of_answer: str, shown: str) -> None:
    assert list(markdown.blocks(markdown_of_answer)) == [(shown, (1,))]


def test_the_record_behind_the_title_of_a_list_is_kept_in_one_piece() -> None:
    line = "10. [A (2024-01-02) \\[x\\]](https://arxiv.org/abs/1) (2024-11-25, 3 votes) [10]"
    ((block, _),) = markdown.blocks(line)
    assert block == "10. [A (2024-01-02) \\[x\\]](https://arxiv.org/abs/1) :gray[(2024-11-25, 3 votes)]"


def test_a_long_title_is_cut_before_it_is_escaped() -> None:
    assert markdown.label("*" * 20, 5) == "\\*" * 4 + "…"
