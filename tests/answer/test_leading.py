"""What leads an answer of many points: phrases of the model that say what its checked points say."""

from __future__ import annotations

import itertools
import re
import threading
from collections.abc import Callable, Sequence

import pytest

from rag_app.answer.leading import LEAST
from rag_app.answer.templates import Composed, words
from rag_app.collection.library import Library
from rag_app.lang import LANGUAGES
from rag_app.llm.protocol import Message
from rag_app.records import Checked, Draft, Event, Intent
from tests.answer.test_open_answers import ASKED, answered, check, collection
from tests.answer.test_open_answers import faithful as about
from tests.helpers.fakes import ScriptedGenerator

__all__ = ["collection"]  # a fixture

MODELS = itertools.count()
SHORTENERS = {one.prompts.shortener for one in LANGUAGES.values() if one.prompts.shortener}
EN, KO = ASKED[Intent.OVERVIEW]
SAID = re.compile(r"Among them are (.+)\.\n")


def faithful(content: str) -> str:
    """A translation that says what the paper does."""
    return about(content).replace("It is about", "It introduces")


def model(phrase: Callable[[str], str], *, stop_after: int = 0) -> ScriptedGenerator:
    """A model that translates faithfully, and shortens a sentence to `phrase` of it."""

    def script(messages: Sequence[Message]) -> str:
        shortens = messages[0]["content"] in SHORTENERS
        return phrase(messages[-1]["content"]) if shortens else faithful(messages[-1]["content"])

    return ScriptedGenerator([script], model=f"leading {next(MODELS)}", stop_after=stop_after)


def terms(sentence: str) -> str:
    """A phrase of a sentence's own terms."""
    return "a study of " + " ".join(
        re.findall(r"[a-z]{5,} [a-z]{5,}(?= |,|\.)", sentence.removeprefix("It introduces"))[-1:]
    )


def overview(
    library: Library,
    generator: ScriptedGenerator | None,
    question: str = EN,
    stop: threading.Event | None = None,
) -> tuple[Composed, list[Event]]:
    return answered(question, Intent.OVERVIEW, library, generator, stop=stop)


def test_the_lead_stands_before_its_points_and_cites_their_papers(collection: Library) -> None:
    composed, events = overview(collection, model(terms))
    lead = next(event.sentence for event in events if isinstance(event, Checked) and event.leading)
    first = composed.text.partition("\n")[0]
    assert first.endswith(lead.text)
    assert "fall into these groups" not in composed.text
    cited = [int(n) for n in re.findall(r"\[(\d+)\]", lead.text)]
    assert len(cited) >= 2
    assert cited == sorted(set(cited))
    assert {support.n for support in lead.support} == set(cited)
    assert composed.sentences[0] == lead
    check(composed, collection)


def test_its_place_is_said_before_any_point(collection: Library) -> None:
    _, events = overview(collection, model(terms))
    shown = [event for event in events if isinstance(event, Draft | Checked)]
    assert shown[0] == Draft("", leading=True)
    assert isinstance(shown[-1], Checked)
    assert shown[-1].leading


@pytest.mark.parametrize(
    "phrase",
    [
        lambda sentence: f"{terms(sentence)} with 99.9% success",
        lambda sentence: f"{terms(sentence)} by ZetaMind",
        lambda sentence: "a treatment of kidney stones with ultrasound waves",
        lambda sentence: "a study of robot grasping",
        lambda sentence: "로봇 파지를 배우는 연구",
        lambda sentence: sentence,
    ],
    ids=["number", "name", "foreign", "says nothing", "language", "whole"],
)
def test_a_phrase_that_its_point_does_not_hold_is_not_shown_and_code_leads(
    phrase: Callable[[str], str], collection: Library
) -> None:
    generator = model(phrase)
    composed, events = overview(collection, generator)
    assert not [event for event in events if isinstance(event, Checked) and event.leading]
    assert "Among them" not in composed.text
    assert words("en")["overview"].format(count=len(composed.hits)) in composed.text
    assert "fall into these groups" in composed.text
    check(composed, collection)


def test_phrases_that_fail_are_tried_once_more(collection: Library) -> None:
    tried: set[str] = set()

    def script(messages: Sequence[Message]) -> str:
        if messages[0]["content"] not in SHORTENERS:
            return faithful(messages[-1]["content"])
        again = messages[-1]["content"] in SHORTENERS
        tried.add("again" if again else "once")
        return terms(messages[-3]["content"]) if again else "a cure for everything"

    composed, _ = overview(collection, ScriptedGenerator([script], model=f"leading {next(MODELS)}"))
    assert tried == {"once", "again"}
    assert SAID.search(composed.text)


def test_one_phrase_that_fails_leaves_the_others(collection: Library) -> None:
    def some(sentence: str) -> str:
        return "a cure for everything" if "GlideNet" in sentence else terms(sentence)

    composed, _ = overview(collection, model(some))
    assert SAID.search(composed.text)
    assert "cure" not in composed.text
    check(composed, collection)


def test_stopping_keeps_the_points_and_what_leads_them(collection: Library) -> None:
    phrases = itertools.count()
    stop = threading.Event()

    def script(messages: Sequence[Message]) -> str:
        if messages[0]["content"] not in SHORTENERS:
            return faithful(messages[-1]["content"])
        if next(phrases) == 2:
            stop.set()
        return terms(messages[-1]["content"])

    generator = ScriptedGenerator([script], model=f"leading {next(MODELS)}")
    composed, _ = overview(collection, generator, stop=stop)
    assert stop.is_set()
    found = SAID.search(composed.text)
    assert found
    assert len(re.findall(r"\[\d+\]", found[1])) == 2
    assert not re.search(r"\n {3}> ", composed.text)
    check(composed, collection)


@pytest.mark.parametrize("generator", [None, model(terms)])
def test_where_no_model_was_seen_to_shorten_well_parts_of_the_sentences_lead(
    collection: Library, generator: ScriptedGenerator | None
) -> None:
    composed, events = overview(collection, generator, KO)
    assert not LANGUAGES["ko"].prompts.shortener
    said = re.search(r"그중에는 (.+) 등이 있습니다\.\n", composed.text)
    assert said
    lead = composed.sentences[0]
    quotes = {support.n: support.quote for support in lead.support}
    phrases = re.findall(r"(.+?) \[(\d)\](?:, )?", said[1])
    assert len(phrases) >= LEAST
    assert all(phrase in quotes[int(n)] for phrase, n in phrases)
    assert not [event for event in events if isinstance(event, Draft)]


def test_without_a_model_code_leads(collection: Library) -> None:
    composed, events = overview(collection, None)
    assert "fall into these groups" in composed.text
    assert not [event for event in events if isinstance(event, Draft)]
