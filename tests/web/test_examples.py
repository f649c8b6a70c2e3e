"""Example questions: made from the collection, and each of them has an answer there."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag_app import pipeline
from rag_app.collection.library import Library
from rag_app.records import Intent
from rag_app.search.understanding import understand
from rag_app.web.i18n.examples import EXAMPLES
from rag_app.web.state import app_state, examples
from tests.helpers.fakes import made

ONE = """## Daily Papers (2024-05-01)

### [PickBot: Grasping for Mobile Robots](https://arxiv.org/abs/2405.00001)

Vote: 12

- **What's New**: PickBot learns to grasp with a wrist camera.
"""
BARE = "### [A paper without anything](https://arxiv.org/abs/2405.00009)\n\nIt says little.\n"
LANGUAGES = list(EXAMPLES)


def questions(library: Library, language: str) -> list[str]:
    app_state._topics.clear()
    table = library.snapshot.papers
    return [*examples.at_once(table, language), *examples.of_contents(library, language)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_example_is_answered_over_the_collection_it_was_made_from(
    library: Library, language: str
) -> None:
    asked = questions(library, language)
    assert len(asked) >= 6 and len(set(asked)) == len(asked)
    for question in asked:
        answer, _ = pipeline.answer(question, library)
        assert not answer.refused, question
        assert answer.language == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_examples_are_understood_as_they_are_meant(library: Library, language: str) -> None:
    words, dictionary = EXAMPLES[language], library.dictionary
    latest, votes, months = (understand(words[kind], dictionary) for kind in ("latest", "votes", "months"))
    assert latest.filters.days == (dictionary.papers.last_day,)
    assert (votes.ranking, months.aggregate) == ("top", "months")
    topical = [understand(q, dictionary) for q in examples.of_contents(library, language)]
    assert {query.intent for query in topical} >= {Intent.LIST, Intent.COMPARE}
    assert any(len(query.papers) == 1 for query in topical) and any(
        len(query.papers) == 2 for query in topical
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("digest", [ONE, BARE])
def test_a_collection_of_one_paper_offers_only_what_it_can_answer(
    digest: str, language: str, tmp_path: Path
) -> None:
    library = made(tmp_path, {"day.md": digest})
    asked = questions(library, language)
    assert EXAMPLES[language]["months"] not in asked and EXAMPLES[language]["votes"] not in asked
    assert not any("PickBot," in question or " and " in question for question in asked)
    for question in asked:
        assert not pipeline.answer(question, library)[0].refused, question


def test_without_votes_and_days_nothing_is_asked_about_them(tmp_path: Path) -> None:
    library = made(tmp_path, {"day.md": BARE})
    assert examples.at_once(library.snapshot.papers, "en") == ()


def test_examples_come_in_the_background_and_a_failure_costs_only_them(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError("the embedding model is gone")

    app_state._topics.clear()
    job = examples.ExampleJob(library, "en")
    job._thread.join(60)
    assert not job.running and len(job.questions) >= 3
    monkeypatch.setattr(pipeline, "answer", broken)
    job = examples.ExampleJob(library, "en")
    job._thread.join(60)
    assert not job.running and job.questions == ()
