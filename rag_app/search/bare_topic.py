"""Whether a question is a topic and nothing else, as typed into a search box: "KV cache", "로봇 강화학습".

Knows: that such a question holds no word that asks, no verb and no pronoun.
Does not know: which words a collection says, or what is answered.
"""

from __future__ import annotations

import re

from rag_app.search import answer_places, open_patterns, patterns, turn_patterns
from rag_app.search.topic import WITHIN
from rag_app.text.terms import HAN, HANGUL, KATAKANA, STOP_WORDS, WORD, Tagged, tagged

LONGEST = 10  # words, in writing with blanks
UNSPACED = 16  # letters of a run without blanks, in writing that has none
HIRAGANA = re.compile(r"[ぁ-ゖ]+")
# What a sentence ends with; a question mark alone makes none of "KV cache?".
ENDED = re.compile(r"[.!。！;；:：—]")
# Korean endings of a clause, pronouns, adverbs and exclamations, verbs beside others (tags of Kiwi).
OF_SENTENCES = frozenset({"EF", "EC", "EP", "NP", "IC", "MAJ", "VX"})
VERBS = frozenset({"VV", "VA"})
PARTICLES = frozenset({"JX", "JKS", "JKO", "JKB"})
WORDED = (
    patterns.ASKING,
    patterns.PAPERS,
    patterns.LISTING,
    patterns.SIDE_BY_SIDE,
    patterns.SUMMING,
    patterns.WAYS,
    patterns.TREND,
    patterns.SEARCHING,
    patterns.POINTING,
    patterns.AMONG,
)


def is_bare_topic(question: str) -> bool:
    """Whether it is one; of a question with dates, votes and authors masked."""
    text = question.strip().rstrip("?？.。! ")
    if not text or len(text.split()) > LONGEST or ENDED.search(text) or patterns.GREETING.fullmatch(text):
        return False
    if turn_patterns.FURTHER.fullmatch(text) or patterns.TWO.search(text):
        return False
    if open_patterns.is_a_form(text) or answer_places.places(text) or any(p.search(text) for p in WORDED):
        return False
    if any(word.casefold() in STOP_WORDS - WITHIN for word in WORD.findall(text)):
        return False
    if HANGUL.search(text):
        found = tagged(text)
        if found[-1].tag in PARTICLES:  # "두 번째 단계는?" asks of what was told
            return False
        behind = [*(one.tag for one in found[1:]), ""]
        return all(_stands_in_a_topic(one, after) for one, after in zip(found, behind, strict=True))
    return len(max(text.split(), key=len)) <= UNSPACED and all(
        run in WITHIN for run in HIRAGANA.findall(text)
    )


def is_unspaced(text: str) -> bool:
    """Whether a text is written without blanks between its words."""
    return not HANGUL.search(text) and bool(HAN.search(text) or KATAKANA.search(text))


def _stands_in_a_topic(one: Tagged, after: str) -> bool:
    """Whether a Korean morpheme may, before one of that tag: "작" of "작은 모델" before its ending, "위하" of
    "로봇을 위한 강화학습", which is the verb of a particle.
    """
    if one.tag == "MAG":  # "깊이 추정"
        return one.form in WITHIN and after.startswith("N")
    if one.tag in OF_SENTENCES:
        return False
    return one.tag not in VERBS or one.form in WITHIN or (one.tag == "VA" and after == "ETM")
