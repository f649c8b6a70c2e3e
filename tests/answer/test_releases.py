"""Questions for what papers make public: lists of them, and the digest of one paper."""

from __future__ import annotations

import threading

import pytest

from rag_app.answer.routes import ROUTES
from rag_app.answer.selection import Selection
from rag_app.answer.templates import Composed, words
from rag_app.collection.library import Library
from rag_app.lang import LANGUAGES
from rag_app.records import Intent, Turn
from rag_app.search.retrieval import retrieve
from rag_app.search.understanding import understand
from tests.helpers.checkout import CHECKOUT
from tests.helpers.fakes import made

DAY = """## Daily Papers (2027-03-02)

### [GlideNet: Grasping Without Cameras](https://arxiv.org/abs/2703.00001)

Vote: 4

- **What's New**: GlideNet은 카메라(camera) 없이 촉각만으로 로봇 파지(grasping)를 배우는 방법을 제안합니다.
- **Code**: 코드와 모델 가중치를 공개했습니다.

### [HawkGrip: Grasping with Wrist Cameras](https://arxiv.org/abs/2703.00002)

Vote: 21

- **What's New**: HawkGrip은 손목 카메라로 로봇 파지(grasping)를 배우는 시스템을 소개합니다.
- **Data**: 시연 데이터셋을 공개합니다.

### [MossTouch: Tactile Sensing for Grasping](https://arxiv.org/abs/2703.00003)

Vote: 9

- **What's New**: MossTouch는 촉각 신호로 로봇 파지(grasping)를 개선하며 추가 학습이 필요 없습니다.

### [FernSong: Counting Birds by Sound](https://arxiv.org/abs/2703.00004)

Vote: 2

- **What's New**: FernSong은 소리로 새의 수를 세며, 코드는 https://github.com/fern/song 에 있습니다.
"""


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Library:
    sample = {file.name: file.read_text(encoding="utf-8") for file in (CHECKOUT / "digests").glob("*.md")}
    return made(tmp_path_factory.mktemp("releases"), {**sample, "day.md": DAY})


def answered(question: str, library: Library, conversation: tuple[Turn, ...] = ()) -> tuple[Intent, Composed]:
    query = understand(question, library.dictionary, conversation)
    selection = Selection(query, retrieve(query, library), library, None, threading.Event(), conversation)
    steps = ROUTES[query.intent].steps(selection)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return query.intent, end.value


def shown(composed: Composed) -> set[str]:
    return {hit.paper.title.partition(":")[0] for hit in composed.hits}


@pytest.mark.parametrize(
    "question",
    [
        "which grasping papers release their code?",
        "papers on robot grasping with code",
        "코드를 공개한 로봇 파지 논문",
        "로봇 파지 논문 중 코드나 모델이 공개된 것",
    ],
)
def test_a_list_holds_the_papers_whose_digest_says_so(collection: Library, question: str) -> None:
    intent, composed = answered(question, collection)
    assert intent is Intent.LIST
    assert shown(composed) == {"GlideNet"}
    assert "코드와 모델 가중치를 공개했습니다." in composed.text


def test_another_thing_is_another_list(collection: Library) -> None:
    assert shown(answered("데이터를 공개한 로봇 파지 논문", collection)[1]) == {"HawkGrip"}


def test_all_that_make_code_public_are_counted(collection: Library) -> None:
    intent, composed = answered("how many papers of 2027-03-02 release their code?", collection)
    assert intent is Intent.METADATA
    assert shown(composed) == {"GlideNet", "FernSong"}
    assert composed.text.startswith("There are 2 papers. Only papers whose digest says what is public")


def test_what_is_asked_together_is_all_public(collection: Library) -> None:
    both = answered("which grasping papers release code and model weights?", collection)[1]
    assert shown(both) == {"GlideNet"}
    assert answered("which grasping papers release code and data?", collection)[1].refused
    either = answered("which grasping papers release code or data?", collection)[1]
    assert shown(either) == {"GlideNet", "HawkGrip"}


def test_a_year_stands_before_what_is_public(collection: Library) -> None:
    query = understand("how many papers from 2027 release code?", collection.dictionary)
    assert (query.filters.since, query.filters.until) == ("2027-01-01", "2027-12-31")
    assert query.filters.released == ("code",)


@pytest.mark.parametrize(
    "question",
    [
        "which papers do not release their code?",
        "코드를 공개하지 않은 논문",
        "papers without code",
        "没有公开代码的论文",
    ],
)
def test_no_digest_says_what_is_kept_back(collection: Library, question: str) -> None:
    composed = answered(question, collection)[1]
    assert composed.refused
    assert not composed.hits
    assert composed.text in {words(code)["withheld"] for code in LANGUAGES}


def test_of_the_papers_before(collection: Library) -> None:
    papers = ("2703.00001", "2703.00002", "2703.00003")
    before = Turn("grasping papers of 2027-03-02", "…", papers, intent=Intent.LIST)
    assert shown(answered("which of them release code?", collection, (before,))[1]) == {"GlideNet"}
    assert shown(answered("which release datasets?", collection, (before,))[1]) == {"HawkGrip"}


def test_a_topic_that_no_paper_has_is_refused(collection: Library) -> None:
    assert answered("papers about gardening with code", collection)[1].refused


@pytest.mark.parametrize("question", ["does GlideNet release its code?", "GlideNet 코드 공개했어?"])
def test_the_digest_of_one_paper_says_it(collection: Library, question: str) -> None:
    intent, composed = answered(question, collection)
    assert intent is Intent.LOOKUP
    assert [s.support[0].quote for s in composed.sentences] == ["코드와 모델 가중치를 공개했습니다."]


@pytest.mark.parametrize("question", ["does MossTouch release its code?", "MossTouch는 오픈소스야?"])
def test_or_says_nothing_of_it(collection: Library, question: str) -> None:
    assert answered(question, collection)[1].refused


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Does GlideNet need a camera?", "카메라(camera) 없이"),
        ("GlideNet은 카메라가 필요해?", "카메라(camera) 없이"),
        ("MossTouch는 추가 학습이 필요해?", "추가 학습이 필요 없습니다"),
    ],
)
def test_what_is_not_needed_is_told(collection: Library, question: str, said: str) -> None:
    assert said in answered(question, collection)[1].text


@pytest.mark.parametrize(
    "question",
    [
        "papers about sharing weights between layers",
        "code generation papers",
        "papers on model release policies",
    ],
)
def test_what_is_a_topic_stays_one(collection: Library, question: str) -> None:
    assert not understand(question, collection.dictionary).filters.released
