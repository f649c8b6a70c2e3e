"""What reading dates promises: what people write in two languages, exactly, and nothing that only
looks like a date.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag_app.search.dates import Dates, find

NEWEST = "2025-05-09"  # a Friday


@pytest.mark.parametrize(
    "wording",
    [
        "2024-11-25", "2024.11.25", "2024/11/25", "20241125", "11/25/2024", "25-11-2024", "25.11.2024",
        "25/11/2024", "November 25 (2024)", "twenty-fifth of November 2024", "November the twenty-fifth, 2024",
        "25 November 2024", "25th of November 2024", "November 25, 2024", "Nov. 25th, 2024", "nov 25 2024",
        "November 25", "25 Nov", "2024년 11월 25일", "2024년11월25일", "24년 11월 25일", "11월 25일", "11/25 논문",
        "작년 11월 25일",
    ],
)  # fmt: skip
def test_one_day_is_read_however_it_is_written(wording: str) -> None:
    for question in (f"papers from {wording}", f"{wording} 논문", f"Which papers appeared on {wording}?"):
        assert find(question, NEWEST).days == ("2024-11-25",)


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("papers between 2024-11-01 and 2024-11-15", "2024-11-01", "2024-11-15"),
        ("papers from November 1 to November 5, 2024", "2024-11-01", "2024-11-05"),
        ("papers from Nov 1-5, 2024", "2024-11-01", "2024-11-05"),
        ("1-5 November 2024", "2024-11-01", "2024-11-05"),
        ("between 3 and 7 November", "2024-11-03", "2024-11-07"),
        ("after 2024-11-01 and before 2024-11-10", "2024-11-02", "2024-11-09"),
        ("since 2024-11-01 until 2024-11-15", "2024-11-01", "2024-11-15"),
        ("2024-11-01 ~ 2024-11-15 논문", "2024-11-01", "2024-11-15"),
        ("11월 3일부터 7일까지 논문", "2024-11-03", "2024-11-07"),
        ("11월 3~7일 논문", "2024-11-03", "2024-11-07"),
        ("2024년 11월 3일부터 7일 사이 가장 인기 있는 논문", "2024-11-03", "2024-11-07"),
        ("2024-11-03~7 논문", "2024-11-03", "2024-11-07"),
        ("papers from November 3 to 7, 2024", "2024-11-03", "2024-11-07"),
        ("papers between November 3 and 7", "2024-11-03", "2024-11-07"),
        ("November 3rd through 7th with the most votes", "2024-11-03", "2024-11-07"),
        ("2024年11月3日から7日までの論文", "2024-11-03", "2024-11-07"),
        ("2024年11月3日到7日的论文", "2024-11-03", "2024-11-07"),
        ("11월 3일부터 10표 이상 받은 논문", "2024-11-03", ""),
        ("papers since November 3 to 20 votes", "2024-11-03", ""),
        ("11월 3일과 7일 사이 논문", "2024-11-03", "2024-11-07"),
        ("11월 28일과 12월 3일 사이에 나온 논문", "2024-11-28", "2024-12-03"),
        ("11월 28일과 3일 사이", "2024-11-28", "2024-12-03"),
        ("between November 28 and 3", "2024-11-28", "2024-12-03"),
        ("11月3日と7日の間の論文", "2024-11-03", "2024-11-07"),
        ("11月3日和7日之间的论文", "2024-11-03", "2024-11-07"),
        ("12월부터 2월까지", "2024-12-01", "2025-02-28"),
        ("2025년 3월 1일 이후 3월 10일 이전 논문", "2025-03-01", "2025-03-09"),
        ("from 2024-11-01 until today", "2024-11-01", NEWEST),
        ("since 2025", "2025-01-01", ""),
        ("2025년 3월 이후", "2025-03-01", ""),
        ("after March 2025", "2025-04-01", ""),
        ("before March 2025", "", "2025-02-28"),
        ("2025년 3월 전 논문", "", "2025-02-28"),
        ("until the end of 2024", "", "2024-12-31"),
        ("2024년까지", "", "2024-12-31"),
    ],
)
def test_ranges_and_open_ends_are_read(question: str, since: str, until: str) -> None:
    found = find(question, NEWEST)
    assert (found.since, found.until, found.days) == (since, until, ())


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("papers in November 2024", "2024-11-01", "2024-11-30"),
        ("2024-11 논문", "2024-11-01", "2024-11-30"),
        ("2024년 11월 논문", "2024-11-01", "2024-11-30"),
        ("23년 12월 논문", "2023-12-01", "2023-12-31"),
        ("작년 12월에 나온 논문", "2024-12-01", "2024-12-31"),
        ("any papers from January?", "2025-01-01", "2025-01-31"),
        ("last November", "2024-11-01", "2024-11-30"),
        ("December's papers", "2024-12-01", "2024-12-31"),
        ("그럼 4월은?", "2025-04-01", "2025-04-30"),
        ("3월 또는 4월 논문", "2025-03-01", "2025-04-30"),
        ("in January and February 2025", "2025-01-01", "2025-02-28"),
        ("papers in 2024 with more than 30 votes", "2024-01-01", "2024-12-31"),
        ("그럼 2024년은?", "2024-01-01", "2024-12-31"),
        ("2024년 2분기", "2024-04-01", "2024-06-30"),
        ("Q1 2024 papers", "2024-01-01", "2024-03-31"),
        ("2024년 하반기", "2024-07-01", "2024-12-31"),
    ],
)
def test_months_years_and_parts_of_years_are_read(question: str, since: str, until: str) -> None:
    found = find(question, NEWEST)
    assert (found.since, found.until) == (since, until)


@pytest.mark.parametrize(
    "question", ["papers of the most recent digest", "가장 최근 다이제스트의 논문", "오늘 논문"]
)
def test_the_newest_digest_is_a_day(question: str) -> None:
    assert find(question, NEWEST).days == (NEWEST,)


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("this week", "2025-05-05", "2025-05-11"),
        ("지난주 논문", "2025-04-28", "2025-05-04"),
        ("last month", "2025-04-01", "2025-04-30"),
        ("올해 논문", "2025-01-01", "2025-12-31"),
        ("작년 논문", "2024-01-01", "2024-12-31"),
        ("재작년 논문", "2023-01-01", "2023-12-31"),
        ("last 10 days", "2025-04-30", NEWEST),
        ("최근 일주일 논문", "2025-05-03", NEWEST),
        ("the past two weeks", "2025-04-26", NEWEST),
        ("지난주부터", "2025-04-28", ""),
    ],
)
def test_relative_dates_count_from_the_newest_digest_and_say_so(
    question: str, since: str, until: str
) -> None:
    found = find(question, NEWEST)
    assert (found.since, found.until) == (since, until)
    assert found.relative


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("papers of early May 2024", "2024-05-01", "2024-05-10"),
        ("mid-June 2024", "2024-06-11", "2024-06-20"),
        ("in late February 2024", "2024-02-21", "2024-02-29"),
        ("the last week of November 2024", "2024-11-24", "2024-11-30"),
        ("November 2024's last week", "2024-11-24", "2024-11-30"),
        ("first half of March 2025", "2025-03-01", "2025-03-15"),
        ("papers from summer 2024", "2024-06-01", "2024-08-31"),
        ("2024년 가을에 나온 논문", "2024-09-01", "2024-11-30"),
        ("at the beginning of 2025", "2025-01-01", "2025-04-30"),
        ("in late 2024", "2024-09-01", "2024-12-31"),
        ("since the end of May 2024", "2024-05-21", ""),
        ("from the end of May to mid-June 2024", "2024-05-21", "2024-06-20"),
        ("2024년 11월 첫째 주", "2024-11-01", "2024-11-07"),
        ("2024년 11월 3주차 논문", "2024-11-15", "2024-11-21"),
        ("2024년 5월 말까지", "", "2024-05-31"),
        ("5월 초에 나온 논문", "2025-05-01", "2025-05-10"),
        ("2024년 말 논문", "2024-09-01", "2024-12-31"),
        ("2024年11月下旬の論文", "2024-11-21", "2024-11-30"),
        ("2024年11月の最終週", "2024-11-24", "2024-11-30"),
        ("2024年11月第二周", "2024-11-08", "2024-11-14"),
        ("2024年底的论文", "2024-09-01", "2024-12-31"),
    ],
)
def test_a_part_of_a_month_or_a_year_is_read(question: str, since: str, until: str) -> None:
    found = find(question, NEWEST)
    assert (found.since, found.until, found.days) == (since, until, ())
    assert not found.relative


@pytest.mark.parametrize(
    "question",
    ["2024년 5월 초보자용 논문", "2024년 5월 말뭉치 논문", "late fusion in May 2024", "May 2024, end to end"],
)
def test_words_that_begin_alike_name_no_part(question: str) -> None:
    found = find(question, NEWEST)
    assert (found.since, found.until) == ("2024-05-01", "2024-05-31")


def test_relative_days_are_days() -> None:
    assert find("yesterday's papers", NEWEST).days == ("2025-05-08",)
    assert find("어제와 오늘 논문", NEWEST).days == ("2025-05-08", "2025-05-09")
    assert find("latest papers", NEWEST).days == (NEWEST,)


def test_several_days_are_each_kept() -> None:
    assert find("11월 3일, 5일, 7일 논문", NEWEST).days == ("2024-11-03", "2024-11-05", "2024-11-07")
    assert len(find("papers in 2023 and 2025", NEWEST).days) == 730


@pytest.mark.parametrize(
    "question",
    ["13월 3일 논문", "February 30, 2024", "2024-13-01", "2024-02-30 논문", "2023년 2월 29일", "0월 0일", "last 0 days",
     "from May 10 2025 to May 1 2025", "2024-11-15부터 2024-11-01까지", "최근 99999999999년"],
)  # fmt: skip
def test_a_date_on_no_calendar_and_a_reversed_range_are_impossible(question: str) -> None:
    found = find(question, NEWEST)
    assert found.impossible
    assert not (found.days or found.since or found.until)


@pytest.mark.parametrize(
    "question",
    ["What did models score on AIME 2024?", "ICLR 2024년 논문", "GPT-4 scores", "context from 1024 to 2048 tokens",
     "Does Llama 2 may help?", "models that march on", "papers by Jan Leike", "8개 GPU로 3일 동안 학습",
     "3.5일에 걸쳐 학습", "월드 모델", "3월드 모델", "trained on 2024 x 2024 images", "accuracy of 20.24", ""],
)  # fmt: skip
def test_what_only_looks_like_a_date_is_none(question: str) -> None:
    assert find(question, NEWEST) == Dates()


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("papers on 2024-11-25 about robots", "papers about robots"),
        ("2024년 11월 25일에 나온 로봇 논문", "나온 로봇 논문"),
        ("papers in November 2024", "papers"),
        ("Q1 2024 papers", "papers"),
        ("2025년 에이전트 논문", "에이전트 논문"),
        ("3월 전이학습 논문", "전이학습 논문"),
        ("2025년 3월 이후에 나온 로봇 논문", "나온 로봇 논문"),
        ("5월 날씨 논문", "날씨 논문"),
        ("robot papers 2024", "robot papers"),
        ("로봇 논문 2025", "로봇 논문"),
        ("2025 로봇 논문", "로봇 논문"),
        ("Summarize 2024 in three points", "Summarize in three points"),
        ("2025년 전까지 나온 로봇 논문", "나온 로봇 논문"),
        ("tide models from 2025: size, gauges", "tide models : size, gauges"),
    ],
)
def test_the_words_of_a_date_are_reported_so_that_the_topic_is_left(question: str, rest: str) -> None:
    for start, end in find(question, NEWEST).spans:
        question = question[:start] + " " * (end - start) + question[end:]
    assert " ".join(question.split()) == rest


def test_a_day_without_month_is_the_last_one_that_has_been() -> None:
    assert find("5일 논문", NEWEST).days == ("2025-05-05",)
    assert find("25일 논문", NEWEST).days == ("2025-04-25",)
    assert find("papers on the 25th", NEWEST).days == ("2025-04-25",)


@given(
    st.text(st.sampled_from("0123456789월일년-/.~부터까지 MayNov13thlast지난주until")),
    st.sampled_from(["", NEWEST]),
)
def test_no_text_is_an_error(text: str, newest: str) -> None:
    found = find(text, newest)
    assert all(0 <= start <= end <= len(text) for start, end in found.spans)


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("and in January?", "2024-01-01", "2024-01-31"), ("4월은?", "2024-04-01", "2024-04-30"),
        ("in April 2025", "2025-04-01", "2025-04-30"),
    ],
)  # fmt: skip
def test_a_month_is_of_the_year_that_was_spoken_of(text: str, since: str, until: str) -> None:
    found = find(text, "2025-05-09", "2024-03-01")
    assert (found.since, found.until) == (since, until)


def test_a_day_alone_is_of_the_month_that_was_spoken_of() -> None:
    assert find("and on the 21st?", "2025-05-09", "2025-02-20").days == ("2025-02-21",)


@pytest.mark.parametrize(
    "question",
    ["11월 25일(2024년)에 나온 논문", "11월 25일, 2024년 논문", "24-11-25 논문", "24.11.25 에이전트 논문은?"],
)
def test_a_korean_day_may_have_its_year_behind_it_or_two_digits_of_it(question: str) -> None:
    assert find(question, NEWEST).days == ("2024-11-25",)


def test_a_month_is_read_in_numbers() -> None:
    found = find("the most voted paper in 11/2024?", NEWEST)
    assert (found.since, found.until) == ("2024-11-01", "2024-11-30")


@pytest.mark.parametrize(
    "question",
    ["which paper reports a loss of 2.2014?", "비율 20/10/10 으로 섞는 논문", "first March paper about diffusion",
     "week by week counts"],
)  # fmt: skip
def test_other_numbers_are_no_dates(question: str) -> None:
    assert find(question, NEWEST).days == ()


def test_the_first_paper_of_a_month_is_of_no_day() -> None:
    found = find("first March 2025 paper about diffusion", NEWEST)
    assert (found.since, found.until) == ("2025-03-01", "2025-03-31")


def test_a_range_that_is_told_week_by_week_ends_on_its_day() -> None:
    found = find("how many papers between 2025-03-01 and 2025-03-31 week by week?", NEWEST)
    assert (found.since, found.until) == ("2025-03-01", "2025-03-31")


@pytest.mark.parametrize(
    "question",
    [
        "papers in the week of Nov 27 2024",
        "the week starting Monday, 25 November 2024",
        "2024년 11월 27일이 있는 주의 논문",
    ],
)
def test_the_week_of_a_day_is_from_monday_to_sunday(question: str) -> None:
    found = find(question, NEWEST)
    assert (found.since, found.until) == ("2024-11-25", "2024-12-01")


def test_a_day_of_the_same_year_is_of_the_year_told_of() -> None:
    found = find("and for Nov 13 of the same year?", NEWEST, "2024-09-09")
    assert found.days == ("2024-11-13",)
    assert "year" not in "and for Nov 13 of the same year?"[: found.spans[0][0]]
    assert found.spans[0][1] == len("and for Nov 13 of the same year")
