"""How short turns go on with the answer before, in every language.

Knows: what is looked for. Does not know: a language's words, or what such a turn is read as
(`search.continuations`, `search.follow_ups`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rag_app.lang import LANGUAGES
from rag_app.lang.language import Parts, TurnPatterns
from rag_app.lang.wording import Wording, wording


def _turned(parts_of: Callable[[TurnPatterns], Parts]) -> Wording:
    return wording(lambda one: parts_of(one.turns))


def _turned_by_key(
    parts_of: Callable[[TurnPatterns], Mapping[str, Parts]],
) -> Mapping[str, Wording]:
    """The wordings of every language for each key."""
    keys = dict.fromkeys(key for one in LANGUAGES.values() for key in parts_of(one.turns))

    def of_key(key: str) -> Wording:
        return _turned(lambda turns: parts_of(turns).get(key, ()))

    return {key: of_key(key) for key in keys}


INSTEAD = _turned(lambda t: t.instead)
WITHIN = _turned(lambda t: t.within)
THEIR_PAPERS = _turned(lambda t: t.their_papers)
ADDING = _turned(lambda t: t.adding)
WHOLE = _turned(lambda t: t.whole)
FURTHER = _turned(lambda t: t.further)
ALL_TOLD = _turned(lambda t: t.all_told)
PRONOUNS = _turned(lambda t: t.pronouns)
YEAR_ALONE = _turned(lambda t: t.year_alone)
FOLLOWING = _turned_by_key(lambda t: t.following)
PRECEDING = _turned_by_key(lambda t: t.preceding)
OF_TWO = _turned(lambda t: t.of_two)
