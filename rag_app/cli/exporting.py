"""`rag-app export` and `rag-app feed`: papers and conversations into files of other tools.

Knows: what can be named on the command line, and which formats fit it. Does not know: how a format
is written.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rag_app import files, pipeline
from rag_app.cli import filters, terminal
from rag_app.collection.snapshot import open_current
from rag_app.errors import RagError
from rag_app.export import atom, conversation, formats, notes
from rag_app.export.formats import FileType, utf8
from rag_app.export.reference import Reference, references
from rag_app.history.store import Conversation, History, SavedTurn
from rag_app.home import Home
from rag_app.records import Filters, Paper, Section
from rag_app.settings import Settings

if TYPE_CHECKING:
    from rag_app.collection.papers import PaperTable

NOTES = "notes"  # a file a paper, where the other formats are one file
FEED_DAYS = 7  # latest days of the digests that a feed of new papers holds


# --- export -------------------------------------------------------------------------------------


def export(options: argparse.Namespace, settings: Settings) -> None:
    """What the command line names, in one format, into files or to the terminal. Raises RagError."""
    if options.what == "list":
        _print_conversations(History(Home(settings.home).history))
        return
    if options.format == NOTES and options.out is None:
        raise RagError("notes need a folder", "name it: --format notes --out DIR")
    match options.what:
        case "bookmarks":
            _write_papers(_bookmarks(settings), options)
        case "papers":
            _write_papers(_papers(options, settings), options)
        case "answer":
            _write_conversation(*_answered(options, settings), options, settings)
        case conversation_id:
            history = History(Home(settings.home).history)
            kept = history.conversation(conversation_id)
            _write_conversation(kept, history.turns(conversation_id), options, settings)


def _print_conversations(history: History) -> None:
    rows = [[c.id, c.updated[:16], c.title] for c in history.conversations()]
    terminal.table([["id", "updated", "title"], *rows])


def _bookmarks(settings: Settings) -> list[Reference]:
    """The bookmarks, latest first; of one whose digest is gone there is its address alone."""
    table = open_current(settings.home).papers
    marked = History(Home(settings.home).history).bookmarks()
    return [_marked(arxiv_id, table.find(arxiv_id)) for arxiv_id in marked]


def _marked(arxiv_id: str, paper: Paper | None) -> Reference:
    if paper is not None:
        return Reference(paper)
    return Reference(Paper(arxiv_id, arxiv_id, (), (Section("", ""),)), gone=True, authors_known=False)


def _papers(options: argparse.Namespace, settings: Settings) -> list[Reference]:
    """The papers of the ids given, else every paper that the filters leave."""
    table = open_current(settings.home).papers
    unknown = [arxiv_id for arxiv_id in options.items if not table.has(arxiv_id)]
    if unknown:
        raise RagError(f"the collection has no paper {unknown[0]}", "give ids as the digests have them")
    filters.check(options)
    return references(table.many(options.items or table.ids(filters.filters(options, table))))


def _answered(options: argparse.Namespace, settings: Settings) -> tuple[Conversation, list[SavedTurn]]:
    """The question asked now, as a conversation of one turn."""
    from rag_app.llm import engine as llm

    question = " ".join(options.items)
    pipeline.accepted(question)
    filters.check(options)
    library = pipeline.open_library(settings)
    conditions = filters.filters(options, library.snapshot.papers)
    engine = None if options.no_llm else llm.load_if_any(settings)
    answer, _ = pipeline.answer(question, library, engine, filters=conditions)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Conversation("", question, now, now, 1), [SavedTurn(0, question, now, None, answer)]


def _write_conversation(
    kept: Conversation, turns: Sequence[SavedTurn], options: argparse.Namespace, settings: Settings
) -> None:
    table = open_current(settings.home).papers
    if file := conversation.FILES.get(options.format):
        write_out(conversation.export(kept, turns, options.format, table.find), options.out, file)
    else:
        _write_papers(conversation.cited(turns, table.find), options)


def _write_papers(papers: Sequence[Reference], options: argparse.Namespace) -> None:
    if options.format == NOTES:
        _say_written(notes.write_notes(papers, options.out), options.out)
    elif file := formats.FILES.get(options.format):
        write_out(formats.write(options.format, papers), options.out, file)
    else:
        known = ", ".join([*formats.FILES, NOTES])
        raise RagError(f"papers have no form as {options.format}", f"choose one of {known}")


def _say_written(written: notes.Written, folder: Path) -> None:
    counts = f"{len(written.new)} new, {len(written.changed)} changed, {len(written.unchanged)} unchanged"
    print(f"{folder}: {counts}")
    for name in written.left:
        print(f"left as it is, edited or not a note of rag-app: {name}", file=sys.stderr)


# --- feed ---------------------------------------------------------------------------------------


def feed(options: argparse.Namespace, settings: Settings) -> None:
    """New or top papers as an Atom feed. Raises RagError."""
    since = filters.day("--since", options.since)
    name, title, papers = _feed_papers(options.top, since, open_current(settings.home).papers)
    write_out(atom.write(references(papers), title, name), options.out, atom.FILE)


def _feed_papers(top: int, since: str, table: PaperTable) -> tuple[str, str, list[Paper]]:
    """(name of the feed, its title, its papers): those with most votes, or the new ones, latest first."""
    if top:
        return f"top/{top}", f"rag-app: {top} papers with most votes", table.top(Filters(since=since), top)
    days = [first for first, _ in table.days()][-FEED_DAYS:]
    filters = Filters(since=since or (days[0] if days else ""))
    return "new", "rag-app: new papers", table.many(reversed(table.ids(filters)))


def write_out(text: str, out: Path | None, file: FileType) -> None:
    """To the terminal, or whole into a file, in place of what it held. Raises RagError."""
    if out is None:
        sys.stdout.write(utf8(text))
        return
    try:
        with files.replacing(out) as stream:
            stream.write(file.encoded(text))
    except OSError as error:
        raise RagError(f"{out} cannot be written: {error.strerror}", "choose another file") from error
