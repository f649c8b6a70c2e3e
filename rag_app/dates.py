"""Dates in a question, English or Korean -> the days a paper must have appeared on.

Knows: how people write days, months, years, ranges and relative dates in both languages, and that relative dates
count from the newest digest, because "today" in an archive is its last day.
Does not know: the rest of the question. `understanding` calls `find` and removes the spans it reports.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = {
    name: number
    for number in range(1, 13)
    for name in {calendar.month_name[number].casefold(), calendar.month_abbr[number].casefold()}
} | {"sept": 9}
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_YEAR = r"(?:19|20)\d\d"

# Order matters: the longest reading of a place wins. Groups: y, m, d (numbers), mon (an English month).
PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<![\d.])(?P<y>{_YEAR})\s?[-/.]\s?(?P<m>\d{{1,2}})\s?[-/.]\s?(?P<d>\d{{1,2}})(?![\d])",
        rf"(?P<y>{_YEAR})년\s*(?P<m>\d{{1,2}})월\s*(?P<d>\d{{1,2}})일",
        rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<mon>{_MONTH})\b\.?,?\s+(?P<y>{_YEAR})",
        rf"\b(?P<mon>{_MONTH})\b\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>{_YEAR})",
        rf"(?P<y>{_YEAR})년\s*(?P<m>\d{{1,2}})월",
        rf"\b(?P<mon>{_MONTH})\b\.?,?\s+(?:of\s+)?(?P<y>{_YEAR})\b",
        rf"(?<![\d.-])(?P<y>{_YEAR})-(?P<m>\d{{1,2}})(?![\d-])",
        r"(?P<m>\d{1,2})월\s*(?P<d>\d{1,2})일",
        rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<mon>{_MONTH})\b",
        rf"\b(?P<mon>{_MONTH})\b\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*(?:papers|votes|models))",
        rf"\b(?P<mon>{_MONTH})\b(?=\s+(?:to|through|and|until|[-–])\s+(?:{_MONTH})\b)",
        r"(?<![\d가-힣])(?P<d>\d{1,2})일(?=\s*(?:까지|부터|자|에|논문|의|과|와|,|~|-|–))",
        rf"(?<![A-Za-z가-힣] )(?<![A-Za-z])(?P<y>{_YEAR})년(?!대)",
        r"(?<!\d)(?P<m>\d{1,2})월(?=\s*(?:까지|부터|에|논문|의|과|와|중|달|한|,|~|-|–))",
        rf"(?<=\b(?:in|of) )(?P<mon>{_MONTH})\b",
        rf"(?:(?<=\bin )|(?<=\bof )|(?<=\bsince )|(?<=\bduring )|(?<=\bfrom )|(?<=\bbefore )|(?<=\bafter )|(?<=\buntil )"
        rf"|(?<=\band )|(?<=\bto )|(?<=\bthrough ))(?P<y>{_YEAR})(?=\s*(?:$|[?.,!;]|and\b|to\b|through\b|papers?\b|about\b|on\b))",
    )
)

RANGE_BETWEEN = re.compile(r"\s*(?:에서|부터|to|through|till|until|[-~–—])\s*", re.IGNORECASE)
LIST_BETWEEN = re.compile(r"\s*(?:자)?\s*(?:and|or|와|과|및|또는|이나|,|그리고|하고|,\s*and)\s*", re.IGNORECASE)
BETWEEN_BEFORE = re.compile(r"\bbetween\s+(?:the\s+)?$", re.IGNORECASE)
SINCE_BEFORE = re.compile(r"\b(since|from|starting(?: on| in)?|as of)\s+(?:the\s+)?$", re.IGNORECASE)
AFTER_BEFORE = re.compile(r"\b(after|later than)\s+(?:the\s+)?$", re.IGNORECASE)
UNTIL_BEFORE = re.compile(r"\b(until|till|through|up to|by|no later than)\s+(?:the\s+)?$", re.IGNORECASE)
BEFORE_BEFORE = re.compile(r"\b(before|earlier than|prior to)\s+(?:the\s+)?$", re.IGNORECASE)
SINCE_AFTER = re.compile(r"\s*(?:이후|부터|이래|onwards?|or later)", re.IGNORECASE)
UNTIL_AFTER = re.compile(r"\s*(?:까지|or earlier)", re.IGNORECASE)
BEFORE_AFTER = re.compile(r"\s*(?:이전|전에)")
LEAD = re.compile(
    r"(?:\b(?:on|in|of|from|for|during|dated|between|since|after|before|until|till|through|by|up to|as of)\s+)?(?:the\s+)?$",
    re.IGNORECASE,
)
TAIL = re.compile(
    r"\s*(?:일자|자|동안|사이|이후|이전|부터|까지|에서|에는|에|의|날|onwards?|or later|or earlier)?", re.IGNORECASE
)

RELATIVE = (
    (re.compile(r"\b(?:today|latest day|newest (?:day|digest)|latest digest)(?:'s)?\b|오늘|최신\s?(?:일자|다이제스트)", re.I), "day", 0),
    (re.compile(r"\byesterday(?:'s)?\b|어제", re.I), "day", 1),
    (re.compile(r"\bthis week(?:'s)?\b|이번\s?주", re.I), "week", 0),
    (re.compile(r"\blast week(?:'s)?\b|지난\s?주", re.I), "week", 1),
    (re.compile(r"\bthis month(?:'s)?\b|이번\s?달", re.I), "month", 0),
    (re.compile(r"\blast month(?:'s)?\b|지난\s?달", re.I), "month", 1),
    (re.compile(r"\bthis year(?:'s)?\b|올해", re.I), "year", 0),
    (re.compile(r"\blast year(?:'s)?\b|작년|지난\s?해", re.I), "year", 1),
)  # fmt: skip
RECENT = re.compile(
    r"(?:\b(?:last|past|previous)\s+(?P<n>\d+|one|two|three|four|five|six|seven|few)\s+(?P<unit>day|week|month|year)s?\b)"
    r"|(?:(?:최근|지난)\s?(?P<nk>\d+|일|한|두|세)\s?(?P<unitk>일|주일?|개월|달|년))",
    re.IGNORECASE,
)
NUMBER_WORDS = {"one": 1, "two": 2, "three": 3, "few": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
NUMBER_WORDS |= {"일": 1, "한": 1, "두": 2, "세": 3}
UNIT_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365, "일": 1, "주": 7, "주일": 7, "개월": 30, "달": 30, "년": 365}


@dataclass(frozen=True, slots=True)
class Dates:
    """What a question says about days; `spans` are the places in the question that said it."""

    days: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    spans: tuple[tuple[int, int], ...] = ()
    impossible: str = ""  # the wording of a date that is on no calendar, or of a range that ends before it starts
    relative: str = ""  # the wording that was counted from the newest digest


@dataclass(frozen=True, slots=True)
class _Mention:
    start: int
    end: int
    first: date
    last: date


class _Impossible(ValueError):
    pass


def find(text: str, newest: str) -> Dates:
    """Dates in `text`; `newest` (ISO day of the newest digest) completes dates without a year and relative ones."""
    anchor = date.fromisoformat(newest) if newest else date.today()
    relative = _relative(text, anchor)
    if relative:
        return relative
    matches = _matches(text)
    years = [int(match["y"]) for match in matches if match.groupdict().get("y")]
    if years:  # "between May 1 and May 3, 2024": a year stands for the dates without one
        anchor = date(years[0], 12, 31)
    mentions: list[_Mention] = []
    for match in matches:
        try:
            mentions.append(_mention(match, mentions[-1].first if mentions else None, anchor))
        except _Impossible:
            return Dates(impossible=match[0].strip(), spans=(match.span(),))
    return _combine(text, mentions) if mentions else Dates()


def _matches(text: str) -> list[re.Match[str]]:
    """Non-overlapping date expressions in order of place; earlier patterns win."""
    taken: list[re.Match[str]] = []
    for pattern in PATTERNS:
        for match in pattern.finditer(text):
            if all(match.end() <= t.start() or match.start() >= t.end() for t in taken):
                taken.append(match)
    return sorted(taken, key=lambda match: match.start())


def _mention(match: re.Match[str], before: date | None, anchor: date) -> _Mention:
    """The first and last day a match means; what it leaves out comes from the mention before, or the anchor."""
    part = match.groupdict()
    year = int(part["y"]) if part.get("y") else None
    name = part.get("mon")
    month = MONTHS[name.casefold()] if name else (int(part["m"]) if part.get("m") else None)
    day = int(part["d"]) if part.get("d") else None
    if month is not None and not 1 <= month <= 12:
        raise _Impossible
    if year is None:
        if month is None:
            month = (before or anchor).month
            year = (before or anchor).year
        else:
            year = before.year if before else anchor.year - ((month, day or 1) > (anchor.month, anchor.day))
    first, last = month or 1, month or 12
    try:
        if day is not None:
            exact = date(year, first, day)
            return _Mention(*match.span(), exact, exact)
        return _Mention(*match.span(), date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]))
    except ValueError:
        raise _Impossible from None


def _combine(text: str, mentions: list[_Mention]) -> Dates:
    """Mentions and the words around them -> one condition."""
    first, last = mentions[0], mentions[-1]
    before, after = text[: first.start], text[last.end :]
    spans = _spans(text, mentions)
    if len(mentions) >= 2:
        between = text[mentions[0].end : mentions[1].start]
        if RANGE_BETWEEN.fullmatch(between) or (LIST_BETWEEN.fullmatch(between) and BETWEEN_BEFORE.search(before)):
            return _range(text, first.first, mentions[1].last, spans, (first.start, mentions[1].end))
        days = {day.isoformat() for m in mentions for day in _each(m)}
        return Dates(days=tuple(sorted(days)), spans=spans)
    if AFTER_BEFORE.search(before):
        return Dates(since=(first.last + timedelta(1)).isoformat(), spans=spans)
    if BEFORE_BEFORE.search(before) or BEFORE_AFTER.match(after):
        return Dates(until=(first.first - timedelta(1)).isoformat(), spans=spans)
    if SINCE_AFTER.match(after) or (SINCE_BEFORE.search(before) and not before.rstrip().casefold().endswith("from")):
        return Dates(since=first.first.isoformat(), spans=spans)
    if UNTIL_BEFORE.search(before) or UNTIL_AFTER.match(after):
        return Dates(until=first.last.isoformat(), spans=spans)
    if first.first == first.last:
        return Dates(days=(first.first.isoformat(),), spans=spans)
    return Dates(since=first.first.isoformat(), until=first.last.isoformat(), spans=spans)


def _range(text: str, first: date, last: date, spans: tuple[tuple[int, int], ...], place: tuple[int, int]) -> Dates:
    if last < first:
        return Dates(impossible=text[slice(*place)], spans=spans)
    return Dates(since=first.isoformat(), until=last.isoformat(), spans=spans)


def _each(mention: _Mention) -> Iterator[date]:
    for offset in range((mention.last - mention.first).days + 1):
        yield mention.first + timedelta(offset)


def _spans(text: str, mentions: list[_Mention]) -> tuple[tuple[int, int], ...]:
    """The mentions with the prepositions and particles that belong to them."""
    spans = []
    for mention in mentions:
        lead, tail = LEAD.search(text[: mention.start]), TAIL.match(text, mention.end)
        spans.append((lead.start() if lead else mention.start, tail.end() if tail else mention.end))
    return tuple(spans)


def _relative(text: str, anchor: date) -> Dates | None:
    """"yesterday", "지난주", "last 3 days": counted from the newest digest."""
    recent = RECENT.search(text)
    if recent:
        count = recent["n"] or recent["nk"]
        unit = (recent["unit"] or recent["unitk"]).casefold()
        days = (NUMBER_WORDS.get(count.casefold()) or int(count)) * UNIT_DAYS[unit]
        since = anchor - timedelta(min(days, 36500) - 1)
        return Dates(since=since.isoformat(), until=anchor.isoformat(), spans=(recent.span(),), relative=recent[0])
    for pattern, unit, ago in RELATIVE:
        match = pattern.search(text)
        if match:
            first, last = _period(unit, ago, anchor)
            return Dates(since=first.isoformat(), until=last.isoformat(), spans=(match.span(),), relative=match[0])
    return None


def _period(unit: str, ago: int, anchor: date) -> tuple[date, date]:
    """First and last day of the day, week, month or year that lies `ago` of them before the anchor's own."""
    if unit == "day":
        day = anchor - timedelta(ago)
        return day, day
    if unit == "week":
        monday = anchor - timedelta(anchor.weekday() + 7 * ago)
        return monday, monday + timedelta(6)
    if unit == "month":
        first = anchor.replace(day=1)
        for _ in range(ago):
            first = (first - timedelta(1)).replace(day=1)
        return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])
    year = anchor.year - ago
    return date(year, 1, 1), date(year, 12, 31)
