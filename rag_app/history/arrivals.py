"""When each paper came into the collection, and when the reader last looked: what is new since then.

Knows: that papers already there at the first look are nothing new, and that looking twice at the same
papers does not make them old. Does not know: what is shown, or how papers are read.
"""

from __future__ import annotations

from collections.abc import Iterable

from rag_app.history.connection import Connection, timestamp

FROM_THE_START = ""  # when a paper came in that was there before anyone kept count


class Arrivals(Connection):
    """Arrivals and looks in the history's file."""

    def note_arrivals(self, arxiv_ids: Iterable[str]) -> int:
        """Write down the papers of a collection that are not known yet; how many those are.

        Those of the first call were there from the start.
        """
        known = dict(self._rows("SELECT arxiv_id, at FROM arrivals"))
        fresh = [arxiv_id for arxiv_id in arxiv_ids if arxiv_id not in known]
        at = timestamp() if known else FROM_THE_START
        if fresh:
            with self._writing() as database:
                rows = [(arxiv_id, at) for arxiv_id in fresh]
                database.executemany("INSERT OR IGNORE INTO arrivals VALUES (?, ?)", rows)
        return len(fresh)

    def look(self, name: str) -> str:
        """Say that the reader looks now, at the place of that name; the time since which papers are new.

        That time moves on only when papers have come in since the last look, so that a second look
        shows what the first one did. At the first look nothing is new.
        """
        at = timestamp()
        with self._writing() as database:
            row = database.execute("SELECT before, at FROM looks WHERE name = ?", (name,)).fetchone()
            before, last = row or (at, at)
            if database.execute("SELECT 1 FROM arrivals WHERE at > ? LIMIT 1", (last,)).fetchone():
                before = last
            database.execute("INSERT OR REPLACE INTO looks VALUES (?, ?, ?)", (name, before, at))
        return str(before)

    def arrived_since_look(self, name: str) -> int:
        """How many papers have come in since the last look there; 0 before the first one."""
        sql = "SELECT count(*) FROM arrivals, looks WHERE looks.name = ? AND arrivals.at > looks.at"
        return int(self._rows(sql, (name,))[0][0])

    def arrived_after(self, time: str) -> frozenset[str]:
        """arXiv ids of the papers that came in after that time."""
        return frozenset(row[0] for row in self._rows("SELECT arxiv_id FROM arrivals WHERE at > ?", (time,)))
