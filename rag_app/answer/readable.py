"""What a reader makes of a sentence in a language he does not read.

Knows: names, terms in Latin letters and figures. Does not know: what the sentence says of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from rag_app.collection.paper_names import shaped
from rag_app.lang import LANGUAGES, language_of
from rag_app.text.cleaning import clean_line
from rag_app.text.numbers import NUMBER, measured, rescaled

LATIN = "A-Za-z"  # the script of such terms
NAME = rf"[{LATIN}][{LATIN}0-9.+-]*"
ADDRESS = r"https?:\S+?(?=[).,]*(?:[가-힣\s]|$))"
NUMBERED = rf"\d(?:[A-Z]{{2,}}[{LATIN}0-9]*|D\b)"  # a name that a digit begins: "3DGS"


def names_and_figures(text: str, language: str) -> list[str]:
    """Those of a sentence, in order and each once, figures with their scales and what they count as
    `language` writes them.

    Where the sentence itself is in Latin letters, a name is a word that is shaped like one.
    """
    plain = measured(rescaled(clean_line(text), language), language)
    found = [match[0].strip().rstrip(".,") for match in _part(language).finditer(plain)]
    if LANGUAGES[language_of(text)].script == LATIN:
        found = [word for part in found for word in _names(part)]
    return list(dict.fromkeys(filter(None, found)))


def telling(parts: Sequence[str]) -> list[str]:
    """Those that answer a question for a figure: figures, and the names they may belong to."""
    return [part for part in parts if NUMBER.search(part) or any(map(shaped, part.split()))]


@cache
def _part(language: str) -> re.Pattern[str]:
    """A figure with what it counts, or a term of words in a row; a number that begins a name ("3D") stays a
    part of it.
    """
    words = (word.strip() for word, _ in LANGUAGES[language].numbers.measures.values())
    counted = "|".join(f"{word}?" if word.endswith("s") else word for word in words)
    figure = rf"(?<!-){NUMBER.pattern}\s?(?:{counted})?"
    return re.compile(rf"{ADDRESS}|(?:{NAME}|{NUMBERED})(?: {NAME})*|{figure}|\d[\d,.]*[{LATIN}]+")


def _names(part: str) -> list[str]:
    """A figure as it is; of words in a row those that are names."""
    return [part] if NUMBER.match(part) else [word for word in part.split() if shaped(word)]
