"""What a reader makes of a sentence in a language he does not read.

Knows: names, terms in Latin letters and figures. Does not know: what the sentence says of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag_app.collection.paper_names import shaped
from rag_app.lang import LANGUAGES, language_of
from rag_app.text.cleaning import clean_line
from rag_app.text.numbers import NUMBER, rescaled

LATIN = "A-Za-z"  # the script of such terms
NAME = rf"[{LATIN}][{LATIN}0-9.+-]*"
# Words in a row are one term; a number that begins a name ("3D") stays a part of it.
NUMBERED = rf"\d(?:[{LATIN}]{{2,}}[{LATIN}0-9]*|D\b)"
PART = re.compile(rf"(?:{NAME}|{NUMBERED})(?: {NAME})*|(?<!-){NUMBER.pattern}|\d[\d,.]*[{LATIN}]+")


def names_and_figures(text: str, language: str) -> list[str]:
    """Those of a sentence, in order and each once, figures with their scales as `language` writes them.

    Where the sentence itself is in Latin letters, a name is a word that is shaped like one.
    """
    found = [match[0].strip().rstrip(".,") for match in PART.finditer(rescaled(clean_line(text), language))]
    if LANGUAGES[language_of(text)].script == LATIN:
        found = [word for part in found for word in _names(part)]
    return list(dict.fromkeys(filter(None, found)))


def telling(parts: Sequence[str]) -> list[str]:
    """Those that answer a question for a figure: figures, and the names they may belong to."""
    return [part for part in parts if NUMBER.search(part) or any(map(shaped, part.split()))]


def _names(part: str) -> list[str]:
    """A figure as it is; of words in a row those that are names."""
    return [part] if NUMBER.match(part) else [word for word in part.split() if shaped(word)]
