"""Japanese."""

from __future__ import annotations

from rag_app.lang.ja.courtesies import COURTESIES
from rag_app.lang.ja.dates import DATES
from rag_app.lang.ja.numbers import NUMBERS
from rag_app.lang.ja.open_questions import OPEN_QUESTIONS
from rag_app.lang.ja.phrases import PHRASES
from rag_app.lang.ja.prompts import PROMPTS
from rag_app.lang.ja.questions import QUESTIONS, VOTES
from rag_app.lang.ja.releases import RELEASES
from rag_app.lang.ja.topics import TOPICS
from rag_app.lang.ja.turns import TURNS
from rag_app.lang.language import Language

LANGUAGE = Language(
    code="ja",
    script="ぁ-ゖァ-ヺー一-鿿々",
    own_letters="ぁ-ゖァ-ヺー",  # Han characters alone may be Chinese
    endings=(
        "について", "という", "とは", "から", "より", "では", "には", "の", "は", "が", "を", "に", "で", "と", "も",
        "や", "へ",
    ),
    sentence_ends="",
    abbreviations=(),
    # pairs of characters, as `text.terms` takes texts in these scripts apart
    stop_words=frozenset("論文 研究 方法 手法 教え 何か 全部 全て 一覧 以上 以下 最も".split()),
    questions=QUESTIONS,
    open_questions=OPEN_QUESTIONS,
    votes=VOTES,
    dates=DATES,
    numbers=NUMBERS,
    topics=TOPICS,
    turns=TURNS,
    clause_ends=(),
    of_nouns=("的な?",),
    made_with=(),
    after_nouns=(),
    phrases=PHRASES,
    prompts=PROMPTS,
    releases=RELEASES,
    courtesies=COURTESIES,
    fair_share=0.08,  # a sign says as much as two letters
)  # fmt: skip
