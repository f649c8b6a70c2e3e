"""How questions about papers are worded, in English and Korean: the patterns understanding goes by.

Knows: words and patterns only. Does not know: the collection. `understanding` is its one reader, so that a new
wording is added here without touching the logic.
"""

from __future__ import annotations

import re

_FLAGS = re.IGNORECASE


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), _FLAGS)


GREETING = _any(
    r"(?:hi|hello|hey|good (?:morning|evening|afternoon)|thanks?(?: you)?|thx|help|who are you|what can you do)(?: there| so much)?[\s.!?~]*",
    r"(?:안녕(?:하세요)?|반가워요?|고마워요?|감사(?:합니다|해요)|도움말|도와줘|누구(?:세요|야|니)|(?:넌 |너는 )?뭘 할 수 있(?:어|니|나요))[\s.!?~]*",
)
COMPARING = _any(
    r"\b(?:compar\w*|versus|vs\.?|differ\w*|respectively|both|each|contrast\w*|better than|in common|similar\w*)\b",
    r"\bin \S+ and in \S+",
    r"비교|차이|각각|다른가|달라|다르|다른 점|공통점|대비|둘 다|어느 (?:쪽|것)|vs",
)
TREND = _any(
    r"\btrend\w*|\brose\b|\brising\b|\bgrow(?:ing|n|th)\b|\bover time\b|\bevolv\w+|\bdeveloped over\b|\bhow has .+ (?:developed|changed|grown)\b",
    r"\bfastest.growing\b|\bmore popular\b|\bpopularity\b",
    r"추세|동향|트렌드|변화(?:해|했|하)|늘었|증가(?:했|한 주제)|발전해\s?(?:왔|온)|어떻게 (?:발전|변)",
)
LISTING = _any(
    r"\b(?:which|what|any|all|list|show|find|the|give me|are there|recommend|other)\s+(?:[\w-]+\s+){0,3}?"
    r"(?:papers|works|studies|articles|publications)\b",
    r"^\s*(?:papers|works|studies|articles)\b|\bwhich ones\b|^\s*(?:list|enumerate)\b|\bpapers (?:about|on|that|using)\b",
    r"\b(?:all|any|which|what) (?:the )?(?:methods|models|benchmarks|data ?sets|approaches|systems)\b",
    r"모두|전부|목록|리스트|논문들|것들|연구들|어떤 (?:게|것|논문)|뭐뭐|뭐가 있|뭐 있|무엇이 있|(?:논문|연구) ?(?:중|가운데)",
)
PAPERS = _any(r"\bpapers?\b|\bworks?\b|\bstud(?:y|ies)\b", r"논문|연구")
SEARCHING = _any(
    r"\b(?:which|what|any|a|the) (?:paper|work|study|method|model)s? (?:that|which|where|is there)\b",
    r"^\s*(?:which|what) (?:paper|work|study)s?\b|\bfind (?:me )?(?:a|the|papers?)\b|\bis there an?\b|\blooking for\b",
    r"(?:논문|연구)(?:이|은|가|는)? ?(?:뭐|무엇|있)|(?:논문|연구)(?:을|를)? ?찾",
)
POINTING = _any(
    r"\b(?:it|its|they|their|them|this|that|those|these)\b|\bthe (?:paper|authors?|method|model|work)\b|^\s*(?:and|so|then|what about|how about)\b",
    r"^\s*(?:그|이|저|그럼|그러면|그리고)\s|그 논문|이 논문|해당|거기|그거|이거|그것|이것|그 (?:방법|모델|연구|둘)",
)
ASKED_AUTHOR = re.compile(
    r"\b(?:by|authored by|written by|author named|author)\s+((?:[A-Z][\w.'’-]+\s+){1,3}[A-Z][\w.'’-]+)"
    r"|((?:[A-Z][\w.'’-]+\s+){1,3}[A-Z][A-Za-z.'’-]+)\s*(?:이|가|의|을|를)?\s*(?:공저자|저자|쓴|작성|참여)"
    r"|([가-힣]{2,4})(?:이|가|의)?\s*(?:공저자|저자로|저자인|쓴 논문)"
)

# What is asked of a record or of the whole table; the first that fits wins.
AGGREGATES = (
    ("unknown_votes", _any(r"\bno vote count\b|\bunknown votes?\b", r"추천\s?수?(?:가|이)?\s?(?:기록|표시)")),
    ("months", _any(r"\bper month\b|\bby month\b|\bmonthly\b|\beach month\b", r"월별|달마다|매달")),
    ("count", _any(r"\bhow many (?:\w+ ){0,3}?papers\b|\bnumber of papers\b|\bcount (?:of )?(?:the )?papers\b",
                   r"논문(?:이|은|의)?\s?(?:총\s?)?몇\s?(?:편|개|건)|몇\s?편|논문\s?(?:수|개수)(?:는|가|를)?")),
    ("top", _any(r"\b(?:most|highest|top)[- ](?:up)?vote[sd]?\b|\bmost upvot\w+|\btop[- ]\d+\b|\bhighest.voted\b|\bmost popular papers?\b",
                 r"\b(?:got|has|have|had|with|received) the most votes\b",
                 r"추천(?:을|이|수)?\s?(?:가|를)?\s?(?:가장|제일)|(?:가장|제일) (?:많은|많이) (?:추천|표|득표)|상위\s?\d+|최다\s?(?:추천|득표)|추천\s?수?\s?상위|인기")),
    ("bottom", _any(r"\b(?:fewest|least|lowest) votes?\b", r"(?:가장|제일) (?:적은|적게|낮은) (?:추천|표)")),
    ("authors", _any(r"\bwho (?:wrote|authored|are the authors|is the author|published|made)\b|\bauthors? of\b|\bthe authors?\b|\bwritten by whom\b|\bits authors?\b",
                     r"저자(?:는|가|를|들|은|\?|$)|누가 (?:썼|쓴|작성|만들)|지은이|글쓴이")),
    ("votes", _any(r"\bhow many (?:up)?votes\b|\bvote count\b|\bnumber of votes\b", r"추천\s?수(?:는|가|를)|몇\s?표|추천(?:을|은)? 몇|득표수")),
    ("date", _any(r"\bwhen (?:was|did|were) .*(?:publish|appear|release|post|digest)\w*|\bwhat (?:day|date)\b|\bpublication date\b",
                  r"언제 (?:나온|나왔|올라|발표|공개|게재)|며칠(?:에|자)|발표일|날짜")),
)  # fmt: skip

# Content terms (as `lexical` folds them) that speak of papers as records and carry no topic.
ABOUT_PAPERS = frozenset(
    [
        *("appear appeared published publish post posted title titles vote votes upvote upvoted upvotes most top author "
          "authors list co-author coauthor got get gets highest fewest least day days received receive count recorded "
          "record number have whose ones other than paper papers out come came new newest latest per month monthly year "
          "date digest digests collection database total popular ranked rank least more fewer less or least "
          "participated participate involve name named wrote write written recommend recommended all only those").split(),
        *("올라오 제목 추천 추천수 표 득표 받 상위 하위 편 저자 공저자 공저 참여 들어가 날 일자 날짜 가운데 중 개 건 몇 못 "
          "한 가장 제일 많 적 높 낮 나오 기록 이상 이하 초과 미만 월별 달 월 일 년 발표 공개 게재 쓰 작성 이름 수 전체 "
          "총 순서 순위 뭐뭐 최신 새 새롭 목록 알려주 보여주 다이제스트 컬렉션 인기 다 더 그중 되 나 하나 최다 없").split(),
    ]
)  # fmt: skip

_COUNT = r"(\d+|one|two|three|four|five|six|seven|eight|nine|ten)"
_NUMBER = {w: n for n, w in enumerate("zero one two three four five six seven eight nine ten".split())}
_KOREAN = {"한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "열": 10}
LIMIT = _any(
    rf"\btop[- ]?{_COUNT}\b",
    rf"\b{_COUNT} (?:most|best|highest|top)\b",
    r"상위\s?(\d+|한|두|세|네|다섯|열)",
    r"(\d+|한|두|세|네|다섯|열)\s?(?:편|개)만",
    r"\bfirst (\d+) papers\b",
)
VOTES = (
    (_any(r"(\d+)\s?(?:or more|\+)\s?(?:up)?votes?", r"\bat least (\d+) (?:up)?votes?", r"(?:추천\s?(?:수\s?)?)?(\d+)\s?(?:표|개|회)?\s?이상(?:의)?\s?(?:추천)?"), "min", 0),
    (_any(r"\b(?:more than|over|above) (\d+) (?:up)?votes?", r"(?:추천\s?(?:수\s?)?)?(\d+)\s?(?:표|개|회)?\s?(?:초과|넘는|넘은|넘게|보다 많)"), "min", 1),
    (_any(r"(\d+)\s?or (?:fewer|less) (?:up)?votes?", r"\bat most (\d+) (?:up)?votes?", r"(\d+)\s?표?\s?이하"), "max", 0),
    (_any(r"\b(?:fewer than|less than|under|below) (\d+) (?:up)?votes?", r"(\d+)\s?표?\s?(?:미만|보다 적)"), "max", -1),
    (_any(r"\bexactly (\d+) (?:up)?votes?", r"정확히 (\d+)\s?표"), "both", 0),
    (_any(r"\b(?:zero|0|no|without (?:any|a single)|not a single) (?:up)?votes?\b(?! count)", r"(?:추천을?\s?)?한 표도|(?<!\d)0\s?표|추천(?:을|이)? (?:하나도|전혀)"), "none", 0),
    (_any(r"\b(?:no|without a|missing|unknown) vote counts?(?: recorded)?|\bvotes? (?:is|are) (?:unknown|not recorded|missing)|\bno recorded votes?",
          r"(?:추천\s?수|득표\s?수|투표\s?수)(?:가|이)?\s?(?:기록되지|없는|표시되지|알 수 없)\S*"), "unknown", 0),
)  # fmt: skip
ORDINALS = (
    (_any(r"\bfirst (?:one|paper)\b", r"첫\s?번째|1번"), 0),
    (_any(r"\bsecond (?:one|paper)\b|\bthe latter\b", r"두\s?번째|2번"), 1),
    (_any(r"\bthird (?:one|paper)\b", r"세\s?번째|3번"), 2),
    (_any(r"\bfourth (?:one|paper)\b", r"네\s?번째|4번"), 3),
    (_any(r"\blast (?:one|paper)\b", r"마지막"), -1),
)


def aggregate(text: str) -> str:
    """Which fact of the records a question asks for, or an empty string."""
    return next((name for name, pattern in AGGREGATES if pattern.search(text)), "")


def about_record(name: str) -> bool:
    """Whether an aggregate is a fact of one paper's record."""
    return name in {"authors", "votes", "date"}


def limit(text: str) -> int:
    """The N of "top N"; 0 when no number of papers is asked for."""
    match = LIMIT.search(text)
    if not match:
        return 0
    word = next(group for group in match.groups() if group).casefold()
    return int(word) if word.isdigit() else _NUMBER.get(word) or _KOREAN.get(word, 0)


def votes(text: str) -> tuple[dict[str, int | bool | None], list[tuple[int, int]]]:
    """Conditions on votes as `Filters` fields, and where the text states them."""
    fields: dict[str, int | bool | None] = {}
    spans = []
    for pattern, kind, step in VOTES:
        match = pattern.search(text)
        if not match:
            continue
        number = int(next((group for group in match.groups() if group), 0)) + step
        fields |= {
            "min": {"min_votes": number},
            "max": {"max_votes": number},
            "both": {"min_votes": number, "max_votes": number},
            "none": {"min_votes": 0, "max_votes": 0},
            "unknown": {"votes_known": False},
        }[kind]
        spans.append(match.span())
    return fields, spans


def ordinal(text: str) -> int | None:
    """The place that "the second one" points to, counted from 0; -1 is the last."""
    return next((place for pattern, place in ORDINALS if pattern.search(text)), None)


BOILERPLATE = _any(
    r"\b(?:which|what|any|all|list|show|find|give me|tell me|are there|is there|recommend|please|can you|could you|i want|"
    r"looking for|among|of) (?:me |of )?(?:the )?(?:papers|works|studies|ones|articles)?\b",
    r"\b(?:papers?|works?|stud(?:y|ies)|articles?|publications?|ones|among|please|published|appeared)\b",
    r"\b(?:that|which|who)? ?(?:are |is |look into|looks into|talk about|deal with|discuss|address(?:es)?|cover(?:s)?|study|studies|about|propose|introduce|rely on|use)\b",
    r"(?:논문|연구)\S*|(?:찾아|알려|보여|말해|추천해|나열해|정리해) ?(?:줘|주세요|주실래요|줄래|봐)?\S*|목록 ?(?:좀|을)?|모두|전부|"
    r"(?:다룬|다루는|관한|대한|하는|쓰는|쓴|제안한|제안하는) ?(?:것(?:은|을|들)?|게)?|가운데|어떤 (?:게|것)\S* ?(?:있\S*)?|중에서?|있나요?|무엇\S*|뭐\S*",
)


def topic(text: str) -> str:
    """What is left of a list question when the words for asking are taken away; the text itself if nothing is."""
    rest = re.sub(r"\s+", " ", BOILERPLATE.sub(" ", text)).strip(" ,.?!:;-")
    return rest or text.strip()
