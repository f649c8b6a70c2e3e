"""The reader's own order: off until it can be learned, and then what was kept comes before the rest."""

from __future__ import annotations

import pytest

from rag_app.bench import readers
from rag_app.collection.library import Library
from rag_app.daily.for_you import ENOUGH, enough, rank
from rag_app.records import Filters
from tests.daily.test_brief import digests
from tests.helpers.fakes import made


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return made(tmp_path_factory.mktemp("for-you"), digests(days=8))


def papers(library: Library, subject: str, until: str = "2024-05-06") -> list[str]:
    table = library.snapshot.papers
    return [one for one in table.ids(Filters(until=until)) if subject in table.get(one).title]


def test_below_ten_judgements_there_is_no_order(library: Library) -> None:
    kept = papers(library, "protein")
    assert not enough(kept[: ENOUGH - 1], [])
    assert not enough([], kept[:ENOUGH])
    assert rank(kept, kept[: ENOUGH - 1], [], library) == []
    assert rank(kept, kept[:5], kept[5:10], library) != []


def test_papers_like_those_kept_come_first_and_say_which(library: Library) -> None:
    later = library.snapshot.papers.ids(Filters(since="2024-05-07"))
    kept, dismissed = papers(library, "protein")[:6], papers(library, "speech")[:6]
    ranked = rank(later, kept, dismissed, library)
    title = library.snapshot.papers.get
    assert [one.arxiv_id for one in ranked[:6]] and all(
        "protein" in title(one.arxiv_id).title for one in ranked[:6]
    )
    assert all(one.nearest in kept for one in ranked)
    assert sorted(one.arxiv_id for one in ranked) == sorted(later)


def test_what_was_dismissed_comes_after_what_nothing_was_said_of(library: Library) -> None:
    later = library.snapshot.papers.ids(Filters(since="2024-05-07"))
    ranked = rank(later, papers(library, "protein")[:4], papers(library, "robot")[:8], library)
    titles = [library.snapshot.papers.get(one.arxiv_id).title for one in ranked]
    assert places(titles, "speech") < places(titles, "robot")


def places(titles: list[str], subject: str) -> int:
    """The sum of the places of titles on a subject."""
    return sum(place for place, title in enumerate(titles) if subject in title)


def test_papers_that_are_gone_teach_nothing(library: Library) -> None:
    kept = papers(library, "protein")
    gone = [f"1999.{number:05d}" for number in range(20)]
    assert rank(kept, gone, [], library) == []
    assert rank(kept, [*kept[:10], *gone], gone, library) == rank(kept, kept[:10], [], library)


def test_simulated_readers_judge_only_what_came_before_what_they_want(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "LEAST", 8)
    found = list(readers.simulated(library))
    assert {reader.name.split()[0] for reader in found} == {"topic", "author"}
    for reader in found:
        later = set(reader.later)
        assert reader.wanted <= later
        assert later.isdisjoint([*reader.kept, *reader.dismissed])
        assert not set(reader.kept) & set(reader.dismissed)


def test_recall_is_of_as_many_as_ten_could_hold() -> None:
    wanted = frozenset(f"w{number}" for number in range(20))
    reader = readers.SimulatedReader("topic x", (), (), (), wanted)
    assert readers.recall([f"w{number}" for number in range(5)] + ["no"] * 20, reader) == 0.5
    assert readers.recall(["no"] * 10 + ["w1"], reader) == 0.0
