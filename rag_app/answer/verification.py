"""Draft text and evidence -> checked sentences and citations.

Knows: when a sentence is supported (its numbers, its names and its subject occur in the digest of
the paper it cites, and a number stands there with the condition it was asked for), and which
sentence of the digest supports it.
Does not know: how drafts are made or shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from rag_app.answer import meaning, term_check
from rag_app.collection.digest_names import unknown_names
from rag_app.collection.library import Library
from rag_app.collection.paper_names import TOKEN, fold, shaped
from rag_app.records import Citation, Hit, Paper, Passage, Section, Sentence, Support
from rag_app.search import open_patterns, retrieval
from rag_app.search.passages import passages_of
from rag_app.text import numbers, sentences
from rag_app.text.cleaning import clean_line

MARKER = re.compile(r"\s*\[(\d+)\]\s*")
# Share of a claim's content terms that the digest must hold; claims that only repeat the
# question reach .41.
LEAST_COVERED = 0.5
LEAST_SHORTENED = 0.9  # the same share, of a phrase in place of a sentence in its language
LEAST_TRANSLATED = 0.25  # the same share, of a translation
# After a number: what it counts ("24개의 A100"), not a condition of the next number.
UNIT = re.compile(r"[^,;]{0,10}")
ECHO = 80  # likeness to the question, of 100, from which a claim says nothing of its own
# Share of the collection, best first, that the cited paper must be in for a claim without checkable terms.
BEST_RANKS = 0.01


def check(text: str, n: int, paper: Paper, question: str, library: Library) -> Sentence:
    """The sentence `text` (without marker), claimed of `paper`, with the digest sentences that support it."""
    claim = MARKER.sub(" ", text).strip()
    passages = list(passages_of(paper, library.lexical.query_terms(claim), library))
    supports = _supporting(claim, passages)
    supported = (
        bool(supports)
        and not _says_nothing(claim, paper, question)
        and not _tells_of_silence(claim, supports)
        and not numbers.missing(claim, texts_of(paper))
        and not unknown_names(claim, paper)
        and not _wrong_condition(claim, question, supports)
        and not _is_of_another(claim, question, supports, paper)
        and _is_carried(claim, paper, library)
    )
    marked = f"{claim} [{n}]" if supported else claim
    return Sentence(marked, supported, tuple(support_of(p, n) for p in supports) if supported else ())


def check_translation(text: str, n: int, passage: Passage, paper: Paper, library: Library) -> Sentence:
    """The sentence `text`, written as a translation of `passage`: its figures must stand there, its
    names in the digest, and less of its other words than of a free claim's, as the collection may
    have no word for them; it must say the passage's names and terms, be near it in meaning, and not turn
    it round.
    """
    claim = MARKER.sub(" ", text).strip()
    covered = library.lexical.coverage(claim, passage.text)
    supported = (
        not numbers.missing(claim, [passage.text])
        and not numbers.without_scale(claim, passage.text)
        and not unknown_names(claim, paper)
        and (covered is None or covered >= LEAST_TRANSLATED)
        and not term_check.lost_names(claim, passage.text)
        and not term_check.missing(claim, passage.text, library)
        and meaning.says_the_same(claim, passage, paper, library)
    )
    return (
        Sentence(f"{claim} [{n}]", True, (support_of(passage, n),)) if supported else Sentence(claim, False)
    )


def check_shortened(text: str, sentence: Sentence, paper: Paper, library: Library) -> bool:
    """Whether the phrase `text` says nothing but what the checked sentence about the paper says: its figures,
    its names and nearly all of its other words stand there, and it does not turn it round.
    """
    said = MARKER.sub(" ", sentence.text)
    covered = library.lexical.coverage(text, said, unknown=1.0)
    return (
        not numbers.missing(text, [said])
        and not numbers.without_scale(text, said)
        and not unknown_names(text, replace(paper, title="", sections=(Section("", said),)))
        and covered is not None
        and covered >= LEAST_SHORTENED
        and not meaning.is_opposite(text, said)
    )


def quote(passage: Passage, n: int, text: str = "") -> Sentence:
    """A digest sentence as a sentence of the answer, supported by itself; `text` may say it in
    other words.
    """
    # A digest's own "[3]" is not a citation.
    said = MARKER.sub(" ", clean_line(text or passage.text)).strip()
    return Sentence(f"{said} [{n}]", True, (support_of(passage, n),))


def support_of(passage: Passage, n: int) -> Support:
    return Support(n, passage.section, passage.text, passage.start, passage.end)


def cite(hits: Sequence[Hit], checked: Iterable[Sentence]) -> tuple[Citation, ...]:
    """A citation for each hit that supports a sentence, numbered by its place in `hits`, with its
    first quote.
    """
    best: dict[int, Support] = {}
    for sentence in checked:
        for support in sentence.support:
            best.setdefault(support.n, support)
    return tuple(citation(hits[n - 1].paper, best[n]) for n in sorted(best))


def citation(paper: Paper, support: Support) -> Citation:
    place = (support.section, support.quote, support.start, support.end)
    return Citation(support.n, paper.arxiv_id, paper.title, paper.date, paper.url, *place)


def split_draft(text: str) -> list[str]:
    """The sentences of a draft, markers kept where they stand."""
    return [text[start:end] for line in text.split("\n") for start, end in sentences.split(line)]


def texts_of(paper: Paper) -> list[str]:
    """All that may support a claim about a paper: its title and its sections, verbatim."""
    return [paper.title, *(section.text for section in paper.sections)]


def _supporting(claim: str, passages: Sequence[Passage]) -> list[Passage]:
    """The passages that carry a claim: the best one, and more only for figures it does not state."""
    stated = numbers.values_of(claim)
    open_figures = {f.text: f.values for f in numbers.figures(claim)}

    def worth(passage: Passage) -> float:
        return passage.score + 3.0 * len(stated & numbers.values_of(passage.text))

    chosen: list[Passage] = []
    for passage in sorted(passages, key=worth, reverse=True):
        covered = [text for text, values in open_figures.items() if values & numbers.values_of(passage.text)]
        if not chosen or covered:
            chosen.append(passage)
            open_figures = {text: values for text, values in open_figures.items() if text not in covered}
        if not open_figures:
            break
    return chosen


def _wrong_condition(claim: str, question: str, supports: Sequence[Passage]) -> bool:
    """Whether a figure was asked under a condition that its sentence gives to a later figure.

    A digest says "A에서 94.4%, B에서 75%": asked about B, 94.4 is on the page and still wrong. A
    condition holds for the figures after it, so only a figure before it is told apart from it.
    """
    stated = numbers.values_of(claim)
    asked = {word.casefold() for word in TOKEN.findall(question) if shaped(word) or "." in word}
    for passage in supports:
        clauses = _clauses(passage.text)
        last = max(
            (place for place, (_, values) in enumerate(clauses) if values & stated), default=len(clauses)
        )
        before = " ".join(text for text, _ in clauses[: last + 1]).casefold()
        after = UNIT.sub("", " ".join(text for text, _ in clauses[last + 1 :]).casefold(), count=1)
        if any(word in after and word not in before for word in asked):
            return True
    return False


def _is_of_another(claim: str, question: str, supports: Sequence[Passage], paper: Paper) -> bool:
    """Whether a figure is said of another name than its sentence says it of: "GPT-4o reaches 1.5 %" where
    the digest has 1.5 % for o1-preview and GPT-4o elsewhere.
    """
    stated, known = numbers.values_of(claim), fold(f"{paper.title} {question}")
    said = [name for name in _proper_names(claim) if fold(name) not in known]
    for passage in supports:
        text = fold(passage.text)
        if stated & numbers.values_of(passage.text) and any(fold(name) not in text for name in said):
            others = (fold(name) for name in _proper_names(passage.text))
            if any(other not in fold(claim) and other not in known for other in others):
                return True
    return False


def _proper_names(text: str) -> list[str]:
    """Names of models and data sets; words in capitals alone are terms too often."""
    return [word for word in TOKEN.findall(text) if shaped(word) and not word.rstrip("s").isupper()]


def _clauses(text: str) -> list[tuple[str, frozenset[float]]]:
    """A sentence cut after each of its figures: what stands before a figure is its condition."""
    clauses, start = [], 0
    for match in numbers.NUMBER.finditer(text):
        clauses.append((text[start : match.end()], frozenset(numbers.values_of(match[0]))))
        start = match.end()
    return clauses


def _says_nothing(claim: str, paper: Paper, question: str) -> bool:
    """Whether a claim only repeats the paper's title, or the question without adding a figure to it."""
    from rapidfuzz import fuzz

    new = numbers.values_of(claim) - numbers.values_of(question)
    return fold(claim) in fold(paper.title) or (not new and fuzz.ratio(fold(claim), fold(question)) >= ECHO)


def _tells_of_silence(claim: str, supports: Sequence[Passage]) -> bool:
    """Whether a claim says that the digest does not say something, which no sentence of it can support."""
    said = any(open_patterns.SILENCE.search(passage.text) for passage in supports)
    return bool(open_patterns.SILENCE.search(claim)) and not said


def _is_carried(claim: str, paper: Paper, library: Library) -> bool:
    """Whether the digest holds enough of what a claim talks about; one without any must fit the
    paper best.
    """
    covered = library.lexical.coverage(claim, "\n".join(texts_of(paper)))
    return _is_about(claim, paper, library) if covered is None else covered >= LEAST_COVERED


def _is_about(claim: str, paper: Paper, library: Library) -> bool:
    """Whether, of the whole collection, the cited paper is among the few that the claim fits best."""
    scores, _ = retrieval.score(claim, library)
    better = int((scores > scores[library.places[paper.arxiv_id]]).sum())
    return better < max(2, BEST_RANKS * len(scores))
