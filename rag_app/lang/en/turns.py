"""How short turns go on with the answer before, in English.

Knows: words and patterns only. Does not know: what they are read as (`search.continuations`).
"""

from __future__ import annotations

from rag_app.lang.language import TurnPatterns

# What is asked of papers, and no topic of their own.
_ASPECT = (
    "results?|limitations?|costs?|speed|evaluations?|benchmarks?|models?|data ?sets?|data|code|performance|accuracy"
    "|memory|training|methods?|authors?|votes?|links?|dates?|it|them|that|this|those|these|more|others?"
)
# What such a turn begins with.
_LEAD = (
    r"(?:(?:ok(?:ay)?|so|then|well|cool|great|nice|no|nope|nah|sorry|actually|hmm|wait|thanks?|but|now|also|and)"
    r"[\s,.!]+)"
)
_ON = r"(?:(?:papers )?(?:on|about|for)\s)?"
# A topic in place of the one before.
_OTHER_TOPIC = (
    r"((?!(?:the|how|do|does|did|is|are|was|were|their|its|can|could|in|any|all|why|an?|to|you|only|just|another|some"
    rf"|with|{_ASPECT})\b|wh|summar|[^?]*\b(?:first|second|third|fourth|last)\b)[a-z0-9][\w\s-]{{1,40}}?)"
    r"(?:\s(?:papers|instead|then))*\s*[?.!]*"
)

# What narrows a topic: no number, place, or aspect of a paper.
_NARROWER = (
    rf"(?!\d|(?:{_ASPECT}|one|ones|else|new|similar|different|like|me|a|an|the|with|on|about|for|using|tell|give|show"
    r"|explain|summari[sz]e|compare|say|list|describe|answer|translate)\b|[^?]*\b(?:first|second|third|last|top)\b)"
    r"([a-z0-9][\w\s-]{1,40}?)(?: (?:ones?|papers?|stuff))*\s*[?.!]*"
)

# What stands before the name of a period.
_AT = r"(?:(?:what|how) about |(?:(?:show|give|list|summari[sz]e)(?: me)? )|(?:on|in|for|during) )*"


def _beside(unit: str, sides: str, *others: str) -> tuple[str, ...]:
    """The period of a unit on one side of the one told of."""
    wordings = "|".join([rf"(?:the )?(?:{sides}) {unit}(?:'s)?", *others])
    return (rf"{_LEAD}*{_AT}(?:{wordings})(?: papers)?\s*[?.!]*",)


_UNITS = ("day", "week", "month", "year")

TURNS = TurnPatterns(
    instead=(
        rf"{_LEAD}*and(?: now)?\s{_ON}{_OTHER_TOPIC}",
        rf"(?:that['’]?s not what i (?:asked|meant|wanted)[,.!]? )?{_LEAD}*(?:(?:what|how) about"
        r"|i (?:meant|mean|want(?:ed)?|was (?:asking|thinking)(?: (?:about|of))?)|make (?:it|that)|switch to)"
        rf"\s{_ON}{_OTHER_TOPIC}",
        rf"(?:no|nope|nah|not (?:that|those|these))[\s,.!]+(?:but )?{_ON}{_OTHER_TOPIC}",
        rf"(?=.*\binstead\b)(?!.*\b(?:should|would|will|i|we|use|try|tell|give|compare)\b){_LEAD}*{_ON}{_OTHER_TOPIC}",
    ),
    within=(
        rf"{_LEAD}*(?:narrow(?: it| that| them)?(?: down)? to|(?:limit|restrict)(?: it| them)? to|just|only|something"
        r"|i(?:['’]?m)? only (?:care about|interested in|want)) (?:the |ones? |with |on |about |for |using )*"
        rf"{_NARROWER}",
        rf"{_LEAD}*(?:(?:what|how) about )?(?:in|for|with|using) (?!the\b|(?:{_ASPECT})\b)"
        r"([a-z][\w\s-]{1,40}?)\s*\??",
        rf"{_LEAD}*(?:(?:are|is) there )?(?:any |some |the )?"
        r"((?:surveys?|benchmarks?|data ?sets?|reviews?|tutorials?)(?: papers?)?)"
        r"(?: (?:on|about) (?:this|that|it|them))?\s*\??",
        rf"{_LEAD}*((?:not|without|except|excluding|but no) (?!the\b|that\b|this\b|sure\b|what)[\w\s-]{{2,30}}?)"
        r"(?: (?:ones|papers))?\s*[.!]*",
    ),
    their_papers=(
        rf"{_LEAD}*(?:(?:show|give|list)(?: me)? |how many |which |are there )?"
        r"(?:any |some |the |related |relevant )*papers?"
        r"(?: (?:on|about) (?:it|this|that|them)| are there| do you have)?\s*[?.!]*",
    ),
    adding=(
        rf"{_LEAD}*(?:add|include|plus|compare (?:it|them|these|those|both) (?:to|with))\s(?:also )?([^?]{{2,60}}?)"
        r"(?: (?:too|as well|to (?:it|that|the (?:comparison|table|list))))?\s*[?.!]*",
    ),
    whole=(
        rf"{_LEAD}*(?:(?:never ?mind|forget (?:it|that)|scratch that)[\s,.!]*)?(?:(?:show|give|list)(?: me)? )?"
        r"(?:all (?:of )?(?:them|these|those)(?: papers)?(?: again)?|(?:all|everything|all (?:papers|years)) again"
        r"|the (?:(?:whole|full|original|complete) )?list(?: again)?|the papers (?:again|instead))\s*[?.!]*",
        rf"{_LEAD}*(?:never ?mind|forget (?:it|that)|scratch that)[\s,.!]*(?:(?:show|give|list)(?: me)? )?"
        r"(?:all(?: papers| years)?|everything)\s*[?.!]*",
        rf"{_LEAD}*(?:(?:that['’]?s )?too narrow[\s,.!]*)?(?:widen|broaden)(?: it| that)?\s*[?.!]*",
    ),
    further=(
        rf"{_LEAD}*(?:not (?:that|this)(?: one)?[\s,]+)?"
        r"(?:another(?: one)?|something else|(?:a )?different ones?)\s*[?.!]*",
        rf"{_LEAD}*(?:(?:show|give|list|tell|see)(?: me)? )?(?:(?:some |any |a few |the )?more"
        r"(?: (?:papers?|ones|results|of (?:them|those|these)|please))*"
        r"|(?:the )?next(?: (?:page|ones?|few|\d+|ten|papers?))?|(?:some |the |any )?others?(?: (?:ones|papers?))?"
        r"|the rest(?: of them)?|anything else|what else|keep going|continue|go on)\s*[?.!]*",
    ),
    year_alone=(
        rf"(?:{_LEAD}|(?:just|only|show|me|limit|filter|it|them|to|by|what|how|about|the|ones?|papers?|from|in|for|of"
        r"|those|year|any|are|there)[\s,]+)*(20[0-3]\d)(?:[\s,]+(?:ones?|papers?|only|then|too|instead))*\s*[?.!]*",
    ),
    following={
        unit: _beside(unit, "next|following", rf"(?:the|a) {unit} (?:after(?: that)?|later)")
        for unit in _UNITS
    },
    preceding={
        unit: _beside(unit, "previous|preceding", rf"(?:the|a) {unit} (?:before(?: that)?|earlier)")
        for unit in _UNITS
    },
    of_two=(
        rf"{_LEAD}*(which(?: one)?(?: of (?:them|the two|those|these))? (?!papers?\b)[^?]{{2,60}}?)\s*\?*",
    ),
    all_told=(r"\b(?:their|them|they|(?:these|those|the) papers|all of (?:these|those|them))\b",),
    pronouns=(r"\b(?:it|this|that|they|them)\b(?! (?:paper|one|study)\b)",),
    places=(
        r"\b(?:number|no\.?|paper|item|result) ?#?(\d{1,2})\b|#(\d{1,2})\b|\bthe (\d{1,2})(?:st|nd|rd|th)\b",
        r"(?:^\W*|\bthe )(first|second|third|fourth|fifth|sixth|last)(?: (?:one|paper))?"
        r"(?= (?:and|with|to|vs\.?|or)\b|\s*[?.!]*$)",
        r"\b(\d{1,2})(?= (?:and|with|to|vs\.?) (?:no\.? |number |#)?\d{1,2}\W*$)"
        r"|(?<=\d and )(\d{1,2})(?=\W*$)|(?<=\d with )(\d{1,2})(?=\W*$)|(?<=\d to )(\d{1,2})(?=\W*$)",
    ),
    place_words={"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "last": -1},
)
