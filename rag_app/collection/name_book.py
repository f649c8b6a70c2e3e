"""Finding the names of papers in a question, in whatever spelling.

Knows: how people misspell names, and which name-shaped words of a question belong to no paper.
Does not know: where names come from (`paper_names`), intents, filters, retrieval.
"""

from __future__ import annotations

import re
from calendar import day_name, month_name
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from string import ascii_lowercase

from rag_app import json_files
from rag_app.collection.paper_names import (
    COMMON,
    IN_TEXT,
    SHARED,
    SIDE,
    TITLE_HEAD,
    TOKEN,
    Name,
    fold,
    shaped,
)
from rag_app.collection.title_book import TitleBook
from rag_app.lang import other_scripts
from rag_app.text import transliteration
from rag_app.text.dictionaries import is_common
from rag_app.text.terms import STOP_WORDS

ARXIV_ID = re.compile(
    r"(?:(?:https?://)?(?:www\.)?arxiv(?:\.org)?[:/ ]*(?:abs/|pdf/)?)?(?<![\d.])(\d{4}\.\d{4,5})(?:v\d+)?(?!\d)",
    re.IGNORECASE,
)
RARE = 6  # papers: a word found in no more of them may be typed without its capitals
LONGEST_TITLE = 30  # words
LONGEST_SPELLING = 40  # letters of what may be a slip in a name, or sound like one
SHORTEST_SOUND = 4  # letters of a name that is looked up as it sounds
SIZE = re.compile(r"\d+(?:\.\d+)?[BMKTbmkt]?")  # "405B" is a size, not a name
SIZE_SUFFIX = re.compile(r"\d+(?:\.\d+)?[BMKTbmkt]|[Bb]ase|[Ll]arge|[Ss]mall|[Tt]iny|[Ii]nstruct|[Cc]hat")
NUMBER = re.compile(r"\d+")
CALENDAR = {name.casefold() for name in (*day_name, *month_name)}
APART = re.compile(r"\w[:;,!?]\w")  # "cs:go" is no CSGO
POSSESSIVE = re.compile(r"'[sS]$")
SHORTEST_TYPO, LONG_TYPO = 5, 8  # letters of a name from which one wrong letter, and `TYPOS`, are forgiven
TYPOS = 2
SHORTEST_PART = 4  # letters of each word, where a name is misspelled in two
FEW_WORDS = 4  # of a question: "tell me about zebra" can only mean a name
BEGINNING = re.compile(r"(?:^|[.!?:;]\s)[\s\"'“‘(]*$")  # of a sentence, up to its first word


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


class NameBook:
    """The dictionary of names, opened for reading."""

    def __init__(self, names: Sequence[Name]) -> None:
        self._spelled = {name.spelling: name for name in names}
        self._folded: dict[str, list[Name]] = defaultdict(list)
        for name in names:
            self._folded[fold(name.spelling)].append(name)
        # Typos are looked for in short, rare names only; whole titles are found by their words.
        short = {
            key: max(name.firmness for name in group)
            for key, group in self._folded.items()
            if 4 <= len(key) <= LONGEST_SPELLING and group[0].folded_in <= COMMON
        }
        self._fuzzy = [key for key, firmness in short.items() if firmness > IN_TEXT]
        self._fuzzy_in_text = [
            key for key, firmness in short.items() if firmness == IN_TEXT and len(key) >= SHORTEST_TYPO
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
        mentions += self._in_two_words(text, tokens, is_word, loose)
        tokens = _outside(mentions, tokens)
        mentions += self._exact(text, tokens, loose)
        for token in _outside(mentions, tokens):
            guess = self._guess(token, is_word, loose)
            if guess:
                mentions.append(guess)
            elif _is_unknown(token[0], is_word) and _is_unknown(_whole(text, token), is_word):
                unknown.append(token[0])
        mentions.sort(key=lambda mention: mention.span)
        return Named(tuple(mentions), tuple(dict.fromkeys(unknown)))

    def _tokens(self, text: str) -> Iterator[re.Match[str]]:
        """The words of a text, without "'s"; what a stroke joins are two, unless they are a name together."""
        for match in TOKEN.finditer(text):
            owner = POSSESSIVE.search(match[0])
            token = TOKEN.match(text, match.start(), match.start() + owner.start()) if owner else match
            if not token:
                continue
            # "Llama-3/3.1" and "CIFAR-10/100" have one name.
            if re.search(r"/[^\W\d]", token[0]) and fold(token[0]) not in self._folded:
                yield from SIDE.finditer(text, *token.span())
            else:
                yield token

    def _exact(self, text: str, tokens: Sequence[re.Match[str]], loose: bool) -> Iterator[Mention]:
        """Names spelled out, longest first; a place is used once."""
        at, other = 0, _in_another_script(text)
        beside = sum(token[0].casefold() not in STOP_WORDS for token in tokens) > 1
        while at < len(tokens):
            for end in range(min(len(tokens), at + LONGEST_TITLE), at, -1):
                span = tokens[at].start(), tokens[end - 1].end()
                typed = text[slice(*span)]
                # The first word of a sentence has a capital whatever it means.
                begins = typed.istitle() and not other and bool(BEGINNING.search(text, 0, span[0]))
                names = self._named_by(typed[0].lower() + typed[1:] if begins else typed, loose or begins)
                if names and beside and _is_plain(typed) and is_common(typed):
                    names = []  # "super resolution" is no SUPER
                if names:
                    yield Mention(typed, span, _papers(names), max(name.firmness for name in names))
                    at = end - 1
                    break
            at += 1

    def _named_by(self, typed: str, loose: bool) -> list[Name]:
        """The names a spelling stands for, if it counts as a name as typed; few papers, or none.

        `loose`: a word without capitals may be a name.
        """
        if SIZE.fullmatch(typed) or not re.search(r"[^\W\d]", typed) or APART.search(typed):
            return []
        if typed.casefold() in CALENDAR:
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

    def _in_two_words(
        self, text: str, tokens: Sequence[re.Match[str]], is_word: Callable[[str], bool], loose: bool
    ) -> Iterator[Mention]:
        """Names of one word that are misspelled in two, each with a capital: "Thougth Terminater". Texts in
        another language lack many ordinary words ("those that" is not This&That).

        `loose`: words without capitals may be names.
        """
        for one, other in pairwise(tokens):
            span = one.start(), other.end()
            typed = text[slice(*span)]
            known = is_word(one[0]) + is_word(other[0])
            if known == 2 or not _may_be_one_name(typed) or not (loose or typed.istitle()):
                continue
            key = fold(typed)
            closest = self._closest(key)
            if known and not _is_one_edit(key, closest):
                continue
            names = self._folded.get(closest, [])
            if any(name.firmness == TITLE_HEAD and " " not in name.spelling for name in names):
                yield Mention(typed, span, _papers(names), TITLE_HEAD, names[0].spelling)

    def _guess(self, token: re.Match[str], is_word: Callable[[str], bool], loose: bool) -> Mention | None:
        """The name a word was probably meant to be: a known name of another size, or a likely typo in the
        name or before its variant.
        """
        typed = token[0]
        name, _, variant = typed.rpartition("-")
        names = self._named_by(name, loose) if SIZE_SUFFIX.fullmatch(variant) and shaped(typed) else []
        names = names or self._misspelled(typed, is_word)
        is_variant = name and shaped(typed) and variant.isalpha() and is_word(variant)
        if not names and is_variant and fold(name) not in self._folded:
            names = self._misspelled(name, is_word)
        if not names:
            return None
        return Mention(typed, token.span(), _papers(names), names[0].firmness, names[0].spelling)

    def _misspelled(self, typed: str, is_word: Callable[[str], bool]) -> list[Name]:
        """The names that a word which no text uses was probably meant to be."""
        key = fold(typed)
        ordinary = typed.isalpha() and typed[1:].islower()  # as most words are written
        of_a_name = SHORTEST_TYPO + ordinary <= len(key) <= LONGEST_SPELLING
        if not of_a_name or is_word(typed) or (ordinary and is_common(key)):
            return []
        closest = self._closest(key, said_only=not ordinary)
        if closest == key:
            return []  # spelled like a name, and taken for none: "scene/object" is no Scene-Object
        near = _is_one_edit(key, closest)
        # "benchmrk" is more likely "benchmark" than "BenchMAX".
        if not near and any(map(is_word, _one_edit(key))):
            return []
        firm = not ordinary or (typed[0].isupper() and len(typed) >= LONG_TYPO)
        return [
            one
            for one in self._folded.get(closest, [])
            if firm or _is_mixed(one.spelling) or (near and _is_long_in_capitals(one.spelling))
        ]

    @cached_property
    def titles(self) -> TitleBook:
        """The papers by what their titles begin with."""
        return TitleBook([name for name in self._spelled.values() if name.firmness == TITLE_HEAD])

    def called(self, typed: str) -> tuple[str, ...]:
        """The few papers that go by this name, in whatever capitals, be it in their titles or texts."""
        names = [name for name in self._folded.get(fold(typed), ()) if name.folded_in <= COMMON]
        papers = _papers(names)
        return papers if len(papers) <= SHARED else ()

    def sounding_like(self, sounds: str) -> list[tuple[str, list[Name]]]:
        """(folded spelling, its names) of title heads with these consonants (`text.transliteration`)."""
        return [(key, self._folded[key]) for key in self._by_sound.get(sounds, ())]

    @cached_property
    def _by_sound(self) -> dict[str, list[str]]:
        """Names of title heads by their consonants."""
        by_sound = defaultdict(list)
        for key, names in self._folded.items():
            if SHORTEST_SOUND <= len(key) <= LONGEST_SPELLING and any(
                name.firmness == TITLE_HEAD for name in names
            ):
                for sound in transliteration.readings(key):
                    by_sound[sound].append(key)
        return by_sound

    @lru_cache(maxsize=1024)  # noqa: B019 - a name book lives as long as its snapshot
    def _closest(self, key: str, *, said_only: bool = False) -> str:
        """The name that differs by the fewest letters, if by few: one that is left out, added, wrong or has
        changed places with its neighbour counts one. The first letter is rarely wrong. A short name that
        stands in a digest only counts with `said_only`, for what is typed like a name.
        """
        most = 1 if len(key) < LONG_TYPO else TYPOS
        best = _nearest(key, self._fuzzy, most)
        if not best and (said_only or len(key) >= LONG_TYPO or NUMBER.search(key)):
            best = _nearest(key, self._fuzzy_in_text, 1)
        return best if best and len(_papers(self._folded[best])) <= SHARED else ""


def _outside(mentions: Sequence[Mention], tokens: Sequence[re.Match[str]]) -> list[re.Match[str]]:
    return [t for t in tokens if not any(m.span[0] <= t.start() < m.span[1] for m in mentions)]


def _one_edit(word: str) -> Iterator[str]:
    """Every word from which one letter is left out, added, wrong, or has changed places with the next."""
    for at in range(len(word) + 1):
        before, rest = word[:at], word[at:]
        yield from (before + letter + rest for letter in ascii_lowercase)
        if rest:
            yield before + rest[1:]
            yield from (before + letter + rest[1:] for letter in ascii_lowercase)
        if len(rest) > 1:
            yield before + rest[1] + rest[0] + rest[2:]


def _nearest(key: str, names: Sequence[str], most: int) -> str:
    """The name that differs by the fewest letters, by at most so many; empty if none does."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    alike = process.extract(key, names, scorer=OSA.distance, score_cutoff=most, limit=8)
    near = [
        (distance, name) for name, distance, _ in alike
        # Another number is another model.
        if name[0] == key[0] and NUMBER.findall(name) == NUMBER.findall(key)
    ]  # fmt: skip
    return min(near, default=(0, ""))[1]


def _is_one_edit(one: str, other: str) -> bool:
    from rapidfuzz.distance import OSA

    return OSA.distance(one, other) <= 1


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
    return bool(re.search(f"[{other_scripts()}]", text))


def _is_plain(typed: str) -> bool:
    """Whether a spelling could be an ordinary word: lower case, in one piece."""
    return typed.islower() and typed.isalpha()


def _is_mixed(spelling: str) -> bool:
    """Whether a name is no ordinary word however it is typed: capitals inside it, or digits."""
    return bool(re.search(r"[a-z].*[A-Z]|[A-Z]{2,}.*[a-z]|\d", spelling))


def _is_long_in_capitals(spelling: str) -> bool:
    """Whether a name is seldom an ordinary word in capitals, as "SELECT" is."""
    return spelling.isupper() and len(spelling) >= LONG_TYPO


def _may_be_one_name(typed: str) -> bool:
    """Whether two words, with a blank between them, are long enough to be one name."""
    words = typed.split(" ")
    return (
        len(words) == 2
        and all(len(word) >= SHORTEST_PART and word.casefold() not in STOP_WORDS for word in words)
        and len(fold(typed)) >= LONG_TYPO
    )


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
