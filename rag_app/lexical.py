"""BM25 over Korean morphemes and English words, with a bilingual glossary mined from the digests.

Knows: how text becomes terms (Kiwi morphemes, folded English words), how papers are scored for a bag of
weighted terms, and which Korean terms translate an English word in this collection. One document is one paper:
its title and all its sections, because a paraphrased question draws on several of them.
Does not know: vectors, filters, intents. `pipeline.ingest` builds it, `retrieval` searches it.

Sources: BM25 as Lucene scores it, through the bm25s library. The glossary is IBM Model 1
(Brown et al. 1993, "The Mathematics of Statistical Machine Translation") over the digests' own
`한국어 (English)` pairs: the word alignments of a translation lexicon, learned in seconds, without a model.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag_app.analyses import Analyse, Analyses
from rag_app.cleaning import clean
from rag_app.records import Paper

if TYPE_CHECKING:
    from kiwipiepy import Kiwi

CONTENT_TAGS = frozenset({"NNG", "NNP", "NR", "XR", "VV", "VA", "SH", "MAG"})
# Starts at a word: what follows a closing parenthesis without a space is a particle of the word before.
PAIR = re.compile(r"(?<![)\w])((?:[가-힣A-Za-z0-9·\-]+ ){0,3}[가-힣]+)\s?\(([A-Za-z][A-Za-z0-9 \-/,;']{2,60})\)")
WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏ][A-Za-zÀ-ÖØ-öø-ɏ0-9]*(?:[-+.'][A-Za-zÀ-ÖØ-öø-ɏ0-9]+)*\+?|\d+(?:[.,]\d+)*")
CLITIC = re.compile(r"'(?:s|m|d|t|re|ve|ll)$")
HANGUL = re.compile(r"[가-힣]")
ENGLISH_STOP = frozenset(
    "a an and are as at be been being both but by can could did do does done for from had has have having how i if in "
    "into is it its me my no not of on or our over so some such than that the their them then there these they this "
    "those to under up us use used using via was we were what when where which while who whom whose why will with "
    "would you your any anyone find give list looking look paper papers please show study tell there want work works "
    "one thing things about also many much each s doe don doesn didn isn aren".split()  # "doe" is "does", folded
)
KOREAN_STOP = frozenset(
    "논문 연구 방법 이용 사용 대하 있 없 하 되 것 수 등 알리 찾 주 뭐 무엇 어떤 어떻 무슨 뭔가 관하 다루 말 싶 "
    "목록 모두 모든 얼마 얼마나 통하 위하 전부 보이 궁금 부탁 함께".split()
)

ANALYSES = "morphemes.json"
# Without names of several words, from Wikidata: they would be terms that none of their words finds, and take 180 MB.
DICTIONARIES = {"load_multi_dict": False}
ITERATIONS = 6  # of EM; the table no longer changes its order after five
TRANSLATIONS = 4  # Korean terms kept for one English word
LEAST_SHARE = 0.08  # of an English word's translation probability
LEAST_COUNT = 0.7  # expected number of pairs that align the two


def fold_word(word: str) -> str:
    """An English word as a term: lower case, no accents, no "'s" and the like, regular plural removed."""
    word = CLITIC.sub("", word.casefold())
    if not word.isascii():
        word = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


@cache
def _kiwi() -> Kiwi:
    from kiwipiepy import Kiwi

    return Kiwi(num_workers=2, **DICTIONARIES)


def morphemes(texts: Sequence[str]) -> Iterable[list[str]]:
    """Content morphemes of each text, in order: nouns, roots, stems of verbs and adjectives."""
    for tokens in _kiwi().tokenize(list(texts)):
        yield [t.form.casefold() for t in tokens if t.tag.split("-")[0] in CONTENT_TAGS]


def words(text: str) -> list[str]:
    """English words and numbers of a text as terms; a compound gives itself and its parts."""
    terms = []
    for match in WORD.finditer(text):
        terms.append(fold_word(match[0]))
        parts = re.split(r"[-+.']", match[0])
        if len(parts) > 1 and not match[0][0].isdigit():
            terms += [fold_word(part) for part in parts if len(part) > 1]
    return terms


def terms_of(texts: Sequence[str], analyse: Analyse = morphemes) -> list[list[str]]:
    """Terms of each text: Korean morphemes, then English words and numbers."""
    return [korean + words(text) for text, korean in zip(texts, analyse(texts), strict=True)]


def mine_glossary(texts: Iterable[str], analyse: Analyse = morphemes) -> dict[str, dict[str, float]]:
    """English word -> Korean terms with their translation probability, from `한국어 (English)` pairs."""
    pairs = [(m[1], m[2]) for text in texts for m in PAIR.finditer(text)]
    sides = []
    for (_, english), korean in zip(pairs, analyse([korean for korean, _ in pairs]), strict=True):
        source = [w for w in words(english) if w not in ENGLISH_STOP]
        # The phrase to the left has no marked start: as many morphemes as there are words, and one to spare.
        target = [k for k in korean[-(len(source) + 1) :] if HANGUL.search(k)]
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
        if share >= LEAST_SHARE and counts[english, korean] >= LEAST_COUNT and len(glossary[english]) < TRANSLATIONS:
            glossary[english][korean] = round(share, 4)
    return {english: targets for english, targets in glossary.items() if targets}


def document(paper: Paper) -> str:
    """The text of a paper that is indexed: its title and every section, cleaned."""
    return "\n".join([paper.title, *(clean(section.text) for section in paper.sections)])


def build(papers: Sequence[Paper], folder: Path, last: Path | None = None) -> None:
    """Write the lexical index of `papers`, in their order, into `folder` (arrays and JSON, no pickle).

    Only texts that are new since the index in `last` are analysed.
    """
    import bm25s

    analyse = Analyses(morphemes, analysis_version(), last / ANALYSES if last else None)
    texts = [document(paper) for paper in papers]
    vocabulary: dict[str, int] = {}
    encoded = [[vocabulary.setdefault(term, len(vocabulary)) for term in terms] for terms in terms_of(texts, analyse)]
    model = bm25s.BM25(k1=1.2, b=0.75, method="lucene")
    model.index((encoded or [[]], vocabulary or {"": 0}), create_empty_token=False, show_progress=False)
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("data", "indices", "indptr"):
        np.save(folder / f"{name}.npy", model.scores[name], allow_pickle=False)
    for name, value in {
        "vocabulary": vocabulary,
        "glossary": mine_glossary(texts, analyse),
        "papers": [paper.arxiv_id for paper in papers],
    }.items():
        (folder / f"{name}.json").write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    analyse.save(folder / ANALYSES)


def analysis_version() -> str:
    """All that the morphemes of a text depend on."""
    return f"kiwipiepy {version('kiwipiepy')}, {DICTIONARIES}, {' '.join(sorted(CONTENT_TAGS))}"


class LexicalIndex:
    """A lexical index opened for reading; safe to share between threads."""

    glossary: dict[str, dict[str, float]]  # English word -> Korean terms with their translation probability
    _vocabulary: dict[str, int]  # term -> column

    def __init__(self, folder: Path) -> None:
        """Open what `build` wrote; OSError or ValueError if files are missing or damaged."""
        papers, self.glossary, self._vocabulary = (
            json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
            for name in ("papers", "glossary", "vocabulary")
        )
        self.papers: tuple[str, ...] = tuple(papers)
        self._data, self._rows, self._starts = (
            np.load(folder / f"{name}.npy", allow_pickle=False) for name in ("data", "indices", "indptr")
        )
        every, found = max(len(self.papers), 2), np.maximum(np.diff(self._starts), 1)
        self._rarities = np.log(every / found) / np.log(every)

    def own_terms(self, text: str) -> list[str]:
        """Content terms of a question as written, stop words left out."""
        korean = next(iter(morphemes([text])))
        return [t for t in dict.fromkeys(korean + words(text)) if t not in KOREAN_STOP and t not in ENGLISH_STOP]

    def query_terms(self, text: str) -> dict[str, float]:
        """Weighted terms of a question: its own at 1, translations of its English words at their probability."""
        weights = dict.fromkeys(self.own_terms(text), 1.0)
        for word in list(weights):
            for term, share in self.glossary.get(word, {}).items():
                weights[term] = max(weights.get(term, 0.0), share)
        return weights

    def paper_scores(self, text: str) -> dict[str, float]:
        """arXiv id -> BM25 score of the papers that share a term with `text`."""
        scores = self.scores(self.query_terms(text))
        return {self.papers[row]: float(scores[row]) for row in np.flatnonzero(scores)}

    def scores(self, weights: dict[str, float]) -> NDArray[np.float32]:
        """BM25 score of every paper, shape (papers,), for weighted terms."""
        scores = np.zeros(len(self.papers), dtype=np.float32)
        for term, weight in weights.items():
            column = self._vocabulary.get(term)
            if column is not None:
                span = slice(self._starts[column], self._starts[column + 1])
                scores[self._rows[span]] += weight * self._data[span]
        return scores

    def coverage(self, claim: str, text: str) -> float | None:
        """The share of a claim's content terms, rare ones counting more, that `text` holds in either language.

        Terms that the collection has no word for are left out; None when nothing can be checked.
        """
        folded, english = text.casefold(), set(words(text))
        total = held = 0.0
        for term in self.own_terms(claim):
            spellings = [t for t in (term, *self.glossary.get(term, {})) if t in self._vocabulary]
            if spellings:
                worth = 0.1 + max(map(self.rarity, spellings))
                total += worth
                held += worth * any(t in english or (len(t) > 1 and t in folded) for t in spellings)
        return held / total if total else None

    def knows(self, word: str) -> bool:
        """Whether any paper's text uses the English word."""
        return fold_word(word) in self._vocabulary

    def rarity(self, term: str) -> float:
        """Inverse document frequency in [0, 1]: 1 for a term of one paper, 0 for one of all papers or of none."""
        column = self._vocabulary.get(term)
        if column is None or len(self.papers) < 2:
            return 0.0
        return float(self._rarities[column])
