"""How near an embedding model puts what means the same in two languages.

Knows: that it is measured on titles and the digests beneath them, once for each snapshot, and remembered.
Does not know: what a translation is, or how near one must be to its sentence.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag_app import files
from rag_app.records import Paper
from rag_app.text import sentences

SAMPLED, FEWEST = 24, 4  # papers


def sampled(ids: Sequence[str]) -> Sequence[str]:
    """Those of the papers' arXiv ids that it is measured on, evenly over all."""
    return ids[:: max(1, len(ids) // SAMPLED)][:SAMPLED]


def measured(papers: Sequence[Paper], embed: Callable[[str], NDArray[np.float32]]) -> float:
    """How much nearer titles are to the first sentence of their own digest than to those of others (mean
    cosine); 0 where there are too few to say.
    """
    told = [paper for paper in papers if paper.sections]
    if len(told) < FEWEST:
        return 0.0
    titles = np.stack([embed(paper.title) for paper in told])
    near = titles @ np.stack([embed(_first_sentence(paper)) for paper in told]).T
    own = float(np.trace(near)) / len(told)
    return own - (float(near.sum()) / len(told) - own) / (len(told) - 1)


def _first_sentence(paper: Paper) -> str:
    text = paper.sections[0].text
    return text[slice(*next(iter(sentences.split(text)), (0, 0)))]


def remembered(measure: Callable[[], float], key: str, file: Path) -> float:
    """What `measure` says, kept in the file until the `key` is another: it takes two seconds."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        told = json.loads(file.read_text(encoding="utf-8"))
        if told["key"] == key:
            return float(told["nearness"])
    found = measure()
    with suppress(OSError):  # of a full or read-only disk: it is measured again
        files.private_folder(file.parent)
        files.replace(file, json.dumps({"key": key, "nearness": found}), flushed=False)
    return found
