"""Languages of questions and answers: one package each, and what tells and joins them.

Knows: which languages there are, and in which one a text is. Does not know: what is done with their
words. A new language is one package with a `LANGUAGE` and its place in `LANGUAGES`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache

from rag_app.lang import en, ja, ko, zh
from rag_app.lang.language import Language

# In this order their alternatives stand in a joined pattern, and scripts are looked for: Japanese
# before Chinese, whose letters it has too. The first also answers questions in a language that is
# not here.
LANGUAGES: dict[str, Language] = {
    one.code: one for one in (en.LANGUAGE, ko.LANGUAGE, ja.LANGUAGE, zh.LANGUAGE)
}


def language_of(text: str) -> str:
    """The code of the first language that has a fair share of the text's letters, else of English."""
    default, *others = LANGUAGES.values()
    letters = sum(c.isalpha() for c in text)
    for one in others:
        own = count_letters(text, one.own_letters or one.script)
        if own and own >= one.fair_share * letters:
            return one.code
    return default.code


def reads_as(text: str, code: str) -> bool:
    """Whether readers of a language can read all of a text: it is in that language, and where that is
    written in Latin letters none of its letters are others.
    """
    if language_of(text) != code:
        return False
    return code != next(iter(LANGUAGES)) or not count_letters(text, other_scripts())


def count_letters(text: str, script: str) -> int:
    """How many letters of a script the text has."""
    return len(_letters(script).findall(text))


@cache
def _letters(script: str) -> re.Pattern[str]:
    return re.compile(f"[{script}]")


def alternatives(parts_of: Callable[[Language], Iterable[str]]) -> str:
    """One regular expression of what each language gives, in their order."""
    # what no language gives matches nothing
    return "|".join(part for one in LANGUAGES.values() for part in parts_of(one)) or "(?!)"


def other_scripts() -> str:
    """The letters of languages that are not written in Latin ones, as the inside of a character
    class: these may follow a Latin name or word without a blank, and are no part of it.
    """
    _, *others = LANGUAGES.values()
    return "".join(one.script for one in others)
