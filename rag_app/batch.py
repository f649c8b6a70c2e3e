"""Files of questions answered: one JSON object a line in, one out.

Knows: the two file formats, resuming after a kill, whose file it may write to, and the separate
collection that `--digests` makes.
Does not know: how an answer is made (`pipeline`).
"""

from __future__ import annotations

import codecs
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import IO, Any

from rag_app import files, pipeline
from rag_app.errors import QuestionError, RagError
from rag_app.home import Home
from rag_app.json_text import read_json_text
from rag_app.llm import loading
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


# How each line of the answers file begins: the id between these, and what follows it.
_BEFORE_ID, _AFTER_ID = '{"id": "', '", "answer": "'
_INSIDE_ID = re.compile(r'^(?:[^"\\]|\\.)*+\\?', re.DOTALL)


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
    if _is_one_file(answers, questions):
        raise RagError(f"{answers} holds the questions", "give the answers a file of their own")
    answered_ids(answers)  # refuses another file before the models are loaded
    with _opened(answers):
        pass
    if digests:
        settings = own_collection(settings, digests, progress)
    library = pipeline.open_library(settings)
    answer_all(lines, answers, library, None if no_llm else loading.load_if_any(settings), progress)


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


# --- the questions file -------------------------------------------------------------------------


def read(file: Path) -> list[BatchQuestion]:
    """The questions of a file. Raises RagError naming file and line."""
    try:
        text = read_json_text(file)
    except (OSError, ValueError) as error:
        raise RagError(
            f"{file} cannot be read: {error}", "give a UTF-8 file with one JSON object a line"
        ) from None
    rows = [(f"{file}:{number}", row) for number, row in enumerate(text.split("\n"), start=1) if row.strip()]
    lines = [(place, _line(row, place)) for place, row in rows]
    _check_ids(lines)
    return [line for _, line in lines]


def _check_ids(lines: Sequence[tuple[str, BatchQuestion]]) -> None:
    """A run that is resumed could not tell which of two lines with one id is answered."""
    places: dict[str, str] = {}
    for place, line in lines:
        first = places.setdefault(line.id, place)
        if first != place:
            raise RagError(
                f"{first} and {place} have the same id, {line.id}",
                'give each line an id of its own (1 and "1" are one)',
            )


def _line(row: str, place: str) -> BatchQuestion:
    try:
        value = json.loads(row)
        turns = _texts(value["turns"], "turns")
        if not turns:
            raise ValueError("turns holds no question")
        days = tuple(_day(day, "dates") for day in _texts(value.get("dates") or [], "dates"))
        since, until = (_day(value.get(key) or "", key) for key in ("since", "until"))
        only = _texts(value.get("only") or [], "only")
        filters = Filters(days=days, since=since, until=until, only=only)
        return BatchQuestion(_id(value["id"]), turns, filters)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise RagError(f"{place} is no question: {error}", 'each line needs "id" and "turns"') from None


def _id(value: object) -> str:
    """As the answers file gives it: a text that can be written (half a surrogate pair becomes "?")."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise ValueError("id is neither a text nor a number")
    return str(value).encode("utf-8", "replace").decode()


def _texts(value: object, key: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise ValueError(f"{key} is not a list of texts")
    return tuple(value)


def _day(value: object, key: str) -> str:
    if not value:
        return ""
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise ValueError(f"{key}: {value} is not a day, YYYY-MM-DD") from None


# --- the answers file ---------------------------------------------------------------------------


def _is_one_file(answers: Path, questions: Path) -> bool:
    try:
        return answers.is_file() and answers.samefile(questions)
    except OSError as error:
        raise _unwritable(answers, error) from None


def answered_ids(answers: Path) -> set[str]:
    """Ids that are answered already; a last line cut by a kill, perhaps inside a character, is removed.

    Raises RagError, and touches nothing, where the file holds anything but answers: it is most
    likely another file, named by mistake.
    """
    try:
        if not answers.is_file() and not answers.is_dir():  # nothing yet, or a pipe
            return set()
    except OSError as error:
        raise _unwritable(answers, error) from None
    with _opened(answers, "rb+") as file:
        whole, end, cut = file.read().rpartition(b"\n")
        ids = {_answered_id(row, f"{answers}:{number}") for number, row in _rows(whole)}
        if cut:
            if not _cut_answer(cut.decode("utf-8", "ignore")):
                raise _something_else(f"{answers}:{whole.count(end) + 2 if end else 1}")
            file.truncate(len(whole + end))
    return ids


def _rows(whole: bytes) -> Iterator[tuple[int, bytes]]:
    for number, row in enumerate(whole.removeprefix(codecs.BOM_UTF8).split(b"\n"), start=1):
        if row.strip():
            yield number, row


def _answered_id(row: bytes, place: str) -> str:
    try:
        value = json.loads(row)
        if _is_answer(value):
            return str(value["id"])
    except (ValueError, RecursionError):
        pass
    raise _something_else(place)


def _is_answer(value: object) -> bool:
    return isinstance(value, dict) and value.keys() >= {"id", "answer", "refused", "citations"}


def _cut_answer(text: str) -> bool:
    """Whether `text` begins as each of our lines does, and is no whole object of another kind."""
    with suppress(ValueError, RecursionError):
        return _is_answer(json.loads(text))
    if not text.startswith(_BEFORE_ID):
        return _BEFORE_ID.startswith(text)
    _, _, rest = text.partition(_BEFORE_ID)
    rest = _INSIDE_ID.sub("", rest, count=1)
    return rest.startswith(_AFTER_ID) or _AFTER_ID.startswith(rest)


def _something_else(place: str) -> RagError:
    return RagError(
        f"{place} holds something else than answers of batch", "choose another file for the answers"
    )


def _opened(answers: Path, mode: str = "a") -> IO[Any]:
    try:
        return open(answers, mode, encoding=None if "b" in mode else "utf-8", opener=files.private_opener)
    except OSError as error:
        raise _unwritable(answers, error) from None


def _unwritable(answers: Path, error: OSError) -> RagError:
    return RagError(f"{answers} cannot be written: {error.strerror}", "choose another file")


# --- answering ----------------------------------------------------------------------------------


def own_collection(settings: Settings, digests: Sequence[Path], progress: Progress = silent) -> Settings:
    """Settings with a home made for just these digests: made once, reused, and never the user's
    collection.

    Vectors already in the user's cache are shared, since they depend on text and model alone.
    """
    roots = tuple(files.as_stored(folder.expanduser().absolute()).resolve() for folder in digests)
    name = hashlib.sha256("\n".join(map(str, roots)).encode()).hexdigest()[:12]
    own = replace(settings, home=files.private_folder(Home(settings.home).batch / name))
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
        "citation_numbers": [citation.n for citation in answer.citations],
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
