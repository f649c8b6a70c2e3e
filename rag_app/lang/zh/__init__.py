"""Chinese, in simplified or traditional characters."""

from __future__ import annotations

from rag_app.lang.language import Language, TopicWords
from rag_app.lang.zh.dates import DATES
from rag_app.lang.zh.numbers import NUMBERS
from rag_app.lang.zh.open_questions import OPEN_QUESTIONS
from rag_app.lang.zh.phrases import PHRASES
from rag_app.lang.zh.prompts import PROMPTS
from rag_app.lang.zh.questions import QUESTIONS, VOTES

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
    topics=TopicWords(
        either=frozenset("或 或者 或是".split()),
        both=frozenset("和 与 與 及 以及 跟".split()),
        leaving_out_next=frozenset("除了 不含 排除".split()),
        leaving_out_last=frozenset(("除外", "以外", "之外")),
        saying_little=frozenset("相关 相關 改进 改進 使用 利用 提出 介绍 介紹 讨论 討論".split()),
    ),
    clause_ends=(),
    after_nouns=(),
    phrases=PHRASES,
    prompts=PROMPTS,
    # its words are rarely those of the digests
    model_say=1.0,
    fair_share=0.08,  # a sign says as much as two letters
)  # fmt: skip
