"""Papers by what their titles begin with.

Knows: which beginnings may stand for a paper (`paper_names.beginnings`, `openings`). Does not know: whether
a question means a paper by them (`search.title_names`), or names that stand elsewhere (`name_book`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from rag_app.collection.paper_names import TOKEN, Name, beginnings, fold, openings
from rag_app.text.dictionaries import is_word

FIRST_WORDS = 5  # of a title, that can mean nothing else

Papers = dict[str, dict[str, None]]  # folded beginning -> its papers, in order


class TitleBook:
    """Beginnings of titles, read when first asked for."""

    def __init__(self, titles: Sequence[Name]) -> None:
        self._titles = titles

    def beginning(self, typed: str) -> tuple[str, ...]:
        """The papers whose title begins with this name, and goes on with what it is about; "survey" names no
        survey of something.
        """
        found = self._by_beginning.get(fold(typed), {})
        return tuple(paper for paper, of in found.items() if not (of and is_word(typed.casefold())))

    def opening(self, typed: str) -> tuple[str, ...]:
        """The papers whose title begins with this, which may as well be a topic."""
        return tuple(self._by_opening.get(fold(typed), ()))

    def first_words(self, typed: str) -> tuple[str, ...]:
        """The papers whose title begins with these `FIRST_WORDS`: so many in a row are no topic."""
        return tuple(self._by_first_words.get(fold(typed), ()))

    @cached_property
    def _by_beginning(self) -> dict[str, dict[str, bool]]:
        """For each folded beginning of titles its papers, and whether "of" follows. Whether it is a word then
        is asked of the one that is looked up: a dictionary takes a sixth of a second to read.
        """
        papers: dict[str, dict[str, bool]] = defaultdict(dict)
        for name in self._titles:
            for start in beginnings(name.spelling):
                of = name.spelling.startswith(f"{start} of ")
                papers[fold(start)].update(dict.fromkeys(name.papers, of))
        return papers

    @cached_property
    def _by_opening(self) -> Papers:
        return self._by(openings)

    @cached_property
    def _by_first_words(self) -> Papers:
        return self._by(lambda title: [" ".join(TOKEN.findall(title)[:FIRST_WORDS])])

    def _by(self, parts_of: Callable[[str], Iterable[str]]) -> Papers:
        papers: Papers = defaultdict(dict)
        for name in self._titles:
            for part in parts_of(name.spelling):
                papers[fold(part)].update(dict.fromkeys(name.papers))
        return papers
