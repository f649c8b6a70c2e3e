"""The commands of `rag-app`: arguments in, calls of the pipeline, text or JSON out.

Knows: commands, options, exit codes (0 done, 1 a RagError with its hint on stderr, 2 wrong usage).
Does not know: how anything is done.

Heavy imports happen inside the commands, so that `--help` is instant.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rag_app import __version__, runtime
from rag_app.errors import EngineError, RagError
from rag_app.home import Home
from rag_app.records import Checked, Done, Filters, Found, Paper, Turn, Understood
from rag_app.settings import Settings

if TYPE_CHECKING:
    from rag_app.collection.library import Library
    from rag_app.llm.protocol import Generator


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    runtime.quieten_libraries()
    runtime.print_any_text()
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options, Settings.from_environment()) or 0)
    except RagError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        runtime.discard_output()
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="rag-app", description="Offline, cited answers over digests of AI papers."
    )
    parser.add_argument("--version", action="version", version=f"rag-app {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    models = commands.add_parser("models", help="list, pull or verify models")
    models.add_argument("action", choices=["list", "pull", "verify"])
    models.add_argument("id", nargs="?", help="a model of the list; without it the default models")
    models.set_defaults(run=_models)

    ingest = commands.add_parser("ingest", help="read digests and build the index")
    ingest.add_argument(
        "dirs", nargs="*", type=Path, metavar="DIR", help="folders or files to add to the collection"
    )
    ingest.add_argument("--replace", action="store_true", help="forget the folders given before")
    ingest.set_defaults(run=_ingest)

    _add_ask(commands.add_parser("ask", help="answer one question"))

    rerun = commands.add_parser(
        "rerun", help="ask again what `ask --save` kept, and say whether the answer is the same"
    )
    rerun.add_argument("file", type=Path, metavar="FILE")
    rerun.set_defaults(run=_rerun)

    chat = commands.add_parser("chat", help="a conversation in the terminal")
    chat.add_argument("--no-llm", action="store_true")
    chat.set_defaults(run=_chat)

    batch = commands.add_parser("batch", help="answer a file of questions")
    batch.add_argument("questions", type=Path, metavar="QUESTIONS.jsonl")
    batch.add_argument("answers", type=Path, metavar="ANSWERS.jsonl")
    batch.add_argument(
        "--digests", nargs="+", type=Path, metavar="DIR", help="a collection of its own, kept apart"
    )
    batch.add_argument("--no-llm", action="store_true")
    batch.set_defaults(run=_batch)

    serve = commands.add_parser("serve", help="start the page on this machine")
    serve.add_argument("--port", type=int, default=8501)
    serve.set_defaults(run=_serve)

    check = commands.add_parser(
        "check", help="say what is there and what is missing: models, index, device, network"
    )
    check.add_argument(
        "--offline", action="store_true", help="also show that nothing but loopback is connected"
    )
    check.set_defaults(run=_check)

    export = commands.add_parser("export", help="print a conversation of the page")
    export.add_argument(
        "id", help="the conversation, as the page's address shows it; `list` prints all of them"
    )
    export.add_argument("--format", choices=["md", "json", "bibtex"], default="md")
    export.set_defaults(run=_export)

    adapt = commands.add_parser("adapt", help="fit the embedding model to the collection (minutes)")
    adapt.add_argument("--seed", type=int, default=0)
    adapt.set_defaults(run=_adapt)

    bench = commands.add_parser("bench", help="measure this machine, beside plain ways of doing the same")
    bench.add_argument(
        "suites", nargs="*", metavar="SUITE", help="which measurements; `list` names them, none is all"
    )
    bench.add_argument(
        "--quick", action="store_true", help="few repetitions: shows that it works, not how fast"
    )
    bench.add_argument("--save", type=Path, metavar="FILE.json", help="also write the rows as JSON")
    bench.set_defaults(run=_bench)
    return parser


def _add_ask(ask: argparse.ArgumentParser) -> None:
    ask.add_argument("question")
    ask.add_argument("--json", action="store_true", help="print one JSON object")
    ask.add_argument("--since", metavar="DAY", default="", help="only papers from this day on (YYYY-MM-DD)")
    ask.add_argument("--until", metavar="DAY", default="", help="only papers up to this day")
    ask.add_argument("--author", action="append", default=[], help="only papers of this author (repeatable)")
    ask.add_argument("--min-votes", type=int, metavar="N", help="only papers with at least N votes")
    ask.add_argument(
        "--no-llm", action="store_true", help="answer with the digests' own sentences, without the model"
    )
    ask.add_argument(
        "--save", type=Path, metavar="FILE", help="also keep the answer with all that `rerun` needs"
    )
    ask.set_defaults(run=_ask)


def _models(options: argparse.Namespace, settings: Settings) -> None:
    from rag_app.cli import terminal
    from rag_app.diagnostics import doctor
    from rag_app.weights import store

    if options.action == "list":
        terminal.table(doctor.model_rows(settings))
        return
    wanted = [options.id] if options.id else list(store.defaults())
    for model_id in wanted:
        if options.action == "verify":
            store.verify(store.find(model_id), settings)
            print(f"{model_id}: verified")
        else:
            with terminal.ProgressBar("pull") as progress:
                path = store.pull(model_id, settings, progress=progress)
            print(f"{model_id}: {path.name} is in {path.parent}")


def _ingest(options: argparse.Namespace, settings: Settings) -> None:
    from rag_app.cli import terminal

    with terminal.ProgressBar("ingest") as progress:
        from rag_app import pipeline

        result = pipeline.ingest(settings, options.dirs, replace=options.replace, progress=progress)
    terminal.print_report(result)


def _filters(options: argparse.Namespace) -> Filters:
    since, until = _day("--since", options.since), _day("--until", options.until)
    return Filters(since=since, until=until, authors=tuple(options.author), min_votes=options.min_votes)


def _day(option: str, text: str) -> str:
    from datetime import date

    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise RagError(f"{option} {text} is not a day", "write it as YYYY-MM-DD") from None


def _ask(options: argparse.Namespace, settings: Settings) -> None:
    from rag_app import pipeline, records_json
    from rag_app.cli import saved_answers, terminal
    from rag_app.llm import engine as llm

    filters = _filters(options)
    pipeline.accepted(options.question)
    library = pipeline.open_library(settings)
    engine = None if options.no_llm else llm.load_if_any(settings)
    answer, _ = pipeline.answer(options.question, library, engine, filters=filters)
    if options.save:
        saved_answers.save(
            saved_answers.saved_answer(options.question, filters, answer, library, engine), options.save
        )
    if options.json:
        print(json.dumps(records_json.as_json(answer), ensure_ascii=False, indent=2))
    else:
        terminal.print_answer(answer)


def _rerun(options: argparse.Namespace, settings: Settings) -> None:
    from rag_app import pipeline
    from rag_app.cli import saved_answers, terminal
    from rag_app.llm import engine as llm

    kept = saved_answers.load(options.file)
    library = pipeline.open_library(settings)
    answer = saved_answers.rerun(
        kept, library, llm.load_if_any(settings) if kept.made_with.get("model") else None
    )
    terminal.print_answer(answer)
    print("the same answer, byte for byte", file=sys.stderr)


def _chat(options: argparse.Namespace, settings: Settings) -> None:
    from rag_app import pipeline
    from rag_app.llm import engine as llm

    library = pipeline.open_library(settings)
    engine = None if options.no_llm else llm.load_if_any(settings)
    conversation: list[Turn] = []
    print("Ask about the papers; an empty line ends the conversation.", file=sys.stderr)
    while question := _typed():
        try:
            conversation.append(_answered_aloud(question, library, engine, conversation))
        except RagError as error:
            print(f"error: {error}", file=sys.stderr)


def _typed() -> str:
    try:
        return input("\n> ").strip()
    except EOFError:
        return ""


def _answered_aloud(
    question: str, library: Library, engine: Generator | None, conversation: Sequence[Turn]
) -> Turn:
    """Print the evidence, each sentence as it is checked, and the answer; the turn for the next question."""
    from rag_app import pipeline
    from rag_app.cli import terminal

    query = None
    for event in pipeline.ask(question, library, engine, conversation=conversation):
        if isinstance(event, Understood):
            query = event.query
        elif isinstance(event, Found):
            terminal.print_evidence(event.evidence)
        elif isinstance(event, Checked):
            terminal.print_sentence(event.sentence)
        elif isinstance(event, Done) and query:
            terminal.print_answer(event.answer)
            return pipeline.turn(query, event.answer)
    raise EngineError("the answer did not come to an end", "ask again")


def _batch(options: argparse.Namespace, settings: Settings) -> None:
    from rag_app.cli import batch

    batch.run(
        options.questions, options.answers, settings, digests=options.digests or (), no_llm=options.no_llm
    )


def _serve(options: argparse.Namespace, settings: Settings) -> int:
    from rag_app.web import server

    return server.serve(settings, options.port)


def _check(options: argparse.Namespace, settings: Settings) -> int:
    from rag_app.cli import terminal
    from rag_app.diagnostics import doctor

    findings = doctor.examine(settings, offline=options.offline)
    terminal.print_findings(findings)
    return 0 if all(finding.fine for finding in findings) else 1


def _export(options: argparse.Namespace, settings: Settings) -> None:
    from rag_app.cli import terminal
    from rag_app.collection.snapshot import open_current
    from rag_app.history import export as exporting
    from rag_app.history.store import History

    history = History(Home(settings.home).history)
    if options.id == "list":
        rows = [[c.id, c.updated[:16], c.title] for c in history.conversations()]
        terminal.table([["id", "updated", "title"], *rows])
        return
    conversation = history.conversation(options.id)
    papers = open_current(settings.home).papers

    def paper(arxiv_id: str) -> Paper | None:
        return papers.get(arxiv_id) if papers.has(arxiv_id) else None

    print(exporting.export(conversation, history.turns(options.id), options.format, paper))


def _adapt(options: argparse.Namespace, settings: Settings) -> None:
    from rag_app import pipeline
    from rag_app.cli import terminal
    from rag_app.collection.snapshot import read_papers
    from rag_app.embedding.adapt import adapt

    with terminal.ProgressBar("adapt") as progress:
        result = adapt(settings, read_papers(settings.home), seed=options.seed, progress=progress)
    print(terminal.adapted(result))
    if result.kept:
        with terminal.ProgressBar("ingest") as progress:
            pipeline.ingest(settings, progress=progress)


def _bench(options: argparse.Namespace, settings: Settings) -> None:
    from rag_app.bench import suites, table
    from rag_app.cli import terminal

    if options.suites == ["list"]:
        terminal.table([["suite", "what it measures"], *suites.described()])
        return
    if options.save:
        table.reserve(options.save)  # before an hour of measuring
    with terminal.ProgressBar("bench") as progress:
        rows = suites.run(options.suites, settings, quick=options.quick, progress=progress)
    print(table.markdown(rows))
    if options.save:
        table.save(rows, options.save)
