"""The options of `ask` and `export` that say which papers are meant -> `Filters`.

Knows: how days, authors and papers are typed, and what is said of those that the collection lacks.
Does not know: what filters do to an answer.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rag_app.errors import RagError
from rag_app.records import Filters

if TYPE_CHECKING:
    from rag_app.collection.papers import PaperTable

_NAMED = 5  # papers named of those that the collection lacks
_BETWEEN = re.compile(
    r"[\s,;\"'{}\[\]()<>|]+"
)  # what stands between ids, also in CSV, JSON, BibTeX and Markdown


def check(options: argparse.Namespace) -> None:
    """Raises RagError for options that can be seen to be wrong before the collection is opened."""
    since, until = day("--since", options.since), day("--until", options.until)
    if since and until and since > until:
        raise RagError(f"--since {since} is after --until {until}", "exchange the two")
    if not all(author.strip() for author in options.author):
        raise RagError("--author is empty", "name an author, or leave the option out")


def filters(options: argparse.Namespace, papers: PaperTable) -> Filters:
    """The conditions. Raises RagError for an author who is nobody or several, and for no paper at all."""
    from rag_app.daily.following import author_meant

    return Filters(
        since=day("--since", options.since),
        until=day("--until", options.until),
        authors=tuple(author_meant(name, papers) for name in options.author),
        min_votes=options.min_votes,
        only=_only(options.only, papers) if options.only is not None else (),
    )


def day(option: str, text: str) -> str:
    """The day as an ISO string, or an empty string where none is given. Raises RagError."""
    from datetime import date

    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise RagError(f"{option} {text} is not a day", "write it as YYYY-MM-DD") from None


def _only(typed: str, papers: PaperTable) -> tuple[str, ...]:
    """The papers of a file, or of a list of ids; those that the collection lacks are named on stderr.

    Raises RagError where none is left.
    """
    ids = ids_in(_text(typed), papers)
    lacking = [arxiv_id for arxiv_id in ids if not papers.has(arxiv_id)]
    if not ids:
        raise RagError(
            f"--only {typed:.60} names no paper",
            "give arXiv ids with commas, or a file that holds ids or links",
        )
    said = ", ".join(lacking[:_NAMED]) + (
        f" and {len(lacking) - _NAMED} more" if len(lacking) > _NAMED else ""
    )
    if len(lacking) == len(ids):
        raise RagError(f"the collection has no paper {said}", "`rag-app ingest DIR` adds digests")
    if lacking:
        print(f"not in the collection, and left out: {said}", file=sys.stderr)
    return tuple(arxiv_id for arxiv_id in ids if papers.has(arxiv_id))


def _text(typed: str) -> str:
    """The file's text, or what was typed where no file is named so. Raises RagError."""
    from rag_app.json_text import read_json_text

    try:
        return read_json_text(Path(typed)) if Path(typed).is_file() else typed
    except (OSError, ValueError) as error:
        raise RagError(f"{typed:.60} cannot be read: {error}", "give a UTF-8 file") from None


def ids_in(text: str, papers: PaperTable) -> list[str]:
    """Keys of the papers that a text names by id, DOI or address, each once."""
    from rag_app.collection.reading.addresses import bare_id, key_of

    found = []
    for word in _BETWEEN.split(text):
        bare = bare_id(word)
        key = word if papers.has(word) else key_of(word) or (bare.key if bare else "")
        found += [key] if key else []
    return list(dict.fromkeys(found))
