"""Text -> terms: the words and morphemes that texts are searched and compared by.

Knows: Kiwi, which takes Korean apart into morphemes, how English words are folded and what stem their
forms share, and that Chinese and Japanese, which have no blanks, are searched by pairs of characters
(bigrams, as Lucene's CJKAnalyzer does). Does not know: papers, scores.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from itertools import groupby
from threading import Lock
from typing import TYPE_CHECKING, Any

from rag_app.lang import LANGUAGES

if TYPE_CHECKING:
    from kiwipiepy import Kiwi, Token

# Texts -> terms of each, which do not depend on the other texts.
Analyse = Callable[[Sequence[str]], Iterable[list[str]]]

NOUN_TAGS = frozenset({"NNG", "NNP", "XPN", "XSN", "XR"})
CONTENT_TAGS = frozenset({"NNG", "NNP", "NR", "XR", "VV", "VA", "MAG"})
WORD = re.compile(
    r"[A-Za-zÀ-ÖØ-öø-ɏ][A-Za-zÀ-ÖØ-öø-ɏ0-9]*(?:[-+.'][A-Za-zÀ-ÖØ-öø-ɏ0-9]+)*\+?|\d+(?:[.,]\d+)*"
)
CLITIC = re.compile(r"'(?:s|m|d|t|re|ve|ll)$")
STOP_WORDS = frozenset[str]().union(*(one.stop_words for one in LANGUAGES.values()))
# A run of Han characters, or of katakana, which spells a loan word. Hiragana holds particles and
# endings, so it is left out.
HAN, KATAKANA = re.compile(r"[一-鿿々]+"), re.compile(r"[ァ-ヺー]{2,}")
HANGUL = re.compile("[가-힣]")
# Without the names from Wikidata: those of several words would be terms that none of their words finds,
# and take 180 MB; those of one word (places, people, schools) are not what digests speak of, and take half a
# second at each start and 70 MB.
DICTIONARIES = {"load_multi_dict": False, "load_default_dict": False}
_STEMMING = Lock()  # the stemmer keeps the word it is at


def fold_word(word: str) -> str:
    """An English word as a term: lower case, no accents, no "'s" and the like, regular plural removed."""
    word = CLITIC.sub("", word.casefold())
    if not word.isascii():
        word = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


@cache
def stem(word: str) -> str:
    """The stem of an English word, which its forms share: "generate", "generation" and "generative" have one.

    Source: Porter2, https://snowballstem.org/algorithms/english/stemmer.html
    """
    with _STEMMING:
        return str(_stemmer().stemWord(word))


@cache
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("english")


@cache
def _kiwi() -> Kiwi:
    from kiwipiepy import Kiwi

    return Kiwi(num_workers=2, **DICTIONARIES)


def morphemes(texts: Sequence[str]) -> Iterable[list[str]]:
    """Content morphemes of each text, in order: nouns, roots, stems of verbs and adjectives.

    Kiwi, which takes a second and 300 MB to load, is asked about texts that hold any.
    """
    asked = [text for text in texts if not _has_none(text)]
    analysed = iter(_kiwi().tokenize(asked) if asked else ())
    for text in texts:
        tokens = () if _has_none(text) else next(analysed)
        yield list(_with_prefixes(tokens))


def _with_prefixes(tokens: Sequence[Token]) -> Iterator[str]:
    """The content morphemes, each with the prefix that makes another word of it: "재구성" is no "구성", and
    "비지도" the contrary of "지도".
    """
    prefix, end = "", -1
    for token in tokens:
        tag = token.tag.split("-")[0]
        if tag in CONTENT_TAGS:
            own = prefix if end == token.start else ""
            yield f"{own}{token.form}".casefold()
        prefix, end = (token.form, token.start + token.len) if tag == "XPN" else ("", -1)


@dataclass(frozen=True, slots=True)
class Tagged:
    """A morpheme or sign with its part of speech (a tag of Kiwi) and its place in the text."""

    form: str
    tag: str
    start: int
    end: int


def tagged(text: str) -> list[Tagged]:
    """Every morpheme and sign of a text, in order."""
    return [Tagged(t.form, t.tag.split("-")[0], t.start, t.end) for t in _kiwi().tokenize(text)]


def nouns(text: str) -> list[tuple[tuple[int, int], list[str]]]:
    """(place, its nouns) of each Korean word of nouns and particles alone, without the particles and what is
    written behind them in other letters: "스프레드시트" of "스프레드시트LLM은".
    """
    if _has_none(text):
        return []
    found = []
    for _, group in groupby(_kiwi().tokenize(text), key=lambda token: token.word_position):
        tokens = list(group)
        end = next((at for at, token in enumerate(tokens) if token.tag[0] in "JS"), len(tokens))
        named, behind = tokens[:end], tokens[end:]
        plain = all(token.tag in NOUN_TAGS for token in named) and all(t.tag[0] in "JS" for t in behind)
        if named and plain:
            place = named[0].start, named[-1].start + named[-1].len
            found.append((place, [token.form.casefold() for token in named]))
    return found


def only_nouns(text: str) -> str:
    """A text without its Korean words that are no nouns: a verb stands before what it tells of, too."""
    return text if _has_none(text) else " ".join(text[start:end] for (start, end), _ in nouns(text))


def _has_none(text: str) -> bool:
    """Whether a text holds no Korean morpheme, which Kiwi may take a number or a sign for."""
    return not HANGUL.search(text)


def words(text: str) -> list[str]:
    """English words and numbers of a text as terms; a compound gives itself and its parts."""
    terms = []
    for match in WORD.finditer(text):
        terms.append(fold_word(match[0]))
        parts = re.split(r"[-+.']", match[0])
        if len(parts) > 1 and not match[0][0].isdigit():
            terms += [fold_word(part) for part in parts if len(part) > 1]
    return terms


def bigrams(text: str) -> list[str]:
    """Pairs of neighbouring Han characters, single ones that stand alone, and katakana words."""
    terms: list[str] = []
    for run in HAN.findall(text):
        terms += [run[at : at + 2] for at in range(max(1, len(run) - 1))]
    return terms + KATAKANA.findall(text)


def terms_of(texts: Sequence[str], analyse: Analyse = morphemes) -> list[list[str]]:
    """Terms of each text: Korean morphemes, Chinese and Japanese bigrams, then English words and numbers."""
    return [korean + bigrams(text) + words(text) for text, korean in zip(texts, analyse(texts), strict=True)]


def analysis_version() -> str:
    """All that the morphemes of a text depend on."""
    return f"kiwipiepy {version('kiwipiepy')}, {DICTIONARIES}, {' '.join(sorted(CONTENT_TAGS))}, prefixes, bigrams"
