"""What the wording of a named paper's digest decides: that something is public, or that it is not needed.

Knows: which questions are of these kinds, and the sentence that answers them. Does not know: how likely any
other sentence is to answer (`answer.answerable`), or what the answer looks like.
"""

from __future__ import annotations

from rag_app.answer.denied import Verdict, judge, words_for
from rag_app.collection import releases
from rag_app.collection.library import Library
from rag_app.records import Paper, Passage
from rag_app.search import open_patterns, stated_conditions
from rag_app.search.open_patterns import Denial


def sentence_for(asked: str, paper: Paper, library: Library) -> Passage | None:
    """The sentence of the digest that decides what is asked; `asked` holds no name of the paper."""
    kinds = asks_for_public(asked)
    if kinds:
        return releases.sentence_on(paper, kinds)
    needed = open_patterns.NEEDING.search(asked)
    thing = next((group for group in needed.groups() if group), "") if needed else ""
    if not thing.strip():
        return None
    denial = Denial(what=thing.strip(), rest=asked)
    verdict, passage = judge(library, paper, denial, words_for(library, denial), titled=False)
    return passage if verdict is Verdict.HOLDS else None


def asks_for_public(asked: str) -> tuple[str, ...]:
    """What the question asks to be public; a digest says so in known words, or says nothing of it."""
    kinds, _ = stated_conditions.released(asked)
    return kinds
