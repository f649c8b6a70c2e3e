"""What a question asks of each of the papers that it names.

Knows: where the part of one side of a comparison ends and the next begins.
Does not know: which papers are named, or which of their sentences answer.
"""

from __future__ import annotations

import re
from itertools import pairwise

from rag_app.collection.paper_names import fold
from rag_app.records import Paper, Query
from rag_app.search import answer_places

# Between two sides: the last of these before the second name. A clause ends before a blank.
BETWEEN = re.compile(r"[,;:]\s|\s(?:and|while|but|whereas)\s|(?<=[가-힣]고)\s|(?<=[가-힣]며)\s|(?<=지만)\s")
# Between two things asked of one paper: "how many tasks and what accuracy", "문제 수 / 정확도".
SEVERAL = re.compile(
    rf"{BETWEEN.pattern}|\s[/·&+]\s|(?<=[가-힣](?:이랑|하고))\s|(?<=[가-힣][랑와과])\s|\s및\s"
)
SHORTEST_PART = 12  # characters of a part beside its name, below which a side is asked the whole question


def asked_of(query: Query, paper: Paper) -> str:
    """The part of the question that is about this paper: "what does A add, and what does B change". The
    whole of it where it does not fall into parts.
    """
    question = query.standalone
    places = sorted((question.find(name), name) for name in dict.fromkeys(query.names) if name in question)
    if len(query.papers) < 2 or len(places) < 2:
        return question
    own = next((place for place, (_, name) in enumerate(places) if _names(name, paper)), None)
    if own is None:
        return question
    parts = _parts(question, places)
    rest = [len(part) - len(name) for part, (_, name) in zip(parts, places, strict=True)]
    if min(rest) >= SHORTEST_PART:
        return parts[own]
    return _by_ordinal(question, places, own) or question


def asks_several(asked: str) -> bool:
    """Whether more than one thing may be asked of a paper."""
    return bool(SEVERAL.search(asked))


def _by_ordinal(question: str, places: list[tuple[int, str]], own: int) -> str:
    """The clause behind all names that speaks of this one by its place: "A vs B: what does the first …"."""
    last, name = places[-1]
    clauses = BETWEEN.split(question[last + len(name) :])
    return next((clause for clause in clauses if answer_places.ordinal(clause) == own), "")


def _parts(question: str, places: list[tuple[int, str]]) -> list[str]:
    """The question cut between its names, one part for each."""
    cuts = [0]
    for (at, name), (following, _) in pairwise(places):
        between = list(BETWEEN.finditer(question, at + len(name), following))
        cuts.append(between[-1].start() if between else following)
    return [question[start:end] for start, end in zip(cuts, [*cuts[1:], len(question)], strict=True)]


def _names(name: str, paper: Paper) -> bool:
    """Whether a name is of this paper: of its title, or in the first sentence of its digest."""
    first = next((section.text for section in paper.sections), "")
    return fold(paper.title).startswith(fold(name)) or fold(name) in fold(first[:300])
