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
)
