"""Which papers belong on a list: where it ends is found by evidence, not by a score of its own.

Knows: that a paper belongs which says every part of the topic in one of its spellings, what a mention
in passing is, how near in meaning a paper without the words has to be, and which papers are in doubt.
Does not know: how a topic is taken apart (`search.topic`) or spelled (`collection.spellings`), how
papers are scored (`search.retrieval`), or how a list is written.

A digest is a summary: what it names, the paper is about. Scores are compared among the papers of this
very question, those that say the topic against those that do not, so that where a list ends depends on
no embedding model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rag_app.collection.spellings import Spellings
from rag_app.search.topic import TopicPart, all_phrases, parts

Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]
Counts = NDArray[np.int32]
# How often each paper says each phrase of each alternative of a part, shape (papers,) each.
Alternatives = list[list[Counts]]

FEW_PHRASES = 2  # more of them describe papers, which need not say each


@dataclass(frozen=True, slots=True)
class Rule:
    """When a list ends: shares of a collection's own papers, and scores in standard deviations over it."""

    broad: float = 0.1  # of the papers say a word: alone it tells little beside a rarer one
    fewest: int = 5  # papers that say a topic, for their scores to show what such papers score
    doubtful: float = 2.0  # papers that say a topic for one that does not and scores as high: it is in doubt
    chance: float = 0.15  # papers that may by chance score so high among those that filters leave
    passing: float = 0.5  # likelihood ratio below which one mention of a broad topic is in doubt
    held: float = 0.6  # of a description's weight that a paper has to say,
    partly: float = 0.25  # and where no paper says all of a topic
    share: float = 0.42  # of the best score that a paper of a description has to reach,
    least: float = 1.2  # between these two, in standard deviations over the collection
    most: float = 2.2
    border: float = 0.35
    few: int = 60  # papers that conditions leave (a day's): these are told by their scores, too,
    few_share: float = 0.5  # which reach this share of the best,
    few_least: float = 1.8  # at least this one where none says the topic,
    few_most: float = 3.0  # at most this one,
    few_like: float = 0.1  # and what all but this share of the papers have that say a term


@dataclass(frozen=True, slots=True)
class Members:
    """Masks over the papers, shape (papers,)."""

    matched: Mask
    borderline: Mask
    worded: Mask  # say every part of the topic, so that no score decided


def members(text: str, scores: Scores, allowed: Mask, spellings: Spellings, rule: Rule = Rule()) -> Members:
    """The papers of the topic `text` among those allowed; `scores` are standard scores of all papers."""
    said = [(part, _times(part, spellings)) for part in parts(text, spellings)]
    kept = allowed.copy()
    for times in (_most(alternatives) for part, alternatives in said if part.left_out):
        kept &= times == 0
    wanted = _telling([alternatives for part, alternatives in said if not part.left_out], rule)
    if not wanted:
        return _within(_standing_out(scores, kept, rule), kept)
    times = np.minimum.reduce([_most(one) for one in wanted])
    found = _saying(times, scores, kept, rule)
    is_description = sum(max(map(len, one)) for one in wanted) > FEW_PHRASES
    if are_few(allowed, rule):
        like_those = kept
        if not is_description and times.any():  # papers of other days may say it
            like_those = kept & (scores >= np.quantile(scores[times > 0], rule.few_like))
        least = rule.least if (found.worded & kept).any() else rule.few_least
        few = replace(rule, share=rule.few_share, least=least, most=rule.few_most)
        out = _standing_out(scores, like_those, few)
        return _within(replace(out, matched=found.matched | out.matched, worded=found.worded), kept)
    told = (found.matched & kept).any()
    if is_description or not told:
        near = _holding(_held(wanted), kept, told=bool(told), rule=rule)
        # Beside papers that say all of it, others are near to the best of them.
        described = _standing_out(scores, near, replace(rule, most=np.inf) if told else rule)
        found = replace(
            found,
            matched=found.matched | described.matched,
            borderline=found.borderline | described.borderline,
        )
    return _within(found, kept)


def are_few(allowed: Mask, rule: Rule = Rule()) -> bool:
    """Whether conditions leave so few papers that their scores tell them apart: those of a day."""
    return int(np.count_nonzero(allowed)) <= min(rule.few, len(allowed) // 2)


def saying_any(found: Sequence[Members]) -> Members:
    """The papers that say at least one of several topics."""
    worded: Mask = np.logical_or.reduce([one.worded for one in found])
    return Members(worded, np.zeros(len(worded), bool), worded)


def _holding(share: NDArray[np.float64], kept: Mask, *, told: bool, rule: Rule) -> Mask:
    """The papers that say enough of a topic for their scores to decide, where each has that `share` of it."""
    mostly = kept & (share >= rule.held)
    return mostly if told or mostly.any() else kept & (share >= rule.partly)


def is_of_the_field(text: str, spellings: Spellings) -> bool:
    """Whether the topic `text` is a term of the field or two, whatever else its words may mean."""
    said = all_phrases(text, spellings)
    return 0 < len(said) <= FEW_PHRASES and all(map(spellings.is_of_the_field, said))


def held(text: str, spellings: Spellings) -> NDArray[np.float64]:
    """How much of the topic `text` each paper says, rare phrases counting more, shape (papers,), 0 to 1; none
    says a part that is left out. Nothing of what describes papers, which need not say each phrase of it.
    """
    said = [(part.left_out, _times(part, spellings)) for part in parts(text, spellings)]
    wanted = [alternatives for left_out, alternatives in said if not left_out]
    described = sum(max(map(len, one)) for one in wanted) > FEW_PHRASES
    share = _held(wanted) if wanted and not described else np.zeros(len(spellings.saying(())))
    for alternatives in (alternatives for left_out, alternatives in said if left_out):
        share[_most(alternatives) > 0] = 0.0
    return share


def _within(found: Members, kept: Mask) -> Members:
    return Members(found.matched & kept, found.borderline & ~found.matched & kept, found.worded & kept)


def _times(part: TopicPart, spellings: Spellings) -> Alternatives:
    return [[spellings.saying(spellings.of(phrase)) for phrase in phrases] for phrases in part.alternatives]


def _most(alternatives: Alternatives) -> Counts:
    """How often each paper says the alternative that it says most: the phrase of it that it says least."""
    most: Counts = np.maximum.reduce([np.minimum.reduce(phrases) for phrases in alternatives])
    return most


def _telling(wanted: Sequence[Alternatives], rule: Rule) -> list[Alternatives]:
    """The parts without words that many papers say, if anything is left without them."""
    rest = [[_narrow(phrases, rule) or phrases for phrases in alternatives] for alternatives in wanted]
    narrow = [one for one in rest if all(_narrow(phrases, rule) for phrases in one)]
    return narrow or rest


def _narrow(phrases: list[Counts], rule: Rule) -> list[Counts]:
    return [times for times in phrases if _share(times) < rule.broad]


def _share(times: Counts) -> float:
    return np.count_nonzero(times) / max(len(times), 1)


def _held(wanted: Sequence[Alternatives]) -> NDArray[np.float64]:
    """How much of the topic each paper says, rare phrases counting more, from 0 to 1."""
    total, held = 0.0, np.zeros(len(wanted[0][0][0]))
    for alternatives in wanted:
        best = np.zeros(len(held))
        weight = 0.0
        for phrases in alternatives:
            worths = [_worth(times) for times in phrases]
            best = np.maximum(
                best, sum(worth * (times > 0) for worth, times in zip(worths, phrases, strict=True))
            )
            weight = max(weight, sum(worths))
        total, held = total + weight, held + best
    return held / total


def _worth(times: Counts) -> float:
    every = max(len(times), 2)
    return 0.05 + float(np.log(every / max(int(np.count_nonzero(times)), 1)) / np.log(every))


def _saying(times: Counts, scores: Scores, allowed: Mask, rule: Rule) -> Members:
    """Papers that say the topic, and those without the words that score like them."""
    says = times > 0
    if np.count_nonzero(says) < rule.fewest or says.all():
        return Members(says, np.zeros(len(says), bool), says)
    near = _beyond_chance(says, scores, allowed, rule.chance)
    doubtful = _scoring_like(says, scores, rule.doubtful) | _beyond_chance(
        says, scores, allowed, 2 * rule.chance
    )
    passing = np.zeros(len(says), bool)
    if _share(times) >= rule.broad and np.count_nonzero(times > 1) >= rule.fewest:
        passing = (times == 1) & (_ratio(scores, times > 1, ~says) < rule.passing)
    return Members((says & ~passing) | near, doubtful | passing, says & ~passing)


def _beyond_chance(says: Mask, scores: Scores, allowed: Mask, most: float) -> Mask:
    """The allowed papers that do not say a topic and score so high that, by the whole collection, fewer
    than `most` of so many papers would: near in meaning though no word says it.
    """
    chance = _reaching(scores, scores[~says]) / max(int(np.count_nonzero(~says)), 1)
    beyond: Mask = ~says & (chance * np.count_nonzero(allowed & ~says) <= most)
    return beyond


def _scoring_like(says: Mask, scores: Scores, least: float) -> Mask:
    """The papers that do not say a topic, and for each that scores as high or higher and does not say it
    either, `least` that say it.
    """
    return ~says & (_reaching(scores, scores[says]) >= least * _reaching(scores, scores[~says]))


def _reaching(scores: Scores, of: Scores) -> NDArray[np.intp]:
    """For each score, how many of those reach it."""
    return len(of) - np.searchsorted(np.sort(of), scores, side="left")


def _ratio(scores: Scores, about: Mask, without: Mask) -> NDArray[np.float64]:
    """How much likelier each score is among the ones than among the others, as two normal densities;
    never falling with the score.
    """
    logs = []
    for those in (about, without):
        mean, spread = scores[those].mean(), max(float(scores[those].std()), 1e-3)
        logs.append(-(((scores - mean) / spread) ** 2) / 2 - np.log(spread))
    order = np.argsort(scores)
    ratio = np.empty(len(scores))
    ratio[order] = np.maximum.accumulate((logs[0] - logs[1])[order])
    return np.exp(np.clip(ratio, -50, 50))


def _standing_out(scores: Scores, allowed: Mask, rule: Rule) -> Members:
    """Those that stand out from the collection, where words alone do not decide."""
    best = float(scores[allowed].max()) if allowed.any() else 0.0
    least = min(max(rule.share * best, rule.least), rule.most)
    near = allowed & (scores < least) & (scores >= least - rule.border)
    return Members(allowed & (scores >= least), near, np.zeros(len(scores), bool))
