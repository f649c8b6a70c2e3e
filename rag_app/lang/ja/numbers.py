"""Numbers in Japanese words."""

from __future__ import annotations

from rag_app.lang.han import DIGITS
from rag_app.lang.language import NumberWords

NUMBERS = NumberWords(
    percent=("パーセント",),
    scales={"千万": 1e7, "百万": 1e6, "万": 1e4, "億": 1e8, "兆": 1e12, "千": 1e3},
    scales_add_up=True,
    spelled={"二つ": 2, "三つ": 3, "四つ": 4, "五つ": 5}
    | {f"{sign}種": n for sign, n in DIGITS.items() if n > 1},
    spelled_inside=(r"(?<![一-鿿])", ""),
    counts=DIGITS,
    rewritten={"兆": 1e12, "億": 1e8, "万": 1e4},
    measures={
        "times": ("倍", "倍"), "points": ("ポイント", "ポイント|点"), "epochs": ("エポック", "エポック"),
        "steps": ("ステップ", "ステップ"), "tokens": ("トークン", "トークン"),
        "parameters": ("パラメータ", "(?:個の)?パラメータ"), "layers": ("層", "層"),
        "frames": ("フレーム", "フレーム"), "languages": ("言語", "(?:の|か国|ヶ国)?(?:言語|語)"),
        "people": ("人", "人"), "seconds": ("秒", "秒"), "minutes": ("分", "分(?!の)"),
        "hours": ("時間", "時間"), "days": ("日間", "日間"), "weeks": ("週間", "週間"),
        "months": ("か月", "[かヶヵ]月"),
    },
    measure_end=r"(?![A-Za-z])",
)  # fmt: skip
