"""The history: conversations with answers and citations, feedback, and a few notes of the page.

Knows: how they are saved, found, renamed and deleted.
Does not know: how an answer is made or looks, or what the shelf, the follows and the arrivals hold.

A turn is one row that carries its query and answer as JSON with a checksum, so that what comes back
is what was saved, or says that it is not.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from dataclasses import dataclass, field

from rag_app.errors import UnknownIdError
from rag_app.history import file as history_file
from rag_app.history.arrivals import Arrivals
from rag_app.history.connection import fold, one_line, storable, timestamp
from rag_app.history.follows import Follows
from rag_app.history.shelf import Shelf
from rag_app.records import Answer, Query, Trace, Turn
from rag_app.records_json import (
    as_stored_json,
    from_json,
    query_as_json,
    query_from_json,
    trace_as_json,
    trace_from_json,
)

TITLE_LENGTH = 60  # characters of the first question that become the title

# Every word sought must stand in one turn, or in the title.
_CONVERSATIONS = """
SELECT id, title, created, updated, (SELECT count(*) FROM turns WHERE conversation = conversations.id)
FROM conversations
WHERE NOT EXISTS (SELECT 1 FROM json_each(:words) WHERE instr(conversations.searchable, value) = 0)
   OR EXISTS (SELECT 1 FROM turns WHERE conversation = conversations.id AND NOT EXISTS
              (SELECT 1 FROM json_each(:words) WHERE instr(turns.searchable, value) = 0))
ORDER BY updated DESC, rowid DESC LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A line of the list of conversations; times are ISO, in UTC."""

    id: str
    title: str
    created: str
    updated: str  # when its last turn was added or completed
    turns: int


@dataclass(frozen=True, slots=True)
class SavedTurn:
    """A question and what became of it; without an answer it failed, was stopped, or is being answered."""

    id: int
    question: str
    asked: str  # ISO time, in UTC
    query: Query | None
    answer: Answer | None
    thumb: int = 0  # 1 up, -1 down, 0 none
    reason: str = ""
    # The file no longer holds what was saved; query, answer and workings are unknown.
    damaged: bool = False
    trace: Trace = field(default_factory=Trace)

    @property
    def turn(self) -> Turn | None:
        """What a later question of the conversation needs to know; None without an answer."""
        if self.query is None or self.answer is None:
            return None
        papers = tuple(citation.arxiv_id for citation in self.answer.citations)
        return Turn(self.question, self.answer.text, papers, self.query.filters, self.answer.intent)


class History(Shelf, Follows, Arrivals):
    """All that one SQLite file keeps, for any number of threads and processes: conversations here, the
    rest in the classes it is made of.
    """

    # --- conversations ---------------------------------------------------------------------------

    def create(self, title: str = "") -> str:
        """Begin a conversation; its id. Without a title it takes one from its first question."""
        conversation_id, now, title = secrets.token_hex(5), timestamp(), one_line(title)
        with self._writing() as database:
            row = (conversation_id, title, fold(title), now, now)
            database.execute("INSERT INTO conversations VALUES (?, ?, ?, ?, ?)", row)
        return conversation_id

    def conversations(self, search: str = "", limit: int = 200) -> list[Conversation]:
        """The latest conversations; with `search`, those with a turn or title that holds all its words."""
        words = json.dumps(fold(search).split())
        return [Conversation(*row) for row in self._rows(_CONVERSATIONS, {"words": words, "limit": limit})]

    def conversation(self, conversation_id: str) -> Conversation:
        """The conversation of that id; HistoryError if there is none."""
        sql = "SELECT id, title, created, updated, (SELECT count(*) FROM turns WHERE conversation = :id)"
        rows = self._rows(f"{sql} FROM conversations WHERE id = :id", {"id": conversation_id})
        if not rows:
            raise _unknown("conversation", conversation_id)
        return Conversation(*rows[0])

    def rename(self, conversation_id: str, title: str) -> None:
        """Give it a title; HistoryError if there is no such conversation."""
        with self._writing() as database:
            sql = "UPDATE conversations SET title = ?, searchable = ? WHERE id = ?"
            if not database.execute(sql, (one_line(title), fold(title), conversation_id)).rowcount:
                raise _unknown("conversation", conversation_id)

    def delete(self, conversation_id: str) -> None:
        """Delete it with its turns, also from the disk; one that is gone already is fine."""
        with self._writing() as database:
            database.execute("DELETE FROM conversations WHERE id = ?", (conversation_id,))
        self._forget_deleted()

    def delete_all(self) -> None:
        """Delete all that tells of the reader, and the files set aside, also from the disk: conversations,
        bookmarks with tags and notes, marks, follows, and when the reader last looked.
        """
        with self._writing() as database:
            for table in ("conversations", "bookmarks", "marks", "follows", "looks", "arrivals"):
                database.execute(f"DELETE FROM {table}")  # noqa: S608 - a table of the line above
        self._forget_deleted(shrink=True)
        try:
            for path in history_file.set_aside_files(self.file):
                path.unlink(missing_ok=True)
        except OSError as error:
            raise self._failed("written", error) from error

    # --- turns -----------------------------------------------------------------------------------

    def add(self, conversation_id: str, query: Query | None, answer: Answer | None, question: str) -> int:
        """Save a question with what is known of it, and name an untitled conversation after it; the
        turn's id.

        A question saved before it is answered outlives a crash: `complete` adds the rest.
        HistoryError if there is no such conversation (it was deleted meanwhile).
        """
        now, question = timestamp(), storable(question)
        title = _shortened(question)
        sql = """INSERT INTO turns (conversation, asked, question, record, checksum, searchable)
                 VALUES (?, ?, ?, ?, ?, ?)"""
        with self._writing() as database:
            self._touch(database, conversation_id, now)
            values = (conversation_id, now, question, *_record(question, query, answer))
            turn_id = database.execute(sql, values).lastrowid
            naming = "UPDATE conversations SET title = ?, searchable = ? WHERE id = ? AND title = ''"
            database.execute(naming, (title, fold(title), conversation_id))
        return int(turn_id or 0)

    def complete(
        self, turn_id: int, query: Query | None, answer: Answer | None, trace: Trace = Trace()
    ) -> None:
        """Save what became of a question, in place of what was known; HistoryError if the turn is gone."""
        with self._writing() as database:
            rows = database.execute(
                "SELECT conversation, question FROM turns WHERE id = ?", (turn_id,)
            ).fetchall()
            if not rows:
                raise _unknown("turn", turn_id)
            conversation_id, question = rows[0]
            sql = "UPDATE turns SET record = ?, checksum = ?, searchable = ? WHERE id = ?"
            database.execute(sql, (*_record(question, query, answer, trace), turn_id))
            self._touch(database, conversation_id, timestamp())

    def cut(self, conversation_id: str, turn_id: int) -> None:
        """Delete a turn of a conversation and those after it, also from the disk.

        A conversation that was named after its first question waits for another when that goes.
        """
        with self._writing() as database:
            asked = database.execute("SELECT question FROM turns WHERE id = ?", (turn_id,)).fetchone()
            database.execute(
                "DELETE FROM turns WHERE conversation = ? AND id >= ?", (conversation_id, turn_id)
            )
            if asked:
                sql = """UPDATE conversations SET title = '', searchable = '' WHERE id = ? AND title = ?
                         AND NOT EXISTS (SELECT 1 FROM turns WHERE conversation = conversations.id)"""
                database.execute(sql, (conversation_id, _shortened(asked[0])))
        self._forget_deleted()

    def turns(self, conversation_id: str) -> list[SavedTurn]:
        """Its turns in order, as they were saved; empty if there is no such conversation."""
        sql = """SELECT id, question, asked, record, checksum, thumb, reason FROM turns
                 WHERE conversation = ? ORDER BY id"""
        return [_saved_turn(row) for row in self._rows(sql, (conversation_id,))]

    def set_feedback(self, turn_id: int, thumb: int, reason: str = "") -> None:
        """Keep a thumb (1 up, -1 down, 0 none) and its reason; HistoryError if the turn is gone."""
        with self._writing() as database:
            sql = "UPDATE turns SET thumb = ?, reason = ? WHERE id = ?"
            if not database.execute(sql, (thumb, storable(reason), turn_id)).rowcount:
                raise _unknown("turn", turn_id)

    # --- notes: what the page remembers of itself, such as the version it last showed ---------------

    def note(self, name: str) -> str:
        """What was noted under that name; empty if nothing was."""
        rows = self._rows("SELECT value FROM notes WHERE name = ?", (name,))
        return str(rows[0][0]) if rows else ""

    def set_note(self, name: str, value: str) -> None:
        with self._writing() as database:
            database.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, value))

    def _touch(self, database: sqlite3.Connection, conversation_id: str, now: str) -> None:
        if not database.execute(
            "UPDATE conversations SET updated = ? WHERE id = ?", (now, conversation_id)
        ).rowcount:
            raise _unknown("conversation", conversation_id)


def _record(
    question: str, query: Query | None, answer: Answer | None, trace: Trace = Trace()
) -> tuple[str, str, str]:
    """The columns `record`, `checksum` and `searchable` of a turn."""
    made = {"query": query and query_as_json(query), "answer": answer and as_stored_json(answer)}
    record = json.dumps({**made, "workings": trace_as_json(trace)})
    return record, _checksum(question, record), fold(f"{question}\n{answer.text if answer else ''}")


def _saved_turn(row: tuple[int, str, str, str, str, int, str]) -> SavedTurn:
    turn_id, question, asked, record, checksum, thumb, reason = row
    try:
        if _checksum(question, record) != checksum:
            raise ValueError("the checksum is another")
        data = json.loads(record)
        query = query_from_json(data["query"]) if data["query"] else None
        answer = from_json(data["answer"]) if data["answer"] else None
        trace = trace_from_json(data.get("workings", {}))  # earlier versions kept none
    except (ValueError, KeyError):  # KeyError: written by a later version
        return SavedTurn(turn_id, question, asked, None, None, thumb, reason, damaged=True)
    return SavedTurn(turn_id, question, asked, query, answer, thumb, reason, trace=trace)


def _checksum(question: str, record: str) -> str:
    return hashlib.sha256(f"{question}\0{record}".encode()).hexdigest()


def _shortened(question: str) -> str:
    """The beginning of a question, cut between words where one ends nearby."""
    line = one_line(question)
    if len(line) <= TITLE_LENGTH:
        return line
    start = line[:TITLE_LENGTH]
    return (start[: start.rfind(" ")] if start.rfind(" ") > TITLE_LENGTH // 2 else start[:-1]) + "…"


def _unknown(what: str, id_: object) -> UnknownIdError:
    return UnknownIdError(f"the history has no {what} {id_}", "it may have been deleted in another tab")
