"""What the reader did with papers: bookmarks with tags and a private note, and papers read or dismissed.

Knows: how that is saved, found and deleted. Does not know: the papers themselves; what is kept of one
outlives its digest.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rag_app.errors import UnknownIdError
from rag_app.history.connection import Connection, fold, one_line, storable, timestamp

TAG_LENGTH = 40  # characters

_BOOKMARKS = """
SELECT arxiv_id, added, note, title, (SELECT json_group_array(tag) FROM
                               (SELECT tag FROM tags WHERE tags.arxiv_id = bookmarks.arxiv_id ORDER BY tag))
FROM bookmarks ORDER BY added DESC, rowid DESC
"""


class PaperMark(StrEnum):
    """What the reader said of a paper with one key."""

    READ = "read"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A paper kept, with what the reader wrote beside it."""

    arxiv_id: str
    added: str  # ISO time, in UTC
    note: str = ""
    tags: tuple[str, ...] = ()  # in the order of the alphabet
    title: str = ""  # of the paper, for when its digest is gone; empty where it was not known

    @property
    def annotated(self) -> bool:
        """Whether taking it away would lose words of the reader's."""
        return bool(self.note or self.tags)


class Shelf(Connection):
    """Bookmarks and marks in the history's file."""

    # --- bookmarks -------------------------------------------------------------------------------

    def bookmark(self, arxiv_id: str, title: str = "") -> None:
        """Keep a paper; once is enough. It is not dismissed any more."""
        with self._writing() as database:
            sql = "INSERT OR IGNORE INTO bookmarks (arxiv_id, added, title) VALUES (?, ?, ?)"
            database.execute(sql, (arxiv_id, timestamp(), one_line(title)))
            database.execute(
                "DELETE FROM marks WHERE arxiv_id = ? AND mark = ?", (arxiv_id, PaperMark.DISMISSED)
            )

    def keep_titles(self, titles: Mapping[str, str]) -> None:
        """Keep the titles, by arXiv id, of bookmarks without one: a version before kept none."""
        with self._writing() as database:
            rows = [(one_line(title), arxiv_id) for arxiv_id, title in titles.items()]
            database.executemany("UPDATE bookmarks SET title = ? WHERE arxiv_id = ? AND title = ''", rows)

    def unbookmark(self, arxiv_id: str) -> None:
        """Delete the bookmark with its tags and note, also from the disk."""
        with self._writing() as database:
            database.execute("DELETE FROM bookmarks WHERE arxiv_id = ?", (arxiv_id,))
        self._forget_deleted()

    def bookmarks(self) -> list[str]:
        """arXiv ids of the papers kept, latest first."""
        return [bookmark.arxiv_id for bookmark in self.bookmarked()]

    def bookmarked(self) -> list[Bookmark]:
        """The papers kept, latest first, with their tags and notes."""
        rows = self._rows(_BOOKMARKS)
        return [
            Bookmark(arxiv_id, added, note, tuple(json.loads(tags)), title)
            for arxiv_id, added, note, title, tags in rows
        ]

    def annotate(self, arxiv_id: str, tags: Iterable[str], note: str) -> None:
        """Replace the tags and the note of a bookmark; HistoryError if the paper is not bookmarked.

        What was there before leaves the disk.
        """
        with self._writing() as database:
            changed = database.execute(
                "UPDATE bookmarks SET note = ? WHERE arxiv_id = ?", (storable(note).strip(), arxiv_id)
            )
            if not changed.rowcount:
                raise UnknownIdError(f"{arxiv_id} is not bookmarked", "bookmark it first")
            database.execute("DELETE FROM tags WHERE arxiv_id = ?", (arxiv_id,))
            rows = [(arxiv_id, tag) for tag in tidied(tags)]
            database.executemany("INSERT INTO tags VALUES (?, ?)", rows)
        self._forget_deleted()

    def tags(self) -> list[tuple[str, int]]:
        """(tag, bookmarks that carry it), most used first."""
        return self._rows("SELECT tag, count(*) AS n FROM tags GROUP BY tag ORDER BY n DESC, tag")

    # --- marks -----------------------------------------------------------------------------------

    def mark(self, arxiv_id: str, mark: PaperMark) -> None:
        """PaperMark a paper, in place of an earlier mark."""
        with self._writing() as database:
            database.execute(
                "INSERT OR REPLACE INTO marks VALUES (?, ?, ?)", (arxiv_id, str(mark), timestamp())
            )

    def unmark(self, arxiv_id: str) -> None:
        with self._writing() as database:
            database.execute("DELETE FROM marks WHERE arxiv_id = ?", (arxiv_id,))

    def marks(self) -> dict[str, PaperMark]:
        """arXiv id -> its mark, latest first."""
        rows = self._rows("SELECT arxiv_id, mark FROM marks ORDER BY at DESC, rowid DESC")
        return {arxiv_id: PaperMark(mark) for arxiv_id, mark in rows}


def tidied(tags: Iterable[str]) -> list[str]:
    """Tags as they are kept: on one line, without a # before them, each once whatever its case."""
    kept: dict[str, str] = {}
    for tag in tags:
        line = one_line(tag).lstrip("#").strip()[:TAG_LENGTH].strip()
        if line:
            kept.setdefault(fold(line), line)
    return list(kept.values())


def matching(bookmarks: Sequence[Bookmark], titles: Mapping[str, str], search: str) -> list[Bookmark]:
    """Those of which title, tags, note and id together hold every word of `search`; a word that begins
    with # must be one of its tags.
    """
    wanted = fold(search).split()
    return [
        one
        for one in bookmarks
        if all(_holds(one, titles.get(one.arxiv_id, one.title), word) for word in wanted)
    ]


def _holds(bookmark: Bookmark, title: str, word: str) -> bool:
    if word.startswith("#") and len(word) > 1:
        return any(word[1:] in fold(tag).split() for tag in bookmark.tags)
    return word in fold("\n".join((title, bookmark.arxiv_id, bookmark.note, *bookmark.tags)))
