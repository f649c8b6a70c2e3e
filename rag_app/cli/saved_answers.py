"""`ask --save` and `rerun`: an answer kept with all that decides it, and asked again.

Knows: what decides an answer (question, filters, collection, models, engine, machine) and the file
that holds it.
Does not know: how an answer is made.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from rag_app import __version__, files, pipeline, records_json
from rag_app.collection.library import Library
from rag_app.errors import RagError
from rag_app.json_text import read_json_text
from rag_app.llm.protocol import Generator
from rag_app.records import Answer, Filters
from rag_app.weights import store


@dataclass(frozen=True, slots=True)
class SavedAnswer:
    """One question, what answered it, and the answer."""

    question: str
    filters: Filters
    made_with: dict[str, str]
    answer: Answer


def saved_answer(
    question: str, filters: Filters, answer: Answer, library: Library, engine: Generator | None
) -> SavedAnswer:
    """What is kept of an answer just given by `engine` (None: without a model) over `library`."""
    return SavedAnswer(question, filters, made_with(library, engine), answer)


def made_with(library: Library, engine: Generator | None) -> dict[str, str]:
    """Everything beside the question that decides an answer, each as a short text."""
    manifest = library.snapshot.manifest
    facts = {"rag-app": __version__, "collection": manifest.digest, "embedding model": manifest.fingerprint}
    if engine is None:
        return facts | {"model": ""}
    settings = library.settings
    file = (
        Path(settings.model) if settings.model.endswith(".gguf") else settings.models / f"{engine.model}.gguf"
    )
    return facts | {
        "model": engine.model,
        "model's SHA-256": store.file_hashes(settings).known(file) or "",
        "llama-cpp-python": version("llama-cpp-python"),
        "device": engine.device,
        "context window": str(engine.context),
    }


def save(kept: SavedAnswer, file: Path) -> None:
    """Write a saved answer as JSON. Raises RagError when the file cannot be written."""
    data = asdict(kept) | {"answer": records_json.as_stored_json(kept.answer)}
    try:
        files.replace(file, json.dumps(data, ensure_ascii=False, indent=2) + "\n")
    except OSError as error:
        raise RagError(
            f"{file} cannot be written: {error.strerror}", "choose another file for --save"
        ) from error


def load(file: Path) -> SavedAnswer:
    """Read a saved answer back. Raises RagError for a file that holds none."""
    try:
        data = json.loads(read_json_text(file))
        whole = asdict(records_json.from_json(data["answer"]))
        restored: SavedAnswer = records_json.restored(SavedAnswer, data | {"answer": whole})
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        hint = 'make one with: rag-app ask "question" --save FILE'
        raise RagError(f"{file} is not a saved answer: {error}", hint) from error
    return restored


def rerun(kept: SavedAnswer, library: Library, engine: Generator | None) -> Answer:
    """Ask again and return the answer, if it is the same text. Raises RagError, naming what has
    changed since.
    """
    answer, _ = pipeline.answer(kept.question, library, engine, filters=kept.filters)
    if answer.text == kept.answer.text:
        return answer
    now = made_with(library, engine)
    changed = [name for name in kept.made_with | now if kept.made_with.get(name) != now.get(name)]
    hint = f"changed since: {', '.join(changed)}" if changed else "nothing else has changed: please report it"
    raise RagError(f"another answer to: {kept.question}", hint)
