"""What kinds promise: they are learned from files of examples, in every language, and nothing else."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rag_app.collection.library import Dictionary
from rag_app.embedding.embedder import Matrix
from rag_app.lang import LANGUAGES
from rag_app.pipeline import Library, understood
from rag_app.records import Fact, Intent, Turn
from rag_app.search import kinds, open_patterns
from rag_app.search.recognition import Signs, decide
from rag_app.search.understanding import understand
from tests.helpers.fakes import HashEmbedder

TOY = """
en = [
  "Draw a picture of {topic}.", "draw me {paper} as a cartoon", "Please draw the pipeline of {paper}",
  "could you draw {topic} for me?", "Draw how {paper} is built", "draw a sketch of {topic}",
]
ko = [
  "{topic} 그림 그려줘", "{paper}를 만화로 그려줘", "{paper}의 구조를 그려 주세요", "{topic}를 그려줄래?",
  "{paper} 과정을 그려줘", "{topic} 스케치 그려 주세요",
]
"""


@pytest.fixture(scope="module")
def learned() -> kinds.Classifier:
    return kinds.fitted(kinds.examples(), HashEmbedder().query)


def recognised(learned: kinds.Classifier, question: str, marked: str = "") -> str:
    shares = learned.shares(HashEmbedder().query(question), marked or question)
    return max(shares, key=lambda kind: shares[kind])


def test_a_file_of_examples_is_all_that_another_kind_needs(tmp_path: Path) -> None:
    folder = shutil.copytree(kinds.EXAMPLES, tmp_path / "examples")
    (folder / "drawing.toml").write_text(TOY, encoding="utf-8")
    learned = kinds.fitted(kinds.examples(folder), HashEmbedder().query)
    assert recognised(learned, "Draw the architecture of a transformer, please") == "drawing"
    assert recognised(learned, "트랜스포머 구조를 그려줘") == "drawing"
    assert recognised(learned, "Which papers are about transformers?") == "list"
    assert recognised(learned, "트랜스포머를 다룬 논문을 모두 찾아줘") == "list"


def test_a_list_of_examples_is_all_that_another_language_needs(tmp_path: Path) -> None:
    folder = shutil.copytree(kinds.EXAMPLES, tmp_path / "examples")
    german = {"compare": "Vergleiche {paper} mit {paper2}", "list": "Welche Arbeiten behandeln {topic}?"}
    for kind, question in german.items():
        text = (folder / f"{kind}.toml").read_text(encoding="utf-8")
        more = ", ".join(f'"{question}{end}"' for end in ("", "!", " bitte", " heute"))
        (folder / f"{kind}.toml").write_text(f"{text}\nde = [{more}]\n", encoding="utf-8")
    learned = kinds.fitted(kinds.examples(folder), HashEmbedder().query)
    assert recognised(learned, "Welche Arbeiten behandeln Roboter?") == "list"


def test_every_kind_has_examples_in_every_language() -> None:
    found = {(one.kind, one.language) for one in kinds.examples()}
    assert found == {(intent.value, code) for intent in Intent for code in LANGUAGES}


def test_examples_are_many_and_never_twice() -> None:
    known = kinds.examples()
    for intent in Intent:
        for code in LANGUAGES:
            ours = [one.question for one in known if (one.kind, one.language) == (intent.value, code)]
            assert len(ours) >= (25 if code in {"en", "ko"} else 6)
            assert len({question.casefold() for question in ours}) == len(ours)


def test_slots_are_filled_and_what_is_named_is_marked() -> None:
    for one in kinds.examples():
        assert "{" not in one.question
        assert not any(mark in one.question for mark in kinds.MARKS)
    dated = [one for one in kinds.examples() if "2024-05-17" in one.question]
    assert dated
    assert all(kinds.DAY in one.marked and "2024" not in one.marked for one in dated)


def test_topics_fill_the_slots_of_every_kind_alike() -> None:
    topic = "robot grasping"
    holding = {one.kind for one in kinds.examples() if topic in one.question}
    assert len(holding) >= 6


def test_a_name_does_not_decide_the_kind(learned: kinds.Classifier) -> None:
    for name in ("LoRA", "Compare", "TableGPT"):
        question = f"How many layers does {name} have?"
        marked = question.replace(name, kinds.PAPER)
        assert recognised(learned, question, marked) == "lookup"


def test_the_shipped_classifier_is_fitted_to_the_examples_as_they_are() -> None:
    shipped = list(kinds.SHIPPED.glob("*.npz"))
    assert shipped
    for file in shipped:
        with np.load(file) as kept:
            assert str(kept["version"]) == kinds.version(), "run: rag-app calibrate --ship"


def test_a_classifier_is_fitted_once_and_kept_beside_the_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded: list[str] = []

    def embed(text: str) -> Matrix:
        embedded.append(text)
        return HashEmbedder().query(text)

    monkeypatch.setattr(kinds, "_opened", {})
    first = kinds.classifier(tmp_path, "kept-once", embed)
    monkeypatch.setattr(kinds, "_opened", {})
    again = kinds.classifier(tmp_path, "kept-once", embed)
    assert len(embedded) == len(kinds.examples())
    question = HashEmbedder().query("papers about robots")
    before, after = (one.shares(question, "papers about robots") for one in (first, again))
    assert after == pytest.approx(before, abs=0.01)


def test_a_damaged_file_is_fitted_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = kinds.file_of(tmp_path / "kinds", "damaged")
    file.parent.mkdir()
    file.write_bytes(b"PK\x03\x04 nothing")
    monkeypatch.setattr(kinds, "_opened", {})
    assert kinds.classifier(tmp_path, "damaged", HashEmbedder().query).kinds


SIGNS = Signs(Intent.LOOKUP, Fact.NONE, papers=0, named=False, topic=3, said=3, conversation=False)


def signs(**changed: object) -> Signs:
    return replace(SIGNS, **changed)  # type: ignore[arg-type] # fields of mixed types


def test_an_answer_is_restyled_only_where_there_is_one() -> None:
    shares = {"restyle": 0.9, "lookup": 0.1}
    assert decide(SIGNS, shares) is Intent.LOOKUP
    assert decide(signs(conversation=True), shares) is Intent.RESTYLE


def test_a_lookup_that_no_wording_gave_counts_no_more_than_the_examples() -> None:
    shares = {"overview": 0.55, "lookup": 0.45}
    assert decide(SIGNS, shares) is Intent.OVERVIEW
    assert decide(signs(papers=1, titled=False), shares) is Intent.OVERVIEW
    assert decide(signs(papers=1, titled=True), shares) is Intent.LOOKUP


def test_only_those_of_them_and_as_a_table_are_about_the_answer_before() -> None:
    shares = {"condition": 0.6, "restyle": 0.4}
    assert decide(signs(conversation=True), shares) is Intent.CONDITION
    assert decide(signs(conversation=True, of_those=True), shares) is Intent.RESTYLE
    shares = {"table": 0.6, "restyle": 0.4}
    assert decide(signs(conversation=True, subject=False), shares) is Intent.RESTYLE
    assert decide(signs(conversation=True), shares) is Intent.TABLE


@pytest.mark.parametrize(
    ("question", "tabled"),
    [
        ("Give me a table of papers on tides (method, gauges)", True),
        ("Table of tide models with method, gauges and error", True),
        ("Table of tide models: method, gauges, error", True),
        ("조수 논문을 표로 정리해줘 (방법, 자료)", True),
        ("Papers on table understanding (cells, headers)", False),
        ("Make a table of papers on tides", False),
        ("발표 자료를 만드는 논문 (방법, 자료)", False),
    ],
)
def test_who_asks_for_a_table_and_says_its_columns_gets_one(question: str, tabled: bool) -> None:
    assert open_patterns.asks_for_a_table(question) is tabled
    likely = decide(signs(tabled=tabled), {"list": 0.9, "table": 0.1})
    assert (likely is Intent.TABLE) is tabled


@pytest.mark.parametrize("kind", ["overview", "list", "trend", "exists"])
def test_what_must_not_be_is_judged_whichever_kind_of_many_papers_it_is_like(kind: str) -> None:
    assert decide(signs(denies=True), {kind: 0.9}) is Intent.CONDITION
    assert decide(signs(denies=False), {kind: 0.9}) is Intent(kind)


def test_a_list_leaves_a_part_of_its_topic_out_by_itself() -> None:
    shares = {"condition": 0.9, "list": 0.1}
    assert decide(signs(ruled=Intent.LIST, denies=True, leaves_out=True), shares) is Intent.LIST
    assert decide(signs(ruled=Intent.LIST, denies=True), shares) is Intent.CONDITION


def test_a_lookup_is_no_condition_whatever_its_paper_does_without() -> None:
    assert decide(signs(denies=True), {"lookup": 0.9}) is Intent.LOOKUP
    assert decide(signs(denies=True, briefly=True), {"lookup": 0.9}) is Intent.CONDITION
    assert decide(signs(denies=True, briefly=True, papers=1), {"lookup": 0.9}) is Intent.LOOKUP


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("tide forecasting without gauges", Intent.CONDITION),
        ("조수계 없이 조수 예측", Intent.CONDITION),
        ("tide forecasting on old harbour phones without gauges", Intent.LOOKUP),
        ("the tide forecasting with gauges that won", Intent.LOOKUP),
        ("tide forecasting with gauges", Intent.LIST),
    ],
)
def test_a_few_words_without_something_describe_no_single_paper(
    dictionary: Dictionary, question: str, intent: Intent
) -> None:
    assert understand(question, dictionary, recognise=lambda *_: {"lookup": 0.9}).intent is intent


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("Which tricks let you forecast tides on a phone?", Intent.OVERVIEW),
        ("조수 예측을 휴대폰에서 하는 요령은?", Intent.OVERVIEW),
        ("조수 예측이 틀리는 이유와 고치는 방법은?", Intent.OVERVIEW),
        ("Which techniques does the paper on tides use?", Intent.LOOKUP),
        ("Which trick lets the model forecast tides?", Intent.LOOKUP),
    ],
)
def test_ways_of_any_number_are_asked_of_many_papers(
    dictionary: Dictionary, question: str, intent: Intent
) -> None:
    shares = {"lookup": 0.5, "overview": 0.4}
    assert understand(question, dictionary, recognise=lambda *_: shares).intent is intent


def test_a_question_that_names_a_paper_is_off_topic_only_with_strong_proof() -> None:
    assert decide(SIGNS, {"off": 0.8, "paper": 0.2}) is Intent.OFF
    assert decide(signs(named=True, papers=1), {"off": 0.8, "paper": 0.2}) is Intent.PAPER
    assert decide(signs(named=True, papers=1), {"off": 0.97, "paper": 0.03}) is Intent.OFF


def test_words_alone_that_are_like_no_example_are_looked_up() -> None:
    """A topic typed as into a search box must meet the papers, not be refused as no question."""
    faint = {
        "off": 0.22,
        "restyle": 0.34,
        **dict.fromkeys(("trend", "list", "table", "exists", "concept"), 0.09),
    }
    assert decide(SIGNS, faint) is Intent.LOOKUP
    assert decide(signs(ruled=Intent.LIST), faint) is Intent.LIST
    assert decide(SIGNS, {"off": 0.45, "concept": 0.3}) is Intent.CONCEPT
    assert decide(SIGNS, {"off": 0.55, "concept": 0.3}) is Intent.OFF


def test_a_count_or_ranking_of_the_table_is_no_lookup() -> None:
    counted = signs(ruled=Intent.METADATA, aggregate=Fact.COUNT, topic=0)
    assert decide(counted, {"lookup": 0.9, "metadata": 0.05}) is Intent.METADATA
    assert decide(counted, {"summary": 0.9, "metadata": 0.05}) is Intent.SUMMARY


def test_a_kind_of_the_examples_that_no_stage_knows_is_passed_over() -> None:
    assert decide(SIGNS, {"drawing": 0.9, "overview": 0.1}) is Intent.OVERVIEW


@pytest.mark.parametrize("question", ["어떤 방법을 쓰나요?", "How is it trained?", "그 논문 한계는?"])
def test_a_question_about_the_paper_before_is_about_one_paper(dictionary: Dictionary, question: str) -> None:
    turn = Turn("What does Toolformer propose?", "…", ("2302.04761",), intent=Intent.LOOKUP)
    shares = {"trend": 0.7, "overview": 0.2, "lookup": 0.1}
    query = understand(question, dictionary, [turn], recognise=lambda *_: shares)
    assert (query.papers, query.intent) == (("2302.04761",), Intent.LOOKUP)


def test_what_is_asked_of_the_paper_before_is_no_wish_for_another_form() -> None:
    shares = {"restyle": 0.8, "lookup": 0.2}
    about_it = signs(conversation=True, papers=1, carried=True, form=False)
    assert decide(about_it, shares) is Intent.LOOKUP
    assert decide(replace(about_it, form=True), shares) is Intent.RESTYLE


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("a model that draws by writing plain text, no codebook", Intent.LOOKUP),
        ("models that draw without a codebook?", Intent.CONDITION),
        ("papers that draw without a codebook", Intent.CONDITION),
        ("코드북 없이 글자로 그리는 모델", Intent.LOOKUP),
        ("코드북 없이 그리는 방법은?", Intent.CONDITION),
    ],
)
def test_what_is_only_described_is_one_paper_whatever_it_does_without(
    dictionary: Dictionary, question: str, intent: Intent
) -> None:
    shares = {"condition": 0.6, "lookup": 0.4}
    assert understand(question, dictionary, recognise=lambda *_: shares).intent is intent


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("pretraining vs fine-tuning", Intent.CONCEPT),
        ("is fine-tuning better than prompting?", Intent.CONCEPT),
        ("사전 학습이랑 미세 조정 차이", Intent.CONCEPT),
        ("LoRA vs QLoRA", Intent.COMPARE),  # both are papers
    ],
)
def test_things_side_by_side_are_explained_and_papers_compared(
    library: Library, question: str, intent: Intent
) -> None:
    assert understood(question, library).intent is intent
