"""How short turns go on with the answer before, in Korean.

Knows: words and patterns only. Does not know: what they are read as (`search.continuations`).
"""

from __future__ import annotations

from rag_app.lang.language import TurnPatterns

# What is asked of papers, and no topic of their own.
_ASPECT = (
    "결과|성능|한계|데이터|코드|방법|장점|단점|실험|저자|이유|속도|비용|평가|벤치마크|모델|크기|날짜|추천|투표|링크|요약"
    "|구조|원리|특징|차이|기여|결론"
)
# What such a turn begins with, and how what is wanted ends.
_LEAD = r"(?:(?:아니(?:요|야|고)?|음|아|네|응|그럼|그러면|근데|그런데|그리고)[,.! ]+)"
_WANTED = r"(?:\s?(?:보여|알려|찾아|추천해?|말해)\s?(?:줘|주세요|줄래|봐)\S*|\s?(?:있|없)\S*)"
# A topic in place of the one before.
_TOPIC = (
    rf"(?!그|이(?![가-힣])|저(?![가-힣])|[^?？]*번째|(?:{_ASPECT})(?:은|는|도|을|를)?\s*[?？]?$|(?:{_ASPECT})(?:은|는|도)?)"
    r"[가-힣A-Za-z0-9][가-힣A-Za-z0-9 -]{1,25}?"
)
# Papers that are described by what they do are asked for anew: "비디오 생성을 개선하는 논문은?".
_WHOLE_QUESTION = r"[^?？]*[을를]\s[^?？]*[는은한된던]\s(?:논문|연구)"


def _beside(sides: str, unit: str) -> tuple[str, ...]:
    """The period of a unit on one side of the one told of."""
    told = rf"(?:그\s?|바로\s?)*(?:{sides})\s?{unit}(?:에|의|은|는|엔|에는|도|꺼|것|거|\s?논문)*"
    return (rf"{_LEAD}*{told}{_WANTED}?\s*[?？.!]*",)


_UNITS = {"day": "날", "week": "주", "month": "달", "year": "해"}

TURNS = TurnPatterns(
    instead=(
        rf"(?!{_WHOLE_QUESTION})(?:그럼\s|그러면\s|그리고\s)?({_TOPIC})(?:\s(?:쪽|논문))?(?:은|는)(?:요)?\s*[?？]",
        rf"{_LEAD}+({_TOPIC})(?:\s?(?:쪽|논문|분야|관련))?(?:은|는|이|을|를)?(?:요)?"
        r"(?:\s?(?:말이야|말이에요|말인데요?|말입니다|말한\s?(?:거야|건데\S*)|어때\S*|어떤가요|알려\s?줘\S*|보여\s?줘\S*"
        r"|찾아\s?줘\S*|있어\S*|있나\S*))?\s*[?？.!]*",
    ),
    within=(
        rf"{_LEAD}*({_TOPIC})\s?(?:쪽|분야)(?:은|는|만)?(?:요)?{_WANTED}?\s*[?？.!]*",
        rf"{_LEAD}*({_TOPIC})\s?(?:관련(?:된|한)?|쓰는|사용하는|다루는|적용한|활용한)\s?(?:거|것|건)(?:만|은|는|도)?"
        rf"{_WANTED}?\s*[?？.!]*",
        rf"{_LEAD}*({_TOPIC})(?:에서|용으로)(?:는|도)?(?:요)?\s*[?？]",
        rf"{_LEAD}*((?:서베이|벤치마크|데이터\s?셋|리뷰|튜토리얼)(?: ?논문)?)(?:은|는|도)?{_WANTED}?\s*[?？.!]*",
        rf"{_LEAD}*({_TOPIC}(?:은|는)?\s(?:말고|빼고|제외(?:하고|한)?))(?:{_WANTED}|요)?\s*[?？.!]*",
    ),
    their_papers=(
        rf"{_LEAD}*(?:관련(?:된)?\s?|그\s)?논문(?:들)?(?:은|는|도|이)?(?:\s?(?:몇\s?(?:편|개)\S*|뭐\S*))?"
        rf"{_WANTED}{{0,2}}\s*[?？.!]*",
    ),
    adding=(
        rf"{_LEAD}*([^?？]{{2,40}}?)(?:도|을|를|까지)?\s(?:같이\s|함께\s)?(?:추가|포함|넣어)\S*{_WANTED}?\s*[?？.!]*",
    ),
    whole=(
        rf"{_LEAD}*(?:아니다|됐고|됐어)?[\s,]*(?:다시\s)?(?:전부|전체|모두)(?:\s?다)?(?:\s다시)?{_WANTED}?\s*[?？.!]*",
        rf"{_LEAD}*(?:원래대로|(?:좀\s)?더\s넓게|(?:전체\s|원래\s)?목록(?:으로)?(?:\s다시)?){_WANTED}?\s*[?？.!]*",
    ),
    further=(
        rf"{_LEAD}*(?:(?:그거|이거|그것|이것)\s?말고\s?)?다른\s?(?:거|것|건|논문)(?:으로|로|은|는|도)?"
        rf"(?:\s?바꿔\s?(?:줘|주세요)\S*|{_WANTED})?\s*[?？.!]*",
        rf"{_LEAD}*(?:좀\s?)?(?:더|다음|나머지|계속|또)(?:\s?(?:페이지|거|것|논문)(?:도|은|는|을)?)?{_WANTED}?\s*[?？.!]*",
        r"(?:그거|이거|그것|이것|그|이)?\s?(?:말고\s)?다른\s?(?:거|것|건|논문)(?:은|는|도)?(?:요)?"
        rf"{_WANTED}?\s*[?？.!]*",
    ),
    year_alone=(
        r"(?:(?:그럼|그러면|그중에?|그\s?중에?서?|이제)\s)?(20[0-3]\d)\s?년?(?:도)?"
        r"(?:에|은|는|만|것만|거만|꺼만|\s?(?:것|거|꺼|논문)만?|에는|엔)*"
        rf"{_WANTED}?(?:요)?\s*[?？.!]*",
    ),
    following={key: _beside("다음", unit) for key, unit in _UNITS.items()},
    preceding={key: _beside("전|이전|지난|앞", unit) for key, unit in _UNITS.items()},
    of_two=(
        rf"{_LEAD}*(?:그래서\s)?((?:둘\s?중\S*\s)?(?:뭐가|뭘|무엇[이을]|누가|(?:어느|어떤)\s?(?:게|걸|것[이을]|쪽[이을]?))\s(?!나왔|있|나온)"
        r"[^?？]{1,40}?)\s*[?？.!]*",
    ),
    all_told=(
        r"(?<![가-힣])(?:그|이|위|저)\s?(?:논문|연구)들(?:의|은|이|을)?|(?<![가-힣])(?:이들|그것들|이것들)(?:의|은|이|을)?",
    ),
    pronouns=(
        r"(?<![가-힣])(?:그거|그것|그게|그건|이거|이것|이게|이건|그\s(?:방법|기법|기술|모델)|이\s(?:방법|기법|기술|모델))",
    ),
    places=(
        r"(?<![\d가-힣])(\d{1,2})\s?번(?:째)?(?! ?(?:만|이나|씩|더|문제|질문|반복|실험))",
        r"(?<![가-힣])(첫|두|세|네|다섯|여섯|마지막)\s?번째"
        r"(?= ?(?:논문|것|거|꺼|건|게|연구)?(?:이?랑|와|과|하고|[은는이가의을를도]"
        r"|\s(?:비교|요약|설명|알려|보여)|\s?[?.]|\s?$))",
        r"(마지막) ?(?:거|꺼|것|논문|건)",
    ),
    place_words={"첫": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "마지막": -1},
)
