"""Dates in a question -> the days a paper must have appeared on.

Knows: what dates mean together (a range, a list, dates left out) and with the words around them
("since", "before"). Does not know: how a date is written or which days it means
(`search.date_mentions`), or the rest of the question.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from rag_app.lang.wording import Wording
from rag_app.search.date_mentions import (
    LIST_BETWEEN,
    RANGE_BETWEEN,
    DateMention,
    ImpossibleDateError,
    any_of,
    is_between,
    mentions_in,
)

SINCE_BEFORE = Wording(any_of(lambda d: d.since_before))
AFTER_BEFORE = Wording(any_of(lambda d: d.after_before))
UNTIL_BEFORE = Wording(any_of(lambda d: d.until_before))
BEFORE_BEFORE = Wording(any_of(lambda d: d.before_before))
SINCE_AFTER = Wording(rf"\s*(?:{any_of(lambda d: d.since_after)})")
UNTIL_AFTER = Wording(rf"\s*(?:{any_of(lambda d: d.until_after)})")
BEFORE_AFTER = Wording(rf"\s*(?:{any_of(lambda d: d.before_after)})")
EXCLUDED_BEFORE = Wording(any_of(lambda d: d.excluded_before))
EXCLUDED_AFTER = Wording(rf"\s*(?:{any_of(lambda d: d.excluded_after)})")
LEAD = Wording(any_of(lambda d: d.lead))
TAIL = Wording(rf"\s*(?:{any_of(lambda d: d.tail)})*")


@dataclass(frozen=True, slots=True)
class Dates:
    """What a question says about days; `spans` are the places in the question that said it."""

    days: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    spans: tuple[tuple[int, int], ...] = ()
    # The wording of a date that is on no calendar, or of a range that ends before it starts.
    impossible: str = ""
    periods: tuple[
        tuple[str, str], ...
    ] = ()  # first and last day of each, where several are named side by side
    relative: str = ""  # the wording that was counted from the newest digest


def find(text: str, newest: str, day_before: str = "") -> Dates:
    """Dates in `text`; `newest` (ISO day of the newest digest) completes relative ones and, where no
    `day_before` was spoken of, dates without a year.
    """
    try:
        mentions = mentions_in(text, newest, day_before)
    except ImpossibleDateError as error:
        return Dates(impossible=str(error), spans=(error.span,))
    if not mentions:
        return Dates()
    spans = _spans(text, mentions)
    meant = _refined(text, [m for m in mentions if not _is_excluded(text, m)])
    if not meant:
        return Dates(spans=spans)
    return replace(
        _combine(text, meant),
        spans=spans,
        relative=text[mentions[0].start : mentions[-1].end] if any(m.relative for m in mentions) else "",
    )


def _is_excluded(text: str, mention: DateMention) -> bool:
    """Whether a date is named to be left out: "not those of 2025"."""
    before, after = text[: mention.start], text[mention.end :]
    return bool(EXCLUDED_AFTER.match(after) or EXCLUDED_BEFORE.search(before))


def _refined(text: str, mentions: list[DateMention]) -> list[DateMention]:
    """The mentions without a period that a parenthesis behind it says more exactly: "March (17-21)"."""
    if len(mentions) < 2 or "(" not in text[mentions[0].end : mentions[1].start]:
        return mentions
    whole, *parts = mentions
    within = all(whole.first <= part.first and part.last <= whole.last for part in parts)
    return parts if within else mentions


def _combine(text: str, mentions: list[DateMention]) -> Dates:
    """Mentions and the words around them -> one condition."""
    ranges = _ranges(text, mentions)
    if 1 < len(ranges) < len(mentions):
        return _side_by_side(ranges)
    first, second = mentions[0], mentions[1] if len(mentions) > 1 else None
    since, until = _bounds(text, first)
    if second is None:
        if since == until:
            return Dates(days=(_iso(since),))
        return Dates(since=_iso(since), until=_iso(until))
    between = text[first.end : second.start]
    if RANGE_BETWEEN.fullmatch(between) or (
        LIST_BETWEEN.fullmatch(between) and is_between(text, first.start, second.end)
    ):
        return _range(text, first.first, second.last, (first.start, second.end))
    end = _bounds(text, second)[1]
    # "after May 1 and before May 9"
    if since and end and not until and _bounds(text, second)[0] is None:
        return _range(text, since, end, (first.start, second.end))
    return _side_by_side(mentions)


def _side_by_side(mentions: Sequence[DateMention]) -> Dates:
    """Several days or periods, each of which a paper may be of."""
    periods = tuple((mention.first.isoformat(), mention.last.isoformat()) for mention in mentions)
    days = sorted({day for mention in mentions for day in _each(mention)})
    if len(days) == (days[-1] - days[0]).days + 1 > len(mentions):
        return Dates(since=days[0].isoformat(), until=days[-1].isoformat(), periods=periods)
    return Dates(days=tuple(day.isoformat() for day in days), periods=periods)


def _ranges(text: str, mentions: Sequence[DateMention]) -> list[DateMention]:
    """The mentions, those between which a range stands as one."""
    found: list[DateMention] = []
    for mention in mentions:
        before = found[-1] if found else None
        if (
            before
            and RANGE_BETWEEN.fullmatch(text[before.end : mention.start])
            and mention.last >= before.first
        ):
            found[-1] = DateMention(before.start, mention.end, before.first, mention.last)
        else:
            found.append(mention)
    return found


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _bounds(text: str, mention: DateMention) -> tuple[date | None, date | None]:
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


def _range(text: str, first: date, last: date, place: tuple[int, int]) -> Dates:
    if last < first:
        return Dates(impossible=text[slice(*place)])
    return Dates(since=first.isoformat(), until=last.isoformat())


def _each(mention: DateMention) -> Iterator[date]:
    for offset in range((mention.last - mention.first).days + 1):
        yield mention.first + timedelta(offset)


def _spans(text: str, mentions: list[DateMention]) -> tuple[tuple[int, int], ...]:
    """The mentions with the prepositions and particles that belong to them."""
    spans = []
    for mention in mentions:
        lead, tail = LEAD.search(text[: mention.start]), TAIL.match(text, mention.end)
        spans.append((lead.start() if lead else mention.start, tail.end() if tail else mention.end))
    return tuple(spans)
