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
_IS = r"(?:is|are|was|were|will be|has been|have been|made)(?: (?:also|now|all|both|made))*"
_PUBLIC = r"(?:publicly |freely |openly |fully )*(?:available|released|public|open(?:[- ]?sourced?)?)\b"

RELEASES = ReleaseWords(
    things={
        "code": r"\bcode(?:base)?\b|\bimplementations?\b|\bgithub\b",
        "model": r"\bmodels?\b|\bweights\b|\bcheckpoints?\b|\bhugging ?face\b",
        "data": r"\bdata ?sets?\b|\bdata\b|\bbenchmarks?\b",
    },
    asked=(
        rf"\b(?:also |have |has |had |did |do |does |actually |publicly |openly )*"
        rf"(?:releas|open-?sourc)(?:e|es|ed|ing)\s{_ITS}{_THINGS}(?: (?:on github|online|publicly|as open[- ]source))?",
        rf"\b(?:publish|shar|provid|giv)(?:e|es|ed|ing)?\s{_ITS}(?:source |open )?code\b",
        rf"\b(?:mak|made|hav)(?:e|es|ing)?\s{_ITS}{_THINGS} {_PUBLIC}",
        rf"(?<=papers )with {_THEIR}(?:source )?code\b(?= (?:on|about|for|in)\b)",
        rf"\b(?:with|ha(?:ve|s|ving))\s{_THEIR}(?:source )?code(?: (?:is |are )?{_PUBLIC})?"
        rf"(?: (?:on|at) github| online)?(?=\s*(?:[?.!,;]|$|from\b|in (?:20|{_MONTHS})))",
        rf"\b(?:whose |where (?:the )?)?{_THING} (?:is|are|was|were) {_PUBLIC}",
        rf"\b(?:is|are|was|were) (?:there )?{_ITS}{_THINGS} {_PUBLIC}",
        rf"\bwhere (?:can i (?:find|get|see)|is|are) {_ITS}(?:source )?code\b",
        r"\b(?:that |which |who )?(?:is|are) (?:fully |completely )?open[- ]sourced?\b(?! \w+s\b)",
        r"\bopen-sourced(?= papers\b)|\b(?:that are |are |is )?(?:available )?on (?:github|hugging ?face)\b",
    ),
    said=(
        rf"\b{_THING}[^.\n]{{0,60}}? {_IS} {_PUBLIC}(?! (?:data|bench|model|source))",
        rf"\b(?:releas|open-?sourc)(?:e|es|ed|ing)\s(?=(?:the|their|its|our|all|both|a|an|new)\b){_ITS}(?:(?:a|an|new)\s)*"
        rf"(?:[\w-]+ ){{0,4}}?{_THING}",
        r"\b(?:is|as) (?:an? )?(?:fully |completely )?(?:[\w-]+, )*open[- ]source(?! (?:and|or) clos)[^.\n]{0,40}",
    ),
)
