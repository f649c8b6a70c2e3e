"""The words of languages in Latin letters, as a dictionary lists them.

Knows: pyspellchecker and its word lists. Does not know: what digests say, or which words are names.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from rag_app.lang import LANGUAGES

if TYPE_CHECKING:
    from spellchecker import SpellChecker

# Share of all words from which one is ordinary: "expensive" has .00002, "mamba" and "llama" less than a
# hundredth of that.
COMMON = 2e-5


def is_word(word: str) -> bool:
    """Whether a word in small letters is one of a language."""
    return word in _words()


def is_common(word: str) -> bool:
    """Whether it is one that people use every day."""
    return float(_words().word_usage_frequency(word)) >= COMMON


@cache
def _words() -> SpellChecker:
    """Read in a sixth of a second, when a word is first looked for."""
    from spellchecker import SpellChecker

    return SpellChecker(language=[one.dictionary for one in LANGUAGES.values() if one.dictionary])
