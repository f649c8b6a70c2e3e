"""Counts of votes: "12", "1.2k", "👍 38", "88 赞", "217 upvotes".

Knows: how counts are written, and that a relevance score, a rating and a rank are no votes. Does not
know: where in an entry the count stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBER = (
    r"(?P<n>\d{1,3}(?:[,，]\d{3}){1,3}|\d{1,9}(?:[.,]\d{1,2}(?=\s?[kKmM万만千천]))?)"
    r"(?P<unit>\s?(?:[kKmM](?![a-zA-Z])|[万만千천]))?"
)
_NUMBER_2 = _NUMBER.replace("<n>", "<n2>").replace("<unit>", "<unit2>")
_UNITS = {"k": 1_000, "m": 1_000_000, "千": 1_000, "천": 1_000, "万": 10_000, "만": 10_000}
_SIGNS = r"(?:👍|⬆|🔺|▲|⭐|★|❤|🔼|🌟|💖)[\ufe0e\ufe0f🏻-🏿]?"
_WORD = r"(?:up ?votes?|votes?|likes?|stars?|thumbs ?up|赞|點贊|点赞|票|추천|좋아요|표|いいね)"
# A rating has a scale ("4/5"), a decimal ("8.5") or comes as a row of stars.
_NO_RATING = r"(?!\s?/\s?\d|\d|[.,]\d|%|\s?(?:分|点|점)(?![赞]))"
_VALUE = re.compile(
    rf"[\s*_`+~≈]*(?:{_SIGNS}\s?)?[+~≈]?\s?{_NUMBER}{_NO_RATING}\s*(?:{_SIGNS}|{_WORD})?[\s*_`.]*\Z", re.I
)
_MARKED = re.compile(
    rf"(?<!⭐)(?<!★)(?:{_SIGNS})\s{{0,2}}[:：x×]?\s{{0,2}}[*_`]{{0,3}}{_NUMBER}{_NO_RATING}"
    rf"|(?<![\w.,/]){_NUMBER_2}\s?(?:{_SIGNS}(?!\s?\d)|{_WORD}(?!\w))",
    re.I,
)
_LIST_NUMBER = re.compile(r"\A\s*\d{1,3}[.)]\s")
_ANOTHER_WORD = re.compile(rf"\A[\s*_]*{_WORD}(?!\w)", re.I)  # behind a count that a sign marks
_UNKNOWN = re.compile(r"[\s*_]*(?:[-–—?]|n/?a|none|null|unknown|未知|없음)?[\s*_]*\Z", re.I)

LONGEST_VOTES = 80  # characters; a longer line is no vote count


@dataclass(frozen=True, slots=True)
class Votes:
    """A count, and where it stands in the text; None for "not known"."""

    count: int | None
    start: int
    end: int


def votes_of(value: str) -> Votes | None:
    """The count that a field's whole value is; None when the value is something else."""
    if len(value) > LONGEST_VOTES:
        return None
    if _UNKNOWN.match(value):
        return Votes(None, 0, len(value))
    found = _VALUE.match(value)
    return Votes(_count(found["n"], found["unit"]), 0, len(value)) if found else None


def marked_votes(text: str) -> Votes | None:
    """The first count in a text that a sign or a word marks as votes ("👍 64", "217 upvotes")."""
    for found in _MARKED.finditer(text):
        digits, unit = (found["n"], found["unit"]) if found["n"] else (found["n2"], found["unit2"])
        if _in_a_row(text, found):
            continue
        return Votes(_count(digits, unit), found.start(), found.end())
    return None


def votes_alone(text: str) -> Votes | None:
    """The marked count of a line that says nothing else: "- 👍 12", "▲ 12 upvotes", "2. 👍 12 votes"."""
    found = marked_votes(text)
    if found is None:
        return None
    before = _LIST_NUMBER.sub("", text[: found.start], count=1)
    behind = _ANOTHER_WORD.sub("", text[found.end :], count=1)
    return None if any(map(str.isalnum, before + behind)) else found


def _in_a_row(text: str, found: re.Match[str]) -> bool:
    """Whether the sign is one of several, a rating in stars."""
    around = text[max(0, found.start() - 2) : found.end() + 2]
    return sum(around.count(sign) for sign in "⭐★") > 1 or "☆" in around


def _count(digits: str, unit: str | None) -> int:
    plain = digits.replace("，", ",")
    if unit and unit.strip():
        return (
            round(float(plain.replace(",", ".")) * _UNITS[unit.strip().casefold()])
            if plain.count(",") < 2
            else 0
        )
    return int(plain.replace(",", "").partition(".")[0])
