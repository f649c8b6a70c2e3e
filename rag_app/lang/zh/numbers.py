"""Numbers in Chinese words."""

from __future__ import annotations

from rag_app.lang.han import DIGITS
from rag_app.lang.language import NumberWords

_COUNTERS = "个個种種篇项項倍次张張条條"

NUMBERS = NumberWords(
    percent=("个百分点", "個百分點"),
    scales={"千万": 1e7, "百万": 1e6, "万": 1e4, "萬": 1e4, "亿": 1e8, "億": 1e8, "千": 1e3},
    scales_add_up=True,
    spelled={
        f"{sign}{counter}": n
        for sign, n in (DIGITS | {"两": 2, "兩": 2}).items()
        if n > 1
        for counter in _COUNTERS
    },
    spelled_inside=(r"(?<![一二三四五六七八九十百千第])", ""),
    counts=DIGITS | {"两": 2, "兩": 2},
    rewritten={"亿": 1e8, "万": 1e4},
)
