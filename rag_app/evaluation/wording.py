"""What an answer says, for comparing: its own prose, folded text, and its language.

Knows: quoted lines, citation markers, links, notations that do not change the meaning.
Does not know: questions, keys, scores.
"""

from __future__ import annotations

import re
import unicodedata

from rag_app.lang import LANGUAGES, count_letters, language_of, other_scripts

OWN_SHARE = 0.3  # of letters, from which a text is in a language that is not written in Latin ones
LINK = re.compile(r"\[([^\]]*)\]\((https?://[^)\s]+)\)")
MARKER = re.compile(r"\[\d+(?:\s*,\s*\d+)*\]")
ARXIV = re.compile(r"\b\d{4}\.\d{4,5}(?:v\d+)?\b")


def prose(text: str) -> str:
    """An answer without its quotations, the lines that start with `>`: those are the digest's words."""
    return "\n".join(line for line in text.split("\n") if not line.lstrip().startswith(">"))


def folded(text: str) -> str:
    """A text in which width, case and spacing make no difference."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def says(text: str, wanted: str) -> bool:
    """Whether a folded text says `wanted`; a number does not stand inside a longer one."""
    wanted = folded(wanted)
    before = r"(?<![\d.,])" if wanted[:1].isdigit() else ""
    after = r"(?!\d|[.,]\d)" if wanted[-1:].isdigit() else ""
    return bool(re.search(f"{before}{re.escape(wanted)}{after}", text))


def in_language(text: str, lang: str, *, few_letters: int, most_of_others: float) -> bool:
    """Whether a text is in a language, as far as its letters tell: English holds at most
    `most_of_others` of letters that are not Latin, another language enough of its own, since names
    and terms stay in Latin ones. Of fewer than `few_letters` the language cannot be told.
    """
    letters = sum(c.isalpha() for c in text)
    if letters < few_letters:
        return True
    if lang == next(iter(LANGUAGES)):
        return count_letters(text, other_scripts()) <= most_of_others * letters
    own = count_letters(text, LANGUAGES[lang].script)
    return own >= OWN_SHARE * letters and language_of(text) == lang
