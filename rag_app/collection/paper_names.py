"""The names of papers, and finding them in a question in whatever spelling.

Knows: which names papers go by (titles, the method before the colon, name-shaped words a title or
a digest introduces), how people misspell them, and which name-shaped words of a question belong
to no paper.
Does not know: intents, filters, retrieval.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from rag_app import json_files
from rag_app.lang import other_scripts
from rag_app.records import Paper
from rag_app.text import maths, sentences, transliteration

_S = other_scripts()  # a particle written to a name is no part of it


def _token(joining: str) -> re.Pattern[str]:
    """A word that may be a name, of parts that these signs join."""
    return re.compile(rf"[^\W\d_{_S}][^\W_{_S}]*(?:[{joining}][^\W_{_S}]+)*\+?|\d+[^\W_{_S}]*")


TOKEN = _token("-+.^'/")
SIDE = _token("-+.^'")  # of "LoRA/QLoRA"
# Mixed case after the first letter, letters with digits, or capitals only: how models and data sets
# are spelled.
SHAPED = re.compile(
    r"^(?=.*[A-Za-z])(?:.*[a-z0-9^-].*[A-Z].*|.*[A-Z].*\d.*|.*[a-z]\d.*|[A-Z]{2}[A-Z0-9-]*s?\+?)$"
)
# A name of one word that stands behind what it is: "음성 모델 Whisper를".
DECLINED = re.compile(rf"(?<=[{_S}] )([A-Z][a-z]+)(?=[{_S}])")
HEAD_END = re.compile(
    r"\s(?:for|with|via|in|of|as|on|from|to|by|through|is|are|using|towards?)\s", re.IGNORECASE
)
_SEPARATING = re.compile(r"[^a-z0-9]+")
ARXIV_ID = re.compile(
    r"(?:(?:https?://)?(?:www\.)?arxiv(?:\.org)?[:/ ]*(?:abs/|pdf/)?)?(?<![\d.])(\d{4}\.\d{4,5})(?:v\d+)?(?!\d)",
    re.IGNORECASE,
)

LONGEST_NAME = 5  # words
COMMON = 30  # papers: a word found in more of them is a word of the field, not a name
RARE = 6  # papers: a word found in no more of them may be typed without its capitals
SHARED = 3  # papers: a name that fits more of them names none
LONGEST_TITLE = 30  # words
ARTICLES = ("A ", "An ", "The ")
SIZE = re.compile(r"\d+(?:\.\d+)?[BMKTbmkt]?")  # "405B" is a size, not a name
SIZE_SUFFIX = re.compile(r"\d+(?:\.\d+)?[BMKTbmkt]|[Bb]ase|[Ll]arge|[Ss]mall|[Tt]iny|[Ii]nstruct|[Cc]hat")
NUMBER = re.compile(r"\d+")
SHORTEST_TYPO, LONG_TYPO = 5, 8  # letters of a name from which one wrong letter, and `TYPOS`, are forgiven
TYPOS = 2
FEW_WORDS = 4  # of a question: "tell me about zebra" can only mean a name
BEGINNING = re.compile(r"(?:^|[.!?:;]\s)[\s\"'“‘(]*$")  # of a sentence, up to its first word
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


@dataclass(frozen=True, slots=True)
class Mention:
    """A place of a question that names a paper; several papers where the name is shared."""

    typed: str
    span: tuple[int, int]
    papers: tuple[str, ...]
    firmness: int = 3
    taken_for: str = ""  # the name, where `typed` was not spelled like it


@dataclass(frozen=True, slots=True)
class Named:
    """What a question names, in the order of the question."""

    mentions: tuple[Mention, ...] = ()
    unknown: tuple[str, ...] = ()  # name-shaped words and ids that no paper has


def mine(papers: Sequence[Paper]) -> list[Name]:
    """Every name the papers go by."""
    owners: dict[str, dict[str, int]] = defaultdict(dict)
    found_in: Counter[str] = Counter()
    folded: list[set[str]] = []  # of each paper, its words
    for paper in papers:
        words = Counter(TOKEN.findall(text_of(paper)))
        found_in.update(words.keys())
        folded.append({fold(word) for word in words})
        for name, firmness in _names_of(paper, words):
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


def _names_of(paper: Paper, words: Counter[str]) -> Iterator[tuple[str, int]]:
    """(name, firmness) of one paper, firmest first."""
    title = maths.typed(paper.title)
    yield title, TITLE_HEAD
    head, colon, rest = title.partition(":")
    if colon and len(head.split()) <= LONGEST_NAME:
        yield head.strip(), TITLE_HEAD
    start = HEAD_END.split(head, maxsplit=1)[0]
    if start != head and 2 <= len(start.split()) <= 3 and _looks_like_a_name(start, paper.title):
        yield start, TITLE_HEAD
    if colon and len(rest.split()) >= 3:
        yield rest.strip(), IN_TITLE
    for word in TOKEN.findall(title):
        if shaped(word):
            yield word, IN_TITLE
    presented = _presented(paper)
    for word, count in words.items():
        if shaped(word) or word in presented or (count >= 2 and word[0].isupper() and word.isalpha()):
            yield word, IN_TEXT


def _looks_like_a_name(start: str, title: str) -> bool:
    """Whether a word of a title's beginning is spelled like a name or has a formula: "Learning $k$-means"."""
    return any(map(shaped, re.split(r"[\s-]", start))) or not title.startswith((start, *ARTICLES))


def _presented(paper: Paper) -> set[str]:
    """Capitalized words that the first sentence of a digest in another script declines: "모델 Whisper를"."""
    text = next((section.text for section in paper.sections), "")
    first = next((text[start:end] for start, end in sentences.split(text)), "")
    return {match[1] for match in DECLINED.finditer(first)}


def save(names: Sequence[Name], file: Path) -> None:
    rows = [astuple(name) for name in names]
    file.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")


class NameBook:
    """The dictionary of names, opened for reading."""

    def __init__(self, names: Sequence[Name]) -> None:
        self._spelled = {name.spelling: name for name in names}
        self._folded: dict[str, list[Name]] = defaultdict(list)
        for name in names:
            self._folded[fold(name.spelling)].append(name)
        # Typos are looked for in short, rare names only; whole titles are found by their words.
        self._fuzzy = [
            key
            for key, group in self._folded.items()
            if 4 <= len(key) <= 40
            and max(n.firmness for n in group) > IN_TEXT
            and group[0].folded_in <= COMMON
        ]

    @classmethod
    def load(cls, file: Path) -> NameBook:
        rows = json_files.read(file)
        return cls([Name(spelling, tuple(papers), *rest) for spelling, papers, *rest in rows])

    def find(self, text: str, is_word: Callable[[str], bool], exists: Callable[[str], bool]) -> Named:
        """Papers that `text` names, by arXiv id, exact name or likely misspelling.

        `is_word(word)`: the collection's texts use the word; `exists(id)`: a paper of that id is
        here.
        """
        ids = list(ARXIV_ID.finditer(text))
        mentions = [Mention(m[0], m.span(), (m[1],)) for m in ids if exists(m[1])]
        unknown = [m[1] for m in ids if not exists(m[1])]
        tokens = [t for t in self._tokens(text) if not any(m.start() <= t.start() < m.end() for m in ids)]
        loose = _names_stand_alone(text, tokens)
        mentions += self._exact(text, tokens, loose)
        for token in tokens:
            if any(m.span[0] <= token.start() < m.span[1] for m in mentions):
                continue
            guess = self._guess(token, is_word, loose)
            if guess:
                mentions.append(guess)
            elif _is_unknown(token[0], is_word) and _is_unknown(_whole(text, token), is_word):
                unknown.append(token[0])
        mentions.sort(key=lambda mention: mention.span)
        return Named(tuple(mentions), tuple(dict.fromkeys(unknown)))

    def _tokens(self, text: str) -> Iterator[re.Match[str]]:
        """The words of a text; what a stroke joins are two, unless they are a name together."""
        for token in TOKEN.finditer(text):
            # "Llama-3/3.1" and "CIFAR-10/100" have one name.
            if re.search(r"/[^\W\d]", token[0]) and fold(token[0]) not in self._folded:
                yield from SIDE.finditer(text, *token.span())
            else:
                yield token

    def nearest(self, spelling: str, limit: int = 3) -> list[Name]:
        """Names spelled most like `spelling`, best first (for "did you mean")."""
        from rapidfuzz import fuzz, process

        hits = process.extract(fold(spelling), self._fuzzy, scorer=fuzz.WRatio, limit=limit, score_cutoff=60)
        return [self._folded[key][0] for key, _, _ in hits]

    def _exact(self, text: str, tokens: Sequence[re.Match[str]], loose: bool) -> Iterator[Mention]:
        """Names spelled out, longest first; a place is used once."""
        at, other = 0, _in_another_script(text)
        while at < len(tokens):
            for end in range(min(len(tokens), at + LONGEST_TITLE), at, -1):
                span = tokens[at].start(), tokens[end - 1].end()
                typed = text[slice(*span)]
                # The first word of a sentence has a capital whatever it means.
                begins = typed.istitle() and not other and bool(BEGINNING.search(text, 0, span[0]))
                names = self._named_by(typed[0].lower() + typed[1:] if begins else typed, loose or begins)
                if names:
                    yield Mention(typed, span, _papers(names), max(name.firmness for name in names))
                    at = end - 1
                    break
            at += 1

    def _named_by(self, typed: str, loose: bool) -> list[Name]:
        """The names a spelling stands for, if it counts as a name as typed; few papers, or none.

        `loose`: a word without capitals may be a name.
        """
        if SIZE.fullmatch(typed) or not re.search(r"[^\W\d]", typed):
            return []
        group = self._folded.get(fold(typed), [])
        exact = self._spelled.get(typed)
        if exact and exact.firmness == IN_TEXT and any(name.firmness == TITLE_HEAD for name in group):
            exact = None  # another paper only writes the name of this one in its own way
        if exact and len(exact.papers) <= SHARED and _counts_exactly(exact):
            return [exact]
        if _is_plain(typed) and not (loose or any(_is_mixed(name.spelling) for name in group)):
            return []
        if len(_papers(group)) > SHARED:  # the others only write of it
            group = [name for name in group if name.firmness == TITLE_HEAD]
        if not group or len(_papers(group)) > SHARED or not _counts_loosely(typed, group):
            return []
        return group

    def _guess(self, token: re.Match[str], is_word: Callable[[str], bool], loose: bool) -> Mention | None:
        """The name a word was probably meant to be: a known name of another size, or a likely typo."""
        typed = token[0]
        name, _, size = typed.rpartition("-")
        names = self._named_by(name, loose) if SIZE_SUFFIX.fullmatch(size) and shaped(typed) else []
        ordinary = typed.isalpha() and typed[1:].islower()  # as most words are written
        if not names and len(fold(typed)) >= SHORTEST_TYPO + ordinary and not is_word(typed):
            alike = self._folded.get(self._closest(fold(typed)), [])
            firm = not ordinary or (typed[0].isupper() and len(typed) >= LONG_TYPO)
            names = [one for one in alike if firm or _is_mixed(one.spelling)]
        if not names:
            return None
        return Mention(typed, token.span(), _papers(names), names[0].firmness, names[0].spelling)

    def sounding_like(self, sounds: str) -> list[tuple[str, list[Name]]]:
        """(folded spelling, its names) of title heads with these consonants (`text.transliteration`)."""
        return [(key, self._folded[key]) for key in self._by_sound.get(sounds, ())]

    @cached_property
    def _by_sound(self) -> dict[str, list[str]]:
        """Names of title heads by their consonants."""
        by_sound = defaultdict(list)
        for key in self._fuzzy:
            if any(name.firmness == TITLE_HEAD for name in self._folded[key]):
                by_sound[transliteration.sounds(key)].append(key)
        return by_sound

    @lru_cache(maxsize=1024)  # noqa: B019 - a name book lives as long as its snapshot
    def _closest(self, key: str) -> str:
        """The name that differs by the fewest letters, if by few: one that is left out, added, wrong or has
        changed places with its neighbour counts one. The first letter is rarely wrong.
        """
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        alike = process.extract(key, self._fuzzy, scorer=OSA.distance, score_cutoff=TYPOS, limit=8)
        most = 1 if len(key) < LONG_TYPO else TYPOS
        near = [
            (distance, name) for name, distance, _ in alike
            # Another number is another model.
            if distance <= most and name[0] == key[0] and NUMBER.findall(name) == NUMBER.findall(key)
        ]  # fmt: skip
        best = min(near, default=(0, ""))[1]
        return best if best and len(_papers(self._folded[best])) <= SHARED else ""


def _papers(names: Sequence[Name]) -> tuple[str, ...]:
    """The papers of several spellings, firmest owners first."""
    ordered = sorted(names, key=lambda name: -name.firmness)
    return tuple(dict.fromkeys(paper for name in ordered for paper in name.papers))


def _counts_exactly(name: Name) -> bool:
    """Whether a name counts where it is spelled exactly; a word of the field needs to look like a name."""
    if " " in name.spelling or name.folded_in <= RARE:
        return True
    if name.firmness < TITLE_HEAD:
        return False
    # "Vary" within a sentence is no verb.
    return shaped(name.spelling) or (name.folded_in <= COMMON and name.spelling[0].isupper())


def _names_stand_alone(text: str, tokens: Sequence[re.Match[str]]) -> bool:
    """Whether Latin words of a text are names without having capitals: it is in another script, or short."""
    return len(tokens) <= FEW_WORDS or _in_another_script(text)


def _in_another_script(text: str) -> bool:
    return bool(re.search(f"[{_S}]", text))


def _is_plain(typed: str) -> bool:
    """Whether a spelling could be an ordinary word: lower case, in one piece."""
    return typed.islower() and typed.isalpha()


def _is_mixed(spelling: str) -> bool:
    """Whether a name is no ordinary word however it is typed: capitals inside it, or digits."""
    return bool(re.search(r"[a-z].*[A-Z]|[A-Z]{2,}.*[a-z]|\d", spelling))


def _counts_loosely(typed: str, group: Sequence[Name]) -> bool:
    """Whether a spelling that differs in case or punctuation counts; ordinary words and short ones do not."""
    folded_in, firmness = max(name.folded_in for name in group), max(name.firmness for name in group)
    if len(fold(typed)) <= 3 or folded_in > COMMON:
        return False
    if " " in typed:
        long = len(fold(typed)) >= 6 or typed[-1].isdigit()
        return long and (firmness == TITLE_HEAD or (folded_in <= RARE and not typed.islower()))
    if typed.islower() and not re.search(r"\d", typed):
        return firmness == TITLE_HEAD and folded_in <= RARE and len(typed) >= 5
    return folded_in <= RARE or (shaped(typed) and firmness == TITLE_HEAD)


def _whole(text: str, part: re.Match[str]) -> str:
    """The word of which this is all, or one side of a stroke."""
    return next(word[0] for word in TOKEN.finditer(text) if word.start() <= part.start() < word.end())


def _is_unknown(typed: str, is_word: Callable[[str], bool]) -> bool:
    """A name-shaped word of which no part occurs in the collection. Capitals alone may be shouting."""
    parts = [part for part in re.split(r"[-+.^/]", typed) if re.search(r"[A-Za-z]{3}", part)]
    mixed = shaped(typed) and not (typed.isalpha() and typed.isupper())
    return mixed and len(fold(typed)) >= 4 and bool(parts) and not any(is_word(p) for p in [typed, *parts])


def text_of(paper: Paper) -> str:
    """The title and all sections of a paper, in which its names stand, with formulas as one types them."""
    return maths.typed("\n".join([paper.title, *(section.text for section in paper.sections)]))
