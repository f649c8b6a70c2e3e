"""What digests say is public: a paper's code, its model, its data.

Knows: how digests say it, in every language, and that a link to where code is kept says it, too. Does not
know: questions, or whether it is true.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from rag_app.lang import LANGUAGES, alternatives
from rag_app.records import Paper, Passage, Section
from rag_app.text import sentences

CODE, MODEL, DATA = KINDS = ("code", "model", "data")

# Where something is kept for all -> what it is, where the digest does not say.
_PLACES = ((r"\b(?:github|gitlab)\.com/\S", CODE), (r"\bhuggingface\.co/(?!papers|datasets)\S", MODEL))
_PLACE = re.compile("|".join(f"({pattern})" for pattern, _ in _PLACES), re.IGNORECASE)
_SAID = re.compile(alternatives(lambda one: one.releases.said), re.IGNORECASE)


def _names(kind: str) -> str:
    """One regular expression of what all languages call things of a kind."""
    return "|".join(one.releases.things[kind] for one in LANGUAGES.values() if kind in one.releases.things)


_THINGS = {kind: re.compile(_names(kind), re.IGNORECASE) for kind in KINDS}


def named(text: str) -> tuple[str, ...]:
    """The kinds of things that a text names."""
    return tuple(kind for kind, things in _THINGS.items() if things.search(text))


def sentence_on(paper: Paper, asked: Collection[str]) -> Passage | None:
    """The first sentence of the digest that says that something of what is `asked` is public, where all of it
    is: "code" and "model", "model|data" either.
    """
    found = [_sentence_on_either(paper, one.split("|")) for one in asked]
    return found[0] if found and all(found) else None


def _sentence_on_either(paper: Paper, kinds: Collection[str]) -> Passage | None:
    return next((passage for said, passage in _releases(paper) if not said.isdisjoint(kinds)), None)


@lru_cache(maxsize=1 << 16)
def _releases(paper: Paper) -> tuple[tuple[frozenset[str], Passage], ...]:
    """What the sentences of a digest say is public, in their order."""
    return tuple(said for section in paper.sections for said in _said(paper.arxiv_id, section))


def _said(arxiv_id: str, section: Section) -> list[tuple[frozenset[str], Passage]]:
    text = section.text
    places = {match.start(): _PLACES[(match.lastindex or 1) - 1][1] for match in _PLACE.finditer(text)}
    said = {match.start(): match[0] for match in _SAID.finditer(text)}
    if not places and not said:
        return []
    found = []
    for start, end in sentences.split(text):
        kinds = {kind for at, words in said.items() if start <= at < end for kind in named(words) or KINDS}
        if any(start <= at < end for at in places):  # "code and models: https://github.com/..."
            own = {kind for kind, things in _THINGS.items() if things.search(text, start, end)}
            kinds |= own | {kind for at, kind in places.items() if start <= at < end}
        if kinds:
            found.append((frozenset(kinds), Passage(arxiv_id, section.name, start, end, text[start:end])))
    return found
