"""Languages of questions and answers, one module each; this one tells which language a text is in."""

from __future__ import annotations

import re

HANGUL = re.compile(r"[가-힣]")


def language_of(question: str) -> str:
    """ "ko" for a question with a fair share of Hangul, else "en" (a third language is answered in
    English).
    """
    hangul = len(HANGUL.findall(question))
    return "ko" if hangul and hangul >= 0.15 * sum(c.isalpha() for c in question) else "en"
