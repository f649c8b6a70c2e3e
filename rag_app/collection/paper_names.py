"""The names that papers go by.

Knows: where a paper's names stand (titles, the method before the colon, name-shaped words a title or a
digest introduces), how names are spelled, and which words are of the field and name no paper.
Does not know: questions, or how people misspell names (`name_book`).
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from rag_app.lang import other_scripts
from rag_app.records import Paper
from rag_app.text import maths, sentences

_S = other_scripts()  # a particle written to a name is no part of it


def _token(joining: str) -> re.Pattern[str]:
    """A word that may be a name, of parts that these signs join."""
    return re.compile(rf"[^\W\d_{_S}][^\W_{_S}]*(?:[{joining}][^\W_{_S}]+)*\+{{0,2}}|\d+[^\W_{_S}]*")


TOKEN = _token("-+.^'/")
SIDE = _token("-+.^'")  # of "LoRA/QLoRA"
# Mixed case after the first letter, letters with digits, or capitals only: how models and data sets
# are spelled.
SHAPED = re.compile(
    r"^(?=.*[A-Za-z])(?:.*[a-z0-9^-].*[A-Z].*|.*[A-Z].*\d.*|.*[a-z]\d.*|[A-Z]{2}[A-Z0-9-]*s?\+{0,2})$"
)
# A name of one word that stands behind what it is: "음성 모델 Whisper를".
DECLINED = re.compile(rf"(?<=[{_S}] )([A-Z][a-z]+)(?=[{_S}])")
HEAD_END = re.compile(
    r"\s(?:for|with|via|in|of|as|on|from|to|by|through|is|are|using|towards?)\s", re.IGNORECASE
)
_SEPARATING = re.compile(r"[^a-z0-9]+")

# Behind the colon of a title: what stands before it is a topic then, "GUI Agents: A Survey".
SURVEY = re.compile(r"\s*(?:an?\s)?(?:[\w-]+\s){0,2}(?:survey|review|tutorial)\b", re.IGNORECASE)
REPORT = re.compile(r"\s(?:(?:technical |evaluation )?report|(?:system|model) card)$", re.IGNORECASE)
LONGEST_NAME, LONGEST_SIDE = 5, 2  # words, of a head and of each of two in it
COMMON = 30  # papers: a word found in more of them is a word of the field, not a name
SHARED = 3  # papers: a name that fits more of them names none
ARTICLES = ("A ", "An ", "The ")
TITLE_HEAD, IN_TITLE, IN_TEXT = 3, 2, 1  # how firmly a name belongs to its paper


def fold(text: str) -> str:
    """A spelling reduced to what people agree on: no case, accents, punctuation, spaces or marks of TeX, and
    Greek letters by their names.
    """
    text = maths.typed(text)
    if text.isascii():  # most are; ten times as fast
        return _SEPARATING.sub("", text.lower())
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(maths.SPELLED)
    return "".join(c for c in plain if c.isalnum())


def shaped(word: str) -> bool:
    """Whether a word is spelled like the name of a method, model or data set."""
    return len(word) > 1 and SHAPED.match(word) is not None


@dataclass(frozen=True, slots=True)
class Name:
    """One spelling that names papers; `papers` has the firmest owner first."""

    spelling: str
    papers: tuple[str, ...]
    firmness: int  # TITLE_HEAD, IN_TITLE or IN_TEXT, of the firmest owner
    found_in: int  # papers whose text holds this very spelling
    folded_in: int  # papers whose text holds it in any spelling


def mine(papers: Sequence[Paper]) -> list[Name]:
    """Every name the papers go by."""
    owners: dict[str, dict[str, int]] = defaultdict(dict)
    found_in: Counter[str] = Counter()
    folded: list[set[str]] = []  # of each paper, its words
    words_of = [Counter(TOKEN.findall(text_of(paper))) for paper in papers]
    for words in words_of:
        found_in.update(words.keys())
        folded.append({fold(word) for word in words})
    for paper, words in zip(papers, words_of, strict=True):
        for name, firmness in _names_of(paper, words, found_in):
            owners[name].setdefault(paper.arxiv_id, firmness)  # firmest comes first
    apart = _in_two_words([name for name in owners if "-" in name], papers)
    folded_in = Counter(key for words, pairs in zip(folded, apart, strict=True) for key in words | pairs)
    settled = (_settle(name, of, found_in[name], folded_in[fold(name)]) for name, of in owners.items())
    return [name for name in settled if name]


def _in_two_words(hyphenated: Sequence[str], papers: Sequence[Paper]) -> Iterator[set[str]]:
    """For each paper, the folded names with a hyphen that it writes as two words: a title's "KV-Cache" is a
    term of the field wherever others write "KV cache".
    """
    keys = {fold(name) for name in hyphenated}
    first = {fold(name.partition("-")[0]) for name in hyphenated}
    for paper in papers:
        tokens = [token.casefold() for token in TOKEN.findall(text_of(paper))]
        beginning = (place for place, token in enumerate(tokens[:-1]) if token in first)
        yield {fold(tokens[place] + tokens[place + 1]) for place in beginning} & keys


def _settle(spelling: str, firmness_of: dict[str, int], found_in: int, folded_in: int) -> Name | None:
    """The name a spelling makes, or None for a word of the field."""
    firmest = max(firmness_of.values())
    most = {TITLE_HEAD: math.inf, IN_TITLE: COMMON, IN_TEXT: SHARED}[firmest]
    if (found_in if shaped(spelling) else folded_in) > most or len(fold(spelling)) < 2:
        return None
    papers = sorted(firmness_of, key=lambda arxiv_id: -firmness_of[arxiv_id])
    if len(papers) > SHARED:
        papers = [p for p in papers if firmness_of[p] == firmest]
    return Name(spelling, tuple(papers), firmest, found_in, folded_in)


def _names_of(paper: Paper, words: Counter[str], found_in: Counter[str]) -> Iterator[tuple[str, int]]:
    """(name, firmness) of one paper, firmest first; `words` are its own, `found_in` says how many papers
    have each.
    """
    title = maths.typed(paper.title)
    yield title, TITLE_HEAD
    head, colon, rest = title.partition(":")
    if colon and len(head.split()) <= LONGEST_NAME and not (" " in head.strip() and SURVEY.match(rest)):
        yield head.strip(), TITLE_HEAD
    start = HEAD_END.split(head, maxsplit=1)[0]
    if start != head and 2 <= len(start.split()) <= 3 and _looks_like_a_name(start, paper.title, found_in):
        yield start, TITLE_HEAD
    if colon:
        yield from ((side, TITLE_HEAD) for side in _sides(head) if _is_spelled_like_a_name(side, found_in))
    if colon and (len(rest.split()) >= 3 or _spells(head, rest)):
        yield rest.strip(), IN_TITLE
    for word in TOKEN.findall(title):
        if shaped(word):
            yield word, IN_TITLE
    presented = _presented(paper)
    for word, count in words.items():
        if shaped(word) or word in presented or (count >= 2 and word[0].isupper() and word.isalpha()):
            yield word, IN_TEXT


def beginnings(title: str) -> Iterator[str]:
    """What a paper may be called by the beginning of its title: "KAN" before the colon, "Gemma 3" of a
    technical report, "Mixtral" of experts.
    """
    head, _, rest = title.partition(":")
    plain = REPORT.sub("", head.strip())
    if plain != title and len(plain.split()) <= LONGEST_NAME and not SURVEY.match(rest):
        yield plain
    first, of, _ = title.partition(" of ")
    if of and " " not in first:
        yield first


def openings(title: str) -> Iterator[str]:
    """Beginnings that are topics rather than names, unless a question says that a paper is meant: "3D
    Reconstruction with …", "GUI Agents: A Survey".
    """
    head, _, rest = title.partition(":")
    if SURVEY.match(rest):
        yield head.strip()
    start = HEAD_END.split(head, maxsplit=1)[0]
    if start != head and len(start.removeprefix("The ").split()) > 1:
        yield start


def _looks_like_a_name(start: str, title: str, found_in: Counter[str]) -> bool:
    """Whether a word of a title's beginning is spelled like a name, and is none of the field ("3D
    Reconstruction"), or has a formula: "Learning $k$-means".
    """
    return _is_spelled_like_a_name(start, found_in) or not title.startswith((start, *ARTICLES))


def _is_spelled_like_a_name(words: str, found_in: Counter[str]) -> bool:
    named = (word for word in re.split(r"[\s-]", words) if shaped(word))
    return any(found_in[word] <= COMMON for word in named)


def _sides(head: str) -> Iterator[str]:
    """The two that a title's head is about: "StarCoder 2 and The Stack v2"."""
    sides = [side.removeprefix("The ") for side in re.split(r" (?:and|&) ", head.strip())]
    if len(sides) == 2:
        yield from (side for side in sides if len(side.split()) <= LONGEST_SIDE)


def _spells(head: str, rest: str) -> bool:
    """Whether the head is the initials of the rest: "KAN: Kolmogorov-Arnold Networks"."""
    words = re.findall(r"[^\W_]+", rest)
    return len(words) > 2 and fold(head) == fold("".join(word[0] for word in words))


def _presented(paper: Paper) -> set[str]:
    """Capitalized words that the first sentence of a digest in another script declines: "모델 Whisper를"."""
    text = next((section.text for section in paper.sections), "")
    first = next((text[start:end] for start, end in sentences.split(text)), "")
    return {match[1] for match in DECLINED.finditer(first)}


def save(names: Sequence[Name], file: Path) -> None:
    rows = [astuple(name) for name in names]
    file.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")


def text_of(paper: Paper) -> str:
    """The title and all sections of a paper, in which its names stand, with formulas as one types them."""
    return maths.typed("\n".join([paper.title, *(section.text for section in paper.sections)]))
