"""What adding a language promises: one module and its place in `LANGUAGES`, and questions in it are
understood and answered.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).parent.parent.parent

# In a process of its own: patterns are joined when the modules that use them are imported.
STORY = """
import json, sys
from rag_app.lang import LANGUAGES
from tests.lang import toy
LANGUAGES[toy.LANGUAGE.code] = toy.LANGUAGE
from rag_app.records import Understood
from tests.helpers.fakes import ScriptedGenerator, events_of, lab

told = {}
for question in json.load(sys.stdin):
    generator = ScriptedGenerator(["[1] Το PickBot 94.4%."])
    events = events_of(question, lab(), generator)
    query = next(event.query for event in events if isinstance(event, Understood))
    answer = events[-1].answer
    told[question] = {
        "language": query.language, "intent": query.intent, "aggregate": query.aggregate,
        "limit": query.limit, "papers": query.papers, "least": query.filters.min_votes,
        "most": query.filters.max_votes, "days": query.filters.days, "since": query.filters.since,
        "until": query.filters.until, "authors": query.filters.authors,
        "text": answer.text, "cited": [c.arxiv_id for c in answer.citations], "refused": answer.refused,
        "said": generator.said(), "grammars": generator.grammars,
    }
print(json.dumps(told))
"""
GREETING, HELLO = "γεια σου!", "hello"
COUNT, TOP = "πόσα άρθρα;", "τρία άρθρα με τις περισσότερες ψήφους"
VOTES, KOREAN_VOTES = "άρθρα με τουλάχιστον 20 ψήφους", "20표 이상 받은 논문"
MONTH, DAY = "όλα τα άρθρα του ιανουαρίου 2024", "όλα τα άρθρα στις 15 ιανουαρίου 2024"
RANGE = "όλα τα άρθρα μεταξύ 15 ιανουαρίου 2024 και 5 φεβρουαρίου 2024"
AUTHORS = "ποιος έγραψε το PickBot;"
ABOUT = "τι μαθαίνει το PickBot;"
COMPARED = "σύγκρινε το PickBot και το FoldNet"
UNKNOWN = "τι μαθαίνει το Zorkblat-9;"
QUESTIONS = (
    GREETING, HELLO, COUNT, TOP, VOTES, KOREAN_VOTES, MONTH, DAY, RANGE, AUTHORS, ABOUT, COMPARED, UNKNOWN,
)  # fmt: skip


@pytest.fixture(scope="module")
def told() -> dict[str, dict[str, Any]]:
    """What each question is read as, and its answer, with Greek among the languages."""
    done = subprocess.run(
        [sys.executable, "-c", STORY],
        cwd=CHECKOUT,
        input=json.dumps(QUESTIONS),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return found


def test_its_questions_are_told_by_their_script(told: dict[str, dict[str, Any]]) -> None:
    others = {HELLO: "en", KOREAN_VOTES: "ko"}
    assert {question: one["language"] for question, one in told.items()} == {
        question: others.get(question, "el") for question in QUESTIONS
    }


def test_it_greets_in_its_own_words(told: dict[str, dict[str, Any]]) -> None:
    assert told[GREETING]["intent"] == told[HELLO]["intent"] == "chat"
    assert told[GREETING]["text"] == "Ελληνικά: " + told[HELLO]["text"]


def test_facts_and_numbers_are_understood(told: dict[str, dict[str, Any]]) -> None:
    assert told[COUNT]["aggregate"] == "count"
    assert told[COUNT]["text"].startswith("Ελληνικά: There are")
    assert (told[TOP]["aggregate"], told[TOP]["limit"]) == ("top", 3)
    assert len(told[TOP]["cited"]) == 3


def test_conditions_mean_the_same_as_in_other_languages(told: dict[str, dict[str, Any]]) -> None:
    assert told[VOTES]["least"] == told[KOREAN_VOTES]["least"] == 20
    assert told[VOTES]["cited"] == told[KOREAN_VOTES]["cited"] != []


def test_dates_are_understood(told: dict[str, dict[str, Any]]) -> None:
    assert (told[MONTH]["since"], told[MONTH]["until"]) == ("2024-01-01", "2024-01-31")
    assert told[DAY]["days"] == ["2024-01-15"]
    assert (told[RANGE]["since"], told[RANGE]["until"]) == ("2024-01-15", "2024-02-05")


def test_authors_are_told_by_the_record(told: dict[str, dict[str, Any]]) -> None:
    assert told[AUTHORS]["aggregate"] == "authors"
    assert "Ελληνικά: written by Ada Kim" in told[AUTHORS]["text"]


def test_the_model_is_asked_in_it_and_writes_its_characters(told: dict[str, dict[str, Any]]) -> None:
    assert "Απάντησε στα ελληνικά σύντομα." in told[ABOUT]["said"]
    assert r"[^\n\[\]<>\uac00-\ud7a3]" in told[ABOUT]["grammars"][0]
    # digests in another language are translated for a comparison, as its module asks
    assert "Μεταφράζεις." in told[COMPARED]["said"]
    assert told[COMPARED]["intent"] == "compare"


def test_it_refuses_in_its_own_words(told: dict[str, dict[str, Any]]) -> None:
    assert told[UNKNOWN]["refused"]
    assert told[UNKNOWN]["text"].startswith("Ελληνικά: No paper named Zorkblat-9")
