"""Answers as scorers see them: what was shown, cited, quoted and counted, and how long it took.

Knows: the format of answer files.
Does not know: questions, or when an answer is right.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag_app.errors import RagError


@dataclass(frozen=True, slots=True)
class Quote:
    """What an answer shows as the digest's own words."""

    arxiv_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Given:
    """One answer."""

    id: str
    text: str = ""
    refused: bool = False
    citations: tuple[str, ...] = ()  # arXiv ids in the order shown
    numbers: tuple[int, ...] = ()  # the n of each citation; 1, 2, 3 … where empty
    quotes: tuple[Quote, ...] = ()
    ranked: tuple[str, ...] | None = None  # as retrieval ranked them
    counts: tuple[float, ...] = ()  # papers scanned, matched and borderline, which the text may state
    matched: int = 0
    seconds: float | None = None
    first_token_seconds: float | None = None

    @property
    def cited(self) -> tuple[str, ...]:
        """Distinct ids; a refusal claims nothing."""
        return () if self.refused else tuple(dict.fromkeys(self.citations))


def read(file: Path) -> dict[str, Given]:
    """The answers of a file by id, the last one where an id comes twice. Raises RagError."""
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
        found = [_given(json.loads(line)) for line in lines if line.strip()]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise RagError(
            f"{file} holds no answers: {error!r}", "give a file that batch or eval wrote"
        ) from None
    return {given.id: given for given in found}


def _given(row: Mapping[str, Any]) -> Given:
    counts = (row.get(name) for name in ("scanned", "matched", "borderline"))
    return Given(
        id=str(row["id"]),
        text=row.get("answer") or "",
        refused=bool(row.get("refused")),
        citations=tuple(row.get("citations") or ()),
        numbers=tuple(row.get("citation_numbers") or ()),
        quotes=tuple(Quote(quote["arxiv_id"], quote["text"]) for quote in row.get("quotes") or ()),
        ranked=None if row.get("ranked") is None else tuple(row["ranked"]),
        counts=tuple(float(count) for count in counts if count is not None),
        matched=row.get("matched") or 0,
        seconds=row.get("seconds"),
        first_token_seconds=row.get("first_token_seconds"),
    )
