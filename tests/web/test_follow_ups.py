"""Follow-up questions, and what becomes of them when they are asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag_app.collection.library import Dictionary
from rag_app.records import Answer, Citation, Evidence, Hit, Intent, Paper, Query, Turn
from rag_app.search.understanding import understand
from rag_app.web.i18n.examples import EXAMPLES
from rag_app.web.state.answer_jobs import AnswerProgress
from rag_app.web.widgets.follow_ups import follow_ups
from tests.helpers.ui_page import ANSWER, CALM, CITATION, FILM, REFUSAL


def progress(
    answer: Answer, *papers: Paper, question: str = "what is new?", topic: str = ""
) -> AnswerProgress:
    query = Query(question, question, answer.language, answer.intent, topic=topic)
    hits = tuple(Hit(paper, 1.0) for paper in papers)
    return AnswerProgress(
        query, Evidence(hits), answer=answer, papers={paper.arxiv_id: paper for paper in papers}
    )


def cited(n: int, paper: Paper) -> Citation:
    return replace(CITATION, n=n, arxiv_id=paper.arxiv_id, title=paper.title)


OTHER = replace(CALM, arxiv_id="2401.00003", title="IceWalk: Walking", votes=3)
LISTED = replace(ANSWER, intent=Intent.LIST, citations=(CITATION, cited(2, OTHER)))


def test_what_the_answer_has_not_told_of_a_paper_is_suggested() -> None:
    assert follow_ups(progress(ANSWER, FILM, OTHER)) == (
        "How well does FilmMaker perform?",
        "Compare FilmMaker and IceWalk",
        "Who wrote FilmMaker?",
    )


def test_what_was_just_asked_is_not_suggested() -> None:
    asked = progress(ANSWER, FILM, OTHER, question="Who wrote FilmMaker?")
    assert "Who wrote FilmMaker?" not in follow_ups(asked)


def test_a_section_that_the_answer_rests_on_is_not_suggested() -> None:
    told = replace(ANSWER, citations=(replace(CITATION, section="Performance"),))
    assert "How well does FilmMaker perform?" not in follow_ups(progress(told, FILM))


def test_a_list_can_be_ranked_and_compared() -> None:
    assert follow_ups(progress(LISTED, FILM, OTHER)) == (
        "Which of them has the most votes?",
        "What does FilmMaker propose?",
        "Compare FilmMaker and IceWalk",
    )


def test_a_korean_answer_is_followed_in_korean() -> None:
    assert all(
        any("가" <= c <= "힣" for c in q)
        for q in follow_ups(progress(replace(LISTED, language="ko"), FILM, OTHER))
    )


@pytest.mark.parametrize("intent", Intent)
def test_every_kind_of_answer_has_a_next_question(intent: Intent) -> None:
    assert follow_ups(progress(replace(LISTED, intent=intent), FILM, OTHER))


def test_a_refusal_suggests_nothing_but_its_nearest_papers() -> None:
    assert follow_ups(progress(REFUSAL, CALM)) == ()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_suggestions_are_understood_as_they_are_meant(language: str, dictionary: Dictionary) -> None:
    papers = dictionary.papers.many(["2307.04725", "2205.15868"])  # AnimateDiff, CogVideo
    citations = tuple(cited(n, paper) for n, paper in enumerate(papers, start=1))
    answer = replace(ANSWER, intent=Intent.LIST, language=language, citations=citations)
    turn = Turn(
        EXAMPLES[language]["topic"].format(topic="video generation"),
        answer.text,
        tuple(c.arxiv_id for c in citations),
        intent=Intent.LIST,
    )
    votes, about, compared = (
        understand(q, dictionary, [turn]) for q in follow_ups(progress(answer, *papers))
    )
    assert votes.ranking == "top"
    assert (about.intent, about.papers) == (Intent.LOOKUP, (papers[0].arxiv_id,))
    assert (compared.intent, set(compared.papers)) == (Intent.COMPARE, {paper.arxiv_id for paper in papers})
