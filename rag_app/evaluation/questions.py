"""Questions with their keys, and the two parts that every question file is split into.

Knows: the formats of question files, and which part an id belongs to.
Does not know: how a question is answered, or when an answer is right.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from pathlib import Path
from typing import Any

from rag_app.errors import RagError

SAMPLES = ("exam", "open", "other_languages")  # the last: the exam in Japanese and Chinese
# What tables are fitted to; reported on `SAMPLES`. The second describes papers as people remember them, with
# hardly a word of their digests.
FACTS, REMEMBERED = "facts", "remembered"
NO_LIMIT = 10_000  # words of an open answer where the question sets no limit


class Suite(StrEnum):
    EXAM = "exam"  # one right answer
    OPEN = "open"  # what a good answer has


class Split(StrEnum):
    """Mechanisms are fitted on one part; what they are worth is reported on the other."""

    FIT = "fit"
    HELD_OUT = "held-out"


@dataclass(frozen=True, slots=True)
class ExamKey:
    """What the one right answer cites and says."""

    gold: frozenset[str] = frozenset()  # cited by a perfect answer
    ok: frozenset[str] = frozenset()  # may be cited as well
    must: tuple[tuple[str, ...], ...] = ()  # of each group one has to be said
    must_not: tuple[str, ...] = ()
    answerable: bool = True


@dataclass(frozen=True, slots=True)
class Aspect:
    """A part of a good answer: one of its papers is cited and, where given, one of `must` is said."""

    name: str
    papers: frozenset[str]
    must: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenKey:
    """What a good answer covers, cites and says, and the form it has."""

    aspects: tuple[Aspect, ...] = ()
    relevant: frozenset[str] = frozenset()
    complete: frozenset[str] = frozenset()  # all of these belong into the answer
    min_papers: int = 1
    min_words: int = 0
    max_words: int = NO_LIMIT
    table: bool = False
    refuse: bool = False
    must: tuple[tuple[str, ...], ...] = ()
    must_not: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """One conversation, of which the last turn is scored."""

    id: str
    kind: str
    lang: str  # a code of `lang.LANGUAGES`
    turns: tuple[str, ...]
    key: ExamKey | OpenKey
    days: tuple[str, ...] = ()  # only papers of these days are searched

    @property
    def suite(self) -> Suite:
        return Suite.EXAM if isinstance(self.key, ExamKey) else Suite.OPEN

    @property
    def answerable(self) -> bool:
        """Whether papers answer it."""
        return self.key.answerable if isinstance(self.key, ExamKey) else not self.key.refuse

    @property
    def part(self) -> Split:
        return part_of(self.id)


def part_of(question_id: str) -> Split:
    """The part of an id: its SHA-256 decides, so that nobody chooses and every machine agrees."""
    digest = hashlib.sha256(question_id.encode()).digest()
    return Split.FIT if digest[-1] % 2 == 0 else Split.HELD_OUT


def read(file: Path) -> list[Question]:
    """The questions of a file, one JSON object a line. Raises RagError naming file and line."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RagError(f"{file} cannot be read: {error}", "give a UTF-8 file of questions") from None
    lines = enumerate(text.split("\n"), start=1)
    found = [_question(line, f"{file}:{number}") for number, line in lines if line.strip()]
    _refuse_doubles(found, file)
    return found


def of_samples() -> list[Question]:
    """The project's own questions, which are about its sample collection."""
    return [question for name in SAMPLES for question in _shipped(name)]


def of_facts() -> list[Question]:
    """Questions for a fact of a named paper of the sample collection, which its digest states or does not."""
    return _shipped(FACTS)


def of_memory() -> list[Question]:
    """Papers of the sample collection as people describe what they remember of them."""
    return _shipped(REMEMBERED)


def _shipped(name: str) -> list[Question]:
    folder = resources.files("rag_app.evaluation") / "sample_questions"
    with resources.as_file(folder / f"{name}.jsonl") as file:
        return read(file)


def _refuse_doubles(questions: Iterable[Question], file: Path) -> None:
    seen: set[str] = set()
    for question in questions:
        if question.id in seen:
            raise RagError(f"{file} holds the id {question.id} twice", "give every question its own id")
        seen.add(question.id)


def _question(line: str, place: str) -> Question:
    try:
        row = json.loads(line)
        exam = "type" in row
        return Question(
            id=str(row["id"]),
            kind=str(row["type" if exam else "kind"]),
            lang=str(row["lang"]),
            turns=_turns(row),
            key=_exam_key(row) if exam else _open_key(row),
            days=_texts(row.get("dates")),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise RagError(
            f"{place} is no question with a key: {error!r}",
            'each line needs "id", "type" or "kind", "lang" and "turns"',
        ) from None


def _turns(row: Mapping[str, Any]) -> tuple[str, ...]:
    turns = _texts(row["turns"])
    if not turns:
        raise ValueError("turns holds no question")
    return turns


def _exam_key(row: Mapping[str, Any]) -> ExamKey:
    return ExamKey(
        gold=frozenset(_texts(row.get("gold"))),
        ok=frozenset(_texts(row.get("ok"))),
        must=_groups(row.get("must")),
        must_not=_texts(row.get("must_not")),
        answerable=bool(row["answerable"]),
    )


def _open_key(row: Mapping[str, Any]) -> OpenKey:
    return OpenKey(
        aspects=tuple(_aspect(aspect) for aspect in row.get("aspects") or ()),
        relevant=frozenset(_texts(row.get("relevant"))),
        complete=frozenset(_texts(row.get("complete"))),
        min_papers=int(row.get("min_papers", 1)),
        min_words=int(row.get("min_words", 0)),
        max_words=int(row.get("max_words", NO_LIMIT)),
        table=bool(row.get("table")),
        refuse=bool(row.get("refuse")),
        must=_groups(row.get("must")),
        must_not=_texts(row.get("must_not")),
    )


def _aspect(row: Mapping[str, Any]) -> Aspect:
    return Aspect(str(row.get("name", "")), frozenset(_texts(row["papers"])), _texts(row.get("must")))


def _groups(value: object) -> tuple[tuple[str, ...], ...]:
    if not isinstance(value, list | None):
        raise ValueError(f"{value!r} is not a list of lists of texts")
    return tuple(_texts(group) for group in value or ())


def _texts(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise ValueError(f"{value!r} is not a list of texts")
    return tuple(value)
