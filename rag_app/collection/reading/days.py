"""Days and weeks in the usual spellings of English, Korean, Chinese, Japanese and Vietnamese.

Knows: how a day, a day without its year and a range of days are written in text and in the names of
files and folders. Does not know: which day an entry takes. A day that the calendar does not have is
none, and a number that counts ("2027년 4월 12편") is no day. A week of a month is seven days from its
first, eighth, ... day, as questions take it. Of "3/4/2027" the month comes first, of "3.4.2027" and
"3-4-2027" the day, as each is mostly written.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import PurePath

from rag_app.text.cleaning import nfc

FIRST_YEAR, LAST_YEAR = 1990, 2100
LONGEST = 400  # characters of a text that are searched
LONGEST_RANGE = 45  # days

_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DASH = r"[-./_\u2010-\u2015\u2212／．]"
_TH = r"(?:st|nd|rd|th)?"
# What follows a number that counts papers, issues or weeks.
_COUNTER = r"(?:주(?!간|말)|차|편|개|건|선|가지|번째|회|호|권|종|篇|本|件|個|个|条|週|周)"
_NO_COUNT = rf"(?!\d|\s?{_COUNTER})"
_NO_PAPERS = (
    r"(?!\s(?:[a-z]{1,9}\s)?(?:papers?|articles?|preprints?|posts?|picks),?\s(?:of\s|in\s)?(?:19|20)\d\d)"
)
_Y, _M, _D = r"(?P<y>(?:19|20)\d\d)", r"(?P<m>1[0-2]|0?[1-9])", r"(?P<d>3[01]|[12]\d|0?[1-9])"


def _compiled(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"(?<!\d){pattern}(?!\d)", re.IGNORECASE) for pattern in patterns)


# With a year. The digits are checked by the calendar alone, so that an impossible day can be named.
_FULL = _compiled(
    rf"(?P<y>\d{{4}})\s?{_DASH}\s?(?P<m>\d{{1,2}})\s?{_DASH}\s?(?P<d>\d{{1,2}})(?!{_COUNTER})",
    rf"(?P<y>\d{{4}})\s?[年년]\s?(?P<m>\d{{1,2}})\s?[月월]\s?(?P<d>\d{{1,2}})(?:\s?[日일号號]|{_NO_COUNT})",
    rf"(?<![a-z]){_MONTH}[\s-]{{0,2}}(?P<d>\d{{1,2}}){_TH}[\s,_-]{{1,3}}(?P<y>\d{{4}})",
    rf"(?<!top )(?P<d>\d{{1,2}})(?:{_TH}|\.)[\s_-](?:of )?{_MONTH}[\s,_-]{{1,3}}(?P<y>\d{{4}})",
    rf"(?P<y>\d{{4}})[\s_-]{_MONTH}[\s_-](?P<d>\d{{1,2}}){_TH}",
    r"(?:ngày )?(?P<d>\d{1,2}) tháng (?P<m>\d{1,2})(?: năm|,)? (?P<y>\d{4})",
    r"(?P<first>\d{1,2})(?P<between>[/.-])(?P<second>\d{1,2})(?P=between)(?P<y>(?:19|20)\d\d)",
    r"(?P<y>(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])",
)
# Without one.
_SHORT = _compiled(
    rf"{_M}\s?[月월]\s?{_D}\s?[日일号號]",
    rf"(?<![a-z]){_MONTH}\s?{_D}{_TH}{_NO_PAPERS}",
    rf"(?<!top ){_D}(?:{_TH}|\.)\s{_MONTH}(?![a-z])",
    rf"(?:ngày )?{_D} tháng {_M}",
    rf"(?<=\A){_M}[-/.]{_D}(?=\s*\Z)",
)
_FOLDERS = re.compile(
    rf"(?<!\d)((?:19|20)\d\d)(?:[-_/.]|\s?[년年][\s/]?)?(\d{{1,2}})(?:\s?[월月]/?|[-_/.])\s?(\d{{1,2}})(?:[일日]|{_NO_COUNT})\D{{0,40}}\Z"
)
_DIGITS4 = re.compile(
    r"(?<!\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\s?[-~_]\s?(0[1-9]|1[0-2])?(0[1-9]|[12]\d|3[01])(?!\d)"
)
_UNTO = re.compile(r"[\s_]*(?:[-–—~〜～]|_?to_?|until|through|至|到|부터|から|đến)[\s_]*", re.IGNORECASE)
_JOINED = re.compile(r"_{1,3}")  # between two days with their years, as file names have it
# Two days of one month, which stands behind them ("25-30 November 2027").
_DAYS_OF_MONTH = re.compile(
    rf"(?<![\d./-]){_D}(?:{_TH}|\.)\s?(?:[-–—~〜～]|to|until|through)\s?(?P<last>3[01]|[12]\d|0?[1-9])(?:{_TH}|\.)"
    rf"[\s_-](?:of )?{_MONTH}(?![a-z])(?:[\s,_-]{{1,3}}(?P<y>(?:19|20)\d\d)(?!\d))?",
    re.IGNORECASE,
)
_LAST_DAY = re.compile(rf"{_D}{_TH}(?:\s?[日일号])?(?!\d)")
_WEEK = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d\d)[\s_-]{0,2}(?:-?W|week[\s_-]?|年第?|년\s?제?|第)\s?(?P<w>\d{1,2})(?:\s?[周週주])?(?!\d|\s?[月월])"
    r"|\bweek[\s_-]?(?P<w2>\d{1,2})[\s,_of-]{1,4}(?P<y2>(?:19|20)\d\d)",
    re.IGNORECASE,
)
_NTH = r"(?P<n>[1-5])(?:st|nd|rd|th)?"
_NTH_KOREAN = (
    r"(?:제\s?)?(?:(?P<n>[1-5])\s?주(?!간|말)|(?P<nth>첫|둘|두|셋|세|넷|네|다섯)\s?(?:째|번째)\s?주)"
)
_MONTH_WEEK = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:(?<!\d)(?P<y>(?:19|20)\d\d)(?:\s?년|\s?{_DASH})?\s?)?(?<!\d){_M}(?:\s?월\s?|\s?{_DASH}\s?|\s){_NTH_KOREAN}",
        rf"(?:(?<!\d)(?P<y>(?:19|20)\d\d)\s?年\s?)?(?<!\d){_M}\s?月\s?第?\s?(?P<n>[1-5])\s?[周週]",
        rf"(?<!\d)(?P<y>(?:19|20)\d\d){_DASH}{_M}[\s_-]{{1,2}}(?:week[\s_-]?|W)(?P<n>[1-5])(?!\d)",
        rf"(?<!\w)(?:week[\s_-]?{_NTH}|{_NTH.replace('<n>', '<n2>')}[\s_-]week)[\s,_-]{{1,2}}(?:of[\s_-])?"
        rf"{_MONTH}(?![a-z])"
        r"(?:[\s,_-]{1,3}(?P<y>(?:19|20)\d\d)(?!\d))?",
        rf"(?<![a-z]){_MONTH}(?:[\s,_-]{{1,3}}(?P<y>(?:19|20)\d\d))?[\s,_(-]{{1,3}}week[\s_-]?(?P<n>[1-5])(?!\d)",
    )
)
_ORDINALS = {"첫": 1, "둘": 2, "두": 2, "셋": 3, "세": 3, "넷": 4, "네": 4, "다섯": 5}
# A day with a month in a language that is not read: "26 novembre 2027", "28 de noviembre de 2027".
_WORDED = re.compile(
    r"[\W_]*(?:(?!top|best)[^\W\d_]{2,15}\.?,?\s)?(?P<d>3[01]|[12]\d|0?[1-9])(?:\.|er|º)?\s(?:d[eiu]l?\s|d['’])?"
    r"(?!papers?|articles?|preprints?|posts?|picks|models?)(?P<word>[^\W\d_]{3,15})\.?,?\s(?:de[l]?\s)?(?:19|20)\d\d(?:\s?(?:г|р)\.?|\.)?[\W_]*\Z",
    re.IGNORECASE,
)
_YEAR_MONTH_FIRST = re.compile(
    rf"[\W_]*(?:(?:the )?top \d{{1,3}} )?"
    rf"(?:(?:19|20)\d\d(?:\s?[-/._]\s?(?:0?[1-9]|1[0-2])(?!\d)|\s?[년年]\s?(?:0?[1-9]|1[0-2])\s?[월月])"
    rf"|{_MONTH}(?:[\s,_-]{{1,2}}|\s\d{{1,3}}\s(?:[a-z]{{1,12}}\s){{1,3}})(?:19|20)\d\d(?!\d))",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\d.])((?:19|20)\d\d)(?![\d.]\d|\d)")
_YEAR_MONTH = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_/.年년]?\s?(0[1-9]|1[0-2]|[1-9](?=\s?[月월]))(?!\d)")


@dataclass(frozen=True, slots=True)
class Day:
    """A day, or the first day of a range whose last day is `until`; ISO strings."""

    day: str
    until: str = ""

    @property
    def year(self) -> int:
        return int(self.day[:4])

    @property
    def period(self) -> str:
        """The range as ISO 8601 writes it, "2027-01-29/2027-02-05"; empty for a single day."""
        return f"{self.day}/{self.until}" if self.until else ""


@dataclass(frozen=True, slots=True)
class _Range:
    """A range, and where it is written."""

    day: Day
    start: int


@dataclass(frozen=True, slots=True)
class _Spelled:
    day: date
    start: int
    end: int


def day_in(text: str, year: int = 0) -> Day | None:
    """The first day or range that a text names. `year` completes a day that has none; without it
    such a day is not taken.
    """
    text = text[:LONGEST]
    if not any(map(str.isdigit, text)):
        return None
    spelled = _first(text, year)
    for range_of in (_days_of_month, _week, _week_of_month):
        found = range_of(text, year)
        if found and not (spelled and spelled.start < found.start):
            return found.day
    if spelled:
        return _ranged(text, spelled, year)
    return _digits(text, year) if year else None


def worded_day(text: str) -> str:
    """What is a day with its year and nothing else, but with a word for its month that is not read
    ("26 novembre 2027"), or an empty string.
    """
    found = _WORDED.match(text[:LONGEST])
    return text.strip() if found and not day_in(text) else ""


def names_month(text: str) -> bool:
    """Whether a heading begins with a month and its year, and names no day."""
    return _YEAR_MONTH_FIRST.match(text[:LONGEST]) is not None and day_in(text) is None


def has_impossible_day(text: str) -> str:
    """What is written like a day with its year and is none ("2024-02-30"), or an empty string."""
    found = _FULL[0].search(text[:LONGEST]) or _FULL[1].search(text[:LONGEST])
    return found[0].strip() if found and not _date(found, 0) else ""


def year_in(text: str) -> int:
    """The year that a heading names ("2027-12", "2027年", "June 2027"), or 0."""
    found = _YEAR_MONTH.search(text[:LONGEST]) or _YEAR.search(text[:LONGEST])
    return int(found[1]) if found else 0


def without_day(text: str) -> str:
    """The text without its first day."""
    spelled = _first(text[:LONGEST], 0)
    return text[: spelled.start] + " " + text[spelled.end :] if spelled else text


def starts_with_day(text: str) -> int:
    """How many characters at the start of a text are a day and the mark behind it, or 0."""
    spelled = _first(text[:40], 1)
    if not spelled or text[: spelled.start].strip("[(【*_ "):
        return 0
    tail = re.compile(r"(?:T[\d:.Z+-]+)?[\])】*_]{0,4}\s?[,:：|·–—-]?\s+|[\])】*_]{1,4}").match(
        text, spelled.end
    )
    return tail.end() if tail else 0


def day_of_path(path: PurePath) -> Day | None:
    """The day or range in the names of a file and its folders, `2024-07-09.md`, `2024/07/09.md`,
    `4-Mar-2027/nlp.md`; the one nearest to the file's own name.
    """
    names = [nfc(name) for name in (*path.parts[:-1], path.stem if path.suffix else path.name)]
    year = 0
    for name in reversed(names):
        year = year or year_in(name)
    for last in range(len(names), 0, -1):
        own = day_in(names[last - 1], year if last == len(names) and last > 1 else 0)
        if own:
            return own
        if last > 1 and (joined := _of_folders(names[:last])):
            return joined
    return None


def _of_folders(names: list[str]) -> Day | None:
    """The day that names make together: `2024/07/09`, `2024-07/09`, `202704/28`, `2024/07-09`,
    `2027년 4월/28일`.
    """
    found = _FOLDERS.search("/".join(names[-3:]))
    day = _calendar(int(found[1]), int(found[2]), int(found[3])) if found else None
    return Day(day.isoformat()) if day else None


def _with_year(text: str) -> _Spelled | None:
    found = [spelled for pattern in _FULL if (spelled := _spelled(pattern, text, 0))]
    return min(found, key=lambda spelled: spelled.start, default=None)


def _first(text: str, year: int) -> _Spelled | None:
    named = _with_year(text)
    found = [named] if named else []
    year = year or year_in(text)
    if year:
        found += [spelled for pattern in _SHORT if (spelled := _spelled(pattern, text, year))]
    return min(found, key=lambda spelled: spelled.start, default=None)


def _spelled(pattern: re.Pattern[str], text: str, year: int) -> _Spelled | None:
    for found in pattern.finditer(text):
        day = _date(found, year)
        if day:
            return _Spelled(day, found.start(), found.end())
    return None


def _date(found: re.Match[str], year: int) -> date | None:
    parts = found.groupdict()
    if parts.get("first"):
        first, second = int(parts["first"]), int(parts["second"])
        by_month = (first, second) if parts["between"] == "/" else (second, first)
        month, day = by_month if by_month[0] <= 12 else by_month[::-1]
    else:
        month = _month(parts["month"]) if parts.get("month") else int(parts["m"])
        day = int(parts["d"])
    return _calendar(int(parts.get("y") or year), month, day)


def _month(name: str) -> int:
    return next(number for number, full in enumerate(_MONTHS, 1) if full.startswith(name.casefold()[:3]))


def _calendar(year: int, month: int, day: int) -> date | None:
    if year != 1 and not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _ranged(text: str, first: _Spelled, year: int) -> Day:
    """The day, or the range when another day follows it ("June 21 - June 27 - 2027")."""
    unto = _UNTO.match(text, first.end)
    between = unto or _JOINED.match(text, first.end)
    if between:
        rest = text[between.end() :]
        last = _first(rest, year or first.day.year) if unto else _with_year(rest)
        ending = last.day if last and last.start == 0 else None
        if unto and not ending and (number := _LAST_DAY.match(rest)):
            ending = _calendar(first.day.year, first.day.month, int(number["d"]))
        if ending and ending < first.day and ending.month < first.day.month:
            ending = _calendar(ending.year + 1, ending.month, ending.day)
        if ending and timedelta(0) < ending - first.day <= timedelta(LONGEST_RANGE):
            return Day(first.day.isoformat(), ending.isoformat())
    return Day(first.day.isoformat())


def _days_of_month(text: str, year: int) -> _Range | None:
    """Two days before their month, "25-30 November 2027"."""
    found = _DAYS_OF_MONTH.search(text)
    in_year = int(found["y"] or year or year_in(text)) if found else 0
    if not found or not in_year:
        return None
    month = _month(found["month"])
    first, last = _calendar(in_year, month, int(found["d"])), _calendar(in_year, month, int(found["last"]))
    if not first or not last or first >= last:
        return None
    return _Range(Day(first.isoformat(), last.isoformat()), found.start())


def _week_of_month(text: str, year: int) -> _Range | None:
    """The n-th seven days of a month ("2027년 4월 2주차", "Week 2 of April 2027")."""
    for pattern in _MONTH_WEEK:
        found = pattern.search(text)
        parts = found.groupdict() if found else {}
        in_year = int(parts.get("y") or year or year_in(text)) if found else 0
        if not found or not in_year:
            continue
        month = _month(parts["month"]) if parts.get("month") else int(parts["m"])
        number = int(parts.get("n") or parts.get("n2") or _ORDINALS[parts["nth"]])
        first = _calendar(in_year, month, 7 * number - 6)
        if first:
            last = min(first + timedelta(6), _last_of_month(first))
            return _Range(Day(first.isoformat(), last.isoformat()), found.start())
    return None


def _last_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def _week(text: str, _year: int) -> _Range | None:
    """An ISO week ("2024-W05", "Week 5, 2024", "2024年第5周"), Monday to Sunday."""
    found = _WEEK.search(text)
    if not found:
        return None
    year, week = int(found["y"] or found["y2"]), int(found["w"] or found["w2"])
    try:
        monday = date.fromisocalendar(year, week, 1)
    except ValueError:
        return None
    return _Range(Day(monday.isoformat(), (monday + timedelta(6)).isoformat()), found.start())


def _digits(text: str, year: int) -> Day | None:
    """A range of digits alone, `0614-0618`."""
    found = _DIGITS4.search(text)
    if not found:
        return None
    first = _calendar(year, int(found[1]), int(found[2]))
    last = _calendar(year, int(found[3] or found[1]), int(found[4]))
    if not first or not last or not timedelta(0) <= last - first <= timedelta(LONGEST_RANGE):
        return None
    return Day(first.isoformat(), last.isoformat())
