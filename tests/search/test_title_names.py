"""A paper is found by the beginning of its title, however many digests say that name, if a paper is meant."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag_app.collection.library import Library
from rag_app.collection.paper_names import beginnings
from rag_app.pipeline import understood
from rag_app.records import Intent, Turn
from rag_app.search.understanding import understand
from tests.helpers.fakes import made

PELICAN, STORK, EGRET = "2411.00001", "2411.00002", "2411.00003"
CODE, AGENT_S, SURVEY = "2411.00004", "2411.00005", "2411.00006"
NESTS, SHAPES, LONG = "2411.00007", "2411.00008", "2411.00009"


@pytest.fixture(scope="module")
def birds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """Three papers, and forty whose digests speak of them."""
    titles = {
        PELICAN: "Pelican: Sorting Fish by Size", STORK: "Stork-2 Technical Report", EGRET: "Egretta of Marshes",
        CODE: "CODE: Confident Drawing of Eggs", AGENT_S: "Agent S: Nests Built Anew", SURVEY: "Survey of Feathers",
        NESTS: "3D Nests: A Survey", SHAPES: "3D Eggs with Calm Shells",
        LONG: "What Gulls Forget in a Storm - Gulls are Like Boats",
        **{f"2411.01{n:03d}": f"Wading Study {n}" for n in range(40)},
    }  # fmt: skip
    said = "물새 모델 Pelican과 Stork-2, Egretta를 비교하는 3D code를 씁니다. many agents answer a survey."
    entries = (f"### [{title}](https://arxiv.org/abs/{one})" for one, title in titles.items())
    body = "".join(f"{entry}\n\n- **New**: {said}\n\n" for entry in entries)
    folder: Path = tmp_path_factory.mktemp("birds")
    yield made(folder, {"2024-11-25.md": body})


@pytest.mark.parametrize(
    ("question", "paper"),
    [
        ("who wrote the pelican paper", PELICAN), ("Pelican 저자", PELICAN), ("authors of stork-2", STORK),
        ("Stork-2 논문 요약", STORK), ("Pelican 논문 요약해줘", PELICAN),
        ("how many votes did the stork-2 paper get", STORK),
        ("pelican 언제 나왔어", PELICAN),
        ("Stork-2 알려줘", STORK), ("What is Pelican?", PELICAN), ("egretta 저자는?", EGRET),
        ("summarize Pelican", PELICAN),
        ("Stork-2 논문 링크 줘", STORK), ("Pelican论文的作者是谁？", PELICAN),
        ("Pelicanという論文の著者は？", PELICAN),
    ],
)  # fmt: skip
def test_a_paper_is_meant(birds: Library, question: str, paper: str) -> None:
    assert understood(question, birds).papers == (paper,)


@pytest.mark.parametrize(
    ("question", "paper"),
    [
        ("summarize the 3D nests survey", NESTS), ("who wrote 3D Nests?", NESTS), ("3D Eggs 논문 요약해줘", SHAPES),
        ("3D Nests: A Survey", NESTS), ("authors of 3d eggs", SHAPES),
        ("What Gulls Forget in a Storm - how many boats?", LONG),
    ],
)  # fmt: skip
def test_a_topic_that_a_title_begins_with_is_its_paper_where_one_is_meant(
    birds: Library, question: str, paper: str
) -> None:
    assert understood(question, birds).papers == (paper,)


@pytest.mark.parametrize(
    "question", ["3D nests", "3D Nests", "summarize 3D nests", "what is 3D eggs?", "3D Eggs papers"]
)
def test_else_it_is_a_topic(birds: Library, question: str) -> None:
    assert not understood(question, birds).papers


def test_a_paper_that_is_only_named_is_told(birds: Library) -> None:
    shares = {"metadata": 0.9, "lookup": 0.1}
    query = understand("the Pelican paper", birds.dictionary, recognise=lambda *_: shares)
    assert (query.intent, query.papers) == (Intent.PAPER, (PELICAN,))


@pytest.mark.parametrize(
    "question",
    ["papers on Pelican", "Pelican for vision", "how does Pelican compare with a pipeline of cameras?"],
)
def test_a_name_of_the_field_is_a_topic(birds: Library, question: str) -> None:
    assert PELICAN not in understood(question, birds).papers


@pytest.mark.parametrize(
    "question",
    [
        "what is code?", "link to the code", "code paper", "summarize agents", "what are agents", "agents paper",
        "who wrote about agents", "authors of survey papers", "the survey paper", "survey 논문 요약", "code 요약",
    ],
)  # fmt: skip
def test_ordinary_words_are_no_papers_that_begin_like_them(birds: Library, question: str) -> None:
    assert not {CODE, AGENT_S, SURVEY} & set(understood(question, birds).papers)


@pytest.mark.parametrize(
    ("question", "paper"), [("who wrote the CODE paper", CODE), ("Agent S 저자", AGENT_S)]
)
def test_in_the_capitals_of_the_title_they_are(birds: Library, question: str, paper: str) -> None:
    assert understood(question, birds).papers == (paper,)


@pytest.mark.parametrize("question", ["link to the code", "what is the code?", "who wrote the survey?"])
def test_they_do_not_take_the_place_of_the_paper_before(birds: Library, question: str) -> None:
    told = Turn("Pelican", "…", (PELICAN,), intent=Intent.PAPER)
    assert understood(question, birds, conversation=[told]).papers == (PELICAN,)


@pytest.mark.parametrize(
    "question", ["Pelican vs Stork-2", "pelican이랑 stork-2 비교해줘", "compare pelican and stork-2"]
)
def test_both_sides_of_a_comparison_are_papers(birds: Library, question: str) -> None:
    query = understood(question, birds)
    assert (query.intent, query.papers) == (Intent.COMPARE, (PELICAN, STORK))
    assert understood("Pelican vs binoculars", birds).papers == ()


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("Stork-2 Technical Report", ["Stork-2"]), ("Stork-2 System Card: Notes", ["Stork-2"]),
        ("Mixtral of Experts", ["Mixtral"]), ("A Study of Birds", []),
        ("Survey of Birds", ["Survey"]), ("Pelican: Sorting Fish", ["Pelican"]),
        ("A Long Title on Many Birds Technical Report", []),
    ],
)  # fmt: skip
def test_what_a_title_begins_with(title: str, names: list[str]) -> None:
    assert list(beginnings(title)) == names


@pytest.mark.parametrize(
    ("question", "whole"),
    [
        ("Pelican이 뭐야?", True), ("what is Pelican", True), ("Pelican은 무엇인가요?", True),
        ("Pelicanとは何ですか", True),
        ("Pelican은 무엇을 줄여?", False), ("what is the speed of Pelican?", False), ("Pelican은 뭐로 학습해?", False),
    ],
)  # fmt: skip
def test_what_a_thing_is_is_told_by_its_whole_digest(birds: Library, question: str, whole: bool) -> None:
    shares = {"lookup": 0.6, "paper": 0.3}
    query = understand(question, birds.dictionary, recognise=lambda *_: shares)
    assert query.intent is (Intent.PAPER if whole else Intent.LOOKUP)


def test_a_word_before_of_is_no_name(birds: Library) -> None:
    assert birds.names.titles.beginning("survey") == birds.names.titles.beginning("Survey") == ()
    assert birds.names.titles.beginning("egretta") == (EGRET,)
