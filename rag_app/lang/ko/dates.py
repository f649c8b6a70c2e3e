"""How dates are written in Korean."""

from __future__ import annotations

from rag_app.lang.language import YEAR, DateWords

_PART_ENDS = r"(?:쯤|경|께)?(?=에|의|까지|부터|[^가-힣]|$)"

# Behind a word for before, after or between: particles, and no other word that begins alike ("에이전트").
_WORD_ENDS = r"(?=(?:의|에|에는|에도|은|는|로|로는)?(?![가-힣]))"

DATES = DateWords(
    full=(
        rf"(?<!\d)(?P<y>{YEAR}|\d\d)년\s*(?P<m>\d{{1,2}})월\s*(?P<d>\d{{1,2}})(?!\d|\s?주)일?",
        r"(?P<ry>재작년|작년|지난\s?해|올해)\s*(?P<m>\d{1,2})월(?:\s*(?P<d>\d{1,2})일)?",
    ),
    part_of_year=(
        rf"(?P<y>{YEAR})년\s*(?P<q>[1-4])\s?분기",
        rf"(?P<y>{YEAR})년\s*(?P<h>[상하])반기",
    ),
    month_of_year=(rf"(?<!\d)(?P<y>{YEAR}|\d\d)년\s*(?P<m>\d{{1,2}})월",),
    day_of_month=(
        r"(?<!\d)(?P<m>\d{1,2})월\s*(?P<d>\d{1,2})일",
        r"(?<!\d)(?P<m>\d{1,2})월\s*(?P<d>\d{1,2})(?=\s?[~–-]\s?\d{1,2}일)",
    ),
    day=(
        r"(?<![\d/.])(?P<m>0?[1-9]|1[0-2])/(?P<d>0?[1-9]|[12]\d|3[01])"
        r"(?=\s?(?:일자|논문|에|부터|까지|의|[~–-]))",
        r"(?<=[~–-])(?P<m>0?[1-9]|1[0-2])/(?P<d>0?[1-9]|[12]\d|3[01])(?![\d/])",
        r"(?<![\d가-힣.])(?P<d>\d{1,2})일(?=\s*(?:까지|부터|자(?![가-힣])|에 (?:나온|올라|발표|게재|공개)"
        r"|(?:의 )?논문|[과와] \d|, ?\d|[~–-] ?\d))",
    ),
    month_or_year=(
        rf"(?<!(?-i:[A-Z]{{2}}) )(?<![A-Za-z])(?P<y>{YEAR})년(?!대)",
        r"(?<!\d)(?P<m>\d{1,2})월(?!드|요일)",
        r"(?<![\d.])(?P<m>\d{1,2})(?=\s?[~–-]\s?\d{1,2}월)",
    ),
    months={},
    halves={"상": 1, "하": 2},
    years_ago={"올해": 0, "작년": 1, "지난해": 1, "재작년": 2},
    relative={
        ("day", 0): (
            r"오늘|(?:최신|(?:가장 )?최근)\s?(?:일자|다이제스트)",
            r"^\s*(?:가장 )?최신(?=\s?논문)(?!\s?논문\s?\S{1,2}\s?편)",
        ),
        ("day", 1): ("어제",),
        ("week", 0): (r"이번\s?주",),
        ("week", 1): (r"지난\s?주",),
        ("month", 0): (r"이번\s?달",),
        ("month", 1): (r"지난\s?달",),
        ("year", 0): ("올해",),
        ("year", 1): (r"(?<!재)작년|지난\s?해",),
        ("year", 2): ("재작년",),
    },
    recent=(r"(?:최근|지난)\s?(?P<n>\d+|일|한|두|세)\s?(?P<unit>일|주일?|개월|달|년)",),
    counts={"일": 1, "한": 1, "두": 2, "세": 3},
    units={"일": 1, "주": 7, "주일": 7, "개월": 30, "달": 30, "년": 365},
    range_between=("에서|부터",),
    article=(),
    list_between=("와|과|및|또는|이나|그리고|하고",),
    day_ending=("자",),
    day_unit=(r"일(?!\s?(?:간|동안|전|후|이내|내|뒤|차))", r"(?=\s?(?:논문|자|에|까지|사이|의)(?![가-힣]))"),
    between_before=(),
    since_before=(),
    after_before=(),
    until_before=(),
    before_before=(),
    between_after=(rf"사이{_WORD_ENDS}",),
    since_after=(rf"(?:이후|부터|이래){_WORD_ENDS}",),
    until_after=(rf"까지{_WORD_ENDS}",),
    before_after=(rf"(?:이전|전에|전){_WORD_ENDS}",),
    parts_before={},
    parts_after={
        rf"(?:초순|상순|초){_PART_ENDS}": (1, 10),
        rf"(?:중순|중반){_PART_ENDS}": (11, 20),
        rf"(?:하순|말){_PART_ENDS}": (21, -1),
        rf"전반기?{_PART_ENDS}": (1, 15),
        rf"후반기?{_PART_ENDS}": (16, -1),
        r"(?:첫\s?(?:째|번째)?\s?주|1\s?주차)": (1, 7),
        r"(?:(?:둘|두)\s?(?:째|번째)\s?주|2\s?주차)": (8, 14),
        r"(?:(?:셋|세)\s?(?:째|번째)\s?주|3\s?주차)": (15, 21),
        r"(?:(?:넷|네)\s?(?:째|번째)\s?주|4\s?주차)": (22, 28),
        r"마지막\s?주": (-7, -1),
    },
    excluded_before=(),
    excluded_after=(r"(?:거|것|건|논문)?(?:은|는|을|를)?\s?(?:빼고|빼줘|제외|말고)",),
    lead=(r"지난\s?$",),
    tail=(
        rf"(?:동안|사이|이후|이전|전|부터|까지){_WORD_ENDS}|또는(?=\s)",
        r"(?<!\s)(?:일자|자(?![가-힣])|에서|에는|에|의|날|이나|은|는|로|도)|(?<!\s)(?:[과와](?=\s)|[이가](?![가-힣]))",
    ),
)
