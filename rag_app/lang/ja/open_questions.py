"""What open questions in Japanese say beside their subject.

Knows: words and patterns only. Does not know: which kinds of questions there are, or the collection.
"""

from __future__ import annotations

from rag_app.lang.han import DIGITS
from rag_app.lang.language import OpenPatterns

_COUNT = rf"(\d{{1,2}}|[{''.join(DIGITS)}])"

OPEN_QUESTIONS = OpenPatterns(
    asking=(
        r"(?:説明|要約|整理|紹介|比較|分類|翻訳|まとめ|列挙)(?:して|て)?(?:ください|下さい|くれ|ほしい)?",
        r"(?:教え|見せ|探し|選ん|挙げ)(?:て|で)(?:ください|下さい|くれ|ほしい)?",
        r"(?:どんな|どのような|主な|代表的な|いろいろな)?(?:方法|手法|アプローチ|工夫|論文|研究|やり方)(?:は|が|を|に|で|の|には)?",
        r"(?:何|なに|どう|どのように|なぜ|どこ)(?:が|を|に|から|まで)?(?:あります|ある|です|でしょう)?か?",
        r"わかりやすく|簡単に|短く|詳しく|それぞれ|まず|最初に|表で|一覧で|テーマ別に|ありますか|ですか|とは",
        r"(?:提案|発表|公開)(?:した|された|する)(?=方法|手法|論文|研究)",
    ),
    in_this_language=(r"日本語(?:で|に)", r"\b(?:in|into|to) japanese\b"),
    points=(rf"{_COUNT}\s?(?:行|つ(?:の点)?|文|点|項目|個)(?:で|に|の)",),
    name_column=(r"名前|名称|論文|題名|モデル名?|手法|ベンチマーク|データセット",),
    figures_asked=(r"サイズ|長さ|スコア|結果|性能|数値|速度|コスト|パラメータ数?|トークン数|精度|割合|数$",),
    without_before=(),
    without_after=(r"([^\s、。]+?)(?:なしで|を使わず|を使わない|を除いて|を除く|以外の?|が不要)",),
    not_before=(),
    not_after=("ではなく|以外|でない",),
    denying=("なしで|不要|必要としない|必要がない|使わず|使わない|代わりに",),
    defining=("とは.*(?:です|である|を指す)|を(?:意味|指)(?:します|する)|と呼ばれ",),
    contributing=("提案|紹介|導入|開発|発表|公開|構築|設計|新しい",),
    background=("^(?:最近|近年|既存|従来|これまで)|課題がある|問題がある",),
    shorter=("短く|簡潔に|一文で|二文で|要約して",),
    longer=("詳しく|もっと長く|具体的に",),
    as_table=("表で|表に|表形式",),
    only=("だけ|のみ",),
)
