"""How questions about papers are worded in English.

Knows: words and patterns only. Does not know: the collection, or what follows from a wording.
"""

from __future__ import annotations

from rag_app.lang.en.numbers import COUNTS
from rag_app.lang.language import (
    DAYS,
    FRAMES,
    HOURS,
    INTEGER,
    MINUTES,
    MONEY,
    NAME,
    PARAMETERS,
    PERCENT,
    SECONDS,
    SURNAME,
    TIMES,
    Parts,
    QuestionPatterns,
    VoteConditions,
)

_COUNT = rf"(\d{{1,9}}|{'|'.join(COUNTS)})"
_NO_METRIC = r"(?![- ](?:accuracy|error|recall|precision|predictions?|hit|retrieval))"
_TIME = r"\s*(?:over|since|between|from|during|in (?:19|20)\d\d|[?.!]|$)"

# Before what is measured: "how fast", "how much faster", "by how much is X faster".
_HOW_MUCH = r"\b(?:how (?:much )?(?:more )?|by how much (?:\S+ ){1,4}?)"

# A paper that is not named.
_DESCRIBED = r"\bthe (?:one|paper|work|study) (?:that|which|where|on|about|\w+ing)\b"

_LINK = r"(?:links?|urls?|arxiv (?:ids?|links?|numbers?|addresses)|ids?)"
_OF_A_RECORD = rf"(?:(?:up)?votes?|authors?|(?:publication )?(?:dates?|days?)|{_LINK})"
_JOINED = r"(?:,| and|, and| &) (?:the |its |their )?"


def _beside(fact: str) -> str:
    """A fact in a list of several: "votes and authors of X"."""
    before, after = (
        r"(?:^\W*|\b(?:the|its|their|many|what|me) )",
        r"\b(?=\s+(?:of|for|do|does|did|has|have)\b|\s*[?.!]*$)",
    )
    more, less = rf"(?:{_JOINED}{_OF_A_RECORD})", rf"(?:{_OF_A_RECORD}{_JOINED})"
    return rf"{before}(?:{less}*{fact}{more}+|{less}+{fact}{more}*){after}|\band (?:its|the|their) {fact}\s*[?.!]*$"


_NUMBER = _COUNT.replace("(", "(?:", 1)
_PAPERS = r"(?:papers|works|studies|articles|publications|preprints|ones)(?![\w-])"
_PAPER = r"(?:paper|work|study|article|publication|preprint|one)(?![\w-])"
# Up to so many words that tell of which kind: none that begins something else.
_KIND = r"\s+(?:(?!(?:in|of|for|with|on|to|from|by|as|the|their|its|that|which|and|or)\b)[\w.-]+\s+){0,3}?"
# What a thing was made of is no count of the collection: "How many papers was the graph built from?"
_MADE_OF_THEM = (
    r" (?:(?:was|were) (?!there\b|about\b|on\b)(?:[\w-]+ ){1,4}?(?:built|made|trained|collected|drawn|derived"
    r"|constructed|compiled|extracted|mined) (?:from|on|of|out of|with)(?=\W*$|,| and\b)"
    r"|(?:did|does|do) (?!we\b|i\b|you\b|they\b|the (?:collection|archive|digests?)\b)(?:[\w-]+ ){1,4}?"
    r"(?:contain|cover|include|annotate|analy[sz]e|read)(?=\W*$|,| and\b))"
)
_OF_THEM = r"(?:(?:the|these|those|its|their|same|that|this|first|last|lead|senior|main) ){1,3}"
# before what is asked for: "is it better than other papers of the team?" asks for none
_ASKS_FOR = (
    r"(?:^\W*(?:and |also |please )?|\b(?:show|list|find|give|see|any|what|which|are there|is there|know|have)\b"
    r"[^.?!,]{0,30}?)\b"
)
_WORKS = r"(?:papers?|works?|stud(?:y|ies)|publications?|articles?)\b"
_WROTE = r"\b(?:write|wrote|written|publish(?:ed)?|authored)\b"
_AUTHORS = r"(?:authors?|team|group|researchers?|people)\b"
_THEM = rf"(?:{_OF_THEM}{_AUTHORS}|(?:they|them|him|her|he|she)\b)"
_ASKED_FOR = (
    r"(?:\b(?:any|is there an?|are there|what other)|"
    r"^\W*(?:and |please |then )*(?:find|show|list|give)?(?: me)?(?: the)?)"
    r"\s*(?:(?!in\b|of\b|that\b)[\w-]+ ){0,2}?"
)
_RESEARCHERS = r"(?:researchers?|scientists?|research groups?)"
_WORKS_ON = (
    r"(?:(?:is |are |has |have )?(?:works?|working|worked|publish\w*|writes?|writing|research(?:es|ing)))"
    r"(?: (?:the )?most)?(?: papers)?(?= (?:on|about)\b)"
)
_MOST_PAPERS = (
    r"(?:most|fewest|least|more|fewer|(?:largest|highest|smallest|lowest) number of) (?!upvote|vote|popular|liked)"
    r"(?:[\w-]+ ){0,2}?papers\b"
)
_COLLECTION = r"(?:the|this|these|your|our) (?:whole )?(?:collection|digests?|archive|data ?base)"


def _having_most_papers(period: str) -> str:
    """A day or month that has the most or the fewest papers."""
    return (
        rf"\b(?:which|what) (?:\w+ )?{period}s?(?:\s+\w+){{0,5}}?\s+{_MOST_PAPERS}"
        rf"|\b{period} (?:with|that has|that had|having) (?:the )?{_MOST_PAPERS}|\bbusiest {period}\b"
    )


def _each(period: str, often: str) -> str:
    """In each day or month, beside what ranks papers: not "users who post every day"."""
    return (
        rf"\b(?:of|in|for|from) (?:each|every) (?:single )?{period}(?:['’]s)?\b"
        rf"|(?:(?<=paper )|(?<=papers )|(?<=one )|(?<=votes ))(?:each|every|per|by) {period}\b"
        rf"|\b{period}[- ]by[- ]{period}\b"
        rf"|\b{often}(?= (?:[\w-]+ )?(?:top|best|most|highest|winners?|favou?rites?)\b)"
    )


def _counted_by(period: str) -> str:
    """How many papers each day or month has."""
    return (
        rf"\bhow many papers\b(?=.{{0,40}}\b(?:per|by|each|every|an?) {period}\b)"
        rf"|\bpapers (?:\w+ )?(?:per|by|each) {period}\b|\bper {period} (?:counts?|numbers?)(?: of papers)?\b"
        rf"|^\W*(?:and )?(?:per|by) {period}\W*$"
    )


_PRAISED = (
    r"(?:best|popular|hot(?:test)?|trending|must[- ]read|(?:highest|top|best)[- ]rated"
    r"|most (?:popular|interesting|important|influential|notable|impactful|talked[- ]about|discussed))"
)

# what a reference needs: who, when and where
_CITED = (
    r"^\W*(?:(?:give|show|get)(?: me)? )?(?:the |a )?(?:bib ?tex|citation)(?: entry)? (?:of|for)\b"
    r"|\bbib ?tex(?: entry)?\s*[?.!]*$|\bhow (?:do|can|should) (?:i|we|you) cite\b"
)
_JUDGED = r"(?:cited|downloaded|starred|referenced|viewed|forked)"

_FACTS: dict[str, Parts] = {
    "unknown_votes": (r"\bno vote count\b|\bunknown votes?\b",),
    "vote_statistics": (
        r"\b(?:average|mean|median|total) (?:number of |count of )?(?:up)?votes\b"
        r"(?! of (?!(?:all |the |these |those )?papers))",
        r"\b(?:average|mean|median|total) (?:up)?vote (?:count|number)\b",
        r"\bhow many (?:up)?votes\b(?=.{0,60}\b(?:in total|altogether|on average|overall)\b)",
    ),
    "span": (
        r"\b(?:what|which) (?:period|time ?span|(?:date|time) ranges?|dates|days) (?:do|does|are|is) (?:in )?"
        rf"{_COLLECTION}\b(?: (?:cover|span|contain|include|have)\w*)?",
        rf"\bhow far back (?:do|does) {_COLLECTION} (?:go|reach)\b",
        rf"\bwhen (?:do|does|did) {_COLLECTION} (?:start|begin|end)\w*\b",
        rf"\b(?:from when to when|(?:date|time) range) (?:of|do|does|is) {_COLLECTION}\b(?: (?:go|cover|run)\w*)?",
    ),
    "topics": (
        r"\b(?:which|what) topics? (?:are|is|were|was|come up|appears?|occurs?) (?:the )?most\b(?: \w+)?"
        r"(?=\s*(?:[?.!]|$|in\b|among\b|here\b))",
        r"\b(?:most (?:common|frequent|popular|discussed|covered)|hot(?:test)?) (?:\d+ )?(?:research )?topics?\b"
        rf"(?=\s*(?:[?.!]|$|here\b|(?:in|among|of) (?:[\w-]+ ){{0,2}}(?:papers|{_COLLECTION})))",
        rf"^\W*what(?:['’]?s| is| are)? (?:in )?{_COLLECTION}(?: (?:about|of|contain"
        rf"|cover)s?)?\W*$",
        r"\b(?:what|which) topics? (?:are|is|do(?:es)?)(?: (?:it|you|there|this|the collection))? ?"
        r"(?:covered?|here|there|have|included?)\b(?: (?:in )?(?:here|there))?",
    ),
    "days": (_counted_by("day"), _having_most_papers("(?:day|date)")),
    "weeks": (_counted_by("week"), _having_most_papers("week"), r"\bweekly (?:counts?|numbers?|papers)\b"),
    "months": (
        _counted_by("month"),
        _having_most_papers("month"),
        r"\bmonthly (?:counts?|numbers?|papers)\b",
    ),
    "years": (
        _counted_by("year"),
        _having_most_papers("year"),
        r"\b(?:yearly|annual) (?:counts?|numbers?|papers)\b",
    ),
    "count": (
        r"\bhow many (?:entries|items)\b(?=\s*(?:[?.!]|$|(?:are|were|is) there\b))",
        rf"\bhow many (?:\w+ ){{0,3}}?papers\b(?!{_MADE_OF_THEM})|\bhow many (?:of (?:them|those|these)|are there)\b",
        r"\b(?:more|fewer) (?:[\w-]+ ){0,3}?papers\b(?=[^?.!]*\bthan\W*(?:(?:in|from|on)\W*)?$|\W*$)",
        r"(?<!\ba )(?<!\blarge )(?<!\bsmall )\bnumber of (?:(?!in\b|for\b|of\b|per\b)[\w-]+ ){0,3}?papers\b",
        r"\bcount (?:of )?(?:the )?papers\b",
        r"^\W*(?:(?:and|so|ok) )*how many(?: (?:are|were) (?:there|they|those)| in total| is that)*\W*$",
    ),
    "bottom": (
        r"\b(?:fewest|least|lowest) (?:up)?votes?\b|\b(?:least|lowest)[- ](?:up)?voted\b",
        r"\bleast popular\b|\b(?:least[- ](?:liked|loved)|unpopular) (?:papers?|works?|ones?)\b",
    ),
    "top": (
        r"\bbest[- ](?:up)?voted\b",
        rf"\b(?:most|highest|top)[- ](?:up)?vote[sd]?\b|\bmost upvot\w+|\b(?:top|best)[- ]{_COUNT}\b{_NO_METRIC}",
        r"\bhighest.voted\b",
        r"\b(?:what |which )?(?:c[ao]mes?|was|were|is|are|ranked|placed|finished) (?:in )?"
        r"(?:first|top|highest|number one) (?:by|in|on) (?:up)?votes?\b",
        r"\bmost (?:popular|liked)\b|(?:\bnumber[- ]one|\bno\.? ?1|#1)(?= (?:[\w-]+ ){0,2}papers?\b)",
        r"\btop(?= (?!k\b|p\b|n\b|tiers?\b|views?\b|down\b|layers?\b|level\b)(?:[\w-]+ ){0,2}papers?\b"
        r"|(?: ones?)? (?:of|in|for|from) (?:each|every)\b)",
        # the one judgement of papers that is recorded
        rf"\b{_PRAISED}(?= (?:[\w-]+ ){{0,3}}papers?\b)",
        r"\b(?:got|has|have|had|with|received) the most (?:up)?votes\b",
        r"\b(?:sort|rank|order)\w* by (?:up)?votes?\b",
        r"^\W*(?:and |ok |so )?(?:the )?most (?:votes?|(?:up)?voted|popular)(?: (?:one|paper))?"
        r"(?: (?:of|in) (?:the list|them|these|those|all))?\W*$",
    ),
    "newest": (
        rf"\b(?:very )?(?:newest|latest|most recent(?:ly \w+)?)(?={_KIND}{_PAPER})",
        rf"\b{_NUMBER} (?:newest|latest|most recent)(?={_KIND}{_PAPERS})",
        rf"\b(?:newest|latest|most recent|last)(?=\s+{_NUMBER}{_KIND}{_PAPERS})",
        r"\b(?:newest|latest|most recent) first\b|\b(?:sort|order)\w*(?=.{0,40}\bby (?:date|day|recency)\b)",
        r"\b(?:newest|latest|most recent)(?=(?: one)?(?: (?:of|in) (?:the list|them|these|those))?\s*[?.!]*$)"
        r"|\blatest(?= (?:on|in|about|from)\b)",
    ),
    "oldest": (
        rf"\b(?:very )?(?:oldest|earliest|least recent)(?={_KIND}{_PAPER}|{_KIND}{_PAPERS})",
        r"\b(?:very )?first(?: ever)?(?=\s+papers?\s+(?:ever|about|on|by|to|that|which|with|here|in here)\b)",
        r"\b(?:oldest|earliest) first\b"
        r"|\b(?:oldest|earliest)(?=(?: one)?(?: (?:of|in) (?:the list|them|these|those))?\s*[?.!]*$)",
    ),
    "authors": (
        r"\bwho (?:wrote|(?:co-?)?authored|(?:is|are) the (?:\w+ )?authors?|published|made|created"
        r"|(?:is|are) behind)\b|\bwho['’]?s (?:behind|the (?:\w+ )?authors?)\b",
        r"\b(?:which|what|how many) authors?\b|\b(?:list|name|show|give|tell me)\b.{0,20}\bauthors\b",
        r"\b(?:written )?by whom\b|^\W*(?:and |by )?whom?\W*$",
        r"^\W*(?:and |so )?who (?:proposed|invented|found|introduced|discovered|came up with|did) (?:it|this|that)\W*$",
        r"\bauthors?\s*[?.!]*$|^\s*(?:and )?(?:the |its )?authors? of\b",
        r"\bwhat (?:is|are) (?:the |its |their )authors?\b",
        _beside("authors?"),
        _CITED,
    ),
    "votes": (
        r"\bhow many (?:up)?votes\b(?! per)|\bvote count\b|\bnumber of (?:up)?votes\b",
        r"^\W*(?:and )?(?:its |the )?(?:up)?votes?\W*$|^\W*(?:and )?(?:the )?(?:up)?votes? (?:of|for)\b",
        r"(?<!by)(?<!most)(?<!least)(?<!fewest)(?<!and)(?<!with) votes\s*\?*$",
        r"\b(?:more|fewer) (?:up)?votes\b(?! than \d)|\b(?:more|less) (?:popular|liked|upvoted)\b",
        r"\bhow popular (?:is|was|are|were)\b|\((?:up)?votes\)",
        r"\bw[io]ns? (?:on|in|by) (?:the )?(?:up)?votes\b",
        _beside("(?:up)?votes?"),
    ),
    "link": (
        r"\barxiv ?(?:id|link|number|identifier|url|address|page)\b",
        _beside(_LINK),
        _CITED,
        r"\b(?:link|url|doi) (?:of|to|for)\b|\b(?:link|url|doi)\s*[?.!]*$",
        r"\bwhere (?:can|do) (?:i|we|you) (?:read|find|get|download) (?:it|this|the (?:full )?(?:paper|pdf))\b",
    ),
    "date": (
        r"\bwhen (?:was|did|were) .*\b(?:(?:publish|appear|release|post|digest)\w*|featured|listed)",
        r"\bwhen (?:was|did|were) .*\b(?:c[ao]me (?:out|up)|show(?:ed)? up)\b",
        r"\b(?:day|date) (?:of (?:listing|posting|publication)\b|(?:(?!most\b|fewest\b|papers\b)\S+ ){1,4}?"
        r"(?:was|got|is) (?:listed|posted|featured|added|published|put up|uploaded)\b)",
        r"\bwhat (?:day|date)\b|\bwhen and (?:by whom|who)\b|\b(?:by whom|who) and when\b|\band when\s*[?.!]*$",
        _beside("(?:publication )?(?:dates?|days?)"),
        _CITED,
        r"\bwhen (?:was|did|were) (?:it|that|this|the paper)\s*[?.!]*$",
        r"\bpublication date\b|\b(?:came out|appeared|(?:was|were) published) (?:first|earlier|later)\b",
        r"\bwhich (?:\w+ ){0,4}(?:is|was) (?:the )?(?:older|newer|more recent)\b",
        r"^\W*(?:and |so |ok )?(?:the |its )?(?:date|day|month|year)\W*$",
        r"^\W*(?:and |so |ok )?(?:since )?(?:when|(?:(?:in|from|on) )?(?:which|what) (?:year|month|day))\W*$",
    ),
}

QUESTIONS = QuestionPatterns(
    greeting=(
        r"(?:hi|hello|hey|good (?:morning|evening|afternoon)|(?:good)?bye|thanks?(?: you)?|thx"
        r"|ok(?:ay)?|help|who are you|what can you do)(?: there| so much| a lot)?[\s.!?~]*",
    ),
    reaction=(
        r"\W*(?:(?:oh|wow|haha+|lol|ha|ah|ok(?:ay)?|that['’]?s|this is|it['’]?s|so|very|really|how|pretty|nice"
        r"|cool)[\s,.!]+)*"
        r"(?:cool|nice|great|awesome|wow|impressive|interesting|amazing|perfect|good(?: job)?|i see|got it"
        r"|makes sense"
        r"|haha+|lol(?: ok)?|really\??|no thanks?|hmm+|neat|sweet|fantastic|brilliant|wonderful|understood|fair enough"
        r"|(?:many )?(?:thanks?|thx|ty)(?: you)?(?:(?: so| very)? much| a lot)?)(?: (?:stuff|indeed))?[\s.!~:)]*",
    ),
    asking=(
        r"\b(?:which|what|who|how|why|when|where|find|compare|list|show|explain|describe"
        r"|summari[sz]e|translate|tell)\b",
    ),
    aside=(
        r"^\W*(?:(?:but|now|and|please|so|just|you can|let's)\W+)*"
        r"(?:(?:ignor|disregard|forget|skip)\w* (?=th|it|all|any|what)|never ?mind\b"
        r"|(?:don't|do not|no need to) (?:mind|worry|care)\b|(?:leav|sett?|putt?)\w* .{0,30}?aside\b"
        r"|(?:aside|apart) from\b)[^,:;.!?\n—]*?(?:[,:;.!—]+| -+ )",
    ),
    comparing=(
        r"\b(?:compar\w*|versus|vs\.?|differ(?:s|ed|ent|ences?)?|respectively|both|each|contrast\w*"
        r"|in common|similar\w*)\b",
        r"\bin \S+ and in \S+|\b\w+er than\b|\bwhich\b.+\bor\b|\bor\b.+\bwhich\b",
    ),
    side_by_side=(r"\bcompared? (?:to|with)\b|\bcompare\b|\bversus\b|\bvs\b|\bdifferences? between\b",),
    other_described=(
        rf"\b(?:and|with|to|versus|vs\.?|than|or|against|from|between|compare|contrast) {_DESCRIBED}",
    ),
    summing=(
        r"(?:^|[,.;!?]|\b(?:please|can you|could you|to|and))\s*(?:summari[sz]e|recap|sum up)\b",
        r"\b(?:summary|rundown|recap|round-?up|gist|tl[;,]?\s?dr) (?:of|for|on)\b|\btl[;,]\s?dr\b|^\W*eli5\b",
    ),
    simply=(
        r"\b(?:(?:explain|tell|say|put)(?: it| this| that)? )?(?:like|as if) i(?:['’]?m| am| were| was) (?:a "
        r"|an )?(?:\w+[- ]year[- ]old"
        r"|kid|child|beginner|five|5)\b|\bin (?:simple|plain|easy|layman['’]?s) (?:words|terms|english|language)\b",
    ),
    ways=(
        r"\b(?:which|what)(?: are)?(?: the| some)?(?: \w+){0,2} (?:tricks|techniques|methods|approaches|ways"
        r"|strategies"
        r"|remedies|hacks|workarounds|solutions|measures)\b",
        r"\b(?:what (?:causes|is the reason)|why (?:do|does|are|is)) .*\band (?:how|what)\b",
    ),
    trend=(
        r"\b(?:what|which) (?:\w+ )?(?:rose|grew|is rising|is growing|are rising|are growing)\b",
        r"\btrends?\b|\btrending\b|\bfastest.growing\b|\b(?:more|gain\w*) popular\w*\b",
        r"\b(?:rise|growth|decline|popularity|evolution) of\b.*\bover (?:time|the (?:years|months))\b"
        r"|\bover time\W*$",
        r"\binterest in\b.*\b(?:chang|grow|gr[eo]w|develop|evolv|fall|ris|rose)\w*|\bmore papers (?:about"
        r"|on)\b.*\blately\b",
        r"\bpopularity of\b|\bhow popular (?:is|are|was|were)\b",
        r"\bwhat(?:['’]s| is| are) (?:hot|booming)(?= (?:right )?now\b| these days\b| lately\b|\s*[?.!]*$)",
        r"\b(?:emerging|rising|growing|up[- ]and[- ]coming) (?:research )?(?:topics?|areas?|fields?|directions?)\b",
        r"\b(?:has|have|is|are|did)\b.+\b(?:risen?|rising|rose|gr[eo]wn?|growing|increas(?:ed?|ing)"
        r"|declin(?:ed?|ing)|chang(?:ed?|ing)|evolv(?:ed?|ing)|develop(?:ed)?)\b" + _TIME,
    ),
    trend_words=(
        r"\b(?:trend\w*|rose|rise|rising|grow(?:ing|n|th|s)?|over time|evolv\w+|develop(?:ed|ing)"
        r"|changed|fastest|most|topics?|areas?|(?:emerging|rising|growing|up[- ]and[- ]coming) (?:research )?"
        r"(?:topics?|areas?|fields?|directions?)|what(?:['’]s| is| are) (?:hot|booming)|right now|these days|lately"
        r"|more popular|popularity|how popular|what(?:['’]s| is) (?:happening|going on|new)|happening"
        r"|how has|how have|how did|been|has|have|interest in|are (?:there )?more papers (?:about|on)|did|change"
        r"|falling"
        r"|(?:rise|growth|decline|popularity|evolution) of)\b",
    ),
    authors_ranked=(
        r"\b(?:top|prolific|most (?:prolific|active|productive|frequent))(?: \d+)? authors?\b",
        r"\b(?:which|what) authors? (?:\w+ ){0,2}(?:the )?most\b(?: papers\b|\s*[?.!]*$)",
        r"\bauthors? (?:with|who have|having) (?:the )?most papers\b",
        r"\bwho (?:has|have|wrote|has written|published|has published) (?:the )?most papers\b",
        r"^\W*(?:list )?all authors\b",
        r"\bhow many (?:different |distinct )?authors (?:are (?:there|in (?:here|the \w+))|in total)\s*[?.!]*$",
        r"\btotal number of (?:different |distinct )?authors\s*[?.!]*$",
        rf"\b(?:which|what) (?:authors?|{_RESEARCHERS}) (?:\w+ )?{_WORKS_ON}",
        rf"\bwho (?:else )?{_WORKS_ON}",
        rf"\bwho are the (?:main |leading |key |top )?(?:authors?|{_RESEARCHERS})(?= (?:on|in)\b)",
        rf"^\W*(?:list |show |find |name )?(?:me )?(?:the )?(?:main |leading |key )?{_RESEARCHERS}"
        r" (?:who (?:are )?)?(?:work(?:ing)?|publish(?:ing)?)(?= (?:on|in)\b)",
        rf"^\W*(?:list |show |find |name )?(?:me )?(?:the )?(?:main|leading|key|top) {_RESEARCHERS}(?= (?:on|in)\b)",
    ),
    everything=(
        r"\beverything(?: (?:you|we) (?:have|know))?\b",
        r"\b(?:full|complete|entire|whole) list(?: of (?:all )?(?:the )?papers)?\b",
        r"\bindex of (?:all )?(?:the )?papers\b",
        rf"\bwhat(?:['’]s| is) in (?:here|{_COLLECTION})",
        rf"\bpapers (?:do|does) (?:you|it|{_COLLECTION}) (?:know|have|hold|contain)\b",
    ),
    whole=(r"\b(?:all|every|entire|whole)\b",),
    paper_before_name=(
        r"\b(?:authors? of|who (?:wrote|made|created|published|authored|is behind)|link (?:to|for)|abstract of"
        r"|summar(?:y of|i[sz]e)|paper (?:called|named|titled)) (?:the )?[\"“']?",
    ),
    card_after_name=(r"['’]?s? (?:(?:system|model) card|technical report)\b",),
    paper_after_name=(
        r"['’\"”]?(?:['’]?s)? (?:paper|survey|technical report|report|system card|article"
        r"|authors?)\b(?! (?:on|about|that)\b)",
    ),
    title_asked=(
        r"\b(?:what(?:['’]?s| is| was)|tell me|give me|show me) (?:the |its )?(?:full |exact )?title\b"
        r"(?! of (?:the|a|an) [\w -]*\b(?:that|which)\b)",
    ),
    one_paper=(r"\b(?:the|an?|one|this|that) (?:[\w-]+ ){0,2}?(?:paper|study|work|article)\b",),
    every_paper=(
        r"\b(?:all|every|each) (?:of )?(?:the |your |those )?(?:[\w-]+ ){0,3}(?:papers?|works|research|stud(?:ies|y)"
        r"|articles?|publications?)\b",
    ),
    listing=(
        r"\b(?:which|what|any|all|list|show|find|the|give me|are there|recommend|other)\s+"
        r"(?:[\w-]+\s+){0,3}?(?:papers|works|studies|articles|publications)\b",
        r"^\s*(?:papers|works|studies|articles)\b|\bwhich ones\b|^\s*(?:list|enumerate)\b",
        r"\bpapers (?:about|on|that|using|with|for|where|related)\b",
        r"^\s*(?:[\w'’-]+ ){0,6}papers\s*[?.!]*$|\ba list of\b|\beverything (?:about|on)\b",
        r"\b(?:all|any|which|what) (?:the )?"
        r"(?:methods|models|benchmarks|data ?sets|approaches|systems)\b",
    ),
    papers=(r"\bpapers?\b|\bworks?\b|\bstud(?:y|ies)\b",),
    searching=(
        r"\b(?:which|what|any|a|the) (?:paper|work|study|method|model)s? (?:that|which|where|is there)\b",
        r"^\s*(?:which|what) (?:paper|work|study)s?\b|\bfind (?:me )?(?:a|the|papers?)\b",
        r"\bis there an?\b|\blooking for\b",
    ),
    supposing=(
        r"\b(?:suppose|supposing|assum\w+|imagine|if|(?<!were )(?<!was )(?<!been )given|provided|let's say|when"
        r"|with only)\b",
    ),
    pointing=(
        r"\b(?:it|its|they|their|them|this|that|those|these)\b",
        r"\bthe (?:paper|authors?|method|model|work)\b|^\s*(?:and|so|then|what about|how about)\b",
    ),
    among=(
        r"\b(?:of|among|from) (?:them|those|these)\b|\bthose\b",
        r"^\W*(?:(?:and|ok|so) )?(?:are there )?any(?: (?:papers?|works?))? (?:from|in|of|after|before|since)\b",
    ),
    two=(r"\b(?:the|these|those|first) two\b|\bboth\b",),
    another=(
        r"\b(?:an)?other (?:[\w-]+ ){0,3}?(?:one|paper|work|study)\b(?!s)",
        r"\bi (?:meant|mean)\b|\b(?:the|a) different (?:one|paper)\b",
    ),
    same_day=(r"\b(?:of|from|on) (?:that|the same) (?:day|date|digest)\b|\b(?:that|same) day\b",),
    recently=(rf"\b(?:newest|latest|(?:most )?recent(?:ly \w+)?)(?={_KIND}{_PAPERS})|\bnew(?=\s+papers\b)",),
    newer=(
        rf"{_ASKED_FOR}\b(?:newer|more recent|later|follow[- ]?up|successor)(?={_KIND}(?:{_PAPER}|{_PAPERS}))",
        rf"{_ASKED_FOR}\b(?:follow[- ]?ups?|successors?)\b",
        r"\b(?:anything|something) (?:newer|more recent|later)\b|\bwhat came (?:out )?(?:after|later)\b",
        r"\bpapers (?:published |that came |from )?(?:after|since) (?:it|this|that)\b",
    ),
    older=(
        rf"{_ASKED_FOR}\b(?:older|earlier)(?={_KIND}(?:{_PAPER}|{_PAPERS}))",
        r"\b(?:anything|something) (?:older|earlier)\b|\bwhat came before\b",
        r"\bpapers (?:published |that came |from )?before (?:it|this|that)\b",
    ),
    not_author=(rf"\bnot (?:by )?{NAME}",),
    used_before=(
        r"\b(?:papers?|works?|study|studies|methods?|anyone|someone|one|ones|people)\b "
        r"(?:(?!about\b|introduc)\w+ ){0,4}?(?:us(?:es?|ed|ing)|appl(?:y|ies|ied|ying)|adapt(?:s|ed|ing)?"
        r"|extend(?:s|ed|ing)?|buil(?:ds?|t|ding) (?:up)?on|based on|fine-?tun(?:es?|ed|ing)|combin(?:es?|ed|ing))"
        r" (?:the )?$",
    ),
    used_after=(),
    kind=(
        r"[- ](?:based|style|like|family|series|variants?)\b",
        r"-(?:driven|powered|guided|aware|assisted|enhanced|augmented|oriented|centric|specific|agnostic|generated)\b",
    ),
    likened_before=(
        r"\b(?:like|such as|akin to|inspired by|reminiscent of|in the (?:style|manner) of|à la|e\.g\.,?"
        r"|(?<!papers )(?<!paper )(?<!works )similar to)(?: (?:the|an?))? $",
    ),
    likened_after=(r"-(?:style|like|type)\b|-?esque\b|(?:['’]s)? style\b",),
    asked_surname=(
        rf"\bpapers by {SURNAME}(?=\s*[?.!]*$)",
        rf"\b(?:ha(?:s|ve|d|ving)|with|list(?:s|ing)?|featur(?:e|es|ing)) {SURNAME} (?:as|among|on) (?:an? |the |its "
        r"|their )?(?:co-?)?authors?\b",
        rf"^\W*(?:what|anything|something)(?: else)? (?:did|has|have) {SURNAME} (?:co-?)?(?:write|written"
        r"|publish(?:ed)?|authored?)\b",
    ),
    asked_author=(
        rf"\b(?:authored by|written by|papers by|author named|author)\s+{NAME}(?<!['’]s)",
        rf"\bdid\s+{NAME}(?<!['’]s)(?=\s+(?:(?:also|ever|co-?)\s*)?(?:write|publish|author|contribute|work"
        rf"|submit)\b)",
    ),
    maybe_author=(rf"\bby\s+{NAME}",),
    possessive=("['’]s",),
    papers_of=("papers",),
    number_asked=(
        r"\bhow (?:many|much|fast|long|large|big|often|high|accurate)\b|\bby how much\b",
        r"\bwhat (?:[\w-]+ ){0,2}(?:accuracy|scores?|percent\w*|rates?|ratio|fraction|share|speed|recall"
        r"|f1|utili[sz]ation|latency|throughput|perplexity)\b",
        r"\bwhat (?!(?:[\w-]+ )*(?:conclusions?|consensus|agreement|verdict|decision|goals?|audience)\b)"
        r"(?:[\w-]+ ){1,3}(?:does|did|do|can) .*\b(?:reach|score)\b",
        r"\bnumber of\b|\bscores?\?|\baverage accuracy\b|\bspeed-?ups?\b",
        r"\b(?:success|win|error|failure|compression|pass|acceptance|hit|frame) rates?\b",
        r"\bwhat (?:is|are|was) .{0,80}\b(?:rate|size|accuracy|score|speed|cost|length|savings?|reduction|overhead"
        r"|footprint|throughput|latency)\b",
    ),
    counted=(
        r"\bhow many ((?:(?!(?:of|was|were|is|are|did|does|do|can|has|have|had|in|on|for|with|it|made|more|than"
        r"|per|a)\b)"
        r"[A-Za-z-]+ ?){1,3})",
        r"\bnumber of ([A-Za-z-]+)",
    ),
    units={
        r"\b(?:percent\w*|share|rates?|fraction|accuracy)\b|%": PERCENT,
        r"\b(?:times|how much (?:faster|slower|larger|smaller)|speed-?ups?|factor)\b": TIMES,
        r"\bminutes?\b": MINUTES,
        r"\bhow long\b.*\b(?:takes?|took|runs?|ran|lasts?|needs?)\b": rf"{SECONDS}|{MINUTES}|{HOURS}|{DAYS}",
        r"\bseconds\b|\b(?:per|a) second\b": SECONDS,
        r"\bhours?\b": HOURS,
        r"\b(?:dollars?|USD|euros?|how much money)\b|\$": MONEY,
        r"\bfps\b|\bframes? (?:per|a) second\b": FRAMES,
        r"\bhow many parameters\b|\bhow (?:big|large) is (?:the|its) model\b": PARAMETERS,
    },
    measures={
        rf"{_HOW_MUCH}(?:fast(?:er)?|slow(?:er)?|quick(?:er|ly)?|sped up)\b": "speed",
        rf"{_HOW_MUCH}(?:big(?:ger)?|larger?|small(?:er)?)\b": "size",
        r"\bhow long\b": "time length",
        rf"{_HOW_MUCH}(?:cheap(?:er)?|expensive|costly)\b": "cost",
        rf"{_HOW_MUCH}accurate(?:ly)?\b": "accuracy",
    },
    boilerplate=(
        r"\b(?:point|direct|refer|send|show(?:ing)?) (?:me|us) (?:to|at|towards?|some)\b",
        r"\b(?:show|giv|send)ing (?:me|us)\b",
        r"\bout there\b|\bin (?:here|there)\b|\bworth (?:my|our|the|a|any) (?:time|while|look|read)\b",
        r"\bwhat (?:did|do|has|have) (?:people|researchers|anyone|everyone|they|others) (?:publish|write"
        r"|written)\w*\b",
        r"\b(?:in |for |of )?(?:per|by|each|every) (?:day|week|month|year)\b",
        # what a topic is, said once more: "agents, i.e. models that act in games"
        r"(?<=\w),?\s*\(?\b(?:i\.e\.|that is to say|in other words|namely)[\s,].*",
        r"\b(?:which|what|any|all|list|show|find|give me|tell me|are there|is there|recommend|please"
        r"|can you|could you|i want|looking for|among) (?:me |of )?(?:the )?"
        r"(?:papers|works|studies|ones|articles)?\b|\bof (?:the )?(?:papers|works|ones)\b",
        r"\b(?:are|were|is|was) there (?:more|fewer)\b|\bthan(?: in| on| from)?\W*$",
        r"\b(?:in total|altogether|on average)\b|\b(?:did|do|does) (?:all )?(?=papers)",
        r"\bget(?=\s+(?:in total|altogether|on average))|\bwere there\b",
        r"\b(?:papers?|works?|stud(?:y|ies)|articles?|publications?|ones|among|please|published"
        r"|appeared|posted|submitted|featured|listed|uploaded)\b",
        r"\b(?:that|which|who)? ?(?:are |is |look into|looks into|talk about|deal with|discuss"
        r"|address(?:es)?|cover(?:s)?|study|studies|about|propose|introduce|rely on"
        r"|(?<!tool )(?<!computer )use(?= \w))\b",
    ),
    ordinals=(
        (
            r"\b(?:first|1st) (?:one|paper)\b|\bthe former\b|\bthe first(?= (?:need|want|use|do|ha|get|reach|add))",
        ),
        (r"\b(?:second|2nd) (?:one|paper)\b|\bthe latter\b",),
        (r"\b(?:third|3rd) (?:one|paper)\b",),
        (r"\b(?:fourth|4th) (?:one|paper)\b",),
        (r"\blast (?:one|paper)\b",),
    ),
    facts=_FACTS,
    on_topic=(
        r"\b(?:on|about|regarding|concerning|related to|dealing with|covering)\s+(?:the\s+)?([\w-]+(?: [\w-]+){0,2})",
    ),
    unrecorded=(
        rf"\b(?:most|highest|top|best)[- ]{_JUDGED}\b"
        r"(?= (?:[\w-]+ ){0,3}(?:papers?|works?|studies|ones?)\b| (?:of|among)\b|\s*[?.!]*$)",
        r"\b(?:ha(?:s|ve|d)|with|got|by) (?:the )?(?:most|highest(?: number of)?|largest number of|highest count of)"
        r" (?:github |repo(?:sitory)? )?"
        r"(?:citations?|downloads?|stars?|views|forks|impact factors?|h-index)\b",
        r"\b(?:won|win|received?|got) (?:the |an? )?best[- ]papers? awards?\b|\bbest[- ]paper awards?\b"
        r"|\baward[- ]winning\b",
    ),
    each={
        "days": (_each("day", "daily"),),
        "weeks": (_each("week", "weekly"),),
        "months": (_each("month", "monthly"),),
        "years": (_each("year", "(?:yearly|annual)"),),
    },
    in_title=(
        r"\b(?:with|ha(?:s|ve|ving)|contain(?:s|ing)?|mention(?:s|ing)?|say(?:s|ing)?) (?:the )?(?:words? |terms? )?"
        r"[\"“'‘]?((?!with\b)[\w-]+(?: [\w-]+){0,3}?)[\"”'’]? in (?:the(?:ir)?|its) titles?\b",
        r"\b(?:whose |with |where )?(?:the )?titles? (?:that )?(?:contain|ha[sv]e?|include|mention|say)(?:s|ing)?\s+"
        r"(?:the )?(?:words? |terms? )?[\"“'‘]?([\w-]+(?: [\w-]+){0,2}?)[\"”'’]?"
        r"(?=\s*(?:[?.!,]|$|from\b|in\b))",
    ),
    more_voted=(r"\b(?:have |with |got )?(?:more|higher) (?:up)?votes? (?:counts? )?than\b(?! \d)",),
    fewer_voted=(r"\b(?:have |with |got )?(?:fewer|less|lower) (?:up)?votes? (?:counts? )?than\b(?! \d)",),
    same_authors=(
        rf"{_ASKS_FOR}(?:an? |any )?(?:other|more|further|newer|later|more recent|older|earlier) (?:\w+ ){{0,3}}?"
        rf"{_WORKS}[^.?!]*?\b(?:by|of|from) {_THEM}",
        rf"{_ASKS_FOR}{_WORKS} (?:\w+ )?(?:by|of|from) the same {_AUTHORS}",
        rf"\b(?:(?:anything|something|what) else(?: is there)?|(?:anything|something) more) (?:by|from) {_THEM}",
        rf"\b(?:did|do|have|has) {_THEM} (?:also )?{_WROTE} (?:anything else|(?:any )?(?:other|more"
        rf"|further) {_WORKS})",
        rf"\b(?:what|anything) else (?:did|have|has) {_THEM} {_WROTE}",
        rf"\bhow many (?:other|more) {_WORKS} (?:did|have|has) {_THEM} {_WROTE}",
    ),
    first_author=(r"\b(?:first|lead|main) author\b",),
    last_author=(r"\b(?:last|senior) author\b",),
    limit=(
        rf"\btop[- ]?{_COUNT}\b{_NO_METRIC}",
        rf"\b{_COUNT} (?:most|best|highest|top|latest|newest|recent|oldest|earliest)\b",
        rf"\b(?:best|latest|newest|most recent|oldest|earliest) {_COUNT}\b{_NO_METRIC}"
        r"(?! (?:days|weeks|months|years))",
        rf"\blast {_COUNT}(?={_KIND}{_PAPERS})",
        rf"\b(?:give|show|find|list|recommend|name|suggest)(?: me)? (?:the )?{_COUNT} "
        r"(?:[\w-]+ ){0,3}papers\b",
        r"\bfirst (\d{1,9}) papers\b",
    ),
    several=(
        rf"\b(?:most|highest|top)[- ]{_JUDGED} (?:[\w-]+ ){{0,3}}papers\b",
        r"\bpapers (?:with|(?:that|which) (?:have|had|got|received)) (?:the )?(?:most|highest|fewest|least) "
        r"(?:up)?votes",
        r"\b(?:most (?:\w+ )?|top |popular |best )papers\b|\bmost \w+ed papers\b",
        rf"\b(?:{_PRAISED}|(?:top|most|highest)[- ](?:up)?(?:voted|popular|liked)) (?:[\w-]+ ){{0,3}}papers\b",
        rf"\b(?:newest|latest|recent|oldest|earliest|new){_KIND}{_PAPERS}",
        r"\b(?:newest|latest|most recent|oldest|earliest) first\b|\blatest (?:on|in|about)\b",
        r"\b(?:sort|order)\w*\b.{0,40}\bby (?:date|day|recency)\b",
    ),
    of_everything=frozenset("there everything every each entire whole available".split()),
    about_papers=frozenset(
        "among appear appeared published publish released post posted title titles vote votes upvote upvoted "
        "upvotes most top author authors list co-author coauthor got get gets highest fewest "
        "least day days received receive count recorded record number have whose ones other than "
        "paper papers out come came new newest latest per week weekly month monthly year yearly annual date digest "
        "digests "
        "collection database total popular hot hottest trending liked loved unpopular ranked rank more fewer less or "
        "participated participate involve name named ended up best-voted top-voted most-voted "
        "highest-voted best-rated top-rated highest-rated anything everything something entries entry monday "
        "tuesday wednesday thursday friday saturday sunday wrote write written recommend recommended all only those "
        "average mean ever here pls plz too single busiest voted best five one two three four six seven eight "
        "nine ten "
        "co-authored co authored coauthored co-written cowritten first together joint prolific oldest "
        "summarize summarise summary "
        "overview was said sort sorted order ordered".split()
    ),
    of_any_paper=frozenset(
        "working research digest method approach model system framework technique problem issue "
        "challenge limitation solve solved address addressed tackle overcome idea main key core "
        "central contribution contribute propose proposed introduce present need needed necessary "
        "motivation motivate goal aim purpose explain explained describe summary summarize "
        "summarise say new novel novelty different make try achieve kind sort".split()
    ),
)

_VOTES = r"(?:\s?(?:up)?votes?\b(?! per\b)|(?= (?:and|but) (?:\w+ ){1,3}\d+ (?:up)?votes))"
_VOTE_COUNT = rf"(?<![\w.,])(\d{{1,3}}(?:,\d{{3}})+|\d{{1,9}}|{'|'.join(COUNTS)})"


def _bound(before: str, after: str, sign: str) -> Parts:
    """A limit on votes by the words before the number, the words after it, or a sign."""
    return (
        rf"\b(?:{before}) {_VOTE_COUNT}{_VOTES}",
        rf"{_VOTE_COUNT}\s?(?:{after}){_VOTES}|{_VOTE_COUNT} (?:up)?votes? (?:{after})",
        rf"\bvotes? ?(?:{sign}|of (?:{before})|(?:{before})) ?{_VOTE_COUNT}|(?:{sign}) ?{_VOTE_COUNT}{_VOTES}",
    )


VOTES = VoteConditions(
    between=(
        rf"\bbetween {_VOTE_COUNT} and {_VOTE_COUNT}{_VOTES}",
        rf"(?:between )?{_VOTE_COUNT}\s?(?:to|-|–)\s?{_VOTE_COUNT}{_VOTES}",
    ),
    from_to_below=(),
    at_least=_bound(
        "at least|no fewer than|no less than|a minimum of",
        r"or more|and more|and up|or above|and above|\+",
        ">=|≥",
    ),
    more_than=(
        *_bound(
            "more than|over|above|exceeding|greater than|past|beyond|surpassing|north of|in excess of",
            "and counting",
            ">(?!=)",
        ),
        rf"\bmore (?:up)?votes than {_VOTE_COUNT}",
        rf"\b(?:{_PAPERS}|{_PAPER}|that|which) (?:beat|top|pass|exceed|surpass)(?:s|es|ed|ped)? {_VOTE_COUNT}{_VOTES}",
    ),
    at_most=_bound("at most|no more than|up to|a maximum of", "or fewer|or less|or below|and below", "<=|≤"),
    fewer_than=_bound("fewer than|less than|under|below", "and fewer", "<(?!=)"),
    exactly=(
        rf"\b(?:with|got|gets|ha[sd]|have|having|received) {INTEGER}{_VOTES}",
        rf"\bexactly {_VOTE_COUNT}{_VOTES}",
    ),
    none=(r"\b(?:zero|0|no|without(?: any| a single)?|not a single) (?:up)?votes?\b(?! (?:count|per))",),
    unknown=(
        r"\b(?:no|missing|unknown|without (?:a |any )?(?:recorded |known )?) ?vote counts?(?: recorded)?",
        r"\bvotes? (?:is|are) (?:unknown|not recorded|missing)|\bno recorded votes?",
    ),
)
