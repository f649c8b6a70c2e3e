"""What retrieval promises: filters hold, named papers come first, lists are complete, quotes are
the digest's own.
"""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from rag_app import pipeline
from rag_app.collection import snapshot
from rag_app.collection.library import Library
from rag_app.collection.snapshot import Snapshot
from rag_app.records import Evidence, Filters, Intent, Paper, Query, Reason, Section, Why
from rag_app.search import retrieval
from rag_app.search.passages import passages_of
from rag_app.search.retrieval import RANKED, retrieve
from rag_app.search.understanding import understand
from rag_app.text.terms import words
from tests.conftest import SAMPLE
from tests.helpers.fakes import HashEmbedder, fake_embedding, settings_in

QLORA, TOOLFORMER = "2305.14314", "2302.04761"


def ask(question: str, library: Library, **changes: object) -> Evidence:
    query = replace(understand(question, library.dictionary), **changes)  # type: ignore[arg-type] # fields of mixed types
    return retrieve(query, library)


def ids(evidence: Evidence) -> list[str]:
    return [hit.paper.arxiv_id for hit in evidence.hits]


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The sample collection with a vector store."""
    settings = replace(settings_in(tmp_path_factory.mktemp("stored")), digests=SAMPLE)
    with fake_embedding(HashEmbedder()):
        pipeline.ingest(settings)
        return pipeline.open_library(settings)


@pytest.mark.parametrize("question", ["What is QLoRA?", "QLoRA의 한계는?", "2305.14314", "and its limits?"])
def test_a_named_paper_comes_first_and_says_why(library: Library, question: str) -> None:
    evidence = ask(question, library, papers=(QLORA,))
    assert ids(evidence)[0] == QLORA
    assert evidence.hits[0].why[0] == Why(Reason.NAMED)
    assert Why(Reason.NAMED) not in evidence.hits[1].why


@pytest.mark.parametrize("filters", [Filters(), Filters(days=("2024-03-12",)), Filters(min_votes=20)])
@pytest.mark.parametrize(
    "question", ["teaching language models to use tools", "GitHub 이슈를 해결하는 벤치마크"]
)
def test_a_collection_too_large_to_score_whole_is_searched_through_the_store(
    stored: Library, monkeypatch: pytest.MonkeyPatch, question: str, filters: Filters
) -> None:
    exact = ids(ask(question, stored, filters=filters))
    monkeypatch.setattr(snapshot, "EXACT_LIMIT", 10)
    monkeypatch.setattr(retrieval, "NEIGHBOURS", 24)
    monkeypatch.setattr(Snapshot, "scores", None)  # which would score every chunk
    large = replace(stored, snapshot=Snapshot(stored.snapshot.folder))
    found = ids(ask(question, large, filters=filters))
    # Standardised over a sample of all, scores differ a little: near ties may change places.
    assert found[0] == exact[0]
    assert set(found[:3]) <= set(exact[:6])
    assert (large.snapshot.__dict__.get("_store") is not None) == (len(exact) > 24)
    large.snapshot.close()


@pytest.mark.parametrize(
    ("question", "paper"),
    [("speech recognition with weak supervision", "2212.04356"), ("약한 감독으로 학습한 음성 인식", "2212.04356"),
     ("teaching language models to use tools", TOOLFORMER), ("GitHub 이슈를 해결하는 벤치마크", "2310.06770")],
)  # fmt: skip
def test_a_described_paper_is_near_the_top_in_both_languages(
    library: Library, question: str, paper: str
) -> None:
    assert paper in ids(ask(question, library))[:5]


@pytest.mark.parametrize(
    "filters",
    [
        Filters(days=("2024-03-12",)),
        Filters(min_votes=35),
        Filters(authors=("Chelsea Finn",)),
        Filters(votes_known=False),
        Filters(since="2024-03-01", max_votes=25),
    ],
)
def test_every_hit_meets_the_filters(library: Library, filters: Filters) -> None:
    allowed = library.snapshot.papers.ids(filters)
    evidence = ask("language models", library, filters=filters)
    assert evidence.scanned == len(allowed) > 0
    assert set(ids(evidence)) <= set(allowed)
    assert set(evidence.matched) | set(evidence.borderline) <= set(allowed)


def test_filters_that_no_paper_meets_leave_nothing(library: Library) -> None:
    evidence = ask("language models", library, filters=Filters(min_votes=10_000), intent=Intent.LIST)
    assert (evidence.hits, evidence.scanned, evidence.matched, evidence.strength) == ((), 0, (), 0.0)


def test_a_list_holds_the_papers_of_its_topic_best_first(library: Library) -> None:
    evidence = ask("Which papers are about video generation?", library)
    assert {"2204.03458", "2209.14792", "2210.02303"} <= set(evidence.matched)
    assert QLORA not in evidence.matched
    scores = {hit.paper.arxiv_id: hit.score for hit in evidence.hits}
    assert list(evidence.matched) == sorted(evidence.matched, key=lambda paper: -scores[paper])


def test_only_lists_match_papers(library: Library) -> None:
    assert ask("What is QLoRA?", library).matched == ()
    assert ask("trends in video generation", library).matched


def test_hits_are_ranked_and_limited(library: Library) -> None:
    evidence = ask("language models", library)
    scores = [hit.score for hit in evidence.hits]
    assert scores == sorted(scores, reverse=True)
    assert len(ids(evidence)) == len(set(ids(evidence))) <= RANKED
    assert evidence.strength == pytest.approx(scores[0])


def test_quotes_are_the_digests_own_characters_best_first(library: Library) -> None:
    for hit in ask("QLoRA의 GPU 메모리는?", library).hits:
        for passage in hit.passages:
            assert hit.paper.section(passage.section).text[passage.start : passage.end] == passage.text
            assert passage.text.strip()
        relevance = [passage.score for passage in hit.passages]
        assert relevance == sorted(relevance, reverse=True)


def test_the_sentence_that_shares_the_questions_words_is_quoted_first(library: Library) -> None:
    best = (
        ask("How many layers do the encoder and decoder of Attention Is All You Need have?", library)
        .hits[0]
        .passages[0]
    )
    assert "6개 층" in best.text


@pytest.mark.parametrize("text", ["", "?", "zzzz qqqq", "\x00"])
def test_questions_without_a_known_word_are_no_error(library: Library, text: str) -> None:
    for intent in Intent:
        evidence = retrieve(Query(text, text, "en", intent), library)
        assert evidence.scanned == len(library.lexical.papers)


def test_the_same_question_has_the_same_evidence(library: Library) -> None:
    first, second = ask("agents that use tools", library), ask("agents that use tools", library)
    assert replace(first, seconds=0) == replace(second, seconds=0)


WORD_PIECES = "study studies Café cafés R LLM's GPU-hours 확산 모델은 3.5 policies É s".split()


def test_a_sentence_is_worth_the_terms_it_shares_however_they_are_written(library: Library) -> None:
    chance = random.Random(1)  # noqa: S311 - a seeded sweep
    for _ in range(300):
        text = " ".join(chance.choices(WORD_PIECES, k=6)) + "."
        paper = Paper("2401.00001", "T", (), (Section("Summary", text),))
        weights = dict.fromkeys([*words(" ".join(chance.choices(WORD_PIECES, k=4))), "확산", "r"], 1.0)
        for passage in passages_of(paper, weights, library):
            folded, english = passage.text.casefold(), set(words(passage.text))
            shared = [term for term in weights if term in english or (len(term) > 1 and term in folded)]
            expected = sum(0.1 + library.lexical.rarity(term) for term in shared) - 1e-6 * passage.start
            assert passage.score == pytest.approx(expected)
