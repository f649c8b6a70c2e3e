"""Dates in a question -> the days a paper must have appeared on.

Knows: what days, months, years, ranges and relative dates mean, how they are written in numbers
alone, and that relative dates count from the newest digest, because "today" in an archive is its
last day. Does not know: a language's words, or the rest of the question.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
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


def _any(parts_of: Callable[[DateWords], Parts]) -> str:
    return alternatives(lambda one: parts_of(one.dates))


def _joined(parts_of: Callable[[DateWords], Mapping[str, int]]) -> dict[str, int]:
    return {name: value for words in _WORDS for name, value in parts_of(words).items()}


# Order matters: the longest reading of a place wins. The groups are those of `DateWords`.
PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<![\d.])(?P<y>{YEAR})\s?[-/.]\s?(?P<m>\d{{1,2}})\s?[-/.]\s?(?P<d>\d{{1,2}})(?![\d])",
        r"(?<![\d.])(?P<y>20\d\d)(?P<m>0\d|1[0-2])(?P<d>[0-3]\d)(?![\d.])",
        rf"(?<![\d/])(?P<m>\d{{1,2}})/(?P<d>\d{{1,2}})/(?P<y>{YEAR})(?!\d)",
        rf"(?<![\d.-])(?P<d>\d{{1,2}})[-.](?P<m>\d{{1,2}})[-.](?P<y>{YEAR})(?!\d)",
        *_written(lambda d: d.full),
        *_written(lambda d: d.part_of_year),
        *_written(lambda d: d.month_of_year),
        rf"(?<![\d.-])(?P<y>{YEAR})-(?P<m>\d{{1,2}})(?![\d-])",
        *_written(lambda d: d.day_of_month),
        *_written(lambda d: d.day),
        *_written(lambda d: d.month_or_year),
    )
)
MONTHS = _joined(lambda d: d.months)
HALVES = _joined(lambda d: d.halves)
YEARS_AGO = _joined(lambda d: d.years_ago)

RANGE_BETWEEN = re.compile(
    rf"\s*(?:{_any(lambda d: d.range_between)}|[-~–—])\s*(?:{_any(lambda d: d.article)})?", re.IGNORECASE
)
LIST_BETWEEN = re.compile(
    rf"\s*(?:{_any(lambda d: d.day_ending)})?\s*(?:{_any(lambda d: d.list_between)}|,)\s*", re.IGNORECASE
)
BETWEEN_BEFORE = re.compile(_any(lambda d: d.between_before), re.IGNORECASE)
_DAY_ALONE = (
    rf"(?P<d>\d{{1,2}})(?:(?:{_any(lambda d: d.day_unit)})?,?\s+(?P<y>{YEAR})\b|{_any(lambda d: d.day_unit)}"
    r"|(?=\s*(?:$|[?.,!;)])))"
)
# right after another day: "December 16 to 20", "between December 16 and 20"
TO_DAY = re.compile(rf"{RANGE_BETWEEN.pattern}\s*{_DAY_ALONE}", re.IGNORECASE)
AND_DAY = re.compile(rf"{LIST_BETWEEN.pattern}{_DAY_ALONE}", re.IGNORECASE)
SINCE_BEFORE = re.compile(_any(lambda d: d.since_before), re.IGNORECASE)
AFTER_BEFORE = re.compile(_any(lambda d: d.after_before), re.IGNORECASE)
UNTIL_BEFORE = re.compile(_any(lambda d: d.until_before), re.IGNORECASE)
BEFORE_BEFORE = re.compile(_any(lambda d: d.before_before), re.IGNORECASE)
SINCE_AFTER = re.compile(rf"\s*(?:{_any(lambda d: d.since_after)})", re.IGNORECASE)
UNTIL_AFTER = re.compile(rf"\s*(?:{_any(lambda d: d.until_after)})", re.IGNORECASE)
BEFORE_AFTER = re.compile(rf"\s*(?:{_any(lambda d: d.before_after)})", re.IGNORECASE)
EXCLUDED_BEFORE = re.compile(_any(lambda d: d.excluded_before), re.IGNORECASE)
EXCLUDED_AFTER = re.compile(rf"\s*(?:{_any(lambda d: d.excluded_after)})", re.IGNORECASE)
# Each with the first and the last day of the part in a month.
PARTS_BEFORE = tuple(
    (re.compile(f"{before}$", re.IGNORECASE), part) for w in _WORDS for before, part in w.parts_before.items()
)
PARTS_AFTER = tuple(
    (re.compile(rf"\s*{after}", re.IGNORECASE), part) for w in _WORDS for after, part in w.parts_after.items()
)
LEAD = re.compile(_any(lambda d: d.lead), re.IGNORECASE)
TAIL = re.compile(rf"\s*(?:{_any(lambda d: d.tail)})*", re.IGNORECASE)

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
            before = mentions[-1].first if mentions else None
            mentions.append(counted or _narrowed(text, _mention(match, before, completing, anchor)))
        except (_ImpossibleError, ValueError, OverflowError):
            return Dates(impossible=match[0].strip(), spans=(match.span(),))
    if not mentions:
        return Dates()
    counted_too = [m for m, match in zip(mentions, matches, strict=True) if match.re in COUNTED]
    mentions = [m for m in mentions if not any(_is_within(m, other) for other in mentions)]
    relative = any(mention in mentions for mention in counted_too)
    spans = _spans(text, mentions)
    meant = _refined(text, [m for m in mentions if not _is_excluded(text, m)])
    if not meant:
        return Dates(spans=spans)
    return replace(
        _combine(text, meant),
        spans=spans,
        relative=text[mentions[0].start : mentions[-1].end] if relative else "",
    )


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
    between = [bool(BETWEEN_BEFORE.search(text[: match.start()])) for match in days]
    found = [
        TO_DAY.match(text, match.end()) or (AND_DAY.match(text, match.end()) if is_between else None)
        for match, is_between in zip(days, between, strict=True)
    ]
    starts = {match.start("d") for match in days}
    return [match for match in found if match and match.start("d") not in starts]


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
        if before and match.re is TO_DAY and day < before.day:  # "December 30 to 3"
            known = before.replace(day=28) + timedelta(4)
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
        return (1, 6) if HALVES[part["h"].casefold()] == 1 else (7, 12)
    month = MONTHS[part["mon"].casefold()] if "mon" in part else int(part["m"]) if "m" in part else None
    if month is not None and not 1 <= month <= 12:
        raise _ImpossibleError
    return month, month


def _narrowed(text: str, mention: _Mention) -> _Mention:
    """A month or a year with the words beside it that name a part of it: "late May", "first week of May"."""
    for pattern, part in PARTS_BEFORE:
        if found := pattern.search(text[: mention.start]):
            return _part_of(replace(mention, start=found.start()), part) or mention
    for pattern, part in PARTS_AFTER:
        if found := pattern.match(text, mention.end):
            return _part_of(replace(mention, end=found.end()), part) or mention
    return mention


def _part_of(period: _Mention, part: tuple[int, int]) -> _Mention | None:
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


def _is_within(one: _Mention, other: _Mention) -> bool:
    """Whether a mention is only a word of another: "last week" of "the last week of May"."""
    return one is not other and other.start <= one.start and one.end <= other.end


def _is_excluded(text: str, mention: _Mention) -> bool:
    """Whether a date is named to be left out: "not those of 2025"."""
    before, after = text[: mention.start], text[mention.end :]
    return bool(EXCLUDED_AFTER.match(after) or EXCLUDED_BEFORE.search(before))


def _refined(text: str, mentions: list[_Mention]) -> list[_Mention]:
    """The mentions without a period that a parenthesis behind it says more exactly: "March (17-21)"."""
    if len(mentions) < 2 or "(" not in text[mentions[0].end : mentions[1].start]:
        return mentions
    whole, *parts = mentions
    within = all(whole.first <= part.first and part.last <= whole.last for part in parts)
    return parts if within else mentions


def _combine(text: str, mentions: list[_Mention]) -> Dates:
    """Mentions and the words around them -> one condition."""
    spans = _spans(text, mentions)
    ranges = _ranges(text, mentions)
    if 1 < len(ranges) < len(mentions):
        days = sorted({day for one in ranges for day in _each(one)})
        return Dates(days=tuple(day.isoformat() for day in days), spans=spans)
    first, second = mentions[0], mentions[1] if len(mentions) > 1 else None
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


def _ranges(text: str, mentions: Sequence[_Mention]) -> list[_Mention]:
    """The mentions, those between which a range stands as one."""
    found: list[_Mention] = []
    for mention in mentions:
        before = found[-1] if found else None
        if (
            before
            and RANGE_BETWEEN.fullmatch(text[before.end : mention.start])
            and mention.last >= before.first
        ):
            found[-1] = _Mention(before.start, mention.end, before.first, mention.last)
        else:
            found.append(mention)
    return found


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
    if match.re in RECENT:
        count = match["n"]
        days = (COUNTS.get(count.casefold()) or int(count)) * UNIT_DAYS[match["unit"].casefold()]
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
