"""The fixed sentences of answers that code writes, in Korean.

Knows: wording only; every language has the same keys and slots. Does not know: what goes into a
slot, or the page, whose labels are apart.
"""

from __future__ import annotations

PHRASES = {
    "greeting": "안녕하세요! 수집된 논문에 대해 물어보세요. 논문의 내용과 수치, 어떤 주제를 다룬 논문 목록, "
    "두 논문의 차이, 저자와 날짜를 알려 드립니다.",
    "unknown_name": "{names}라는 이름의 논문은 이 컬렉션에 없습니다.",
    "unknown_author": "이 컬렉션에는 {names}라는 저자의 논문이 없습니다.",
    "not_in_digest_of": "{names}의 다이제스트에는 그 내용이 없습니다.",
    "not_mentioned": "다이제스트에 {names}에 대한 언급이 없어 답할 수 없습니다.",
    "no_support": "이 컬렉션의 다이제스트로는 답할 수 없습니다.",
    "off_topic": "이 컬렉션에는 그 주제를 다룬 논문이 없습니다.",
    "stopped": "답을 시작하기 전에 중지했습니다.",
    "question_cut": "질문이 길어 모델은 앞부분만 읽었습니다.",
    "nearest": "가장 가까운 논문:",
    "impossible": "없는 날짜이거나 범위의 앞뒤가 바뀌었습니다: {note}.",
    "no_papers": "조건에 맞는 논문이 이 컬렉션에 없습니다 ({days}).",
    "not_among": "{names}: 조건에 맞는 논문 가운데 없습니다 ({days}).",
    "only": "고른 논문 {n}편 중에서",
    "span": "이 컬렉션은 {first}부터 {last}까지 담고 있습니다.",
    "no_days": "이 컬렉션의 다이제스트에는 날짜가 없습니다.",
    "assumed": "가정: {note}.",
    "by_digest": "다이제스트에 따르면 ",
    "list_head": "{scanned}편 가운데 {matched}편이 해당합니다.",
    "list_borderline": "경계에 있는 {borderline}편은 따로 보여 줍니다.",
    "closest": "가장 가까운 {count}편:",
    "more": "… 외 {more}편이 더 있으며, 출처 목록에 모두 있습니다.",
    "votes": "추천 {votes}표",
    "votes_unknown": "추천 수 알 수 없음",
    "date_unknown": "날짜 알 수 없음",
    "count": "모두 {count}편입니다.",
    "count_one": "모두 1편입니다.",
    "top": "추천이 가장 많은 논문:",
    "bottom": "추천이 가장 적은 논문:",
    "unknown_votes": "(추천 수를 알 수 없는 {unknown}편은 제외했습니다.)",
    "authors_are": "이 논문의 저자로 기록된 사람은 {authors}입니다",
    "authors_unknown": "기록되지 않았습니다",
    "and_more": " 외",
    "months_head": "| 월 | 논문 수 |",
    "authors_head_line": "논문이 가장 많은 저자:",
    "authors_head": "| 저자 | 논문 수 |",
    "not_in_digest": "다이제스트에 없음",
    "quoted": "다이제스트의 내용은 다음과 같습니다 [{n}]:",
    "paper_is": "가장 잘 맞는 논문은 {title}입니다 [{n}]:",
    "trend_head": "{scanned}편 가운데 {matched}편이 이 주제를 다룹니다.",
    "trend_columns": "| 월 | 해당 논문 | 전체 논문 | 비율 |",
    "trend_peak": "비율이 가장 높은 달({month})의 논문:",
    "papers": "{count}편",
    "rising_head": "비중이 가장 많이 늘어난 주제:",
}
