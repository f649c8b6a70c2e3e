"""The topic of a list -> its parts: phrases of which a paper has to say one, all, or none.

Knows: how phrases are told apart ("희소 오토인코더를 다루는", "hallucination by language or vision models"),
and that a phrase is as many words in a row as the collection says together.
Does not know: which papers say them (`collection.spellings`), or how near in meaning a paper is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import pairwise
from typing import Protocol

from rag_app.lang import LANGUAGES
from rag_app.search.patterns import OF_ANY_PAPER
from rag_app.text.terms import HAN, HANGUL, KATAKANA, STOP_WORDS, WORD, Tagged, fold_word, tagged

LONGEST = 6  # words of a phrase
TOGETHER = 0.3  # of the papers that say its rarest word: less often it is not said as one


class WordRole(Enum):
    """What a word does in a topic."""

    CONTENT = auto()
    FILLER = auto()  # says nothing alone, but may stand within a phrase
    EITHER = auto()
    BOTH = auto()
    NOT_NEXT = auto()
    NOT_LAST = auto()
    BREAK = auto()  # no phrase goes on


@dataclass(frozen=True, slots=True)
class TopicWord:
    role: WordRole
    start: int
    end: int
    inside: tuple[int, ...] = ()  # where a part of it begins that may stand apart


@dataclass(frozen=True, slots=True)
class TopicPart:
    """Alternatives of which a paper has to say one, or none where they are left out; an alternative is
    one phrase, or several that stand together and are not said together.
    """

    alternatives: tuple[tuple[str, ...], ...]
    left_out: bool = False


class Vocabulary(Protocol):
    """What a collection says."""

    def papers_saying(self, phrase: str) -> int:
        """How many papers say the phrase in these words."""

    def is_said(self, phrase: str) -> bool:
        """Whether any paper says it, in whatever spelling."""

    def is_term(self, phrase: str) -> bool:
        """Whether it is written beside other spellings."""

    def is_translated(self, phrase: str) -> bool:
        """Whether one of its other spellings is such a term."""

    def is_too_narrow(self, phrase: str, words: Sequence[str]) -> bool:
        """Whether far more papers say its words, which mostly stand together, than say it as one."""


def _of_all(words_of: str) -> frozenset[str]:
    return frozenset[str]().union(*(getattr(one.topics, words_of) for one in LANGUAGES.values()))


EITHER, BOTH = _of_all("either"), _of_all("both")
WITHIN = _of_all("within")
NOT_NEXT, NOT_LAST = _of_all("leaving_out_next"), _of_all("leaving_out_last")
LITTLE = _of_all("saying_little") | STOP_WORDS | OF_ANY_PAPER
LEAVING_OUT = [
    re.compile(one, re.IGNORECASE) for words in LANGUAGES.values() for one in words.topics.leaving_out
]
EXCEPT = min(NOT_NEXT)  # any of them does
JOINING = EITHER | BOTH | NOT_NEXT | NOT_LAST
SIGN = re.compile(r"[,;/&、，；]")
# A topic in brackets at the end says the last one again, unless it narrows it: "(in video)".
AGAIN = re.compile(
    r"\s*[(（](?!(?:in|for|of|on|with|without|by|from|at|using|not|no)\b)[^()（）]*[)）]\W*$", re.IGNORECASE
)
# The joining words stand within a run of the script; the longest is looked for first.
_HAN_JOINING = "|".join(sorted((w for w in JOINING if HAN.fullmatch(w)), key=len, reverse=True))
UNSPACED = re.compile(
    rf"{_HAN_JOINING}|(?:(?!{_HAN_JOINING}|的){HAN.pattern[:-1]})+|{KATAKANA.pattern}|{WORD.pattern}"
)
# Brackets that give examples of what is said before them.
EXAMPLES = re.compile(
    r"[(（][^()（）]*(?:\b(?:e\.g|etc|whatever|and so on|such as)\b|(?<=[ ,])등\s?(?=[)）]))[^()（）]*[)）]"
)
PIECES = re.compile(r"\w+")
PLURAL = "들"
NOUNS = ("NNG", "NNP", "NR", "XR", "XPN", "SL", "SH", "SN", "W")


def parts(text: str, vocabulary: Vocabulary) -> tuple[TopicPart, ...]:
    """The parts of a topic, in order."""
    text = EXAMPLES.sub(" ", _with_exceptions(text))
    words = _words_of(text, vocabulary)
    found: list[TopicPart] = []
    joined, at, ended = WordRole.BREAK, 0, -1
    while at < len(words):
        role, end = words[at].role, at
        if role in {WordRole.CONTENT, WordRole.FILLER}:
            end = _end_of_phrase(words, at, text, vocabulary)
            phrase = _phrase(text, words[at : end + 1])
            if (role is WordRole.CONTENT or end > at) and not phrase.isdigit():
                joined = (
                    WordRole.CONTENT if joined is WordRole.BREAK and ended == at - 1 and found else joined
                )
                _add(found, phrase, joined)
                joined, ended = WordRole.BREAK, end
        elif role is WordRole.NOT_LAST and found:
            found[-1] = replace(found[-1], left_out=True)
        elif role in {WordRole.EITHER, WordRole.BOTH, WordRole.NOT_NEXT}:
            joined = role
        at = end + 1
    return tuple(found)


def all_phrases(text: str, vocabulary: Vocabulary) -> list[str]:
    """Every phrase of a topic, in order, those that are left out, too."""
    return [
        phrase for part in parts(text, vocabulary) for together in part.alternatives for phrase in together
    ]


def joined_topics(text: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The topics that a text joins by "and", each in its words; none where it has one, leaves something out,
    or joins single words, which may have a head in common ("text and image generation"). Whether papers on
    both are meant, or on either, the papers that there are must tell.
    """
    if leaves_out(text):
        return ()
    text = EXAMPLES.sub(" ", text)
    words = _words_of(text, vocabulary)
    joining = [(word.start, word.end) for word in words if word.role is WordRole.BOTH]
    cuts = [(0, 0), *joining, (len(text), len(text))]
    spans = [(end, start) for (_, end), (start, _) in pairwise(cuts)]
    content = [word.start for word in words if word.role is WordRole.CONTENT]
    several = all(sum(start <= at < end for at in content) > 1 for start, end in spans)
    return tuple(text[start:end].strip() for start, end in spans) if joining and several else ()


def leaves_out(text: str) -> bool:
    """Whether a topic says what is not meant, so that a part of it is left out."""
    text = _with_exceptions(text)
    if HANGUL.search(text):
        words = _korean(text)
    elif HAN.search(text) or KATAKANA.search(text):
        return any(match[0] in NOT_NEXT | NOT_LAST for match in UNSPACED.finditer(text))
    else:
        words = _english(text)
    return any(word.role in {WordRole.NOT_NEXT, WordRole.NOT_LAST} for word in words)


def _with_exceptions(text: str) -> str:
    """A topic with what it leaves out in more words said in one: "music; speech doesn't count"."""
    for longer in LEAVING_OUT:
        text = longer.sub(lambda match: f" {EXCEPT} {match[1] if match.lastindex else ''}", text)
    return text


def _add(found: list[TopicPart], phrase: str, joined: WordRole) -> None:
    """Put a phrase where it belongs: beside the one before, among its alternatives, or apart."""
    last = found[-1].alternatives if found else ()
    if joined is WordRole.CONTENT and last:
        found[-1] = replace(found[-1], alternatives=(*last[:-1], (*last[-1], phrase)))
    elif joined is WordRole.EITHER and last:
        found[-1] = replace(found[-1], alternatives=(*last, (phrase,)))
    else:
        found.append(TopicPart(((phrase,),), left_out=joined is WordRole.NOT_NEXT))


def _end_of_phrase(words: Sequence[TopicWord], start: int, text: str, vocabulary: Vocabulary) -> int:
    """The place of the last word of the longest phrase from `start` that is one."""
    ends = [start]
    for at in range(start + 1, min(len(words), start + LONGEST)):
        if words[at].role not in {WordRole.CONTENT, WordRole.FILLER}:
            break
        ends.append(at)
    for end in reversed(ends[1:]):
        phrase = _phrase(text, words[start : end + 1])
        if _is_stop(text, words[start]) or _is_stop(text, words[end]) or not vocabulary.papers_saying(phrase):
            continue
        telling = [_phrase(text, [word]) for word in words[start : end + 1] if word.role is WordRole.CONTENT]
        if len(telling) > 1 and vocabulary.is_too_narrow(phrase, telling):
            continue
        shorter = _phrase(text, words[start:end])
        plain = all(word.role is WordRole.CONTENT for word in words[start : end + 1])
        if vocabulary.is_term(phrase) or (plain and vocabulary.is_translated(phrase)):
            wider = end - start > 1 and vocabulary.is_term(shorter) and _is_any(text, words[end])
            if not wider or _together(phrase, (shorter,), vocabulary):
                return end
        elif words[start].role is WordRole.CONTENT:
            single = [_phrase(text, [word]) for word in words[start : end + 1] if not _is_stop(text, word)]
            if _together(phrase, single, vocabulary):
                return end
    return start


def _together(phrase: str, pieces: Sequence[str], vocabulary: Vocabulary) -> bool:
    """Whether the papers that say the rarest of the pieces mostly say the whole phrase."""
    return vocabulary.papers_saying(phrase) >= TOGETHER * min(map(vocabulary.papers_saying, pieces))


def _phrase(text: str, words: Sequence[TopicWord]) -> str:
    """The words as written, a blank within each where another may stand: "강화 학습" for "강화학습"."""
    cuts = [cut for word in words for cut in (word.start, *word.inside)] + [words[-1].end]
    return " ".join(text[start:end].strip() for start, end in pairwise(cuts))


def _is_stop(text: str, word: TopicWord) -> bool:
    return text[word.start : word.end].casefold() in STOP_WORDS


def _is_any(text: str, word: TopicWord) -> bool:
    return fold_word(text[word.start : word.end]) in OF_ANY_PAPER


# --- the words of a topic -----------------------------------------------------------------------


def _words_of(text: str, vocabulary: Vocabulary) -> list[TopicWord]:
    if HANGUL.search(text):
        return _korean(text)
    unspaced = HAN.search(text) or KATAKANA.search(text)
    return _unspaced(text, vocabulary) if unspaced else _english(text)


def _unspaced(text: str, vocabulary: Vocabulary) -> list[TopicWord]:
    """Words of a language without blanks: runs of one script, cut where a word joins them. Only those
    that papers say are taken: a collection in another language does not say them, and is searched by
    meaning.
    """
    found, end = [], 0
    for match in UNSPACED.finditer(text):
        between = text[end : match.start()].strip()
        if between:
            joined = next(
                (_role(word) for word in (match[0], *PIECES.findall(between)) if word in JOINING), None
            )
            role = joined or (WordRole.EITHER if SIGN.search(between) else WordRole.BREAK)
            found.append(TopicWord(role, end, match.start()))
        elif match[0] in JOINING:
            found.append(TopicWord(_role(match[0]), *match.span()))
        if match[0] not in JOINING and vocabulary.is_said(match[0]):
            found.append(TopicWord(_role(match[0]), *match.span()))
        end = match.end()
    return found


def _english(text: str) -> list[TopicWord]:
    found, end = [], 0
    for match in WORD.finditer(text):
        between = text[end : match.start()]
        if end and not re.fullmatch(r"\s*", between):
            again = SIGN.search(between) or AGAIN.match(text, end)
            found.append(TopicWord(WordRole.EITHER if again else WordRole.BREAK, end, match.start()))
        if found and not between and found[-1].role in {WordRole.CONTENT, WordRole.FILLER}:  # "3d"
            found[-1] = TopicWord(WordRole.CONTENT, found[-1].start, match.end())
        else:
            found.append(TopicWord(_role(match[0]), *match.span()))
        end = match.end()
    return found


def _role(word: str) -> WordRole:
    folded = word.casefold()
    if folded in EITHER:
        return WordRole.EITHER
    if folded in BOTH:
        return WordRole.BOTH
    if folded in NOT_NEXT:
        return WordRole.NOT_NEXT
    if folded in NOT_LAST:
        return WordRole.NOT_LAST
    little = {folded, fold_word(word)} & LITTLE
    return WordRole.FILLER if little else WordRole.CONTENT


def _korean(text: str) -> list[TopicWord]:
    """Nouns that are written together are one word; particles and verbs end a phrase."""
    found: list[TopicWord] = []
    morphemes = tagged(text)
    leaving_out = _brackets_leaving_out(morphemes)
    for at, one in enumerate(morphemes):
        after = morphemes[at + 1] if at + 1 < len(morphemes) else None
        last = found[-1] if found else None
        glued = last is not None and last.end == one.start
        role = WordRole.CONTENT if glued and _taken_for_a_verb(text, one, after) else _role_of(one, after)
        if role is WordRole.CONTENT and last and glued and last.role in {WordRole.CONTENT, WordRole.FILLER}:
            inside = (
                (*last.inside, one.start)
                if one.tag.startswith("N") and last.end - last.start > 1
                else last.inside
            )
            found[-1] = TopicWord(WordRole.CONTENT, last.start, one.end, inside)
        elif role is WordRole.FILLER and last and last.role is WordRole.CONTENT and one.start < last.end:
            continue
        elif last and glued and (one.form == "-" or _ends_noun(one, last) or _is_unit(one, text, last)):
            found[-1] = replace(last, end=one.end)
        elif role is not None:
            apart = at in leaving_out or (one.tag == "SP" and at > 0 and morphemes[at - 1].tag == "MAJ")
            found.append(TopicWord(WordRole.BREAK if apart else role, one.start, one.end))
    return found


def _brackets_leaving_out(morphemes: Sequence[Tagged]) -> set[int]:
    """Places of the brackets around what is not meant, which do not say again what stands before them:
    "에이전트 (비디오 생성 말고)".
    """
    found: set[int] = set()
    opened = -1
    for at, one in enumerate(morphemes):
        if one.tag == "SSO":
            opened = at
        elif one.tag == "SSC" and opened >= 0:
            if any(_role_of(inside, None) is WordRole.NOT_LAST for inside in morphemes[opened:at]):
                found |= {opened, at}
            opened = -1
    return found


def _ends_noun(one: Tagged, last: TopicWord) -> bool:
    """Whether it makes another noun of the one before it, "최적화" of "최적"; not a plural."""
    return one.tag == "XSN" and one.form != PLURAL and last.role is WordRole.CONTENT


def _is_unit(one: Tagged, text: str, last: TopicWord) -> bool:
    """Whether it says what a number before it is of, "비트" of "1비트"; papers are counted in words of one
    syllable.
    """
    return one.tag == "NNB" and len(one.form) > 1 and text[last.start : last.end].isdigit()


def _taken_for_a_verb(text: str, one: Tagged, after: Tagged | None) -> bool:
    """Whether it ends a noun that the analyser does not know: "블" of "페블"."""
    ends = (
        one.end == len(text)
        or not text[one.end].isalnum()
        or (after is not None and after.tag.startswith("J"))
    )
    return ends and one.tag in {"VX", "VV", "VA", "IC"}


def _role_of(one: Tagged, after: Tagged | None) -> WordRole | None:
    """The role of a morpheme; None for one that changes nothing."""
    form = one.form.casefold()
    if form in NOT_LAST and one.tag in {"NNG", "VV", "VX"}:
        return WordRole.NOT_LAST
    if one.tag.startswith(NOUNS):
        if one.tag == "SL":
            return _role(one.form)
        verbal = after is not None and after.tag == "XSV"
        return WordRole.FILLER if form in LITTLE or verbal else WordRole.CONTENT
    if one.tag in {"JC", "MAJ", "JX"} or one.form in EITHER | BOTH:
        return WordRole.EITHER if form in EITHER else WordRole.BOTH if form in BOTH else WordRole.BREAK
    if one.tag in {"SP", "SSO", "SSC"}:
        return WordRole.EITHER
    if one.tag == "MAG" and form in WITHIN and after is not None and after.tag.startswith("N"):
        return WordRole.CONTENT  # "직접" of "직접 선호 최적화"
    if one.tag in {"VA", "NP", "MM"}:
        return WordRole.FILLER
    return None if one.tag in {"ETM", "XSN", "JKG"} else WordRole.BREAK
