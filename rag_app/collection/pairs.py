"""The pairs of spellings that texts write beside each other, "희소 오토인코더 (Sparse Autoencoder, SAE)".

Knows: that brackets hold other spellings of the words before them, and how a spelling is folded.
Does not know: which of a pair's spellings mean the same (`collection.spellings`).
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rag_app import json_files
from rag_app.collection.mentions import MADE_OF, is_other, split
from rag_app.lang import alternatives, other_scripts
from rag_app.text.terms import fold_word

PAIRS = (
    "pairs-2.json"  # another format, or rule of what is a pair, is another name: the next ingest writes it
)
BRACKETS = re.compile(r"[(（]([^()（）]{2,80})[)）]")
BETWEEN = re.compile(r"[,;/:]")  # two spellings within brackets
SENTENCE = re.compile(r"[^\w \t·+-]")  # what no term holds
LEFT = 60  # characters before brackets that may belong to the spelling
LEFT_WORDS = 6

_CLAUSE = re.compile(rf"[{other_scripts()}](?:{alternatives(lambda one: one.clause_ends)})$")

Keys = Sequence[str]


@dataclass(frozen=True, slots=True)
class Pairs:
    """What the brackets of a collection hold, and every ending of the words before them, since where a term
    starts there is not marked.
    """

    beside: Sequence[tuple[Keys, Keys]]  # keys inside, keys before
    written: Mapping[str, Sequence[str]]  # key -> ways of writing it

    @classmethod
    def mine(cls, texts: Iterable[str]) -> Pairs:
        """The pairs of casefolded texts; half a second for those of 5,000 papers."""
        folded = lru_cache(maxsize=None)(key)  # of a word: texts say the same ones again and again
        written: dict[str, dict[str, None]] = defaultdict(dict)
        beside: list[tuple[Keys, Keys]] = []
        for text in texts:
            for found in BRACKETS.finditer(text):
                inside = [words for part in BETWEEN.split(found[1]) if (words := part.split())]
                before = _endings(text[max(0, found.start() - LEFT) : found.start()])
                beside.append((_keys(inside, folded, written), _keys(before, folded, written)))
        return cls(beside, {one: tuple(ways) for one, ways in written.items()})

    @classmethod
    def load(cls, file: Path) -> Pairs | None:
        """What `save` wrote; None where there is no such file."""
        try:
            body = json_files.read(file)
            return cls(body["beside"], body["written"])
        except (OSError, ValueError, KeyError, TypeError):  # a damaged file is found with the index's others
            return None

    def save(self, file: Path) -> None:
        """Raises OSError."""
        body = {"beside": self.beside, "written": self.written}
        file.write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")


def key(spelling: str) -> str:
    """A spelling without case, hyphens, blanks, plural, and what ties a noun to the next one."""
    return "".join(map(_folded, split(spelling)))


def _folded(word: str) -> str:
    return MADE_OF.sub("", word) if is_other(word) else fold_word(word)


def _keys(
    spellings: Sequence[Sequence[str]], folded: Callable[[str], str], written: dict[str, dict[str, None]]
) -> Keys:
    """The keys of spellings, each once, given as words; how they are written is noted."""
    keys: dict[str, None] = {}
    for words in spellings:
        one = "".join(map(folded, words))
        keys[one] = None
        written[one][" ".join(words)] = None
    return tuple(keys)


def _endings(before: str) -> list[list[str]]:
    """Every ending of the words before brackets, up to the clause they stand in."""
    before = before.rstrip()
    tail = SENTENCE.split(before)[-1]
    glued = before[: len(before) - len(tail)][-1:].strip() and not tail[:1].isspace()  # a particle
    words = [word for word in tail.split()[1 if glued else 0 :] if word.strip("-+·")][-LEFT_WORDS:]
    start = next((at for at in range(len(words) - 1, 0, -1) if _CLAUSE.search(words[at - 1])), 0)
    return [words[at:] for at in range(start, len(words))]
