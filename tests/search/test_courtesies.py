"""What is said to be polite, in a hurry or among friends changes nothing of what is asked."""

from __future__ import annotations

import pytest

from rag_app.collection.library import Dictionary
from rag_app.pipeline import Library, understood
from rag_app.records import Intent
from rag_app.search.parts import without_courtesies
from rag_app.search.understanding import understand

ASKED = [
    ("Hi there! Could you kindly list LoRA papers? Thanks in advance!", "Could you list LoRA papers?!"),
    ("I'd appreciate it if you could list LoRA papers", "list LoRA papers"),
    ("hey, got anything on LoRA lol", "got anything on LoRA"),
    ("LoRA papers pls thx", "LoRA papers"),
    ("sorry to bother you, any papers about LoRA?", "any papers about LoRA?"),
    ("I was wondering whether LoRA saves memory.", "LoRA saves memory."),
    ("My boss wants me to read up on LoRA. What do we have?", "LoRA.?"),
    ("I'm a master's student. What is LoRA?", "What is LoRA?"),
    ("I don't speak Korean, please answer in English: what is LoRA?", "what is LoRA?"),
    ("r there any papers on LoRA", "there any papers on LoRA"),
    ("LoRA 논문을 모두 알려 주시면 감사하겠습니다.", "LoRA 논문을 모두 알려."),
    ("안녕하세요, LoRA가 뭔가요? 감사합니다", "LoRA가 뭔가요?"),
    ("바쁘시겠지만 LoRA 논문 부탁드립니다", "LoRA 논문"),
    ("ㅎㅇ LoRA 논문 ㄱㄱ", "LoRA 논문"),
    ("한국어로 답해 줘: what is LoRA?", "what is LoRA?"),
    ("すみません、LoRAの論文を教えていただけると助かります。", "LoRAの論文を教えて 。"),
    ("您好，请问有没有关于LoRA的论文？谢谢！", "有没有关于LoRA的论文？ ！"),
]


@pytest.mark.parametrize(("question", "asked"), ASKED)
def test_courtesies_are_left_aside(question: str, asked: str) -> None:
    assert without_courtesies(question) == asked


@pytest.mark.parametrize(
    "question",
    [
        "thanks!", "안녕하세요", "감사합니다", "help", "hello", "papers that help with hallucination",
        "감사 로그를 다룬 논문", "papers on theory of mind", "도움이 되는 논문 추천해 주세요",
        "papers on gratitude and thanks", "lol detection in chat", "does saying please help", 'the word "please"',
        "counting r's in strawberry", "ASAP: sim-to-real humanoids", "papers for a hospital",
        "What does my paper say?", "R1-like training", "Hi-C maps",
    ],
)  # fmt: skip
def test_what_is_asked_stays(question: str) -> None:
    assert without_courtesies(question) == question


@pytest.mark.parametrize(("question", "_"), [ASKED[0], ASKED[1], ASKED[3]])
def test_a_polite_question_asks_of_the_same_topic(dictionary: Dictionary, question: str, _: str) -> None:
    plain, polite = understand("list LoRA papers", dictionary), understand(question, dictionary)
    assert (polite.papers, polite.filters) == (plain.papers, plain.filters)


def test_a_list_asked_for_politely_is_a_list(library: Library) -> None:
    polite = understood("비디오 생성 논문을 모두 알려 주시면 감사하겠습니다.", library)
    assert polite.intent is Intent.LIST


def test_every_paper_is_never_one(library: Library) -> None:
    asked = "사람이 쓴 지시를 모델이 더 잘 따르도록 사람의 선호를 보고 배우게 하는 연구를 모두 알려 주세요."
    assert understood(asked, library).intent is Intent.LIST


def test_an_abbreviation_for_a_summary_is_no_paper(library: Library) -> None:
    query = understood("tl;dr of LoRA?", library)
    assert query.intent is Intent.PAPER
