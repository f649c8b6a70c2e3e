"""What choosing the subjects of a question promises: one paper, or each of those named by their own names."""

from __future__ import annotations

import pytest

from rag_app.collection.library import Dictionary, Library
from rag_app.records import Intent
from rag_app.search.retrieval import retrieve
from rag_app.search.understanding import understand

TOOLFORMER, QLORA = "2302.04761", "2305.14314"


@pytest.mark.parametrize(
    "question",
    ["What does Toolformer add to its prompts, and what does QLoRA keep frozen?",
     "Toolformer는 뭘 하고 QLoRA는 뭘 해?"],
)  # fmt: skip
def test_two_papers_named_by_their_own_names_are_both_asked_about(
    dictionary: Dictionary, question: str
) -> None:
    query = understand(question, dictionary)
    assert query.papers == (TOOLFORMER, QLORA)
    assert query.intent is Intent.COMPARE


def test_a_paper_that_another_builds_on_is_no_second_subject(dictionary: Dictionary) -> None:
    assert understand("What does QLoRA add to LoRA?", dictionary).papers == (QLORA,)


@pytest.mark.parametrize(
    "question",
    ["Which papers are about QLoRA?", "How many papers use QLoRA?", "QLoRA를 쓰는 논문은 몇 편이야?"],
)
def test_papers_on_a_name_are_listed_be_it_a_papers(dictionary: Dictionary, question: str) -> None:
    query = understand(question, dictionary)
    assert query.papers == ()
    assert query.intent is Intent.LIST


@pytest.mark.parametrize(
    "question", ["List the authors of QLoRA", "How many votes does QLoRA have?", "Show me the QLoRA paper"]
)
def test_what_is_asked_of_a_named_paper_stays_about_it(dictionary: Dictionary, question: str) -> None:
    assert understand(question, dictionary).papers == (QLORA,)


@pytest.mark.parametrize(
    "question",
    ["How does QLoRA differ from the paper on calling tools from text?",
     "What do QLoRA and the one that teaches itself to call tools train on?",
     "QLoRA와 스스로 도구를 호출하는 논문은 각각 무엇을 학습해?"],
)  # fmt: skip
def test_a_side_of_a_comparison_may_be_described(dictionary: Dictionary, question: str) -> None:
    query = understand(question, dictionary)
    assert query.papers == (QLORA,)
    assert query.intent is Intent.COMPARE


def test_the_side_that_is_described_is_what_is_searched_for(library: Library) -> None:
    question = "How does QLoRA differ from the paper on models that call tools?"
    found = retrieve(understand(question, library.dictionary), library)
    assert [hit.paper.arxiv_id for hit in found.hits[:2]] == [QLORA, TOOLFORMER]


@pytest.mark.parametrize(
    "question",
    ["Toolformer's gain over GPT-3 on maths, and the data type QLoRA stores its weights in",
     "For Toolformer I need the number of tools, for QLoRA the size of the largest model"],
)  # fmt: skip
def test_papers_of_which_each_is_asked_something_are_all_asked_about(
    dictionary: Dictionary, question: str
) -> None:
    query = understand(question, dictionary)
    assert (query.papers, query.intent) == ((TOOLFORMER, QLORA), Intent.COMPARE)
