"""The papers that an open question is answered from, and the sentences that speak for each.

Knows: how many papers an answer holds, when one is surely relevant, and how its sentences are
chosen. Does not know: kinds of questions, how papers are scored (`search.retrieval`), or the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from rag_app.answer.selection import Selection
from rag_app.collection.library import Library
from rag_app.records import Hit, Paper, Passage
from rag_app.search import membership, open_patterns, retrieval
from rag_app.search.feedback import Scores, fed_back
from rag_app.search.passages import passages_of
from rag_app.search.topic import LITTLE
from rag_app.text.length import word_count

# A paper is surely relevant above this share of the best paper's score, within bounds, in standard
# deviations of the collection.
SURE_SHARE, SURE_LEAST, SURE_MOST = 0.5, 2.2, 4.0
POOL = 40  # papers looked at, best first
ALIKE = 2.0  # standard deviations of score that a paper loses which is just like one before it
TITLES = 400  # papers whose titles are looked at, best first
# Standard deviations of score that saying the whole of a short topic is worth; twice or half of it do alike.
SAID = 4.0
TITLED = 2.0  # standard deviations of score that a title with all terms is worth; 1 to 4 do alike
BASE_RARITY = 0.1  # what a term counts beside its rarity
# Words of a sentence that is easily read; longer ones are taken where the digest has no other.
EASY_WORDS, BRIEF_WORDS = 30, 20  # brief where an answer has many points
SHORT_WORDS = 4
OWN_PART = 0.5  # of the best sentence's relevance, that saying what the paper does is worth
LEANS = 0.3  # what one loses that begins with "these" or "however"
# Share of the best sentence's relevance that a shorter one must have; the second where it is too long.
WORTH, LITTLE_WORTH = 0.6, 0.35


def ranked(selection: Selection, text: str, most: int = POOL) -> list[Hit]:
    """The `most` papers that fit `text` best, of those that the question leaves."""
    library, table, query = selection.library, selection.library.snapshot.papers, selection.query
    allowed = [arxiv_id for arxiv_id in table.ids(query.filters) if arxiv_id not in query.excluded]
    rows = np.array([library.places[arxiv_id] for arxiv_id in allowed], dtype=np.intp)
    wordings = [text, *filter(None, [selection.evidence.beside])]
    scored = [retrieval.score(wording, library, rows)[0] for wording in wordings]
    found: Scores = np.mean(scored, axis=0, dtype=np.float32)  # what both wordings find comes first
    term = open_patterns.term_given(text)
    if term:
        found = found + retrieval.score(term, library, rows)[0]
    found = found + SAID * membership.held(text, library.spellings).astype(np.float32)
    scores = fed_back(_with_titles(found, text, library), library)
    order = rows[np.argsort(-scores[rows], kind="stable")][:most]
    ids = library.lexical.papers
    return [Hit(table.get(ids[row]), float(scores[row])) for row in order]


def speaking_of(selection: Selection, hits: Sequence[Hit], text: str) -> list[Hit]:
    """Those of `hits` whose digests say something of the topic `text`."""
    said = membership.held(text, selection.library.spellings)
    places = selection.library.places
    return [hit for hit in hits if said[places[hit.paper.arxiv_id]] > 0]


def _with_titles(scores: Scores, text: str, library: Library) -> Scores:
    """The scores, shape (papers,), the best of them raised by the share of the text's terms that their
    titles hold, in either language, rare terms counting more: what a title says, the paper is about.
    """
    lexical, table = library.lexical, library.snapshot.papers
    worth = {
        term: BASE_RARITY + lexical.rarity(term)
        for term in set(lexical.own_terms(text)) - LITTLE
        if len(term) > 1
    }
    if not worth:
        return scores
    raised = scores.copy()
    for row in np.argsort(-scores, kind="stable")[:TITLES]:
        said = worth.keys() & lexical.query_terms(table.get(lexical.papers[row]).title).keys()
        raised[row] += TITLED * sum(worth[term] for term in said) / sum(worth.values())
    return raised


def sure(hits: Sequence[Hit], most: int, least: int = 0) -> list[Hit]:
    """The surely relevant of `hits` (best first), at most `most`, and the first `least` in any case."""
    if not hits:
        return []
    cut = min(max(SURE_SHARE * hits[0].score, SURE_LEAST), SURE_MOST)
    return [hit for place, hit in enumerate(hits[:most]) if hit.score >= cut or place < least]


def likely(hits: Sequence[Hit]) -> list[Hit]:
    """Those of `hits` (best first) that may be relevant: in a collection of a few papers the second best may
    be about something else.
    """
    if not hits:
        return []
    cut = min(SURE_SHARE * hits[0].score, SURE_LEAST, hits[0].score)
    return [hit for hit in hits if hit.score >= cut]


def diverse(hits: Sequence[Hit], most: int, library: Library) -> list[Hit]:
    """`most` of `hits`, best first: each the one that fits best and is least like those before it.

    Source: maximal marginal relevance (Carbonell and Goldstein 1998).
    """
    left = list(hits)
    chosen: list[Hit] = []
    vectors = [library.paper_vectors[library.places[hit.paper.arxiv_id]] for hit in left]
    likest = [0.0] * len(left)  # to a paper already chosen
    while left and len(chosen) < most:
        best = max(range(len(left)), key=lambda at: left[at].score - ALIKE * likest[at])
        chosen.append(left.pop(best))
        taken = vectors.pop(best)
        likest.pop(best)
        likest = [max(like, float(vector @ taken)) for like, vector in zip(likest, vectors, strict=True)]
    return chosen


def by_votes(papers: Sequence[Paper]) -> list[Paper]:
    """Most voted first; papers of unknown votes last."""
    return sorted(papers, key=lambda paper: -(paper.votes if paper.votes is not None else -1))


def telling(
    paper: Paper,
    weights: dict[str, float],
    library: Library,
    count: int = 1,
    easy: int = EASY_WORDS,
    *,
    faults: bool = False,
) -> tuple[Passage, ...]:
    """The `count` sentences of a digest that say most about the weighted terms, in its order; among
    nearly equal ones those of at most `easy` words. With `faults` those that say what goes wrong come before
    those that say what the paper does.
    """
    found = [p for p in passages_of(paper, weights, library) if _says_something(p)]
    most = max((p.score for p in found), default=0.0) or 1.0
    passages = [replace(p, score=max(p.score, 0.0) / most + _own_part(p, faults=faults)) for p in found]
    best = sorted(passages, key=lambda p: -p.score)
    chosen: list[Passage] = []
    while best and len(chosen) < count:
        taken = _easiest(best, easy)
        chosen.append(taken)
        best.remove(taken)
    return tuple(passage for passage in passages if passage in chosen)


def _easiest(best: Sequence[Passage], easy: int) -> Passage:
    """The first of `best` that is easily read and says nearly as much, or else is not much longer."""
    for length, share in ((easy, WORTH), (EASY_WORDS, WORTH), (EASY_WORDS, LITTLE_WORTH)):
        for passage in best:
            if _length(passage) <= length and passage.score >= share * best[0].score - 1e-9:
                return passage
    return best[0]


def _says_something(passage: Passage) -> bool:
    """Whether a sentence is more than a few words and the address of a page."""
    return _length(passage) >= SHORT_WORDS and "://" not in passage.text


def with_terms(selection: Selection, text: str) -> dict[str, float]:
    """The weighted terms that sentences about `text` are chosen by."""
    return selection.library.lexical.question_terms(text)


def _own_part(passage: Passage, *, faults: bool) -> float:
    """What a sentence is worth by its words alone: whether it says what the paper does, or what was
    before it, or what goes wrong, and whether it can be read without the sentence before it.
    """
    leans = bool(open_patterns.LEANING.search(passage.text))
    if faults:
        return OWN_PART * bool(open_patterns.FAULTS.search(passage.text)) - LEANS * leans
    does = bool(open_patterns.CONTRIBUTING.search(passage.text))
    background = bool(open_patterns.BACKGROUND.search(passage.text))
    return OWN_PART * (does - background) - LEANS * leans


def _length(passage: Passage) -> int:
    return word_count(passage.text)
