"""What the two stories promise: `ask` tells every step and claims nothing unfounded; `ingest`
follows the digests.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from rag_app import pipeline
from rag_app.collection import bm25
from rag_app.collection.library import LEXICAL, write_dictionaries
from rag_app.collection.pairs import PAIRS
from rag_app.collection.snapshot import open_current
from rag_app.errors import CollectionError, DigestError, EngineError, QuestionError
from rag_app.llm.protocol import Loading
from rag_app.progress import Stage
from rag_app.records import Checked, Done, Draft, Filters, Found, Intent, Paper, Understood
from rag_app.settings import Settings
from rag_app.text import terms
from tests.helpers.fakes import (
    LAB,
    HashEmbedder,
    ScriptedGenerator,
    answer_of,
    events_of,
    fake_embedding,
    lab,
    settings_in,
)

PICKBOT = "2405.00001"
TRUE = "[1] PickBot learns whole-body grasping."

# --- ask ----------------------------------------------------------------------------------------


def test_the_steps_of_an_answer_come_in_order() -> None:
    events = events_of("What does PickBot learn?", lab(), ScriptedGenerator([TRUE]))
    assert [type(event) for event in events[:2]] == [Understood, Found]
    assert {type(event) for event in events[2:-1]} == {Draft, Checked}
    assert isinstance(events[-1], Done)
    answer = events[-1].answer
    assert answer.first_token_seconds is not None
    assert answer.evidence_seconds <= answer.first_token_seconds <= answer.seconds
    assert (answer.model, answer.device) == ("scripted", "CPU, 1 thread")
    assert answer.usage.generated_tokens > 0


def test_the_evidence_is_handed_out_while_the_model_still_loads() -> None:
    loading: Loading = Future()
    events = pipeline.ask("What does PickBot learn?", lab(), loading)
    assert [type(next(events)) for _ in range(2)] == [Understood, Found]
    loading.set_result(ScriptedGenerator([TRUE]))
    *_, last = events
    assert isinstance(last, Done)
    assert last.answer.model == "scripted"


def test_a_model_that_failed_to_load_is_told_of_as_if_nothing_had_been_beside_it() -> None:
    loading: Loading = Future()
    loading.set_exception(EngineError("there is no memory", "close other programs"))
    with pytest.raises(EngineError, match="there is no memory"):
        pipeline.answer("What does PickBot learn?", lab(), loading)


def test_without_a_model_the_answer_is_the_digest_s_own_sentences() -> None:
    answer = answer_of("What does PickBot learn?", lab())
    assert not answer.refused
    text = lab().snapshot.papers.get(PICKBOT)
    assert all(
        s.quote in text.section(s.section).text for sentence in answer.sentences for s in sentence.support
    )
    assert (answer.model, answer.first_token_seconds) == ("", None)


@pytest.mark.parametrize("generator", [None, ScriptedGenerator([TRUE])])
@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What does GraspZilla learn?", "GraspZilla"),
        ("GraspZilla의 성공률은?", "GraspZilla"),
        ("papers on 2024-02-30", "2024-02-30"),
        ("2024년 2월 30일 논문은?", "2월 30일"),
        ("papers between 2024-05-01 and 2024-01-15", "2024-05-01"),
        ("papers on 2019-07-01", "2019-07-01"),
        ("papers by Zebulon Quux", "Zebulon Quux"),
    ],
)
def test_what_the_collection_does_not_hold_is_refused_by_name(
    question: str, said: str, generator: ScriptedGenerator | None
) -> None:
    answer = answer_of(question, lab(), generator)
    assert answer.refused
    assert said in answer.text
    assert (answer.citations, answer.sentences) == ((), ())
    assert answer.first_token_seconds is None  # the model was not asked


@pytest.mark.parametrize("question", ["", " \n\t ", "x" * 4_001, "가" * 100_000])
def test_a_question_that_cannot_be_one_is_an_error(question: str) -> None:
    with pytest.raises(QuestionError) as caught:
        events_of(question, lab())
    assert caught.value.hint


@pytest.mark.parametrize(
    "question", ["?", "[1]", "🧪", "a" * 4_000, "' OR 1=1 --", "\x00\x01", "%s {x}", "\udcff"]
)
def test_any_other_question_has_an_answer(question: str) -> None:
    assert answer_of(question, lab(), ScriptedGenerator([TRUE])).text


def test_a_greeting_claims_nothing() -> None:
    answer = answer_of("hello", lab())
    assert (answer.intent, answer.refused, answer.citations) == (Intent.CHAT, False, ())
    thanked = answer_of("thanks!", lab())
    assert (thanked.intent, thanked.citations) == (Intent.CHAT, ())
    assert thanked.text != answer.text


def test_a_follow_up_is_about_the_paper_of_the_turn_before() -> None:
    _, turn = pipeline.answer("What does PickBot learn?", lab(), ScriptedGenerator([TRUE]))
    assert turn.papers == (PICKBOT,)
    answer, _ = pipeline.answer("Who wrote it?", lab(), conversation=[turn])
    assert "Ada Kim" in answer.text
    assert [citation.arxiv_id for citation in answer.citations] == [PICKBOT]


def test_filters_from_outside_hold() -> None:
    answer = answer_of("How many papers are there?", lab(), filters=Filters(since="2024-05-01", min_votes=12))
    assert {citation.arxiv_id for citation in answer.citations} == {PICKBOT, "2405.00003"}
    assert answer.scanned == 2


@pytest.mark.parametrize("question", ["How many papers are there?", "Which papers are about robots?"])
def test_counts_and_lists_are_of_the_chosen_papers_alone(question: str) -> None:
    chosen = (PICKBOT, "2405.00003", "9999.00000")
    answer = answer_of(question, lab(), filters=Filters(only=chosen))
    assert answer.scanned == 2
    assert {citation.arxiv_id for citation in answer.citations} <= set(chosen)
    assert set(answer.ranked) <= set(chosen)


@pytest.mark.parametrize(
    "question", ["What does PickBot learn?", "Compare PickBot and FoldNet", "Who wrote PickBot?"]
)
def test_a_named_paper_that_is_not_among_the_chosen_ones_is_refused(question: str) -> None:
    answer = answer_of(question, lab(), ScriptedGenerator([TRUE]), filters=Filters(only=("2405.00002",)))
    assert answer.refused
    assert "PickBot" in answer.text
    assert not answer.citations


def test_a_named_paper_that_the_days_leave_out_is_not_answered_by_another_one() -> None:
    later = Filters(since="2024-05-02")
    assert PICKBOT not in lab().snapshot.papers.ids(later)
    assert answer_of("What does PickBot learn?", lab(), ScriptedGenerator([TRUE]), filters=later).refused


def test_the_same_question_has_the_same_answer() -> None:
    first, second = (answer_of("Which papers are about diffusion?", lab()) for _ in range(2))
    assert (first.text, first.ranked, first.citations) == (second.text, second.ranked, second.citations)


# --- ingest -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ingested:
    """A home after its first ingest, and what was told meanwhile."""

    settings: Settings
    result: pipeline.IngestResult
    told: list[tuple[str, int, int]]


@pytest.fixture
def embedder() -> Iterator[HashEmbedder]:
    embedder = HashEmbedder()
    with fake_embedding(embedder):
        yield embedder


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Ingested:
    """For reading, and for ingests that publish nothing; `home` gives a copy for the others."""
    settings = settings_in(tmp_path_factory.mktemp("ingested"))
    settings.digests.mkdir()
    (settings.digests / "lab.md").write_text(LAB, encoding="utf-8")
    told: list[tuple[str, int, int]] = []
    with fake_embedding(HashEmbedder()):
        result = pipeline.ingest(settings, progress=lambda *step: told.append(step))
    return Ingested(settings, result, told)


@pytest.fixture
def home(ingested: Ingested, tmp_path: Path) -> Settings:
    return replace(ingested.settings, home=Path(shutil.copytree(ingested.settings.home, tmp_path / "home")))


def ids(settings: Settings) -> set[str]:
    return {paper.arxiv_id for paper in open_current(settings.home).papers.all()}


def entry(number: int) -> str:
    return f"### [Extra{number}: More](https://arxiv.org/abs/2406.0000{number})\n\nIt says extra things {number}.\n\n"


def folder_of(path: Path, number: int) -> Path:
    path.mkdir(parents=True)
    (path / "more.md").write_text(entry(number), encoding="utf-8")
    return path


def test_a_second_ingest_of_the_same_digests_embeds_nothing(
    ingested: Ingested, embedder: HashEmbedder
) -> None:
    name = open_current(ingested.settings.home).name
    again = pipeline.ingest(ingested.settings)
    assert (ingested.result.unchanged, ingested.result.embedded) == (False, ingested.result.chunks)
    assert (again.unchanged, again.embedded, again.chunks) == (True, 0, ingested.result.chunks)
    assert embedder.embedded == []
    assert open_current(ingested.settings.home).name == name


@pytest.mark.usefixtures("embedder")
def test_an_ingest_lays_out_a_map(ingested: Ingested) -> None:
    library = pipeline.open_library(ingested.settings)
    assert library.paper_map is not None
    assert len(library.paper_map) == len(library.places) == 3
    assert Stage.MAP in [stage for stage, _, _ in ingested.told]


@pytest.mark.usefixtures("embedder")
def test_an_index_without_a_map_answers_and_the_next_ingest_makes_one(
    home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr(pipeline, "write_map", lambda *parts: None)
        pipeline.ingest(home, [folder_of(tmp_path / "more", 1)])
    library = pipeline.open_library(home)
    assert library.paper_map is None
    assert answer_of("What does PickBot learn?", library).text
    assert not pipeline.ingest(home).unchanged
    assert pipeline.open_library(home).paper_map is not None
    assert pipeline.ingest(home).unchanged


@pytest.mark.usefixtures("embedder")
@pytest.mark.parametrize("part", [f"{LEXICAL}/{bm25.DOCUMENTS}", f"{LEXICAL}/{bm25.TRANSLATIONS}", PAIRS])
def test_an_index_of_an_older_version_answers_and_the_next_ingest_adds_what_it_lacks(
    part: str, home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = "Which papers are about robots?"
    with monkeypatch.context() as earlier:

        def without_part(papers: tuple[Paper, ...], folder: Path, last: Path | None) -> None:
            write_dictionaries(papers, folder, last)
            (folder / part).unlink()

        earlier.setattr(pipeline, "write_dictionaries", without_part)
        pipeline.ingest(home, [folder_of(tmp_path / "more", 1)])
    assert not (open_current(home.home).folder / part).exists()
    before = answer_of(listed, pipeline.open_library(home))
    assert not pipeline.ingest(home).unchanged
    library = pipeline.open_library(home)
    assert (library.snapshot.folder / part).exists()
    after = answer_of(listed, library)
    assert (after.text, after.matched) == (before.text, before.matched)
    assert pipeline.ingest(home).unchanged


@pytest.mark.usefixtures("embedder")
def test_papers_go_with_the_last_digest_of_their_folder(home: Settings, tmp_path: Path) -> None:
    more = folder_of(tmp_path / "more", 1)
    before = pipeline.ingest(home, [more]).report.papers
    (more / "more.md").unlink()
    after = pipeline.ingest(home)
    assert after.report.papers == before - 1
    assert str(more) in [note.file for note in after.report.notes]
    with pytest.raises(DigestError, match="no digests in"):
        pipeline.ingest(home, [more])


@pytest.mark.usefixtures("embedder")
def test_an_ingest_of_nothing_new_removes_what_a_kill_after_the_switch_has_left(home: Settings) -> None:
    current = open_current(home.home).folder
    for name in ("20000101T000000000000Z-a", "20000102T000000000000Z-b"):
        shutil.copytree(current, current.with_name(name))
    assert pipeline.ingest(home).unchanged
    kept = {path.name for path in current.parent.iterdir() if path.is_dir()}
    assert kept == {current.name, "20000102T000000000000Z-b"}


def test_progress_names_its_stages(ingested: Ingested) -> None:
    assert ingested.told[0] == ("reading digests", 0, 0)
    chunks = ingested.result.chunks
    assert {"loading the embedding model", "verify", "done"} <= {stage for stage, _, _ in ingested.told}
    assert all(0 <= done <= total <= chunks for stage, done, total in ingested.told if stage == "embedding")


@pytest.mark.usefixtures("embedder")
def test_a_failed_ingest_leaves_the_last_index(ingested: Ingested, tmp_path: Path) -> None:
    before = open_current(ingested.settings.home).name
    for missing in (tmp_path / "absent", tmp_path):
        with pytest.raises(DigestError):
            pipeline.ingest(ingested.settings, [missing])
    assert open_current(ingested.settings.home).name == before
    assert pipeline.ingest(ingested.settings).unchanged  # the folder that failed is not remembered


def test_edited_new_and_removed_digests_are_followed(tmp_path: Path, embedder: HashEmbedder) -> None:
    settings = settings_in(tmp_path)
    folder_of(settings.digests, 1)
    (settings.digests / "lab.md").write_text(LAB, encoding="utf-8")
    pipeline.ingest(settings)
    (settings.digests / "lab.md").write_text(LAB.replace("94.4%", "93.3%"), encoding="utf-8")
    (settings.digests / "more.md").rename(settings.digests / "new.md")
    (settings.digests / "new.md").write_text(entry(2), encoding="utf-8")
    embedder.embedded.clear()
    result = pipeline.ingest(settings)
    assert result.embedded == len(embedder.embedded) == 2  # the edited section and the new paper
    assert ids(settings) & {"2406.00001", "2406.00002"} == {"2406.00002"}
    assert "93.3%" in open_current(settings.home).papers.get(PICKBOT).section("Performance").text


@pytest.mark.usefixtures("embedder")
def test_an_index_that_grew_equals_one_made_anew(tmp_path: Path) -> None:
    grown = settings_in(tmp_path)
    folder_of(grown.digests, 1)
    pipeline.ingest(grown)
    (grown.digests / "lab.md").write_text(LAB, encoding="utf-8")
    pipeline.ingest(grown)
    anew = replace(grown, home=tmp_path / "anew")
    pipeline.ingest(anew)
    one, other = open_current(grown.home), open_current(anew.home)
    assert one.chunks == other.chunks
    assert one.papers.all() == other.papers.all()
    for file in (
        "vectors.npy",
        "names.json",
        PAIRS,
        "words.json",
        "lexical/data.npy",
        "lexical/vocabulary.json",
        "lexical/glossary.json",
        "lexical/translations.json",
    ):
        assert (one.folder / file).read_bytes() == (other.folder / file).read_bytes()


@pytest.mark.usefixtures("embedder")
def test_folders_and_uploads_are_added_and_remembered_until_replaced(home: Settings, tmp_path: Path) -> None:
    other = folder_of(tmp_path / "other", 1)
    uploads = folder_of(home.home / "uploads", 2)
    everything = {PICKBOT, "2405.00002", "2405.00003", "2406.00001", "2406.00002"}
    assert pipeline.ingest(home, [other]).roots == (home.digests, other.resolve(), uploads)
    assert ids(home) == everything
    assert pipeline.ingest(home).unchanged
    assert ids(home) == everything
    pipeline.ingest(home, [other], replace=True)
    assert ids(home) == {"2406.00001", "2406.00002"}


@pytest.mark.usefixtures("embedder")
def test_another_analysis_of_words_makes_another_index(
    home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (bm25, terms):
        monkeypatch.setattr(module, "analysis_version", lambda: "another")
    result = pipeline.ingest(home)
    assert (result.unchanged, result.embedded) == (False, 0)
    assert pipeline.ingest(home).unchanged


def test_another_embedding_model_makes_another_index(home: Settings) -> None:
    with fake_embedding(HashEmbedder("hash-2")):
        with pytest.raises(CollectionError, match="another embedding model"):
            pipeline.open_library(home)
        assert pipeline.ingest(home).embedded > 0
        assert pipeline.open_library(home).snapshot.manifest.fingerprint == "hash-2"
