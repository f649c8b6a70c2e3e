"""The morphemes of texts, kept in a file, so that the next index analyses new texts only.

Knows: texts by their hash, and that Kiwi needs longer for a whole collection than all else that an
ingest of one new day does.
Does not know: how texts are analysed (`text.terms`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from rag_app.text.terms import Analyse


class TermCache:
    """`analyse`, called once for each text ever seen; `version` names all that its results depend on."""

    def __init__(self, analyse: Analyse, version: str, last: Path | None = None) -> None:
        """Start with what `save` wrote to `last`; a missing, damaged or otherwise made file holds nothing."""
        self._analyse = analyse
        self._version = version
        self._last = _read(last, version) if last else {}
        self._used: dict[str, list[str]] = {}

    def __call__(self, texts: Sequence[str]) -> list[list[str]]:
        """The terms of each text."""
        keys = [
            hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
            for text in texts
        ]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._last}
        known = self._last | dict(zip(new, self._analyse(list(new.values())), strict=True))
        self._used |= {key: known[key] for key in keys}
        return [known[key] for key in keys]

    def save(self, file: Path) -> None:
        """Write the analyses of the texts that were asked for; OSError."""
        body = {"version": self._version, "texts": self._used}
        file.write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")


def _read(file: Path, version: str) -> dict[str, list[str]]:
    try:
        body = json.loads(file.read_text(encoding="utf-8"))
        texts: dict[str, list[str]] = body["texts"] if body["version"] == version else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return texts
