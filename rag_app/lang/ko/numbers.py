"""Numbers in Korean words."""

from __future__ import annotations

from rag_app.lang.language import NumberWords

COUNTS = {
    "한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9, "열": 10,
}  # fmt: skip

NUMBERS = NumberWords(
    percent=("퍼센트",),
    scales={"천만": 1e7, "백만": 1e6, "십만": 1e5, "만": 1e4, "억": 1e8, "조": 1e12, "천": 1e3},
    scales_add_up=True,
    spelled={
        "두": 2, "둘": 2, "세": 3, "셋": 3, "네": 4, "넷": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8,
        "아홉": 9, "열": 10, "스무": 20,
    },
    spelled_inside=(
        r"(?<![가-힣])",
        r"(?=\s?(?:가지|개|편|명|단계|배|종|장|쌍|번|곳|대|차례))",
    ),
    counts=COUNTS,
    rewritten={"조": 1e12, "억": 1e8, "만": 1e4},
)  # fmt: skip
