"""How short turns go on with the answer before, in Chinese."""

from __future__ import annotations

from rag_app.lang.language import TurnPatterns

_FOLLOWING = {
    "day": "第二天|[后下]一天",
    "week": "[后下]一?周",
    "month": "[后下]一?个?月",
    "year": "[后下]一年",
}
_PRECEDING = {"day": "前一天", "week": "[前上]一?周", "month": "[前上]一?个?月", "year": "前一年"}

TURNS = TurnPatterns(
    instead=("(?:那|那么|那麼)?([^呢吗嗎？?，。这那它]{2,20})呢[？?]?",),
    within=("(?:那|那么)?在([^呢吗？?，。这那它]{2,20})(?:中|上|方面)呢[？?]?",),
    their_papers=("(?:相关|有关)?(?:的)?论文(?:呢|有哪些|有多少)?[。？?]*",),
    adding=("(?:加上|再加|包括)(.{2,30})",),
    whole=(r"(?:全部|所有)(?:再)?(?:显示|列出)?",),
    further=("(?:还有|更多|其他|其余|下一页|继续|再来)(?:的)?(?:论文|論文)?(?:呢|吗|嗎)?[。？?]*",),
    year_alone=(r"(?:那|只看)?(20[0-3]\d)年?(?:的)?(?:论文|論文)?(?:呢|的)?[。？?]*",),
    following={
        unit: (rf"(?:那|那么)?(?:{name})的?(?:论文)?呢?[。？?]*",) for unit, name in _FOLLOWING.items()
    },
    preceding={
        unit: (rf"(?:那|那么)?(?:{name})的?(?:论文)?呢?[。？?]*",) for unit, name in _PRECEDING.items()
    },
    of_two=("(?:那)?(哪个[^？?。]{1,20})[。？?]*",),
    all_told=("(?:它们|这些论文|那些论文)(?:的)?",),
    pronouns=("它|这个|这种(?:方法|技术|模型)",),
    places=(r"第(\d{1,2})[篇个個]", "第?(最后)一?[篇个個]"),
    place_words={"最后": -1},
)
