"""Exam questions scored: the one right answer, what it cites, and whether its words are the digests'.

Knows: when an answer to each kind of question is right.
Does not know: how questions are asked, or how scores are put together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never

from rag_app.evaluation.answers import Given, Quote
from rag_app.evaluation.questions import ExamKey, OpenKey, Question, Split
from rag_app.evaluation.stated_numbers import Stated, stated, unsupported
from rag_app.evaluation.truth import Truth
from rag_app.evaluation.wording import ARXIV, MARKER, folded, in_language, prose, says

ENUMERATING = frozenset({"list", "metadata"})  # kinds whose answers may be long
LONGEST, LONGEST_ENUMERATION = 1_500, 20_000  # characters of prose
LIST_F1 = 0.8  # from which a list is right
LEAST_PRECISION = 0.5  # of the citations of an answer that is no list
DEPTHS = (1, 10, 50)  # places of the ranking within which a paper counts as found
SHORTEST_QUOTE = 5  # characters
FEW_LETTERS = 10  # too few to tell the language
NOT_ENGLISH = 0.05  # share of letters in other scripts, at most in English prose

ASIDE = re.compile(r"\[[^\]]*\]\([^)]*\)|\([^)]*\)|\"[^\"]*\"|“[^”]*”|`[^`]*`")
ORDINAL = re.compile(r"(?m)^\s*\d+[.)]\s")


@dataclass(frozen=True, slots=True)
class ExamScore:
    """One answer against its key; None where a figure does not apply."""

    id: str
    kind: str
    lang: str
    part: Split
    answerable: bool
    correct: bool
    refused: bool
    precision: float | None  # of the citations
    recall: float | None
    f1: float | None
    language: bool
    invalid_citations: int  # ids that are not in the collection
    numbers: int  # stated
    unsupported_numbers: tuple[float, ...]
    quotes: int
    wrong_quotes: int
    found_at: tuple[float | None, ...]  # share of gold within each of DEPTHS
    seconds: float | None
    first_token_seconds: float | None


def score(question: Question, given: Given, truth: Truth) -> ExamScore:
    """The answer to an exam question, scored."""
    key = _key(question)
    claims = key.answerable and not given.refused
    # Counts over the collection are no digest's own words.
    numbers = _claims(given) if claims and question.kind != "metadata" else set()
    cited = given.cited
    precision = _share(cited, key.gold | key.ok) if cited else None
    recall = _share(key.gold, cited) if key.gold else None
    return ExamScore(
        id=question.id,
        kind=question.kind,
        lang=question.lang,
        part=question.part,
        answerable=key.answerable,
        correct=_correct(question.kind, key, given, precision or 0.0, recall or 0.0),
        refused=given.refused,
        precision=precision,
        recall=recall,
        f1=_f1(precision or 0.0, recall or 0.0) if key.gold else None,
        language=_in_language(given, question.lang, truth),
        invalid_citations=sum(arxiv_id not in truth for arxiv_id in cited),
        numbers=len(numbers),
        unsupported_numbers=_unsupported(numbers, question, given, truth),
        quotes=len(given.quotes) if claims else 0,
        wrong_quotes=sum(_wrong(quote, given, truth) for quote in given.quotes) if claims else 0,
        found_at=tuple(_found(key.gold, given.ranked, depth) for depth in DEPTHS),
        seconds=given.seconds,
        first_token_seconds=given.first_token_seconds,
    )


def _key(question: Question) -> ExamKey:
    match question.key:
        case ExamKey():
            return question.key
        case OpenKey():
            raise ValueError(f"{question.id} is an open question")
        case never:
            assert_never(never)


def _share(of: Iterable[str], within: Iterable[str]) -> float:
    of, within = list(of), set(within)
    return sum(one in within for one in of) / len(of)


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


# --- when an answer is right ----------------------------------------------------------------------


def _correct(kind: str, key: ExamKey, given: Given, precision: float, recall: float) -> bool:
    if not key.answerable:
        return given.refused and _clean(key, given) and not MARKER.search(given.text)
    if given.refused or not _clean(key, given) or len(prose(given.text)) > _longest(kind):
        return False
    if kind == "list":
        return _f1(precision, recall) >= LIST_F1
    if kind == "metadata":  # what is asked for is a fact of the record, or exactly these papers
        return _complete(key, given) and (bool(key.must) or precision == recall == 1)
    return _complete(key, given) and recall == 1 and precision >= LEAST_PRECISION


def _longest(kind: str) -> int:
    return LONGEST_ENUMERATION if kind in ENUMERATING else LONGEST


def _clean(key: ExamKey, given: Given) -> bool:
    """Nothing is said that must not be."""
    body = folded(prose(given.text))
    return not any(folded(bad) in body for bad in key.must_not)


def _complete(key: ExamKey, given: Given) -> bool:
    """All is said that must be."""
    body = folded(prose(given.text))
    return all(any(says(body, wanted) for wanted in group) for group in key.must)


def _in_language(given: Given, lang: str, truth: Truth) -> bool:
    """Whether the prose is in the language asked for, apart from titles, asides and quoted words."""
    text = prose(given.text)
    for title in filter(None, map(truth.title, given.cited)):
        text = text.replace(title, " ")
    return in_language(ASIDE.sub(" ", text), lang, few_letters=FEW_LETTERS, most_of_others=NOT_ENGLISH)


def _found(gold: frozenset[str], ranked: tuple[str, ...] | None, depth: int) -> float | None:
    return _share(gold, ranked[:depth]) if gold and ranked is not None else None


# --- whether its words are the digests' -----------------------------------------------------------


def _claims(given: Given) -> set[Stated]:
    """The numbers an answer claims; ordinals of its list, markers and ids claim nothing."""
    text = ORDINAL.sub(" ", prose(given.text))
    return stated(ARXIV.sub(" ", MARKER.sub(" ", text)))


def _unsupported(claims: set[Stated], question: Question, given: Given, truth: Truth) -> tuple[float, ...]:
    """The claims that neither the question, the cited digests nor the answer's counts give."""
    if not claims:
        return ()
    sources = " ".join([*question.turns, *map(truth.text, given.cited)])
    return unsupported(claims, sources, (*given.counts, len(given.cited)))


def _wrong(quote: Quote, given: Given, truth: Truth) -> bool:
    """Whether a quote is not the words of a paper that the answer cites."""
    if len(quote.text.strip()) < SHORTEST_QUOTE or quote.arxiv_id not in given.cited:
        return True
    return folded(quote.text) not in folded(truth.text(quote.arxiv_id))
