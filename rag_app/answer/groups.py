"""Papers put into groups, each named by a term of the field that all of its digests hold.

Knows: which terms can name a group, and how papers are dealt to them. Does not know: questions, how
papers were chosen, or how a group is shown.

A group is a fact that can be checked: its name stands in the title or the digest of each of its
papers. Clusters of vectors were tried first: their members are alike, but no term held all of them.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag_app.answer.trends import GENERIC
from rag_app.collection.bm25 import document
from rag_app.collection.library import Library
from rag_app.collection.paper_names import shaped
from rag_app.lang import language_of
from rag_app.records import Paper
from rag_app.text.glossary import PAIR
from rag_app.text.terms import STOP_WORDS, fold_word

LONGEST_TERM = 3  # words
IN_TITLE = 2.0  # what a paper counts for a term of its title, beside 1 for its text
# Rarity (`LexicalIndex.rarity`) that the words of a name have: rarer ones are names and slips, others
# say nothing of a group.
LEAST_RARE, MOST_RARE = 0.2, 0.85
MANY_WORDS = 1.8  # what a term of several words counts beside 1: it says more
LARGEST_SHARE = 0.6  # of all papers, that one group may hold
PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9-]+")


@dataclass(frozen=True, slots=True)
class TermGroup:
    """A group: the term that names it, in the readers' language, and its papers' places."""

    name: str  # empty for the papers that no term holds together
    places: tuple[int, ...]


def found(papers: Sequence[Paper], subject: str, language: str, library: Library) -> list[TermGroup]:
    """`papers` in groups of two and more by the terms they share, none of the `subject`; what is left
    comes last, without a name.
    """
    terms = [_terms_of(paper) for paper in papers]
    left = set(range(len(papers)))
    known = _known(subject, library)
    groups: list[TermGroup] = []
    used: set[str] = set()
    while len(left) > 1:
        best = _best(terms, left, known | used, library, max(2, int(LARGEST_SHARE * len(papers))))
        if best is None:
            break
        term, places = best
        rows = [library.places[papers[place].arxiv_id] for place in places]
        groups.append(TermGroup(_in_language(term, terms, language, library, rows), places))
        left -= set(places)
        used |= {fold_word(word) for word in re.split(r"[ -]", term)}
    return [*groups, TermGroup("", tuple(sorted(left)))] if left else groups


def title_terms(
    papers: Sequence[Paper], subject: str, library: Library, most: int = 4
) -> list[tuple[str, int]]:
    """The terms that most titles hold, none of the `subject`, and how many titles have each."""
    known = _known(subject, library)
    found = Counter(
        term
        for paper in papers
        for term in dict.fromkeys(_phrases(paper.title.partition(":")[2] or paper.title))
    )
    kept: list[tuple[str, int]] = []
    for term, count in sorted(found.items(), key=lambda pair: (-pair[1], -len(pair[0]), pair[0])):
        apart = all(not set(term.split()) & set(other.split()) for other, _ in kept)
        if len(kept) < most and count > 1 and apart and _names(term, known, library):
            kept.append((term, count))
    return kept


def key_terms(paper: Paper, library: Library, most: int = 4) -> list[str]:
    """The rarest of the English terms that a digest gives beside words of its own language."""
    return _rarest([term for term, use in _terms_of(paper).items() if use.own_word], library, most)


def _rarest(terms: Sequence[str], library: Library, most: int) -> list[str]:
    """The first of the terms that can name something, rarest first, no two with a word in common."""
    fit = sorted(
        (term for term in terms if _names(term, frozenset(), library)),
        key=lambda term: (-_rarity(term, library), term),
    )
    kept: list[str] = []
    for term in fit:
        if not any(set(term.split()) & set(longer.split()) for longer in kept):
            kept.append(term)
    return kept[:most]


@dataclass(frozen=True, slots=True)
class _Use:
    """How a paper uses a term: what it counts, and the digest's word for it beside the English one."""

    weight: float
    own_word: str = ""


def _terms_of(paper: Paper) -> dict[str, _Use]:
    """English terms of a paper's title and digest, one to three words."""
    uses: dict[str, _Use] = {}
    for term in _phrases(paper.title.partition(":")[2] or paper.title):
        uses[term] = _Use(IN_TITLE)
    text = document(paper).partition("\n")[2]
    for match in PAIR.finditer(text):
        words = [fold_word(word) for word in PLAIN.findall(match[2])]
        if 0 < len(words) <= LONGEST_TERM and not any(shaped(word) for word in PLAIN.findall(match[2])):
            term = " ".join(words)
            own = " ".join(match[1].split()[-len(words) :])
            uses[term] = _Use(uses[term].weight if term in uses else 1.0, own)
            for part in words:
                uses.setdefault(part, _Use(1.0))
    return uses


def _phrases(title: str) -> Iterator[str]:
    """Words and pairs of neighbouring words of a title, folded; no names."""
    plain = PLAIN.findall(title)
    folded = ["" if shaped(word) or word.casefold() in STOP_WORDS else fold_word(word) for word in plain]
    yield from (word for word in folded if word)
    yield from (f"{a} {b}" for a, b in pairwise(folded) if a and b)


def _known(subject: str, library: Library) -> frozenset[str]:
    """English words of the subject, also where it abbreviates them, and those that the glossary gives for its
    words.
    """
    short = [word for word in PLAIN.findall(subject) if shaped(word)]
    long = " ".join(spelled for word in short for spelled in library.spellings.of(word))
    own = set(library.lexical.own_terms(f"{subject} {long}"))
    translated = {
        english
        for english, targets in library.lexical.glossary.items()
        if own & {term for term, share in targets.items() if share >= 0.3}
    }
    return frozenset(own | translated)


def _best(
    terms: Sequence[dict[str, _Use]],
    left: set[int],
    known: frozenset[str] | set[str],
    library: Library,
    most: int,
) -> tuple[str, tuple[int, ...]] | None:
    """The term that holds the remaining papers together best, and the places of those that have it."""
    holders: dict[str, list[int]] = defaultdict(list)
    for place in sorted(left):
        for term in terms[place]:
            holders[term].append(place)

    def worth(term: str) -> float:
        weight = sum(terms[place][term].weight for place in holders[term])
        return weight * _rarity(term, library) * (MANY_WORDS if " " in term else 1.0)

    fit = [
        term for term, places in holders.items() if 2 <= len(places) <= most and _names(term, known, library)
    ]
    best = max(fit, key=lambda term: (worth(term), term), default=None)
    return (best, tuple(holders[best])) if best else None


def _names(term: str, known: frozenset[str] | set[str], library: Library) -> bool:
    """Whether a term can name a group: it says something, and not what the question said."""
    parts = term.split()
    dull = GENERIC | STOP_WORDS
    if parts[0] in dull or parts[-1] in STOP_WORDS or all(p in known or p in dull for p in parts):
        return False
    # A single word that digests never write beside a translation is no term: "long", "extending".
    told = len(parts) > 1 or library.spellings.is_term(term)
    return told and LEAST_RARE <= _rarity(term, library) <= MOST_RARE


def _rarity(term: str, library: Library) -> float:
    return max(library.lexical.rarity(word) for word in term.split())


def _in_language(
    term: str, terms: Sequence[dict[str, _Use]], language: str, library: Library, rows: Sequence[int]
) -> str:
    """The term as readers of a language know it: with the collection's word for it, where the digests of the
    group (at these rows) say that, or else that of these digests, before it, where that is theirs.
    """
    known = [one for one in library.spellings.of(term) if language_of(one) == language != language_of(term)]
    own = Counter(uses[term].own_word for uses in terms if term in uses and uses[term].own_word)
    # What a collection aligns with a word by chance, the group's own digests do not say.
    said = [one for one in known if library.spellings.saying((one,))[list(rows)].any()]
    likeliest = said or [word for word, count in own.most_common(1) if count > 1]
    word = likeliest[0] if likeliest else ""
    return f"{word}({term})" if word and language_of(word) == language else term
