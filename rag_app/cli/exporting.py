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
from rag_app.export.reference import Reference, kept, references
from rag_app.history.store import Conversation, History, SavedTurn
from rag_app.home import Home
from rag_app.records import Filters, Paper
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
            _write_papers(_bookmarks(settings, options.tag), options)
        case "brief":
            _write_papers(_brief(options, settings), options)
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


def _bookmarks(settings: Settings, tag: str) -> list[Reference]:
    """The bookmarks with their tags, latest first; those with one tag where it is given.

    Of a paper whose digest is gone there are its address and title. Raises RagError for a tag that none has.
    """
    table, history = open_current(settings.home).papers, History(Home(settings.home).history)
    found = [one for one in history.bookmarked() if not tag or tag in one.tags]
    if tag and not found:
        known = ", ".join(name for name, _ in history.tags()) or "none; they are given on the page"
        raise RagError(f"no bookmark has the tag {tag}", f"tags: {known}")
    return [kept(one.arxiv_id, table.find(one.arxiv_id), one.tags, one.title) for one in found]


def _brief(options: argparse.Namespace, settings: Settings) -> list[Reference]:
    """The papers of `rag-app brief`: of the newest day, or from `--since` on; most votes first."""
    from rag_app.daily.brief import by_votes
    from rag_app.daily.period import newest_day, since

    table = open_current(settings.home).papers
    period = since(options.since, table) if options.since else newest_day(table)
    return references(by_votes(table.many(table.ids(period.filters))))


def _papers(options: argparse.Namespace, settings: Settings) -> list[Reference]:
    """The papers of the ids given, else every paper that the filters leave."""
    table = open_current(settings.home).papers
    wanted = [arxiv_id for item in options.items for arxiv_id in filters.ids_in(item, table) or [item]]
    unknown = [arxiv_id for arxiv_id in wanted if not table.has(arxiv_id)]
    if unknown:
        raise RagError(
            f"the collection has no paper {unknown[0]}", "give an id, a DOI or an address of a paper"
        )
    filters.check(options)
    return references(table.many(wanted or table.ids(filters.filters(options, table))))


def _answered(options: argparse.Namespace, settings: Settings) -> tuple[Conversation, list[SavedTurn]]:
    """The question asked now, as a conversation of one turn."""
    from rag_app.llm import loading

    question = " ".join(options.items)
    pipeline.accepted(question)
    filters.check(options)
    library = pipeline.open_library(settings)
    conditions = filters.filters(options, library.snapshot.papers)
    engine = None if options.no_llm else loading.load_if_any(settings)
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


def _say_written(written: notes.NotesWritten, folder: Path) -> None:
    counts = f"{len(written.new)} new, {len(written.changed)} changed, {len(written.unchanged)} unchanged"
    print(f"{folder}: {counts}")
    for name in written.left:
        print(f"left as it is, edited or not a note of rag-app: {name}", file=sys.stderr)


# --- feed ---------------------------------------------------------------------------------------


def feed(options: argparse.Namespace, settings: Settings) -> None:
    """New, followed or top papers as an Atom feed. Raises RagError."""
    since = filters.day("--since", options.since)
    if options.followed:
        text = atom.write(_followed(since, settings), "rag-app: followed papers", "followed")
    else:
        name, title, papers = _feed_papers(options.top, since, open_current(settings.home).papers)
        text = atom.write(references(papers), title, name)
    write_out(text, options.out, atom.FILE)


def _followed(since: str, settings: Settings) -> list[Reference]:
    """The papers of the latest days that match a follow, latest first; its words are their categories."""
    from rag_app.daily import following

    history = History(Home(settings.home).history)
    if not (follows := history.follows()):
        raise RagError("nothing is followed yet", 'for example: rag-app follow add "video generation"')
    library = pipeline.open_library(settings)
    matches: dict[str, list[str]] = {}
    for found in following.check(follows, library, (), history):
        for arxiv_id in found.papers:
            matches.setdefault(arxiv_id, []).append(found.follow.text)
    table = library.snapshot.papers
    latest = reversed(table.ids(Filters(since=since or _latest_days(table))))
    return references(table.many(one for one in latest if one in matches), matches.__getitem__)


def _feed_papers(top: int, since: str, table: PaperTable) -> tuple[str, str, list[Paper]]:
    """(name of the feed, its title, its papers): those with most votes, or the new ones, latest first."""
    if top:
        return f"top/{top}", f"rag-app: {top} papers with most votes", table.top(Filters(since=since), top)
    ids = table.ids(Filters(since=since or _latest_days(table)))
    return "new", "rag-app: new papers", table.many(reversed(ids))


def _latest_days(table: PaperTable) -> str:
    """The first of the latest days that have digests; empty where no day is known."""
    days = [day for day, _ in table.days()][-FEED_DAYS:]
    return days[0] if days else ""


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
