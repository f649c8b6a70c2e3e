"""Numbers in text, as values that can be compared across languages and notations.

Knows: digits with separators, percent, multiples, English, Korean and letter scales (k, million, 만,
억), full-width digits and small numbers spelled out.
Does not know: which number answers a question.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

NUMBER = re.compile(
    r"(?<![A-Za-z0-9.])(?<![A-Za-z]-)(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?![DV]\b)"
    r"\s?(?P<unit>%|percent|퍼센트|thousand|million|billion|trillion|[kKMBT](?![A-Za-z])|천만|백만|십만|만|억|조|천)?"
)
SCALE = {
    "k": 1e3, "thousand": 1e3, "천": 1e3, "만": 1e4, "십만": 1e5, "백만": 1e6, "m": 1e6, "million": 1e6, "천만": 1e7,
    "억": 1e8, "b": 1e9, "billion": 1e9, "조": 1e12, "t": 1e12, "trillion": 1e12,
}  # fmt: skip
HANGUL = re.compile(r"[가-힣]+")
SPELLED = {
    word: value
    for value, spellings in {
        2: "two twice double 두 둘 2배", 3: "three triple 세 셋", 4: "four 네 넷", 5: "five 다섯", 6: "six 여섯",
        7: "seven 일곱", 8: "eight 여덟", 9: "nine 아홉", 10: "ten 열", 11: "eleven", 12: "twelve", 20: "twenty 스무",
        30: "thirty", 50: "fifty", 100: "hundred",
    }.items()
    for word in spellings.split()
}  # fmt: skip
SPELLED_WORD = re.compile(
    r"\b(" + "|".join(w for w in SPELLED if w.isascii() and w.isalpha()) + r")\b"
    r"|(?<![가-힣])(" + "|".join(w for w in SPELLED if not w.isascii() and w.isalpha())
    + r")(?=\s?(?:가지|개|편|명|단계|배|종|장|쌍|번|곳|대|차례))",
    re.IGNORECASE,
)  # fmt: skip
KOREAN_SCALED = re.compile(
    r"(?<![A-Za-z0-9.])(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s?(천만|백만|십만|만|억|조|천)"
)

MIXED = re.compile(
    r"(?<![^\W_])(?=[\w.-]*\d)(?=[\w.-]*[A-Za-z])[A-Za-z0-9]+(?:[.-]+[A-Za-z0-9]+)+"
)  # "7b-v0.1", "V3-2"


@dataclass(frozen=True, slots=True)
class Number:
    """One number as written, and the values it can be read as (with and without its unit's scale)."""

    text: str
    values: frozenset[float]


def figures(text: str) -> list[Number]:
    """The numbers of a text, in order; digits inside names ("GPT-4V", "3D") are no numbers."""
    plain = unicodedata.normalize("NFKC", text)
    found: list[Number] = []
    end, scale = -1, 0.0  # of the number before, where a Korean one may go on: "1억 1천만"
    for match in NUMBER.finditer(plain):
        value = float(match["digits"].replace(",", ""))
        unit = (match["unit"] or "").casefold()
        scaled = value * SCALE.get(unit, 1.0)
        if HANGUL.fullmatch(unit) and SCALE.get(unit, 1.0) < scale and not plain[end : match.start()].strip():
            before = found.pop()
            found.append(
                Number(f"{before.text} {match[0].strip()}", frozenset({max(before.values) + scaled}))
            )
        else:
            found.append(Number(match[0].strip(), frozenset({value, round(scaled, 6)})))
        end, scale = match.end(), SCALE.get(unit, 0.0) if HANGUL.fullmatch(unit) else 0.0
    return found


def spelled(text: str) -> set[float]:
    """Values of the small numbers a text spells out."""
    return {float(SPELLED[next(g for g in m.groups() if g).casefold()]) for m in SPELLED_WORD.finditer(text)}


def values_of(text: str) -> set[float]:
    """Every value a text states, in digits or spelled out."""
    return {value for number in figures(text) for value in number.values} | spelled(text)


def missing(claim: str, sources: Iterable[str]) -> list[str]:
    """The numbers of `claim` that no source states; a unit counts: 3만 is not 3억.

    Words of letters and digits that a source holds as they are ("7b-v0.1") are names.
    """
    texts = [unicodedata.normalize("NFKC", source) for source in sources]
    allowed = set().union(*map(values_of, texts))
    plain = MIXED.sub(lambda word: " " if _holds(texts, word[0]) else word[0], claim)
    return [f.text for f in figures(plain) if not any(math.isclose(max(f.values), a) for a in allowed)]


def _holds(texts: Iterable[str], word: str) -> bool:
    whole = re.compile(rf"(?<![^\W_]){re.escape(word)}(?![^\W_가-힣])", re.IGNORECASE)
    return any(whole.search(text) for text in texts)


def in_english(text: str) -> str:
    """Korean scales written as English ones: "400만" -> "4 million", "180억" -> "18 billion".

    A small model that writes English from Korean text gets these wrong; code does not.
    """
    return KOREAN_SCALED.sub(lambda m: _english(float(m[1].replace(",", "")) * SCALE[m[2]]), text)


def _english(value: float) -> str:
    for unit, size in (("trillion", 1e12), ("billion", 1e9), ("million", 1e6)):
        if value >= size:
            return f"{value / size:,.6g} {unit}"
    return f"{value:,.6g}"
