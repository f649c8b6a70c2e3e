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
    dividing=("分けて|区別",),
    points=(rf"{_COUNT}\s?(?:点|つ|行|文|項目)(?:で|に)",),
    name_column=(r"名前|名称|論文|題名|モデル|手法|データセット",),
    results=("結果|性能|成績",),
    figures_asked=(r"大きさ|サイズ|長さ|点数|スコア|結果|性能|数$|いくつ|速度|精度|割合",),
    without_after=(r"([\w-]+?)(?:を使わ|なし|以外|を除)",),
    not_after=(r"ではなく|ではない|以外",),
    denying=(r"なしで|せずに|不要|必要(?:が|は)?ない|使わない",),
    defining=(r"とは.*(?:である|です|手法|モデル)", r"を指(?:す|します)"),
    opening=("近年|最近|従来の|一般に|また|しかし",),
    general_nouns=("(?:モデル|手法|技術|方法|方式|アルゴリズム)",),
    subject_end=("(?:とは|は)",),
    apposing=("(?:技術|手法|方法|モデル|アルゴリズム|概念)である",),
    praising=("優れ|上回|達成|注目|人気|広く使われ|改善し",),
    announcing=("新しい|提案|紹介|導入|発表",),
    comparing=("より|対して|異な|違い|代わり|一方",),
    mending=("解決|克服|緩和|改善",),
    told_apart=(r"([^、。?？]+?)とは?(?:どう|何が)(?:違|異)",),
    named=(r"^\W*(.+?)(?:とは|って|は)\s?(?:何|なに|どう)",),
    faults=(r"問題|限界|欠点|弱点|失敗|不足",),
    contributing=(r"提案|紹介|導入|開発|発表|公開|新しい",),
    background=(r"^(?:近年|最近|従来|既存)",),
    shorter=(r"短く|簡潔に|一文で|二文で",),
    longer=(r"詳しく|長く|もっと",),
    as_table=(r"表で|表に",),
    only=(r"だけ|のみ",),
    alike=("似た|類似",),
    of_those=(r"(?:その|この)(?:中|うち)",),
    negating=("ない|ません|ず(?:に|、)|不可能|できな",),
    hinting=("ない|ません|ず|不|無|非|困難|難し|失敗|欠|限界|制限|避け|防|代わり|だけで",),
    rising=("増加|増え|向上|改善|高[めくい]|上回|優れ|速[くい]|強化|上昇",),
    falling=("減少|減ら|減り|低下|低[くい]|下回|遅[くい]|悪化|削減|劣",),
    leaning=("^(?:これ|それ|この(?!論文|研究)|その|しかし|また|さらに|したがって)",),
    columns_asked={"data": "データ", "speed": "速度|時間", "human": "人間|人", "method": "手法|方法"},
    columns_said={"data": "データ", "speed": "秒|倍|速度", "human": "人間", "method": "提案|用い|使い"},
    made_things={"benchmark": "ベンチマーク", "data": "データセット|コーパス"},
    counting=("サイズ|大きさ|規模|長さ|数$|いくつ",),
    sizes=(r"\d[\d,.]*\s?(?:万|億|兆|千|百)?\s?(?:個|件|枚|本|時間|組|人|トークン|問|サンプル)",),
)
