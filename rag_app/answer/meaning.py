"""Whether a translation says what its sentence says: near it in meaning, and not its opposite.

Knows: how near a translation must be to its sentence, measured against the sentences beside it, and
which words turn a meaning round: of denial, of direction, of little and much, of more than another. Does not
know: figures and names (`answer.verification`), or terms (`answer.term_check`).

A multilingual embedding is near for the same meaning in two languages, and hardly tells a claim from
its opposite; signs of negation and of direction tell that, and nothing else.

Measured on 52 sentences of digests that a model of 1.5B parameters put into English: of the 49
translations that hold the figures and names, 48 pass and the other turns its sentence round; of 24
foreign sentences that the other checks let through none passes, and of 9 translations of the sentence
beside it 2 do. None of 175 later ones that passed is refused for signs of little and much.
"""

from __future__ import annotations

from rag_app.answer.readable import LATIN
from rag_app.collection.library import Library
from rag_app.lang import LANGUAGES, language_of
from rag_app.lang.wording import Wording
from rag_app.records import Paper, Passage
from rag_app.search import open_patterns
from rag_app.text import sentences
from rag_app.text.length import word_count

BESIDE = 4  # sentences of the digest that the nearness is compared with
FEWEST_BESIDE = 2
SHORTEST = 4  # words of such a sentence
# Of what the embedding model puts titles nearer to their own digests than to others (`Library.nearness`), the
# share that a translation must be nearer to its sentence than to those beside it.
NEARER = 0.4
# Times that, from which the first sentences beside it are enough: each costs an embedding. All of 89 true
# translations pass either way, of 431 translations of another sentence of the same digest 26 instead of 25.
SURELY = 2.5
LEAST_NEAR = 0.02  # a model that tells less of titles apart does not know both languages


def says_the_same(text: str, passage: Passage, paper: Paper, library: Library) -> bool:
    """Whether `text`, in another language, may stand for the passage."""
    said = passage.text
    turned = is_opposite(text, said) or _levels(text, said) or _loses_course(text, said)
    return not turned and is_near(text, passage, paper, library)


def is_near(text: str, passage: Passage, paper: Paper, library: Library) -> bool:
    """Whether `text` is nearer to the passage than to other sentences of its digest, by the embedding model;
    where that tells nothing of the two languages, or there is nothing to compare with, it is.
    """
    beside = _sentences_beside(passage, paper)
    if len(beside) < FEWEST_BESIDE or library.nearness < LEAST_NEAR:
        return True
    embed = library.embedder.query
    said = embed(text)
    own, needed = float(said @ embed(passage.text)), NEARER * library.nearness
    apart: list[float] = []  # how much farther each of the others is
    for other in beside:
        apart.append(own - float(said @ embed(other)))
        if len(apart) >= FEWEST_BESIDE and sum(apart) / len(apart) >= SURELY * needed:
            return True
    return sum(apart) / len(apart) >= needed


def _sentences_beside(passage: Passage, paper: Paper) -> list[str]:
    texts = [s.text[start:end] for s in paper.sections for start, end in sentences.split(s.text)]
    others = [text for text in texts if text != passage.text and word_count(text) >= SHORTEST]
    return others[:BESIDE]


def is_opposite(text: str, original: str) -> bool:
    """Whether one of two texts denies what the other says, lets fall what rises in it, or gives much of what
    it says is lacking.
    """
    rises, falls = open_patterns.RISING, open_patterns.FALLING
    if _turned(text, original, rises, falls) or _turned(text, original, falls, rises):
        return True
    if _fills(text, original) or _fills(original, text):
        return True
    denied = open_patterns.NEGATING.search(original)
    if open_patterns.NEGATING.search(text):
        return not (denied or _hints(original))
    return bool(denied) and not _hints(text)


def _hints(text: str) -> bool:
    """Whether a text may deny something, or say that there is little of it."""
    return bool(open_patterns.HINTING.search(text) or open_patterns.LACKING.search(text))


def _turned(text: str, original: str, one: Wording, other: Wording) -> bool:
    """Whether the original goes one way only and the text the other way only."""
    return bool(
        one.search(original) and not other.search(original) and other.search(text) and not one.search(text)
    )


def _levels(text: str, original: str) -> bool:
    """Whether the original says that one thing exceeds another, and the text does not."""
    higher = (open_patterns.EXCEEDING, open_patterns.PERHAPS_EXCEEDING, open_patterns.RISING)
    return bool(open_patterns.EXCEEDING.search(original)) and not any(sign.search(text) for sign in higher)


def _loses_course(text: str, original: str) -> bool:
    """Whether the original says from which figure to which something went, and the text does not: "from 99.3
    to 69.7" is no fall by 69.7.
    """
    if LANGUAGES[language_of(original)].script == LATIN:  # "from 1B to 70B" may be a range
        return False
    courses = _courses(text)
    return any(one not in courses for one in _courses(original))


def _courses(text: str) -> list[list[float]]:
    found = open_patterns.FROM_TO.finditer(text)
    return [[float(group.replace(",", "")) for group in match.groups() if group] for match in found]


def _fills(text: str, other: str) -> bool:
    """Whether a text gives much, with no sign of less, where the other only says what is lacking."""
    less = (open_patterns.LACKING, open_patterns.HINTING, open_patterns.FALLING, open_patterns.NEGATING)
    more = (open_patterns.ABOUNDING, open_patterns.RISING)
    lacks = open_patterns.LACKING.search(other) and not any(sign.search(other) for sign in more)
    return bool(
        lacks and open_patterns.ABOUNDING.search(text) and not any(sign.search(text) for sign in less)
    )
