"""A wording: what every language says for one thing, as one pattern that is compiled when first looked for.

Knows: how it is looked for. Does not know: the words, or what they mean. There are some two hundred;
compiling all of them takes a third of a second before the first question is read, and none needs all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from rag_app.lang import alternatives
from rag_app.lang.language import Language


@dataclass(frozen=True)
class Wording:
    """A regular expression with the methods of `re.Pattern` that questions are read with."""

    pattern: str
    flags: int = re.IGNORECASE

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern, self.flags)

    def search(self, text: str) -> re.Match[str] | None:
        """The first place that has it."""
        return self._compiled.search(text)

    def match(self, text: str, start: int = 0) -> re.Match[str] | None:
        """Where the text begins with it, from `start` on."""
        return self._compiled.match(text, start)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """Where it is the whole text."""
        return self._compiled.fullmatch(text)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Every place that has it."""
        return self._compiled.finditer(text)

    def sub(self, replacement: str | Callable[[re.Match[str]], str], text: str, count: int = 0) -> str:
        """The text with something else in its place; `count` times at most, where it is not 0."""
        return self._compiled.sub(replacement, text, count)

    @property
    def groups(self) -> int:
        """How many groups it has."""
        return self._compiled.groups


def wording(parts_of: Callable[[Language], Iterable[str]]) -> Wording:
    """The wordings of every language."""
    return Wording(alternatives(parts_of))


def matched_group(match: re.Match[str]) -> str:
    """What the group that found something holds, of a wording whose languages have one each."""
    return next(group for group in match.groups() if group).strip()
