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
    measures={
        "times": ("倍", "倍"), "points": ("分", "分(?![之钟鐘])"), "epochs": ("轮", "[轮輪]|个 ?epochs?"),
        "steps": ("步", "步"), "tokens": ("个词元", "个?词元|个 ?tokens?"),
        "parameters": ("个参数", "[个個]?(?:参数|參數)"), "layers": ("层", "[层層]"),
        "frames": ("帧", "[帧幀]"), "languages": ("种语言", "[种種](?:语言|語言)"),
        "people": ("人", "人|名"), "seconds": ("秒", "秒"), "minutes": ("分钟", "分[钟鐘]"),
        "hours": ("小时", "[个個]?小[时時]"), "days": ("天", "天"), "weeks": ("周", "[周週]"),
        "months": ("个月", "[个個]月"),
    },
    measure_end=r"(?![A-Za-z])",
)  # fmt: skip
