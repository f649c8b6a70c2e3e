"""What follow-ups promise: another paper, the same day, and facts of the paper before."""

from __future__ import annotations

import pytest

from rag_app.collection.library import Dictionary
from rag_app.pipeline import Library, answer
from rag_app.records import Fact, Filters, Intent, Turn
from rag_app.search.retrieval import retrieve
from rag_app.search.understanding import understand

TOOLFORMER, QLORA = "2302.04761", "2305.14314"
BEFORE = Turn("Tell me about Toolformer.", "…", (TOOLFORMER,))


@pytest.mark.parametrize(
    "question", ["and the other agent paper of that day?", "그날 나온 다른 에이전트 논문은?"]
)
def test_another_paper_of_that_day_is_searched_among_the_days_papers(library: Library, question: str) -> None:
    query = understand(question, library.dictionary, [BEFORE])
    assert query.filters.days == library.dictionary.papers.get(TOOLFORMER).dates
    assert (query.papers, query.excluded, query.intent) == ((), (TOOLFORMER,), Intent.LOOKUP)
    assert TOOLFORMER not in [hit.paper.arxiv_id for hit in retrieve(query, library).hits]


@pytest.mark.parametrize("question", ["No, I meant the one about speech", "그거 말고 음성에 관한 논문은?"])
def test_a_correction_searches_without_the_paper_before(dictionary: Dictionary, question: str) -> None:
    query = understand(question, dictionary, [BEFORE])
    assert (query.papers, query.excluded) == ((), (TOOLFORMER,))


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("is there a newer paper on agents?", True, False), ("any earlier papers about speech?", False, True),
        ("이거보다 더 최근에 나온 에이전트 논문은 없어?", True, False), ("이전에 나온 음성 논문은?", False, True),
        ("もっと新しいエージェントの論文は？", True, False), ("有没有更新的关于智能体的论文？", True, False),
    ],
)  # fmt: skip
def test_newer_or_older_papers_on_a_topic_are_listed(
    dictionary: Dictionary, question: str, since: bool, until: bool
) -> None:
    query = understand(question, dictionary, [BEFORE])
    (day,) = dictionary.papers.get(TOOLFORMER).dates
    assert (query.intent, query.papers) == (Intent.LIST, ())
    assert (bool(query.filters.since), bool(query.filters.until)) == (since, until)
    assert query.filters.since > day if since else query.filters.until < day
    assert query.ranking is (Fact.NEWEST if since else Fact.OLDEST)


@pytest.mark.parametrize("question", ["anything newer?", "any later work on this?", "후속 연구 있어?"])
def test_newer_papers_without_a_topic_are_like_the_one_before(library: Library, question: str) -> None:
    query = understand(question, library.dictionary, [BEFORE])
    assert (query.intent, query.papers) == (Intent.SIMILAR, (TOOLFORMER,))
    assert query.filters.since > library.dictionary.papers.get(TOOLFORMER).date


@pytest.mark.parametrize(
    "question",
    [
        "What is the latest paper on hallucination?",
        "가장 최근 환각 논문은?",
        "Which day has the most papers?",
    ],
)
def test_a_question_for_the_newest_papers_is_not_about_the_one_before(
    dictionary: Dictionary, question: str
) -> None:
    assert understand(question, dictionary, [BEFORE]).papers == ()


@pytest.mark.parametrize(
    "question",
    ["What does previous work lack?", "Is it newer than GPT-3?", "Did they list earlier work?",
     "Which prior works do they cite?", "후속 연구로 무엇을 제안했어?", "How many votes does it have in total?"],
)  # fmt: skip
def test_what_the_paper_says_of_other_work_is_asked_of_it(dictionary: Dictionary, question: str) -> None:
    query = understand(question, dictionary, [BEFORE])
    assert (query.papers, query.filters.since) == ((TOOLFORMER,), "")


def test_other_papers_it_is_compared_with_do_not_turn_from_it(dictionary: Dictionary) -> None:
    assert understand("How does it differ from other papers?", dictionary, [BEFORE]).papers == (TOOLFORMER,)


@pytest.mark.parametrize(
    ("question", "fact"),
    [("그 논문 투표 수는?", Fact.VOTES), ("votes?", Fact.VOTES), ("표는 몇 개 받았어?", Fact.VOTES),
     ("what about its authors?", Fact.AUTHORS), ("저자는?", Fact.AUTHORS), ("when was that?", Fact.DATE)],
)  # fmt: skip
def test_a_fact_of_the_paper_before_is_asked_shortly(
    dictionary: Dictionary, question: str, fact: Fact
) -> None:
    query = understand(question, dictionary, [BEFORE])
    assert (query.papers, query.aggregate, query.intent) == ((TOOLFORMER,), fact, Intent.METADATA)


def test_a_name_that_is_compared_with_is_not_the_papers_own(dictionary: Dictionary) -> None:
    query = understand("How much better is it than GPT-J?", dictionary, [BEFORE])
    assert query.papers == (TOOLFORMER,)
    assert query.names == ("Toolformer",)


@pytest.mark.parametrize("question", ["which papers are of that day?", "그날 논문 보여줘"])
def test_the_day_with_most_papers_is_that_day(dictionary: Dictionary, question: str) -> None:
    told = Turn("Which day has the most papers?", "…", (), intent=Intent.METADATA)
    query = understand(question, dictionary, [told])
    counts = dict(dictionary.papers.by_period(Fact.DAYS, Filters()))
    assert (query.intent, query.papers) == (Intent.METADATA, ())
    assert [counts[day] for day in query.filters.days] == [max(counts.values())]


def test_a_count_over_a_topic_may_be_narrowed(dictionary: Dictionary) -> None:
    told = Turn("Which day has the most papers about video?", "…", (), intent=Intent.LIST)
    query = understand("and in January 2024?", dictionary, [told])
    assert (query.intent, query.aggregate, query.of_many) == (Intent.LIST, Fact.DAYS, True)


@pytest.mark.parametrize(
    ("question", "chosen"),
    [
        ("other papers by the first author", slice(1)), ("anything else by the same authors?", slice(None)),
        ("what else did they write?", slice(None)), ("첫 번째 저자가 쓴 다른 논문은?", slice(1)),
        ("같은 저자의 다른 논문 보여줘", slice(None)), ("마지막 저자의 다른 논문은?", slice(-1, None)),
        ("同じ著者の他の論文は？", slice(None)), ("第一作者的其他论文", slice(1)),
    ],
)  # fmt: skip
def test_other_papers_of_its_authors_are_listed(dictionary: Dictionary, question: str, chosen: slice) -> None:
    query = understand(question, dictionary, [BEFORE])
    authors = dictionary.papers.get(TOOLFORMER).authors
    assert len(authors) > 1
    assert (query.intent, query.papers) == (Intent.METADATA, ())
    assert query.filters == Filters(any_author=authors[chosen], other_than=(TOOLFORMER,))


def test_other_papers_of_an_author_who_is_named_are_no_other_paper_than_the_one_before(
    dictionary: Dictionary,
) -> None:
    author = dictionary.papers.get(TOOLFORMER).authors[0]
    query = understand(f"{author}가 쓴 다른 논문도 보여줘", dictionary, [BEFORE])
    assert (query.intent, query.papers, query.filters.authors) == (Intent.METADATA, (), (author,))


ON_ROBOTS = Turn("papers on robots", "…", (TOOLFORMER,), intent=Intent.LIST)


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("in January vs February 2024?", {"periods": 2}), ("1월과 2월 비교", {"periods": 2}),
        ("top of each month", {"each": Fact.MONTHS, "ranking": Fact.TOP}), ("매달 1위는?", {"each": Fact.MONTHS}),
        ("per month?", {"aggregate": Fact.MONTHS}), ("월별로는?", {"aggregate": Fact.MONTHS}),
    ],
)  # fmt: skip
def test_periods_are_asked_of_the_list_before(
    dictionary: Dictionary, question: str, asked: dict[str, object]
) -> None:
    query = understand(question, dictionary, [ON_ROBOTS])
    got: dict[str, object] = {
        "periods": len(query.periods), "each": query.each, "ranking": query.ranking, "aggregate": query.aggregate
    }  # fmt: skip
    assert {key: got[key] for key in asked} == asked
    assert query.topic == "papers on robots"


def test_both_sides_of_a_comparison_stay_what_is_asked_about(dictionary: Dictionary) -> None:
    sides = ("2106.09685", "2305.14314")
    conversation = [
        Turn("Compare LoRA and QLoRA", "…", sides, intent=Intent.COMPARE),
        Turn("which is newer?", "…", sides, intent=Intent.METADATA),
    ]
    assert understand("how are they trained?", dictionary, conversation).papers == sides
    listed = [Turn("papers on robots", "…", sides, intent=Intent.LIST)]
    assert understand("how is it trained?", dictionary, listed).papers == sides[:1]


LISTED = ("2302.04761", "2212.04356", "2307.09288")


@pytest.mark.parametrize("kind", [Intent.LIST, Intent.OVERVIEW])
@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("which of these use speech?", Intent.LIST),
        ("do any of them work on speech?", Intent.LIST),
        ("which ones call tools?", Intent.LIST),
        ("그중에 음성을 다루는 건?", Intent.LIST),
        ("이 중 음성을 다루는 것은?", Intent.LIST),
        ("이 논문들 중 음성을 다루는 것은?", Intent.LIST),
        ("그것들 중 음성을 다루는 것은?", Intent.LIST),
        ("which of these do without speech?", Intent.CONDITION),
        ("그중 음성 없이 하는 건 뭐야?", Intent.CONDITION),
    ],
)
def test_what_is_asked_of_those_is_asked_of_each_of_them(
    library: Library, question: str, intent: Intent, kind: Intent
) -> None:
    query = understand(question, library.dictionary, [Turn("papers on agents", "…", LISTED, intent=kind)])
    assert (query.intent, query.papers, query.filters.those) == (intent, (), LISTED)
    assert {hit.paper.arxiv_id for hit in retrieve(query, library).hits} <= set(LISTED)


@pytest.mark.parametrize(
    "question", ["make a table of those with speech", "그중에 음성을 다루는 것만", "shorter"]
)
def test_another_form_of_the_answer_is_asked_of_it(dictionary: Dictionary, question: str) -> None:
    turn = Turn("papers on agents", "…", LISTED, intent=Intent.LIST)
    assert understand(question, dictionary, [turn]).filters.those == ()


def test_those_of_a_single_paper_are_none(dictionary: Dictionary) -> None:
    assert understand("which of these use speech?", dictionary, [BEFORE]).filters.those == ()


def test_a_list_of_those_may_be_narrowed(dictionary: Dictionary) -> None:
    first = Turn("papers on agents", "…", LISTED, intent=Intent.LIST)
    query = understand("which of these use speech?", dictionary, [first])
    second = Turn("which of these use speech?", "…", LISTED[:2], query.filters, Intent.LIST)
    narrowed = understand("and in 2023?", dictionary, [first, second])
    assert (narrowed.filters.those, narrowed.filters.since) == (LISTED, "2023-01-01")
    assert not understand("papers on speech", dictionary, [first, second]).filters.those


@pytest.mark.parametrize(
    ("question", "alone"),
    [
        ("What is LoRA?", True),
        ("LoRA가 뭐야?", True),
        ("What is the accuracy?", False),
        ("What are its limits?", False),
        ("What is a tool call?", False),  # Toolformer's digest speaks of tools
        ("What is zorkblasting?", False),  # nobody's digest does
    ],
)
def test_what_another_thing_is_is_not_asked_of_the_paper_before(
    dictionary: Dictionary, question: str, alone: bool
) -> None:
    shares = {"concept": 0.9, "lookup": 0.1}
    query = understand(question, dictionary, [BEFORE], recognise=lambda *_: shares)
    assert (TOOLFORMER not in query.papers) is alone


COUNTED = Turn(
    "how many papers on robots in 2024?", "…", (TOOLFORMER,), Filters(since="2024-01-01"), Intent.LIST
)


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("and speech?", "speech"),
        ("what about image segmentation?", "image segmentation"),
        ("음성은?", "음성"),
    ],
)
def test_a_word_takes_the_place_of_the_topic_before(
    dictionary: Dictionary, question: str, topic: str
) -> None:
    query = understand(question, dictionary, [COUNTED])
    assert (query.intent, query.topic, query.papers) == (Intent.LIST, topic, ())
    assert (query.aggregate, query.filters.since) == (Fact.COUNT, "2024-01-01")


@pytest.mark.parametrize(
    "question", ["and the results?", "and votes?", "저자는?", "두 번째 것의 결과는?", "what about it?"]
)
def test_what_is_asked_of_the_papers_before_is_no_topic(dictionary: Dictionary, question: str) -> None:
    assert understand(question, dictionary, [COUNTED]).papers == (TOOLFORMER,)


def summed(days: Filters, papers: tuple[str, ...] = ()) -> Turn:
    return Turn("summarize March 2024", "…", papers, days, Intent.SUMMARY)


MARCH = Filters(since="2024-03-01", until="2024-03-31")


@pytest.mark.parametrize("question", ["and in February?", "2월은?", "what about the papers of February?"])
def test_a_month_without_a_year_is_of_the_year_told_of(library: Library, question: str) -> None:
    query = understand(question, library.dictionary, [summed(MARCH, library.lexical.papers[:9])])
    assert (query.filters.since, query.filters.until) == ("2024-02-01", "2024-02-29")


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("which had the most votes?", Fact.TOP), ("the most voted one?", Fact.TOP),
        ("how many were there?", Fact.COUNT),
        ("how many?", Fact.COUNT), ("몇 개야?", Fact.COUNT), ("총 몇 편 있어?", Fact.COUNT),
        ("sort by votes", Fact.TOP),
    ],
)  # fmt: skip
def test_what_is_asked_of_the_papers_of_a_summary_is_asked_of_all(
    library: Library, question: str, fact: Fact
) -> None:
    query = understand(question, library.dictionary, [summed(MARCH, library.lexical.papers[:9])])
    assert (query.aggregate, query.papers, query.filters.since) == (fact, (), "2024-03-01")
    assert query.intent is Intent.METADATA


@pytest.mark.parametrize(
    "question", ["compare them", "둘 비교해줘", "이거 둘이 뭐가 달라?", "how do they differ?"]
)
def test_two_papers_told_one_after_the_other_are_compared(library: Library, question: str) -> None:
    one, other = library.lexical.papers[:2]
    told = [
        Turn("first", "…", (one,), intent=Intent.PAPER),
        Turn("second", "…", (other,), intent=Intent.LOOKUP),
    ]
    query = understand(question, library.dictionary, told)
    assert (query.intent, query.papers) == (Intent.COMPARE, (one, other))


def test_a_second_place_is_of_the_list_and_not_of_the_paper_opened_from_it(library: Library) -> None:
    papers = library.lexical.papers[:9]
    told = [
        Turn("papers on speech", "…", papers, intent=Intent.LIST),
        Turn("2번", "…", papers[1:2], intent=Intent.PAPER),
    ]
    assert understand("and the first?", library.dictionary, told).papers == papers[:1]
    assert understand("1번 자세히", library.dictionary, told).intent is Intent.PAPER


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("summarize it", Intent.PAPER), ("explain it like I'm five", Intent.PAPER), ("in simple words", Intent.PAPER),
        ("요약해줘", Intent.PAPER), ("쉽게 말하면?", Intent.PAPER), ("summarize its tools", Intent.LOOKUP),
    ],
)  # fmt: skip
def test_a_paper_is_told_in_short(dictionary: Dictionary, question: str, intent: Intent) -> None:
    query = understand(question, dictionary, [BEFORE], recognise=lambda *_: {"lookup": 1.0})
    assert (query.intent, query.papers) == (intent, (TOOLFORMER,))


def test_what_the_paper_before_does_is_asked_of_it_though_another_paper_is_named(library: Library) -> None:
    """A benchmark that its digest names may be a paper itself: that examples say otherwise is nothing."""
    turn = Turn("Tell me about QLoRA.", "…", (QLORA,))
    asked, shares = "how does it do against LoRA", {"overview": 0.5, "lookup": 0.3}
    query = understand(asked, library.dictionary, [turn], recognise=lambda *_: shares)
    assert (query.intent, query.papers) == (Intent.LOOKUP, (QLORA,))


def test_a_name_alone_of_which_the_paper_before_says_nothing_is_a_topic(library: Library) -> None:
    assert TOOLFORMER not in understand("DPR", library.dictionary, [BEFORE]).papers
    assert TOOLFORMER in understand("요약", library.dictionary, [BEFORE]).papers


@pytest.mark.parametrize("question", ["what got the most votes that day?", "그날 추천 1등은 뭐였어?"])
def test_that_day_after_the_day_of_a_paper_is_its_day(library: Library, question: str) -> None:
    _, told = answer("When was QLoRA posted?", library)
    found, turn = answer(question, library, conversation=[told])
    assert not found.refused
    assert turn.filters.days == library.snapshot.papers.get("2305.14314").dates
    assert len(found.citations) == 1
