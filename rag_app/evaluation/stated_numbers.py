"""Numbers that an answer states, and whether its sources state them too.

Knows: digits, units, and the readings of one number as value, share and percent.
Does not know: answers, digests.

Numbers are read here by a rule of their own, not by the one that answers are checked with: a scorer
that reads like the checked code would not see its mistakes. Digits in names count as well.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from rag_app.text.numbers import SCALE

UNITS = sorted((unit for unit in SCALE if len(unit) > 1 or not unit.isascii()), key=len, reverse=True)
DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
STATED = re.compile(
    rf"(?<![A-Za-z0-9.])(?P<digits>{DIGITS})\s?(?P<unit>%|percent|퍼센트|{'|'.join(UNITS)}|[kKMBT](?![A-Za-z]))?"
)
SAME = 1e-6  # two values that differ by less are one


@dataclass(frozen=True, slots=True)
class Stated:
    """A number as written, and with its unit resolved."""

    written: float
    resolved: float

    @property
    def readings(self) -> tuple[float, float]:
        return self.written, self.resolved


def stated(text: str) -> set[Stated]:
    """The numbers of a text that can be checked: with two digits or more, or with a unit."""
    found = set()
    for match in STATED.finditer(unicodedata.normalize("NFKC", text)):
        digits, unit = match["digits"].replace(",", ""), (match["unit"] or "").casefold()
        if unit or len(digits.replace(".", "")) >= 2:
            found.add(Stated(float(digits), round(float(digits) * SCALE.get(unit, 1.0), 6)))
    return found


def unsupported(claims: Iterable[Stated], sources: str, counts: Iterable[float]) -> tuple[float, ...]:
    """The claims that neither the sources state nor a count is; .9 supports 90, and 90 supports .9."""
    allowed = {reading for number in stated(sources) for reading in number.readings} | set(counts)
    allowed |= {reading for value in allowed for reading in (value / 100, value * 100)}
    return tuple(sorted(claim.written for claim in claims if not _any_of(claim, allowed)))


def _any_of(claim: Stated, allowed: set[float]) -> bool:
    return any(abs(reading - value) < SAME for reading in claim.readings for value in allowed)
