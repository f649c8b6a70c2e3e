"""The spellings of a phrase in a collection, and which papers say one of them.

Knows: that a translation or an abbreviation is what stands beside the phrase (`collection.pairs`), and
seldom beside others.
Does not know: which phrases a question is about, or how papers are ranked.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice, product
from typing import Protocol

import numpy as np

from rag_app.collection.mentions import Counts, Mentions, is_other, split
from rag_app.collection.pairs import Pairs, key
from rag_app.lang import alternatives
from rag_app.text.terms import STOP_WORDS, fold_word

# A spelling of a phrase is accepted where it stands beside it in this share of the pairs of the
# phrase, and in that share of its own beside one of the phrase's spellings: both directions of a
# translation lexicon. They are shares of a collection's own pairs, so no model changes them.
LEAST_SHARE, LEAST_SPECIFIC = 0.1, 0.5
OFTEN_BESIDE = 3  # pairs of a term of the field
FEW = 5  # pairs; of more, one alone is by chance
SPELLED_OUT = 2  # times that an abbreviation is
WHOLE = 0.8  # of a shorter spelling's pairs that have the longer one's words before it: it is cut off
MOST_WORDS = 2  # of the translation of one word; of several, as many as these, of an abbreviation its letters
USUAL = 0.2  # of the papers that say the usual translation of a word
SYLLABLES = 1.5  # for each English word at least: less is a part of the term
# Of a single word's translation probability: what it must have, and what suffices; so does this share of the
# papers that say the word, or so many times the share of all. One that most papers say translates none.
WORD_SHARE, MOSTLY = 0.25, 0.6
LIFT, EVERYWHERE = 4.0, 0.6
# Times as many papers say the translation of a word as the word: a rare word is aligned with whatever is
# frequent. Such a translation is taken only where the word is mostly aligned with it, and never of a word
# that hardly any paper says. Read by eye: of 2,432 pairs of words that few papers say, most are right below
# 40 times and hardly any above 100; of 120 pairs of other words above 50 times, nearly all the right ones are
# mostly aligned.
WIDER = 40
# Between two words: "text-to-image", "text2image".
TO, TWO = (
    re.compile(r"(?<![\w-])(\w+)-\s?to-\s?(?=\w+\b)", re.IGNORECASE),
    re.compile(r"\b([^\W\d]+)2(?=[^\W\d]+\b)"),
)
_GENERAL = re.compile(alternatives(lambda one: one.open_questions.general_nouns), re.IGNORECASE)
# A word of several in one, or with a number: "ImageNet", "GSM8K". Its words are translated, and not it.
NAME = re.compile(r"[a-z]{2}[A-Z]|[A-Za-z]{3}\d")
WITH_DIGIT = re.compile(r"\d[a-z]", re.IGNORECASE)
LETTERS = re.compile(r"[^\W\d_]{2}")
NARROWER = 4  # times as many papers say a word as its end of a longer spelling


class Words(Protocol):
    """What is known of single words; a lexical index."""

    glossary: dict[str, dict[str, float]]  # English word -> its translations with their probability

    def all_translations(self, word: str) -> dict[str, float]:
        """Those of a word in any of its forms, with their probability."""

    def forms(self, word: str) -> Sequence[str]:
        """Other inflections of an English word."""

    def papers_with(self, term: str) -> int:
        """How many papers have the term."""


class Spellings:
    """Phrases looked up in the texts of a collection; safe to share between threads."""

    def __init__(self, texts: Sequence[str], lexical: Words, pairs: Pairs | None = None) -> None:
        """`texts` are casefolded, one a paper, its title first; `lexical` translates single words; `pairs` of
        the texts are mined where none were kept.
        """
        self._mentions = Mentions(texts)
        self._lexical = lexical
        self._reverse: dict[str, list[str]] = defaultdict(list)
        for word, targets in lexical.glossary.items():
            for target, share in targets.items():
                if share >= WORD_SHARE:
                    self._reverse[target].append(word)
        pairs = pairs or Pairs.mine(texts)
        self._pairs, self._written = pairs.beside, pairs.written
        self._at: dict[str, list[int]] = defaultdict(list)  # key -> its pairs
        for place, (names, left) in enumerate(self._pairs):
            for one in {*names, *left}:
                self._at[one].append(place)

    def of(self, phrase: str) -> tuple[str, ...]:
        """The phrase and its other spellings, casefolded; "text2sql" is "text-to-sql" too."""
        forms = (phrase, *_other_notations(phrase))
        return tuple(dict.fromkeys(one for form in forms for one in self._spelled(form)))

    def _spelled(self, phrase: str) -> tuple[str, ...]:
        first = key(phrase)
        words = split(phrase)
        known = {first}
        if is_other(first):
            known |= self._translations_of(known)
        known |= self._abbreviations_of(known) | self._spelled_out(first)
        known |= self._translations_of({one for one in known if not is_other(one)})
        # What stands beside a word is often narrower than the word: "benchmark" beside "several benchmarks".
        spelled_out = any(_kind(self._form(one, one)) == "long" for one in known)
        alone = len(words) == 1 and not spelled_out
        plain = {key(twin) for twin in self._translations(words[0])} if alone else set()
        named = NAME.search(phrase)
        if plain and (named or (len(plain) > 1 and self.papers_saying(phrase) <= FEW)):
            # Rare words are aligned with whatever stood in the same sentences.
            beside = self._beside_often({first})
            told = {twin for twin in plain if any(one.endswith(twin) for one in beside)}
            plain = told or (set() if named else plain)
        if plain:
            known = {one for one in known if is_other(one) == is_other(first)} | plain
        if len(words) == 1 and known == {first} and not is_other(first):
            forms = set(self._lexical.forms(fold_word(first)))  # "watermarking" of "watermark"
            known |= forms | self._translations_of(forms)
        known = {one for one in known if not _is_part(one, first, words)}
        found = tuple(self._form(one, one) for one in known if one != first)
        # "LMs" for "language models", which texts in another script write in their own words; an abbreviation
        # within a phrase, which they may write as it is or spell out.
        untranslated = all(is_other(one) == is_other(first) for one in known)
        as_it_is = any(self._abbreviates(word) or WITH_DIGIT.fullmatch(word) for word in words)
        if len(words) > 1 and (untranslated or as_it_is):
            found = (*found, *self._word_by_word(words))
        return (self._form(first, phrase.casefold()), *sorted(found))

    def _form(self, folded: str, written: str = "") -> str:
        """The way of writing with most blanks, since the pattern lets them away."""
        forms = [*self._written.get(folded, ()), *([written] if written else [])]
        most: str = max(forms, key=_word_count)
        return most

    def is_term(self, phrase: str) -> bool:
        """Whether it is written beside other spellings."""
        return any(len(self._pairs[place][0]) for place in self._at.get(key(phrase), ()))

    def is_translated(self, phrase: str) -> bool:
        """Whether one of its other spellings is such a term."""
        return any(map(self.is_term, self.of(phrase)))

    def is_too_narrow(self, phrase: str, words: Sequence[str]) -> bool:
        """Whether far more papers say its words, which mostly stand together, than say it as one: nearly all
        that say "jailbreaking" say "attacks" as well, and hardly any "jailbreaking attacks".
        """
        says = [self.saying(self.of(word)) > 0 for word in words]
        together = np.count_nonzero(np.logical_and.reduce(says))
        whole = np.count_nonzero(self.saying(self.of(phrase)))
        rarest = min(map(np.count_nonzero, says))
        return bool(together >= NARROWER * whole and together >= MOSTLY * rarest)

    def is_of_the_field(self, phrase: str) -> bool:
        """Whether it is written beside other spellings so often that it is no slip. Of some thirty ordinary
        words ("weather", "cat", "history") none is, in digests of 5,487 papers.
        """
        return len(self._at.get(key(phrase), ())) >= OFTEN_BESIDE

    def papers_saying(self, phrase: str) -> int:
        """How many papers say the phrase in these words."""
        return int(np.count_nonzero(self.saying((phrase.casefold(),))))

    def is_said(self, phrase: str) -> bool:
        """Whether any paper says the phrase, in whatever spelling."""
        return bool(self.saying(self.of(phrase)).any())

    def saying(self, spellings: Iterable[str]) -> Counts:
        """How often each paper says one of the spellings, shape (papers,); its title says it twice."""
        return self._mentions.counts(spellings)

    def _translations_of(self, known: set[str]) -> set[str]:
        """Spellings in the other script. Terms have one English name and several translations, so that
        only a translation may stand mostly beside others.
        """
        longest = max((self._form(one, one) for one in known), key=_word_count, default="")
        beside = {
            twin: count
            for twin, count in self._beside_often(known).items()
            if _translates(self._form(twin), longest)
            and not self._is_of_longer(twin, known)
            and not self._by_chance(twin, count, known)
        }
        likely = {
            twin: count
            for twin, count in beside.items()
            if self._mostly(twin, known)
            or (
                _kind(self._form(twin)) == "long"
                and self._mostly_from(known, twin)
                and (count > 1 or self._shares_a_word(twin, known))
            )
        }
        return {twin for twin in likely if not _cut(twin, likely)}

    def _abbreviations_of(self, known: set[str]) -> set[str]:
        """Abbreviations of what is known, and what it abbreviates."""
        latin = {one for one in known if not is_other(one)}
        named = latin | {self._without_general_noun(one) for one in latin}
        return {
            twin
            for twin in self._beside_often(latin)
            if any(_abbreviate(self._form(twin), self._form(one, one)) for one in latin)
            and self._mostly(twin, named)
        }

    def _spelled_out(self, short: str) -> set[str]:
        """What an abbreviation mostly stands for, however seldom it is spelled out."""
        if _kind(self._form(short, short)) != "short":
            return set()
        beside = Counter(twin for place in self._places({short}) for twin in self._beside(place, {short}))
        out = {twin: count for twin, count in beside.items() if _initials(self._form(twin)) == short}
        most = max(out, key=lambda twin: out[twin], default="")
        firm = most and out[most] >= SPELLED_OUT and self._mostly_from({most}, short)
        return {most} if firm else set()

    def _without_general_noun(self, folded: str) -> str:
        """ "VLA" stands beside "vision-language-action models" and, more often, without the models."""
        *first, last = split(self._form(folded, folded)) or [""]
        return key(" ".join(first)) if first and _GENERAL.fullmatch(last) else folded

    def _beside_often(self, known: set[str]) -> dict[str, int]:
        """How often it stands beside what is known: what does often enough, and is a whole term."""
        places = self._places(known)
        beside = Counter(twin for place in places for twin in self._beside(place, known))
        return {
            twin: count
            for twin, count in beside.items()
            if count >= max(LEAST_SHARE * len(places), 2 if len(places) >= FEW else 1)
            and len(twin) > 1
            and twin not in STOP_WORDS
            and not any(one.endswith(twin) or twin.endswith(one) for one in known)
        }

    def _places(self, known: Iterable[str]) -> set[int]:
        return {place for one in known for place in self._at.get(one, ())}

    def _beside(self, place: int, known: set[str]) -> set[str]:
        """The other names of a pair that holds a known one."""
        names, left = self._pairs[place]
        return {*names, *left} - known if known.intersection(names) else set(names) - known

    def _is_of_longer(self, twin: str, known: set[str]) -> bool:
        """Whether the twin stands beside a longer spelling that ends in the one word that is known, which far
        more papers say: "DPO" beside "선호 최적화" is no "최적화".
        """
        ends = tuple(one for one in known if is_other(one) and _word_count(self._form(one, one)) == 1)
        places = [place for place in self._at[twin] if ends and known.intersection(self._pairs[place][1])]
        longer = Counter(
            one
            for place in places
            for one in self._pairs[place][1]
            if one.endswith(ends) and one not in known
        )
        if max(longer.values(), default=0) < max(2, LEAST_SPECIFIC * len(places)):
            return False
        says = np.count_nonzero(self.saying(ends)), np.count_nonzero(self.saying((self._form(twin),)))
        return bool(says[0] >= NARROWER * says[1])

    def _mostly(self, twin: str, known: set[str]) -> bool:
        """Whether the twin stands beside what is known rather than beside other terms of that kind."""
        kinds = {_kind(self._form(one, one)) for one in known}
        found = [beside for place in self._at[twin] if (beside := self._of_kind(place, {twin}, kinds))]
        ends = tuple(known)  # of "video diffusion model", too, "확산 모델" translates the "diffusion model"
        near = sum(any(one.endswith(ends) for one in beside) for beside in found)
        return near >= LEAST_SPECIFIC * len(found)

    def _mostly_from(self, known: set[str], twin: str) -> bool:
        """Whether what is known stands mostly beside the twin."""
        kinds = {_kind(self._form(twin))}
        found = [beside for place in self._places(known) if (beside := self._of_kind(place, known, kinds))]
        return sum(twin in beside for beside in found) >= LEAST_SPECIFIC * len(found)

    def _shares_a_word(self, twin: str, known: set[str]) -> bool:
        """Whether a word of the one may be translated by a word of the other: "multi-agent" stands beside
        "다중 에이전트", and once beside "다중 에이전트 미세 조정", which is "fine-tuning", too.
        """
        words = {word for one in known for word in split(self._form(one, one))}
        twins = split(self._form(twin))
        english, others = (words, twins) if is_other(twin) else (twins, words)
        return any(set(self._lexical.all_translations(fold_word(word))) & set(others) for word in english)

    def _by_chance(self, twin: str, count: int, known: set[str]) -> bool:
        """Whether a word that stands beside many others stands but once beside a word that is known."""
        words = [self._form(one, one) for one in (twin, *known)]
        return count == 1 and len(self._at[twin]) >= FEW and all(_word_count(one) == 1 for one in words)

    def _of_kind(self, place: int, known: set[str], kinds: set[str]) -> set[str]:
        return {one for one in self._beside(place, known) if _kind(self._form(one, one)) in kinds}

    def _translates_word(self, word: str, twin: str) -> bool:
        """Whether what a word is aligned with translates it where it stands alone: mostly aligned with it, or
        said by most papers that say the word, or by far more of them than of all. Names have no translation,
        but are aligned with something: "Mamba" with what stands before its brackets.
        """
        english, term = (twin, word) if is_other(word) else (word, twin)
        if any(letter.isdigit() for letter in english):  # a name
            return False
        share = self._lexical.all_translations(fold_word(english)).get(term, 0.0)
        says_english, says_term = self.saying((english,)) > 0, self.saying((self._form(term, term),)) > 0
        usual = float(says_term.mean())
        if not says_english.any() or not usual:
            return True
        if usual >= EVERYWHERE:
            return False
        few = np.count_nonzero(says_english)
        together = float(says_term[says_english].mean())
        if is_other(word) and few > NARROWER * np.count_nonzero(says_term) and together < MOSTLY:
            return False  # "series" of "시계열", which "time series" is
        if np.count_nonzero(says_term) > WIDER * few:
            return bool(few > FEW and share >= MOSTLY)
        return max(share, together) >= MOSTLY or together >= LIFT * usual

    def _word_by_word(self, words: Sequence[str]) -> list[str]:
        """Translations put together from those of its words, where the texts say them."""
        choices = islice(product(*map(self._twins, words)), 30)
        twins = (" ".join(twin) for twin in choices if any(map(is_other, twin)) != any(map(is_other, words)))
        return [twin for twin in twins if self.saying([twin]).any()]

    def _twins(self, word: str) -> list[str]:
        """What stands for a word of a phrase in the other script: an abbreviation is written as it is, and
        aligned with single words of what it abbreviates ("LLM" with "언어"); so is "3D".
        """
        return [word] if self._abbreviates(word) or WITH_DIGIT.fullmatch(word) else self._aligned(word)

    def _abbreviates(self, word: str) -> bool:
        return bool(key(word)) and bool(self._abbreviations_of({key(word)}))

    def _translations(self, word: str) -> list[str]:
        """Those of a word that stands alone."""
        return [one for one in self._aligned(word) if self._translates_word(word, one)]

    def _aligned(self, word: str) -> list[str]:
        """What a word of a phrase may be translated by."""
        if not is_other(word):
            shares = self._lexical.all_translations(fold_word(word))
            return [term for term, share in shares.items() if share >= WORD_SHARE]
        # Rare words are aligned with whatever stood beside them.
        aligned = self._reverse.get(word) or self._lexical.all_translations(word)
        found = {one: self._lexical.papers_with(one) for one in aligned}
        return [one for one, papers in found.items() if papers >= USUAL * max(found.values())]


def _other_notations(phrase: str) -> set[str]:
    """The phrase with "2" for "-to-" between two words, and the other way round."""
    return {TO.sub(r"\g<1>2", phrase), TWO.sub(r"\1-to-", phrase)} - {phrase}


def _is_part(one: str, whole: str, words: Sequence[str]) -> bool:
    """Whether a folded spelling is only some words of the whole: "GUI" of "GUI agents"."""
    return len(words) > 1 and one != whole and (one in map(key, words) or whole.endswith(one))


def _word_count(written: str) -> int:
    return len(split(written))


def _kind(written: str) -> str:
    """A term in another script, an abbreviation (which any word may be), or one in several words."""
    if is_other(written):
        return "other"
    return "short" if _word_count(written) == 1 else "long"


def _translates(one: str, other: str) -> bool:
    """Whether they are in two scripts, and the one is no part of what the other says."""
    mine, others = is_other(one), is_other(other)
    if mine == others:
        return False
    korean, latin = (one, other) if mine else (other, one)
    if not LETTERS.search(latin):  # "+27.5%"
        return False
    words = _word_count(latin) if " " in latin or "-" in latin else max(MOST_WORDS, len(latin))
    return len(korean.replace(" ", "")) >= SYLLABLES * _word_count(latin) and _word_count(korean) <= words


def _abbreviate(one: str, other: str) -> bool:
    """Whether either is one word with a letter of each word of the other, in order."""
    if is_other(one):
        return False
    short, long = sorted((one, other), key=_word_count)
    letters, words = key(short), split(long)
    if _word_count(short) > 1 or not max(2, len(words) - 1) <= len(letters) <= 8 or len(words) < 2:
        return False
    rest = iter("".join(words))
    return letters[0] == words[0][0] and all(letter in rest for letter in letters)


def _initials(written: str) -> str:
    """The first letters of a term of several words in Latin letters; empty of others."""
    words = [] if is_other(written) else split(written)
    return "".join(word[0] for word in words) if len(words) > 1 else ""


def _cut(twin: str, likely: Mapping[str, int]) -> bool:
    """Whether it is the end of a longer spelling that is nearly always meant, or has words of the
    sentence before it.
    """
    for other, count in likely.items():
        if other != twin and other.endswith(twin) and count >= WHOLE * likely[twin]:
            return True
        if other != twin and twin.endswith(other) and likely[twin] < WHOLE * count:
            return True
    return False
