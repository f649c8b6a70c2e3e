"""What papers make public, as questions and digests say it in English."""

from __future__ import annotations

from rag_app.lang.language import ReleaseWords

_THING = (
    r"(?:(?:source )?code(?:base)?|implementations?|(?:pre-?trained |model )?weights|checkpoints?|models?"
    r"|data ?sets?|data|benchmarks?)\b"
)
_THINGS = rf"{_THING}(?:(?:,|,? and|,? or| ?/) (?:the |their |its )?{_THING})*"
_ITS = r"(?:(?:the|their|its|our|all|both|any|full|of|authors'?)\s)*"
_THEIR = (
    r"(?:(?:publicly|openly|freely|available|public|open|open-source|released|official|their|its|the)\s)*"
)
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
# Not just before it: what is kept back.
_NOT = r"(?<!not )(?<!n't )(?<!without )(?<!never )"
_IS = r"(?:is|are|was|were|will be|has been|have been|made)(?: (?:also|now|all|both|made))*"
_PUBLIC = r"(?:publicly |freely |openly |fully )*(?:available|released|public|open(?:[- ]?sourced?)?)\b"

RELEASES = ReleaseWords(
    things={
        "code": r"\bcode(?:base)?\b|\bimplementations?\b|\bgithub\b",
        "model": r"\bmodels?\b|\bweights\b|\bcheckpoints?\b|\bhugging ?face\b",
        "data": r"\bdata ?sets?\b|\bdata\b|\bbenchmarks?\b",
    },
    asked=(
        rf"{_NOT}\b(?:also |have |has |had |did |do |does |actually |publicly |openly )*"
        rf"(?:releas|open-?sourc)(?:e|es|ed)\s{_ITS}{_THINGS}(?: (?:on github|online|publicly|as open[- ]source))?",
        rf"{_NOT}\b(?:publish|shar|provid|giv)(?:e|es|ed)?\s{_ITS}(?:source |open )?code\b",
        rf"{_NOT}\b(?:publish|shar|provid|giv)(?:e|es|ed)?\s(?:their|its) (?:model )?"
        r"(?:weights|checkpoints|data ?sets?)\b",
        rf"{_NOT}\b(?:mak|made|hav)(?:e|es)?\s{_ITS}{_THINGS} {_PUBLIC}",
        rf"(?<=papers )with {_THEIR}(?:source )?code\b(?= (?:on|about|for|in)\b)",
        r"\bw/ ?(?:source )?code\b|\bhas code(?=\s*[:,])|\bwith github(?= (?:on|about|for)\b|\s*(?:[?.!,]|$))",
        r"\bwith (?:an? )?(?:open (?:weights|code|models?|data)|github (?:links?|code|repo\w*))\b",
        rf"{_NOT}\b(?:with|ha(?:ve|s|ving))\s{_THEIR}(?:source )?code(?: (?:is |are )?{_PUBLIC})?"
        rf"(?: (?:on|at) github| online)?(?=\s*(?:[?.!,;]|$|from\b|in (?:20|{_MONTHS})))",
        rf"\b(?:whose |where (?:the )?)?{_THING} (?:is|are|was|were|will be) "
        rf"(?:{_PUBLIC}|on (?:github|hugging ?face)\b)",
        rf"\b(?:is|are|was|were) (?:there )?{_ITS}{_THINGS} {_PUBLIC}",
        rf"\bwhere (?:can i (?:find|get|see)|is|are) {_ITS}(?:source )?code\b",
        r"\b(?:that |which |who )?(?:is|are) (?:fully |completely )?open[- ]sourced?\b(?! \w+s\b)",
        r"\bopen-sourced?(?= (?:[\w-]+ ){0,3}papers\b)|\bopen source(?= (?:[\w-]+ ){0,3}papers\b)"
        r"|\b(?:that are |are |is )?(?:available )?on (?:github|hugging ?face)\b",
    ),
    withheld=(
        rf"\b(?:do|does|did|have|has|had|is|are|was|were)(?: not|n['’]t)\s(?:yet |been )?"
        rf"(?:releas|publish|open-?sourc|shar|provid|mak|made)\w*\s{_ITS}{_THING}",
        rf"\b{_THING} (?:is|are|was|were)(?: not|n['’]t) {_PUBLIC}"
        rf"|\b(?:keep|kept) {_ITS}{_THING} (?:private|closed|secret)\b",
        r"\bpapers without (?:any |public |released |open |available )*(?:source )?code\b(?=\s*(?:[?.!,]|$|on\b))",
    ),
    either=(r"\bor\b|/",),
    said=(
        rf"\b{_THING}[^.\n]{{0,60}}? {_IS} {_PUBLIC}(?! (?:data|bench|model|source))",
        rf"\b(?:releas|open-?sourc)(?:e|es|ed|ing)\s(?=(?:the|their|its|our|all|both|a|an|new)\b){_ITS}(?:(?:a|an|new)\s)*"
        rf"(?:[\w-]+ ){{0,4}}?{_THING}",
        r"\bis (?:an? )?(?:[\w-]+,? ){0,3}?open[- ]source(?: [\w-]+){0,3}? "
        r"(?:model|LLM|framework|toolkit|library|platform|data ?set|benchmark|system|tool|suite)\b"
        r"|\bis (?:fully |completely )?open[- ]sourced?(?=[.,;]| and\b)",
    ),
)
