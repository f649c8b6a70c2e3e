"""The commands of `rag-app`: arguments in, calls of the pipeline, text or JSON out.

Knows: what each command calls, and exit codes (0 done, 1 a RagError with its hint on stderr, 2 wrong usage).
Does not know: how anything is done.

Heavy imports happen inside the commands, so that `--help` is instant.
"""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rag_app import runtime
from rag_app.cli.arguments import parser
from rag_app.errors import RagError
from rag_app.home import Home
from rag_app.settings import Settings

if TYPE_CHECKING:
    from rag_app.llm.protocol import Loading


_ANY_HOME = {"models", "read", "check"}  # commands that do without what the home holds, or tell of it


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    runtime.quieten_libraries()
    runtime.collect_less_often()
    runtime.print_any_text()
    options = parser().parse_args(arguments)
    try:
        settings = _settings(options)
        code = int(COMMANDS[options.command](options, settings) or 0)
        runtime.flush_output()
    except (RagError, KeyboardInterrupt, OSError) as error:
        return _failed(error)
    return code


def _settings(options: argparse.Namespace) -> Settings:
    """The settings, with the home of the collection named, which may be read. Raises RagError."""
    settings = Settings.from_environment()
    if options.command in _ANY_HOME:
        return _of_collection(settings, options)
    Home(settings.home).check_readable()
    chosen = _of_collection(settings, options)
    Home(chosen.home).check_readable()
    return chosen


def _of_collection(settings: Settings, options: argparse.Namespace) -> Settings:
    """The settings with the home of the collection named; only `ingest` makes one. Raises RagError."""
    if not options.collection:
        return settings
    home = Home(settings.home).collection(options.collection)
    if options.command != "ingest" and not home.current.is_file():
        known = ", ".join(home.collections()) or "none but the main one"
        raise RagError(
            f"there is no collection {options.collection}",
            f"there are {known}; `rag-app ingest DIR --collection NAME` makes one",
        )
    return replace(settings, home=home.root)


def _failed(error: BaseException) -> int:
    """Say in one line what ended a command; its exit code. Raises what is a mistake of the program's."""
    match error:
        case RagError():
            print(f"error: {error}", file=sys.stderr)
            return 1
        case KeyboardInterrupt():
            print(file=sys.stderr)  # the shell's prompt begins a line of its own
            return 130
        case PermissionError(filename=str() | bytes()):
            return _failed(
                RagError(
                    f"{os.fsdecode(error.filename)}: permission denied", "see whose it is and who may read it"
                )
            )
        case BrokenPipeError():
            runtime.discard_output()
            return 0
        case OSError(errno=errno.ENOSPC):
            runtime.discard_output()
            print(
                "error: the output cannot be written: no space left\nhint: free some space", file=sys.stderr
            )
            return 1
    raise error


def _models(options: argparse.Namespace, settings: Settings) -> None:
    from rag_app.cli import terminal
    from rag_app.diagnostics import doctor
    from rag_app.weights import catalog, store

    if options.action == "list":
        terminal.table(doctor.model_rows(settings))
        return
    wanted = [options.id] if options.id else list(catalog.defaults())
    for model_id in wanted:
        if options.action == "verify":
            store.verify(catalog.find(model_id), settings)
            print(f"{model_id}: verified")
        else:
            with terminal.ProgressBar("pull") as progress:
                path = store.pull(model_id, settings, progress=progress)
            licence = catalog.find(model_id).licence
            print(f"{model_id}: {path.name} is in {path.parent} (licence: {licence})")


def _ingest(options: argparse.Namespace, settings: Settings) -> None:
    from rag_app.cli import daily, reading, terminal

    with terminal.ProgressBar("ingest") as progress:
        from rag_app import pipeline

        result = pipeline.ingest(settings, options.dirs, replace=options.replace, progress=progress)
    reading.print_report(result)
    _say_what_is_not_measured(settings)
    daily.new_after_ingest(settings)


def _collections(options: argparse.Namespace, settings: Settings) -> None:
    from rag_app.cli import terminal
    from rag_app.collection.snapshot import open_current

    home, rows = Home(settings.home), []
    for name in ["", *home.collections()]:
        place = home.collection(name)
        if place.current.is_file():
            manifest = open_current(place.root).manifest
            rows.append([name or "(main)", f"{manifest.papers:,}", ", ".join(manifest.roots)])
    terminal.table([["collection", "papers", "folders"], *rows])


def _say_what_is_not_measured(settings: Settings) -> None:
    from rag_app.collection.snapshot import open_current
    from rag_app.search.calibration import NOT_MEASURED, calibration

    if not calibration(settings.home, open_current(settings.home).manifest.fingerprint)[1]:
        print(f"thresholds: {NOT_MEASURED}\nhint: run `rag-app calibrate`")


def _read(options: argparse.Namespace, settings: Settings) -> None:
    from rag_app.cli import reading

    reading.show(options.dirs, as_json=options.json)


def _ask(options: argparse.Namespace, settings: Settings) -> None:
    from rag_app.cli import filters, new_file

    # What can be refused at once is, before a model loads that the process would wait for at its end.
    filters.check(options)
    if options.save:
        new_file.reserve(options.save)
    model = _loading(options, settings) if options.question.strip() else None
    from rag_app.cli import asking

    asking.ask(options, settings, model)


def _loading(options: argparse.Namespace, settings: Settings) -> Loading | None:
    """The model, which loads from now on, beside what answering imports and opens; None where none is wanted,
    or there is nothing to ask about.
    """
    if options.no_llm or not Home(settings.home).current.is_file():
        return None
    from rag_app.llm import loading

    return loading.begin(settings)


def _rerun(options: argparse.Namespace, settings: Settings) -> None:
    from rag_app.cli import asking

    asking.rerun(options, settings)


def _chat(options: argparse.Namespace, settings: Settings) -> None:
    model = _loading(options, settings)
    from rag_app.cli import asking

    asking.chat(settings, model)


def _batch(options: argparse.Namespace, settings: Settings) -> None:
    from rag_app import batch
    from rag_app.cli import terminal

    digests, no_llm = options.digests or (), options.no_llm
    with terminal.ProgressBar("batch") as progress:
        batch.run(
            options.questions, options.answers, settings, digests=digests, no_llm=no_llm, progress=progress
        )


def _brief(options: argparse.Namespace, settings: Settings) -> None:
    from rag_app.cli import daily

    daily.brief(options, settings)


def _follow(options: argparse.Namespace, settings: Settings) -> None:
    from rag_app.cli import daily

    daily.follow(options, settings)


def _eval(options: argparse.Namespace, settings: Settings) -> None:
    from rag_app.cli import evaluating

    if options.topics:
        evaluating.evaluate_topics(options, settings)
    elif options.kinds:
        evaluating.evaluate_kinds(options, settings)
    else:
        evaluating.evaluate(options, settings)


def _serve(options: argparse.Namespace, settings: Settings) -> int:
    from rag_app.web import server

    return server.serve(settings, options.port, api=options.api)


def _mcp(options: argparse.Namespace, settings: Settings) -> None:
    from rag_app.api.collection import opened_once

    try:
        from rag_app.api import mcp_server
    except ImportError as error:
        raise RagError("the SDK of the Model Context Protocol is missing", "pip install mcp") from error
    mcp_server.serve(opened_once(settings, with_model=not options.no_llm))


def _check(options: argparse.Namespace, settings: Settings) -> int:
    from rag_app.cli import terminal
    from rag_app.diagnostics import doctor

    findings = doctor.examine(settings, offline=options.offline)
    terminal.print_findings(findings)
    return 0 if all(finding.fine for finding in findings) else 1


def _export(options: argparse.Namespace, settings: Settings) -> None:
    from rag_app.cli import exporting

    exporting.export(options, settings)


def _feed(options: argparse.Namespace, settings: Settings) -> None:
    from rag_app.cli import exporting

    exporting.feed(options, settings)


def _adapt(options: argparse.Namespace, settings: Settings) -> None:
    from rag_app import pipeline, runtime
    from rag_app.cli import calibrating, terminal
    from rag_app.collection.snapshot import read_papers
    from rag_app.embedding.adapt import adapt

    papers = read_papers(settings.home)
    runtime.work_in_idle_time()
    print(terminal.adapting(len(papers), settings.threads), file=sys.stderr)
    with terminal.ProgressBar("adapt") as progress:
        result = adapt(settings, papers, seed=options.seed, progress=progress)
    print(terminal.adapted(result))
    if result.kept:
        with terminal.ProgressBar("ingest") as progress:
            pipeline.ingest(settings, progress=progress)
        calibrating.calibrate(settings)


def _calibrate(options: argparse.Namespace, settings: Settings) -> None:
    from rag_app.cli import calibrating

    calibrating.calibrate(settings, with_model=options.model, ship=options.ship)


def _bench(options: argparse.Namespace, settings: Settings) -> None:
    from rag_app.bench import suites, table
    from rag_app.cli import new_file, terminal

    if options.suites == ["list"]:
        terminal.table([["suite", "what it measures"], *suites.described()])
        return
    if options.save:
        new_file.reserve(options.save)  # before an hour of measuring
    with terminal.ProgressBar("bench") as progress:
        rows = suites.run(options.suites, settings, quick=options.quick, progress=progress)
    print(table.markdown(rows))
    if options.save:
        table.save(rows, options.save)


COMMANDS: Mapping[str, Callable[[argparse.Namespace, Settings], int | None]] = {
    "models": _models,
    "ingest": _ingest,
    "collections": _collections,
    "read": _read,
    "ask": _ask,
    "rerun": _rerun,
    "chat": _chat,
    "batch": _batch,
    "brief": _brief,
    "follow": _follow,
    "eval": _eval,
    "serve": _serve,
    "mcp": _mcp,
    "check": _check,
    "export": _export,
    "feed": _feed,
    "adapt": _adapt,
    "calibrate": _calibrate,
    "bench": _bench,
}
