"""Words of the digests in the embedding's space: which of them mean what a word in another script means.

Knows: which words are kept, and how near a translation has to be: nearer than by chance, and than words that
are near to everything. Does not know: which words a question asks with, or what a translation weighs.

The digests' own `한국어 (English)` pairs translate their terms; this is for the words beside them ("finance",
"healthcare") and for languages that no digest is written in.

Source: bilingual lexicons without a dictionary by cross-domain similarity local scaling (CSLS; Conneau et al.
2017, arXiv:1710.04087). Of 102 ordinary English words over 5,487 Korean digests (finance, sports, drug,
hair …) 52 have a translation so near, and 50 of these are right; two mean another thing in this field
("memory", "benchmark"). Of the others most have no word in the digests.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag_app import json_files
from rag_app.lang import LANGUAGES

Vectors = NDArray[np.float32]

WORDS, VECTORS = "words.json", "words.npz"
KEPT = 4_096  # words whose translations are remembered
FEWEST, MOST_SHARE = 3, 0.25  # papers that say a word, and the share of them: others tell little
MOST = 8_000  # words, those of most papers first
NEIGHBOURS = 10  # of a word in the other script, whose mean likeness tells how crowded its place is
# Above the crowds around both words, in standard deviations of the likeness of words.
BEYOND = 2.5
# From which two words of one script mean nearly the same, in standard deviations above their mean likeness:
# "vision" and "visual" have 4.2, "speech" and "audio" 3.0; "diffusion" and "expansion" 1.7, "alignment" and
# "sorting" .4. Of 35 such pairs 4 are on the wrong side.
ALIKE = 2.0
BESIDE = 0.9  # of that, what another translation beside the nearest has to have

_SCRIPTS = {code: re.compile(f"[{one.script}]+") for code, one in LANGUAGES.items()}
_LEAST_LETTERS, _LEAST_SIGNS = 3, 2  # of a word in Latin letters, and of one in others, which tell more
_ROWS = 1_000  # compared at once, so that no matrix is larger than some 30 MB


def worth_keeping(papers_with: Mapping[str, int], papers: int) -> list[str]:
    """The words that may translate others, by how many of so many `papers` say each."""
    most = max(MOST_SHARE * papers, FEWEST)
    kept = [word for word, count in papers_with.items() if FEWEST <= count <= most and _script(word)]
    return sorted(kept, key=lambda word: (-papers_with[word], word))[:MOST]


def build(words: Sequence[str], vectors: Vectors, folder: Path) -> None:
    """Write the words and their unit vectors, shape (words, d), with how crowded each one's place is."""
    scripts = np.array([_script(word) for word in words])
    crowds, likenesses = np.zeros(len(words), np.float32), []
    for script in np.unique(scripts):
        own, other = scripts == script, scripts != script
        among = vectors[other if other.any() else own]
        for rows in np.array_split(np.flatnonzero(own), max(1, int(own.sum()) // _ROWS)):
            likeness = vectors[rows] @ among.T
            crowds[rows] = _crowd(likeness)
            likenesses.append(float(likeness.std()))
    (folder / WORDS).write_text(json.dumps(list(words), ensure_ascii=False), encoding="utf-8")
    spread = float(np.mean(likenesses)) if likenesses else 1.0
    arrays = {"vectors": vectors.astype(np.float16), "crowds": crowds, "spread": np.array(spread)}
    np.savez(folder / VECTORS, **arrays)  # type: ignore[arg-type]


class WordVectors:
    """The words of one index; safe to share between threads."""

    def __init__(self, folder: Path, embed: Callable[[str], Vectors]) -> None:
        """Open what `build` wrote, no word where there is nothing; `embed` gives the unit vector of any word,
        shape (d,).
        """
        self._words: list[str] = json_files.read(folder / WORDS) if (folder / WORDS).is_file() else []
        if self._words:
            with np.load(folder / VECTORS, allow_pickle=False) as arrays:
                self._vectors = arrays["vectors"].astype(np.float32)
                self._crowds, self._spread = arrays["crowds"], float(arrays["spread"])
        self._places = {word: place for place, word in enumerate(self._words)}
        scripts = np.array([_script(word) for word in self._words])
        rows = {str(script): np.flatnonzero(scripts == script) for script in np.unique(scripts)}
        self._rows = {script: own for script, own in rows.items() if len(own) >= NEIGHBOURS}
        self._embed = embed
        self.translations = lru_cache(KEPT)(self._translations)

    def are_alike(self, word: str, other: str) -> bool:
        """Whether two words of one script mean nearly the same; where too few words are known to tell, they
        may. One of a letter or two tells nothing.
        """
        script = _script(word)
        if not script or _script(other) != script:
            return False
        usual = self._usual.get(script)
        if usual is None:
            return True
        mean, spread = usual
        return float(self._vector(word) @ self._vector(other)) >= mean + ALIKE * spread

    @cached_property
    def _usual(self) -> dict[str, tuple[float, float]]:
        """Script -> mean and standard deviation of the likeness of any two of its words."""
        found = {}
        for script, rows in self._rows.items():
            some = self._vectors[rows[:_ROWS]]
            likeness = (some @ some.T)[np.triu_indices(len(some), 1)]
            found[script] = float(likeness.mean()), float(likeness.std())
        return found

    def _translations(self, word: str) -> tuple[str, ...]:
        """The words of each other script that mean what `word` does, nearest first; mostly none."""
        own = _script(word)
        others = [script for script in self._rows if script != own] if own else []
        return tuple(twin for script in others for twin in self._nearest(word, self._rows[script]))

    def _nearest(self, word: str, rows: NDArray[np.intp]) -> list[str]:
        likeness = self._vectors[rows] @ self._vector(word)
        beyond = 2 * likeness - self._crowds[rows] - _crowd(likeness[None])[0]
        least = max(BESIDE * float(beyond.max()), BEYOND * self._spread)
        order = np.argsort(-beyond, kind="stable")[:NEIGHBOURS]
        return [self._words[rows[one]] for one in order if beyond[one] >= least]

    def _vector(self, word: str) -> Vectors:
        place = self._places.get(word)
        return self._embed(word) if place is None else self._vectors[place]


def _crowd(likeness: Vectors) -> Vectors:
    """The mean of the highest of each row."""
    count = min(NEIGHBOURS, likeness.shape[1])
    highest: Vectors = np.partition(likeness, -count, axis=1)[:, -count:].mean(axis=1, dtype=np.float32)
    return highest


@lru_cache(maxsize=1 << 16)
def _script(word: str) -> str:
    """The first language whose letters the word is made of; empty for one too short or of several."""
    code = next((code for code, letters in _SCRIPTS.items() if letters.fullmatch(word)), "")
    return code if len(word) >= (_LEAST_LETTERS if word.isascii() else _LEAST_SIGNS) else ""
