"""The suites search, ingest and scale: their arithmetic, and a small run of each without models."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from rag_app.bench import ingest, questions, scale, search, suites, synthetic
from rag_app.bench.ingest import Built
from rag_app.bench.plain import PlainChain
from rag_app.bench.scale import Cost
from rag_app.bench.search import Times
from rag_app.bench.table import Measurement
from rag_app.collection import digests
from rag_app.collection.library import Library
from rag_app.errors import RagError
from tests.helpers.checkout import CHECKOUT
from tests.helpers.fakes import HashEmbedder, fake_embedding, settings_in


class HashEncoder:
    """The hashing embedder in the shape of LangChain's `Embeddings`."""

    def __init__(self) -> None:
        self._embedder = HashEmbedder()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return [float(x) for x in self._embedder.query(text)]


def say(stage: str, done: int, total: int) -> None:
    assert done <= total or total == 0


def by_measure(rows: list[Measurement]) -> dict[str, Measurement]:
    return {row.measure: row for row in rows}


# --- questions ----------------------------------------------------------------------------------


def test_questions_are_about_the_collection_and_the_same_every_time(library: Library) -> None:
    papers = library.snapshot.papers.all()
    asked = questions.about(papers, 27)
    assert len(asked) == 27
    assert asked == questions.about(papers, 27)
    assert all(question.strip() for question in asked)
    assert any("논문" in question for question in asked)
    assert any("Which papers" in question for question in asked)


def test_papers_without_sections_authors_or_days_can_be_asked_about(library: Library) -> None:
    bare = [replace(paper, sections=(), authors=(), dates=()) for paper in library.snapshot.papers.all()]
    assert all(question.strip() for question in questions.about(bare, 18))


# --- search -------------------------------------------------------------------------------------


def test_search_divides_percentiles_of_its_own_questions() -> None:
    times = [Times(0.01, 0.02, 0.04, None), Times(0.01, 0.02, 0.04, 0.05)]
    rows = by_measure(search.rows(times, "a peer"))
    assert rows["retrieval / query embedding"].value == pytest.approx(2)
    assert rows["complete list or record / retrieval"].value == pytest.approx(2.5)
    assert rows["hybrid retrieval / plain dense search"].value == pytest.approx(0.5)
    assert [row.met for row in rows.values() if row.target] == [True, False, True]


def test_a_percentile_is_interpolated() -> None:
    assert search.p95([float(n) for n in range(101)]) == pytest.approx(95)


def test_search_measures_every_question_once(library: Library, tmp_path: Path) -> None:
    with closing(PlainChain(HashEncoder(), tmp_path)) as plain:
        search.fill(plain, library, say)
        chunk = library.snapshot.chunks[0]
        assert plain.search(chunk.text, 1) == [chunk.id]
        times = list(search.measure(library, plain, 9, say))
    assert len(times) == 9
    assert all(t.embedding > 0 and t.retrieval > 0 and t.plain > 0 for t in times)
    assert any(t.answer and t.answer > t.retrieval for t in times)
    assert any(t.answer is None for t in times)


# --- ingest -------------------------------------------------------------------------------------


def test_ingest_compares_medians_and_mean_recall() -> None:
    ours, plain = [Built(1, 0.9), Built(9, 0.9), Built(2, 0.9)], [Built(8, 1.0)]
    rows = by_measure(ingest.compared(80, ours, plain, "a peer"))
    assert rows["ingest, embedding and whole index"].value == pytest.approx(40)
    assert rows["ingest / plain chain"].value == pytest.approx(4)
    assert rows["recall@10 of title → sections / plain chain"].met is False


def test_a_sample_holds_whole_papers_of_the_collection(library: Library) -> None:
    sample = ingest.sampled(library.snapshot, 10)
    assert 0 < len(sample.papers) < len(library.snapshot.papers.all())
    for paper in sample.papers:
        own = [chunk for chunk in library.snapshot.chunks if chunk.arxiv_id == paper.arxiv_id]
        assert [chunk for chunk in sample.chunks if chunk.arxiv_id == paper.arxiv_id] == own


def test_recall_counts_the_paper_s_own_chunks(library: Library) -> None:
    sample = ingest.sampled(library.snapshot, 10)
    assert ingest.recall(sample, lambda title: [chunk.id for chunk in sample.chunks]) == 1
    assert ingest.recall(sample, lambda title: ["other"]) == 0


def test_the_new_day_is_read_as_new_papers_of_a_later_day(library: Library, tmp_path: Path) -> None:
    known = library.snapshot.papers
    ingest.write_day(known.all(), tmp_path / "day")
    papers, report = digests.read([tmp_path / "day"])
    assert papers
    assert not report.skipped
    assert all(
        not known.has(paper.arxiv_id) and paper.date > known.last_day and paper.sections for paper in papers
    )


def test_ingest_measures_both_ways_and_one_more_day(library: Library, tmp_path: Path) -> None:
    embedder = HashEmbedder()
    rows = ingest.against_plain(
        ingest.sampled(library.snapshot, 10), embedder, HashEncoder(), rounds=1, progress=say
    )
    assert by_measure(rows)["recall@10 of title → sections / plain chain"].met
    settings = settings_in(tmp_path)
    settings.home.mkdir(parents=True)
    with fake_embedding(embedder):
        (row,) = ingest.one_more_day(settings, [CHECKOUT / "digests"], library.snapshot.papers.all(), say)
    assert row.value > 0
    assert not (settings.home / "index").exists()


# --- scale --------------------------------------------------------------------------------------


def test_growth_is_one_where_a_cost_grows_as_the_collection_does() -> None:
    assert scale.growth("time", (10, 40), (2.0, 8.0)).value == pytest.approx(1)
    assert scale.growth("time", (10, 40), (2.0, 16.0)).met is False


def test_scale_tells_every_size_and_what_grows() -> None:
    rows = scale.rows((10, 20), [Cost(1, 10), Cost(2, 10)], [Cost(1, 10), Cost(1, 10)])
    assert len(rows) == 12
    assert all(row.met for row in rows if row.target)


def test_made_up_papers_are_distinct_and_repeatable() -> None:
    papers = synthetic.papers(50)
    assert papers == synthetic.papers(50)
    assert len({paper.arxiv_id for paper in papers}) == len({paper.title for paper in papers}) == 50
    assert 150 < sum(len(section.text) for paper in papers for section in paper.sections) / 150 < 400


def test_a_made_up_collection_is_built_and_searched(tmp_path: Path) -> None:
    assert scale.build(12, tmp_path) > 0
    assert scale.search(12, tmp_path) > 0


def test_a_step_that_fails_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(RagError) as caught:
        scale._in_a_process("search", 5, tmp_path)
    assert "the search of 5 papers" in caught.value.message


# --- all ----------------------------------------------------------------------------------------


def test_the_suites_are_registered_under_the_names_of_their_modules() -> None:
    named = {name for name, _ in suites.described()}
    assert {"search", "ingest", "scale"} <= named
