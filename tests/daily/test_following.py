"""What is followed finds its papers, and only those that came in lately count as new."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from rag_app.collection.library import Library
from rag_app.daily.following import author_meant, check
from rag_app.errors import QuestionError
from rag_app.history.follows import Follow, FollowKind
from rag_app.history.store import History
from rag_app.records import Filters
from tests.daily.test_brief import digests
from tests.helpers.fakes import HashEmbedder, lab, made


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return made(tmp_path_factory.mktemp("following"), digests())


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with closing(History(tmp_path / "history.sqlite3")) as history:
        yield history


def titles(library: Library, ids: tuple[str, ...]) -> set[str]:
    return {" ".join(paper.title.split()[1:3]) for paper in library.snapshot.papers.many(ids)}


@pytest.mark.parametrize(
    ("kind", "text"),
    [(FollowKind.TOPIC, "protein folding"), (FollowKind.QUESTION, "Which papers are about protein folding?")],
)
def test_a_topic_and_a_question_find_their_papers(library: Library, kind: FollowKind, text: str) -> None:
    (found,) = check([Follow(1, kind, text, "")], library, ())
    assert titles(library, found.papers) == {"protein folding"}
    assert len(found.papers) == 9
    assert found.new == ()


def test_only_papers_that_came_in_lately_are_new(library: Library) -> None:
    arrived = library.snapshot.papers.ids(Filters(days=("2024-05-03",)))
    (found,) = check([Follow(1, FollowKind.TOPIC, "robot arms", "")], library, arrived)
    assert len(found.papers) == 9
    assert set(found.new) == set(found.papers) & set(arrived)
    assert len(found.new) == 3


def test_an_author_is_followed_by_name_however_it_is_spelled(library: Library) -> None:
    (found,) = check([Follow(1, FollowKind.AUTHOR, "kim  EVA", "")], library, ())
    assert list(found.papers) == library.snapshot.papers.ids(Filters(authors=("Kim Eva",)))
    assert len(found.papers) == 3


def test_an_author_is_meant_by_a_part_of_the_name_or_refused_with_those_alike(library: Library) -> None:
    assert author_meant("Eva", library.snapshot.papers) == "Kim Eva"
    with pytest.raises(QuestionError, match="9 authors named kim"):
        author_meant("kim", library.snapshot.papers)
    with pytest.raises(QuestionError, match="no author named Zzz") as caught:
        author_meant("Zzz", library.snapshot.papers)
    assert caught.value.hint


def test_a_question_keeps_its_own_conditions() -> None:
    library = lab()
    (found,) = check([Follow(1, FollowKind.QUESTION, "robot papers with at least 12 votes", "")], library, ())
    assert found.papers
    assert all((paper.votes or 0) >= 12 for paper in library.snapshot.papers.many(found.papers))


def test_what_is_followed_is_embedded_once(library: Library, history: History) -> None:
    embedder = HashEmbedder()
    asked: list[str] = []
    counting = replace(library, embedder=_Counting(embedder, asked))
    history.follow(FollowKind.TOPIC, "robot arms")
    first = check(history.follows(), counting, (), history)
    again = check(history.follows(), counting, (), history)
    assert first == again
    assert asked == ["robot arms"]
    other = replace(library, embedder=_Counting(HashEmbedder("another model"), asked))
    check(history.follows(), other, (), history)
    assert asked == ["robot arms", "robot arms"]


def test_nothing_followed_finds_nothing(library: Library) -> None:
    assert check([], library, ()) == []


class _Counting:
    """An embedder that writes down what it is asked."""

    def __init__(self, embedder: HashEmbedder, asked: list[str]) -> None:
        self.fingerprint = embedder.fingerprint
        self._embedder, self._asked = embedder, asked

    def query(self, text: str):  # type: ignore[no-untyped-def]
        self._asked.append(text)
        return self._embedder.query(text)
