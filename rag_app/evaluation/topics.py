"""Topics whose papers are known by their words, mined from a collection's `한국어 (English)` pairs.

Knows: which spellings in both languages name one topic, and which papers say one of them.
Does not know: how lists are answered.

A topic is a term that some titles name. A paper belongs to it when title or text holds one of its
spellings as a whole word. That is not all there is about a topic, but everyone can check it.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from rag_app.evaluation.questions import ExamKey, Question, Split, part_of
from rag_app.evaluation.truth import text_of
from rag_app.lang import count_letters, ko
from rag_app.records import Paper
from rag_app.text.glossary import PAIR
from rag_app.text.terms import STOP_WORDS, fold_word

SIZES = (3, 10, 30, 100, 401)  # papers of a topic: as many topics are taken from each range
WANTED = 48
LONGEST_TERM = 4  # words
LEAST_PAIRS = 3  # of a spelling with the term
LEAST_SHARE = 0.1  # of the term's pairs
SPECIFIC = 0.5  # of a spelling's pairs that are with this term: "모델" is with many
ALWAYS = 0.8  # of a shorter spelling's pairs that have a longer one's words before it
IN_TITLES = 0.1  # share of the papers that name a topic in their title: jargon is seldom there
ALIKE = 0.5  # shared papers, of all, from which two topics are one

# How lists are asked for: a topic has one wording in each language, topics have different ones.
ENGLISH = (
    "Which papers are about {}?", "papers on {}", "Are there any papers that deal with {}?",
    "List all papers that use {}", "How many papers are about {}?", "show me everything on {}",
)  # fmt: skip
KOREAN = (
    "{} 관련 논문을 모두 알려줘", "{} 논문 목록 보여줘", "{}에 관한 논문은 어떤 게 있나요?", "{} 쓰는 논문 전부 찾아줘",
    "{} 관련 논문은 몇 편이야?", "{} 다룬 논문들 정리해줘",
)  # fmt: skip

PARTICLES = (
    "은 는 이 가 을 를 의 에 와 과 로 으로 도 만 들 들은 들이 들을 들의 들과 들에 에서 에서의 에서는 에게 에는 에도 "
    "이나 나 이며 이고 인 이다 입니다 이라는 라는 이란 이라고 까지 부터 보다 처럼 및 별 에서도 으로의 로의 으로서 로서"
)
VERBAL = "하 한 할 함 합 해 했 되 된 될 됨 됩 돼 됐 시 시킬 시켜"  # of a noun made a verb: "추론하는"
CLAUSE = re.compile(r"[가-힣]{2,}[은는을를] ")  # what stands before a term in its sentence
AFTER = rf"(?=(?:{'|'.join(PARTICLES.split())}|(?:{'|'.join(VERBAL.split())})[가-힣]*)?(?![가-힣]))"


@dataclass(frozen=True, slots=True)
class MinedTopic:
    """A term, its spellings in both languages, and the papers that say one of them."""

    name: str
    korean: str  # the spelling that Korean questions use
    spellings: tuple[str, ...]
    papers: frozenset[str]

    @property
    def size(self) -> str:
        """The range that its number of papers lies in."""
        return next(f"{low}-{high - 1} papers" for low, high in pairwise(SIZES) if len(self.papers) < high)

    @property
    def part(self) -> Split:
        """One part for both languages: their lists hold the same papers."""
        return part_of(self.name)

    def questions(self) -> tuple[Question, Question]:
        """The list that is asked for, in English and in Korean, each in the wording of its number."""
        key = ExamKey(gold=self.papers)
        number = int(hashlib.sha256(self.name.encode()).hexdigest(), 16) // 2  # its last bit is the part
        return (
            _question(self.name, ENGLISH, number, Question("topic-en", self.size, "en", (), key)),
            _question(self.korean, KOREAN, number, Question("topic-ko", self.size, "ko", (), key)),
        )


def _question(name: str, wordings: Sequence[str], number: int, asked: Question) -> Question:
    at = number % len(wordings)
    return replace(asked, id=f"{asked.id}-{at}-{name}", turns=(wordings[at].format(name),))


@dataclass(slots=True)
class _Pairs:
    """How often a term, a spelling, and both together stand in a pair."""

    terms: Counter[str] = field(default_factory=Counter)
    spellings: Counter[str] = field(default_factory=Counter)
    together: Counter[tuple[str, str]] = field(default_factory=Counter)
    spelled: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # of each term
    named: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # by each spelling
    written: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, korean: str, term: str, written: str) -> None:
        self.terms[term] += 1
        self.written[term][written] += 1
        words = korean.split()
        # Where the Korean term starts is not marked: every ending may be it.
        for start in range(len(words)):
            spelling = " ".join(words[start:])
            self.spellings[spelling] += 1
            self.together[term, spelling] += 1
            self.spelled[term].add(spelling)
            self.named[spelling].add(term)


def mine(papers: Sequence[Paper], wanted: int = WANTED) -> list[MinedTopic]:
    """Up to `wanted` topics, evenly over the ranges of `SIZES`; the same papers give the same topics."""
    texts = {paper.arxiv_id: text_of(paper).casefold() for paper in papers}
    titles = {paper.arxiv_id: paper.title.casefold() for paper in papers}
    pairs = _pairs(text_of(paper) for paper in papers)
    found = (_topic(term, pairs, texts, titles) for term in sorted(pairs.terms) if _compound(term))
    return _spread(_distinct(topic for topic in found if topic), wanted)


def _compound(term: str) -> bool:
    """Whether a term has several words, and is not the beginning of another: "diffusion-based …"."""
    return " " in term and not term.endswith(" based")


def _pairs(texts: Iterable[str]) -> _Pairs:
    """The pairs of all texts; an abbreviation counts as the term whose initials it is."""
    found = []
    for text in texts:
        for match in PAIR.finditer(text):
            found += [(match[1], part.strip()) for part in re.split(r"[,;/]", match[2]) if part.strip()]
    full = _full_terms(found)
    pairs = _Pairs()
    for korean, written in found:
        term = _key(written)
        if len(term.split()) <= LONGEST_TERM:
            pairs.add(korean, full.get(term, term), written.casefold())
    return pairs


def _full_terms(found: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Abbreviation -> the term whose initials it is and that shares its Korean words most often."""
    korean: dict[str, Counter[str]] = defaultdict(Counter)
    for spelling, written in found:
        korean[_key(written)][spelling.split()[-1]] += 1
    full: dict[str, tuple[int, str]] = {}
    for term in sorted(korean):
        short = "".join(word[0] for word in term.split())
        if len(short) > 1 and short in korean and short not in STOP_WORDS:
            shared = (korean[term] & korean[short]).total()
            full[short] = max(full.get(short, (0, "")), (shared, term))
    return {short: term for short, (shared, term) in full.items() if shared >= LEAST_PAIRS}


def _key(written: str) -> str:
    """A term without case, hyphens and plural."""
    words = written.replace("-", " ").casefold().split()
    return " ".join([*words[:-1], fold_word(words[-1])])


def _korean(term: str, pairs: _Pairs) -> list[str]:
    """The Korean spellings of a term, the most frequent first."""
    least = max(LEAST_PAIRS, LEAST_SHARE * pairs.terms[term])
    fitting = {
        spelling: count
        for spelling in pairs.spelled[term]
        if (count := pairs.together[term, spelling]) >= least
        and count >= SPECIFIC * pairs.spellings[spelling]
        and not CLAUSE.match(spelling)
        and len(spelling.replace(" ", "")) > len(term.split())  # shorter ones are cut off: "캐시"
    }
    kept = [spelling for spelling in fitting if not _part_of_another(spelling, fitting)]
    return sorted(kept, key=lambda spelling: (-fitting[spelling], spelling))


def _part_of_another(spelling: str, fitting: Mapping[str, int]) -> bool:
    """Whether a longer spelling is meant nearly always, or a shorter one says as much."""
    for other, count in fitting.items():
        if other.endswith(f" {spelling}") and count >= ALWAYS * fitting[spelling]:
            return True
        if spelling.endswith(f" {other}") and fitting[spelling] < ALWAYS * count:
            return True
    return False


def _topic(
    term: str, pairs: _Pairs, texts: Mapping[str, str], titles: Mapping[str, str]
) -> MinedTopic | None:
    """The topic of a term; None where Korean has no words for it or it is no topic of any size."""
    korean = _korean(term, pairs)
    written = [form for form, _ in pairs.written[term].most_common()]
    name = next((form for form in written if " " in form or "-" in form), term)
    short = {_key(form): form for form in reversed(written) if _key(form) != term and " " not in form}
    spellings = (name, *sorted(short.values()), *korean)
    said = _pattern(spellings)
    if not korean or not any(said.search(title) for title in titles.values()):
        return None
    members = _saying(said, spellings, texts)
    if not SIZES[0] <= len(members) < SIZES[-1]:
        return None
    named = sum(bool(said.search(titles[arxiv_id])) for arxiv_id in members)
    return MinedTopic(name, korean[0], spellings, members) if named >= IN_TITLES * len(members) else None


def _saying(said: re.Pattern[str], spellings: Sequence[str], texts: Mapping[str, str]) -> frozenset[str]:
    """The papers that say a spelling; most are ruled out by one word, which is quicker than the pattern."""
    marks = tuple(
        {
            max(spelling.casefold().replace("-", " ").split(), key=len)[:6].rstrip("ys")
            for spelling in spellings
        }
    )
    likely = (arxiv_id for arxiv_id, text in texts.items() if any(mark in text for mark in marks))
    return frozenset(arxiv_id for arxiv_id in likely if said.search(texts[arxiv_id]))


def _pattern(spellings: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(_whole_word(s.casefold() if _is_korean(s) else _key(s)) for s in spellings))


def _whole_word(spelling: str) -> str:
    """A pattern for a spelling as whole words: plural, hyphens and particles do not matter."""
    *first, last = [re.escape(word) for word in spelling.split()]
    if _is_korean(spelling):
        return r"(?<![가-힣])" + r"\s?".join([*first, last]) + AFTER
    plural = f"{last[:-1]}(?:y|ies)" if last.endswith("y") else f"{last}(?:e?s)?"
    return r"(?<![A-Za-z0-9])" + r"[-\s]".join([*first, plural]) + r"(?![A-Za-z0-9])"


def _distinct(topics: Iterable[MinedTopic]) -> list[MinedTopic]:
    """Of topics with mostly the same papers only the largest."""
    kept: list[MinedTopic] = []
    for topic in sorted(topics, key=lambda topic: (-len(topic.papers), topic.name)):
        if not any(_alike(topic, other) for other in kept):
            kept.append(topic)
    return kept


def _alike(one: MinedTopic, other: MinedTopic) -> bool:
    return len(one.papers & other.papers) > ALIKE * len(one.papers | other.papers)


def _spread(topics: Iterable[MinedTopic], wanted: int) -> list[MinedTopic]:
    """As many of each range and part as of the others while they last, by chance that every machine
    shares.
    """
    groups: dict[tuple[str, Split], list[MinedTopic]] = defaultdict(list)
    for topic in sorted(topics, key=lambda topic: hashlib.sha256(topic.name.encode()).hexdigest()):
        groups[topic.size, topic.part].append(topic)
    turns = sorted((place, group) for group, topics in groups.items() for place in range(len(topics)))
    taken = [groups[group][place] for place, group in turns[:wanted]]
    return sorted(taken, key=lambda topic: (len(topic.papers), topic.name))


def _is_korean(spelling: str) -> bool:
    return count_letters(spelling, ko.LANGUAGE.script) > 0
