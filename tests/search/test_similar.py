"""What similar papers promise: near ones by meaning and words, never the paper itself, with words of both."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag_app.collection.bm25 import document
from rag_app.collection.library import Library
from rag_app.records import Filters
from rag_app.search.similar import likeness, similar
from rag_app.text.terms import fold_word, morphemes, words
from tests.helpers.fakes import made

QLORA, LORA = "2305.14314", "2106.09685"
DIGEST = """## Daily Papers (2024-11-25)

### [{title}](https://arxiv.org/abs/{key})

- **What's New**: {text}

"""
ROBOT = "A gripper learns to stack cubes from demonstrations of a teleoperated arm."
OTHER_ROBOT = "A teleoperated arm shows how to open drawers; the gripper learns from demonstrations."
VERSE = "Sonnets are scanned for metre and rhyme by a small classifier."


def collection(folder: Path, *papers: tuple[str, str, str]) -> Library:
    texts = [DIGEST.format(key=key, title=title, text=text) for key, title, text in papers]
    return made(folder, {"one.md": "".join(texts)})


def test_the_likest_paper_comes_first_and_says_which_words_both_use(tmp_path: Path) -> None:
    library = collection(
        tmp_path,
        ("2411.00001", "Cubes by Hand", ROBOT),
        ("2411.00002", "Scanning Sonnets", VERSE),
        ("2411.00003", "Drawers by Hand", OTHER_ROBOT),
    )
    found = similar("2411.00001", library)
    assert [one.paper.arxiv_id for one in found] == ["2411.00003", "2411.00002"]
    assert found[0].score > found[1].score
    assert {"teleoperated", "gripper"} & set(found[0].shared)


def test_a_paper_is_not_similar_to_itself_though_it_is_the_likest(library: Library) -> None:
    for arxiv_id in library.places:
        found = similar(arxiv_id, library, limit=100)
        assert arxiv_id not in [one.paper.arxiv_id for one in found]
        assert len(found) == len(library.places) - 1
        assert likeness(arxiv_id, library).argmax() == library.places[arxiv_id]


def test_shared_words_stand_in_both_digests(library: Library) -> None:
    shown = 0
    for arxiv_id in library.places:
        for one in similar(arxiv_id, library):
            for paper in (library.snapshot.papers.get(arxiv_id), one.paper):
                terms = {*words(document(paper)), *next(iter(morphemes([document(paper)])))}
                assert all(fold_word(word) in terms or word in terms for word in one.shared)
            assert len({fold_word(word) for word in one.shared}) == len(one.shared)
            shown += len(one.shared)
    assert shown > len(library.places)


def test_common_words_are_not_shown_as_what_two_papers_share(tmp_path: Path) -> None:
    """Of digests in another language, an English word is worth showing only as a term of the field."""
    korean = [
        (
            f"2411.0001{n}",
            f"Without Training {n}",
            "물결(wave)을 훈련(training) 없이 잽니다. 물결 [without et al]을 봅니다.",
        )
        for n in range(2)
    ]
    others = [
        (f"2411.0002{n}", f"Study {n}", f"도시의 소리 {n}를 훈련(training)으로 듣습니다.") for n in range(8)
    ]
    library = collection(tmp_path, *korean, *others)
    (nearest, *_) = similar("2411.00010", library)
    assert nearest.paper.arxiv_id == "2411.00011"
    assert {"wave", "물결"} & set(nearest.shared)
    assert not {"without", "Without", "et", "al", "training", "Training", "훈련"} & set(nearest.shared)


def test_only_papers_that_meet_the_filters_are_found(library: Library) -> None:
    filters = Filters(min_votes=20)
    found = {one.paper.arxiv_id for one in similar(QLORA, library, 100, filters)}
    assert found == set(library.snapshot.papers.ids(filters)) - {QLORA}


def test_a_collection_of_one_paper_has_none_that_is_similar(tmp_path: Path) -> None:
    library = collection(tmp_path, ("2411.00001", "Cubes by Hand", ROBOT))
    assert similar("2411.00001", library) == ()
    assert similar("2411.00001", library, limit=0) == ()


def test_an_unknown_paper_is_a_key_error(library: Library) -> None:
    with pytest.raises(KeyError):
        similar("9999.99999", library)


def test_the_fine_tuning_papers_of_the_sample_are_near_each_other(library: Library) -> None:
    assert LORA in [one.paper.arxiv_id for one in similar(QLORA, library, 5)]
