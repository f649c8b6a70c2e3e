"""Papers -> batches of (query, passage) pairs that say the same: training data for the embedder.

Knows: which parts of a digest tell the same thing in other words, and how pairs are put into
batches. No labels are needed.
Does not know: models, tokens, losses.

Digests write Korean with English terms in parentheses, and a model that may match those learns no
Korean. So passages lose them wherever the query is English: always where the query was made of
them, else every other time.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from rag_app.records import Paper
from rag_app.text import sentences
from rag_app.text.cleaning import clean
from rag_app.text.glossary import PAIR, mine_glossary
from rag_app.text.terms import morphemes, words

BATCH = 32  # pairs
LEAST_LENGTH = 40  # characters of a section worth learning from
LEAST_TITLE = 3  # words of a title behind its colon that still say what the paper is about
TERMS = (2, 4)  # English terms in one query, least and most
GLOSSES = (4, 12)  # translated words in one query, least and most
CANDIDATES = 3  # English words kept for one Korean term
LEAST_PAIRS = 3  # expected number of `한국어 (English)` pairs behind a translation

_IN_PARENTHESES = re.compile(r"\s?\(([^()가-힣]*[A-Za-z][^()가-힣]*)\)")

# Korean term -> English words for it, and their weights
Glosses = Mapping[str, tuple[list[str], list[float]]]


@dataclass(frozen=True, slots=True)
class Text:
    """What a paper offers to learn from, cleaned."""

    paper: str  # arXiv id
    topic: str  # its title without the name of the method
    sections: tuple[str, ...]  # at least one


@dataclass(frozen=True, slots=True)
class Pair:
    """A query and a passage of one paper that it should find."""

    paper: str  # arXiv id
    query: str
    passage: str


Batch = list[Pair]
Maker = Callable[[Text, Glosses, Random], tuple[str, str] | None]


def texts_of(papers: Iterable[Paper]) -> list[Text]:
    """The papers that have a section worth learning from."""
    texts = []
    for paper in papers:
        sections = tuple(text for s in paper.sections if len(text := clean(s.text)) >= LEAST_LENGTH)
        if sections:
            texts.append(Text(paper.arxiv_id, _topic(clean(paper.title)), sections))
    return texts


def mine_glosses(texts: Iterable[Text]) -> Glosses:
    """The mined glossary turned round: P(English | Korean) by Bayes' rule; empty where no text is Korean."""
    sections = [section for text in texts for section in text.sections]
    inside = (match[2] for section in sections for match in PAIR.finditer(section))
    frequency = Counter(word for english in inside for word in words(english))
    found: dict[str, list[tuple[float, str]]] = {}
    for english, shares in mine_glossary(sections).items():
        for korean, share in shares.items():
            if english.isalpha() and share * frequency[english] >= LEAST_PAIRS:
                found.setdefault(korean, []).append((share * frequency[english], english))
    return {korean: _likeliest(weighted) for korean, weighted in found.items()}


def _likeliest(weighted: list[tuple[float, str]]) -> tuple[list[str], list[float]]:
    best = sorted(weighted, reverse=True)[:CANDIDATES]
    return [word for _, word in best], [weight for weight, _ in best]


# --- makers of pairs ----------------------------------------------------------------------------


def by_title(text: Text, glosses: Glosses, random: Random) -> tuple[str, str]:
    """The title's topic -> any section."""
    section = random.choice(text.sections)
    return text.topic, without_english(section) if random.random() < 0.5 else section


def by_opening(text: Text, glosses: Glosses, random: Random) -> tuple[str, str] | None:
    """The first sentence of a section -> another section."""
    if len(text.sections) < 2:
        return None
    section, other = random.sample(text.sections, 2)
    first = next(iter(sentences.split(section)), None)
    return (section[slice(*first)], other) if first else None


def by_terms(text: Text, glosses: Glosses, random: Random) -> tuple[str, str] | None:
    """A few of the English terms that a section gives in parentheses -> the section without them."""
    section = random.choice(text.sections)
    terms = list(dict.fromkeys(_IN_PARENTHESES.findall(section)))
    least, most = TERMS
    if len(terms) < least:
        return None
    return ", ".join(random.sample(terms, min(most, len(terms)))), without_english(section)


def by_glosses(text: Text, glosses: Glosses, random: Random) -> tuple[str, str] | None:
    """English words for the Korean terms of a sentence -> its section without English terms."""
    section = random.choice(text.sections)
    spans = sentences.split(section)
    if not glosses or not spans:
        return None
    start, end = random.choice(spans)
    (terms,) = morphemes([without_english(section[start:end])])
    known = [glosses[term] for term in dict.fromkeys(terms) if term in glosses]
    chosen = dict.fromkeys(random.choices(english, weights)[0] for english, weights in known)
    least, most = GLOSSES
    return (" ".join(list(chosen)[:most]), without_english(section)) if len(chosen) >= least else None


MAKERS: tuple[Maker, ...] = (by_title, by_opening, by_terms, by_glosses)


def without_english(text: str) -> str:
    """The text without its parentheses that hold English."""
    return _IN_PARENTHESES.sub("", text)


def _topic(title: str) -> str:
    topic = title.partition(":")[2].strip()
    return topic if len(topic.split()) >= LEAST_TITLE else title


# --- batches ------------------------------------------------------------------------------------


def schedule(
    texts: Sequence[Text],
    glosses: Glosses,
    seed: int,
    *,
    steps: int | None,
    most: int,
    makers: Sequence[Maker] = MAKERS,
) -> list[Batch]:
    """One batch for each training step: `steps` of them, or one pass over the pairs and at most
    `most`.

    Every pass gives each maker one try at each paper. The same arguments give the same batches.
    """
    random = Random(seed)  # noqa: S311 - repeatable, not secret
    batches = _one_pass(texts, glosses, makers, random)
    while steps is not None and batches and len(batches) < steps:
        batches += _one_pass(texts, glosses, makers, random)
    return batches[: most if steps is None else steps]


def _one_pass(
    texts: Sequence[Text], glosses: Glosses, makers: Sequence[Maker], random: Random
) -> list[Batch]:
    """Batches of one maker's pairs, so that two pairs of a paper, false negatives of each other,
    never share one.

    Passages of a batch are alike in length: padding would cost a fifth of the time.
    """
    batches: list[Batch] = []
    for maker in makers:
        made = ((text.paper, maker(text, glosses, random)) for text in texts)
        pairs = sorted(
            (Pair(paper, *pair) for paper, pair in made if pair), key=lambda pair: len(pair.passage)
        )
        batches += [pairs[start : start + BATCH] for start in range(0, len(pairs), BATCH)]
    random.shuffle(batches)
    return batches
