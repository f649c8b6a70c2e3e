"""Files of questions answered: one JSON object a line in, one out.

Knows: the two file formats, resuming after a kill, and the separate collection
that `--digests` makes.
Does not know: how an answer is made (`pipeline`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from rag_app import pipeline
from rag_app.errors import QuestionError, RagError
from rag_app.home import Home
from rag_app.llm import engine
from rag_app.llm.protocol import Generator
from rag_app.progress import Progress, silent
from rag_app.records import Answer, Filters, Intent, Turn
from rag_app.settings import Settings


@dataclass(frozen=True, slots=True)
class BatchQuestion:
    """One line of the questions file."""

    id: str
    turns: tuple[str, ...]
    filters: Filters


def run(
    questions: Path,
    answers: Path,
    settings: Settings,
    *,
    digests: Sequence[Path] = (),
    no_llm: bool = False,
    progress: Progress = silent,
) -> None:
    """Answer every line of `questions` that `answers` does not hold yet, writing each as it is
    done.

    Raises RagError for files that cannot be read or written; a line that fails is answered with its
    error.
    """
    lines = read(questions)
    with _opened(answers):  # before the models are loaded
        pass
    if digests:
        settings = own_collection(settings, digests, progress)
    library = pipeline.open_library(settings)
    answer_all(lines, answers, library, None if no_llm else engine.load_if_any(settings), progress)


def answer_all(
    lines: Sequence[BatchQuestion],
    answers: Path,
    library: pipeline.Library,
    generator: Generator | None,
    progress: Progress = silent,
) -> None:
    """Add to `answers` a line for each question that it does not hold yet, as it is answered.

    Raises RagError for a file that cannot be written.
    """
    done = answered_ids(answers)
    missing = [line for line in lines if line.id not in done]
    with _opened(answers) as output:
        for number, line in enumerate(missing, start=1):
            output.write(json.dumps(_answered(line, library, generator), ensure_ascii=False) + "\n")
            output.flush()
            progress("answering", number, len(missing))


def read(file: Path) -> list[BatchQuestion]:
    """The questions of a file. Raises RagError naming file and line."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RagError(
            f"{file} cannot be read: {error}", "give a UTF-8 file with one JSON object a line"
        ) from None
    return [
        _line(row, f"{file}:{number}") for number, row in enumerate(text.split("\n"), start=1) if row.strip()
    ]


def _line(row: str, place: str) -> BatchQuestion:
    try:
        value = json.loads(row)
        turns, days = _texts(value["turns"], "turns"), _texts(value.get("dates") or [], "dates")
        if not turns:
            raise ValueError("turns holds no question")
        filters = Filters(days=days, since=value.get("since") or "", until=value.get("until") or "")
        return BatchQuestion(str(value["id"]), turns, filters)
    except (ValueError, KeyError, TypeError) as error:
        raise RagError(f"{place} is no question: {error}", 'each line needs "id" and "turns"') from None


def _texts(value: object, key: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise ValueError(f"{key} is not a list of texts")
    return tuple(value)


def answered_ids(answers: Path) -> set[str]:
    """Ids that are answered already; a last line cut by a kill, perhaps inside a character, is removed."""
    if not answers.exists():
        return set()
    with _opened(answers, "rb+") as file:
        whole, _, cut = file.read().rpartition(b"\n")
        if cut:
            file.truncate(len(whole) + 1 if whole else 0)
    return set(_ids(whole.decode("utf-8", "replace")))


def _ids(text: str) -> Iterator[str]:
    for row in text.split("\n"):
        with suppress(ValueError, KeyError, TypeError):
            yield str(json.loads(row)["id"])


def _opened(answers: Path, mode: str = "a") -> IO[Any]:
    try:
        return answers.open(mode, encoding=None if "b" in mode else "utf-8")
    except OSError as error:
        raise RagError(f"{answers} cannot be written: {error.strerror}", "choose another file") from None


def own_collection(settings: Settings, digests: Sequence[Path], progress: Progress = silent) -> Settings:
    """Settings with a home made for just these digests: made once, reused, and never the user's
    collection.

    Vectors already in the user's cache are shared, since they depend on text and model alone.
    """
    roots = tuple(folder.expanduser().resolve() for folder in digests)
    name = hashlib.sha256("\n".join(map(str, roots)).encode()).hexdigest()[:12]
    own = replace(settings, home=Home(settings.home).batch / name)
    pipeline.ingest(own, roots, replace=True, vectors=Home(settings.home).vectors, progress=progress)
    return own


def _answered(line: BatchQuestion, library: pipeline.Library, generator: Generator | None) -> dict[str, Any]:
    """The last turn's answer of one conversation."""
    conversation: list[Turn] = []
    try:
        for question in line.turns:
            answer, turn = pipeline.answer(
                question, library, generator, conversation=conversation, filters=line.filters
            )
            conversation.append(turn)
    # An engine that fails ends the run instead: run again, it resumes.
    except QuestionError as error:
        answer = Answer(str(error), True, Intent.LOOKUP, "en")
    return {"id": line.id, **_row(answer)}


def _row(answer: Answer) -> dict[str, Any]:
    return {
        "answer": answer.text,
        "citations": [citation.arxiv_id for citation in answer.citations],
        "refused": answer.refused,
        "quotes": [{"arxiv_id": c.arxiv_id, "text": c.quote} for c in answer.citations],
        "ranked": list(answer.ranked),
        "scanned": answer.scanned,
        "matched": answer.matched,
        "borderline": answer.borderline,
        "intent": answer.intent.value,
        "seconds": round(answer.seconds, 3),
        "first_token_seconds": answer.first_token_seconds and round(answer.first_token_seconds, 3),
    }
