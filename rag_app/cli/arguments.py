"""The commands of `rag-app` and their options.

Knows: names, options and help texts. Does not know: what a command does.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from rag_app import __version__
from rag_app.settings import PAGE_PORT

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction["_Parser"]


# What argparse says where it took an argument for an option, or found none behind one. A value that it has
# read and refuses ("invalid int value: 'abc'") is another mistake.
_OF_DASHES = re.compile("unrecognized arguments|required|expected|ambiguous")


class _Parser(argparse.ArgumentParser):
    """argparse takes whatever begins with a dash for an option; its error does not say how to mean it."""

    _given: tuple[str, ...] = ()

    def parse_known_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> Any:  # type: ignore[override]
        self._given = tuple(sys.argv[1:] if args is None else args)
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        said = _OF_DASHES.search(message)
        if (
            said
            and any(text.startswith("-") and text != "-" for text in self._given)
            and "--" not in self._given
        ):
            message += (
                '\nhint: arguments that start with a dash go behind --, as in: rag-app ask -- "-O3 or -O2?"'
            )
            message += "\n      the value of an option that does behind =, as in: --author=-x"
        super().error(message)


def parser() -> argparse.ArgumentParser:
    """Every command with its options; `command` of what it parses is the command's name."""
    root = _Parser(prog="rag-app", description="Offline, cited answers over digests of AI papers.")
    root.add_argument("--version", action="version", version=f"rag-app {__version__}")
    commands = root.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for add in (
        _add_models,
        _add_ingest,
        _add_collections,
        _add_read,
        _add_ask,
        _add_rerun,
        _add_chat,
        _add_batch,
        _add_brief,
        _add_follow,
        _add_eval,
        _add_serve,
        _add_mcp,
        _add_check,
        _add_export,
        _add_feed,
        _add_adapt,
        _add_calibrate,
        _add_bench,
    ):
        add(commands)
    for command in [root, *commands.choices.values()]:
        command.add_argument(
            "--collection",
            metavar="NAME",
            default="" if command is root else argparse.SUPPRESS,
            help="another collection than the main one; `ingest DIR --collection NAME` makes it",
        )
    return root


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text} is not a count")
    return int(text)


def _add_models(commands: Commands) -> None:
    models = commands.add_parser("models", help="list, pull or verify models")
    models.add_argument("action", choices=["list", "pull", "verify"])
    models.add_argument("id", nargs="?", help="a model of the list; without it the default models")


def _add_ingest(commands: Commands) -> None:
    ingest = commands.add_parser("ingest", help="read digests and build the index")
    ingest.add_argument(
        "dirs", nargs="*", type=Path, metavar="DIR", help="folders or files to add to the collection"
    )
    ingest.add_argument("--replace", action="store_true", help="forget the folders given before")


def _add_collections(commands: Commands) -> None:
    commands.add_parser("collections", help="list the collections: name, papers, folders")


def _add_read(commands: Commands) -> None:
    read = commands.add_parser(
        "read", help="show which papers reading digests gives, and what not, without building an index"
    )
    read.add_argument("dirs", nargs="+", type=Path, metavar="DIR", help="folders or files")
    read.add_argument(
        "--json",
        action="store_true",
        help="print one JSON object: the papers with their fields, and the report",
    )


def _add_filters(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--since", metavar="DAY", default="", help="only papers from this day on (YYYY-MM-DD)"
    )
    command.add_argument("--until", metavar="DAY", default="", help="only papers up to this day")
    command.add_argument(
        "--author", action="append", default=[], help="only papers of this author (repeatable)"
    )
    command.add_argument(
        "--only",
        metavar="FILE|ID,ID",
        help="only these papers: ids with commas, or a file that holds ids or links",
    )
    command.add_argument("--min-votes", type=int, metavar="N", help="only papers with at least N votes")


def _add_ask(commands: Commands) -> None:
    ask = commands.add_parser("ask", help="answer one question")
    ask.add_argument("question")
    ask.add_argument("--json", action="store_true", help="print one JSON object")
    _add_filters(ask)
    ask.add_argument(
        "--no-llm", action="store_true", help="answer with the digests' own sentences, without the model"
    )
    ask.add_argument(
        "--save",
        type=Path,
        metavar="FILE",
        help="also keep the answer, with all that `rerun` needs, in a new file",
    )


def _add_rerun(commands: Commands) -> None:
    rerun = commands.add_parser(
        "rerun", help="ask again what `ask --save` kept, and say whether the answer is the same"
    )
    rerun.add_argument("file", type=Path, metavar="FILE")


def _add_chat(commands: Commands) -> None:
    chat = commands.add_parser("chat", help="a conversation in the terminal")
    chat.add_argument("--no-llm", action="store_true")


def _add_batch(commands: Commands) -> None:
    batch = commands.add_parser("batch", help="answer a file of questions")
    batch.add_argument("questions", type=Path, metavar="QUESTIONS.jsonl")
    batch.add_argument("answers", type=Path, metavar="ANSWERS.jsonl")
    batch.add_argument(
        "--digests", nargs="+", type=Path, metavar="DIR", help="a collection of its own, kept apart"
    )
    batch.add_argument("--no-llm", action="store_true")


def _add_brief(commands: Commands) -> None:
    brief = commands.add_parser("brief", help="print what is new: the newest day's papers in groups")
    brief.add_argument("--day", metavar="DAY", default="", help="that day instead (YYYY-MM-DD)")
    brief.add_argument("--since", metavar="DAY", default="", help="from that day to the newest")
    brief.add_argument(
        "--topic",
        metavar="TOPIC",
        default="",
        help="only papers about it; without --day or --since those of the last 30 days",
    )
    brief.add_argument(
        "--gloss",
        action="store_true",
        help="lines in another language than RAG_LANGUAGE are translated by the language model, which takes a while;"
        " without it those that were translated before",
    )
    brief.add_argument("--format", choices=["md", "json"], default="md")


def _add_follow(commands: Commands) -> None:
    follow = commands.add_parser(
        "follow", help="follow topics, authors and questions; see what is new of them"
    )
    actions = follow.add_subparsers(dest="action", metavar="ACTION", required=True)
    add = actions.add_parser("add", help="follow something")
    add.add_argument("what", help="words of a topic, an author's name, or a question")
    add.add_argument(
        "--kind", choices=["topic", "author", "question"], default="topic", help="default: topic"
    )
    actions.add_parser("list", help="what is followed, with its numbers")
    remove = actions.add_parser("remove", help="stop following")
    remove.add_argument("what", metavar="NUMBER", help="as `list` shows it")
    actions.add_parser("new", help="what has come in since the last look, with counts")


def _add_eval(commands: Commands) -> None:
    evaluate = commands.add_parser(
        "eval", help="ask and score questions whose answers are known, in two parts with their difference"
    )
    evaluate.add_argument(
        "file",
        nargs="?",
        type=Path,
        metavar="FILE",
        help="questions over the open collection; without it the project's own over its sample collection",
    )
    evaluate.add_argument("--suite", choices=["exam", "open"], help="only these questions; without it both")
    evaluate.add_argument(
        "--part",
        choices=["fit", "held-out", "all"],
        default="all",
        help="the half to fit on, the half to report on, or both (default)",
    )
    evaluate.add_argument(
        "--limit",
        type=_count,
        default=0,
        metavar="N",
        help="at most N questions, evenly over the file, or N topics",
    )
    evaluate.add_argument(
        "--topics",
        action="store_true",
        help="score lists instead, by topics whose words decide which papers belong to them",
    )
    evaluate.add_argument(
        "--kinds",
        action="store_true",
        help="print which kinds of questions are taken for which; none is answered",
    )
    evaluate.add_argument(
        "--answers", type=Path, metavar="FILE", help="keep the answers there; those it holds are only scored"
    )
    evaluate.add_argument(
        "--before", type=Path, metavar="FILE", help="also print what changed since these kept answers"
    )
    evaluate.add_argument(
        "--failures",
        type=_count,
        default=0,
        metavar="N",
        help="also print the first N wrong answers of each suite, of the half to fit on only",
    )
    evaluate.add_argument("--json", type=Path, metavar="OUT", help="also write figures and scores as JSON")
    evaluate.add_argument("--no-llm", action="store_true")


def _add_serve(commands: Commands) -> None:
    serve = commands.add_parser("serve", help="start the page on this machine")
    serve.add_argument("--port", type=int, default=PAGE_PORT)
    serve.add_argument(
        "--api",
        action="store_true",
        help="also answer OpenAI's chat protocol below /v1, with a key in a file",
    )


def _add_mcp(commands: Commands) -> None:
    mcp = commands.add_parser(
        "mcp", help="tools for assistants on standard input and output (Model Context Protocol)"
    )
    mcp.add_argument("--no-llm", action="store_true", help="`ask` answers with the digests' own sentences")


def _add_check(commands: Commands) -> None:
    check = commands.add_parser(
        "check", help="say what is there and what is missing: models, index, device, network"
    )
    check.add_argument(
        "--offline", action="store_true", help="also show that nothing but loopback is connected"
    )


def _add_export(commands: Commands) -> None:
    export = commands.add_parser("export", help="write papers or a conversation for other tools")
    export.add_argument(
        "what",
        metavar="WHAT",
        help="`bookmarks`; `brief`; `papers` with ids, or with none for all that the filters leave; `answer` with a"
        " question; a conversation of the page by its id; `list` prints these ids",
    )
    export.add_argument(
        "items",
        nargs="*",
        metavar="ITEM",
        help="ids, DOIs or addresses of `papers`, or the question of `answer`",
    )
    export.add_argument(
        "--format",
        choices=["md", "json", "latex", "bibtex", "ris", "csl", "csv", "notes"],
        default="md",
        help="json and latex are of answers only; notes writes a file a paper, and keeps what you added to it",
    )
    export.add_argument(
        "--out", type=Path, metavar="PATH", help="a file, which is replaced; a folder for notes"
    )
    _add_filters(export)
    export.add_argument("--tag", default="", help="of `bookmarks`: only those with this tag")
    export.add_argument("--no-llm", action="store_true", help="of `answer`: without the model")


def _add_feed(commands: Commands) -> None:
    feed = commands.add_parser(
        "feed", help="write an Atom feed of new or followed papers, or of those with most votes"
    )
    feed.add_argument(
        "out", nargs="?", type=Path, metavar="OUT", help="a file, which is replaced; without it the terminal"
    )
    which = feed.add_mutually_exclusive_group()
    which.add_argument("--followed", action="store_true", help="only papers that match what is followed")
    which.add_argument("--top", type=_count, default=0, metavar="N", help="the N papers with most votes")
    feed.add_argument(
        "--since", metavar="DAY", default="", help="from this day on (YYYY-MM-DD); else the latest 7 days"
    )


def _add_adapt(commands: Commands) -> None:
    adapt = commands.add_parser("adapt", help="fit the embedding model to the collection (minutes)")
    adapt.add_argument("--seed", type=int, default=0)


def _add_calibrate(commands: Commands) -> None:
    calibrate = commands.add_parser(
        "calibrate", help="measure the thresholds that depend on the embedding model and the collection"
    )
    calibrate.add_argument(
        "--model",
        action="store_true",
        help="also measure how far the language model tells what a digest states (minutes)",
    )
    calibrate.add_argument(
        "--ship",
        action="store_true",
        help="for the project: write what ships for the default embedding model",
    )


def _add_bench(commands: Commands) -> None:
    bench = commands.add_parser("bench", help="measure this machine, beside plain ways of doing the same")
    bench.add_argument(
        "suites", nargs="*", metavar="SUITE", help="which measurements; `list` names them, none is all"
    )
    bench.add_argument(
        "--quick", action="store_true", help="few repetitions: shows that it works, not how fast"
    )
    bench.add_argument(
        "--save", type=Path, metavar="FILE.json", help="also write the rows as JSON, into a new file"
    )
