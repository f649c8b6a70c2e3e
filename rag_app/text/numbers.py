"""Numbers in text, as values that can be compared across languages and notations.

Knows: digits with separators, percent, multiples, scales in words and letters (k, million, 만, 억),
full-width digits and small numbers spelled out. Does not know: a language's words, or which number
answers a question.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from rag_app.lang import LANGUAGES, alternatives, language_of, other_scripts

_WORDS = tuple(one.numbers for one in LANGUAGES.values())
_LETTERS = {"k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12}
SCALE = _LETTERS | {word: size for words in _WORDS for word, size in words.scales.items()}
DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
NUMBER = re.compile(
    rf"(?<![A-Za-z0-9.])(?<![A-Za-z]-)(?P<digits>{DIGITS})(?![DV]\b)"
    rf"\s?(?P<unit>%|{alternatives(lambda one: one.numbers.percent)}"
    rf"|{alternatives(lambda one: one.numbers.scales)}|[kKMBT](?![A-Za-z]))?"
)
# Units after which a number may go on with a smaller one: "1억 1천만".
ADDING = {unit for words in _WORDS if words.scales_add_up for unit in (*words.scales, *words.percent)}
_ADDED = {scale: size for words in _WORDS if words.scales_add_up for scale, size in words.scales.items()}
# What each sign of such scales stands for, also one that only others begin with, as 백만 does; those from
# 10,000 on close a section of four digits.
SIGNS = {scale: size for scale, size in _ADDED.items() if len(scale) == 1} | {
    scale[0]: size / _ADDED[scale[1]] for scale, size in _ADDED.items() if len(scale) == 2
}
SECTION = 1e4
_SIGNS, _SMALL = "".join(SIGNS), "".join(sign for sign, size in SIGNS.items() if size < SECTION)
# One number in parts, of which one before the last ends below 10,000: "1억 3천 4백 6십만", "3천6백만".
IN_PARTS = re.compile(
    rf"(?<![A-Za-z0-9.])(?:(?:{DIGITS})[{_SIGNS}]{{1,2}} ?){{0,3}}(?:{DIGITS})[{_SMALL}] ?"
    rf"(?:(?:{DIGITS})[{_SIGNS}]{{1,2}} ?){{0,3}}(?:{DIGITS})[{_SIGNS}]{{1,2}}"
)
PART = re.compile(rf"({DIGITS})([{_SIGNS}]{{1,2}})")
DIMENSION = re.compile(r"(?<![\d.,])[1-6](?:\s?차원|-?[dD](?![A-Za-z])|次元|维|維)")
SPELLED = {word: value for words in _WORDS for word, value in words.spelled.items()}
SPELLED_WORD = re.compile(
    "|".join(f"({'|'.join(words.spelled)})".join(words.spelled_inside) for words in _WORDS if words.spelled),
    re.IGNORECASE,
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
    plain = IN_PARTS.sub(_in_one, unicodedata.normalize("NFKC", text))
    found: list[Number] = []
    end, scale = -1, 0.0  # of the number before, where it may go on
    for match in NUMBER.finditer(plain):
        value = float(match["digits"].replace(",", ""))
        unit = (match["unit"] or "").casefold()
        scaled = value * SCALE.get(unit, 1.0)
        if unit in ADDING and SCALE.get(unit, 1.0) < scale and not plain[end : match.start()].strip():
            before = found.pop()
            found.append(
                Number(f"{before.text} {match[0].strip()}", frozenset({max(before.values) + scaled}))
            )
        else:
            found.append(Number(match[0].strip(), frozenset({value, round(scaled, 6)})))
        end, scale = match.end(), SCALE.get(unit, 0.0) if unit in ADDING else 0.0
    return found


def spelled(text: str) -> set[float]:
    """Values of the small numbers a text spells out."""
    return {float(SPELLED[next(g for g in m.groups() if g).casefold()]) for m in SPELLED_WORD.finditer(text)}


def values_of(text: str) -> set[float]:
    """Every value a text states, in digits or spelled out."""
    return {value for number in figures(text) for value in number.values} | spelled(text)


def quantities(text: str) -> set[float]:
    """The values that count or measure something: "3D" and "2차원" hold none."""
    return values_of(DIMENSION.sub(" ", text))


def missing(claim: str, sources: Iterable[str]) -> list[str]:
    """The numbers of `claim` that no source states; a unit counts: 3만 is not 3억.

    Words of letters and digits that a source holds as they are ("7b-v0.1") are names.
    """
    texts = [unicodedata.normalize("NFKC", source) for source in sources]
    allowed = set().union(*map(values_of, texts))
    plain = MIXED.sub(lambda word: " " if _holds(texts, word[0]) else word[0], claim)
    return [f.text for f in figures(plain) if not any(math.isclose(max(f.values), a) for a in allowed)]


def without_scale(claim: str, source: str) -> list[str]:
    """The numbers of a translated `claim` that stand in its `source` with a scale alone: "2048" for 2048k."""
    stated = {max(figure.values) for figure in figures(source)} | spelled(source)
    bare = {min(figure.values) for figure in figures(source)} - stated
    return [f.text for f in figures(claim) if max(f.values) in bare]


def _holds(texts: Iterable[str], word: str) -> bool:
    whole = re.compile(rf"(?<![^\W_]){re.escape(word)}(?![^\W_{other_scripts()}])", re.IGNORECASE)
    return any(whole.search(text) for text in texts)


def rescaled(text: str, code: str) -> str:
    """Other languages' scales as this one writes them: in English "400만" is "4 million", "180억"
    "18 billion".

    A small model that writes English from Korean text gets these wrong; code does not.
    """
    own = LANGUAGES[code].numbers.rewritten
    if not own:
        return text
    run, part = _foreign(code)
    text = IN_PARTS.sub(lambda match: _scaled(_total(PART.findall(match[0])), own), text)
    return run.sub(lambda match: _scaled(_total(part.findall(match[0])), own), text)


def _in_one(match: re.Match[str]) -> str:
    """A number in several parts, in digits alone."""
    return f"{_total(PART.findall(match[0])):.0f}"


def _total(parts: Iterable[tuple[str, str]]) -> float:
    """What digits with scales come to together: "5억8천2백만" is 582 million, "3천6백만" 36 million."""
    total = section = 0.0
    for digits, scale in parts:
        value = float(digits.replace(",", ""))
        if not all(sign in SIGNS for sign in scale):
            total += value * SCALE[scale]
            continue
        for sign in scale:
            if SIGNS[sign] < SECTION:
                value *= SIGNS[sign]
            else:
                total, section, value = total + (section + value) * SIGNS[sign], 0.0, 0.0
        section += value
    return total + section


@cache
def _foreign(code: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Numbers with scales of another language, written together, and each of them."""
    scales = {scale for one in LANGUAGES.values() if one.code != code for scale in one.numbers.scales}
    foreign = sorted(scales - {*LANGUAGES[code].numbers.scales}, key=lambda scale: (-len(scale), scale))
    any_scale = "|".join(foreign)
    closing = "".join(sign for sign, size in SIGNS.items() if size >= SECTION)
    part = rf"(?:{DIGITS})\s?(?:{any_scale})(?:(?<=[{closing}]) (?=(?:{DIGITS})[{_SIGNS}]))?"
    run = rf"(?<![A-Za-z0-9.])(?:{part})+(?![A-Za-z])"
    return re.compile(run), re.compile(rf"({DIGITS})\s?({any_scale})")


def measured(text: str, code: str) -> str:
    """What the figures of a text in another language count, as this one writes it: in English "2배" is
    "2 times", "90 에폭" "90 epochs".
    """
    own, source = LANGUAGES[code].numbers.measures, language_of(text)
    if source == code:
        return text

    def written(match: re.Match[str]) -> str:
        word = own[str(match.lastgroup)][0]
        one = match["figure"] == "1" and word.isascii()
        return match["figure"] + (word.removesuffix("s") if one else word) + " "

    return _measured(source, code).sub(written, text)


@cache
def _measured(source: str, code: str) -> re.Pattern[str]:
    """A figure, which may have a scale that `code` writes, before what it counts in another language."""
    own, other = LANGUAGES[code].numbers, LANGUAGES[source].numbers
    read = {name: other.measures[name][1] for name in own.measures if name in other.measures}
    counted = "|".join(f"(?P<{name}>{words})" for name, words in read.items())
    figure = rf"(?<![A-Za-z0-9.])(?:{DIGITS})(?: ?(?:{'|'.join(own.rewritten)}))?"
    return re.compile(rf"(?P<figure>{figure}) ?(?:{counted}){other.measure_end}")


def _scaled(value: float, scales: Mapping[str, float]) -> str:
    for unit, size in scales.items():
        if value >= size:
            return f"{value / size:,.6g}{' ' if unit.isascii() else ''}{unit}"
    return f"{value:,.6g}"
