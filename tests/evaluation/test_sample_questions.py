"""The shipped questions are about papers of the sample collection, and their keys are true to it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import cache

import pytest

from rag_app.collection import digests
from rag_app.evaluation import questions
from rag_app.evaluation.questions import ExamKey, OpenKey, Question, Split, Suite
from rag_app.evaluation.truth import Truth
from rag_app.evaluation.wording import folded, says
from rag_app.lang import LANGUAGES, language_of
from rag_app.records import Paper
from tests.helpers.checkout import CHECKOUT

EXAM_KINDS = set("lookup numeric compare list metadata followup unanswerable typo injection".split())
OPEN_KINDS = set(
    "overview day period paper concept similar recommend table condition restyle off chat detail".split()
)
# Questions about the record: which papers they are about, and how many those are.
ALL: dict[str, Callable[[Paper], bool]] = {
    "sample58-metadata-02": lambda paper: paper.date.startswith("2024-03"),
    "sample58-metadata-03": lambda paper: paper.votes == 48,
    "sample58-metadata-04": lambda paper: "Shunyu Yao" in paper.authors,
    "sample58-metadata-06": lambda paper: (paper.votes or 0) >= 45,
    "sample58-metadata-07": lambda paper: paper.votes is None,
    "sample58-metadata-08": lambda paper: "Andreas Blattmann" in paper.authors,
    "sample58-metadata-10": lambda paper: paper.date == "2024-02-05",
    "sample58-metadata-11": lambda paper: paper.votes == 15,
    "sample58-day-01": lambda paper: paper.date == "2024-01-16",
    "sample58-day-02": lambda paper: paper.date == "2024-03-12",
    "sample58-period-01": lambda paper: paper.date.startswith("2024-03"),
    "sample58-period-02": lambda paper: paper.date.startswith("2024-01"),
}
SHIPPED = questions.of_samples()
IN_BOTH = [question for question in SHIPPED if question.lang in {"en", "ko"}]


@cache
def samples() -> Truth:
    papers, _ = digests.read([CHECKOUT / "digests"])
    return Truth.of(papers)


def papers_of(question: Question) -> frozenset[str]:
    """The papers that a key names."""
    match question.key:
        case ExamKey():
            return question.key.gold | question.key.ok
        case OpenKey():
            aspects = [paper for aspect in question.key.aspects for paper in aspect.papers]
            return question.key.relevant | question.key.complete | frozenset(aspects)


@pytest.mark.parametrize("question", SHIPPED, ids=lambda question: question.id)
def test_a_key_names_papers_of_the_collection_and_words_that_their_digests_hold(question: Question) -> None:
    papers = papers_of(question)
    assert [paper for paper in papers if paper not in samples()] == []
    text = folded(" ".join(samples().text(paper) for paper in papers))
    for group in question.key.must if papers else ():
        assert any(says(text, word) for word in group), group
    for word in question.key.must_not:
        assert not says(text, word)


@pytest.mark.parametrize("name", ALL)
def test_a_question_about_the_record_has_exactly_its_papers(name: str) -> None:
    (question,) = [question for question in SHIPPED if question.id == name]
    truly = {paper.arxiv_id for paper in samples().papers.values() if ALL[name](paper)}
    named = papers_of(question)
    assert named == truly if named else question.key.must == ((str(len(truly)),),)


def test_a_question_has_an_answer_exactly_where_its_key_has_one() -> None:
    for question in SHIPPED:
        if isinstance(question.key, ExamKey):
            assert question.key.answerable is (question.kind != "unanswerable")
            assert bool(question.key.gold or question.key.must) is question.key.answerable
        else:
            assert question.key.refuse is (question.kind == "off")
            assert bool(papers_of(question)) is (question.kind not in {"off", "chat"})


def test_every_kind_is_asked_in_both_languages_and_both_parts() -> None:
    assert {q.kind for q in IN_BOTH if q.suite is Suite.EXAM} == EXAM_KINDS
    assert {q.kind for q in IN_BOTH if q.suite is Suite.OPEN} == OPEN_KINDS
    for kind in EXAM_KINDS | OPEN_KINDS:
        assert {q.lang for q in IN_BOTH if q.kind == kind} == {"en", "ko"}, kind
        # The number in the ids was chosen for this alone, not by how the questions are answered.
        assert {q.part for q in IN_BOTH if q.kind == kind} == set(Split), kind


def test_about_half_of_the_questions_are_korean() -> None:
    langs = Counter(question.lang for question in SHIPPED)
    assert abs(langs["en"] - langs["ko"]) <= 6
    for question in SHIPPED:
        asked_in_korean = bool(re.search("[가-힣]", question.turns[-1]))
        assert asked_in_korean is (question.lang == "ko"), question.id


@pytest.mark.parametrize("lang", [lang for lang in LANGUAGES if lang not in {"en", "ko"}])
def test_twenty_questions_are_asked_in_every_other_language(lang: str) -> None:
    asked = [question for question in SHIPPED if question.lang == lang]
    assert len(asked) == 20
    assert {language_of(turn) for question in asked for turn in question.turns} == {lang}


def test_ids_and_questions_are_asked_once() -> None:
    assert len({question.id for question in SHIPPED}) == len(SHIPPED)
    assert len({question.turns for question in SHIPPED}) == len(SHIPPED)


def test_what_people_remember_of_a_paper_is_of_one_of_the_collection() -> None:
    asked = questions.of_memory()
    assert len({question.turns for question in asked}) == len(asked) == 20
    assert {question.lang for question in asked} == {"en", "ko"}
    assert all(question.key.answerable for question in asked if isinstance(question.key, ExamKey))
    assert all(papers_of(question) <= samples().papers.keys() for question in asked)
