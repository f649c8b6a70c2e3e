"""Chinese, in simplified or traditional characters."""

from __future__ import annotations

from rag_app.lang.language import Language
from rag_app.lang.zh.courtesies import COURTESIES
from rag_app.lang.zh.dates import DATES
from rag_app.lang.zh.numbers import NUMBERS
from rag_app.lang.zh.open_questions import OPEN_QUESTIONS
from rag_app.lang.zh.phrases import PHRASES
from rag_app.lang.zh.prompts import PROMPTS
from rag_app.lang.zh.questions import QUESTIONS, VOTES
from rag_app.lang.zh.releases import RELEASES
from rag_app.lang.zh.topics import TOPICS
from rag_app.lang.zh.turns import TURNS

LANGUAGE = Language(
    code="zh",
    script="一-鿿",
    endings=("的", "是", "在", "和", "与", "與", "跟", "对", "對", "把", "被", "中", "里", "裡"),
    sentence_ends="",
    abbreviations=(),
    # pairs of characters, as `text.terms` takes texts in these scripts apart
    stop_words=frozenset(
        "论文 論文 研究 方法 什么 什麼 哪些 哪个 哪個 如何 怎么 怎麼 所有 全部 关于 關於 有关 列出".split()
    ),
    questions=QUESTIONS,
    open_questions=OPEN_QUESTIONS,
    votes=VOTES,
    dates=DATES,
    numbers=NUMBERS,
    topics=TOPICS,
    turns=TURNS,
    clause_ends=(),
    of_nouns=(),
    made_with=(),
    after_nouns=(),
    phrases=PHRASES,
    prompts=PROMPTS,
    releases=RELEASES,
    courtesies=COURTESIES,
    fair_share=0.08,  # a sign says as much as two letters
)  # fmt: skip
