"""What lexical search promises: two languages meet in one list of terms, and scores are those of BM25."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rag_app.collection import bm25
from rag_app.collection.bm25 import LexicalIndex
from rag_app.records import Paper, Section
from rag_app.text import terms
from rag_app.text.glossary import mine_glossary
from rag_app.text.terms import fold_word, morphemes, words

PAPERS = (
    Paper("2401.00001", "Zebra: Striped Attention", ("2024-01-01",),
          (Section("Summary", "어텐션(attention)을 줄무늬로 나눕니다. 희소 어텐션(sparse attention)입니다."),)),
    Paper("2401.00002", "Walrus", ("2024-01-01",),
          (Section("Summary", "로봇 조작(robot manipulation)을 배웁니다. 어텐션(attention)도 씁니다."),)),
    Paper("2401.00003", "Heron", ("2024-01-02",),
    (Section("Summary", "로봇(robot)이 날아다닙니다. Tülu 데이터를 씁니다."),)),
    Paper("2401.00004", "Silent", ("2024-01-02",), ()),
)  # fmt: skip


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> LexicalIndex:
    folder = tmp_path_factory.mktemp("lexical") / "index"
    bm25.build(PAPERS, folder)
    return LexicalIndex(folder)


@pytest.mark.parametrize(
    ("word", "term"),
    [("Models", "model"), ("studies", "study"), ("losses", "loss"), ("boxes", "box"), ("corpus", "corpus"),
     ("analysis", "analysis"), ("what's", "what"), ("Tülu", "tulu"), ("RoPE", "rope"), ("gas", "gas")],
)  # fmt: skip
def test_forms_of_a_word_are_one_term(word: str, term: str) -> None:
    assert fold_word(word) == term


def test_a_compound_is_found_whole_and_by_its_parts() -> None:
    assert words("Mixture-of-Experts v2.1") == ["mixture-of-expert", "mixture", "of", "expert", "v2.1", "v2"]
    assert words("1,024 tokens, 0.5") == ["1,024", "token", "0.5"]


def test_a_name_of_several_words_is_found_by_each() -> None:
    assert list(morphemes(["자연어 처리 벤치마크"])) == [["자연어", "처리", "벤치마크"]]


def test_an_english_word_finds_the_korean_text(index: LexicalIndex) -> None:
    assert "로봇" in index.glossary["robot"]
    assert set(index.paper_scores("robots")) == {"2401.00002", "2401.00003"}
    korean = index.scores({"로봇": 1.0})
    assert (korean > 0).tolist() == [False, True, True, False]


def test_a_question_has_the_meanings_of_words_that_no_pair_translates(tmp_path: Path) -> None:
    bm25.build(PAPERS, tmp_path / "index")
    knowing = LexicalIndex(tmp_path / "index", lambda word: ["줄무늬"] if word in {"stripe", "robot"} else [])
    assert knowing.question_terms("stripes") == {"stripe": 1.0, "줄무늬": bm25.BY_MEANING}
    assert knowing.query_terms("stripes") == {"stripe": 1.0}
    assert (knowing.question_scores("stripes") > 0).tolist() == [True, False, False, False]
    assert knowing.all_translations("robot") == knowing.translations("robot")  # the pairs know better


def test_every_form_of_a_word_has_its_translations(tmp_path: Path) -> None:
    texts = ["압축(compression)을 다룹니다.", "모델 압축(model compression)을 합니다.", "로봇(robot)입니다."]
    papers = [
        Paper(f"2401.0000{n}", f"제목 {n}", (), sections=(Section("Summary", text),))
        for n, text in enumerate(texts)
    ]
    bm25.build(papers, tmp_path)
    index = LexicalIndex(tmp_path)
    assert "compress" not in index.glossary
    for form in ("compress", "compressing", "compressed"):
        assert list(index.translations(form)) == ["압축"]
        assert set(index.paper_scores(f"what {form} models?")) >= {"2401.00000", "2401.00001"}
    assert index.translations("robotics") != index.translations("compress")


def test_the_forms_of_a_word_are_its_inflections(tmp_path: Path) -> None:
    text = "Watermarking hides; a watermark is read; two watermarks. Animation of animals. 워터마크."
    bm25.build([Paper("2401.00001", "T", (), sections=(Section("Summary", text),))], tmp_path)
    index = LexicalIndex(tmp_path)
    assert index.forms("watermark") == ["watermarking"]
    assert index.forms("watermarked") == ["watermarking", "watermark"]
    assert index.forms("animal") == index.forms("워터마크") == []


def test_each_word_is_translated_by_the_words_it_stands_beside() -> None:
    texts = [
        "강화 학습(reinforcement learning)과 지도 학습(supervised learning).",
        "학습(learning)을 합니다.",
    ]
    glossary = mine_glossary(texts)
    best = {english: next(iter(korean)) for english, korean in glossary.items()}
    assert best == {"learning": "학습", "reinforcement": "강화", "supervised": "지도"}
    assert mine_glossary(["no pairs here"]) == {}


def test_scores_are_those_of_lucene_bm25(index: LexicalIndex) -> None:
    documents = terms.terms_of([bm25.document(paper) for paper in PAPERS])
    lengths = np.array([len(terms) for terms in documents])
    for term in ("로봇", "zebra", "어텐션"):
        found = np.array([terms.count(term) for terms in documents])
        idf = np.log(1 + (len(PAPERS) - (found > 0).sum() + 0.5) / ((found > 0).sum() + 0.5))
        expected = idf * found / (found + 1.2 * (0.25 + 0.75 * lengths / lengths.mean()))
        np.testing.assert_allclose(index.scores({term: 1.0}), expected, rtol=1e-5)


def test_a_term_counts_as_the_best_of_its_spellings(index: LexicalIndex) -> None:
    """A text that says a word in both languages says it once."""
    score = index.question_scores("robots")
    assert (score > 0).tolist() == [False, True, True, False]
    own, translated = index.scores({"robot": 1.0}), index.scores({"로봇": 1.0})
    assert (score[1:3] < (own + translated)[1:3]).all()


def test_one_odd_word_does_not_outweigh_what_a_question_is_about(index: LexicalIndex) -> None:
    """A rare word counts for more than a usual one by less than in BM25."""

    def ratio(scores: Callable[[str], np.ndarray]) -> float:
        return float(scores("줄무늬").max() / scores("어텐션").max())

    assert ratio(index.question_scores) < ratio(lambda term: index.scores({term: 1.0}))


def test_weights_scale_and_add_up(index: LexicalIndex) -> None:
    both = index.scores({"로봇": 0.5, "어텐션": 2.0})
    np.testing.assert_allclose(
        both, 0.5 * index.scores({"로봇": 1.0}) + 2 * index.scores({"어텐션": 1.0}), rtol=1e-6
    )


def test_words_for_asking_are_no_terms(index: LexicalIndex) -> None:
    assert index.own_terms("Does it have any papers, and what's the zebra for?") == ["zebra"]
    assert index.own_terms("로봇 논문 전부 보여줘") == ["로봇"]


def test_unknown_words_and_no_words_score_nothing(index: LexicalIndex) -> None:
    assert index.paper_scores("qwertyuiop") == index.paper_scores("") == index.paper_scores("?!") == {}


def test_rare_terms_are_worth_more(index: LexicalIndex) -> None:
    assert index.rarity("zebra") == 1.0
    assert 0 < index.rarity("로봇") < 1
    assert index.rarity("qwertyuiop") == 0.0
    assert index.knows("Zebras")
    assert not index.knows("qwertyuiop")


# bm25s divides by the mean length, which is 0
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_a_collection_without_a_word_can_be_indexed(tmp_path: Path) -> None:
    bm25.build((Paper("2401.00009", "", (), ()),), tmp_path / "empty")
    assert LexicalIndex(tmp_path / "empty").paper_scores("zebra") == {}


@pytest.mark.parametrize("file", ["data.npy", "vocabulary.json", "papers.json"])
def test_a_missing_or_cut_file_is_an_error_that_callers_expect(tmp_path: Path, file: str) -> None:
    bm25.build(PAPERS[:2], tmp_path)
    (tmp_path / file).write_bytes((tmp_path / file).read_bytes()[:5])
    with pytest.raises((OSError, ValueError)):
        LexicalIndex(tmp_path)
    (tmp_path / file).unlink()
    with pytest.raises(OSError, match=Path(file).stem):
        LexicalIndex(tmp_path)


def test_the_index_on_disk_is_arrays_and_json(index: LexicalIndex, tmp_path: Path) -> None:
    bm25.build(PAPERS, tmp_path)
    assert json.loads((tmp_path / "papers.json").read_text()) == [paper.arxiv_id for paper in PAPERS]
    assert {file.suffix for file in tmp_path.iterdir()} == {".npy", ".json"}


def test_an_index_that_takes_over_analyses_equals_one_made_anew(tmp_path: Path) -> None:
    papers = [
        Paper(
            f"2401.0000{n}",
            f"Method {n}",
            (),
            (Section("Summary", f"확산 모델(diffusion model) {n}을 학습합니다."),),
        )
        for n in range(4)
    ]
    bm25.build(papers[:3], tmp_path / "last")
    bm25.build(papers, tmp_path / "grown", tmp_path / "last")
    bm25.build(papers, tmp_path / "anew")
    for file in sorted((tmp_path / "anew").iterdir()):
        assert (tmp_path / "grown" / file.name).read_bytes() == file.read_bytes()


def test_the_texts_of_papers_are_kept_as_they_were_read(tmp_path: Path) -> None:
    assert bm25.documents_of(tmp_path) == [], "an index of an older version"
    for papers in (PAPERS, ()):
        bm25.build(papers, tmp_path)
        assert bm25.documents_of(tmp_path) == [bm25.document(paper) for paper in papers]


def test_an_index_of_another_version_translates_as_one_that_keeps_its_translations(tmp_path: Path) -> None:
    papers = [
        Paper("2401.00001", "제목", (), sections=(Section("Summary", "압축(compression)과 로봇(robots)"),))
    ]
    bm25.build(papers, tmp_path)
    file = tmp_path / bm25.TRANSLATIONS
    kept = json.loads(file.read_text(encoding="utf-8"))
    found = LexicalIndex(tmp_path).translations("compress")
    assert found and kept["stems"]["compress"] == found
    file.write_text(json.dumps({"version": 0, "stems": {"compress": {"아무것": 1.0}}}), encoding="utf-8")
    assert LexicalIndex(tmp_path).translations("compress") == found
    file.unlink()
    assert LexicalIndex(tmp_path).translations("compress") == found
