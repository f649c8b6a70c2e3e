"""Questions at the terminal: `ask`, `chat` and `rerun`.

Knows: in what order evidence, sentences, answers and glosses are printed, and what Ctrl-C ends.
Does not know: how an answer is made, or how its parts look (`cli.terminal`).
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import threading
import time
from collections.abc import Sequence

from rag_app import pipeline, records_json
from rag_app.answer import glosses, templates
from rag_app.cli import filters, saved_answers, terminal
from rag_app.collection.library import Library
from rag_app.errors import EngineError, RagError
from rag_app.llm import loading
from rag_app.llm.protocol import Generator, Loading, ready
from rag_app.records import Answer, Checked, Done, Found, Turn, Understood, Working
from rag_app.settings import Settings

HASTE = 1.0  # seconds between two presses of Ctrl-C that mean to leave


def ask(options: argparse.Namespace, settings: Settings, model: Loading | None) -> None:
    """`ask`: one question, answered as text or JSON by a model that may still load. Raises RagError."""
    pipeline.accepted(options.question)
    library = pipeline.open_library(settings)
    conditions = filters.filters(options, library.snapshot.papers)
    answer, _ = pipeline.answer(options.question, library, model, filters=conditions)
    engine = ready(model)
    if options.save:
        saved_answers.save(
            saved_answers.saved_answer(options.question, conditions, answer, library, engine), options.save
        )
    if options.json:
        print(json.dumps(records_json.as_json(answer), ensure_ascii=False, indent=2))
    else:
        terminal.print_answer(answer)
        with terminal.stoppable() as stop:
            _print_glosses(answer, library, engine, stop)


def _print_glosses(answer: Answer, library: Library, engine: Generator | None, stop: threading.Event) -> None:
    """What the shown sources say in the language of the answer, where that is another."""
    numbers = [(n, p) for n, p in glosses.unread(answer) if n <= terminal.SOURCES]
    if engine is None or not numbers:
        return
    made = glosses.glosses([p for _, p in numbers], answer.language, library, engine, stop=stop)
    terminal.print_glosses(templates.words(answer.language)["glossed"], [n for n, _ in numbers], made)


def rerun(options: argparse.Namespace, settings: Settings) -> None:
    """`rerun`: a saved answer made again and compared. Raises RagError where it differs."""
    kept = saved_answers.load(options.file)
    library = pipeline.open_library(settings)
    answer = saved_answers.rerun(
        kept, library, loading.load_if_any(settings) if kept.made_with.get("model") else None
    )
    terminal.print_answer(answer)
    print("the same answer, byte for byte", file=sys.stderr)


def chat(settings: Settings, model: Loading | None) -> None:
    """`chat`: questions typed one after the other, each with the turns before it."""
    library = pipeline.open_library(settings)
    engine = ready(model)
    conversation: list[Turn] = []
    print(
        "Ask about the papers; Ctrl-C stops an answer, an empty line ends the conversation.", file=sys.stderr
    )
    while question := _typed():
        try:
            with terminal.stoppable() as stop:
                conversation.append(_answered_aloud(question, library, engine, conversation, stop))
        except RagError as error:
            print(f"error: {error}", file=sys.stderr)
        except KeyboardInterrupt:  # a second Ctrl-C
            terminal.print_stopped()


def _typed() -> str:
    """The next question; empty where the conversation is to end. Ctrl-C drops what was typed of it: twice in
    haste is a KeyboardInterrupt.
    """
    dropped = -math.inf
    while True:
        try:
            return input("\n> ").strip()
        except EOFError:
            return ""
        except KeyboardInterrupt:
            if time.monotonic() - dropped < HASTE:
                raise
            dropped = time.monotonic()
            print("\n(an empty line or Ctrl-D ends the conversation)", file=sys.stderr)


def _answered_aloud(
    question: str,
    library: Library,
    engine: Generator | None,
    conversation: Sequence[Turn],
    stop: threading.Event,
) -> Turn:
    """Print the evidence, each sentence as it is checked, and the answer; the turn for the next question.

    An answer that `stop` has ended is not printed: it may say that nothing was found.
    """
    query = shown = None
    for event in pipeline.ask(question, library, engine, conversation=conversation, stop=stop):
        if isinstance(event, Understood):
            query = event.query
        elif isinstance(event, Found):
            first = [hit.paper.arxiv_id for hit in event.evidence.hits[: terminal.EVIDENCE]]
            if first != shown:  # it is looked for again where no paper stands out
                terminal.print_evidence(event.evidence)
            shown = first
        elif isinstance(event, Working):
            terminal.print_working(event)
        elif isinstance(event, Checked):
            terminal.print_sentence(event.sentence)
        elif isinstance(event, Done) and query:
            if stop.is_set():
                terminal.print_stopped()
            else:
                terminal.print_answer(event.answer)
                _print_glosses(event.answer, library, engine, stop)
            return pipeline.turn(query, event.answer)
    raise EngineError("the answer did not come to an end", "ask again")
