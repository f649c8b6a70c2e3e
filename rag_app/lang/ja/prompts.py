"""What the model is told for an answer in Japanese, and which characters it may write."""

from __future__ import annotations

from rag_app.lang.language import Prompts

PROMPTS = Prompts(
    ask="日本語で{length}答えてください。名前と数値は書かれているとおりに書いてください。",
    lengths={
        "answer": "短い一、二文で",
        "compare": "論文ごとに一行、一、二文で",
        "search": "最も合う論文を一つ選び、題名を書かずに何をするかを一、二文で",
    },
    opening="この論文は",
    characters=r"[^\n\[\]<>\u3130-\u318f\uac00-\ud7a3]",  # no Hangul
    translator="AI論文についての文を日本語に、もれなく正確に訳します。名前、用語、数値はそのまま残します。",
    translate="日本語に訳してください:",
    question_translator="You translate questions about AI papers into Japanese. "
    "Keep names and English technical terms in parentheses after the Japanese term.",
    translate_question="Translate into one Japanese sentence:",
)
