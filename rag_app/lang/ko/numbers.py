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
    measures={
        "times": ("배", "배"), "points": ("점", "점|포인트"), "epochs": (" 에폭", "에폭|에포크|에포치"),
        "steps": (" 스텝", "스텝"), "tokens": (" 토큰", "(?:개의? ?)?토큰"),
        "parameters": (" 파라미터", "(?:개의? ?)?(?:파라미터|매개변수)"),
        "layers": ("개 층", "(?:개의? ?)?(?:층|레이어)"), "frames": (" 프레임", "(?:개의? ?)?프레임"),
        "languages": ("개 언어", "개국?어|개(?:의)? ?언어"), "people": ("명", "명"),
        "seconds": ("초", "초(?!과)"), "minutes": ("분", "분(?!의)"), "hours": ("시간", "시간"),
        "days": ("일", "일(?:간| 동안| 만에)"), "weeks": ("주", "주(?:간| 동안| 만에)"),
        "months": ("개월", "개월"),
    },
    # The end of the word, or a particle: "5분할" is no five minutes.
    measure_end=r"(?:(?![가-힣])|(?=간|만|이|은|는|을|를|에|로|가|당|의|씩|마다|짜리|동안|더|도|와|까지|부터|보다|으로|인|과))",
)  # fmt: skip
