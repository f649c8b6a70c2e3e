"""`rag-app eval`: which questions, over which collection, and what is printed of the result.

Knows: the options of the command, and where answers are kept.
Does not know: how anything is asked or scored.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

from rag_app import batch, files, pipeline
from rag_app.cli import terminal
from rag_app.collection.snapshot import read_papers
from rag_app.errors import RagError
from rag_app.evaluation import answers, change, confusion, failures, lists, questions, report, run, topics
from rag_app.evaluation.answers import Given
from rag_app.evaluation.measures import Measure
from rag_app.evaluation.questions import Question, Split, Suite
from rag_app.evaluation.truth import Truth
from rag_app.llm import loading
from rag_app.pipeline import Library
from rag_app.records import Filters, Intent, Turn
from rag_app.settings import Settings
from rag_app.shipped import SHIPPED


def evaluate(options: argparse.Namespace, settings: Settings) -> None:
    """Ask, score, print. Raises RagError for files, collections and models that cannot be used."""
    chosen = _chosen(options)
    old = _earlier(options.before, chosen)
    _refuse_unwritable(options.json)
    if not options.file:
        with terminal.ProgressBar("ingest") as progress:
            settings = batch.own_collection(settings, [SHIPPED / "digests"], progress)
    given = _answers(chosen, options, settings)
    truth = Truth.of(read_papers(settings.home))
    results = run.score(chosen, given, truth)
    before = {was.suite: was for was in run.score([q for q in chosen if q.id in old], old, truth)}
    for result in results:
        _print(result.suite.value, len(result.scores), result.rows)
        for paragraph in islice(failures.told(result.scores, chosen, given), options.failures):
            print(f"\n{paragraph}")
    for now in results:
        if now.suite in before:
            _print_changes(now.suite.value, options.before, before[now.suite].measures, now.measures)
    _keep([result.as_json() for result in results], options.json)


def evaluate_topics(options: argparse.Namespace, settings: Settings) -> None:
    """Mine topics, ask for their lists, score, print. Raises RagError, also where no topic is found."""
    if options.file or options.suite or options.failures:
        raise RagError("--topics asks questions of its own", "leave out FILE, --suite and --failures")
    _refuse_unwritable(options.json)
    mined = topics.mine(read_papers(settings.home), options.limit or topics.WANTED)
    if not mined:
        raise RagError("the collection names no topic in both languages", "open a larger collection")
    mined = [topic for topic in mined if _part(options) in (None, topic.part)]
    asked = [question for topic in mined for question in topic.questions()]
    old = _earlier(options.before, asked)
    given = _answers(asked, options, settings)
    scores = lists.score(mined, given)
    terminal.table(lists.table(mined, scores))
    measured = lists.measures(scores)
    rows = report.rows(measured)
    _print("topics", len(scores), rows)
    if old:
        answered = [topic for topic in mined if all(question.id in old for question in topic.questions())]
        was = lists.measures(lists.score(answered, old))
        _print_changes("topics", options.before, was, measured)
    told = {"suite": "topics", "rows": report.as_json(rows), "scores": [asdict(score) for score in scores]}
    _keep([told | {"topics": [_topic_json(topic) for topic in mined]}], options.json)


def evaluate_kinds(options: argparse.Namespace, settings: Settings) -> None:
    """Understand, compare with the kinds that the file names, print. Raises RagError."""
    if options.answers or options.before or options.failures:
        raise RagError("--kinds answers nothing", "leave out --answers, --before and --failures")
    _refuse_unwritable(options.json)
    chosen = _chosen(options)
    if not options.file:
        with terminal.ProgressBar("ingest") as progress:
            settings = batch.own_collection(settings, [SHIPPED / "digests"], progress)
    library = pipeline.open_library(settings)
    found = confusion.taken(chosen, lambda question: _intent(question, library))
    terminal.table(confusion.table(found))
    rows = report.rows(confusion.measures(found))
    _print("kinds", len(found), rows)
    _keep(
        [{"suite": "kinds", "rows": report.as_json(rows), "questions": confusion.as_json(found)}],
        options.json,
    )


def _intent(question: Question, library: Library) -> Intent:
    """The kind of the last turn; those before it are answered in the digests' own words."""
    conversation: list[Turn] = []
    for earlier in question.turns[:-1]:
        _, turn = pipeline.answer(earlier, library, None, conversation=conversation)
        conversation.append(turn)
    given = Filters(days=question.days)
    return pipeline.understood(question.turns[-1], library, conversation=conversation, filters=given).intent


def _chosen(options: argparse.Namespace) -> list[Question]:
    known = questions.read(options.file) if options.file else questions.of_samples()
    suite = Suite(options.suite) if options.suite else None
    chosen = run.choose(known, suite, _part(options), options.limit)
    if not chosen:
        raise RagError("no question is left to ask", "leave out --suite or --part, or give another file")
    return chosen


def _earlier(file: Path | None, chosen: Sequence[Question]) -> dict[str, Given]:
    """Answers to the same questions that were kept before; none where no file is given."""
    if not file:
        return {}
    kept = answers.read(file)
    if not any(question.id in kept for question in chosen):
        raise RagError(
            f"{file} answers none of these questions", "give answers to the same file of questions"
        )
    return kept


def _part(options: argparse.Namespace) -> Split | None:
    return None if options.part == "all" else Split(options.part)


def _answers(asked: Sequence[Question], options: argparse.Namespace, settings: Settings) -> dict[str, Given]:
    """The answers to the questions; where all are kept already, neither index nor models are opened."""
    with _kept(options.answers) as file:
        if {question.id for question in asked} <= batch.answered_ids(file):
            return answers.read(file)
        library = pipeline.open_library(settings)
        generator = None if options.no_llm else loading.load_if_any(settings)
        with terminal.ProgressBar("eval") as progress:
            return run.ask(asked, file, library, generator, progress)


@contextmanager
def _kept(file: Path | None) -> Iterator[Path]:
    """The file that answers are kept in; without one, a file for this run alone."""
    if file:
        yield file
        return
    with tempfile.TemporaryDirectory(prefix="rag-app-eval-") as folder:
        yield Path(folder) / "answers.jsonl"


def _print(name: str, count: int, rows: Sequence[report.Row]) -> None:
    print(f"\n{name}: {count} questions")
    terminal.table(report.table(rows))
    if any(row.gap for row in rows if not row.detail):
        print("! the 95 % interval of the difference does not hold 0")


def _print_changes(name: str, since: Path, before: Sequence[Measure], after: Sequence[Measure]) -> None:
    print(f"\n{name}: what changed since {since}")
    terminal.table(change.table(change.changes(before, after)))


def _topic_json(topic: topics.MinedTopic) -> dict[str, Any]:
    return {"name": topic.name, "spellings": topic.spellings, "papers": sorted(topic.papers)}


def _refuse_unwritable(file: Path | None) -> None:
    """Raises RagError for a file that could not be written once all is measured."""
    if file and (file.is_dir() or not file.parent.is_dir()):
        raise RagError(f"{file} cannot be written", "name a file in a folder that is there")


def _keep(results: Iterable[dict[str, Any]], file: Path | None) -> None:
    if file is None:
        return
    try:
        files.replace(file, json.dumps(list(results), ensure_ascii=False, indent=1) + "\n")
    except OSError as error:
        raise RagError(f"{file} cannot be written: {error.strerror}", "choose another file") from error
