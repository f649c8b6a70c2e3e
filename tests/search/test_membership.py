"""What lists promise: they hold the papers that say a topic, in whatever spelling, and end there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rag_app.collection.library import Library
from rag_app.collection.spellings import Spellings
from rag_app.records import Evidence, Filters, Intent, Query
from rag_app.search.membership import Rule, members
from rag_app.search.retrieval import retrieve
from rag_app.search.understanding import understand
from tests.helpers.fakes import made

PEBBLE = ("조약돌 정렬(Pebble Alignment, PA)", "조약돌 정렬", "pebble alignment", "Pebble-Alignment", "PA")
OTHERS = (
    "파도 예보(wave forecasting)",
    "모래 지도",
    "graph colouring of maps",
    "등대의 수명",
    "salt and rust",
)


def digest(texts: list[str], day: str = "2024-06-01", first: int = 1) -> str:
    entries = [
        f"### [Study {n}](https://arxiv.org/abs/2406.{n:05})\n\nVote: {n}\n\n- **What's New**: {text}을 다룹니다."
        for n, text in enumerate(texts, start=first)
    ]
    return "\n\n".join([f"## Daily Papers ({day})", *entries])


def collection(folder: Path, about: int, others: int) -> Library:
    """A collection with so many papers that say one term in turn in its spellings, and so many that do
    not; on two days.
    """
    said = [PEBBLE[n % len(PEBBLE)] for n in range(about)]
    rest = [f"{OTHERS[n % len(OTHERS)]} {n}" for n in range(others)]
    texts = {"a.md": digest([*said[::2], *rest[::2]])}
    texts["b.md"] = digest([*said[1::2], *rest[1::2]], "2024-06-02", 1 + len([*said[::2], *rest[::2]]))
    return made(folder, texts)


def listed(question: str, library: Library, filters: Filters = Filters()) -> Evidence:
    return retrieve(understand(question, library.dictionary, (), filters), library)


QUESTIONS = (
    "Which papers are about pebble alignment?", "papers on PA", "How many papers are about pebble alignment?",
    "List all papers that deal with Pebble-Alignment",
    "조약돌 정렬을 다루는 논문 모두", "조약돌 정렬 논문은 몇 편이야?",
)  # fmt: skip


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize(("about", "others"), [(1, 0), (4, 0), (5, 7), (12, 0), (10, 39), (20, 480)])
def test_a_list_holds_those_that_say_the_topic_in_any_spelling_and_no_others(
    tmp_path_factory: pytest.TempPathFactory, question: str, about: int, others: int
) -> None:
    library = of_size(tmp_path_factory, about, others)
    evidence = listed(question, library)
    assert len(evidence.matched) == about
    assert all(
        "조약돌" in text or "pebble" in text.casefold() or "PA" in text for text in texts(evidence, library)
    )


def texts(evidence: Evidence, library: Library) -> list[str]:
    papers = library.snapshot.papers
    return [papers.get(arxiv_id).sections[0].text for arxiv_id in evidence.matched]


LIBRARIES: dict[tuple[int, int], Library] = {}


def of_size(factory: pytest.TempPathFactory, about: int, others: int) -> Library:
    if (about, others) not in LIBRARIES:
        LIBRARIES[about, others] = collection(factory.mktemp("sized"), about, others)
    return LIBRARIES[about, others]


@pytest.mark.parametrize(
    "question",
    ["Which papers are about knitting patterns?", "List papers on the French Revolution", "papers about dental surgery",
     "농업 보조금에 관한 논문은?", "뜨개질 논문 목록"],
)  # fmt: skip
def test_what_no_paper_says_has_an_empty_list(library: Library, question: str) -> None:
    evidence = listed(question, library)
    assert (evidence.matched, evidence.borderline) == ((), ())


def test_filters_and_topic_hold_together(tmp_path_factory: pytest.TempPathFactory) -> None:
    library = of_size(tmp_path_factory, 10, 39)
    everything = set(listed("papers on pebble alignment", library).matched)
    one_day = listed("papers on pebble alignment of 2024-06-02", library)
    assert set(one_day.matched) == everything & set(
        library.snapshot.papers.ids(Filters(days=("2024-06-02",)))
    )
    voted = listed("조약돌 정렬 논문 중 추천 3개 이상", library)
    assert set(voted.matched) == everything & set(library.snapshot.papers.ids(Filters(min_votes=3)))


@pytest.fixture(scope="module")
def two_topics(tmp_path_factory: pytest.TempPathFactory) -> Library:
    both = [f"조약돌 정렬(pebble alignment)과 파도 예보(wave forecasting) {n}" for n in range(3)]
    one = [f"조약돌 정렬 {n}" for n in range(4)]
    other = [f"파도 예보 {n}" for n in range(5)]
    return made(tmp_path_factory.mktemp("two"), {"a.md": digest([*both, *one, *other, *OTHERS[1:]])})


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("papers on pebble alignment and wave forecasting", 3),
        ("papers on pebble alignment or wave forecasting", 12),
        ("papers on pebble alignment but not wave forecasting", 4),
        ("papers on pebble alignment except wave forecasting", 4),
        ("조약돌 정렬과 파도 예보를 다룬 논문 목록", 3),
        ("조약돌 정렬이나 파도 예보를 다룬 논문 목록", 12),
        ("조약돌 정렬 논문 목록에서 파도 예보는 제외하고", 4),
    ],
)
def test_several_topics_are_joined_as_the_question_joins_them(
    two_topics: Library, question: str, count: int
) -> None:
    assert len(listed(question, two_topics).matched) == count


class NoWords:
    """Stands for a lexical index without translations."""

    def __init__(self) -> None:
        self.glossary: dict[str, dict[str, float]] = {}

    def all_translations(self, word: str) -> dict[str, float]:
        return {}

    def forms(self, word: str) -> list[str]:
        return []

    def papers_with(self, term: str) -> int:
        return 0


def spelled(*texts: str) -> Spellings:
    """The spellings of bare texts, without translations of single words."""

    return Spellings([f"title\n{text}" for text in texts], NoWords())


def test_a_paper_without_the_words_that_scores_like_those_with_them_is_in_doubt() -> None:
    spellings = spelled(*["pebble alignment"] * 20, *["wave"] * 80)
    scores = np.r_[np.linspace(3, 2, 20), 2.05, np.zeros(79)].astype(np.float32)
    found = members("pebble alignment", scores, np.ones(100, bool), spellings)
    assert np.flatnonzero(found.matched).tolist() == list(range(20))
    assert np.flatnonzero(found.borderline).tolist() == [20]


def test_among_few_papers_one_that_hardly_any_score_like_belongs() -> None:
    spellings = spelled(*["pebble alignment"] * 20, *["wave"] * 480)
    scores = np.r_[np.linspace(3, 2, 20), 2.05, np.zeros(479)].astype(np.float32)
    few = np.zeros(500, bool)
    few[18:24] = True
    assert np.flatnonzero(members("pebble alignment", scores, few, spellings).matched).tolist() == [
        18,
        19,
        20,
    ]


def test_one_mention_of_what_many_papers_say_is_in_doubt_where_the_paper_is_about_something_else() -> None:
    spellings = spelled(*["wave and wave"] * 30, "wave", "wave", *["salt"] * 68)
    scores = np.r_[
        np.random.default_rng(0).normal(2, 0.5, 30), 2.0, -1.0, np.random.default_rng(1).normal(-1, 0.5, 68)
    ]
    found = members("wave", scores.astype(np.float32), np.ones(100, bool), spellings)
    assert found.matched[30] and not found.matched[31]
    assert found.borderline[31]
    assert Rule().broad < 0.3


def test_matched_papers_come_first_and_what_words_did_not_decide_is_named(library: Library) -> None:
    evidence = listed("Which papers are about video generation?", library)
    ids = [hit.paper.arxiv_id for hit in evidence.hits]
    assert ids[: len(evidence.matched)] == list(evidence.matched)
    assert not set(evidence.matched) & set(evidence.borderline)
    assert set(evidence.borderline) <= set(evidence.unsure) <= {*evidence.matched, *evidence.borderline}


@pytest.mark.parametrize("text", ["", "?", "()", "or and not", "이나 제외", "\0", "-", "a" * 3000])
def test_no_topic_is_an_error(library: Library, text: str) -> None:
    evidence = retrieve(Query(text, text, "en", Intent.LIST, topic=text), library)
    assert evidence.scanned == len(library.lexical.papers)


def test_where_no_paper_says_all_of_a_topic_those_that_say_a_part_of_it_are_near(tmp_path: Path) -> None:
    library = collection(tmp_path, 2, 20)
    found = listed("Which papers are about graph colouring with rust?", library)
    assert found.matched
    texts = {paper.arxiv_id: paper.sections[0].text for paper in library.snapshot.papers.all()}
    assert all("graph" in texts[one] or "rust" in texts[one] for one in found.matched)
    assert not listed("Which papers are about knitting or sweaters?", library).matched


def test_of_the_few_papers_of_a_day_those_near_in_meaning_are_told() -> None:
    texts = [f"글 {n}" for n in range(100)]
    scores = np.zeros(100, np.float32)
    scores[[3, 5, 60]] = 4.0, 3.0, 9.0
    allowed = np.arange(100) < 20
    topic = "handsets, tokens, pockets and decoding in the dark"
    found = members(topic, scores, allowed, spelled(*texts))
    assert np.flatnonzero(found.matched).tolist() == [3, 5]
    assert not found.worded.any()
    assert not members(topic, scores, np.ones(100, bool), spelled(*texts)).matched.any()
    said = spelled("handsets", *texts[1:99], "handsets")
    of_the_day = members("handsets", scores, allowed, said)
    assert np.flatnonzero(of_the_day.matched).tolist() == [0, 3, 5], (
        "and those that say it, whatever they score"
    )
    assert np.flatnonzero(of_the_day.worded & allowed).tolist() == [0]
