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
    shortener="論文についての文を、論文が示すものを言う短い名詞句に縮めてください。文にある言葉だけを使います。",
    shortened=(
        (
            "TideNetは小さなグラフネットワークでレーダー画像から河川の洪水を予測する新しい手法を提案し、費用を大きく減らしました。",
            "小さなグラフネットワークでレーダー画像から河川の洪水を予測する手法",
        ),
    ),
)
