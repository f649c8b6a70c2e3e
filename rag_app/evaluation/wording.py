"""What an answer says, for comparing: its own prose, folded text, and the share of Hangul.

Knows: quoted lines, citation markers, links, notations that do not change the meaning.
Does not know: questions, keys, scores.
"""

from __future__ import annotations

import re
import unicodedata

LINK = re.compile(r"\[([^\]]*)\]\((https?://[^)\s]+)\)")
MARKER = re.compile(r"\[\d+(?:\s*,\s*\d+)*\]")
ARXIV = re.compile(r"\b\d{4}\.\d{4,5}(?:v\d+)?\b")
HANGUL = re.compile(r"[가-힣]")
LATIN = re.compile(r"[A-Za-z]")


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


def hangul_share(text: str) -> tuple[float, int]:
    """The share of Hangul among the Hangul and Latin letters of a text, and how many those are."""
    hangul, latin = len(HANGUL.findall(text)), len(LATIN.findall(text))
    return hangul / max(hangul + latin, 1), hangul + latin
