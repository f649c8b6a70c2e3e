"""What joins the parts of a topic in Chinese."""

from __future__ import annotations

from rag_app.lang.language import TopicWords

TOPICS = TopicWords(
    either=frozenset("或 或者 或是".split()),
    both=frozenset("和 与 與 及 以及 跟".split()),
    leaving_out_next=frozenset("除了 不含 排除".split()),
    leaving_out_last=frozenset(("除外", "以外", "之外")),
    leaving_out=(),
    saying_little=frozenset("相关 相關 改进 改進 使用 利用 提出 介绍 介紹 讨论 討論".split()),
    within=frozenset("的 和 与 在".split()),
)
