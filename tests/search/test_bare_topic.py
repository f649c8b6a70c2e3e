"""A topic alone, as typed into a search box, asks for the papers on it."""

from __future__ import annotations

import pytest

from rag_app.pipeline import Library, ask, understood
from rag_app.records import Done, Intent, Turn
from rag_app.search.bare_topic import is_bare_topic


@pytest.mark.parametrize(
    "question",
    [
        "video generation", "KV cache", "diffusion models for video", "hallucination in LVLMs?", "agents",
        "비디오 생성", "로봇을 위한 강화학습", "강화학습과 로봇", "언어 이해", "動画生成", "ロボットの把持", "视频生成",
    ],
)  # fmt: skip
def test_topics(question: str) -> None:
    assert is_bare_topic(question)


@pytest.mark.parametrize(
    "question",
    [
        "what is a KV cache", "is it fast", "explain diffusion", "shorter", "as a table", "which ones", "thanks",
        "we train robots", "로봇이 뭐야", "더 짧게", "환각을 줄이는 방법", "그 논문", "表にして", "什么是扩散模型", "",
        "A robot learns. It then walks", "robots by votes: the best one",
    ],
)  # fmt: skip
def test_questions(question: str) -> None:
    assert not is_bare_topic(question)


@pytest.mark.parametrize("question", ["fine-tuning", "speech recognition", "음성 인식", "미세 조정"])
def test_a_topic_alone_is_listed(library: Library, question: str) -> None:
    query = understood(question, library)
    assert query.intent is Intent.LIST
    assert not query.papers


@pytest.mark.parametrize("question", ["pancake recipe", "capital of France", "asdfgh", "김치찌개"])
def test_a_topic_that_no_paper_says_is_refused(library: Library, question: str) -> None:
    (done,) = [event for event in ask(question, library, None) if isinstance(event, Done)]
    assert done.answer.refused


@pytest.mark.parametrize(("question", "listed"), [("agents", True), ("results", False)])
def test_after_a_list_a_topic_alone_takes_the_place_of_its_topic(
    library: Library, question: str, listed: bool
) -> None:
    asked = "papers on speech by votes"
    before = understood(asked, library)
    papers = tuple(library.lexical.papers[:2])
    turn = Turn(question=asked, answer="", intent=before.intent, papers=papers, filters=before.filters)
    query = understood(question, library, conversation=[turn])
    assert (query.intent is Intent.LIST and query.aggregate is before.aggregate) is listed
    assert bool(query.papers) is not listed


@pytest.mark.parametrize(
    "question",
    [
        "pros and cons of fine-tuning", "limitations of speech recognition",
        "the main challenges in speech recognition?", "what are the open problems in agents?",
        "파인튜닝 장단점", "음성 인식의 한계는?", "에이전트 단점 알려줘",
    ],
)  # fmt: skip
def test_strengths_and_faults_of_a_topic_are_an_overview(library: Library, question: str) -> None:
    assert understood(question, library).intent is Intent.OVERVIEW


@pytest.mark.parametrize("question", ["QLoRA limitations", "QLoRA memory", "QLoRA 한계", "Toolformer tools"])
def test_what_stands_beside_a_paper_is_asked_of_it(library: Library, question: str) -> None:
    query = understood(question, library)
    assert (query.intent, len(query.papers)) == (Intent.LOOKUP, 1)


@pytest.mark.parametrize("question", ["top 10 of 2024", "best 5"])
def test_a_rank_is_no_topic(library: Library, question: str) -> None:
    assert understood(question, library).intent in {Intent.METADATA, Intent.SUMMARY}
