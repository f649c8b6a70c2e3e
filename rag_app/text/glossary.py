"""The bilingual glossary of a collection, mined from its own `한국어 (English)` pairs, and those in
Chinese and Japanese.

Knows: which terms of these languages translate an English word in these texts.
Does not know: papers, scores.

Source: IBM Model 1 (Brown et al. 1993, "The Mathematics of Statistical Machine Translation"): the
word alignments of a translation lexicon, learned in seconds, without a model.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from rag_app.lang import count_letters, ko
from rag_app.text.terms import STOP_WORDS, Analyse, bigrams, morphemes, words

# A Korean phrase starts at a word: what follows a closing parenthesis without a space is a particle
# of the word before. One in Chinese or Japanese has no marked start.
PAIR = re.compile(
    r"((?<![)\w])(?:[가-힣A-Za-z0-9·\-]+ ){0,3}[가-힣]+|[一-鿿々ァ-ヺー]{2,12})"
    r"\s?[(（]([A-Za-z][A-Za-z0-9 \-/,;']{2,60})[)）]"
)

ITERATIONS = 6  # of EM; the table no longer changes its order after five
TRANSLATIONS = 4  # terms kept for one English word
LEAST_SHARE = 0.08  # of an English word's translation probability
LEAST_COUNT = 0.7  # expected number of pairs that align the two


def mine_glossary(texts: Iterable[str], analyse: Analyse = morphemes) -> dict[str, dict[str, float]]:
    """English word -> terms with their translation probability, from `한국어 (English)` pairs."""
    pairs = [(m[1], m[2]) for text in texts for m in PAIR.finditer(text)]
    sides = []
    for (left, english), korean in zip(pairs, analyse([korean for korean, _ in pairs]), strict=True):
        source = [w for w in words(english) if w not in STOP_WORDS]
        # The phrase to the left has no marked start: as many morphemes as there are words, and one
        # to spare.
        target = [k for k in korean[-(len(source) + 1) :] if count_letters(k, ko.LANGUAGE.script)]
        target += bigrams(left)[-(2 * len(source) + 1) :]  # a word is two characters or more
        if source and target:
            sides.append((source, target))
    return _align(sides)


def _align(sides: Sequence[tuple[list[str], list[str]]]) -> dict[str, dict[str, float]]:
    """IBM Model 1 by expectation maximisation; only translations worth using are kept."""
    table: dict[tuple[str, str], float] = defaultdict(lambda: 1.0)
    counts: dict[tuple[str, str], float] = {}
    for _ in range(ITERATIONS):
        counts = defaultdict(float)
        totals: dict[str, float] = defaultdict(float)
        for source, target in sides:
            for korean in target:
                norm = sum(table[english, korean] for english in source)
                for english in source:
                    share = table[english, korean] / norm
                    counts[english, korean] += share
                    totals[english] += share
        table = defaultdict(float, {pair: count / totals[pair[0]] for pair, count in counts.items()})
    glossary: dict[str, dict[str, float]] = defaultdict(dict)
    for (english, korean), share in sorted(table.items(), key=lambda item: -item[1]):
        if (
            share >= LEAST_SHARE
            and counts[english, korean] >= LEAST_COUNT
            and len(glossary[english]) < TRANSLATIONS
        ):
            glossary[english][korean] = round(share, 4)
    return {english: targets for english, targets in glossary.items() if targets}
