"""What joins the parts of a topic in Japanese."""

from __future__ import annotations

from rag_app.lang.language import TopicWords

TOPICS = TopicWords(
    either=frozenset(("や", "または", "あるいは", "もしくは", "か")),
    both=frozenset(("と", "および", "かつ")),
    leaving_out_next=frozenset(),
    leaving_out_last=frozenset(("除", "以外")),
    leaving_out=(),
    saying_little=frozenset("関連 関係 改善 使用 利用 提案 紹介 教".split()),
    within=frozenset("の と や における による のための に に対する を に関する を用いた での".split()),
)
