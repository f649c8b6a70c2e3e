"""`rag-app brief` and `rag-app follow`: what is new, in the terminal.

Knows: what the options mean, and how follows are told. Does not know: how a brief or a match is made.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rag_app.errors import RagError
from rag_app.home import Home
from rag_app.settings import Settings

if TYPE_CHECKING:
    from rag_app.collection.library import Library
    from rag_app.daily.following import FollowMatches
    from rag_app.daily.period import Period
    from rag_app.history.store import History
    from rag_app.records import Passage

SHOWN = 5  # new papers that are named for each follow
LOOK = "follow"  # the place in the history at which `follow new` looks


def brief(options: argparse.Namespace, settings: Settings) -> None:
    """Print the brief of the newest day, or of what the options ask for. Raises RagError."""
    from rag_app import pipeline
    from rag_app.daily import brief as briefs
    from rag_app.daily import brief_text, topics

    library = pipeline.open_library(settings)
    period = _period(options, library)
    papers = briefs.papers_of(period, library)
    topic = options.topic.strip()
    if topic:
        about = set(_about(topic, library))
        papers = [paper for paper in papers if paper.arxiv_id in about]
    language = settings.language or "en"
    said = [passage for paper in papers if (passage := briefs.first_sentence(paper))]
    glosses = _glosses(said, language, library, make=options.gloss)
    made = briefs.brief(
        papers,
        period,
        library,
        topics.map_topics(library),
        topic=topic,
        gloss=lambda one: glosses.get(one, ""),
    )
    print(brief_text.written(made, options.format, language), end="")


def _glosses(
    passages: Sequence[Passage], language: str, library: Library, *, make: bool
) -> dict[Passage, str]:
    """What passages say in this language: all that the model can put into it, or what is held of it."""
    from rag_app.answer import glosses
    from rag_app.cli import terminal
    from rag_app.llm import loading

    wanted = [passage for passage in passages if glosses.wanted(passage.text, language)]
    if not wanted:
        return {}
    model = loading.load_if_any(library.settings) if make else None
    if model is None:
        held = glosses.known(wanted, language, library, loading.name_if_any(library.settings))
        return {wanted[place]: text for place, text in held.items()}
    found: dict[Passage, str] = {}
    with terminal.stoppable() as stop:
        for gloss in glosses.glosses(wanted, language, library, model, stop=stop):
            if gloss.finished:
                found[wanted[gloss.index]] = gloss.text
                print(f"\rtranslated: {len(found)} of {len(wanted)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return found


def _period(options: argparse.Namespace, library: Library) -> Period:
    from rag_app.daily import period

    papers = library.snapshot.papers
    if options.day and options.since:
        raise RagError("--day and --since exclude each other", "give one of them")
    if options.day:
        return period.one_day(options.day, papers)
    if options.since:
        return period.since(options.since, papers)
    return period.newest_month(papers) if options.topic else period.newest_day(papers)


def _about(topic: str, library: Library) -> Sequence[str]:
    """arXiv ids of the papers that a list of the topic would hold."""
    from rag_app.daily import following
    from rag_app.history.follows import Follow, FollowKind

    return following.check([Follow(0, FollowKind.TOPIC, topic, "")], library, ())[0].papers


def follow(options: argparse.Namespace, settings: Settings) -> None:
    """Follow something, stop following it, list what is followed, or print what is new. Raises RagError."""
    from rag_app.history.store import History

    history = History(Home(settings.home).history)
    match options.action:
        case "add":
            _add(options, settings, history)
        case "remove":
            history.unfollow(_number(options.what))
            print(f"{options.what}: not followed any more")
        case "list":
            _list(history)
        case "new":
            _new(settings, history)


def _add(options: argparse.Namespace, settings: Settings, history: History) -> None:
    from rag_app import pipeline
    from rag_app.daily import following
    from rag_app.history.follows import FollowKind

    if not options.what.strip():
        raise RagError("nothing to follow was given", 'for example: rag-app follow add "video generation"')
    library, kind, text = pipeline.open_library(settings), FollowKind(options.kind), options.what
    if kind is FollowKind.AUTHOR:
        text = following.author_meant(text, library.snapshot.papers)
    added = history.follow(kind, text)
    (found,) = following.check([added], library, (), history)
    print(f"{added.id}: {added.kind} {added.text} ({len(found.papers):,} papers match so far)")


def _number(text: str) -> int:
    if not text.isdecimal():
        raise RagError(
            f"{text or 'nothing'} is not the number of a follow", "`rag-app follow list` shows them"
        )
    return int(text)


def _list(history: History) -> None:
    from rag_app.cli import terminal

    follows = history.follows()
    if not follows:
        print('nothing is followed yet; for example: rag-app follow add "video generation"')
        return
    terminal.table([["id", "kind", "what"], *([str(one.id), str(one.kind), one.text] for one in follows)])


def _new(settings: Settings, history: History) -> None:
    """The new matches since the last look, with counts."""
    from rag_app import pipeline
    from rag_app.daily import following

    library = pipeline.open_library(settings)
    history.note_arrivals(library.lexical.papers)
    arrived = history.arrived_after(history.look(LOOK))
    found = following.check(history.follows(), library, arrived, history)
    print_new(found, library)


def new_after_ingest(settings: Settings) -> None:
    """Write down which papers have come in, and print what is new of what is followed.

    The index is only opened where something is followed. Raises RagError.
    """
    from contextlib import closing

    from rag_app import pipeline
    from rag_app.collection.snapshot import read_papers
    from rag_app.daily import following
    from rag_app.history.store import History

    with closing(History(Home(settings.home).history)) as history:
        follows = history.follows()
        before = history.arrived_after("")
        papers = [paper.arxiv_id for paper in read_papers(settings.home)]
        if not history.note_arrivals(papers) or not follows:
            return
        arrived = history.arrived_after("") - before
        library = pipeline.open_library(settings)
        print_new(following.check(follows, library, arrived, history), library)


def print_new(found: Sequence[FollowMatches], library: Library) -> None:
    """A line for each follow with its count, and the newest of its new papers."""
    if not found:
        print('nothing is followed yet; for example: rag-app follow add "video generation"')
    for one in found:
        print(f"{one.follow.kind} {one.follow.text}: {len(one.new):,} new of {len(one.papers):,}")
        newest = library.snapshot.papers.many(reversed(one.new[-SHOWN:]))
        for paper in newest:
            print(f"  {paper.date or '-'}  {paper.title}  {paper.url}")
        if len(one.new) > SHOWN:
            print(f"  and {len(one.new) - SHOWN} more")
