"""Korean."""

from __future__ import annotations

from rag_app.lang.ko.dates import DATES
from rag_app.lang.ko.numbers import NUMBERS
from rag_app.lang.ko.open_questions import OPEN_QUESTIONS
from rag_app.lang.ko.phrases import PHRASES
from rag_app.lang.ko.prompts import PROMPTS
from rag_app.lang.ko.questions import QUESTIONS, VOTES
from rag_app.lang.language import Language

LANGUAGE = Language(
    code="ko",
    script="가-힣",
    endings=("이랑", "이", "가", "의", "을", "를", "은", "는", "와", "과", "랑", "하고", "도", "인"),
    sentence_ends="다요음함임됨죠",
    abbreviations=(),
    stop_words=frozenset(
        "논문 연구 방법 이용 사용 대하 있 없 하 되 것 수 등 알리 찾 주 뭐 무엇 어떤 어떻 무슨 뭔가 관하 다루 "
        "말 싶 목록 모두 모든 얼마 얼마나 통하 위하 전부 보이 궁금 부탁 함께".split()
    ),
    questions=QUESTIONS,
    open_questions=OPEN_QUESTIONS,
    votes=VOTES,
    dates=DATES,
    numbers=NUMBERS,
    phrases=PHRASES,
    prompts=PROMPTS,
    # over Korean digests the model judges Korean questions better
    model_say=2.0,
)
