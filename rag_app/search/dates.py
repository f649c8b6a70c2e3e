"""Dates in a question, English or Korean -> the days a paper must have appeared on.

Knows: how people write days, months, years, ranges and relative dates in both languages, and that
relative dates count from the newest digest, because "today" in an archive is its last day.
Does not know: the rest of the question.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

MONTHS = {
    name: number
    for number in range(1, 13)
    for name in {calendar.month_name[number].casefold(), calendar.month_abbr[number].casefold()}
} | {"sept": 9}
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
# Without a number beside it, "may" and "march" are months only with a capital.
_NAMED = (
    "(?:(?-i:May|March|Mar)|"
    + "|".join(m for m in _MONTH.split("|") if m not in {"may", "march", "mar"})
    + ")"
)
_YEAR = r"(?:19|20)\d\d"
_TH = r"(?:st|nd|rd|th)?"
_LEAD_MONTH = (
    r"\b(?:in|of|from|since|during|before|after|until|through|for|last|this|between|early|late|to|and|or)\s+"
)

# Order matters: the longest reading of a place wins. Groups: y, m, d (numbers), mon (an English
# month), q and h (quarter and half of a year), ry (a year counted from the newest digest's). Some
# stand in a lookahead.
PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<![\d.])(?P<y>{_YEAR})\s?[-/.]\s?(?P<m>\d{{1,2}})\s?[-/.]\s?(?P<d>\d{{1,2}})(?![\d])",
        r"(?<![\d.])(?P<y>20\d\d)(?P<m>0\d|1[0-2])(?P<d>[0-3]\d)(?![\d.])",
        rf"(?<![\d/])(?P<m>\d{{1,2}})/(?P<d>\d{{1,2}})/(?P<y>{_YEAR})(?!\d)",
        rf"(?<![\d.-])(?P<d>\d{{1,2}})[-.](?P<m>\d{{1,2}})[-.](?P<y>{_YEAR})(?!\d)",
        rf"(?<!\d)(?P<y>{_YEAR}|\d\d)년\s*(?P<m>\d{{1,2}})월\s*(?P<d>\d{{1,2}})일?",
        r"(?P<ry>재작년|작년|지난\s?해|올해)\s*(?P<m>\d{1,2})월(?:\s*(?P<d>\d{1,2})일)?",
        rf"(?P<d>\d{{1,2}}){_TH}\s+(?:of\s+)?(?P<mon>{_MONTH})\b\.?,?\s+(?P<y>{_YEAR})",
        rf"\b(?P<mon>{_MONTH})\b\.?\s+(?P<d>\d{{1,2}}){_TH},?\s+(?P<y>{_YEAR})",
        rf"(?<!\d)(?P<d>\d{{1,2}}){_TH}(?=\s?(?:-|–|to|and|through)\s?\d{{1,2}}{_TH}\s+(?:of\s+)?(?P<mon>{_NAMED})\b"
        rf"(?:,?\s+(?P<y>{_YEAR}))?)",
        rf"(?P<y>{_YEAR})년\s*(?P<q>[1-4])\s?분기",
        rf"\b(?P<q>Q[1-4]),?\s+(?:of\s+)?(?P<y>{_YEAR})\b",
        rf"(?P<y>{_YEAR})년\s*(?P<h>[상하])반기",
        rf"\b(?P<h>first|second) half of (?P<y>{_YEAR})\b",
        rf"(?<!\d)(?P<y>{_YEAR}|\d\d)년\s*(?P<m>\d{{1,2}})월",
        rf"\b(?P<mon>{_MONTH})\b\.?,?\s+(?:of\s+)?(?P<y>{_YEAR})\b",
        rf"(?<![\d.-])(?P<y>{_YEAR})-(?P<m>\d{{1,2}})(?![\d-])",
        r"(?<!\d)(?P<m>\d{1,2})월\s*(?P<d>\d{1,2})일",
        r"(?<!\d)(?P<m>\d{1,2})월\s*(?P<d>\d{1,2})(?=\s?[~–-]\s?\d{1,2}일)",
        rf"(?P<d>\d{{1,2}}){_TH}\s+(?:of\s+)?(?P<mon>{_NAMED})\b",
        rf"\b(?P<mon>{_MONTH})\b\.?\s+(?P<d>\d{{1,2}}){_TH}\b(?!\s*(?:votes|models))",
        rf"(?<=\d[-–])(?P<d>\d{{1,2}}){_TH},?\s+(?P<y>{_YEAR})\b",
        r"(?<![\d/.])(?P<m>0?[1-9]|1[0-2])/(?P<d>0?[1-9]|[12]\d|3[01])(?=\s?(?:일자|논문|에|부터|까지|의|~))",
        r"(?<![\d가-힣.])(?P<d>\d{1,2})일(?=\s*(?:까지|부터|자(?![가-힣])|에 (?:나온|올라|발표|게재|공개)"
        r"|(?:의 )?논문|[과와] \d|, ?\d|[~–-] ?\d))",
        r"\bon the (?P<d>\d{1,2})(?:st|nd|rd|th)\b(?! \w)",
        rf"(?<!(?-i:[A-Z]{{2}}) )(?<![A-Za-z])(?P<y>{_YEAR})년(?!대)",
        r"(?<!\d)(?P<m>\d{1,2})월(?!드|요일)",
        rf"\b(?P<mon>{_NAMED})\b(?=\s+(?:to|through|and|or|until|[-–])\s+{_NAMED}\b|(?:'s)?\s+(?:papers|digests?)\b)",
        rf"{_LEAD_MONTH}(?P<mon>{_NAMED})\b(?! (?-i:[A-Z]))",
        r"\b(?:in|of|since|during|from|before|after|until|and|to|through|between|or)\s+(?:early |late )?"
        r"(?P<y>19\d\d|20[0-3]\d)(?=\s*(?:$|[?.,!;]|(?:and|or|to|until|through|papers?|about|on|with|by|that|which"
        r"|were|was"
        r"|have|had|got|did|are|using)\b))",
    )
)

RANGE_BETWEEN = re.compile(
    r"\s*(?:에서|부터|to|through|till|until|up to|[-~–—])\s*(?:the\s+)?", re.IGNORECASE
)
LIST_BETWEEN = re.compile(
    r"\s*(?:자)?\s*(?:and|or|와|과|및|또는|이나|,|그리고|하고|,\s*and)\s*", re.IGNORECASE
)
_THE = r"\s+(?:the\s+)?(?:(?:end|start|beginning) of\s+)?(?:the\s+)?$"
BETWEEN_BEFORE = re.compile(r"\bbetween" + _THE, re.IGNORECASE)
SINCE_BEFORE = re.compile(r"\b(since|starting(?: on| in| from)?|as of)" + _THE, re.IGNORECASE)
AFTER_BEFORE = re.compile(r"\b(after|later than)" + _THE, re.IGNORECASE)
UNTIL_BEFORE = re.compile(r"\b(until|till|through|up to|by|no later than)" + _THE, re.IGNORECASE)
BEFORE_BEFORE = re.compile(r"\b(before|earlier than|prior to)" + _THE, re.IGNORECASE)
SINCE_AFTER = re.compile(r"\s*(?:이후|부터|이래|onwards?|or later|and later)", re.IGNORECASE)
UNTIL_AFTER = re.compile(r"\s*(?:까지|or earlier|and earlier)", re.IGNORECASE)
BEFORE_AFTER = re.compile(r"\s*(?:이전|전에|전(?=\s))")
LEAD = re.compile(
    r"(?:\b(?:on|in|of|from|for|during|dated|between|since|after|before|until|till|through|by|up to|as of|last|this"
    r"|or|and)\s+)?(?:the\s+)?(?:(?:end|start|beginning) of\s+)?(?:the\s+)?$|지난\s?$",
    re.IGNORECASE,
)
TAIL = re.compile(
    r"\s*(?:'s\b|일자|자(?![가-힣])|동안|사이|이후|이전|전에?(?=\s)|부터|까지|에서|에는|에|의|날|또는|이나"
    r"|[과와](?=\s)|[은는이가](?![가-힣])"
    r"|onwards?|or later|or earlier)*",
    re.IGNORECASE,
)

RELATIVE = (
    (re.compile(r"\b(?:today|(?:latest|newest|most recent) (?:day|digest))(?:'s)?\b|오늘"
                r"|(?:최신|(?:가장 )?최근)\s?(?:일자|다이제스트)"
                r"|^\s*(?:가장 )?최신(?=\s?논문)"
                r"|\b(?:latest|newest|most recent)(?= (?:\w+ )?papers?\s*[?.!]*$)", re.I), "day", 0),
    (re.compile(r"\byesterday(?:'s)?\b|어제", re.I), "day", 1),
    (re.compile(r"\bthis week(?:'s)?\b|이번\s?주", re.I), "week", 0),
    (re.compile(r"\blast week(?:'s)?\b|지난\s?주", re.I), "week", 1),
    (re.compile(r"\bthis month(?:'s)?\b|이번\s?달", re.I), "month", 0),
    (re.compile(r"\blast month(?:'s)?\b|지난\s?달", re.I), "month", 1),
    (re.compile(r"\bthis year(?:'s)?\b|올해", re.I), "year", 0),
    (re.compile(r"\blast year(?:'s)?\b|(?<!재)작년|지난\s?해", re.I), "year", 1),
    (re.compile(r"재작년"), "year", 2),
)  # fmt: skip
RECENT = re.compile(
    r"(?:\b(?:last|past|previous)\s+(?P<n>\d+|one|two|three|four|five|six|seven|few)\s+(?P<unit>day|week|month"
    r"|year)s?\b)"
    r"|(?:(?:최근|지난)\s?(?P<nk>\d+|일|한|두|세)\s?(?P<unitk>일|주일?|개월|달|년))",
    re.IGNORECASE,
)
COUNTED = (RECENT, *(pattern for pattern, _, _ in RELATIVE))
NUMBER_WORDS = {"one": 1, "two": 2, "three": 3, "few": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
NUMBER_WORDS |= {"일": 1, "한": 1, "두": 2, "세": 3}
UNIT_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
UNIT_DAYS |= {"일": 1, "주": 7, "주일": 7, "개월": 30, "달": 30, "년": 365}
YEARS_AGO = {"올해": 0, "작년": 1, "지난해": 1, "재작년": 2}


@dataclass(frozen=True, slots=True)
class Dates:
    """What a question says about days; `spans` are the places in the question that said it."""

    days: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    spans: tuple[tuple[int, int], ...] = ()
    # The wording of a date that is on no calendar, or of a range that ends before it starts.
    impossible: str = ""
    relative: str = ""  # the wording that was counted from the newest digest


@dataclass(frozen=True, slots=True)
class _Mention:
    start: int
    end: int
    first: date
    last: date


class _ImpossibleError(ValueError):
    pass


def find(text: str, newest: str) -> Dates:
    """Dates in `text`; `newest` (ISO day of the newest digest) completes dates without a year and
    relative ones.
    """
    anchor = date.fromisoformat(newest) if newest else date.today()
    matches = _matches(text)
    years = [_year(match["y"]) for match in matches if match.groupdict().get("y")]
    # "between May 1 and May 3, 2024": a year stands for the dates without one.
    completing = date(years[0], 12, 31) if years and years[0] else anchor
    mentions: list[_Mention] = []
    for match in matches:
        try:
            counted = _counted(match, anchor)
            mentions.append(
                counted or _mention(match, mentions[-1].first if mentions else None, completing, anchor)
            )
        except (_ImpossibleError, ValueError, OverflowError):
            return Dates(impossible=match[0].strip(), spans=(match.span(),))
    if not mentions:
        return Dates()
    relative = any(match.re in COUNTED for match in matches)
    return replace(
        _combine(text, mentions), relative=text[mentions[0].start : mentions[-1].end] if relative else ""
    )


def _matches(text: str) -> list[re.Match[str]]:
    """Non-overlapping date expressions in order of place; earlier patterns win."""
    taken: list[re.Match[str]] = []
    for pattern in (*PATTERNS, *COUNTED):
        for match in pattern.finditer(text):
            if all(match.end() <= t.start() or match.start() >= t.end() for t in taken):
                taken.append(match)
    return sorted(taken, key=lambda match: match.start())


def _year(digits: str) -> int:
    """The year of two or four digits."""
    return int(digits) + (2000 if len(digits) == 2 else 0)


def _mention(match: re.Match[str], before: date | None, completing: date, newest: date) -> _Mention:
    """The first and last day a match means; what it leaves out comes from the mention before, or
    from `completing`.
    """
    part = {name: value for name, value in match.groupdict().items() if value}
    day = int(part["d"]) if "d" in part else None
    first, last = _months(part)
    if "ry" in part:
        year = newest.year - YEARS_AGO[re.sub(r"\s", "", part["ry"])]
    elif "y" in part:
        year = _year(part["y"])
    elif before:  # "from December to February" goes on into the next year, if that has been
        month = first or before.month
        passed = (month, day or 31) < (before.month, before.day)
        year = before.year + (passed and (before.year + 1, month) <= (newest.year, newest.month))
    else:
        # The last time that this day of the year, or of the month, has been.
        year = completing.year - (
            first is not None and (first, day or 1) > (completing.month, completing.day)
        )
    if day is not None and first is None:
        known = before or (completing if day <= completing.day else completing.replace(day=1) - timedelta(1))
        first = last = known.month
        year = _year(part["y"]) if "y" in part else known.year
    # Prepositions that a pattern needs around a date are no part of it.
    start = min(match.start(name) for name in part if match.start(name) < match.end())
    if day is not None and first is not None:
        exact = date(year, first, day)
        return _Mention(start, match.end(), exact, exact)
    first, last = first or 1, last or 12
    return _Mention(
        start, match.end(), date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])
    )


def _months(part: Mapping[str, str]) -> tuple[int | None, int | None]:
    """First and last month that the parts of a date name; None where they name none."""
    if "q" in part:
        last = 3 * int(part["q"][-1])
        return last - 2, last
    if "h" in part:
        return (1, 6) if part["h"].casefold() in {"상", "first"} else (7, 12)
    month = MONTHS[part["mon"].casefold()] if "mon" in part else int(part["m"]) if "m" in part else None
    if month is not None and not 1 <= month <= 12:
        raise _ImpossibleError
    return month, month


def _combine(text: str, mentions: list[_Mention]) -> Dates:
    """Mentions and the words around them -> one condition."""
    first, second = mentions[0], mentions[1] if len(mentions) > 1 else None
    spans = _spans(text, mentions)
    since, until = _bounds(text, first)
    if second is None:
        if since == until:
            return Dates(days=(_iso(since),), spans=spans)
        return Dates(since=_iso(since), until=_iso(until), spans=spans)
    between, before = text[first.end : second.start], text[: first.start]
    if RANGE_BETWEEN.fullmatch(between) or (
        LIST_BETWEEN.fullmatch(between) and BETWEEN_BEFORE.search(before)
    ):
        return _range(text, first.first, second.last, spans, (first.start, second.end))
    end = _bounds(text, second)[1]
    # "after May 1 and before May 9"
    if since and end and not until and _bounds(text, second)[0] is None:
        return _range(text, since, end, spans, (first.start, second.end))
    days = sorted({day for mention in mentions for day in _each(mention)})
    if len(mentions) > 1 and len(days) == (days[-1] - days[0]).days + 1 > len(mentions):
        return Dates(since=days[0].isoformat(), until=days[-1].isoformat(), spans=spans)
    return Dates(days=tuple(day.isoformat() for day in days), spans=spans)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _bounds(text: str, mention: _Mention) -> tuple[date | None, date | None]:
    """First and last day that a mention allows with the words around it; None is no bound."""
    before, after = text[: mention.start], text[mention.end :]
    if AFTER_BEFORE.search(before):
        return mention.last + timedelta(1), None
    if BEFORE_BEFORE.search(before) or BEFORE_AFTER.match(after):
        return None, mention.first - timedelta(1)
    if SINCE_AFTER.match(after) or SINCE_BEFORE.search(before):
        return mention.first, None
    if UNTIL_BEFORE.search(before) or UNTIL_AFTER.match(after):
        return None, mention.last
    return mention.first, mention.last


def _range(
    text: str, first: date, last: date, spans: tuple[tuple[int, int], ...], place: tuple[int, int]
) -> Dates:
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


def _counted(match: re.Match[str], newest: date) -> _Mention | None:
    """What "yesterday", "지난주" or "last 3 days" means, counted from the newest digest; None for
    other dates.
    """
    if match.re is RECENT:
        count = match["n"] or match["nk"]
        unit = (match["unit"] or match["unitk"]).casefold()
        days = (NUMBER_WORDS.get(count.casefold()) or int(count)) * UNIT_DAYS[unit]
        if not days:
            raise _ImpossibleError
        return _Mention(*match.span(), newest - timedelta(days - 1), newest)
    for pattern, unit, ago in RELATIVE:
        if match.re is pattern:
            return _Mention(*match.span(), *_period(unit, ago, newest))
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
