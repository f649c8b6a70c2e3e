"""The fixed sentences of answers that code writes, in Chinese.

Knows: wording only; every language has the same keys and slots. Does not know: what goes into a
slot, or the page, whose labels are apart.
"""

from __future__ import annotations

PHRASES = {
    "greeting": "你好!请就收集的论文提问:论文的内容和数字、某个主题的论文列表、两篇论文的区别、作者和日期。",
    "unknown_name": "本库中没有名为 {names} 的论文。",
    "unknown_author": "本库中没有作者 {names} 的论文。",
    "not_in_digest_of": "{names} 的摘要中没有这项内容。",
    "not_mentioned": "摘要没有提到 {names},因此无法回答。",
    "no_support": "本库的摘要无法回答这个问题。",
    "off_topic": "本库中没有关于这个主题的论文。",
    "stopped": "在开始回答之前已停止。",
    "question_cut": "问题很长,模型只读了开头。",
    "nearest": "最接近的论文:",
    "impossible": "日期不存在,或范围的前后颠倒:{note}。",
    "no_papers": "本库中没有符合条件的论文 ({days})。",
    "span": "本库的范围是 {first} 到 {last}。",
    "no_days": "本库的摘要没有日期。",
    "assumed": "假定:{note}。",
    "by_digest": "据摘要所述,",
    "list_head": "{scanned} 篇中有 {matched} 篇符合。",
    "list_borderline": "处于边界的 {borderline} 篇另外列出。",
    "closest": "最接近的 {count} 篇:",
    "more": "… 还有 {more} 篇,全部列在来源中。",
    "votes": "{votes} 票",
    "votes_unknown": "票数未知",
    "date_unknown": "日期未知",
    "count": "共有 {count} 篇。",
    "count_one": "共有 1 篇。",
    "top": "票数最多的论文:",
    "bottom": "票数最少的论文:",
    "unknown_votes": "(票数未知的 {unknown} 篇未计入。)",
    "authors_are": "这篇论文记录的作者是 {authors}",
    "authors_unknown": "没有记录",
    "and_more": " 等",
    "months_head": "| 月份 | 论文数 |",
    "authors_head_line": "论文最多的作者:",
    "authors_head": "| 作者 | 论文数 |",
    "not_in_digest": "摘要中没有",
    "quoted": "摘要是这样写的 [{n}]:",
    "paper_is": "最合适的论文是 {title} [{n}]:",
    "trend_head": "{scanned} 篇中有 {matched} 篇涉及这个主题。",
    "trend_columns": "| 月份 | 相关论文 | 全部论文 | 占比 |",
    "trend_peak": "占比最高的月份 ({month}) 的论文:",
    "papers": "{count} 篇",
    "rising_head": "占比上升最多的主题:",
}
