"""What the table of papers promises: exact answers, and every paper back as it went in."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from rag_app.collection.papers import PaperTable, author_key, build
from rag_app.errors import CollectionError
from rag_app.records import Fact, Filters, Paper, Section

SECTIONS = (Section("What's New", "첫 문장.\nSecond \x00 line 😀.", 7), Section("Summary", "", 9))
PAPERS = (
    Paper("2401.00003", "Late", ("2024-03-02",), SECTIONS, 5, ("Zoë Müller-Lüdenscheid", "Wei Li")),
    Paper(
        "2401.00001",
        "Early",
        ("2024-01-05",),
        SECTIONS,
        9,
        ("ZOE MULLER LUDENSCHEID", "Bjørn Åse"),
        3,
        "a.md",
        12,
    ),
    Paper(
        "2401.00002", "Twice", ("2024-01-05", "2024-02-20"), (), None, ("Zoë Müller-Lüdenscheid", "Wei Li")
    ),
    Paper("2401.00004", "Dayless", (), (), 9),
    Paper("2401.00005", "Zero votes", ("2024-02-01",), (), 0, ("김민수",)),
)
EARLY, TWICE, ZERO, LATE, DAYLESS = "2401.00001", "2401.00002", "2401.00005", "2401.00003", "2401.00004"


@pytest.fixture
def table(tmp_path: Path) -> Iterator[PaperTable]:
    build(PAPERS, tmp_path / "papers # ?.sqlite3")
    with closing(PaperTable(tmp_path / "papers # ?.sqlite3")) as table:
        yield table


def test_every_paper_comes_back_as_it_went_in(table: PaperTable) -> None:
    assert sorted(table.all(), key=lambda p: p.arxiv_id) == sorted(PAPERS, key=lambda p: p.arxiv_id)
    assert table.get(LATE) == PAPERS[0]
    assert table.many([LATE, EARLY]) == [PAPERS[0], PAPERS[1]]


def test_an_unknown_id_is_a_key_error(table: PaperTable) -> None:
    with pytest.raises(KeyError):
        table.get("9999.00000")


def test_papers_stand_by_first_day_then_in_digest_order_and_dayless_ones_last(table: PaperTable) -> None:
    assert table.ids(Filters()) == [EARLY, TWICE, ZERO, LATE, DAYLESS] == [p.arxiv_id for p in table.all()]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(days=("2024-02-20",)), [TWICE]),
        (Filters(days=("2024-01-05", "2024-03-02")), [EARLY, TWICE, LATE]),
        (Filters(since="2024-02-01"), [TWICE, ZERO, LATE]),
        (Filters(until="2024-01-31"), [EARLY, TWICE]),
        # one and the same day must be inside
        (Filters(since="2024-01-10", until="2024-02-10"), [ZERO]),
        (Filters(authors=("zoe muller ludenscheid",)), [EARLY]),
        (Filters(authors=("Zoé MÜLLER-LÜDENSCHEID", "wei li")), [TWICE, LATE]),
        (Filters(authors=("Wei",)), []),
        (Filters(any_author=("Wei Li", "김민수")), [TWICE, ZERO, LATE]),
        (Filters(any_author=("Wei Li",), other_than=(LATE, "9999.00000")), [TWICE]),
        (Filters(other_than=(EARLY, TWICE, ZERO)), [LATE, DAYLESS]),
        (Filters(min_votes=5), [EARLY, LATE, DAYLESS]),
        (Filters(min_votes=0), [EARLY, ZERO, LATE, DAYLESS]),  # unknown votes never match
        (Filters(max_votes=5), [ZERO, LATE]),
        (Filters(min_votes=10**30), []),
        (Filters(votes_known=False), [TWICE]),
        (Filters(votes_known=True, until="2024-01-31"), [EARLY]),
        (Filters(days=("'; DROP TABLE papers; --",)), []),
        (Filters(only=(LATE, "9999.00000", EARLY)), [EARLY, LATE]),  # in the collection's order
        (Filters(only=("9999.00000",)), []),
        (Filters(only=(TWICE, LATE), until="2024-01-31"), [TWICE]),
    ],
)
def test_filters_are_exact(table: PaperTable, filters: Filters, expected: list[str]) -> None:
    assert table.ids(filters) == expected


def test_thousands_of_chosen_papers_filter_votes_months_and_authors_too(tmp_path: Path) -> None:
    papers = [Paper(f"2401.{i:05d}", "", ("2024-01-05",), (), i, (f"A{i % 7}",)) for i in range(6_000)]
    build(papers, tmp_path / "papers.sqlite3")
    table = PaperTable(tmp_path / "papers.sqlite3")
    chosen = Filters(only=tuple(paper.arxiv_id for paper in papers[:5_000]))
    assert len(table.ids(chosen)) == 5_000
    assert table.by_period(Fact.MONTHS, chosen) == [("2024-01", 5_000)]
    assert [paper.votes for paper in table.top(chosen, 2)] == [4_999, 4_998]
    assert sum(count for _, count in table.authors(chosen)) == 5_000


def test_filters_agree_with_a_plain_scan_on_random_collections(tmp_path: Path) -> None:
    chance = random.Random(7)  # noqa: S311 - a seeded sweep
    days = [f"2024-0{m}-1{d}" for m in range(1, 5) for d in range(5)]
    papers = [
        Paper(f"2401.{i:05d}", "", tuple(sorted(chance.sample(days, chance.randint(0, 2)))), (),
              chance.choice([None, 0, 1, 5, 9]), tuple(chance.sample("ABCD", 2)))
        for i in range(200)
    ]  # fmt: skip
    build(papers, tmp_path / "papers.sqlite3")
    table = PaperTable(tmp_path / "papers.sqlite3")
    for _ in range(100):
        filters = Filters(
            days=tuple(chance.sample(days, chance.choice([0, 0, 3]))),
            since=chance.choice(["", *days]),
            until=chance.choice(["", *days]),
            authors=tuple(chance.sample("abcd", chance.choice([0, 0, 1, 2]))),
            min_votes=chance.choice([None, None, 1]),
            max_votes=chance.choice([None, None, 5]),
            votes_known=chance.choice([None, None, True, False]),
            only=tuple(f"2401.{i:05d}" for i in chance.sample(range(300), chance.choice([0, 0, 90]))),
        )
        assert table.ids(filters) == [p.arxiv_id for p in table.all() if _meets(p, filters)]


def _meets(paper: Paper, filters: Filters) -> bool:
    def on(day: str) -> bool:
        return (not filters.days or day in filters.days) and filters.since <= day <= (filters.until or "9")

    dated = bool(filters.days or filters.since or filters.until)
    votes = paper.votes
    return (
        (not dated or any(map(on, paper.dates)))
        and (not filters.only or paper.arxiv_id in filters.only)
        and set(filters.authors) <= {name.lower() for name in paper.authors}
        and (filters.min_votes is None or (votes is not None and votes >= filters.min_votes))
        and (filters.max_votes is None or (votes is not None and votes <= filters.max_votes))
        and (filters.votes_known is None or filters.votes_known == (votes is not None))
    )


def test_top_never_ranks_unknown_votes_and_keeps_ties_in_order(table: PaperTable) -> None:
    assert [p.arxiv_id for p in table.top(Filters(), 10)] == [EARLY, DAYLESS, LATE, ZERO]
    assert [p.arxiv_id for p in table.top(Filters(since="2024-02-01"), 1)] == [LATE]
    assert table.top(Filters(), 0) == []


def test_a_paper_counts_in_one_month_only(table: PaperTable) -> None:
    assert table.by_period(Fact.MONTHS, Filters()) == [("2024-01", 2), ("2024-02", 1), ("2024-03", 1)]
    assert table.by_period(Fact.MONTHS, Filters(since="2024-02-10")) == [("2024-02", 1), ("2024-03", 1)]


@pytest.mark.parametrize(
    ("unit", "counted"),
    [
        (Fact.DAYS, [("2024-01-05", 2), ("2024-02-01", 1), ("2024-03-02", 1)]),
        (Fact.WEEKS, [("2024-01-01", 2), ("2024-01-29", 1), ("2024-02-26", 1)]),
        (Fact.YEARS, [("2024", 4)]),
    ],
)
def test_papers_are_counted_by_period(table: PaperTable, unit: Fact, counted: list[tuple[str, int]]) -> None:
    assert table.by_period(unit, Filters()) == counted


def test_days_and_months_cover_every_digest(table: PaperTable) -> None:
    assert table.days() == [("2024-01-05", 2), ("2024-02-01", 1), ("2024-02-20", 1), ("2024-03-02", 1)]
    assert table.months() == ["2024-01", "2024-02", "2024-03"]
    assert (table.first_day, table.last_day) == ("2024-01-05", "2024-03-02")


def test_authors_count_papers_under_the_most_frequent_spelling(table: PaperTable) -> None:
    counted = table.authors(Filters())
    assert counted[:2] == [("Wei Li", 2), ("Zoë Müller-Lüdenscheid", 2)]
    assert table.authors(Filters(days=("2024-02-01",))) == [("김민수", 1)]


@pytest.mark.parametrize("text", ["bjorn ase", "BJØRN ÅSE", "Bjørn  Ase.", "Bjo\u0308rn A\u030ase"])
def test_an_equal_name_scores_100_whatever_its_case_accents_and_marks(table: PaperTable, text: str) -> None:
    assert table.find_authors(text)[0] == ("Bjørn Åse", 100.0)


def test_a_misspelt_or_turned_name_is_found_below_100(table: PaperTable) -> None:
    name, score = table.find_authors("Zoe Muler-Ludenscheid")[0]
    assert name == "Zoë Müller-Lüdenscheid"
    assert 85 <= score < 100
    assert table.find_authors("Li Wei") == [("Wei Li", 99.0)]
    assert table.find_authors("Somebody Else") == []
    assert table.find_authors("...") == []


def test_a_hyphen_a_space_or_nothing_between_given_names_is_the_same(table: PaperTable) -> None:
    found = dict(table.find_authors("zoe muller ludenscheid"))
    assert found == {"Zoë Müller-Lüdenscheid": 100.0, "ZOE MULLER LUDENSCHEID": 100.0}


def test_spellings_of_one_name_are_listed(table: PaperTable) -> None:
    assert table.author_spellings(author_key("Zoe Müller-Ludenscheid")) == ["Zoë Müller-Lüdenscheid"]
    assert table.author_spellings("nobody") == []


def test_many_threads_may_ask_at_once(table: PaperTable) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: table.ids(Filters(min_votes=5)), range(200)))
    assert all(answer == [EARLY, LATE, DAYLESS] for answer in answers)


@pytest.mark.parametrize("contents", [None, b"", b"not a database, but long enough to look like one" * 50])
def test_a_file_that_is_no_table_is_a_collection_error(tmp_path: Path, contents: bytes | None) -> None:
    file = tmp_path / "papers.sqlite3"
    if contents is not None:
        file.write_bytes(contents)
    with pytest.raises(CollectionError, match=r"papers\.sqlite3"):
        PaperTable(file)


def test_an_empty_table_answers_with_nothing(tmp_path: Path) -> None:
    build([], tmp_path / "papers.sqlite3")
    table = PaperTable(tmp_path / "papers.sqlite3")
    assert (table.all(), table.ids(Filters()), table.first_day, table.authors(Filters())) == ((), [], "", [])


def test_a_week_is_kept_and_an_index_from_before_weeks_is_readable(tmp_path: Path) -> None:
    file = tmp_path / "papers.sqlite3"
    paper = Paper("9901.90001", "A", ("2027-06-21",), (), period="2027-06-21/2027-06-27")
    build([paper], file)
    table = PaperTable(file)
    assert table.all() == (paper,)
    table.close()
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("DROP TABLE periods")
    assert PaperTable(file).all() == (replace(paper, period=""),)
