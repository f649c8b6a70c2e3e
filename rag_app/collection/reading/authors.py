"""Lists of authors -> names without affiliations, and how many more there are.

Knows: how names are joined, marked and cut short in lists. Does not know: where a list stands. The
names keep their order, each once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag_app.text.cleaning import clean_line

LONGEST_AUTHOR = 120  # characters; a list with a longer name is text
LONGEST_LIST = 20_000  # characters

_PLAIN = re.compile(r"[A-Za-z][A-Za-z.']*(?:[ -][A-Za-z][A-Za-z.']*)*")  # what cleaning leaves as it is
_UNNAMED = re.compile(r"\+\s?(\d{0,6})(?: more| others| authors)?$")
_OTHERS = re.compile(
    r"(?:,?\s*(?:and|&)\s+)?(?:(?P<n>\d{1,5}) (?:more|others|other authors|additional authors)|others\.?|many more)$"
    r"|(?:외|및)\s?(?P<k>\d{1,5})?\s?(?:명|인)?$|等(?:人)?$|(?:他|ほか)(?:\d{1,4}名)?$",
    re.IGNORECASE,
)
_ET_AL = re.compile(
    r"[,，]?\s{0,3}\b(?:et\.?\s?al\b\.?,?|và cộng sự|và các cộng sự)"
    r"|(?<=[^\s等])等(?:人)?\s{0,3}$|\s외(?:\s{0,3}\d{1,5}\s{0,3}[명인])?\s{0,3}$",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"\s{0,3}(?:\([^()]*+(?:\([^()]*+\)[^()]*+)*+\)|（[^（）]{0,300}）|\[\d[\d,\s]{0,60}\]|\{[^{}]{0,300}\}"
    r"|<sup>[^<>]{0,60}</sup>|\$\^[^$]{0,60}\$|[¹²³⁰⁴-⁹†‡∗★☆✉§¶]+)",
    re.IGNORECASE,
)
_MARK = re.compile(r"(?<=\w)[*†‡§¶#^]+(?=\s|,|$)")
_FOOTNOTE = re.compile(r"(?<=\w) ?\d{1,2}$")  # behind a name of several words: "Ada Kim1"
_WIKI = re.compile(r"\[\[([^\[\]|]*\|)?([^\[\]|]*)\]\]")
_AND = re.compile(r"\s?,?\s(?:and|&|und|y|et|và)\s|\s?(?:;|；|、|·|•|\|)\s?|，|,\s?(?:and|&)\s")
_UNKNOWN = re.compile(
    r"(?:[-–—?]+|n/?a|none|null|unknown|anonymous authors?|未知|匿名|없음|미상|不明|không rõ)\Z",
    re.IGNORECASE,
)
_NAME_LIKE = re.compile(
    r"(?:[^\W\d_][\w.'’‐-]*\.?\s+){1,5}[^\W\d_][\w.'’‐-]*|[\u4e00-\u9fff·]{2,5}|[\uac00-\ud7a3]{2,4}|[\u3040-\u30ff\u4e00-\u9fff]{2,7}\s?[\u3040-\u30ff\u4e00-\u9fff]{0,5}"
)


@dataclass(frozen=True, slots=True)
class Authors:
    """Names in order, each once, and how many more a "+N" or "et al." stands for (one at least)."""

    names: tuple[str, ...]
    unnamed: int = 0


def authors_of(value: str) -> Authors | None:
    """The authors that a field's value lists; None when a name is so long that the value is text."""
    if len(value) > LONGEST_LIST:
        return None
    parts = value.split(",") if value.isascii() and _is_simple(value) else _parts(value)
    if parts and max(map(len, parts)) > LONGEST_AUTHOR:
        return None
    names = [name for name in map(_clean, parts) if name and not _UNKNOWN.match(name)]
    unnamed = sum(map(_unnamed, names))
    named = dict.fromkeys(name for name in names if not _unnamed(name))
    if _ET_AL.search(value) and not unnamed:
        unnamed = 1
    return Authors(tuple(named), unnamed)


def authors_list(names: list[str]) -> Authors:
    """The authors of a list that is one already (front matter, JSON)."""
    cut = (_PLACE.sub("", _ET_AL.sub("", name)) for name in names if len(name) <= LONGEST_AUTHOR)
    plain = [name for name in map(_clean, cut) if name and not _UNKNOWN.match(name)]
    named = dict.fromkeys(name for name in plain if not _unnamed(name))
    unnamed = sum(map(_unnamed, plain)) or int(any(_ET_AL.search(name) for name in names))
    return Authors(tuple(named), unnamed)


def looks_like_names(text: str) -> bool:
    """Whether a text without a label can only be a list of authors: two names or more, or "et al.".

    Letters in every part, capitals at the ends of Latin ones, no sentence.
    """
    if not 5 <= len(text) <= LONGEST_LIST or text.rstrip().endswith(("。", "!", "?", ":", "：")):
        return False
    parts = [clean_line(part) for part in _parts(text)]
    parts = [part for part in parts if part and not _unnamed(part)]
    if not parts or (len(parts) < 2 and not _ET_AL.search(text)):
        return False
    return all(_is_name(part) for part in parts)


def _is_name(part: str) -> bool:
    if len(part) > 60 or not _NAME_LIKE.fullmatch(part):
        return False
    words = part.split()
    return not part.isascii() or (words[0][0].isupper() and words[-1][0].isupper() and not part.isupper())


def _is_simple(value: str) -> bool:
    """Whether commas alone divide the list, and nothing but names stands in it."""
    return not re.search(r"[(\[{$<;|*&]| and |\bet\b|\d", value)


def _parts(value: str) -> list[str]:
    plain = _WIKI.sub(lambda found: found[2] or "", value)
    if re.match(r"\s*\[\s*['\"]", plain):
        return re.findall(r"'([^'\n]*)'|\"([^\"\n]*)\"", plain) and [
            a or b for a, b in re.findall(r"'([^'\n]*)'|\"([^\"\n]*)\"", plain)
        ]
    plain = re.sub(r"!?\[([^\[\]]*)\]\([^()\s]*\)", r"\1", plain)
    plain = _MARK.sub("", _PLACE.sub("", plain))
    plain = _ET_AL.sub(" ", plain)
    if ";" in plain and re.search(r"[^;,]+,[^;,]+;", plain):  # "Last, First; Last, First"
        return [
            " ".join(reversed(part.split(",", 1))).strip() if part.count(",") == 1 else part
            for part in plain.split(";")
        ]
    return [piece for part in plain.split(",") for piece in _AND.split(part)]


def _clean(name: str) -> str:
    plain = name.strip()
    if _PLAIN.fullmatch(plain):
        return plain
    plain = clean_line(plain).strip(" ,;*_`")
    return _FOOTNOTE.sub("", plain) if " " in plain else "" if plain.isdigit() else plain


def _unnamed(name: str) -> int:
    """How many authors a part stands for that is no name: "+3", "and 5 others"; 0 for a name."""
    found = _UNNAMED.match(name)
    if found:
        return int(found[1] or 1)
    found = _OTHERS.match(name)
    return int(found["n"] or found["k"] or 1) if found else 0
