"""How questions about papers are worded in Chinese, in simplified and traditional characters.

Knows: words and patterns only. Does not know: the collection, or what follows from a wording.
"""

from __future__ import annotations

from rag_app.lang.han import DIGITS
from rag_app.lang.language import INTEGER, NAME, PERCENT, TIMES, Parts, QuestionPatterns, VoteConditions

_COUNT = rf"(\d{{1,9}}|[{''.join(DIGITS)}两兩])"
_PAPERS = "(?:论文|論文|文章|文献|文獻|研究)"
_VOTE = "(?:票|投票|得票|点赞|點讚|推荐|推薦)"

_FACTS: dict[str, Parts] = {
    "unknown_votes": (rf"(?:没有|沒有|未记录|未記錄|不知道){_VOTE}数?數?|{_VOTE}[数數]?(?:未知|不明)",),
    "months": ("每月|每个月|每個月|按月|各月",),
    "count": (
        rf"(?:多少|几|幾)(?:篇|个|個)?{_PAPERS}|{_PAPERS}(?:一共|总共|總共|共)?有?(?:多少|几|幾)篇|{_PAPERS}(?:的)?(?:数量|數量|总数|總數)",
    ),
    "bottom": (rf"{_VOTE}[数數]?(?:最少|最低)|(?:最少|最低)的?{_VOTE}",),
    "top": (
        rf"{_VOTE}[数數]?(?:最多|最高)|(?:最多|最高)的?{_VOTE}|按{_VOTE}[数數]?排|最(?:受欢迎|受歡迎|热门|熱門)",
        rf"前\s?{_COUNT}\s?(?:篇|名)|(?:热门|熱門){_PAPERS}",
    ),
    "authors": (
        rf"作者(?:是|有|为|為)?(?:谁|誰|哪些|名单|名單|列表|[?？。]|$)|(?:谁|誰)(?:写|寫|发表|發表|提出)|(?:谁|誰)的{_PAPERS}|(?:几|幾|多少)[位个個名]?作者",
    ),
    "votes": (rf"(?:多少|几|幾)(?:个|個)?{_VOTE}|{_VOTE}[数數](?:是|为|為|有)?(?:多少|[?？。]|$)",),
    "date": (
        "(?:什么|什麼|何)时候?(?:发表|發表|发布|發布|出现|出現|的)?|何时|何時|哪(?:一)?天(?:发|發|出)|发表日期|發表日期|日期是",
    ),
}

QUESTIONS = QuestionPatterns(
    greeting=(
        r"(?:你好|您好|嗨|哈喽|早上好|晚上好|谢谢你?|謝謝你?|多谢|再见|再見|帮助|幫助|你是(?:谁|誰)"
        r"|你(?:能|可以|会|會)(?:做|干|幹)(?:什么|什麼|些什么|些什麼))[吗嗎呢啊\s。.!！?？~〜]*",
    ),
    asking=(
        "找|比较|比較|总结|總結|解释|解釋|翻译|翻譯|告诉|告訴|什么|什麼|哪|如何|怎么|怎麼|谁|誰|为什么|為什麼|何时|何時",
    ),
    aside=(r"^[^,，。\n]{0,20}?(?:忽略|不用管|别管|別管|先不说|先不說)[^,，。\n]{0,10}[,，。\s]+",),
    comparing=(
        "比较|比較|对比|對比|区别|區別|不同|差异|差異|分别|分別|共同点|共同點|哪(?:个|個|一).{0,6}更|相比",
    ),
    side_by_side=("比较|比較|对比|對比|区别|區別|差异|差異",),
    other_described=(
        "(?:和|与|與|跟)[^。？?]+的(?:那篇)?(?:论文|論文)(?:有什么区别|有什麼區別|相比|比较|比較)",
    ),
    trend=(
        "趋势|趨勢|走势|走勢|动向|動向|如何(?:变化|變化|发展|發展|演变|演變)|越来越|越來越|(?:增加|减少|減少|增长|增長)了?[吗嗎]",
    ),
    trend_words=(
        "趋势|趨勢|走势|走勢|动向|動向|变化|變化|发展|發展|演变|演變|增加|增长|增長|减少|減少|主题|主題|领域|領域|如何|最",
    ),
    authors_ranked=(rf"哪些?(?:位)?作者|作者排名|{_PAPERS}最多的",),
    everything=("一切",),
    whole=("所有|全部|全体|全體|整个|整個",),
    listing=(
        rf"哪些{_PAPERS}|哪(?:几|幾)篇|有(?:哪些|什么|什麼){_PAPERS}|所有.{{0,20}}{_PAPERS}|全部|列出|清单|清單|列表",
        rf"(?:关于|關於|有关|有關|涉及|使用|研究|讨论|討論|提出).{{0,30}}的{_PAPERS}(?:有|[?？。]|$)",
        rf"{_PAPERS}有哪些|给我.{{0,12}}{_PAPERS}|給我.{{0,12}}{_PAPERS}",
    ),
    papers=(_PAPERS,),
    searching=(
        rf"找(?:一下|出|到)?.{{0,30}}{_PAPERS}|有(?:没有|沒有).{{0,30}}{_PAPERS}|哪(?:一)?篇{_PAPERS}",
    ),
    supposing=("如果|假设|假如|要是|的话|若",),
    pointing=(
        r"^\s*(?:它|那|这|這|那么|那麼|然后|然後)|(?:这|這|那|该|該)(?:篇|个|個|些)|它(?:的|们|們)?|上面的",
    ),
    among=("(?:其中|这些|這些|那些)(?:里|裡|中)?",),
    two=("(?:这|這|那)(?:两|兩)(?:篇|个|個)|(?:两|兩)者",),
    another=("(?:另|别|別|其他)(?:一)?(?:篇|个|個|的)",),
    same_day=("(?:那|同)(?:一)?天",),
    not_author=(rf"(?:不是|除了)\s?{NAME}",),
    kind=(r"\s?(?:系列|风格|風格|类|類|式|型)",),
    likened_before=(r"(?:(?<![图圖影成])像|(?<![假不例])如|类似于?|類似於?)\s?$",),
    likened_after=(r"\s?(?:那样|那樣|一样的|一樣的|风格|風格|类似的|類似的)",),
    asked_author=(rf"{NAME}\s?(?:写|寫|发表|發表|撰写|撰寫|参与|參與)", rf"作者是\s?{NAME}"),
    maybe_author=(),
    possessive=("的",),
    papers_of=("论文|論文",),
    number_asked=(
        "多少|几(?:个|倍|次|张|种|小时|天|秒|分)|幾(?:個|倍|次|張|種|小時|天|秒|分)|多(?:快|大|长|長|高)|百分之几|百分之幾|准确率是|準確率是|得分是",
    ),
    units={
        r"百分之|比例|准确率|準確率|成功率": PERCENT,
        r"(?:几|幾|多少)倍|快了?多少": rf"{TIMES}|{PERCENT}",
    },
    measures={
        "多[快慢]|[快慢]了?(?:多少|几倍|幾倍)": "速度",
        "多[大小]|[大小]了?(?:多少|几倍|幾倍)": "规模",
        "(?:便宜|贵|貴)了?多少|多(?:便宜|贵|貴)": "成本",
        "多(?:准确|準確)": "准确率",
    },
    boilerplate=(
        r"(?<=\w)[,，]?\s*[(（]?(?:也就是说|也就是說|换言之|換言之).*",
        rf"(?:的|有)?{_PAPERS}(?:有|是)?",
        "请|請|帮我|幫我|给我|給我|告诉我|告訴我|列出|找出|找一下|找|推荐|推薦|展示|显示|顯示",
        "所有|全部|哪些|哪(?:几|幾)篇|清单|清單|列表|关于|關於|有关|有關|涉及|讨论|討論|有没有|有沒有|什么|什麼|吗|嗎|呢",
    ),
    ordinals=(
        ("第一(?:篇|个|個)|第1(?:篇|个|個)|前者",),
        ("第二(?:篇|个|個)|第2(?:篇|个|個)|后者|後者",),
        ("第三(?:篇|个|個)|第3(?:篇|个|個)",),
        ("第四(?:篇|个|個)|第4(?:篇|个|個)",),
        ("最后一(?:篇|个|個)|最後一(?:篇|個)",),
    ),
    facts=_FACTS,
    limit=(rf"前\s?{_COUNT}\s?(?:篇|名)?", rf"(?<!第){_COUNT}\s?篇(?!(?:以上|以下))"),
    several=(rf"(?:热门|熱門)(?:的)?{_PAPERS}|最(?:受欢迎|受歡迎)的{_PAPERS}",),
    of_everything=frozenset("所有 全部 整个 整個".split()),
    about_papers=frozenset(
        "论文 論文 文章 研究 作者 标题 標題 发表 發表 发布 發布 投票 得票 票数 票數 热门 熱門 排名 数量 數量 "
        "列表 总结 總結 最新 最近 多少 哪些".split()
    ),
    of_any_paper=frozenset(
        "方法 提出 问题 問題 解决 解決 结果 結果 概要 解释 解釋 内容 內容 特点 特點 目的 贡献 貢獻 局限 原理 核心 "
        "思想".split()
    ),
)


def _bound(after: str) -> Parts:
    """A limit on votes by the words after the number."""
    return (
        rf"{_VOTE}[数數]?(?:在|有)?\s?{INTEGER}\s?票?\s?(?:{after})",
        rf"{INTEGER}\s?(?:{after})?票(?:{after})",
        rf"{INTEGER}\s?(?:{after})的?{_VOTE}",
    )


def _before(words: str) -> Parts:
    """A limit on votes by the words before the number."""
    return (rf"{_VOTE}[数數]?(?:{words})\s?{INTEGER}", rf"(?:{words})\s?{INTEGER}\s?(?:张|張|个|個)?{_VOTE}")


VOTES = VoteConditions(
    between=(rf"{INTEGER}\s?票?(?:到|至|-|~|～)\s?{INTEGER}\s?票(?:之间|之間)?",),
    from_to_below=(rf"{INTEGER}\s?票?以上\s?[,，、]?\s?不到\s?{INTEGER}\s?票",),
    at_least=(*_bound("以上|及以上"), *_before("至少|不少于|不少於|不低于|不低於")),
    more_than=_before("超过|超過|多于|多於|高于|高於|大于|大於"),
    at_most=(*_bound("以下|及以下"), *_before("至多|最多|不超过|不超過|不多于|不多於")),
    fewer_than=_before("少于|少於|低于|低於|不到|小于|小於"),
    exactly=(rf"(?:正好|恰好)\s?{INTEGER}\s?票", rf"{INTEGER}\s?票的{_PAPERS}"),
    none=(r"(?<!\d)0\s?票|零票|一票也没有|一票也沒有",),
    unknown=(rf"{_VOTE}[数數](?:未知|不明|没有记录|沒有記錄)",),
)
