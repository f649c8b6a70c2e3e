"""What the table of facts promises: it is fitted to questions whose digests are known to answer or not."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from rag_app.collection import digests
from rag_app.evaluation import questions
from rag_app.evaluation.fact_table import FactQuestion, fitted, fitted_with_model
from rag_app.evaluation.questions import ExamKey, Question
from rag_app.evaluation.truth import Truth
from rag_app.evaluation.wording import folded, says
from rag_app.lang import LANGUAGES
from tests.evaluation.test_sample_questions import papers_of
from tests.helpers.checkout import CHECKOUT

OURS = questions.of_facts()


@cache
def samples() -> Truth:
    papers, _ = digests.read([CHECKOUT / "digests"])
    return Truth.of(papers)


@pytest.mark.parametrize("question", [q for q in OURS if q.answerable], ids=lambda question: question.id)
def test_a_fact_stands_in_the_digest_of_its_paper(question: Question) -> None:
    (paper,) = papers_of(question)
    text = folded(samples().text(paper))
    assert isinstance(question.key, ExamKey)
    assert all(any(says(text, wanted) for wanted in group) for group in question.key.must)


def test_both_languages_ask_for_facts_that_are_there_and_facts_that_are_not() -> None:
    assert {(q.lang, q.answerable) for q in OURS} == {
        (lang, a) for lang in ("en", "ko") for a in (True, False)
    }
    assert {q.lang for q in OURS} <= LANGUAGES.keys()


def asked() -> list[FactQuestion]:
    """Questions of which digests answer every other one: the third of its sentences, which is near and holds
    the words.
    """
    made = []
    for n in range(120):
        stated = n % 2 == 0
        rows = [(n % 5 / 10 + place / 10, n % 3 / 10, 1.0) for place in range(5)]
        rows[2] = (2.0 if stated else 0.5, 0.6 if stated else 0.2, 1.0)
        made.append(FactQuestion(f"question {n}", tuple(rows), stated))
    return made


def test_the_sentence_that_answers_is_found_without_being_labelled() -> None:
    table = fitted(asked())
    assert table.weights[0] > 0
    assert table.measured["auc"] == 1
    assert table.measured["stated certain"] == 1
    assert float(table.measured["unstated certain"]) < 0.1
    stated = asked()[0].rows
    assert max(stated, key=table.probability) == stated[2]


def test_a_models_judgement_counts_by_what_it_tells() -> None:
    """Of a model that knows and of one that guesses, beside signs that tell little."""
    vague = [replace(one, rows=(one.rows[0],)) for one in asked()]
    alone = fitted(vague)
    knows = fitted_with_model([replace(one, judged=4.0 if one.stated else -1.0) for one in vague], alone)
    guesses = fitted_with_model([replace(one, judged=4.0) for one in vague], alone)
    assert float(knows.measured["auc"]) > float(alone.measured["auc"]) + 0.2
    assert knows.weights[1] > 0.5
    assert abs(guesses.weights[1]) < 0.2
    assert knows.probability((0.0, 4.0)) > knows.certain
    assert knows.probability((0.0, -4.0)) < knows.least
