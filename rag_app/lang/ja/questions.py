"""How questions about papers are worded in Japanese.

Knows: words and patterns only. Does not know: the collection, or what follows from a wording.
"""

from __future__ import annotations

from rag_app.lang.han import DIGITS
from rag_app.lang.language import (
    INTEGER,
    MONEY,
    NAME,
    PERCENT,
    TIMES,
    Parts,
    QuestionPatterns,
    VoteConditions,
)

_COUNT = rf"(\d{{1,9}}|[{''.join(DIGITS)}])"
_PAPERS = "(?:論文|研究|文献)"
_VOTE = "(?:票|投票|得票|いいね|推薦)"
_MOST = "(?:最も|一番|いちばん)"

_FACTS: dict[str, Parts] = {
    "unknown_votes": (rf"{_VOTE}数?(?:が|の)?(?:不明|記録されていない|わからない|ない)",),
    "vote_statistics": (rf"{_VOTE}数?の(?:平均|合計|中央値)|(?:平均|合計){_VOTE}数?(?![数數是])",),
    "span": (r"(?:コレクション|ダイジェスト)\S{0,3}(?:どの期間|いつからいつまで)",),
    "topics": (
        rf"{_MOST}(?:多い|人気の?(?:ある)?|よく扱われる)(?:テーマ|話題)|(?:テーマ|話題)(?:は|が){_MOST}多",
    ),
    "days": (
        rf"日(?:ごと|別)の?{_PAPERS}",
        rf"(?:どの日|何日|いつ).{{0,12}}{_PAPERS}.{{0,6}}{_MOST}(?:多|少)|{_PAPERS}の?数?が?{_MOST}(?:多|少な)[^。]{{0,4}}日",
    ),
    "months": (
        rf"月(?:ごと|別)の?{_PAPERS}|{_PAPERS}[をはの]?月(?:ごと|別)",
        rf"(?:どの月|何月).{{0,12}}{_PAPERS}.{{0,6}}{_MOST}(?:多|少)|{_PAPERS}の?数?が?{_MOST}(?:多|少な)[^。]{{0,4}}月",
    ),
    "count": (
        rf"{_PAPERS}(?:は|が)?(?:全部で)?何(?:本|件|編|篇)|何(?:本|件|編)(?:あり|ある|の{_PAPERS})|{_PAPERS}の?数は",
    ),
    "bottom": (
        rf"{_VOTE}数?(?:が|の)?{_MOST}(?:少な|低)|{_MOST}{_VOTE}数?(?:が|の)?(?:少な|低)|最少{_VOTE}",
    ),
    "top": (
        rf"{_VOTE}数?(?:が|の|を)?{_MOST}(?:多|高|集)|{_MOST}(?:多く)?(?:の)?{_VOTE}|最多{_VOTE}|{_VOTE}数?の?(?:多い順|上位)",
        rf"(?:上位|トップ)\s?{_COUNT}|人気の?(?:ある|高い)?{_PAPERS}",
    ),
    "newest": (
        rf"{_MOST}(?:新しい|最近の)(?=.{{0,16}}?{_PAPERS})",
        "新しい順に?|日付順に?",
    ),
    "oldest": (rf"{_MOST}(?:古い|早い)(?=.{{0,16}}?{_PAPERS})|最初に.{{1,6}}?た(?={_PAPERS})|古い順に?",),
    "authors": (
        rf"著者(?:は|が|を|名|一覧|たち)?(?:誰|だれ|教え|[?？。]|$)|誰が(?:書|作|発表)|誰の{_PAPERS}|著者(?:は|が)何人",
    ),
    "votes": (rf"何票|{_VOTE}数(?:は|を|が)(?:[?？。]|いくつ|どれ|教え|$)|{_VOTE}はいくつ",),
    "link": (r"(?:リンク|URL|DOI|arXiv ?(?:番号|ID))(?:は|を|が)?(?:[?？。]|教え|何|$)",),
    "date": ("いつ(?:発表|公開|掲載|出|の論文|です|$|[?？])|何日に|発表日|掲載日|日付",),
}

_HOW_MUCH = "(?:どれ(?:だけ|くらい|ほど)|何倍)"  # before what is measured

QUESTIONS = QuestionPatterns(
    greeting=(
        r"(?:こんにちは|こんばんは|おはよう(?:ございます)?|やあ|ありがとう(?:ございます)?|どうも|さようなら|ヘルプ|助けて"
        r"|(?:あなたは)?(?:誰|だれ)(?:ですか)?|何(?:が)?できます?(?:か|の)?)[\s。.!！?？~〜]*",
    ),
    asking=("教え|探|比較|要約|説明|訳し|何|どの|どう|誰|なぜ|いつ",),
    aside=(r"^[^、。\n]{0,20}?(?:は|を)?(?:無視して|気にせず|置いておいて|忘れて)[、。\s]*",),
    comparing=("比較|比べ|違い|違う|異な|それぞれ|共通点|どちら|対",),
    side_by_side=("比較|比べ|違い|対",),
    other_described=("(?:と|対)[^。？?]+(?:する|した|の)論文(?:を比|の違い|は?どう違)",),
    trend=(
        "傾向|動向|トレンド|推移|(?:どう|どのように)(?:変化|発展)|増えて(?:いる|きた|いますか)|減って(?:いる|きた)|流行",
    ),
    trend_words=(
        "傾向|動向|トレンド|推移|変化\\S*|発展\\S*|増え\\S*|減っ\\S*|流行\\S*|テーマ|話題|分野|どのように|最も",
    ),
    authors_ranked=(rf"どの著者が{_MOST}多|著者別|著者の?順位|{_PAPERS}が{_MOST}多い(?:著者|人)",),
    everything=("すべてのもの|何もかも",),
    whole=("すべて|全て|全部|全|あらゆる",),
    listing=(
        rf"(?:すべて|全て|全部)の?|一覧|リスト|{_PAPERS}(?:に)?は?(?:何が|どれ|どんなものが)",
        rf"どの{_PAPERS}|どんな{_PAPERS}|{_PAPERS}(?:を|は)(?:挙げ|列挙|並べ|教え)|{_PAPERS}(?:は|が)(?:ありますか|ある)",
        rf"(?:扱う|扱った|関する|使う|使った|提案する|提案した|についての){_PAPERS}(?:は|を)",
    ),
    papers=(_PAPERS,),
    searching=(rf"{_PAPERS}を(?:探|見つけ)|{_PAPERS}(?:は|が)(?:ありますか|ある)|する{_PAPERS}は",),
    supposing=("とすると|なら|たら|場合|仮に|ですが",),
    pointing=("^\\s*(?:それ|その|この|では|じゃあ|そして)|その論文|この論文|それ(?:は|の|を|ら)|上の論文",),
    among=("その(?:中|うち)|それらの?(?:中|うち)",),
    two=("その二つ|二つとも|両方|両者|2つの",),
    another=("(?:別|他|ほか)の(?:論文|研究|もの)",),
    same_day=("(?:その|同じ)日",),
    recently=(rf"最[新近]の?(?=.{{0,16}}?{_PAPERS})",),
    newer=(
        rf"(?:もっと|より|さらに)(?:新しい|最近の)(?=.{{0,16}}?(?:{_PAPERS}|もの))|後続の?|その後の(?={_PAPERS})",
    ),
    older=(rf"(?:もっと|より|さらに)(?:古い|前の)(?=.{{0,16}}?(?:{_PAPERS}|もの))|先行する?(?={_PAPERS})",),
    not_author=(rf"{NAME}\s?(?:ではなく|じゃなく|以外)",),
    used_before=(),
    used_after=(
        r"を(?:[^、。？?]{1,10}に)?(?:使った|用いた|使う|用いる|応用した|適用した)[^。？?]{0,12}(?:論文|研究)",
    ),
    kind=(r"\s?(?:系|ベース|風|型|シリーズ)",),
    likened_before=(),
    likened_after=(r"\s?(?:のような|のように|みたい|風の|っぽ|に似た|と同じような)",),
    asked_author=(rf"{NAME}\s?(?:が|さんが)\s?(?:書|著|発表)", rf"著者が\s?{NAME}"),
    maybe_author=(),
    possessive=("の",),
    papers_of=("論文",),
    number_asked=(
        "何(?:%|パーセント|個|枚|倍|点|時間|日|秒|人|回|台|種類)|いくつ|どのくらい|どれくらい|どれだけ|数値|スコアは|いくら",
    ),
    units={
        r"何\s?(?:ドル|円|元)": MONEY,
        r"何\s?(?:%|％|パーセント)|割合|正解率": PERCENT,
        rf"何倍|{_HOW_MUCH}(?:速|遅)[いくか]": rf"{TIMES}|{PERCENT}",
    },
    measures={
        rf"{_HOW_MUCH}(?:速|遅)[いくか]": "速度",
        rf"{_HOW_MUCH}(?:大き|小さ)": "規模",
        rf"{_HOW_MUCH}(?:高価|安[いくか])": "コスト",
        rf"{_HOW_MUCH}正確": "精度",
    },
    boilerplate=(
        r"(?<=\w)、?\s*[(（]?(?:すなわち|つまり).*",
        rf"(?:に|を|の)?(?:ついて|関する|関して|扱う|扱った|使う|使った|用いた|用いる|提案する|提案した)?の?{_PAPERS}",
        "(?:教え|挙げ|探し|見せ|示し|列挙し|並べ)(?:て)?(?:ください|下さい|くれ|ほしい)?",
        "すべて|全て|全部|一覧|リスト|どの|どんな|何|ありますか|ある|ですか|いますか|はい?",
    ),
    ordinals=(
        (r"(?:一|1|１)(?:番目|つ目|本目)|最初の(?:論文|もの)",),
        (r"(?:二|2|２)(?:番目|つ目|本目)",),
        (r"(?:三|3|３)(?:番目|つ目|本目)",),
        (r"(?:四|4|４)(?:番目|つ目|本目)",),
        (r"最後の(?:論文|もの)",),
    ),
    facts=_FACTS,
    in_title=(
        r"(?:タイトル|題名)に[「『\"]?([^「」『』\"]+?)[」』\"]?(?:が|を|と)(?:入って|含|ある|つく)(?:いる|む|まれる)?",
    ),
    more_voted=(rf"より{_VOTE}数?(?:が|の)多い(?={_PAPERS})",),
    fewer_voted=(rf"より{_VOTE}数?(?:が|の)少ない(?={_PAPERS})",),
    same_authors=(
        "(?:筆頭|第一|最終)?(?:著者|チーム)(?:たち|ら)?(?:の|が書いた)(?:他|ほか|別)の(?:論文|研究)|同じ(?:著者|チーム)の(?:他の)?(?:論文|研究)",
    ),
    first_author=("筆頭著者|第一著者",),
    last_author=("最終著者",),
    limit=(
        rf"(?:上位|トップ)\s?{_COUNT}",
        rf"{_COUNT}\s?(?:本|件|編|つ)(?:の{_PAPERS}|だけ|ほど|を?(?:教え|挙げ|選))",
        rf"{_PAPERS}を?\s?{_COUNT}\s?(?:本|件|編|つ)",
    ),
    several=(
        rf"最[新近]の?.{{0,16}}?{_PAPERS}|(?:新しい|古い|日付)順|人気の?(?:ある|高い)?{_PAPERS}|{_VOTE}数?の?多い{_PAPERS}",
    ),
    of_everything=frozenset("全部 全て".split()),
    about_papers=frozenset(
        "論文 研究 著者 題名 発表 公開 掲載 投票 得票 票数 人気 上位 順位 一覧 要約 紹介 最新 最近".split()
    ),
    of_any_paper=frozenset(
        "方法 手法 提案 課題 問題 解決 結果 概要 説明 内容 特徴 目的 貢献 限界 仕組 組み".split()
    ),
)


def _bound(after: str) -> Parts:
    """A limit on votes by the words after the number."""
    return (
        rf"{_VOTE}数?(?:が|の)?\s?{INTEGER}\s?(?:票|以上の)?\s?(?:{after})",
        rf"{INTEGER}\s?票(?:を|が)?\s?(?:{after})",
        rf"{INTEGER}\s?(?:{after})の?{_VOTE}",
    )


VOTES = VoteConditions(
    between=(rf"{INTEGER}\s?票?\s?(?:から|～|〜|-)\s?{INTEGER}\s?票(?:の間|まで)?",),
    from_to_below=(rf"{INTEGER}\s?票?以上\s?、?\s?{INTEGER}\s?票?未満",),
    at_least=_bound("以上"),
    more_than=_bound("を?超える|を?超えた|より多い"),
    at_most=_bound("以下"),
    fewer_than=_bound("未満|より少ない"),
    exactly=(rf"ちょうど\s?{INTEGER}\s?票", rf"{INTEGER}\s?票の{_PAPERS}"),
    none=(r"(?<!\d)0\s?票|一票も",),
    unknown=(rf"{_VOTE}数?(?:が|の)(?:不明|記録されていない|わからない)\S*",),
)
