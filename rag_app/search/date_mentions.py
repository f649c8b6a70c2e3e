"""Dates as a question writes them, one by one -> the days that each means.

Knows: what days, months, years and relative dates are called, how they are written in numbers alone,
the parts of a month or a year, that a date without its year or month takes it from the one before,
and that relative dates count from the newest digest, because "today" in an archive is its last day.
Does not know: what several dates mean together, or whether one is left out (`search.dates`).
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from rag_app.lang import LANGUAGES, alternatives
from rag_app.lang.language import YEAR, DateWords, Parts

_WORDS = tuple(one.dates for one in LANGUAGES.values())


def _written(parts_of: Callable[[DateWords], Parts]) -> tuple[str, ...]:
    """The patterns of every language, those of the first at last: its dates are told by little more
    than bare numbers, those of others by their own characters.
    """
    return tuple(pattern for words in reversed(_WORDS) for pattern in parts_of(words))


def any_of(parts_of: Callable[[DateWords], Parts]) -> str:
    return alternatives(lambda one: parts_of(one.dates))


def _joined(parts_of: Callable[[DateWords], Mapping[str, int]]) -> dict[str, int]:
    return {name: value for words in _WORDS for name, value in parts_of(words).items()}


# Order matters: the longest reading of a place wins. The groups are those of `DateWords`.
PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<![\d.])(?P<y>{YEAR})\s?[-/.]\s?(?P<m>\d{{1,2}})\s?[-/.]\s?(?P<d>\d{{1,2}})(?![\d])",
        r"(?<![\d.])(?P<y>20\d\d)(?P<m>0\d|1[0-2])(?P<d>[0-3]\d)(?![\d.])",
        rf"(?<![\d/])(?P<d>1[3-9]|2\d|3[01])/(?P<m>\d{{1,2}})/(?P<y>{YEAR})(?!\d)",
        rf"(?<![\d/])(?P<m>\d{{1,2}})/(?P<d>\d{{1,2}})/(?P<y>{YEAR})(?!\d)",
        rf"(?<![\d.-])(?P<d>\d{{1,2}})[-.](?P<m>\d{{1,2}})[-.](?P<y>{YEAR})(?!\d)",
        *_written(lambda d: d.full),
        *_written(lambda d: d.part_of_year),
        *_written(lambda d: d.month_of_year),
        rf"(?<![\d.-])(?P<y>{YEAR})-(?P<m>\d{{1,2}})(?![\d-])",
        r"(?<![\d./-])(?P<m>0?[1-9]|1[0-2])/(?P<y>20[0-3]\d)(?![\d./-])",
        *_written(lambda d: d.day_of_month),
        *_written(lambda d: d.day),
        *_written(lambda d: d.month_or_year),
    )
)
MONTHS, DAY_WORDS = _joined(lambda d: d.months), _joined(lambda d: d.days)
HALVES = _joined(lambda d: d.halves)
SEASONS = {name: months for words in _WORDS for name, months in words.seasons.items()}
YEARS_AGO = _joined(lambda d: d.years_ago)

RANGE_BETWEEN = re.compile(
    rf"\s*(?:{any_of(lambda d: d.range_between)}|[-~–—])\s*(?:{any_of(lambda d: d.article)})?", re.IGNORECASE
)
LIST_BETWEEN = re.compile(
    rf"\s*(?:{any_of(lambda d: d.day_ending)})?\s*(?:{any_of(lambda d: d.list_between)}|,)\s*", re.IGNORECASE
)
BETWEEN_BEFORE = re.compile(any_of(lambda d: d.between_before), re.IGNORECASE)
BETWEEN_AFTER = re.compile(rf"\s*(?:{any_of(lambda d: d.between_after)})", re.IGNORECASE)
_DAY_ALONE = (
    rf"(?P<d>\d{{1,2}})(?:(?:{any_of(lambda d: d.day_unit)})?,?\s+(?P<y>{YEAR})\b|{any_of(lambda d: d.day_unit)}"
    r"|(?=\s*(?:$|[?.,!;)])))"
)
# right after another day: "December 16 to 20", "between December 16 and 20"
TO_DAY = re.compile(rf"{RANGE_BETWEEN.pattern}\s*{_DAY_ALONE}", re.IGNORECASE)
AND_DAY = re.compile(rf"{LIST_BETWEEN.pattern}{_DAY_ALONE}", re.IGNORECASE)
# Each with the first and the last day of the part in a month.
PARTS_BEFORE = tuple(
    (re.compile(f"{before}$", re.IGNORECASE), part) for w in _WORDS for before, part in w.parts_before.items()
)
PARTS_AFTER = tuple(
    (re.compile(rf"\s*{after}", re.IGNORECASE), part) for w in _WORDS for after, part in w.parts_after.items()
)

WEEK_BEFORE = re.compile(rf"(?:{any_of(lambda d: d.week_before)})$", re.IGNORECASE)
WEEK_AFTER = re.compile(any_of(lambda d: d.week_after), re.IGNORECASE)

OF_A_YEAR = {(1, 10), (11, 20), (21, -1), (1, 15), (16, -1)}  # parts that a year has as well

# Counted from the newest digest. One pattern a language for the recent ones: group names are
# unique in a pattern.
RECENT = tuple(re.compile(pattern, re.IGNORECASE) for words in _WORDS for pattern in words.recent)
RELATIVE = tuple(
    (
        re.compile("|".join(part for words in _WORDS for part in words.relative.get(key, ())), re.IGNORECASE),
        *key,
    )
    for key in dict.fromkeys(key for words in _WORDS for key in words.relative)
)
COUNTED = (*RECENT, *(pattern for pattern, _, _ in RELATIVE))
COUNTS = _joined(lambda d: d.counts)
UNIT_DAYS = _joined(lambda d: d.units)


@dataclass(frozen=True, slots=True)
class DateMention:
    """One date: its place in the text, and the first and last day that it means."""

    start: int
    end: int
    first: date
    last: date
    relative: bool = False  # counted from the newest digest


class ImpossibleDateError(ValueError):
    """A date that is on no calendar: its wording, and its place in the text."""

    def __init__(self, match: re.Match[str]) -> None:
        super().__init__(match[0].strip())
        self.span = match.span()


def mentions_in(text: str, newest: str, day_before: str = "") -> list[DateMention]:
    """Dates in order of place; `newest` (ISO day of the newest digest) completes relative ones and, without
    a `day_before`, dates without a year. Raises ImpossibleDateError.
    """
    told = date.fromisoformat(day_before) if day_before else None
    anchor = date.fromisoformat(newest) if newest else date.today()
    matches = _matches(text)
    years = [_year(match["y"]) for match in matches if match.groupdict().get("y")]
    # "between May 1 and May 3, 2024": a year stands for the dates without one.
    year = years[0] if years and years[0] else told.year if told else None
    completing = date(year, 12, 31) if year else anchor
    mentions: list[DateMention] = []
    for match in matches:
        try:
            counted = _counted(match, anchor)
            before = mentions[-1].first if mentions else told if _is_a_day_alone(match) else None
            mentions.append(counted or _narrowed(text, _mention(match, before, completing, anchor)))
        except (ValueError, OverflowError):
            raise ImpossibleDateError(match) from None
    return [one for one in mentions if not any(_is_within(one, other) for other in mentions)]


def _is_a_day_alone(match: re.Match[str]) -> bool:
    """Whether a date says neither its month nor its year: "on the 21st"."""
    said = {name for name, value in match.groupdict().items() if value}
    return "d" in said and not said & {"mon", "m", "y"}


def _matches(text: str) -> list[re.Match[str]]:
    """Non-overlapping date expressions in order of place; earlier patterns win."""
    taken: list[re.Match[str]] = []
    for pattern in (*PATTERNS, *COUNTED):
        for match in pattern.finditer(text):
            if all(match.end() <= t.start() or match.start() >= t.end() for t in taken):
                taken.append(match)
    return sorted(taken + _continued(text, taken), key=lambda match: match.start())


def _continued(text: str, taken: Sequence[re.Match[str]]) -> list[re.Match[str]]:
    """The days alone to which one of these days goes on."""
    days = [match for match in taken if match.groupdict().get("d")]
    found = [TO_DAY.match(text, match.end()) or _and_day(text, match) for match in days]
    starts = {match.start("d") for match in days}
    return [match for match in found if match and match.start("d") not in starts]


def _and_day(text: str, first: re.Match[str]) -> re.Match[str] | None:
    """The day alone that ends "between May 1 and 3"."""
    second = AND_DAY.match(text, first.end())
    return second if second and is_between(text, first.start(), second.end()) else None


def is_between(text: str, start: int, end: int) -> bool:
    """Whether two dates, which begin and end there, are the ends of what is meant: "between", "사이"."""
    return bool(BETWEEN_BEFORE.search(text[:start]) or BETWEEN_AFTER.match(text, end))


def _year(digits: str) -> int:
    """The year of two or four digits."""
    return int(digits) + (2000 if len(digits) == 2 else 0)


def _mention(match: re.Match[str], before: date | None, completing: date, newest: date) -> DateMention:
    """The first and last day a match means; what it leaves out comes from the mention before, or
    from `completing`.
    """
    part = {name: value for name, value in match.groupdict().items() if value}
    day = int(part["d"]) if "d" in part else DAY_WORDS[part["dw"].casefold()] if "dw" in part else None
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
        if before and match.re in (TO_DAY, AND_DAY) and day < before.day:  # "December 30 to 3"
            known = before.replace(day=28) + timedelta(4)
        first = last = known.month
        year = _year(part["y"]) if "y" in part else known.year
    # Prepositions that a pattern needs around a date are no part of it.
    start = min(match.start(name) for name in part if match.start(name) < match.end())
    if day is not None and first is not None:
        exact = date(year, first, day)
        return DateMention(start, match.end(), exact, exact)
    first, last = first or 1, last or 12
    return DateMention(
        start, match.end(), date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])
    )


def _months(part: Mapping[str, str]) -> tuple[int | None, int | None]:
    """First and last month that the parts of a date name; None where they name none."""
    if "q" in part:
        last = 3 * int(part["q"][-1])
        return last - 2, last
    if "s" in part:
        return SEASONS[part["s"].casefold()]
    if "h" in part:
        return (1, 6) if HALVES[part["h"].casefold()] == 1 else (7, 12)
    month = MONTHS[part["mon"].casefold()] if "mon" in part else int(part["m"]) if "m" in part else None
    if month is not None and not 1 <= month <= 12:
        raise ValueError(month)
    return month, month


def _narrowed(text: str, mention: DateMention) -> DateMention:
    """A month or a year with the words beside it that name a part of it: "late May", "first week of May"; the
    week of a day.
    """
    if mention.first == mention.last:
        return _week_of(text, mention)
    for pattern, part in PARTS_BEFORE:
        if found := pattern.search(text[: mention.start]):
            return _part_of(replace(mention, start=found.start()), part) or mention
    for pattern, part in PARTS_AFTER:
        if found := pattern.match(text, mention.end):
            return _part_of(replace(mention, end=found.end()), part) or mention
    return mention


def _week_of(text: str, day: DateMention) -> DateMention:
    """The week that a day is in, if the words beside it say so; else the day."""
    before, after = WEEK_BEFORE.search(text[: day.start]), WEEK_AFTER.match(text, day.end)
    if not (before or after):
        return day
    first, last = period("week", 0, day.first)
    start, end = before.start() if before else day.start, after.end() if after else day.end
    return replace(day, start=start, end=end, first=first, last=last)


def _part_of(period: DateMention, part: tuple[int, int]) -> DateMention | None:
    """The part of a month, or the months of a year that lie in it alike; None of anything else, and of the
    weeks of a year.
    """
    first, last = period.first, period.last
    if first.day != 1 or (last + timedelta(1)).day != 1:
        return None
    if (first.year, first.month) == (last.year, last.month):
        days = [day % (last.day + 1) if day < 0 else day for day in part]
        return replace(period, first=first.replace(day=days[0]), last=last.replace(day=days[1]))
    if (first.month, last.month) != (1, 12) or first.year != last.year or part not in OF_A_YEAR:
        return None
    start, end = _year_part(first.year, part)
    return replace(period, first=start, last=end)


def _year_part(year: int, part: tuple[int, int]) -> tuple[date, date]:
    """First and last day of the months that lie in a year as the days of the part lie in a month of 30."""
    start, end = part[0], part[1] % 31
    last = end * 12 // 30
    return date(year, (start - 1) * 12 // 30 + 1, 1), date(year, last, calendar.monthrange(year, last)[1])


def _is_within(one: DateMention, other: DateMention) -> bool:
    """Whether a mention is only a word of another: "last week" of "the last week of May"."""
    return one is not other and other.start <= one.start and one.end <= other.end


def _counted(match: re.Match[str], newest: date) -> DateMention | None:
    """What "yesterday", "지난주" or "last 3 days" means, counted from the newest digest; None for
    other dates.
    """
    if match.re in RECENT:
        count = match["n"]
        days = (COUNTS.get(count.casefold()) or int(count)) * UNIT_DAYS[match["unit"].casefold()]
        if not days:
            raise ValueError(count)
        return DateMention(*match.span(), newest - timedelta(days - 1), newest, relative=True)
    for pattern, unit, ago in RELATIVE:
        if match.re is pattern:
            return DateMention(*match.span(), *period(unit, ago, newest), relative=True)
    return None


def period(unit: str, ago: int, anchor: date) -> tuple[date, date]:
    """First and last day of the day, week, month or year that lies `ago` of them before the anchor's own, or
    after it if that is negative.
    """
    if unit == "day":
        day = anchor - timedelta(ago)
        return day, day
    if unit == "week":
        monday = anchor - timedelta(anchor.weekday() + 7 * ago)
        return monday, monday + timedelta(6)
    if unit == "month":
        year, month = divmod(anchor.year * 12 + anchor.month - 1 - ago, 12)
        return date(year, month + 1, 1), date(year, month + 1, calendar.monthrange(year, month + 1)[1])
    year = anchor.year - ago
    return date(year, 1, 1), date(year, 12, 31)
