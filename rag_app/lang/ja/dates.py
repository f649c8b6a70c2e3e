"""How dates are written in Japanese."""

from __future__ import annotations

from rag_app.lang import han
from rag_app.lang.language import DateWords

DATES = DateWords(
    full=(*han.FULL, r"(?P<ry>一昨年|おととし|去年|昨年|今年)の?\s?(?P<m>\d{1,2})月(?:\s?(?P<d>\d{1,2})日)?"),
    part_of_year=han.PART_OF_YEAR,
    month_of_year=han.MONTH_OF_YEAR,
    day_of_month=han.DAY_OF_MONTH,
    day=(r"(?<![\d月.])(?P<d>\d{1,2})日(?=\s?(?:の論文|に(?:出|発表|公開|掲載)|から|まで|付|[~～〜]\s?\d))",),
    month_or_year=han.MONTH_OR_YEAR,
    months={},
    halves=han.HALVES,
    years_ago={"今年": 0, "去年": 1, "昨年": 1, "一昨年": 2, "おととし": 2},
    relative={
        ("day", 0): ("今日|本日|(?:最新|いちばん新しい)の?(?:日|ダイジェスト)", r"^\s*最新(?=の?論文)"),
        ("day", 1): ("昨日|きのう",),
        ("week", 0): ("今週",),
        ("week", 1): ("先週",),
        ("month", 0): ("今月",),
        ("month", 1): ("先月",),
        ("year", 0): ("今年",),
        ("year", 1): (r"(?<!一)昨年|去年",),
        ("year", 2): ("一昨年|おととし",),
    },
    recent=(r"(?:ここ|最近の?|過去|直近の?)\s?(?P<n>\d+|[一二三四五])\s?(?P<unit>日間?|週間?|か月間?|ヶ月間?|カ月間?|年間?)",),
    counts={sign: n for sign, n in han.DIGITS.items() if n <= 5},
    units={
        "日": 1, "日間": 1, "週": 7, "週間": 7, "か月": 30, "か月間": 30, "ヶ月": 30, "ヶ月間": 30, "カ月": 30,
        "カ月間": 30, "年": 365, "年間": 365,
    },
    range_between=("から|～|〜",),
    article=(),
    list_between=("と|や|および|または|、",),
    day_ending=("付",),
    between_before=(),
    since_before=(),
    after_before=(),
    until_before=(),
    before_before=(),
    since_after=("以降|以後|から",),
    until_after=("まで",),
    before_after=("以前|より前|の前",),
    parts_before={},
    parts_after={
        "(?:上旬|初旬|初め|初頭|はじめ)": (1, 10),
        "(?:中旬|半ば)": (11, 20),
        "(?:下旬|末|終わり)": (21, -1),
        "前半": (1, 15),
        "後半": (16, -1),
        "の?第[一1１]週": (1, 7),
        "の?第[二2２]週": (8, 14),
        "の?第[三3３]週": (15, 21),
        "の?第[四4４]週": (22, 28),
        "の?(?:最終週|最後の週)": (-7, -1),
    },
    excluded_before=(),
    excluded_after=("(?:のもの|の論文)?(?:を|は)?(?:除いて|除く|以外)",),
    lead=(),
    tail=("付け?|の間|間に?|以降|以後|以前|より前|から|まで|では?|には?|の|は|に",),
)  # fmt: skip
