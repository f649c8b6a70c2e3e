"""Open questions scored: what an answer covers, cites and says, and the form it has.

Knows: which checks each question asks for, and when they hold.
Does not know: how questions are asked, or how scores are put together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from rag_app.evaluation.answers import Given
from rag_app.evaluation.questions import ExamKey, OpenKey, Question, Split
from rag_app.evaluation.wording import LINK, in_language, prose

ASPECTS = 0.6  # share of the aspects that is enough
FIRST = 15  # citations that are judged: what stands further down is read by few
PRECISION = 0.8  # of those
COMPLETE_DAY, COMPLETE = 0.9, 0.6  # share of the papers of a day, of another set
MUST = 0.75  # share of the groups that is enough
SHORTER = 0.7  # of the words asked for
TABLE_LINES = 4  # a heading, a rule and two rows
NOT_ENGLISH = 0.02  # share of letters in other scripts, at most in English prose
FEW_LETTERS = 20  # too few to tell the language

CITED = re.compile(r"\[(\d{1,3}(?:\s*[,，]\s*\d{1,3})*)\](?!\()|(\d{4}\.\d{4,5})")
TABLE_LINE = re.compile(r"(?m)^\s*\|.*\|\s*$")
WITH_NUMBER = re.compile(r"\([^)]*\d[^)]*\)")  # dates and votes after a title
MARKS = re.compile(r"\[\d+(?:\s*,\s*\d+)*\]|[|*_#>-]+")
ADDRESS = re.compile(r"\([^)]*https?://[^)]*\)")


@dataclass(frozen=True, slots=True)
class OpenScore:
    """One answer against its key: a question passes when all that it asks for holds."""

    id: str
    kind: str
    lang: str
    part: Split
    refused: bool
    refuse: bool  # whether it should be
    checks: dict[str, bool]
    figures: dict[str, float] = field(default_factory=dict)
    seconds: float | None = None

    @property
    def passed(self) -> bool:
        return all(self.checks.values())

    @property
    def failed(self) -> tuple[str, ...]:
        return tuple(name for name, holds in self.checks.items() if not holds)


def score(question: Question, given: Given) -> OpenScore:
    """The answer to an open question, scored."""
    if isinstance(question.key, ExamKey):
        raise ValueError(f"{question.id} is an exam question")
    checks, figures = _judged(question, question.key, given)
    return OpenScore(
        question.id,
        question.kind,
        question.lang,
        question.part,
        given.refused,
        question.key.refuse,
        checks,
        figures,
        given.seconds,
    )


def _judged(question: Question, key: OpenKey, given: Given) -> tuple[dict[str, bool], dict[str, float]]:
    if key.refuse:
        return {"refuse": given.refused}, {}
    text = prose(given.text)
    cited = _cited(text, given)
    language = {"language": _in_language(text, question.lang)}
    if question.kind == "chat":
        return {"chat": not given.refused and not cited, **language}, {}
    figures = _figures(key, text, cited)
    enough = {
        "aspects": ASPECTS,
        "precision": PRECISION,
        "complete": COMPLETE_DAY if question.kind == "day" else COMPLETE,
        "must": MUST,
    }
    checks = {"answered": not given.refused} | {
        name: value >= enough[name] for name, value in figures.items()
    }
    return checks | _form(key, given, text, cited) | language, figures


def _figures(key: OpenKey, text: str, cited: list[str]) -> dict[str, float]:
    """Shares of what is asked for; a question without such a part has no figure for it."""
    figures = {}
    relevant = key.relevant | key.complete
    if key.aspects:
        hit = (bool(a.papers & set(cited)) and (not a.must or _says(text, a.must)) for a in key.aspects)
        figures["aspects"] = sum(hit) / len(key.aspects)
    if relevant:
        first = cited[:FIRST]
        figures["precision"] = len(set(first) & relevant) / max(len(first), 1)
    if key.complete:
        figures["complete"] = len(key.complete & set(cited)) / len(key.complete)
    if key.must:
        figures["must"] = sum(_says(text, group) for group in key.must) / len(key.must)
    return figures


def _form(key: OpenKey, given: Given, text: str, cited: list[str]) -> dict[str, bool]:
    """Checks beside the shares: enough papers, nothing forbidden, length, a table."""
    checks = {}
    relevant = key.relevant | key.complete
    if relevant:
        checks["breadth"] = len(set(cited) & relevant) >= key.min_papers
    if key.must_not:
        checks["must_not"] = not _says(text, key.must_not) and not set(key.must_not) & set(cited)
    long_enough = _words_said(text) >= SHORTER * key.min_words
    checks["length"] = long_enough and _words(LINK.sub(r"\1", text)) <= key.max_words
    if key.table:
        checks["table"] = len(TABLE_LINE.findall(given.text)) >= TABLE_LINES
    return checks


def _cited(text: str, given: Given) -> list[str]:
    """Distinct papers that the prose cites, in its order: by marker, by link or by id."""
    numbers = given.numbers or range(1, len(given.citations) + 1)
    by_number = dict(zip(numbers, given.citations, strict=False))
    found: list[str] = []
    for markers, arxiv_id in CITED.findall(text):
        marked = (int(number) for number in re.findall(r"\d+", markers))
        found += [arxiv_id] if arxiv_id else [by_number[n] for n in marked if n in by_number]
    return list(dict.fromkeys(found))


def _says(text: str, alternatives: Iterable[str]) -> bool:
    plain = _plain(text)
    return any(_plain(wanted) in plain for wanted in alternatives)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _words_said(text: str) -> int:
    """Words beside titles with their dates and votes: a list of titles says nothing."""
    return _words(WITH_NUMBER.sub(" ", LINK.sub(" ", text)))


def _words(text: str) -> int:
    return len(MARKS.sub(" ", text).split())


def _in_language(text: str, lang: str) -> bool:
    """Whether the prose is in the language asked for, titles and addresses apart."""
    plain = ADDRESS.sub(" ", LINK.sub(" ", text))
    return in_language(plain, lang, few_letters=FEW_LETTERS, most_of_others=NOT_ENGLISH)
