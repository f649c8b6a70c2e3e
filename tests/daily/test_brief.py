"""What a brief promises: the right days, every paper once, words of the digests, the same each time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag_app.collection.library import Library
from rag_app.daily import period
from rag_app.daily.brief import Brief, brief, first_sentence, papers_of
from rag_app.daily.brief_text import as_json, written
from rag_app.daily.period import Period
from rag_app.daily.topics import TopicMap, map_topics
from rag_app.errors import QuestionError
from rag_app.records import Paper, Passage, Section
from tests.helpers.fakes import lab, made

PERSONS = ("Ada", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gil", "Hana", "Ito")
SUBJECTS = ("robot arms", "protein folding", "speech recognition")


def digests(days: int = 3, papers: int = 9) -> dict[str, str]:
    """Made digests: every day `papers` papers on three subjects, the later ones with more votes."""
    files = {}
    for day in range(1, days + 1):
        entries = [f"## Daily Papers (2024-05-{day:02d})"]
        for place in range(papers):
            subject = SUBJECTS[place % 3]
            entries.append(
                f"### [P{day}{place}: {subject}](https://arxiv.org/abs/2405.{day:02d}{place:03d})\n\n"
                f"Vote: {place}\n\nAuthors: Kim {PERSONS[place]}, Lee\n\n"
                f"This is about {subject} and [again](http://x.test) {subject}. It has a second sentence."
            )
        files[f"2024-05-{day:02d}.md"] = "\n\n".join(entries)
    return files


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return made(tmp_path_factory.mktemp("brief"), digests())


def brief_of(library: Library, covered: Period | None = None) -> Brief:
    covered = covered or period.newest_day(library.snapshot.papers)
    return brief(papers_of(covered, library), covered, library, map_topics(library))


# --- days ---------------------------------------------------------------------------------------


def test_the_newest_day_is_the_default_and_a_week_ends_with_it(library: Library) -> None:
    table = library.snapshot.papers
    assert period.newest_day(table) == Period("2024-05-03", "2024-05-03")
    assert period.newest_week(table) == Period("2024-04-27", "2024-05-03")
    assert len(papers_of(period.newest_week(table), library)) == 27
    assert len(papers_of(period.since("2024-05-02", table), library)) == 18


@pytest.mark.parametrize(
    ("ask", "message", "hint"),
    [
        (lambda t: period.one_day("yesterday", t), "is not a day", "YYYY-MM-DD"),
        (lambda t: period.one_day("2024-05-04", t), "no digest of 2024-05-04", "2024-05-03"),
        (lambda t: period.one_day("2024-04-01", t), "no digest of 2024-04-01", "2024-05-01"),
        (lambda t: period.since("2025-01-01", t), "no digest since 2025-01-01", "2024-05-03"),
    ],
)
def test_a_day_without_a_digest_is_refused_and_the_nearest_named(
    library: Library, ask: object, message: str, hint: str
) -> None:
    with pytest.raises(QuestionError, match=message) as caught:
        ask(library.snapshot.papers)  # type: ignore[operator]
    assert hint in caught.value.hint


# --- groups and lines ---------------------------------------------------------------------------


def test_every_paper_of_the_day_stands_in_one_group(library: Library) -> None:
    made = brief_of(library)
    ids = [line.paper.arxiv_id for line in made.lines]
    assert sorted(ids) == sorted(paper.arxiv_id for paper in papers_of(made.period, library))
    assert len(set(ids)) == made.papers == 9


def test_papers_of_one_subject_stand_together_under_a_name_that_says_it(library: Library) -> None:
    for group in brief_of(library).groups:
        titles = {" ".join(line.paper.title.split()[1:3]) for line in group.lines}
        assert len(titles) == 1
        assert titles.pop().split()[0] in group.name.casefold()


def test_within_a_group_most_votes_come_first(library: Library) -> None:
    for group in brief_of(library).groups:
        votes = [line.paper.votes or 0 for line in group.lines]
        assert votes == sorted(votes, reverse=True)


def test_the_same_collection_gives_the_same_brief(library: Library) -> None:
    assert brief_of(library) == brief_of(library)


def test_a_line_is_the_digests_own_first_sentence() -> None:
    library = lab()
    for paper in library.snapshot.papers.all():
        passage = first_sentence(paper)
        assert passage is not None
        assert paper.section(passage.section).text[passage.start : passage.end] == passage.text


def test_a_gloss_takes_the_place_of_the_sentence_where_there_is_one(library: Library) -> None:
    covered = period.newest_day(library.snapshot.papers)

    def gloss(passage: Passage) -> str:
        return "로봇 팔" if "robot" in passage.text else ""

    made = brief(papers_of(covered, library), covered, library, map_topics(library), gloss=gloss)
    assert {line.text for line in made.lines if "robot" in line.paper.title} == {"로봇 팔"}
    assert all(
        line.text.startswith("This is about") for line in made.lines if "robot" not in line.paper.title
    )


# --- the lead -----------------------------------------------------------------------------------


def test_the_lead_says_what_the_most_voted_papers_say(library: Library) -> None:
    made = brief_of(library)
    assert [line.paper.votes for line in made.lead] == [8, 7, 6]
    assert set(made.lead) <= set(made.lines)


def test_a_few_papers_have_no_lead(library: Library) -> None:
    covered = period.newest_day(library.snapshot.papers)
    made = brief(papers_of(covered, library)[:3], covered, library, map_topics(library))
    assert (made.papers, made.lead) == (3, ())


# --- small and odd collections --------------------------------------------------------------------


@pytest.mark.parametrize("format", ["md", "json"])
def test_an_empty_day_a_single_paper_and_no_day_at_all_can_be_written(tmp_path: Path, format: str) -> None:
    one = made(tmp_path / "one", {"a.md": "### [Only](https://arxiv.org/abs/2405.00001)\n\nOne sentence."})
    covered = period.newest_day(one.snapshot.papers)
    assert covered == Period("", "")
    for papers in (papers_of(covered, one), []):
        text = written(brief(papers, covered, one, map_topics(one)), format)  # type: ignore[arg-type]
        assert ("Only" in text) == bool(papers)


def test_a_paper_without_a_sentence_has_a_line_without_text(library: Library) -> None:
    empty = Paper("2405.99999", "Nothing said", ("2024-05-03",), (Section("Summary", ""),))
    made = brief([empty], Period("2024-05-03", "2024-05-03"), library, TopicMap((), {}))
    assert [line.text for line in made.lines] == [""]
    assert "Nothing said" in written(made, "md")


# --- written down ---------------------------------------------------------------------------------


def test_markdown_numbers_every_paper_once_and_cites_by_number(library: Library) -> None:
    text = written(brief_of(library), "md")
    for number in range(1, 10):
        assert text.count(f"\n{number}. [") == 1
    assert "] [" not in text
    assert "(http://x.test)" not in text
    assert text.startswith("# Digest of 2024-05-03")
    assert written(brief_of(library), "md", "ko").startswith("# 2024-05-03 다이제스트")


def test_json_gives_verbatim_slices_and_counts(library: Library) -> None:
    data = json.loads(written(brief_of(library), "json"))
    assert data == as_json(brief_of(library))
    rows = [row for group in data["groups"] for row in group["papers"]]
    assert data["papers"] == len(rows) == 9
    for row in rows:
        section = library.snapshot.papers.get(row["arxiv_id"]).section(row["section"])
        assert section.text[row["start"] : row["end"]] == row["sentence"]


def test_markup_in_a_title_is_shown_and_not_obeyed(library: Library) -> None:
    hostile = Paper("2405.99998", "<b>*x*</b> [y](http://z.test)", ("2024-05-03",), (Section("S", "A b."),))
    text = written(brief([hostile], Period("2024-05-03", "2024-05-03"), library, TopicMap((), {})), "md")
    assert "<b>" not in text
    assert "](http://z.test)" not in text
