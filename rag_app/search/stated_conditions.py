"""Conditions that a question states on votes, titles and what is public, as fields of `Filters`.

Knows: which field a wording sets, and where it stands. Does not know: a language's words, days or authors.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from rag_app.collection import releases
from rag_app.lang.language import Parts, VoteConditions
from rag_app.lang.wording import Wording, matched_group, wording
from rag_app.search import record_patterns


def _votes(parts_of: Callable[[VoteConditions], Parts]) -> Wording:
    return wording(lambda one: parts_of(one.votes))


EITHER = wording(lambda one: one.releases.either)
IN_TITLE = wording(lambda one: one.questions.in_title)
RELEASED = wording(lambda one: one.releases.asked)
# (pattern, which conditions its numbers are, what is added to a number); each is looked for once,
# in this order, in what the ones before it left.
VOTES = (
    (_votes(lambda v: v.between), "between", 0),
    (_votes(lambda v: v.from_to_below), "below", 0),
    (_votes(lambda v: v.at_least), "min", 0),
    (_votes(lambda v: v.more_than), "min", 1),
    (_votes(lambda v: v.at_most), "max", 0),
    (_votes(lambda v: v.fewer_than), "max", -1),
    (_votes(lambda v: v.exactly), "both", 0),
    (_votes(lambda v: v.none), "none", 0),
    (_votes(lambda v: v.unknown), "unknown", 0),
)


def in_title(text: str) -> tuple[tuple[str, ...], list[tuple[int, int]]]:
    """Words that titles have to hold, and where the text says so."""
    found = list(IN_TITLE.finditer(text))
    said = [matched_group(match) for match in found]
    words = tuple(word.strip() for both in said for word in re.split(r"\s+and\s+|\s*,\s*", both))
    return words, [match.span() for match in found]


def released(text: str) -> tuple[tuple[str, ...], list[tuple[int, int]]]:
    """What the text asks to be public, as `Filters.released` has it, and where it says so."""
    found = list(RELEASED.finditer(text))
    asked = dict.fromkeys(one for match in found for one in _asked_to_be_public(match[0]))
    return tuple(asked), [match.span() for match in found]


def _asked_to_be_public(text: str) -> tuple[str, ...]:
    """Each thing that is named, or any where it is one or the other, or none is named ("open source")."""
    kinds = releases.named(text)
    return kinds if kinds and not EITHER.search(text) else ("|".join(kinds or releases.KINDS),)


def _count(typed: str) -> int:
    """A number in digits or in a word."""
    digits = typed.replace(",", "")
    return int(digits) if digits.isdigit() else record_patterns.COUNTS[typed.casefold()]


def votes(text: str) -> tuple[dict[str, Any], list[tuple[int, int]]]:
    """Conditions on votes as `Filters` fields, and where the text states them."""
    fields: dict[str, Any] = {}
    spans = []
    for pattern, kind, step in VOTES:
        match = pattern.search(text)
        if not match:
            continue
        low, *_, high = [_count(n) + step for n in match.groups() if n] * 2 or [0, 0]
        conditions: dict[str, dict[str, Any]] = {
            "between": {"min_votes": low, "max_votes": high},
            "below": {"min_votes": low, "max_votes": high - 1},
            "min": {"min_votes": low},
            "max": {"max_votes": high},
            "both": {"min_votes": low, "max_votes": high},
            "none": {"min_votes": 0, "max_votes": 0},
            "unknown": {"votes_known": False},
        }
        fields |= conditions[kind]
        text = text[: match.start()] + " " * len(match[0]) + text[match.end() :]
        spans.append(match.span())
    return fields, spans
