"""Korean."""

from __future__ import annotations

from rag_app.lang.ko.courtesies import COURTESIES
from rag_app.lang.ko.dates import DATES
from rag_app.lang.ko.numbers import NUMBERS
from rag_app.lang.ko.open_questions import OPEN_QUESTIONS
from rag_app.lang.ko.phrases import PHRASES
from rag_app.lang.ko.prompts import PROMPTS
from rag_app.lang.ko.questions import QUESTIONS, VOTES
from rag_app.lang.ko.releases import RELEASES
from rag_app.lang.ko.topics import TOPICS
from rag_app.lang.ko.turns import TURNS
from rag_app.lang.language import Language

LANGUAGE = Language(
    code="ko",
    script="가-힣",
    own_letters="가-힣ㄱ-ㅎㅏ-ㅣ",  # "ㅋㅋㅋ"
    endings=("이랑", "이", "가", "의", "을", "를", "은", "는", "와", "과", "랑", "하고", "도", "인"),
    clause_ends=(
        "을",
        "를",
        "은",
        "는",
        "에서",
        "에게",
        "으로",
        "와",
        "과",
        "하고",
        "하여",
        "해",
        "위한",
        "대한",
        "인해",
        "된",
        "되는",
        "하는",
        "이",
    ),
    of_nouns=("적(?:인)?",),
    made_with=(r"기반의?",),
    after_nouns=(
        "(?:들|류)?(?:은|는|이|가|을|를|의|에|와|과|로|으로|도|만|나|이나|랑|이랑|처럼|보다|까지|부터|마다|조차|및|별|간|상"
        "|에서|에게|으로서|로서|으로써|로써)?(?:의|는|도|만)?",
        "(?:이고|이며|이다|인|입니다|이라\\S*|라는|란|이란)",
        # a noun made a verb: "추론하는", "적용된"
        "(?:하|한|할|함|합|해|했|되|된|될|됨|됩|돼|됐|시키|시킨|시킬|시켜|적)[가-힣]*",
    ),
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
    topics=TOPICS,
    turns=TURNS,
    phrases=PHRASES,
    prompts=PROMPTS,
    releases=RELEASES,
    courtesies=COURTESIES,
)
