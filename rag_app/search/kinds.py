"""What kind of question a question is, learned from examples of each kind.

Knows: the example files, how examples and questions become features, and the classifier that is
fitted to them. Does not know: a language's words, the collection, or what a kind is answered with.

A kind is a file in the folder `examples`, with a list for each language; another kind or
language is another file or list. Names and topics are slots, filled in turn with the same words for
every kind, so that what a question is about does not decide what is asked. The classifier is a
multinomial logistic regression over the question's embedding, which retrieval computes anyway, and
over the question's words, with marks in place of the papers, authors, days and votes it names.
"""

from __future__ import annotations

import hashlib
import itertools
import re
import threading
import tomllib
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag_app import files
from rag_app.home import Home
from rag_app.lang import LANGUAGES, other_scripts
from rag_app.search import dates, stated_conditions

EXAMPLES = Path(__file__).parent / "examples"
SLOTS = Path(__file__).parent / "slots.toml"
SHIPPED = Path(__file__).parent / "fitted"  # to the examples as they are, for the default embedding model
SLOT = re.compile(r"\{([a-z]+)(\d?)\}")
FIRST = next(iter(LANGUAGES))  # its examples stand for a language that has none
APART = 7  # places between the words that fill two slots of one example

# Marks of what a question names: which one it is does not decide the kind, that there is one may.
PAPER, AUTHOR, DAY, VOTES = MARKS = ("\ue000", "\ue001", "\ue002", "\ue003")
TOKEN = re.compile(rf"[{''.join(MARKS)}]|[{other_scripts()}]+|[A-Za-z0-9]+|[?!:]")
OTHER_SCRIPT = re.compile(rf"[{other_scripts()}]")
PIECES = (2, 3, 4)  # letters of the parts of a word, in scripts that write endings to the word
PROBED = "off"  # the kind whose questions no paper is about
SEEN = 2  # examples that hold a feature: one alone says nothing

# Chosen on the questions of `eval --kinds`' fit parts; a factor of 2 either way changes 1 % of them.
WORDS_WEIGHT = 1.5  # of the words beside the embedding, both of unit length
PENALTY = 1e-4  # of the squared weights
STEPS = 200  # of gradient descent: the loss has settled

Vector = NDArray[np.float32]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Example:
    """A question of a known kind; `marked` has marks in place of what it names."""

    kind: str
    language: str
    question: str
    marked: str


# --- examples -----------------------------------------------------------------------------------


def examples(folder: Path = EXAMPLES) -> list[Example]:
    """The examples of every kind and language, their slots filled."""
    slots = tomllib.loads(SLOTS.read_text(encoding="utf-8"))
    found = []
    for file in sorted(folder.glob("*.toml")):
        for language, questions in tomllib.loads(file.read_text(encoding="utf-8")).items():
            words = {
                name: fillers if isinstance(fillers, list) else fillers.get(language) or fillers[FIRST]
                for name, fillers in slots.items()
            }
            for place, question in enumerate(questions):
                asked = _filled(question, place, words)
                marked = _filled(question, place, words | {"paper": [PAPER], "author": [AUTHOR]})
                found.append(Example(file.stem, language, asked, _with_days_and_votes_marked(marked)))
    return found


def with_a_topic(kind: str, language: str, folder: Path = EXAMPLES) -> list[str]:
    """The examples of a kind in a language whose only slot is a topic."""
    questions = tomllib.loads((folder / f"{kind}.toml").read_text(encoding="utf-8"))
    ours: list[str] = questions.get(language) or questions[FIRST]
    return [question for question in ours if set(SLOT.findall(question)) == {("topic", "")}]


def _filled(question: str, place: int, words: Mapping[str, Sequence[str]]) -> str:
    """The question with a word in each slot; which one, its place among the examples decides."""

    def word(slot: re.Match[str]) -> str:
        at = place + APART * (int(slot[2] or 1) - 1)
        return words[slot[1]][at % len(words[slot[1]])]

    return SLOT.sub(word, question)


def _with_days_and_votes_marked(text: str) -> str:
    days = dates.find(text, "2025-01-01").spans
    blank = text
    for start, end in days:
        blank = blank[:start] + " " * (end - start) + blank[end:]
    votes = stated_conditions.votes(blank)[1]
    return marked(text, [(span, DAY) for span in days] + [(span, VOTES) for span in votes])


def marked(text: str, spans: Sequence[tuple[Span, str]]) -> str:
    """The text with each span replaced by its mark."""
    for (start, end), mark in sorted(spans, reverse=True):
        text = f"{text[:start]} {mark} {text[end:]}"
    return text


@cache
def version(folder: Path = EXAMPLES) -> str:
    """A hash of the examples and of what makes features of them."""
    digest = hashlib.sha256(
        repr((TOKEN.pattern, PROBED, WORDS_WEIGHT, PENALTY, STEPS, PIECES, SEEN)).encode()
    )
    for file in (SLOTS, *sorted(folder.glob("*.toml"))):
        digest.update(file.name.encode() + b"\0" + file.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


# --- features -----------------------------------------------------------------------------------


def _words(marked: str) -> set[str]:
    """Words and pairs of them, parts of words with endings, and whether two of a kind are named."""
    tokens = ["^", *TOKEN.findall(marked.casefold()), "$"]
    found = {*tokens[1:-1], *(f"{a} {b}" for a, b in itertools.pairwise(tokens))}
    for token in tokens:
        if OTHER_SCRIPT.match(token):
            found.update(_pieces(f"_{token}_"))
    return found | {f"{mark} twice" for mark in MARKS if tokens.count(mark) > 1}


def _pieces(word: str) -> Iterator[str]:
    return (f"-{word[at : at + n]}" for n in PIECES for at in range(len(word) - n + 1))


# --- the classifier -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Classifier:
    """Weights of the features for each kind; `vocabulary` gives a word's place after the embedding's."""

    kinds: tuple[str, ...]
    vocabulary: Mapping[str, int]
    centre: Vector  # (d,) mean embedding of the examples
    weights: Vector  # (d + words, kinds)
    bias: Vector  # (kinds,)
    # Language -> (n, d): questions that no paper is about, which show how near those come to papers.
    probes: Mapping[str, Vector]

    def shares(self, vector: Vector, marked: str) -> dict[str, float]:
        """The probability of each kind, for a question of that embedding and those words."""
        row = _features([vector], [marked], self.centre, self.vocabulary)[0]
        return dict(zip(self.kinds, _softmax(row @ self.weights + self.bias).tolist(), strict=True))


def fitted(known: Sequence[Example], embed: Callable[[str], Vector]) -> Classifier:
    """The classifier of these examples, whose questions `embed` makes (d,) vectors of unit length of."""
    kinds = tuple(sorted({example.kind for example in known}))
    seen = Counter(word for example in known for word in _words(example.marked))
    vocabulary = {word: place for place, word in enumerate(sorted(w for w, n in seen.items() if n >= SEEN))}
    vectors = np.stack([embed(example.question) for example in known])
    centre = vectors.mean(axis=0)
    rows = _features(vectors, [example.marked for example in known], centre, vocabulary)
    truth = np.array([[example.kind == kind for kind in kinds] for example in known], np.float32)
    weights, bias = _descended(rows, truth)
    places: dict[str, list[int]] = {}
    for place, example in enumerate(known):
        if example.kind == PROBED:
            places.setdefault(example.language, []).append(place)
    probes = {language: vectors[ours] for language, ours in places.items()}
    return Classifier(kinds, vocabulary, centre, weights, bias, probes)


def _features(
    vectors: Sequence[Vector] | Vector, marked: Sequence[str], centre: Vector, vocabulary: Mapping[str, int]
) -> Vector:
    """(questions, d + words): two parts of fixed length each."""
    meaning = np.asarray(vectors, np.float32) - centre
    words = np.zeros((len(marked), len(vocabulary)), np.float32)
    for row, text in zip(words, marked, strict=True):
        row[[vocabulary[word] for word in _words(text) if word in vocabulary]] = 1
    return np.hstack([_unit(meaning), WORDS_WEIGHT * _unit(words)])


def _unit(rows: Vector) -> Vector:
    unit: Vector = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
    return unit


def _softmax(values: NDArray[Any]) -> NDArray[Any]:
    powers = np.exp(values - values.max(axis=-1, keepdims=True))
    shares: Vector = powers / powers.sum(axis=-1, keepdims=True)
    return shares


def _descended(rows: Vector, truth: Vector) -> tuple[Vector, Vector]:
    """(weights, bias) that make `truth` likeliest under the penalty.

    Weights are sums of examples, so the descent goes over the examples' parts in them (the kernel
    form): they are fewer than the features. Nesterov's accelerated gradient.
    """
    count, kinds = truth.shape
    kernel = rows @ rows.T
    pace = 1 / (0.5 * _largest_eigenvalue(kernel) / count + PENALTY)
    part = ahead = np.zeros((count, kinds), np.float32)
    bias = bias_ahead = np.zeros(kinds, np.float32)
    for step in range(1, STEPS + 1):
        error = (_softmax(kernel @ ahead + bias_ahead) - truth) / count
        next_part = ahead - pace * (error + PENALTY * ahead)
        next_bias = bias_ahead - pace * error.sum(axis=0)
        momentum = (step - 1) / (step + 2)
        ahead = next_part + momentum * (next_part - part)
        bias_ahead = next_bias + momentum * (next_bias - bias)
        part, bias = next_part, next_bias
    return rows.T @ part, bias


def _largest_eigenvalue(matrix: Vector) -> float:
    """By power iteration, a little too large rather than too small."""
    direction = np.ones(len(matrix), np.float32)
    for _ in range(30):
        direction = matrix @ direction
        direction /= np.linalg.norm(direction)
    return 1.05 * float(np.linalg.norm(matrix @ direction))


# --- kept beside the index ----------------------------------------------------------------------

PROBES = "probes-"  # before a language, in the names of arrays

_lock = threading.Lock()
_opened: dict[tuple[str, str], Classifier] = {}


def classifier(home: Path, fingerprint: str, embed: Callable[[str], Vector]) -> Classifier:
    """The classifier for an embedding model: of this process, shipped or kept in `home`, else fitted
    and kept.

    Fitting embeds every example, which takes a minute at most. Safe to share between threads.
    """
    key = fingerprint, version()
    with _lock:
        if key not in _opened:
            _opened[key] = _read(file_of(SHIPPED, fingerprint), version()) or _kept(home, fingerprint, embed)
        return _opened[key]


def file_of(folder: Path, fingerprint: str) -> Path:
    """Where the classifier for an embedding model is kept."""
    return folder / f"{fingerprint[:16]}.npz"


def _kept(home: Path, fingerprint: str, embed: Callable[[str], Vector]) -> Classifier:
    file = file_of(Home(home).kinds, fingerprint)
    known = _read(file, version())
    if known:
        return known
    made = fitted(examples(), embed)
    with suppress(OSError):  # a read-only home: the next process fits again
        files.private_folder(file.parent)
        save(made, file)
    return made


def save(made: Classifier, file: Path) -> None:
    """Write a classifier of the examples as they are. Raises OSError."""
    probes: dict[str, Any] = {
        f"{PROBES}{language}": rows.astype(np.float16) for language, rows in made.probes.items()
    }
    with files.replacing(file) as stream:
        np.savez_compressed(
            stream,
            version=np.array(version()),
            kinds=np.array(made.kinds),
            words=np.array(list(made.vocabulary)),
            centre=made.centre,
            # half precision moves no probability by more than a thousandth
            weights=made.weights.astype(np.float16),
            bias=made.bias,
            **probes,
        )


def _read(file: Path, wanted: str) -> Classifier | None:
    """What `save` wrote for the examples as they are; None where there is no such file or it is damaged."""
    try:
        with np.load(file, allow_pickle=False) as kept:
            if str(kept["version"]) != wanted:
                return None
            words = {str(word): place for place, word in enumerate(kept["words"])}
            weights = kept["weights"].astype(np.float32)
            kinds = tuple(str(kind) for kind in kept["kinds"])
            probes = {
                name.removeprefix(PROBES): kept[name].astype(np.float32)
                for name in kept.files
                if name.startswith(PROBES)
            }
            return Classifier(kinds, words, kept["centre"], weights, kept["bias"], probes)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, EOFError):
        return None
