"""Papers put into groups by what they do, each named by terms of its own digests.

Knows: clustering over stored vectors, and which terms set a group apart. Does not know: questions,
how papers were chosen, or how a group is shown.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag_app.answer.trends import GENERIC
from rag_app.collection.bm25 import document
from rag_app.collection.library import Library
from rag_app.lang import LANGUAGES, language_of
from rag_app.records import Paper
from rag_app.text.glossary import PAIR
from rag_app.text.terms import STOP_WORDS, fold_word, words

LEAST_SHARE = 0.5  # of a group's papers that hold the term it is named by
NAMED_BY = 2  # terms in the name of a group
LONGEST_TERM = 3  # words

Vectors = NDArray[np.float32]


def clusters(vectors: Vectors, count: int) -> list[list[int]]:
    """Rows of unit `vectors` (n, d) in at most `count` clusters: agglomerative, average linkage over
    cosine similarity; clusters by their first row, rows ascending.

    A merge that would make one cluster hold more than half of all rows is put off, as average
    linkage over neighbours otherwise leaves one large cluster and single rows.
    """
    members = [[row] for row in range(len(vectors))]
    similarity = vectors @ vectors.T
    largest = max(2, math.ceil(len(vectors) / 2))
    while len(members) > count:
        pairs = [(a, b) for b in range(len(members)) for a in range(b)]
        fair = [(a, b) for a, b in pairs if len(members[a]) + len(members[b]) <= largest] or pairs
        a, b = max(fair, key=lambda pair: _likeness(similarity, members[pair[0]], members[pair[1]]))
        members[a] = sorted(members[a] + members.pop(b))
    return sorted(members)


def _likeness(similarity: Vectors, one: Sequence[int], other: Sequence[int]) -> float:
    """Mean similarity of two clusters, less for large ones, so that they grow evenly."""
    mean = float(similarity[np.ix_(one, other)].mean())
    return mean - 0.01 * math.log(len(one) + len(other))


def names(groups: Sequence[Sequence[Paper]], subject: str, language: str, library: Library) -> list[str]:
    """A name for each group: its papers' own terms that are rare in the others, none of the subject;
    empty where a group has none.
    """
    terms = [[_terms_of(paper) for paper in group] for group in groups]
    known = {fold_word(word) for word in words(subject)} | _translated(subject, library)
    taken: set[str] = set()
    return [_name(at, terms, known, taken, language) for at in range(len(groups))]


def shared_terms(one: Paper, other: Paper, library: Library, most: int = 3) -> list[str]:
    """The English terms that two digests have in common, rarest first."""
    mine, theirs = _terms_of(one), _terms_of(other)
    common = [term for term in mine if term in theirs and _is_telling(term, set())]
    common.sort(key=lambda term: -max(library.lexical.rarity(fold_word(word)) for word in term.split()))
    kept: list[str] = []
    for term in common:
        if not any(term in longer or longer in term for longer in kept):
            kept.append(term)
    return kept[:most]


def key_terms(paper: Paper, library: Library, most: int = 4) -> list[str]:
    """The rarest English terms that a digest gives beside its Korean ones."""
    return shared_terms(paper, paper, library, most)


def _terms_of(paper: Paper) -> dict[str, str]:
    """English term -> how the digest writes it in its own language, of a paper's title and digest."""
    title = paper.title.partition(":")[2] or paper.title
    plain = [word for word in words(title) if len(word) > 2]
    found = {f"{a} {b}": "" for a, b in zip(plain, plain[1:], strict=False)} | dict.fromkeys(plain, "")
    for match in PAIR.finditer(document(paper)):
        english = " ".join(words(match[2]))
        if 0 < len(english.split()) <= LONGEST_TERM:
            found[english] = match[1].strip()
    return found


def _translated(subject: str, library: Library) -> set[str]:
    """English words that the glossary gives for the words of the subject."""
    own = set(library.lexical.own_terms(subject))
    return {
        english
        for english, targets in library.lexical.glossary.items()
        if own & {term for term, share in targets.items() if share >= 0.3}
    }


def _is_telling(term: str, known: set[str]) -> bool:
    """Whether a term can name a group: it says something, and not only what the question said."""
    parts = term.split()
    dull = GENERIC | STOP_WORDS | known
    return not all(part in dull for part in parts) and parts[0] not in STOP_WORDS and parts[-1] not in STOP_WORDS


def _name(
    at: int, terms: Sequence[Sequence[dict[str, str]]], known: set[str], taken: set[str], language: str
) -> str:
    group, others = terms[at], [paper for place, one in enumerate(terms) if place != at for paper in one]
    inside = Counter(term for paper in group for term in paper)
    outside = Counter(term for paper in others for term in paper)

    def worth(term: str) -> float:
        share = inside[term] / len(group)
        rest = (outside[term] + 0.5) / (len(others) + 1)
        return share * math.log(1 + share / rest) * (1.3 if " " in term else 1.0)

    fit = [t for t in inside if _is_telling(t, known) and inside[t] >= LEAST_SHARE * len(group) and t not in taken]
    chosen: list[str] = []
    for term in sorted(fit, key=lambda t: (-worth(t), t)):
        if len(chosen) < NAMED_BY and not any(set(term.split()) & set(other.split()) for other in chosen):
            chosen.append(term)
    taken.update(chosen)
    return ", ".join(_in_language(term, group, language) for term in chosen)


def _in_language(term: str, group: Sequence[dict[str, str]], language: str) -> str:
    """The term as readers of a language know it: with the digests' own word before it, if that is theirs."""
    own = Counter(paper[term] for paper in group if paper.get(term))
    word = own.most_common(1)[0][0] if own else ""
    return f"{word}({term})" if word and language_of(word) == language and language in LANGUAGES else term
