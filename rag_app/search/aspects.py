"""What a question asks of each of the papers that it names, and several things that it asks of one.

Knows: where the part of one paper, or one of several things, ends and the next begins.
Does not know: which papers are named, or which of their sentences answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from rag_app.collection.paper_names import fold
from rag_app.records import Paper, Query
from rag_app.search import answer_places

# Korean nouns that end like a particle or a verb.
_NOUNS = "".join(
    f"(?<!{noun})" for noun in ("최고", "참고", "광고", "보고", "결과", "효과", "성과", "초과", "통과")
)
# Between two sides: the last of these before the second name. A clause ends before a blank.
BETWEEN = re.compile(
    rf"[,;:]\s|\s(?:and|while|but|whereas)\s|(?<=[가-힣]고){_NOUNS}\s|(?<=[가-힣]며)\s|(?<=지만)\s"
)
# Between two things asked of one paper: "how many tasks and what accuracy", "문제 수 / 정확도"; or a question
# ends there, and another begins.
SEVERAL = re.compile(
    rf"{BETWEEN.pattern}|\s[/·&+]\s|(?<=[가-힣](?:이랑|하고))\s|(?<=[가-힣][랑와과]){_NOUNS}\s|\s및\s|(?<=[?？])\s"
)
MOST_PARTS = 3  # things asked at once; more between commas are listed, not asked
# Before what is asked: "According to the digest, how fast …".
LEAD_IN = re.compile(r"\s*(?:according to|for|in|on|with|among|over|given|as|by|at|from)\b", re.IGNORECASE)
SHORTEST_PART = 12  # characters of a part beside its name, below which a side is asked the whole question

Span = tuple[int, int]


def asked_of(query: Query, paper: Paper) -> str:
    """The part of the question that is about this paper: "what does A add, and what does B change". The
    whole of it where it does not fall into parts.
    """
    question = query.standalone
    places = _places(question, query.names)
    if len(query.papers) < 2 or len(places) < 2:
        return question
    own = _own([name for _, name in places], paper)
    if own is None:
        return question
    at = next(at for at, name in places if name == own)
    apart = sides(question, [(at, at + len(name)) for at, name in places])
    part = next((question[start:end] for start, end in apart if start <= at < end), "")
    return part or _by_ordinal(question, places, [name for _, name in places].index(own)) or question


def sides(question: str, names: Sequence[Span]) -> list[Span]:
    """The parts of a question about each of the names, which stand at these places in order, where they are
    asked apart, else none; a name without a part of its own belongs to the one before.
    """
    cuts = [0]
    for (_, end), (following, _) in pairwise(names):
        if between := list(BETWEEN.finditer(question, end, following)):
            cuts.append(between[-1].start())
    parts = list(zip(cuts, [*cuts[1:], len(question)], strict=True))
    rest = [end - start - sum(b - a for a, b in names if start <= a < end) for start, end in parts]
    return parts if len(parts) > 1 and min(rest) >= SHORTEST_PART else []


def _places(question: str, names: Sequence[str]) -> list[tuple[int, str]]:
    """(place, name) of each of the names, in order; none within another's."""
    found = [
        match.span()
        for name in dict.fromkeys(names)
        if (match := re.search(rf"(?<![\w-]){re.escape(name)}(?![A-Za-z0-9-])", question))
    ]
    apart = [one for one in found if not any(a <= one[0] and one[1] <= b for a, b in found if (a, b) != one)]
    return sorted((start, question[start:end]) for start, end in apart)


def several(asked: str, names: Sequence[str] = ()) -> tuple[str, ...]:
    """The things that may be asked of a paper of these names, each in its words; none where it is one, or so
    many that they are no questions.
    """
    masked = asked
    for name in names:  # "Roll the Dice & Look" is one
        masked = masked.replace(name, "x" * len(name))
    cuts = [(0, 0), *(match.span() for match in SEVERAL.finditer(masked)), (len(asked), len(asked))]
    found = (asked[end:start] for (_, end), (start, _) in pairwise(cuts))
    parts = tuple(p for p in found if re.search(r"\w", p) and not LEAD_IN.match(p))
    return parts if 1 < len(parts) <= MOST_PARTS else ()


def _by_ordinal(question: str, places: list[tuple[int, str]], own: int) -> str:
    """The clause behind all names that speaks of this one by its place: "A vs B: what does the first …"."""
    last, name = places[-1]
    clauses = BETWEEN.split(question[last + len(name) :])
    return next((clause for clause in clauses if answer_places.ordinal(clause) == own), "")


def _own(names: Sequence[str], paper: Paper) -> str | None:
    """The name that is this paper's: its title begins with it, or its digest names it first."""
    title = fold(paper.title)
    first = fold(next((section.text for section in paper.sections), "")[:300])
    of_title = (name for name in names if title.startswith(fold(name)))
    return next(of_title, None) or next((name for name in names if fold(name) in first), None)
