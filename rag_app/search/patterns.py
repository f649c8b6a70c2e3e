"""How questions about papers are worded, in English and Korean: words and patterns.

Knows: words and patterns only, so that a new wording is added without touching the logic.
Does not know: the collection, or what follows from a match (`search.understanding`).
"""

from __future__ import annotations

import re
from typing import Any

from rag_app.records import Fact

_FLAGS = re.IGNORECASE


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), _FLAGS)


GREETING = _any(
    r"(?:hi|hello|hey|good (?:morning|evening|afternoon)|(?:good)?bye|thanks?(?: you)?|thx|ok(?:ay)?|help|who are you"
    r"|what can you do)(?: there| so much| a lot)?[\s.!?~]*",
    r"(?:안녕(?:하세요|히 계세요)?|반가워요?|고마워요?|감사(?:합니다|해요)|도움말|도와줘"
    r"|(?:넌 |너는 |당신은 )?누구(?:세요|야|니|예요)"
    r"|(?:넌 |너는 |당신은 )?(?:뭘|뭐|무엇을) ?할 수 있(?:어|니|나요|어요|지))[\s.!?~]*",
)
# Said around a pasted text: where it is from (which asks for nothing), or that it is to be ignored.
INTRODUCTION = _any(
    r"(?:^|(?<=[.!?\n]))(?![^:：]*(?:\b(?:which|what|who|how|why|when|where|find|compare|list|show|explain|describe"
    r"|summari[sz]e|translate|tell)\b|찾|비교|요약|설명|번역|알려|뭐|무엇|어떤|어느|누가|왜|언제))[^.!?\n]*[:：]\s*$"
)
ASIDE = _any(
    r"^\W*(?:(?:but|now|and|please|so|just|you can|let's)\W+)*"
    r"(?:(?:ignor|disregard|forget|skip)\w* (?=th|it|all|any|what)|never ?mind\b"
    r"|(?:don't|do not|no need to) (?:mind|worry|care)\b|(?:leav|sett?|putt?)\w* .{0,30}?aside\b"
    r"|(?:aside|apart) from\b)[^,:;.!?\n—]*?(?:[,:;.!—]+| -+ )",
    r"^[^,.!?\n]{0,20}?(?:(?:신경|마음) ?쓰지|무시하|제쳐|놔두|넘어가|넘기|잊|빼|두|상관하지)\S{0,3}"
    r"(?: (?:말|마시|두|않|놓)\S{0,2})?(?<=고)[\s,]+",
    r"^[^,.!?\n]{0,20}?(?:신경 ?쓰지 ?마|무시해|무시하|넘어가|잊어)[^,.!?\n]{0,8}[.!]+|^\W*\S+(?:과는|와는|과|와)? "
    r"(?:별개로|상관 ?없이)[\s,]+",
)
COMPARING = _any(
    r"\b(?:compar\w*|versus|vs\.?|differ(?:s|ed|ent|ences?)?|respectively|both|each|contrast\w*|in common"
    r"|similar\w*)\b",
    r"\bin \S+ and in \S+|\b\w+er than\b|\bwhich\b.+\bor\b|\bor\b.+\bwhich\b",
    r"비교|차이|각각|다른가|달라|다르|다른 점|공통점|대비|둘 다|어느 (?:쪽|것)|중에?서? (?:어느|어떤|뭐가|무엇이)|vs",
)
_TIME = r"\s*(?:over|since|between|from|during|in (?:19|20)\d\d|[?.!]|$)"
TREND_WORDS = _any(
    r"\b(?:trend\w*|rose|rise|rising|grow(?:ing|n|th|s)?|over time|evolv\w+|develop(?:ed|ing)|changed|fastest|most"
    r"|topics?|areas?|more popular|popularity|how has|how have|how did|been|has|have)\b",
    r"추세|동향|트렌드|변화\S*|늘어?\S*|증가\S*|발전\S*|어떻게|가장|빠르게|많이|주제\S*|분야\S*",
)
SIDE_BY_SIDE = _any(r"\bcompare\b|\bversus\b|\bvs\b|\bdifferences? between\b", r"비교해|비교하|비교 |차이|vs")
TREND = _any(
    r"\b(?:what|which) (?:\w+ )?(?:rose|grew|is rising|is growing|are rising|are growing)\b",
    r"\btrends?\b|\btrending\b|\bfastest.growing\b|\b(?:more|gain\w*) popular\w*\b|\bpopularity of\b",
    r"\b(?:has|have|is|are|did)\b.+\b(?:risen?|rising|rose|gr[eo]wn?|growing|increas(?:ed?|ing)|declin(?:ed?|ing)"
    r"|chang(?:ed?|ing)"
    r"|evolv(?:ed?|ing)|develop(?:ed)?)\b" + _TIME,
    r"추세|동향|트렌드|어떻게 (?:발전|변화|변)(?:해|했|하고)|발전해\s?(?:왔|온)|(?:증가|감소)한 (?:주제|분야)",
    r"(?:연구|논문|관심|주제|분야)\S* (?:\S+ )?(?:늘|줄|많아|증가|감소|변화)(?:었|어|고|지|졌|했|하고|해)",
)
AUTHORS_RANKED = _any(
    r"\b(?:which|what|top|most \w+|prolific|all) authors\b|\bmost papers\b",
    r"\bauthors? (?:with|who have|having) (?:the )?most\b",
    r"어떤 저자|저자별|저자 순위|논문이 (?:가장|제일) 많은|(?:가장|제일) 많은 논문",
)
LISTING = _any(
    r"\b(?:which|what|any|all|list|show|find|the|give me|are there|recommend|other)\s+(?:[\w-]+\s+){0,3}?"
    r"(?:papers|works|studies|articles|publications)\b",
    r"^\s*(?:papers|works|studies|articles)\b|\bwhich ones\b|^\s*(?:list|enumerate)\b|\bpapers (?:about|on|that|using"
    r"|with|for|where|related)\b",
    r"^\s*(?:[\w'’-]+ ){0,6}papers\s*[?.!]*$|\ba list of\b|\beverything (?:about|on)\b",
    r"\b(?:all|any|which|what) (?:the )?(?:methods|models|benchmarks|data ?sets|approaches|systems)\b",
    r"모두|전부|목록|리스트|논문들|것들|연구들|어떤 (?:게|것|논문)|뭐뭐|뭐가 있|뭐 있|무엇이 있"
    r"|(?:논문|연구) ?(?:중|가운데)",
)
PAPERS = _any(r"\bpapers?\b|\bworks?\b|\bstud(?:y|ies)\b", r"논문|연구")
SEARCHING = _any(
    r"\b(?:which|what|any|a|the) (?:paper|work|study|method|model)s? (?:that|which|where|is there)\b",
    r"^\s*(?:which|what) (?:paper|work|study)s?\b|\bfind (?:me )?(?:a|the|papers?)\b|\bis there an?\b|\blooking for\b",
    r"(?:논문|연구)(?:이|은|가|는)? ?(?:뭐|무엇|있)|(?:논문|연구)(?:을|를)? ?찾"
    r"|하는 (?:논문|연구)(?:은|는)?\s*[?.]?\s*$",
)
POINTING = _any(
    r"\b(?:it|its|they|their|them|this|that|those|these)\b|\bthe (?:paper|authors?|method|model|work)\b|^\s*(?:and|so"
    r"|then|what about|how about)\b",
    r"^\s*(?:그|이|저|그럼|그러면|그리고)\s|그 논문|이 논문|해당|거기|그거|이거|그것|이것|그 (?:방법|모델|연구|둘)",
)
AMONG = _any(r"\b(?:of|among|from) (?:them|those|these)\b|\bthose\b", r"그\s?중|이\s?중|그 가운데|이 가운데")
TWO = _any(
    r"\b(?:the|these|those|first) two\b|\bboth\b", r"(?:그|이) 둘|둘 (?:다|중)|두 (?:논문|연구|방법|모델)"
)
# After a name: what it stands for is a kind of method, not the paper.
KIND = _any(r"[- ](?:based|style|like|family|series|variants?)\b", r"\s?(?:계열|기반|스타일|시리즈|류의)")
_NAME = r"((?:[A-ZÀ-Þ][A-Za-zÀ-ɏ.'’-]*\s+){1,3}[A-ZÀ-Þ][A-Za-zÀ-ɏ.'’-]*[A-Za-zÀ-ɏ])"
# Somebody is asked for as an author, whoever it is; only Hangul names of people, not "데이터를 쓴 논문".
ASKED_AUTHOR = re.compile(
    rf"\b(?:authored by|written by|papers by|author named|author|did)\s+{_NAME}(?<!['’]s)"
    rf"|{_NAME}\s*(?:이|가)?\s*(?:공?저자(?:로|인| 논문)|쓴|작성한|참여)"
    r"|(?<![가-힣])(?!누|내|우리|저자|사람)([가-힣]{2,4}?)(?:이|가)\s*(?:쓴|작성한|공저자|저자로|저자인)"
    r"|저자(?:가|는)\s*(?!누구)([가-힣]{2,4}?)인"
)
# Perhaps an author, if one is spelled nearly so.
MAYBE_AUTHOR = re.compile(rf"\bby\s+{_NAME}|{_NAME}(?:'s|’s)?\s*(?:의\s*)?(?:papers|논문)")

_COUNT = r"(\d{1,9}|one|two|three|four|five|six|seven|eight|nine|ten)"
_NO_METRIC = r"(?![- ](?:accuracy|error|recall|precision|predictions?|hit|retrieval))"

# What is asked of a record or of the whole table; the first that fits wins.
AGGREGATES = (
    ("unknown_votes", _any(r"\bno vote count\b|\bunknown votes?\b", r"추천\s?수?(?:가|이)?\s?(?:기록|표시)")),
    ("months", _any(r"\bper month\b|\bby month\b|\bmonthly\b|\beach month\b", r"월별|달마다|매달")),
    ("count", _any(r"\bhow many (?:\w+ ){0,3}?papers\b|\bhow many (?:of (?:them|those|these)|are there)\b"
                   r"|\bnumber of papers\b",
                   r"\bcount (?:of )?(?:the )?papers\b",
                   r"논문(?:이|은|의)?\s?(?:총\s?)?몇\s?(?:편|개|건)|몇\s?편"
                   r"|논문\s?(?:수|개수|편수)(?:는|가|를|은|도)?(?![가-힣])")),
    ("bottom", _any(r"\b(?:fewest|least|lowest) (?:up)?votes?\b|\b(?:least|lowest)[- ](?:up)?voted\b|\bleast popular\b",
                    r"(?:가장|제일) (?:적은|적게|낮은) (?:추천|표)"
                    r"|추천(?:을|이|수)?(?:가|를)?\s?(?:가장|제일) (?:적|낮|안)")),
    ("top", _any(rf"\b(?:most|highest|top)[- ](?:up)?vote[sd]?\b|\bmost upvot\w+|\btop[- ]{_COUNT}\b{_NO_METRIC}"
                 rf"|\bhighest.voted\b",
                 r"\bmost (?:popular|liked)\b|\b(?:got|has|have|had|with|received) the most (?:up)?votes\b",
                 r"\b(?:sort|rank|order)\w* by (?:up)?votes?\b",
                 r"(?:추천|투표|득표|좋아요|(?<![가-힣])표)(?:을|를|이|수)?\s?(?:가|를)?\s?(?:가장|제일|많이|많은|높은)"
                 r"|(?:가장|제일) (?:많은|많이|높은) (?:추천|표|득표)",
                 r"(?:가장|제일) (?:추천|득표)\S* (?:많|높)|(?:상위|톱)\s?\d+(?!\s?(?:%|퍼센트|\d))"
                 r"|최다\s?(?:추천|득표)",
                 r"추천\s?수?\s?(?:상위|순)|인기\s?(?:있는\s?|많은\s?)?(?:논문|연구)")),
    ("authors", _any(r"\bwho (?:wrote|(?:co-?)?authored|(?:is|are) the (?:\w+ )?authors?|published|made|created"
                     r"|(?:is|are) behind)\b",
                     r"\b(?:which|what|how many) authors?\b|\b(?:list|name|show|give|tell me)\b.{0,20}\bauthors\b"
                     r"|\b(?:written )?by whom\b",
                     r"\bauthors?\s*[?.!]*$|^\s*(?:and )?(?:the |its )?authors? of\b"
                     r"|\bwhat (?:is|are) (?:the |its |their )authors?\b",
                     r"저자(?:들|진)?(?:는|은|가|이|를|을|도)?\s?(?:누구|누가|알려|이름|명단|목록|몇|말해|보여|[?.]|$)",
                     r"누가 (?:썼|쓴|작성|만들)|누구의? 논문|지은이|글쓴이")),
    ("votes", _any(r"\bhow many (?:up)?votes\b(?! per)|\bvote count\b|\bnumber of (?:up)?votes\b",
                   r"추천\s?수(?:는|가|를)|추천\s?수?\s?알려|몇\s?표|추천(?:을|은|이)?\s?몇|득표수")),
    ("date", _any(r"\bwhen (?:was|did|were) .*(?:publish|appear|release|post|digest|come out|came out)\w*"
                  r"|\bwhat (?:day|date)\b",
                  r"\bpublication date\b",
                  r"언제 (?:나온|나왔|올라|발표|공개|게재)|언제(?:야|예요|인가|지)?\s*[?.]*$|며칠(?:에|자)|발표일"
                  r"|날짜")),
)  # fmt: skip

# Content terms (as `text.terms` folds them) that speak of papers as records and carry no topic.
ABOUT_PAPERS = frozenset(
    [
        *("appear appeared published publish post posted title titles vote votes upvote upvoted upvotes most top "
          "author "
          "authors list co-author coauthor got get gets highest fewest least day days received receive count recorded "
          "record number have whose ones other than paper papers out come came new newest latest per month monthly "
          "year "
          "date digest digests collection database total popular ranked rank least more fewer less or least "
          "participated participate involve name named wrote write written recommend recommended all only those voted "
          "best "
          "five one two three four six seven eight nine ten co-authored co authored coauthored together joint prolific "
          "oldest summarize summarise summary overview was said").split(),
        *("올라오 제목 추천 추천수 표 득표 받 상위 하위 편 저자 공저자 공저 참여 들어가 날 일자 날짜 가운데 중 개 건 "
          "몇 못 투표 "
          "한 가장 제일 많 적 높 낮 나오 기록 이상 이하 초과 미만 월별 달 월 일 년 발표 공개 게재 쓰 작성 이름 수 전체 "
          "총 순서 순위 뭐뭐 최신 새 새롭 목록 알려주 보여주 다이제스트 컬렉션 인기 다 더 그중 되 나 하나 최다 없 많이 "
          "톱 순 요약 정리 소개 함께 "
          "인 사이 이번 또는 그리고 추리 뽑 고르").split(),
    ]
)  # fmt: skip

# Content terms (as `text.terms` folds them) that a question about any paper may have: they ask what
# it is about, and nothing in particular.
OF_ANY_PAPER = frozenset(
    [
        *("working research digest method approach model system framework technique problem issue challenge limitation "
          "solve solved address addressed tackle overcome idea main key core central contribution contribute propose "
          "proposed introduce present need needed necessary motivation motivate goal aim purpose explain "
          "explained describe summary summarize summarise say new novel novelty different make try achieve kind "
          "sort").split(),
        *("방식 방법론 접근 접근법 모델 시스템 기법 기술 문제 문제점 과제 한계 해결 풀 아이디어 핵심 주요 기여 제안 "
          "소개 제시 필요 동기 목표 목적 설명 작동 동작 어떻게 왜 새롭 새로운 점 내용 요약 말하 알려주 극복 개념 "
          "특징").split(),
    ]
)  # fmt: skip

_NUMBER = {w: n for n, w in enumerate("zero one two three four five six seven eight nine ten".split())}
_KOREAN = {
    "한": 1,
    "두": 2,
    "세": 3,
    "네": 4,
    "다섯": 5,
    "여섯": 6,
    "일곱": 7,
    "여덟": 8,
    "아홉": 9,
    "열": 10,
}
_KOREAN_COUNT = rf"(\d{{1,9}}|{'|'.join(_KOREAN)})"
LIMIT = _any(
    rf"\btop[- ]?{_COUNT}\b{_NO_METRIC}",
    rf"\b{_COUNT} (?:most|best|highest|top|latest|newest)\b|\b(?:best|latest|newest) {_COUNT}\b",
    rf"\b(?:give|show|find|list|recommend|name|suggest)(?: me)? (?:the )?{_COUNT} (?:[\w-]+ ){{0,3}}papers\b",
    rf"(?:상위|톱)\s?{_KOREAN_COUNT}(?!\d|\s?(?:%|퍼센트))",
    rf"{_KOREAN_COUNT}\s?(?:편|개)만",
    rf"(?<!\d)(\d{{1,9}})\s?편(?!\s?(?:이상|초과|미만|이하|보다|넘))|(?<![가-힣])({'|'.join(_KOREAN)}) 편",
    r"\bfirst (\d{1,9}) papers\b",
)
SEVERAL = _any(
    r"\b(?:most (?:\w+ )?|top |popular |best )papers\b|\bmost \w+ed papers\b",
    r"인기\s?\S{0,3}\s?논문|추천\s?수?\s?순|논문들",
)
SEVERAL_PAPERS = 10  # shown for "the most upvoted papers" without a number

# Numbers are conditions on votes only beside a word for votes: "3개 이상의 GPU" is none.
_N = r"(?<![\d.,])(\d{1,3}(?:,\d{3})+|\d{1,9})"
_VOTES = r"(?:\s?(?:up)?votes?\b(?! per\b)|(?= (?:and|but) (?:\w+ ){1,3}\d+ (?:up)?votes))"
_VOTES_KO = r"(?:추천|득표|투표|업보트|좋아요)\s?수?(?:가|이|를|을|은|는)?\s?"


def _bound(before: str, after: str, sign: str, korean: str) -> re.Pattern[str]:
    """A limit on votes: words before the number, words after it, a sign, and Korean words after it."""
    return _any(
        rf"\b(?:{before}) {_N}{_VOTES}",
        rf"{_N}\s?(?:{after}){_VOTES}|{_N} (?:up)?votes? (?:{after})",
        rf"\bvotes? ?(?:{sign}|of (?:{before})|(?:{before})) ?{_N}|(?:{sign}) ?{_N}{_VOTES}",
        rf"{_VOTES_KO}{_N}\s?(?:표|개|회|번)?(?:를|을)?\s?(?:{korean})\S*",
        rf"{_N}\s?표(?:를|을)?\s?(?:{korean})\S*",
        rf"{_N}\s?(?:개|회|번)?(?:를|을)?\s?(?:{korean})\S* (?:추천|득표)",
    )


VOTES = (
    (_any(rf"\bbetween {_N} and {_N}{_VOTES}|(?:between )?{_N}\s?(?:to|-|–)\s?{_N}{_VOTES}",
          rf"{_VOTES_KO}{_N}\s?(?:표|개|회)?\s?(?:에서|부터|[-~–])\s?{_N}\s?(?:표|개|회)?\s?(?:사이|까지)?",
          rf"{_N}\s?표?\s?(?:에서|부터|[-~–])\s?{_N}\s?표\s?(?:사이|까지)?",
          rf"{_VOTES_KO}{_N}\s?(?:표|개|회)?\s?이상,?\s?{_N}\s?(?:표|개|회)?\s?이하"), "between", 0),
    (_any(rf"(?:{_VOTES_KO})?{_N}\s?표\s?이상,?\s?{_N}\s?표\s?미만",
          rf"{_VOTES_KO}{_N}\s?(?:표|개|회)?\s?이상,?\s?{_N}\s?(?:표|개|회)?\s?미만"), "below", 0),
    (_bound("at least|no fewer than|no less than"
            "|a minimum of", r"or more|and more|and up|or above|and above|\+", ">=|≥",
            "이상"), "min", 0),
    (_bound("more than|over|above|exceeding|greater "
            "than", "and counting", ">(?!=)", "초과|넘|보다 많|보다 더|보다 높"), "min", 1),
    (_bound("at most|no more than|up to|a maximum "
            "of", "or fewer|or less|or below|and below", "<=|≤", "이하"), "max", 0),
    (_bound("fewer than|less than|under|below", "and fewer", "<(?!=)", "미만|보다 적|보다 낮"), "max", -1),
    (_any(rf"\b(?:exactly|with) {_N}{_VOTES}", rf"정확히 {_N}\s?표"
                                               rf"|{_VOTES_KO}{_N}\s?(?:표|개|회)?(?:를|을)? ?(?:인|받은)",
          rf"{_N}\s?표(?:인|짜리|(?:를|을)? ?받은)"), "both", 0),
    (_any(r"\b(?:zero|0|no|without (?:any|a single)|not a single) (?:up)?votes?\b(?! (?:count|per))",
          r"(?:추천을?\s?)?한 표도|(?<!\d)0\s?표|추천(?:을|이)? (?:하나도|전혀)"), "none", 0),
    (_any(r"\b(?:no|missing|unknown|without (?:a |any )?(?:recorded |known )?) ?vote counts?(?: recorded)?",
          r"\bvotes? (?:is|are) (?:unknown|not recorded|missing)|\bno recorded votes?",
          r"(?:추천\s?수|득표\s?수|투표\s?수)(?:가|이)?\s?(?:기록되지|없는|표시되지|알 수 없)\S*"), "unknown", 0),
)  # fmt: skip
NUMBER_ASKED = _any(
    r"\bhow (?:many|much|fast|long|large|big|often|high|accurate)\b|\bby how much\b|\bwhat (?:accuracy|score"
    r"|percent\w*|rate|fraction|share|speed)\b",
    r"\bnumber of\b|\bscores?\?|\baverage accuracy\b|\bwhat is .*\b(?:rate|size|accuracy|score|speed|cost|length)\b",
    r"얼마나? (?:되|인|빠|많|높|걸)|얼마|몇 ?(?:%|퍼센트|개|장|쌍|배|명|점|시간|일|초|편|번|곳|대|종)|수치"
    r"|점수(?:는|를|가)?|몇이",
)
_PLACE_KO = r"\s?번째(?= ?(?:논문|것|거|건|게|연구|[은는이가의을를도]|[?.]|$))"
ORDINALS = (
    (_any(r"\b(?:first|1st) (?:one|paper)\b|\bthe former\b", rf"첫{_PLACE_KO}|(?<!\d)1번 ?논문"), 0),
    (_any(r"\b(?:second|2nd) (?:one|paper)\b|\bthe latter\b", rf"두{_PLACE_KO}|(?<!\d)2번 ?논문"), 1),
    (_any(r"\b(?:third|3rd) (?:one|paper)\b", rf"세{_PLACE_KO}|(?<!\d)3번 ?논문"), 2),
    (_any(r"\b(?:fourth|4th) (?:one|paper)\b", rf"네{_PLACE_KO}|(?<!\d)4번 ?논문"), 3),
    (_any(r"\blast (?:one|paper)\b", r"마지막 ?(?:논문|것|거|건|연구|[은는])"), -1),
)


def aggregate(text: str) -> Fact:
    """Which fact of the records a question asks for, or none."""
    return next((Fact(name) for name, pattern in AGGREGATES if pattern.search(text)), Fact.NONE)


def ranking(text: str) -> Fact:
    """TOP or BOTTOM where papers are to be ranked by votes, whatever else is asked."""
    ranked = (Fact(name) for name, pattern in AGGREGATES if pattern.search(text))
    return next((fact for fact in ranked if fact in {Fact.TOP, Fact.BOTTOM}), Fact.NONE)


def record_facts(text: str) -> tuple[Fact, ...]:
    """All facts of one paper's record that a question asks for."""
    found = (Fact(name) for name, pattern in AGGREGATES if pattern.search(text))
    return tuple(fact for fact in found if about_record(fact))


def about_record(fact: Fact) -> bool:
    """Whether it is a fact of one paper's record."""
    return fact in {Fact.AUTHORS, Fact.VOTES, Fact.DATE}


def limit(text: str) -> int:
    """The N of "top N", or of "three papers"; 0 when no number of papers is asked for."""
    match = LIMIT.search(text)
    if not match:
        return SEVERAL_PAPERS if SEVERAL.search(text) and aggregate(text) in {Fact.TOP, Fact.BOTTOM} else 0
    word = next(group for group in match.groups() if group).casefold()
    return int(word) if word.isdigit() else _NUMBER.get(word) or _KOREAN.get(word, 0)


def votes(text: str) -> tuple[dict[str, Any], list[tuple[int, int]]]:
    """Conditions on votes as `Filters` fields, and where the text states them."""
    fields: dict[str, Any] = {}
    spans = []
    for pattern, kind, step in VOTES:
        match = pattern.search(text)
        if not match:
            continue
        low, *_, high = [int(n.replace(",", "")) + step for n in match.groups() if n] * 2 or [0, 0]
        conditions: dict[str, dict[str, Any]] = {
            "between": {"min_votes": low, "max_votes": high},
            "below": {"min_votes": low, "max_votes": high - 1},
            "min": {"min_votes": low},
            "max": {"max_votes": high},
            "both": {"min_votes": low, "max_votes": high},
            "none": {"min_votes": 0, "max_votes": 0},
            "unknown": {"votes_known": False},
        }
        fields |= conditions[kind]
        text = text[: match.start()] + " " * len(match[0]) + text[match.end() :]
        spans.append(match.span())
    return fields, spans


def ordinal(text: str) -> int | None:
    """The place that "the second one" points to, counted from 0; -1 is the last."""
    return next((place for pattern, place in ORDINALS if pattern.search(text)), None)


BOILERPLATE = _any(
    r"\b(?:which|what|any|all|list|show|find|give me|tell me|are there|is there|recommend|please|can you|could you"
    r"|i want|"
    r"looking for|among) (?:me |of )?(?:the )?(?:papers|works|studies|ones|articles)?\b|\bof (?:the )?(?:papers|works"
    r"|ones)\b",
    r"\b(?:papers?|works?|stud(?:y|ies)|articles?|publications?|ones|among|please|published|appeared)\b",
    r"\b(?:that|which|who)? ?(?:are |is |look into|looks into|talk about|deal with|discuss|address(?:es)?|cover(?:s)?"
    r"|study|studies|about|propose|introduce|rely on|(?<!tool )(?<!computer )use(?= \w))\b",
    r"(?:논문|연구)\S*|(?:찾아|알려|보여|말해|추천해|나열해|정리해) ?(?:줘|주세요|주실래요|줄래|봐)?\S*"
    r"|목록 ?(?:좀|을)?|모두|전부|"
    r"(?:다룬|다루는|관한|대한|하는|쓰는|쓴|제안한|제안하는) ?(?:것(?:은|을|들)?|게)?|가운데"
    r"|어떤 (?:게|것)\S* ?(?:있\S*)?|중에서?|있나요?|무엇\S*|뭐\S*",
)


def topic(text: str) -> str:
    """What is left of a list question when the words for asking are taken away; the text itself if
    nothing is.
    """
    return _without(BOILERPLATE, text) or text.strip()


def trend_topic(text: str) -> str:
    """What a trend question is about; empty where it asks for the topics themselves."""
    return _without(BOILERPLATE, _without(TREND_WORDS, text))


def _without(pattern: re.Pattern[str], text: str) -> str:
    return re.sub(r"\s+", " ", pattern.sub(" ", text)).strip(" ,.?!:;-")
