"""The topics of a collection: its papers in a few groups by meaning, each named by its titles' own words.

Knows: how papers are grouped by their vectors, and which phrases tell a group from the rest. Does not
know: days, readers, or a language model. The same collection always gives the same topics.

Source: spherical k-means (Dhillon and Modha 2001, "Concept decompositions for large sparse text data
using clustering") from k-means++ seeds (Arthur and Vassilvitskii 2007), drawn with a fixed seed.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag_app.answer import trends
from rag_app.collection.library import Library
from rag_app.records import Paper

# Topics of n papers: n ** GROWTH, so 3 of 20 papers, 4 of 50 and 16 of 5,500. Twice as many gave groups
# of one paper on most days, half as many gave names that say nothing.
GROWTH, MOST = 0.32, 24
FITTED_ON = 2_000  # papers, evenly over the collection: the groups of all 5,487 were hardly others
ROUNDS, TRIES = 20, 4  # of k-means; candidates for each seed
PAIR_WORTH = 1.25  # of a phrase of two words beside one: it says more
LEAST_SHARE = 0.05  # of a topic's titles, that hold the phrase which names it
NAMED_BY, SECOND = 2, 0.45  # phrases of a name; worth of the second beside the first
LONGER = 0.3  # worth from which "video generation" is put in place of "video"
FOLLOWED = 0.6  # share of a phrase's places at which the same word follows: it belongs to the name
# A word between two that phrases leave out, as in "text-to-image".
_BETWEEN = r"\w*(?:[\W_]+\w{1,3})?[\W_]+"

Matrix = NDArray[np.float32]
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class TopicMap:
    """Each paper's topic."""

    names: tuple[str, ...]  # empty where the titles of a topic have nothing in common
    places: Mapping[str, int]  # arXiv id -> place in `names`


def map_topics(library: Library) -> TopicMap:
    """Group every paper of the collection; 0.7 s for 5,487 papers, so keep the result."""
    papers = library.snapshot.papers.many(library.lexical.papers)
    if not papers:
        return TopicMap((), {})
    topics = grouped(library.paper_vectors, min(MOST, max(1, round(len(papers) ** GROWTH))))
    names = _names(papers, topics)
    return TopicMap(names, {paper.arxiv_id: int(topic) for paper, topic in zip(papers, topics, strict=True)})


def grouped(vectors: Matrix, count: int) -> Rows:
    """The group of each row of `vectors` (n, d), from 0 to `count` - 1; some may be empty."""
    sample = vectors[:: max(1, len(vectors) // FITTED_ON)]
    centres = _seeds(sample, count)
    groups = np.zeros(0, np.intp)
    for _ in range(ROUNDS):
        before, groups = groups, np.argmax(sample @ centres.T, axis=1)
        if np.array_equal(before, groups):
            break
        sums = np.zeros_like(centres)
        np.add.at(sums, groups, sample)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(lengths > 0, sums / np.maximum(lengths, 1e-9), centres)
    return np.asarray(np.argmax(vectors @ centres.T, axis=1), np.intp)


def _seeds(vectors: Matrix, count: int) -> Matrix:
    """Rows that lie far from each other (greedy k-means++)."""
    chance = np.random.default_rng(0)
    chosen = [int(chance.integers(len(vectors)))]
    distance = np.maximum(1 - vectors @ vectors[chosen[0]], 0)
    while len(chosen) < count and distance.sum() > 0:
        drawn = chance.choice(len(vectors), TRIES, p=distance / distance.sum())
        nearer = np.minimum(distance, np.maximum(1 - vectors[drawn] @ vectors.T, 0))
        best = int(np.argmin(nearer.sum(axis=1)))
        chosen.append(int(drawn[best]))
        distance = nearer[best]
    return vectors[chosen]


# --- names --------------------------------------------------------------------------------------


def _names(papers: Sequence[Paper], topics: Rows) -> tuple[str, ...]:
    """A name for each topic: one or two phrases that its titles hold more often than others do.

    No phrase names two topics; the largest topic chooses first.
    """
    usual: Counter[str] = Counter()
    members: list[list[Paper]] = [[] for _ in range(int(topics.max()) + 1)]
    for paper, topic in zip(papers, topics, strict=True):
        usual.update(trends.phrases_of(paper))
        members[topic].append(paper)
    names = [""] * len(members)
    taken: set[str] = set()
    for topic in sorted(range(len(members)), key=lambda topic: -len(members[topic])):
        phrases = _telling(members[topic], usual, len(papers), taken)
        taken.update(phrases)
        titles = [paper.title for paper in members[topic]]
        names[topic] = ", ".join(_spelled(phrase, titles) for phrase in phrases)
    return tuple(names)


def _telling(members: Sequence[Paper], usual: Mapping[str, int], total: int, taken: set[str]) -> list[str]:
    """The one or two phrases by which titles of these papers are told best from any other.

    What a phrase is worth is its share of the titles times the logarithm of how much that is above the
    usual share (pointwise Kullback-Leibler divergence).
    """
    within = Counter(phrase for paper in members for phrase in trends.phrases_of(paper))
    worth = {
        phrase: (found / len(members))
        * math.log((found / len(members)) / (usual[phrase] / total))
        * (PAIR_WORTH if " " in phrase else 1.0)
        for phrase, found in within.items()
        if found > 1 and found >= LEAST_SHARE * len(members) and phrase not in taken
    }
    chosen: list[str] = []
    for phrase in sorted(worth, key=lambda phrase: (-worth[phrase], phrase)):
        if (
            len(chosen) == NAMED_BY
            or worth[phrase] < SECOND * worth[(chosen or [phrase])[0]]
            or worth[phrase] <= 0
        ):
            break
        longer = [other for other in worth if set(phrase.split()) < set(other.split()) and other not in taken]
        best = max(longer, key=lambda other: (worth[other], other), default=phrase)
        better = best if worth[best] >= LONGER * worth[phrase] else phrase
        if not any(set(better.split()) & set(other.split()) for other in chosen):
            chosen.append(better)
    return chosen


def _spelled(phrase: str, titles: Sequence[str]) -> str:
    """The phrase as titles mostly write it, with the word that nearly always follows it: "text image" is
    "Text-to-Image" there, and "reinforcement" is "Reinforcement Learning".
    """
    pattern = re.compile(rf"\b({_BETWEEN.join(map(_stem, phrase.split()))}\w*)(?: (\w+))?", re.IGNORECASE)
    matches = [match for title in titles for match in pattern.finditer(title)]
    written = Counter(match[1] for match in matches)
    name = min(written, key=lambda text: (-written[text], text)) if written else phrase
    following = Counter(match[2] for match in matches if match[2]).most_common(1)
    always = following and following[0][1] >= FOLLOWED * len(matches)
    return f"{name} {following[0][0]}" if always else name


def _stem(word: str) -> str:
    return re.escape(word[:-1] if word.endswith("y") else word)
