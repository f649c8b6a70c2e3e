"""Topics over the months: which vary, and how much of a month they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from rag_app import pipeline
from rag_app.answer.trend_text import trend
from rag_app.answer.trends import over_time, typical
from rag_app.pipeline import Library, understood
from rag_app.records import Evidence, Filters, Hit, Intent, Paper, Query
from tests.helpers.fakes import made


def papers(month: str, titles: Sequence[str]) -> list[Paper]:
    return [
        Paper(f"{month}-{n}", title, (f"{month}-01",) if month else (), ()) for n, title in enumerate(titles)
    ]


STEADY = [f"Robots {n} walk" for n in range(5)]


def test_a_topic_that_comes_and_goes_is_before_a_steady_one() -> None:
    early = papers("2024-01", [*STEADY, *[f"Splatting scenes {n}" for n in range(6)]])
    late = papers("2024-02", [*STEADY, *[f"Reasoning chains {n}" for n in range(6)]])
    names = [course.phrase for course in over_time([*early, *late])]
    assert names.index("robots" if "robots" in names else "robot") > 1


def test_a_course_holds_every_paper_of_its_topic_by_month() -> None:
    early, late = (
        papers("2024-01", ["Splatting one", "Robots"]),
        papers("2024-02", ["Splatting two", "Splatting three"]),
    )
    course = next(c for c in over_time([*early, *late]) if c.phrase == "splatting")
    assert {month: len(found) for month, found in course.papers.items()} == {"2024-01": 1, "2024-02": 2}
    assert course.count == 3


def test_papers_without_a_day_and_empty_collections_have_no_course() -> None:
    assert over_time([]) == []
    assert over_time(papers("", ["Splatting"] * 9)) == []


def test_two_names_of_one_set_of_papers_are_one_topic() -> None:
    found = over_time([*papers("2024-01", ["Gaussian splatting"] * 6), *papers("2024-02", ["Robots"] * 6)])
    assert len([c for c in found if c.phrase in {"gaussian", "splatting", "gaussian splatting"}]) == 1


def test_a_group_is_named_by_what_its_titles_have_and_the_others_have_not() -> None:
    video = papers("2024-01", [f"Video diffusion for scene {n}" for n in range(6)])
    speech = papers("2024-02", [f"Speech recognition for scene {n}" for n in range(6)])
    names = typical([video, speech], 2)
    for phrases, own in zip(names, ({"video", "diffusion"}, {"speech", "recognition"}), strict=True):
        words = [word for phrase in phrases for word in phrase.split()]
        assert words
        assert set(words) <= own
        assert len(words) == len(set(words))


def test_groups_without_titles_have_no_name() -> None:
    assert typical([]) == []
    assert typical([papers("2024-01", [""]), []]) == [(), ()]


@pytest.mark.parametrize(
    "question",
    [
        "trend of agents vs speech", "agents vs speech over time", "how many papers on agents vs speech",
        "agents vs speech papers per month", "agents랑 speech 추세 비교해줘", "agents랑 speech 논문 수 비교",
    ],
)  # fmt: skip
def test_two_topics_are_counted_side_by_side(library: Library, question: str) -> None:
    answer, _ = pipeline.answer(question, library)
    assert answer.intent is Intent.TREND
    for side in ("agents", "speech"):
        alone, _ = pipeline.answer(f"trend of {side}", library)
        count = re.findall(r"\d+", alone.text)[0]
        assert re.search(rf"\*\*{side}\*\*: (?:49편 가운데 )?{count}(?!\d)", answer.text)
    head = next(line for line in answer.text.splitlines() if line.startswith("| ")).split(" | ")
    assert head[1:3] == ["agents", "speech"]
    assert answer.citations


def test_a_paper_counts_in_the_month_by_which_all_papers_are_counted(tmp_path: Path) -> None:
    entry = (
        "### [Zorro{n}: zebras](https://arxiv.org/abs/2401.{n:05})\n\n- **New**: Zorro{n} counts zebras.\n\n"
    )
    days = {"2024-01-30": entry.format(n=1) + entry.format(n=2), "2024-02-02": entry.format(n=1)}
    library = made(tmp_path, {f"{day}.md": text for day, text in days.items()})
    table = library.snapshot.papers
    query = Query("q", "q", "en", intent=Intent.TREND, filters=Filters(since="2024-02-01"))
    evidence = Evidence((Hit(table.get("2401.00001"), 1.0),), scanned=1, matched=("2401.00001",))
    assert "| 2024-02 | 1 | 1 | 100.0% |" in trend(query, evidence, table).text


def test_a_trend_of_one_topic_and_two_things_side_by_side_stay(library: Library) -> None:
    assert "**" not in pipeline.answer("trend of agents", library)[0].text.partition("|")[0]
    assert understood("agents vs speech", library).intent is Intent.CONCEPT
