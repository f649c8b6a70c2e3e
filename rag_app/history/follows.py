"""What the reader follows: topics, authors and questions, with the vectors that find their papers.

Knows: how follows are saved and deleted. Does not know: which papers match (`daily.following`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from rag_app.errors import HistoryError, UnknownIdError
from rag_app.history.connection import Connection, one_line, timestamp

LONGEST = 400  # characters of what is followed
Vector = NDArray[np.float32]


class FollowKind(StrEnum):
    TOPIC = "topic"
    AUTHOR = "author"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Follow:
    """Something the reader wants to hear of."""

    id: int
    kind: FollowKind
    text: str  # words of a topic, a question, or an author as the collection spells the name
    added: str  # ISO time, in UTC


class Follows(Connection):
    """Follows in the history's file."""

    def follow(self, kind: FollowKind, text: str) -> Follow:
        """Follow it; once is enough. Raises HistoryError where the text is empty or far too long."""
        line = one_line(text)
        if not 0 < len(line) <= LONGEST:
            raise HistoryError(
                f"what is followed has {len(line)} characters", f"give it between 1 and {LONGEST}"
            )
        with self._writing() as database:
            sql = "INSERT OR IGNORE INTO follows (kind, text, added) VALUES (?, ?, ?)"
            database.execute(sql, (str(kind), line, timestamp()))
        return next(one for one in self.follows() if (one.kind, one.text) == (kind, line))

    def unfollow(self, follow_id: int) -> None:
        """Delete it, also from the disk; UnknownIdError if there is none of that id."""
        with self._writing() as database:
            if not database.execute("DELETE FROM follows WHERE id = ?", (follow_id,)).rowcount:
                raise UnknownIdError(
                    f"nothing is followed as {follow_id}", "`rag-app follow list` shows the ids"
                )
        self._forget_deleted()

    def follows(self) -> list[Follow]:
        """All that is followed, in the order it was added."""
        rows = self._rows("SELECT id, kind, text, added FROM follows ORDER BY id")
        return [Follow(follow_id, FollowKind(kind), text, added) for follow_id, kind, text, added in rows]

    def follow_vectors(self, model: str) -> dict[int, Vector]:
        """Follow id -> its vector (d,), of those that the embedding model of that fingerprint made."""
        rows = self._rows("SELECT id, vector FROM follows WHERE model = ? AND length(vector) > 0", (model,))
        return {follow_id: np.frombuffer(vector, np.float32) for follow_id, vector in rows}

    def keep_follow_vectors(self, model: str, vectors: Mapping[int, Vector]) -> None:
        """Keep vectors, so that a check need not embed again."""
        with self._writing() as database:
            rows = [(model, vector.astype(np.float32).tobytes(), key) for key, vector in vectors.items()]
            database.executemany("UPDATE follows SET model = ?, vector = ? WHERE id = ?", rows)
