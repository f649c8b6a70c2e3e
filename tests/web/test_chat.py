"""The chat's later steps: edits, what comes next, long lists, refusals, and what an answer keeps.

Driven by Streamlit's AppTest over the fakes of `ui_page`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from rag_app.collection.library import Library
from rag_app.records import (
    Answer,
    Done,
    Event,
    Evidence,
    Found,
    Hit,
    Intent,
    Paper,
    Passage,
    Query,
    Section,
    Understood,
)
from rag_app.search.continuations import PAGE
from rag_app.web.i18n.english import ENGLISH
from rag_app.web.state import app_state
from rag_app.web.state.answer_jobs import AnswerProgress
from rag_app.web.state.saved_progress import restored_progress, trace_of
from rag_app.web.widgets import paper_list
from rag_app.web.widgets.answer_details import shared_terms
from tests.helpers.ui_page import (
    ANSWER,
    CALM,
    CITATION,
    FILM,
    HITS,
    QUOTE,
    REFUSAL,
    Page,
    answered,
    endless,
    opened_again,
    refused,
)

MANY = tuple(
    replace(CITATION, n=n, arxiv_id=f"2402.{n:05}", title=f"Paper {n}", section="", quote="")
    for n in range(1, 46)
)
MANY_PAPERS = {
    c.arxiv_id: Paper(c.arxiv_id, c.title, (f"2024-01-{31 - c.n % 30:02}",), (), votes=c.n) for c in MANY
}
ITEMS = "\n".join(f"{c.n}. [{c.title}]({c.url}) [{c.n}]" for c in MANY[:PAGE])
LEAD = "The first folds cloth. [1] The second grasps cups. [2]\n\n45 of 90 papers match."
LONG = replace(ANSWER, intent=Intent.LIST, text=f"{LEAD}\n\n{ITEMS}\n… and 25 more.", citations=MANY)


def resend(page: Page, place: int, question: str) -> None:
    page.app.text_area(key=f"edit-{place}-{page.jobs[place].turn_id}-text").set_value(question)
    [b for b in page.app.button if b.label == ENGLISH["resend"]][place].click().run()
    page.settle()


# --- edit and resend ----------------------------------------------------------------------------


def test_an_edited_question_takes_the_place_of_the_first(page: Page) -> None:
    page.ask("what is knew?")
    resend(page, 0, "what is new?")
    assert [job.question for job in page.jobs] == ["what is new?"]
    (saved,) = app_state.history().conversations()
    assert [turn.question for turn in app_state.history().turns(saved.id)] == ["what is new?"]


def test_what_followed_an_edited_question_goes_and_is_no_context_for_it(page: Page) -> None:
    for question in ("what is new?", "how good is it?", "who wrote it?"):
        page.ask(question)
    resend(page, 1, "how fast is it?")
    assert [job.question for job in page.jobs] == ["what is new?", "how fast is it?"]
    (turn,) = page.asked[2]
    assert turn.question == "what is new?"


def test_a_question_sent_while_an_answer_is_written_is_given_back(page: Page) -> None:
    page.answers(endless)
    page.app.chat_input(key="question").set_value("what is new?").run()
    page.app.chat_input(key="question").set_value("and what is old?").run()
    assert [job.question for job in page.jobs] == ["what is new?"]
    assert [toast.value for toast in page.app.toast] == [ENGLISH["busy"]]
    assert not page.app.exception


def test_an_answer_that_ends_while_it_is_drawn_gives_the_input_back(page: Page) -> None:
    def late(question: str, stop: threading.Event) -> Iterator[Event]:
        time.sleep(0.2)  # the page has drawn the input, and waits for evidence
        yield Understood(Query(question, question, "en"))
        yield Done(ANSWER)

    page.answers(late)
    page.app.chat_input(key="question").set_value("what is new?").run()
    assert page.app.chat_input(key="question").placeholder == ENGLISH["ask_placeholder"]


# --- what comes next ----------------------------------------------------------------------------


def test_a_suggested_question_is_asked_with_one_press(page: Page) -> None:
    page.ask("what is new?")
    page.app.button(key="answer-0-next-0").click().run()
    page.settle()
    assert page.asked[0] == "How well does FilmMaker perform?"


def test_only_the_last_answer_suggests_questions(page: Page) -> None:
    page.ask("what is new?")
    page.ask("how good is it?")
    keys = [button.key or "" for button in page.app.button]
    assert not [key for key in keys if key.startswith("answer-0-next")]
    assert [key for key in keys if key.startswith("answer-1-next")]


def test_a_refusal_under_filters_offers_to_ask_without_them(page: Page) -> None:
    page.app.number_input(key="chat-filter-votes").set_value(10).run()
    page.answers(refused)
    page.ask("what is new?")
    page.answers(answered)
    page.app.button(key="answer-0-without-filters").click().run()
    page.settle()
    assert page.asked[0] == "what is new?"
    assert not page.filters
    assert not [b for b in page.app.button if (b.key or "").startswith("chip-")]


def test_a_question_about_no_paper_is_not_told_to_use_other_words(page: Page) -> None:
    off = replace(REFUSAL, intent=Intent.OFF, nearest=())
    page.answers(lambda question, stop: iter([*list(refused(question, stop))[:-1], Done(off)]))
    page.ask("who bakes the best bread?")
    assert ENGLISH["refused_next"] not in page.shown()


# --- long lists ---------------------------------------------------------------------------------


def listed(question: str, stop: threading.Event) -> Iterator[Event]:
    yield Understood(Query(question, question, "en", Intent.LIST))
    yield Found(Evidence(tuple(Hit(paper, 1.0) for paper in MANY_PAPERS.values()), scanned=90))
    yield Done(LONG)


def test_the_quotes_of_a_long_list_stand_as_far_in_as_its_titles() -> None:
    cited = tuple(replace(c, quote="It folds.") for c in MANY)
    shown = paper_list.page_of(replace(LONG, citations=cited), MANY_PAPERS, "answer", 1).splitlines()
    assert [line for line in shown if ">" in line] == ["   > It folds."] * 9 + ["    > It folds."] * 11


def test_a_long_list_is_read_page_by_page(page: Page) -> None:
    page.answers(listed)
    page.ask("which papers are new?")
    assert "Paper 20" in page.shown() and "Paper 21" not in page.shown()
    page.app.session_state["answer-0-list-page"] = 3
    page.app.run()
    assert "Paper 41" in page.shown() and "Paper 45" in page.shown() and "Paper 40" not in page.shown()
    assert not page.app.exception  # a paper that the lead cites is in the list as well
    assert "45 of 90 papers match." in page.shown() and "… and 25 more" not in page.shown()


def test_a_long_list_is_read_in_the_readers_order_and_keeps_its_numbers(page: Page) -> None:
    page.answers(listed)
    page.ask("which papers are new?")
    page.app.segmented_control(key="answer-0-order").set_value("votes").run()
    first = next(m.value for m in page.app.markdown if "Paper 45" in m.value)
    assert first.startswith("45. ")
    assert "Paper 20" not in page.shown()


def test_pages_hold_every_paper_of_a_list_once() -> None:
    for order in paper_list.ORDERS:
        pages = "\n".join(paper_list.page_of(LONG, MANY_PAPERS, order, page) for page in (1, 2, 3))
        assert sorted(c.arxiv_id for c in MANY if f"[{c.title}](" in pages) == sorted(MANY_PAPERS)
        assert pages.count("\n") == len(MANY) - 1


def test_a_short_list_is_its_text() -> None:
    assert not paper_list.is_long(replace(LONG, citations=MANY[:PAGE]))


# --- what is kept of how an answer came about -----------------------------------------------------


def test_the_evidence_of_an_answer_outlives_the_server(page: Page) -> None:
    page.ask("what is new?")
    app = opened_again(page)
    app.button(key=f"answer-0-card-{FILM.arxiv_id}")
    app.button(key=f"answer-0-card-{CALM.arxiv_id}").click().run()
    assert not app.exception
    assert any(CALM.sections[0].text[:20] in m.value for m in app.markdown)


def test_what_is_kept_holds_the_passages_but_not_the_papers_text(page: Page) -> None:
    page.ask("what is new?")
    (turn,) = app_state.history().turns(page.app.session_state["conversation"])
    assert turn.trace.evidence
    assert [hit.paper.sections for hit in turn.trace.evidence.hits] == [(), ()]
    assert [hit.passages for hit in turn.trace.evidence.hits] == [hit.passages for hit in HITS]
    assert [hit.why for hit in turn.trace.evidence.hits] == [hit.why for hit in HITS]


def test_evidence_on_a_paper_that_the_collection_lost_is_what_was_kept_of_it(page: Page) -> None:
    lost = replace(FILM, arxiv_id="2401.00009")
    hit = Hit(lost, 1.0, (Passage(lost.arxiv_id, "What's New", 0, len(QUOTE), QUOTE),))
    kept = trace_of(AnswerProgress(evidence=Evidence((hit,)), prompts=("Why?",)))
    page.ask("what is new?")
    (turn,) = app_state.history().turns(page.app.session_state["conversation"])
    back = restored_progress(replace(turn, trace=kept), page.library)
    assert back.papers[lost.arxiv_id].sections == (Section("What's New", QUOTE),)
    assert back.prompts == ("Why?",)


def test_the_details_show_the_prompt_word_for_word(page: Page) -> None:
    def engine(question: str, stop: threading.Event) -> Iterator[Event]:
        model_call: Any = page.asked[1]
        list(model_call.stream([{"role": "user", "content": "Why *this*?"}]))
        yield from answered(question, stop)

    generator: Any = app_state.engine().generator
    generator.stream = lambda messages, **options: iter(["so"])
    generator.usage = ANSWER.usage
    page.answers(engine)
    page.ask("what is new?")
    page.app.session_state["answer-0-details"] = True
    page.library.lexical = _Terms()
    app = page.app.run()
    assert "--- user ---\nWhy *this*?" in "\n".join(str(code.value) for code in app.code)
    assert ENGLISH["time_all"] in page.shown()


class _Terms:
    def query_terms(self, text: str) -> dict[str, float]:
        return {"video": 1.0}

    def rarity(self, term: str) -> float:
        return 0.5


def test_shared_terms_are_those_of_both_and_rare_ones_come_first(library: Library) -> None:
    paper = library.snapshot.papers.get("2305.14314")
    query: Any = Query("q", "does QLoRA improve finetuning of penguins?", "en")
    terms = shared_terms(query, paper, library.lexical)
    assert terms[0] == "qlora"
    assert "penguin" not in terms


def test_an_answer_from_before_evidence_was_kept_still_opens(page: Page) -> None:
    history = app_state.history()
    conversation = history.create()
    turn = history.add(conversation, Query("q", "q", "en"), ANSWER, "what is new?")
    with history._writing() as database:
        (record, question) = database.execute(
            "SELECT record, question FROM turns WHERE id = ?", (turn,)
        ).fetchone()
        database.execute("UPDATE turns SET record = ? WHERE id = ?", (_without_workings(record), turn))
        database.execute("UPDATE turns SET checksum = ? WHERE id = ?", (_sum(question, record), turn))
    (saved,) = history.turns(conversation)
    assert isinstance(saved.answer, Answer)


def _without_workings(record: str) -> str:
    import json

    data = json.loads(record)
    del data["workings"]
    return json.dumps(data)


def _sum(question: str, record: str) -> str:
    from rag_app.history.store import _checksum

    return _checksum(question, _without_workings(record))
