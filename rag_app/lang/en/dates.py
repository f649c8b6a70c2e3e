"""How dates are written in English."""

from __future__ import annotations

import calendar

from rag_app.lang.language import YEAR, DateWords

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
_UNITS = "first second third fourth fifth sixth seventh eighth ninth".split()
_TEENS = "tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth".split()
DAY_WORDS = {name: day for day, name in enumerate([*_UNITS, *_TEENS, "twentieth"], start=1)}
DAY_WORDS |= {f"twenty-{name}": 20 + day for day, name in enumerate(_UNITS, start=1)}
DAY_WORDS |= {"thirtieth": 30, "thirty-first": 31}
_DAY_WORD = rf"(?P<dw>{'|'.join(sorted(DAY_WORDS, key=len, reverse=True))})"
_TH = r"(?:st|nd|rd|th)?"
_DAY = rf"(?<!top )(?<!top-)(?<!best )(?P<d>\d{{1,2}}){_TH}"
_LEAD_MONTH = (
    r"\b(?:in|of|from|since|during|before|after|until|through|for|last|this|between|early|late|to|and"
    r"|or|vs\.?|versus|than)\s+"
)
_THE = r"\s+(?:the\s+)?(?:(?:end|start|beginning) of\s+)?(?:the\s+)?$"

# what may follow a day that stands without its month: "December 16 to 20 with most votes"
_CLAUSE = (
    r"(?=\s+(?:with|that|which|who|on|about|in|by|for|sorted|ranked|please|how|what|papers?(?! or\b))\b)"
)

# between two years side by side, and behind the second: no thing that is counted
_BESIDE = r",?\s+(?:vs\.?|versus|and|or|than(?: in)?)\s+"
_NO_NUMBER = r"(?=\s*(?:$|[?.,!;]|(?:papers?|for|in|on|about|with|by|number)\b))"

DATES = DateWords(
    full=(
        rf"{_DAY}\s+(?:of\s+)?(?P<mon>{_MONTH})\b\.?,?\s+(?P<y>{YEAR})",
        rf"\b(?P<mon>{_MONTH})\b\.?\s+{_DAY},?\s+\(?(?P<y>{YEAR})",
        rf"{_DAY}\s+(?:of\s+)?(?P<mon>{_MONTH})\b\.?,?\s+['’](?P<y>\d\d)\b",
        rf"\b(?P<mon>{_MONTH})\b\.?\s+{_DAY},?\s+['’](?P<y>\d\d)\b",
        rf"\b{_DAY_WORD}\s+(?:of\s+)?(?P<mon>{_MONTH})\b\.?,?\s+(?:of\s+)?(?P<y>{YEAR})"
        r"(?!\s+(?:[\w-]+\s+){0,2}(?:papers?|works?|stud(?:y|ies))\b)",
        rf"\b(?P<mon>{_MONTH})\b\.?\s+(?:the\s+)?{_DAY_WORD},?\s+(?P<y>{YEAR})",
        rf"(?<!\d){_DAY}(?=\s?(?:-|–|to|and|through)\s?\d{{1,2}}{_TH}\s+(?:of\s+)?(?P<mon>{_NAMED})\b"
        rf"(?:,?\s+(?P<y>{YEAR}))?)",
    ),
    part_of_year=(
        rf"\b(?P<q>Q[1-4]),?\s+(?:of\s+)?(?P<y>{YEAR})\b",
        rf"\b(?P<h>first|second) half of (?P<y>{YEAR})\b",
        rf"\b(?P<s>spring|summer|autumn|fall),?\s+(?:of\s+)?(?P<y>{YEAR})\b",
    ),
    month_of_year=(
        rf"\b(?P<mon>{_MONTH})\b\.?,?\s+(?:of\s+)?(?P<y>{YEAR})\b",
        rf"\b(?P<mon>{_MONTH})\b\.?,?\s+['’](?P<y>\d\d)\b",
    ),
    day_of_month=(
        rf"{_DAY}\s+(?:of\s+)?(?P<mon>{_NAMED})\b",
        rf"\b(?P<mon>{_MONTH})\b\.?\s+{_DAY}\b(?!\s*(?:votes|models))",
        rf"(?<=\d[-–]){_DAY},?\s+(?P<y>{YEAR})\b",
    ),
    day=(r"\bon the (?P<d>\d{1,2})(?:st|nd|rd|th)\b(?! \w)",),
    month_or_year=(
        rf"\b(?P<mon>{_NAMED})\b(?=\s+(?:to|through|and|or|vs\.?|versus|until|[-–])\s+{_NAMED}\b"
        r"|(?:'s)?\s+(?:papers|digests?)\b)",
        rf"{_LEAD_MONTH}(?P<mon>{_NAMED})\b(?! (?-i:[A-Z]))",
        r"(?:^|\bthe )(?P<y>20[0-3]\d)(?= (?:\w+ ){0,3}papers\b)",
        r"\b(?P<y>20[0-3]\d)(?= papers?\b)",
        r"(?:(?<=\bpapers )|(?<=\bpapers, )|(?<=summarize )|(?<=summarise ))(?P<y>20[0-3]\d)"
        r"(?=\s*(?:$|[?.,!;:]|on\b|about\b|in \w+ points))",
        rf"\b(?P<y>20[0-3]\d)(?={_BESIDE}20[0-3]\d{_NO_NUMBER})",
        rf"(?:(?<=\b20\d\d vs )|(?<=\b20\d\d vs\. )|(?<=\b20\d\d or )|(?<=\b20\d\d and )|(?<=\b20\d\d than )"
        rf"|(?<=\b20\d\d than in )|(?<=\b20\d\d versus ))(?P<y>20[0-3]\d){_NO_NUMBER}",
        r"\b(?:in|of|since|during|from|before|after|until|and|to|through|between|or)\s+"
        r"(?:early |late |mid[- ])?(?P<y>19\d\d|20[0-3]\d)(?=\s*(?:$|[?.,!;:]"
        r"|(?:and|or|as|whose|grouped|sorted|ranked|per|from|for|vs|versus|to|until|through|papers?|about|on|with|by"
        r"|that|which|were|was|have|had|got|did|are|using)\b))",
    ),
    months=MONTHS,
    days=DAY_WORDS,
    seasons={"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11)},
    halves={"first": 1, "second": 2},
    years_ago={},
    relative={
        ("day", 0): (
            r"\b(?:today|(?:latest|newest|most recent) (?:day|digest))(?:'s)?\b",
            # without a number: "the 5 latest papers" may be of several days
            r"(?:^|(?<=\bthe )|(?<=\bme )|(?<=\ball ))(?:latest|newest|most recent)(?= papers?\s*[?.!]*$)",
        ),
        ("day", 1): (r"\byesterday(?:'s)?\b",),
        ("week", 0): (r"\bthis week(?:'s)?\b",),
        ("week", 1): (r"\blast week(?:'s)?\b",),
        ("month", 0): (r"\bthis month(?:'s)?\b",),
        ("month", 1): (r"\blast month(?:'s)?\b",),
        ("year", 0): (r"\bthis year(?:'s)?\b",),
        ("year", 1): (r"\blast year(?:'s)?\b",),
    },
    recent=(
        r"\b(?:last|past|previous)\s+(?P<n>\d+|one|two|three|four|five|six|seven|few)\s+"
        r"(?P<unit>day|week|month|year)s?\b",
    ),
    counts={"one": 1, "two": 2, "three": 3, "few": 3, "four": 4, "five": 5, "six": 6, "seven": 7},
    units={"day": 1, "week": 7, "month": 30, "year": 365},
    range_between=("to|through|till|until|up to",),
    article=(r"the\s+",),
    list_between=(r"and|or|,\s*and",),
    day_ending=(),
    day_unit=(r"(?:st|nd|rd|th)\b", _CLAUSE),
    between_before=(r"\bbetween" + _THE,),
    since_before=(r"\b(?:since|starting(?: on| in| from)?|as of)" + _THE,),
    after_before=(r"\b(?:after|later than)" + _THE,),
    until_before=(r"\b(?:until|till|through|up to|by|no later than)" + _THE,),
    before_before=(r"\b(?:before|earlier than|prior to)" + _THE,),
    between_after=(),
    since_after=("onwards?|or later|and later",),
    until_after=("or earlier|and earlier",),
    before_after=(),
    parts_before={
        r"\b(?:early(?: in)?|(?:the )?(?:start|beginning) of)\s+": (1, 10),
        r"\b(?:mid[- ]?|(?:the )?middle of\s+)": (11, 20),
        r"\b(?:late(?: in)?|(?:the )?end of)\s+": (21, -1),
        r"\b(?:the )?first half of\s+": (1, 15),
        r"\b(?:the )?second half of\s+": (16, -1),
        r"\b(?:the )?(?:first|1st) week (?:of|in)\s+": (1, 7),
        r"\b(?:the )?(?:second|2nd) week (?:of|in)\s+": (8, 14),
        r"\b(?:the )?(?:third|3rd) week (?:of|in)\s+": (15, 21),
        r"\b(?:the )?(?:fourth|4th) week (?:of|in)\s+": (22, 28),
        r"\b(?:the )?(?:last|final) week (?:of|in)\s+": (-7, -1),
    },
    week_before=(r"\b(?:the\s+)?week\s+(?:of|beginning|starting|from)\s+(?:\w+day,?\s+)?(?:the\s+)?",),
    week_after=(r"(?:['’]s)?\s+week\b(?!\s+(?:by|over|to)\b)",),
    parts_after={
        r"(?:['’]s)?,? (?:the )?(?:first|1st) week\b": (1, 7),
        r"(?:['’]s)?,? (?:the )?(?:last|final) week\b": (-7, -1),
    },
    excluded_before=(
        r"\b(?:not|except|excluding|without|but no|leave out)\s+"
        r"(?:(?:those|the ones|papers)\s+)?(?:of|from|in)?\s*$",
    ),
    lead=(
        r"(?:\b(?:on|in|of|from|for|during|dated|between|since|after|before|until|till|through|by|up to"
        r"|as of|last|this|or|and)\s+)?(?:the\s+)?(?:(?:end|start|beginning) of\s+)?(?:the\s+)?$",
    ),
    tail=(r"'s\b", "onwards?|or later|or earlier", r"\)|,?\s?of (?:the same|that) year\b"),
)
