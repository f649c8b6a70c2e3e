"""What answers written by code promise: numbers from the table, citations for every paper, titles
that stay inert.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

import rag_app
from rag_app.answer import facts, templates, trend_text, trends
from rag_app.collection.library import Library
from rag_app.records import Evidence, Fact, Filters, Hit, Intent, Paper, Query, Section
from rag_app.search import record_patterns
from rag_app.search.continuations import PAGE
from rag_app.search.passages import with_best_passages
from tests.helpers.fakes import answer_of, lab, made

MANY = 45
QUERY = Query("Which papers?", "Which papers?", "en", Intent.LIST)
BOTH = [QUERY, replace(QUERY, language="ko")]
NASTY = (
    "A [b](http://evil.example) | c ![d](http://evil.example/e.png) `f` **g** <img src=x> $h$ [9] [i]: //j"
)


def paper(number: int, votes: int | None = 1, title: str = "", day: str = "2024-05-01") -> Paper:
    text = f"Sentence about {number}."
    return Paper(f"2405.{number:05d}", title or f"Paper {number}", (day,), (Section("Summary", text),), votes)


def hits(count: int) -> tuple[Hit, ...]:
    return tuple(Hit(paper(n, None if n % 3 == 0 else n), 1.0) for n in range(count))


def evidence(found: tuple[Hit, ...], borderline: int = 0) -> Evidence:
    ids = tuple(hit.paper.arxiv_id for hit in found)
    return Evidence(found, 100, ids[: len(ids) - borderline], ids[len(ids) - borderline :])


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Four papers in two months, two of them by one author, one without votes."""
    entry = (
        "### [{t}](https://arxiv.org/abs/2405.0000{n})\n\n{votes}\n\nAuthors: {authors}\n\n"
        "- **What's New**: {t} is new.\n\n"
    )
    april = "## Daily Papers (2024-04-30)\n\n" + entry.format(
        t="Alpha", n=1, votes="Vote: 3", authors="Ada Kim, Bo Li"
    )
    may = "## Daily Papers (2024-05-01)\n\n" + "".join(
        entry.format(t=t, n=n, votes=votes, authors=authors)
        for t, n, votes, authors in [
            ("Beta", 2, "Vote: 9", "Ada Kim"),
            ("Gamma", 3, "Vote: -", "Cy Ro"),
            ("Delta", 4, "Vote: 9", "Di Wu"),
        ]
    )
    return made(tmp_path_factory.mktemp("months"), {"april.md": april, "may.md": may})


# --- phrases ------------------------------------------------------------------------------------


def test_every_phrase_is_used() -> None:
    package = Path(rag_app.__file__).parent
    files = [
        file for file in package.rglob("*.py") if file.relative_to(package).parts[0] not in {"lang", "web"}
    ]
    code = "".join(file.read_text(encoding="utf-8") for file in files)
    facts = {name for fact in record_patterns.PERIODS for name in (str(fact), f"each_{fact}")}
    unused = [key for key in templates.words("en") if not re.search(f"[\"']{key}[\"']", code)]
    assert set(unused) <= facts


# --- lists --------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", BOTH)
def test_a_list_shows_a_page_and_cites_every_match(query: Query) -> None:
    made_of = templates.listing(query, evidence(hits(MANY)))
    assert len(re.findall(r"^\d+\. ", made_of.text, re.MULTILINE)) == PAGE
    assert [sentence.support[0].n for sentence in made_of.sentences] == list(range(1, MANY + 1))
    assert len(made_of.hits) == MANY
    assert all(number in made_of.text for number in (str(MANY), "100", str(MANY - PAGE)))


def test_each_quote_of_a_list_belongs_to_its_item() -> None:
    drawn = MarkdownIt().parse(templates.listing(QUERY, evidence(hits(PAGE))).text)
    assert len([token for token in drawn if token.type == "list_item_open"]) == PAGE
    assert [token.level for token in drawn if token.type == "blockquote_open"] == [2] * PAGE


@pytest.mark.parametrize("query", BOTH)
def test_large_counts_are_written_as_the_page_writes_them(query: Query) -> None:
    found = replace(evidence(hits(1234), borderline=0), scanned=5487)
    text = templates.listing(query, found).text
    assert all(count in text for count in ("1,234", "5,487", f"{1234 - PAGE:,}"))


def test_a_short_list_speaks_of_no_more() -> None:
    assert "more" not in templates.listing(QUERY, evidence(hits(PAGE))).text


def test_borderline_papers_are_counted_and_not_cited() -> None:
    made_of = templates.listing(QUERY, evidence(hits(8), borderline=3))
    assert len(made_of.hits) == 5
    assert "Borderline and shown apart: 3." in made_of.text


def test_one_vote_is_one_vote() -> None:
    english, korean = (templates.words(code) for code in ("en", "ko"))
    assert [templates.votes(english, count) for count in (0, 1, 2)] == ["0 votes", "1 vote", "2 votes"]
    assert templates.votes(korean, 1) == korean["votes"].format(votes=1)
    assert "(2024-05-01, 1 vote)" in templates.line_of(paper(1), QUERY)


@pytest.mark.parametrize("query", BOTH)
def test_unknown_votes_are_said_to_be_unknown(query: Query) -> None:
    text = templates.listing(query, evidence(hits(1))).text
    assert templates.words(query.language)["votes_unknown"] in text
    assert not re.search(r"\b0 votes|0표", text)


def test_a_list_by_votes_is_in_their_order_without_unknown_ones() -> None:
    made_of = templates.listing(
        replace(QUERY, aggregate=Fact.TOP, ranking=Fact.TOP, limit=3), evidence(hits(10))
    )
    assert [hit.paper.votes for hit in made_of.hits] == [8, 7, 5]
    made_of = templates.listing(
        replace(QUERY, aggregate=Fact.BOTTOM, ranking=Fact.BOTTOM, limit=2), evidence(hits(10))
    )
    assert [hit.paper.votes for hit in made_of.hits] == [1, 2]


def test_a_list_of_so_many_papers_holds_the_closest() -> None:
    made_of = templates.listing(replace(QUERY, limit=3), evidence(hits(9)))
    assert made_of.hits == hits(9)[:3]
    assert "The closest 3" in made_of.text


# --- the record ---------------------------------------------------------------------------------


def test_a_count_is_that_of_the_table(months: Library) -> None:
    answer = answer_of("How many papers are there?", months)
    assert "There are 4 papers." in answer.text
    assert (answer.matched, len(answer.citations), answer.scanned) == (4, 4, 4)
    assert "There are 3 papers." in answer_of("How many papers appeared on 2024-05-01?", months).text
    assert "There is 1 paper." in answer_of("How many papers appeared in April 2024?", months).text


def test_the_most_voted_are_all_that_share_the_first_place(months: Library) -> None:
    answer = answer_of("Which paper has the most votes?", months)
    assert {citation.title for citation in answer.citations} == {"Beta", "Delta"}
    assert "1 without a known vote count" in answer.text


def test_top_n_is_n_papers(months: Library) -> None:
    assert len(answer_of("top 3 papers by votes", months).citations) == 3
    assert len(answer_of("추천 수 상위 2편은?", months).citations) == 2


@pytest.mark.parametrize("question", ["How many papers per month?", "월별 논문 수는?"])
def test_months_are_counted(months: Library, question: str) -> None:
    text = answer_of(question, months).text
    assert "| 2024-04 | 1 |" in text
    assert "| 2024-05 | 3 |" in text


@pytest.mark.parametrize(
    "question",
    [
        "Which day has the most papers?",
        "논문이 가장 많은 날은?",
        "論文が最も多い日は？",
        "论文最多的一天是哪天？",
    ],
)
def test_the_day_with_most_papers_is_said(months: Library, question: str) -> None:
    text = answer_of(question, months).text
    assert "2024-05-01 (3" in text or "2024-05-01（3" in text
    assert "| 2024-05-01 | 3 |" in text


def test_the_month_with_most_and_fewest_papers_is_said(months: Library) -> None:
    text = answer_of("Which month has the most papers?", months).text
    assert "The most are of 2024-05 (3), the fewest of 2024-04 (1), 2 on average." in text


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("How many papers per year?", "| 2024 | 4 |"), ("연도별 논문 수는?", "| 2024 | 4 |"),
        ("年ごとの論文数は？", "| 2024 | 4 |"), ("每年有多少篇论文？", "| 2024 | 4 |"),
        ("papers per week", "| 2024-04-29 | 4 |"), ("주별 논문 수", "| 2024-04-29 | 4 |"),
        ("週ごとの論文数", "| 2024-04-29 | 4 |"), ("每周有多少篇论文？", "| 2024-04-29 | 4 |"),
        ("Which year has the most papers?", "| 2024 | 4 |"),
        ("Which month had more papers, April or May 2024?", "| 2024-05 | 3 |"),
        ("How many papers in April vs May 2024?", "| 2024-05 | 3 |"),
        ("compare the number of papers in April and May 2024", "| 2024-04 | 1 |"),
        ("2024년 4월과 5월 논문 수를 비교해줘", "| 2024-05 | 3 |"),
        ("2024년 4월과 5월 논문 수 비교", "| 2024-05 | 3 |"),
        ("How many papers on 2024-04-30 and 2024-05-01?", "| 2024-05-01 | 3 |"),
    ],
)  # fmt: skip
def test_periods_are_counted(months: Library, question: str, row: str) -> None:
    answer = answer_of(question, months)
    assert answer.intent is Intent.METADATA
    assert row in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "the top paper of each month", "best paper per month of 2024", "monthly top papers",
        "Which papers had the most votes in every month?", "월별 최다 추천 논문", "매달 1위 논문은?",
        "月ごとの票が最も多い論文", "每月票数最多的论文",
    ],
)  # fmt: skip
def test_the_most_voted_of_each_period_are_told(months: Library, question: str) -> None:
    answer = answer_of(question, months)
    assert [citation.title for citation in answer.citations] == ["Alpha", "Beta", "Delta"]


@pytest.mark.parametrize(
    ("question", "cited"),
    [
        ("What is the oldest paper?", ["Alpha"]), ("가장 오래된 논문은?", ["Alpha"]), ("最も古い論文は？", ["Alpha"]),
        ("最早的论文是哪篇？", ["Alpha"]), ("Which is the newest paper?", ["Beta", "Gamma", "Delta"]),
        ("the 2 most recent papers", ["Beta", "Gamma"]), ("가장 최근 논문 2편", ["Beta", "Gamma"]),
        ("What was the first paper with at least 3 votes?", ["Alpha"]), ("3표 이상 받은 첫 논문은?", ["Alpha"]),
    ],
)  # fmt: skip
def test_papers_are_ordered_by_their_days(months: Library, question: str, cited: list[str]) -> None:
    assert [citation.title for citation in answer_of(question, months).citations] == cited


@pytest.mark.parametrize(
    ("question", "ranking", "shown"),
    [
        ("newest papers about this", Fact.NEWEST, [3, 2, 1, 0]),
        ("the newest paper about this", Fact.NEWEST, [3]),
        ("papers about this, oldest first", Fact.OLDEST, [0, 1, 2, 3]),
        ("the oldest paper about this", Fact.OLDEST, [0]),
    ],
)
def test_a_list_by_days_is_whole_where_several_are_asked_for(
    question: str, ranking: Fact, shown: list[int]
) -> None:
    found = tuple(Hit(paper(n, day=f"2024-05-0{n + 1}"), 1.0) for n in range(4))
    query = replace(QUERY, question=question, aggregate=ranking, ranking=ranking)
    made_of = templates.listing(query, evidence(found))
    assert [hit.paper.arxiv_id for hit in made_of.hits] == [f"2405.{n:05d}" for n in shown]


def test_the_first_by_days_is_none_that_is_on_the_list_by_its_score_alone() -> None:
    found = tuple(Hit(paper(n, day=f"2024-05-0{n + 1}"), 1.0) for n in range(4))
    query = replace(QUERY, question="the newest paper", aggregate=Fact.NEWEST, ranking=Fact.NEWEST)
    made_of = templates.listing(query, replace(evidence(found), unsure=("2405.00003",)))
    assert [hit.paper.arxiv_id for hit in made_of.hits] == ["2405.00002"]


@pytest.mark.parametrize(
    "question",
    ["What is the average number of votes?", "평균 추천 수는?", "票数の平均は？", "平均票数是多少？"],
)
def test_votes_are_summed_up(months: Library, question: str) -> None:
    text = answer_of(question, months).text  # votes are 3, 9, 9 and unknown
    assert re.findall(r"\d+", text) == ["3", "21", "7", "9", "3", "9"]


def test_votes_that_nobody_knows_are_not_summed_up(months: Library) -> None:
    unknown = [paper(1, None), paper(2, None)]
    query = replace(QUERY, aggregate=Fact.VOTE_STATISTICS)
    assert facts.record(query, unknown, months.snapshot.papers).text == "votes unknown"


@pytest.mark.parametrize(
    "question",
    ["What period do the digests cover?", "이 컬렉션은 언제부터 언제까지야?", "いつからいつまで？"],
)
def test_the_period_of_the_collection_is_said(months: Library, question: str) -> None:
    text = answer_of(question, months).text
    assert "2024-04-30" in text and "2024-05-01" in text


def test_topics_are_counted_over_titles() -> None:
    titled = [paper(n, title=f"Name{n}: Kelp forest growth") for n in range(3)]
    titled += [paper(n, title=f"Name{n}: Sand dune drift") for n in range(3, 5)]
    assert trends.common(titled, limit=2) == [("forest growth", 3), ("dune drift", 2)]


@pytest.mark.parametrize("question", ["which topics are most common?", "가장 많이 다뤄진 주제는?"])
def test_topics_are_told(months: Library, question: str) -> None:
    assert answer_of(question, months).intent is Intent.METADATA
    assert "**alpha**" in answer_of(question, months).text


@pytest.mark.parametrize(
    ("question", "cited"),
    [
        ('papers with "eta" in the title', []), ("papers whose title contains gamma", ["Gamma"]),
        ("제목에 Delta가 들어간 논문은?", ["Delta"]), ("标题含有“Alpha”的论文有哪些？", ["Alpha"]),
        ("Which papers have more votes than Alpha?", ["Beta", "Delta"]),
        ("Beta보다 추천을 적게 받은 논문은?", ["Alpha"]),
    ],
)  # fmt: skip
def test_papers_are_found_by_their_title_and_beside_the_votes_of_another(
    months: Library, question: str, cited: list[str]
) -> None:
    assert [citation.title for citation in answer_of(question, months).citations] == cited


@pytest.mark.parametrize(
    "question", ["What is the arXiv link of Alpha?", "Alpha 논문 링크 줘", "link to Alpha"]
)
def test_the_address_of_a_paper_is_told(months: Library, question: str) -> None:
    assert "): https://arxiv.org/abs/2405.00001 [1]" in answer_of(question, months).text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Who wrote Alpha and when?", ["Ada Kim", "2024-04-30"]),
        ("Give the authors, days and votes of Alpha", ["Ada Kim", "2024-04-30", "3 votes"]),
        ("arXiv id and votes of Alpha", ["https://arxiv.org/abs/2405.00001", "3 votes"]),
        ("link of Alpha and its date", ["https://arxiv.org/abs/2405.00001 ", "2024-04-30"]),
        ("link and votes of Alpha", ["https://arxiv.org/abs/2405.00001 ", "3 votes"]),
        ("Alpha의 링크와 추천 수는?", ["https://arxiv.org/abs/2405.00001 ", "추천 3표"]),
    ],
)
def test_all_facts_that_are_asked_for_are_told(months: Library, question: str, said: list[str]) -> None:
    told = answer_of(question, months).text.partition("): ")[2]
    assert [fact for fact in said if fact not in told] == []


@pytest.mark.parametrize(
    "question",
    ["Which day has the most papers?", "papers by day", "the five most recent papers", "월별 논문 수"],
)
def test_without_days_that_is_said(tmp_path: Path, question: str) -> None:
    entry = "### [Alpha](https://arxiv.org/abs/2405.00001)\n\n- **New**: Alpha is new.\n"
    answer = answer_of(question, made(tmp_path, {"notes.md": entry}))
    assert answer.text == templates.words(answer.language)["no_days"]


def test_three_authors_are_counted(months: Library) -> None:
    three = replace(paper(1), authors=("Ada Kim", "Bo Li", "Cy Ro"))
    query = replace(QUERY, papers=("x",), aggregate=Fact.AUTHORS)
    assert "Ada Kim, Bo Li, Cy Ro (3 authors)" in facts._one_record(query, [three]).text


def test_authors_are_counted(months: Library) -> None:
    text = facts.record(replace(QUERY, aggregate=Fact.AUTHORS), [], months.snapshot.papers).text
    assert "| Ada Kim | 2 |" in text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Who wrote PickBot?", "Ada Kim, Ben Stone and others"),
        ("How many votes does FoldNet have?", "votes unknown"),
        ("When was PickBot published?", "2024-05-01"),
        ("PickBot의 저자는 누구인가요?", "Ada Kim, Ben Stone 외"),
        ("Was PickBot written by John Zebra?", "written by Ada Kim, Ben Stone"),
    ],
)
def test_a_fact_of_the_record_is_told_with_its_paper(question: str, said: str) -> None:
    answer = answer_of(question, lab())
    assert answer.intent is Intent.METADATA
    assert said in answer.text
    assert len(answer.citations) == 1


@pytest.mark.parametrize("holding", [1, 3, 5])
@pytest.mark.parametrize(
    "question", ["Who made HeronNet?", "How many votes did HeronNet get?", "HeronNet 저자는?"]
)
def test_no_other_paper_s_record_stands_for_a_name_that_no_paper_has(
    tmp_path: Path, question: str, holding: int
) -> None:
    body = "".join(
        f"### [Nests, Part {n}](https://arxiv.org/abs/2411.0000{n})\n\n"
        f"- **New**: 둥지 {n}개를 셉니다. HeronNet보다 낫습니다.\n\n"
        for n in range(holding)
    )
    answer = answer_of(question, made(tmp_path, {"2024-11-25.md": body}))
    assert answer.refused
    assert "HeronNet" in answer.text.partition("\n")[0]


@pytest.mark.parametrize("question", ["Who made Heron-4?", "Heron-4 저자는?", "When did Heron-4 come out?"])
def test_a_paper_that_only_has_a_name_in_its_title_is_not_the_one_of_that_name(
    tmp_path: Path, question: str
) -> None:
    titles = ["Nests: Counting with Heron-4", *(f"Colonies, Part {n}" for n in range(6))]
    body = "".join(
        f"### [{title}](https://arxiv.org/abs/2411.0000{n})\n\n- **New**: 둥지를 Heron-4로 셉니다.\n\n"
        for n, title in enumerate(titles)
    )
    answer = answer_of(question, made(tmp_path, {"2024-11-25.md": body}))
    assert answer.refused
    assert "Heron-4" in answer.text.partition("\n")[0]


def test_a_record_asked_for_in_words_that_no_rule_knows_is_told_whole() -> None:
    query = replace(QUERY, papers=("2405.00001",), aggregate=Fact.NONE, topic="Whose idea was it?")
    table = lab().snapshot.papers
    text = facts.record(query, [], table).text
    assert "Ada Kim" in text and "2024-05-01" in text and "votes" in text


def test_no_votes_known_at_all_is_no_first_place() -> None:
    table = lab().snapshot.papers
    made_of = facts.record(
        replace(QUERY, aggregate=Fact.TOP, ranking=Fact.TOP), [paper(1, None), paper(2, None)], table
    )
    assert made_of.hits == ()


# --- refusals, comparisons and trends -----------------------------------------------------------


@pytest.mark.parametrize("query", BOTH)
@pytest.mark.parametrize("reason", ["unknown_name", "unknown_author", "not_in_digest_of", "not_mentioned"])
def test_a_refusal_claims_nothing_and_offers_the_nearest(query: Query, reason: str) -> None:
    refused = templates.refusal(query, evidence(hits(9)), reason, names=["X {y} *z*"])
    assert refused.refused
    assert (refused.hits, refused.sentences) == ((), ())
    assert len(refused.nearest) == 3
    assert not re.search(r"(?<!\\)\[\d+\](?!\()", refused.text)


def test_conditions_that_no_paper_meets_are_named() -> None:
    query = replace(QUERY, filters=Filters(since="2031-01-01", authors=("Eve_Doe",), min_votes=9))
    text = templates.outside(query, lab().snapshot.papers).text
    assert all(condition in text for condition in ("2031-01-01", "Eve_Doe", "≥ 9 votes"))
    assert lab().snapshot.papers.last_day in text


def test_a_comparison_says_what_a_digest_does_not() -> None:
    answer = answer_of("Compare PickBot and FoldNet", lab())
    assert "not in the digest" in answer.text  # FoldNet has no Technical Details
    assert answer.comparison["Technical Details"].keys() == {"2405.00001"}
    for aspect, quotes in answer.comparison.items():
        for arxiv_id, passages in quotes.items():
            text = lab().snapshot.papers.get(arxiv_id).section(aspect).text
            assert all(text[p.start : p.end] == p.text for p in passages)


def told(number: int, text: str, *names: str) -> Hit:
    """A paper whose digest says `text` in each of the named sections, found with all of its sentences."""
    of = replace(paper(number), sections=tuple(Section(name, text) for name in names))
    return with_best_passages(Hit(of, 1.0), {}, lab())


def test_digests_without_a_shared_section_are_compared_as_wholes() -> None:
    plain, divided = (
        told(1, "One. Two. Three. Four.", "Summary"),
        told(2, "First. Last.", "What's New", "Results"),
    )
    table = templates.comparison((plain, divided))
    assert {aspect: {at: len(said) for at, said in sides.items()} for aspect, sides in table.items()} == {
        "Summary": {plain.paper.arxiv_id: 4, divided.paper.arxiv_id: 4}
    }


@pytest.mark.parametrize(("language", "quoted"), [("en", True), ("ko", False)])
def test_a_table_is_quoted_where_its_digests_speak_another_language(language: str, quoted: bool) -> None:
    sides = (told(1, "이 방법은 빠릅니다.", "Summary"), told(2, "이 방법은 느립니다.", "Summary"))
    lines = templates.comparison_table(sides, templates.comparison(sides), language).splitlines()
    assert [line.startswith("> |") for line in lines] == [quoted] * 3


def test_a_trend_counts_every_month(months: Library) -> None:
    by_id = {p.arxiv_id: p for p in months.snapshot.papers.all()}
    found = Evidence(tuple(Hit(p, 1.0) for p in by_id.values()), 4, ("2405.00001", "2405.00002"))
    text = trend_text.trend(QUERY, found, months.snapshot.papers).text
    assert "| 2024-04 | 1 | 1 | 100.0% |" in text
    assert "| 2024-05 | 1 | 3 | 33.3% |" in text


# --- untrusted titles ---------------------------------------------------------------------------


@pytest.mark.parametrize("query", BOTH)
def test_titles_stay_inert_and_links_lead_to_arxiv_only(query: Query) -> None:
    nasty = tuple(Hit(paper(n, 1, NASTY), 1.0) for n in range(2))
    table = lab().snapshot.papers
    texts = [
        templates.listing(query, evidence(nasty)).text,
        facts.record(query, [hit.paper for hit in nasty], table).text,
        templates.refusal(query, evidence(nasty), "not_in_digest_of", names=[NASTY]).text,
        trend_text.trend(query, evidence(nasty), table).text,
        templates.comparison_table(nasty, {NASTY: {}}, query.language),
    ]
    for text in texts:
        tokens = [
            child for token in MarkdownIt().enable("table").parse(text) for child in token.children or [token]
        ]
        assert {"image", "html_inline", "html_block", "code_inline", "em_open"}.isdisjoint(
            t.type for t in tokens
        )
        links = {str(token.attrs["href"]) for token in tokens if token.type == "link_open"}
        assert all(link.startswith("https://arxiv.org/abs/2405.") for link in links)


def test_a_table_keeps_its_columns_whatever_a_title_holds() -> None:
    nasty = tuple(Hit(paper(n, 1, "A | B || C"), 1.0) for n in range(2))
    heading = templates.comparison_table(nasty, {}, "en").splitlines()[0]
    assert len(re.findall(r"(?<!\\)\|", heading)) == 4


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        ("When did PickBot appear and how many votes?", ["2024-05-01", "12 votes"]),
        ("How many votes has PickBot, and who wrote it?", ["12 votes", "Ada Kim"]),
        ("Who wrote PickBot and when was it published?", ["Ada Kim", "2024-05-01"]),
        ("PickBot은 언제 나왔고 추천 수는?", ["2024-05-01", "12"]),
    ],
)
def test_every_fact_that_is_asked_is_given(question: str, facts: list[str]) -> None:
    first = answer_of(question, lab()).text.splitlines()[0]
    assert [fact for fact in facts if fact not in first] == []


def test_a_collection_without_days_says_so(tmp_path: Path) -> None:
    undated = "### [T](https://arxiv.org/abs/2411.00001)\n\n- **New**: widgets spin.\n"
    library = made(tmp_path, {"notes.md": undated})
    for language, says in (
        ("papers", "No digest in this collection has a day."),
        ("논문", "날짜가 없습니다"),
    ):
        text = answer_of(language, library, filters=Filters(since="2024-11-01")).text
        assert says in text
        assert "?" not in text


def test_a_refusal_names_all_conditions() -> None:
    filters = Filters(since="2024-05-02", min_votes=5)
    text = answer_of("papers from 2024-05-01", lab(), filters=filters).text
    assert "(2024-05-01, 2024-05-02 – …, ≥ 5 votes)" in text
