"""How dates are written in Chinese."""

from __future__ import annotations

from rag_app.lang import han
from rag_app.lang.language import DateWords

DATES = DateWords(
    full=(*han.FULL, r"(?P<ry>前年|去年|今年)\s?(?P<m>\d{1,2})月(?:\s?(?P<d>\d{1,2})[日号號])?"),
    part_of_year=han.PART_OF_YEAR,
    month_of_year=han.MONTH_OF_YEAR,
    day_of_month=han.DAY_OF_MONTH,
    day=(
        r"(?<![\d月.])(?P<d>\d{1,2})[日号號](?=\s?(?:的论文|的論文|发表|發表|发布|到|至|以[前后後]|[~～-]\s?\d))",
    ),
    month_or_year=han.MONTH_OR_YEAR,
    months={},
    days={},
    halves=han.HALVES,
    seasons={},
    years_ago={"今年": 0, "去年": 1, "前年": 2},
    relative={
        ("day", 0): ("今天|今日|最新一(?:天|期)", r"^\s*最新(?=的?(?:论文|論文))"),
        ("day", 1): ("昨天|昨日",),
        ("week", 0): ("(?:本|这|這)(?:周|週|个?星期|個?星期)",),
        ("week", 1): ("上(?:周|週|个?星期|個?星期)",),
        ("month", 0): ("本月|这个?月|這個?月",),
        ("month", 1): ("上个?月|上個月",),
        ("year", 0): ("今年",),
        ("year", 1): ("去年",),
        ("year", 2): ("前年",),
    },
    recent=(
        r"(?:最近|过去|過去|近)\s?(?P<n>\d+|[一二两兩三四五几幾])\s?个?個?(?P<unit>天|日|周|週|星期|月|年)",
    ),
    counts={sign: n for sign, n in han.DIGITS.items() if n <= 5} | {"两": 2, "兩": 2, "几": 3, "幾": 3},
    units={"天": 1, "日": 1, "周": 7, "週": 7, "星期": 7, "月": 30, "年": 365},
    range_between=("到|至|~|～",),
    article=(),
    list_between=("和|与|與|及|或|、",),
    day_ending=(),
    day_unit=("[日号號]",),
    between_before=(),
    since_before=(r"(?:自|从|從)\s?$",),
    after_before=(),
    until_before=(r"(?:截至|直到)\s?$",),
    before_before=(),
    between_after=("之[间間]|期[间間]",),
    since_after=("以[后後来來]|之[后後]|起|开始|開始",),
    until_after=("为止|為止",),
    before_after=("以前|之前",),
    parts_before={},
    week_before=(),
    week_after=(),
    parts_after={
        "(?:上旬|初)": (1, 10),
        "中旬": (11, 20),
        "(?:下旬|末|底)": (21, -1),
        "(?:上半月|前半)": (1, 15),
        "(?:下半月|后半|後半)": (16, -1),
        "的?第[一1](?:个|個)?(?:周|週|星期)": (1, 7),
        "的?第[二2](?:个|個)?(?:周|週|星期)": (8, 14),
        "的?第[三3](?:个|個)?(?:周|週|星期)": (15, 21),
        "的?第[四4](?:个|個)?(?:周|週|星期)": (22, 28),
        "的?最[后後]一?(?:个|個)?(?:周|週|星期)": (-7, -1),
    },
    excluded_before=(r"(?:除了|除|不要|排除)\s?$",),
    excluded_after=("除外|以外",),
    lead=(r"(?:在|于|於|自|从|從|截至)\s?$",),
    tail=(
        r"[和与與跟](?=\s?[\d今上去])|以[后後来來前]|之[后後前间間]|期间|期間|为止|為止|起|开始|開始|的|间|間",
    ),
)
