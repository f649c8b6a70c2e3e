"""The fixed sentences of answers that code writes, in Japanese.

Knows: wording only; every language has the same keys and slots. Does not know: what goes into a
slot, or the page, whose labels are apart.
"""

from __future__ import annotations

PHRASES = {
    "greeting": "こんにちは。集めた論文について質問してください。論文の内容と数値、あるテーマの論文の一覧、"
    "二つの論文の違い、著者と日付を答えます。",
    "unknown_name": "{names} という名前の論文はこのコレクションにありません。",
    "unknown_author": "このコレクションには {names} という著者の論文がありません。",
    "not_in_digest_of": "{names} のダイジェストにはその内容がありません。",
    "not_mentioned": "ダイジェストに {names} の記述がないため、答えられません。",
    "no_support": "このコレクションのダイジェストからは答えられません。",
    "off_topic": "このコレクションにはそのテーマの論文がありません。",
    "stopped": "答えが始まる前に止めました。",
    "question_cut": "質問が長いため、モデルは最初の部分だけを読みました。",
    "nearest": "最も近い論文:",
    "impossible": "存在しない日付か、前後が逆の範囲です: {note}。",
    "no_papers": "条件に合う論文はこのコレクションにありません ({days})。",
    "span": "このコレクションは {first} から {last} までです。",
    "no_days": "このコレクションのダイジェストには日付がありません。",
    "assumed": "仮定: {note}。",
    "by_digest": "ダイジェストによると、",
    "list_head": "{scanned} 本のうち {matched} 本が当てはまります。",
    "list_borderline": "境界にある {borderline} 本は別に示します。",
    "closest": "最も近い {count} 本:",
    "more": "… ほかに {more} 本あり、出典の一覧にすべてあります。",
    "votes": "{votes} 票",
    "votes_unknown": "票数不明",
    "date_unknown": "日付不明",
    "count": "全部で {count} 本です。",
    "count_one": "全部で 1 本です。",
    "top": "票が最も多い論文:",
    "bottom": "票が最も少ない論文:",
    "unknown_votes": "(票数が不明の {unknown} 本は除きました。)",
    "authors_are": "この論文の著者として記録されているのは {authors} です",
    "authors_unknown": "記録されていません",
    "and_more": " ほか",
    "months_head": "| 月 | 論文数 |",
    "authors_head_line": "論文が最も多い著者:",
    "authors_head": "| 著者 | 論文数 |",
    "not_in_digest": "ダイジェストになし",
    "quoted": "ダイジェストには次のようにあります [{n}]:",
    "paper_is": "最も合う論文は {title} です [{n}]:",
    "trend_head": "{scanned} 本のうち {matched} 本がこのテーマを扱っています。",
    "trend_columns": "| 月 | 該当する論文 | すべての論文 | 割合 |",
    "trend_peak": "割合が最も高い月 ({month}) の論文:",
    "papers": "{count} 本",
    "rising_head": "割合が最も増えたテーマ:",
}
