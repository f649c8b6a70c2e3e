"""What open questions in Japanese say beside their subject.

Knows: words and patterns only. Does not know: which kinds of questions there are, or the collection.
"""

from __future__ import annotations

from rag_app.lang.language import OpenPatterns

_COUNT = r"(\d{1,2})"

OPEN_QUESTIONS = OpenPatterns(
    asking=(
        r"(?:説明|要約|まとめ|紹介|比較|整理|推薦|翻訳)(?:して|て)?(?:ください|下さい|ほしい|くれ)?",
        r"(?:教えて|見せて|挙げて)(?:ください|下さい|ほしい)?|おすすめ(?:の|は|を)?",
        r"(?:どんな|どのような|主な|代表的な)(?:方法|手法|アプローチ|論文|研究)\S{0,3}",
        r"(?:何|なに|どう|なぜ|どれ)(?:です|でしょう)?か|とは(?:何)?|がありますか|はありますか|日本語で|表で|表にして",
        r"論文(?:を|は|の|が)?(?=$|[、。?？\s])|わかりやすく|簡単に|詳しく",
    ),
    in_this_language=(r"日本語(?:で|に)",),
    points=(rf"{_COUNT}\s?(?:点|つ|行|文|項目)(?:で|に)",),
    name_column=(r"名前|名称|論文|題名|モデル|手法|データセット",),
    results=("結果|性能|成績",),
    figures_asked=(r"大きさ|サイズ|長さ|点数|スコア|結果|性能|数$|いくつ|速度|精度|割合",),
    without_after=(r"([\w-]+?)(?:を使わ|なし|以外|を除)",),
    not_after=(r"ではなく|ではない|以外",),
    denying=(r"なしで|せずに|不要|必要(?:が|は)?ない|使わない",),
    defining=(r"とは.*(?:である|です|手法|モデル)", r"を指(?:す|します)"),
    yes_or_no=(r"^(?!.*(?:何|なに|どう|どれ|どの|いくつ|なぜ|誰|いつ)).*(?:か|の)[?？。]?\s*$",),
    named=(r"^\W*(.+?)(?:とは|って|は)\s?(?:何|なに|どう)",),
    faults=(r"問題|限界|欠点|弱点|失敗|不足",),
    contributing=(r"提案|紹介|導入|開発|発表|公開|新しい",),
    background=(r"^(?:近年|最近|従来|既存)",),
    shorter=(r"短く|簡潔に|一文で|二文で",),
    longer=(r"詳しく|長く|もっと",),
    as_table=(r"表で|表に",),
    only=(r"だけ|のみ",),
    of_those=(r"(?:その|この)(?:中|うち)",),
)
