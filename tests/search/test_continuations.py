"""Short turns go on with the answer before: another topic, a narrower one, a year, next papers, a place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag_app.pipeline import Library, answer, understood
from rag_app.records import Fact, Filters, Intent, Query, Turn
from rag_app.search import answer_places
from rag_app.search.continuations import in_days


def turn(question: str, library: Library, intent: Intent = Intent.LIST, papers: int = 30) -> Turn:
    """An answer that told so many papers."""
    told = tuple(library.lexical.papers[:papers])
    return Turn(question=question, answer="", papers=told, filters=Filters(), intent=intent)


def after(question: str, asked: str, library: Library, intent: Intent = Intent.LIST) -> Query:
    return understood(asked, library, conversation=[turn(question, library, intent)])


@pytest.mark.parametrize(
    "asked",
    [
        "only 2023", "just 2023", "2023", "what about 2023?", "just the ones from 2023", "only 2023 papers",
        "2023년만", "2023년은?", "2023년 것만 보여줘", "그럼 2023년은?",
    ],
)  # fmt: skip
def test_a_year_alone_narrows_what_was_listed(library: Library, asked: str) -> None:
    query = after("papers on speech", asked, library)
    assert (query.intent, query.filters.since, query.filters.until) == (
        Intent.LIST, "2023-01-01", "2023-12-31",
    )  # fmt: skip
    assert "speech" in query.topic


def test_a_year_after_a_thing_was_explained_asks_for_papers_on_it(library: Library) -> None:
    query = after("what is fine-tuning?", "any papers from 2023?", library, Intent.CONCEPT)
    assert (query.intent, query.topic) == (Intent.LIST, "fine-tuning")
    assert query.filters.since == "2023-01-01"


@pytest.mark.parametrize("asked", ["papers?", "any papers on it?", "관련 논문은?", "논문 보여줘"])
def test_papers_on_what_was_explained(library: Library, asked: str) -> None:
    query = after("what is fine-tuning?", asked, library, Intent.CONCEPT)
    assert (query.intent, query.topic) == (Intent.LIST, "fine-tuning")


@pytest.mark.parametrize(
    ("asked", "topic"),
    [
        ("no, I meant agents", "agents"), ("no I meant robot grasping", "robot grasping"), ("and robots?", "robots"),
        ("what about agents?", "agents"), ("아니 로봇 논문", "로봇"), ("아니 에이전트 말이야", "에이전트"),
        ("그럼 오디오는?", "오디오"), ("그럼 자율주행은", "자율주행"),
    ],
)  # fmt: skip
def test_another_topic_takes_the_place_of_the_one_before(library: Library, asked: str, topic: str) -> None:
    query = after("papers on speech", asked, library)
    assert (query.intent, query.topic, query.papers) == (Intent.LIST, topic, ())


@pytest.mark.parametrize(
    ("asked", "topic"),
    [
        ("what about in vision models?", "vision models"), ("any surveys?", "surveys"),
        ("비전 모델에서는?", "비전 모델"),
        ("벤치마크 있어?", "벤치마크"), ("narrow to robots", "robots"), ("just the vision ones", "vision"),
        ("only with agents", "agents"), ("something multilingual", "multilingual"), ("비디오 쪽은?", "비디오"),
        ("손 관련된 거", "손"), ("I only care about dynamic scenes", "dynamic scenes"),
    ],
)  # fmt: skip
def test_a_list_is_narrowed_to_those_on_another_topic_too(library: Library, asked: str, topic: str) -> None:
    query = after("papers on speech", asked, library)
    assert (query.intent, query.topic, query.filters.those) == (
        Intent.LIST, topic, tuple(library.lexical.papers[:30]),
    )  # fmt: skip


def test_what_narrows_in_the_same_words_takes_the_place_of_what_narrowed_before(library: Library) -> None:
    conversation = [turn("papers on speech", library), turn("for robots", library, papers=5)]
    query = understood("for agents", library, conversation=conversation)
    assert (query.topic, query.filters.those) == ("agents", conversation[0].papers)
    query = understood("in videos", library, conversation=conversation)
    assert query.filters.those == conversation[1].papers


@pytest.mark.parametrize("asked", ["not video", "비디오 말고"])
def test_what_a_list_is_to_leave_out_is_read_with_its_topic(library: Library, asked: str) -> None:
    query = after("papers on speech", asked, library)
    assert query.intent is Intent.LIST
    assert query.topic.endswith(f"speech {asked}")


@pytest.mark.parametrize("asked", ["just the benchmarks", "only 2023", "just one sentence", "something else"])
def test_what_names_no_topic_does_not_narrow_to_one(library: Library, asked: str) -> None:
    assert after("papers on speech", asked, library).filters.those == ()


@pytest.mark.parametrize(
    "asked",
    [
        "all of them again", "ok go back to the list", "forget it, show all of them again", "too narrow, widen it",
        "아니다 전부 다 보여줘", "원래대로",
    ],
)  # fmt: skip
def test_the_whole_list_again_has_nothing_that_narrowed_it(library: Library, asked: str) -> None:
    conversation = [
        turn("papers on speech", library), turn("only 2023", library), turn("in vision models?", library, papers=5),
        turn("what is the second one?", library, Intent.PAPER, papers=1),
    ]  # fmt: skip
    query = understood(asked, library, conversation=conversation)
    assert (query.intent, query.filters) == (Intent.LIST, Filters())
    assert "speech" in query.topic


@pytest.mark.parametrize(
    ("asked", "fact"),
    [
        ("date?", Fact.DATE), ("and the year?", Fact.DATE), ("who proposed it?", Fact.AUTHORS),
        ("who found that", Fact.AUTHORS),
    ],
)  # fmt: skip
def test_a_word_asks_for_the_record_of_the_paper_before(library: Library, asked: str, fact: Fact) -> None:
    query = after("what is LoRA?", asked, library, Intent.PAPER)
    assert (query.aggregate, query.papers) == (fact, (library.lexical.papers[0],))


@pytest.mark.parametrize(
    ("asked", "fact"),
    [
        ("and the most upvoted of the list?", Fact.TOP), ("oldest of them?", Fact.OLDEST),
        ("the newest one", Fact.NEWEST),
        ("most popular", Fact.TOP),
    ],
)  # fmt: skip
def test_a_list_is_put_in_another_order(library: Library, asked: str, fact: Fact) -> None:
    query = after("papers on speech", asked, library)
    assert (query.intent, query.ranking) == (Intent.LIST, fact)
    assert "speech" in query.topic


def test_a_bound_that_excludes_the_one_before_takes_its_place(library: Library) -> None:
    before = turn("papers on speech before 2023", library)
    before = replace(before, filters=Filters(until="2022-12-31"))
    query = understood("after 2023", library, conversation=[before])
    assert (query.filters.since, query.filters.until) == ("2024-01-01", "")


@pytest.mark.parametrize("asked", ["more", "another one", "다른 거로 바꿔줘", "더 있어?"])
def test_more_after_a_recommendation_are_others(library: Library, asked: str) -> None:
    before = turn("Recommend papers on language models", library, Intent.RECOMMEND, papers=5)
    query = understood(asked, library, conversation=[before])
    assert (query.intent, query.excluded) == (Intent.RECOMMEND, before.papers)


@pytest.mark.parametrize(
    "asked",
    ["more", "show more", "next page", "the rest", "ok, more", "더 보여줘", "더", "다른 거는?", "다음 논문"],
)
def test_the_papers_that_follow(library: Library, asked: str) -> None:
    query = after("papers on speech", asked, library)
    told = tuple(library.lexical.papers[:20])  # the page of a list
    assert (query.intent, query.excluded) == (Intent.LIST, told)
    assert "speech" in query.topic
    again = understood(
        asked, library,
        conversation=[turn("papers on speech", library), turn(asked, library, papers=2)],
    )  # fmt: skip
    assert again.excluded == told


def test_small_talk_between_changes_nothing(library: Library) -> None:
    thanks = Turn(question="thanks", answer="", intent=Intent.CHAT)
    query = understood("only 2023", library, conversation=[turn("papers on speech", library), thanks])
    assert query.filters.since == "2023-01-01"
    assert "speech" in query.topic


@pytest.mark.parametrize(
    ("asked", "places"),
    [
        ("compare 3 and 5", (2, 4)), ("3번이랑 5번 비교", (2, 4)), ("compare the first and the third", (0, 2)),
        ("첫 번째랑 두 번째 비교해줘", (0, 1)), ("처음 두 개 비교해줘", (0, 1)),
    ],
)  # fmt: skip
def test_papers_are_compared_by_their_places(library: Library, asked: str, places: tuple[int, ...]) -> None:
    query = after("papers on speech", asked, library)
    assert query.intent is Intent.COMPARE
    assert query.papers == tuple(library.lexical.papers[at] for at in places)


@pytest.mark.parametrize(
    ("asked", "place"), [("the last one", 19), ("number 2", 1), ("마지막 거", 19), ("3번", 2), ("#4", 3)]
)
def test_a_place_alone_is_that_paper(library: Library, asked: str, place: int) -> None:
    query = after("papers on speech", asked, library)
    assert (query.intent, query.papers) == (Intent.PAPER, (library.lexical.papers[place],))


@pytest.mark.parametrize(
    "text", ["GPT-4 with 3 layers", "한 번만 학습", "5번 반복", "top 5 papers", "Llama 3 and 4"]
)
def test_other_numbers_are_no_places(text: str) -> None:
    assert answer_places.places(text) == () or "and 4" in text


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("is it still popular?", "is fine-tuning still popular?"), ("limitations?", "fine-tuning — limitations?"),
        ("그거 요즘도 많이 써?", "fine-tuning 요즘도 많이 써?"),
        ("how is it different from LoRA", "how is fine-tuning different from LoRA"),
    ],
)  # fmt: skip
def test_a_thing_that_was_explained_is_what_is_asked_of(library: Library, asked: str, read: str) -> None:
    query = after("what is fine-tuning?", asked, library, Intent.CONCEPT)
    assert (query.standalone, query.question) == (read, asked)


@pytest.mark.parametrize(
    "asked", ["shorter", "in Korean", "what data does the first one use?", "who wrote that paper?"]
)
def test_what_is_asked_of_the_answer_or_of_its_papers_stays(library: Library, asked: str) -> None:
    query = after("what is fine-tuning?", asked, library, Intent.CONCEPT)
    assert "fine-tuning" not in query.standalone.split(": ")[-1]


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ("2번 논문의 한계는?", 1), ("3번 논문 데이터셋은?", 2), ("the second one's dataset?", 1),
        ("첫 번째 논문의 한계는?", 0), ("그럼 2번은?", 1), ("what about the second?", 1),
    ],
)  # fmt: skip
def test_what_is_asked_of_a_place_is_asked_of_that_paper(library: Library, asked: str, place: int) -> None:
    query = after("papers on speech", asked, library)
    assert query.papers == (library.lexical.papers[place],)
    assert query.intent is not Intent.LIST


def test_a_place_is_one_of_the_last_list_after_a_paper_of_it_was_opened(library: Library) -> None:
    opened = Turn("1번", "", papers=library.lexical.papers[:1], intent=Intent.PAPER)
    query = understood("그럼 2번은?", library, conversation=[turn("papers on speech", library), opened])
    assert query.papers == (library.lexical.papers[1],)


def test_a_place_that_no_answer_told_is_no_paper(library: Library) -> None:
    assert after("papers on speech", "number 40", library).papers == ()


@pytest.mark.parametrize("asked", ["benchmarks", "contributions", "architecture"])
def test_a_word_after_one_paper_asks_of_it(library: Library, asked: str) -> None:
    query = after("What does Whisper do?", asked, library, Intent.PAPER)
    assert (query.intent, query.papers) == (Intent.LOOKUP, (library.lexical.papers[0],))


def test_a_topic_after_the_summary_of_a_day_is_listed_among_its_papers(library: Library) -> None:
    day = library.snapshot.papers.last_day
    summed = Turn(
        "summarize it",
        "",
        papers=library.lexical.papers[:9],
        filters=Filters(days=(day,)),
        intent=Intent.SUMMARY,
    )
    query = understood("what about robots?", library, conversation=[summed])
    assert (query.intent, query.topic, query.filters.days) == (Intent.LIST, "robots", (day,))


def test_another_thing_after_an_explanation_is_explained(library: Library) -> None:
    query = after("what is fine-tuning?", "and distillation?", library, Intent.CONCEPT)
    assert query.standalone == "what is distillation?"
    assert after("what is fine-tuning?", "how does it work?", library, Intent.CONCEPT).standalone == (
        "how does fine-tuning work?"
    )


@pytest.mark.parametrize(
    "asked",
    ["what are their limitations?", "what datasets do they use?", "summarize them", "그 논문들의 한계는?"],
)
def test_what_is_asked_of_all_that_were_told_is_an_overview_of_them(library: Library, asked: str) -> None:
    query = after("papers on speech", asked, library)
    assert (query.intent, query.papers) == (Intent.OVERVIEW, ())
    assert query.filters.those == tuple(library.lexical.papers[:20])
    assert "speech" in query.topic


@pytest.mark.parametrize("asked", ["which of them use radar?", "compare them", "그중에 로봇은?"])
def test_which_of_them_is_no_overview(library: Library, asked: str) -> None:
    assert after("papers on speech", asked, library).intent is not Intent.OVERVIEW


@pytest.mark.parametrize(
    ("asked", "since", "until"),
    [
        ("and the next day?", "2024-03-05", "2024-03-05"), ("what about the day before?", "2024-03-03", "2024-03-03"),
        ("the following week?", "2024-03-11", "2024-03-17"), ("and the month after that?", "2024-04-01", "2024-04-30"),
        ("the previous month", "2024-02-01", "2024-02-29"), ("the year before?", "2023-01-01", "2023-12-31"),
        ("그 다음 날은?", "2024-03-05", "2024-03-05"), ("전날은?", "2024-03-03", "2024-03-03"),
        ("다음 달 논문은?", "2024-04-01", "2024-04-30"), ("次の日は？", "2024-03-05", "2024-03-05"),
        ("那第二天呢？", "2024-03-05", "2024-03-05"), ("次の月は？", "2024-04-01", "2024-04-30"),
    ],
)  # fmt: skip
def test_the_period_beside_the_one_told_of(asked: str, since: str, until: str) -> None:
    told = Turn("", "", filters=Filters(days=("2024-03-04",)), intent=Intent.SUMMARY)
    assert in_days(asked, told) == (since if since == until else f"{since} – {until}")


@pytest.mark.parametrize(
    "asked", ["what happens on the next day of training?", "the next token", "다음 논문"]
)
def test_no_period_beside_it_is_asked_for(asked: str) -> None:
    told = Turn("", "", filters=Filters(days=("2024-03-04",)), intent=Intent.SUMMARY)
    assert in_days(asked, told) == asked
    assert in_days("and the next day?", Turn("", "", intent=Intent.LIST)) == "and the next day?"


@pytest.mark.parametrize(
    ("asked", "since", "until"),
    [("next week?", "2024-03-11", "2024-03-17"), ("the next month", "2024-04-01", "2024-04-30")],
)
def test_a_longer_period_takes_the_place_of_a_day(
    library: Library, asked: str, since: str, until: str
) -> None:
    told = Turn("papers of 2024-03-05", "", filters=Filters(days=("2024-03-05",)), intent=Intent.METADATA)
    filters = understood(asked, library, conversation=[told]).filters
    assert (filters.days, filters.since, filters.until) == ((), since, until)


def test_a_day_takes_the_place_of_a_month(library: Library) -> None:
    month = Filters(since="2024-03-01", until="2024-03-31")
    told = Turn("papers of March 2024", "", filters=month, intent=Intent.METADATA)
    filters = understood("the next day", library, conversation=[told]).filters
    assert (filters.days, filters.since, filters.until) == (("2024-04-01",), "", "")


def test_the_next_month_of_a_list_is_a_list(library: Library) -> None:
    listed = Turn("papers on speech in March 2024", "", filters=Filters(since="2024-03-01", until="2024-03-31"),
                  papers=library.lexical.papers[:9], intent=Intent.LIST)  # fmt: skip
    query = understood("and the next month?", library, conversation=[listed])
    assert (query.intent, query.filters.since, query.filters.until) == (
        Intent.LIST,
        "2024-04-01",
        "2024-04-30",
    )
    assert "speech" in query.topic


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("which is cheaper?", "which is cheaper"), ("so which one needs less memory", "which one needs less memory"),
        ("그래서 뭐가 더 나아?", "뭐가 더 나아"), ("둘 중에 어느 게 더 빨라?", "둘 중에 어느 게 더 빨라"),
        ("どちらが速い？", "どちらが速い"), ("哪个更快？", "哪个更快"),
    ],
)  # fmt: skip
def test_what_is_asked_of_two_things_side_by_side_is_asked_of_both(
    library: Library, asked: str, read: str
) -> None:
    query = after("fine-tuning vs distillation", asked, library, Intent.CONCEPT)
    assert query.standalone == f"fine-tuning vs distillation, {read}"
    assert query.intent is Intent.CONCEPT
    papers = after("fine-tuning vs distillation", "which papers?", library, Intent.CONCEPT)
    assert papers.intent is Intent.LIST


@pytest.mark.parametrize(
    ("asked", "fact"),
    [
        ("when?", Fact.DATE), ("in which year?", Fact.DATE), ("who?", Fact.AUTHORS), ("by whom?", Fact.AUTHORS),
        ("언제야?", Fact.DATE), ("몇 년도야?", Fact.DATE), ("몇 월이야?", Fact.DATE),
    ],
)  # fmt: skip
def test_a_fact_alone_is_asked_of_the_paper_before(library: Library, asked: str, fact: Fact) -> None:
    query = after("What does Whisper do?", asked, library, Intent.PAPER)
    assert (query.intent, query.aggregate, query.papers) == (
        Intent.METADATA,
        fact,
        (library.lexical.papers[0],),
    )


@pytest.mark.parametrize("asked", ["more", "더 보여줘"])
def test_after_all_papers_were_told_that_is_said(library: Library, asked: str) -> None:
    first, told = answer("papers on speech", library)
    conversation = [told]
    for _ in range(2):
        again, told = answer(asked, library, conversation=conversation)
        conversation.append(told)
        assert (again.refused, again.citations) == (False, ())
        assert str(len(first.citations)) in again.text


@pytest.mark.parametrize(
    "asked", ["more", "and robots?", "all of them again", "any surveys?", "narrow to agents"]
)
def test_conditions_set_beside_the_question_stay(library: Library, asked: str) -> None:
    given = Filters(min_votes=5)
    before = replace(turn("papers on speech", library), filters=given)
    query = understood(asked, library, conversation=[before], filters=given)
    assert (query.intent, query.filters.min_votes) == (Intent.LIST, 5)


# --- from one paper to another ----------------------------------------------------------------------

LORA, QLORA, ANIMATEDIFF = "2106.09685", "2305.14314", "2307.04725"


def told(question: str, *papers: str, intent: Intent = Intent.PAPER) -> Turn:
    return Turn(question=question, answer="", papers=papers, intent=intent)


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("what is LoRA?", "what about QLoRA?"), ("what is LoRA?", "and qlora?"), ("LoRA 알려줘", "QLoRA는?"),
        ("who wrote LoRA?", "and QLoRA?"), ("how many votes does LoRA have?", "how about QLoRA?"),
        ("LoRA 투표 수는?", "그럼 QLoRA는?"), ("how many votes?", "and QLoRA?"),
    ],
)  # fmt: skip
def test_the_same_is_asked_of_another_paper(library: Library, question: str, asked: str) -> None:
    before = understood(question, library, conversation=[told("what is LoRA?", LORA)])
    query = understood(asked, library, conversation=[told(question, LORA, intent=before.intent)])
    assert (query.papers, query.intent, query.aggregate) == ((QLORA,), before.intent, before.aggregate)
    assert query.question == asked


@pytest.mark.parametrize("asked", ["and its limitations?", "what about robots?", "한계는?"])
def test_what_is_no_paper_is_asked_of_the_one_before(library: Library, asked: str) -> None:
    query = understood(asked, library, conversation=[told("what is LoRA?", LORA)])
    assert query.papers == (LORA,)


@pytest.mark.parametrize(
    "asked", ["compare it with QLoRA", "how does it compare to QLoRA?", "QLoRA랑 비교해줘"]
)
def test_the_paper_before_is_set_beside_another(library: Library, asked: str) -> None:
    query = understood(asked, library, conversation=[told("what is LoRA?", LORA)])
    assert (query.intent, query.papers) == (Intent.COMPARE, (LORA, QLORA))


@pytest.mark.parametrize(
    "asked",
    [
        "and AnimateDiff?",
        "what about AnimateDiff?",
        "AnimateDiff는?",
        "add AnimateDiff",
        "AnimateDiff도 추가해줘",
    ],
)
def test_a_third_paper_is_set_beside_two(library: Library, asked: str) -> None:
    before = told("compare LoRA and QLoRA", LORA, QLORA, intent=Intent.COMPARE)
    query = understood(asked, library, conversation=[before])
    assert (query.intent, query.papers) == (Intent.COMPARE, (LORA, QLORA, ANIMATEDIFF))


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ("another paper like the first", 0), ("something similar to the second one", 1), ("more like number 3", 2),
        ("2번이랑 비슷한 논문", 1),
    ],
)  # fmt: skip
def test_papers_like_one_of_a_list(library: Library, asked: str, place: int) -> None:
    query = after("papers on speech", asked, library)
    assert (query.intent, query.papers) == (Intent.SIMILAR, (library.lexical.papers[place],))


def test_another_paper_like_the_one_before(library: Library) -> None:
    query = understood("another paper like it", library, conversation=[told("what is LoRA?", LORA)])
    assert (query.papers, query.excluded) == ((LORA,), ())


@pytest.mark.parametrize(
    "asked", ["back to the first paper", "let's go back to the first paper", "첫 번째 논문으로 돌아가서"]
)
def test_back_to_a_paper_told_before(library: Library, asked: str) -> None:
    conversation = [told("what is LoRA?", LORA), told("what is QLoRA?", QLORA)]
    query = understood(asked, library, conversation=conversation)
    assert (query.intent, query.papers) == (Intent.PAPER, (LORA,))


@pytest.mark.parametrize(
    "asked",
    ["which are about images?", "which use robots?", "어떤 게 이미지에 관한 거야?", "이미지를 쓰는 건?"],
)
def test_which_of_a_list_needs_no_of_them(library: Library, asked: str) -> None:
    query = after("papers on speech", asked, library)
    assert (query.intent, query.filters.those) == (Intent.LIST, library.lexical.papers[:30])


@pytest.mark.parametrize("asked", ["which of them uses images?", "어느 게 더 커?"])
def test_which_of_two_that_were_compared_is_asked_of_both(library: Library, asked: str) -> None:
    before = told("compare LoRA and QLoRA", LORA, QLORA, intent=Intent.COMPARE)
    query = understood(asked, library, conversation=[before])
    assert (query.intent, query.papers) == (Intent.COMPARE, (LORA, QLORA))


# --- what is no such turn ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [
        "just tell me the main finding", "only about performance", "list all papers",
        "show me all papers", "Would DPO work instead?", "which are the main challenges in robotics?",
        "which can I use for speech recognition?", "트랜스포머라는 건?",
    ],
)  # fmt: skip
def test_other_sentences_are_neither_narrower_nor_the_whole_list(library: Library, asked: str) -> None:
    query = after("papers on speech", asked, library)
    assert query.filters.those == ()
    assert "speech" not in query.topic or query.intent is not Intent.LIST


@pytest.mark.parametrize("asked", ["which use transformer backbones?", "which use test-time scaling?"])
def test_nouns_that_end_like_comparatives_narrow(library: Library, asked: str) -> None:
    assert after("papers on speech", asked, library).filters.those == library.lexical.papers[:30]


def test_the_whole_list_is_not_one_that_was_only_put_in_order(library: Library) -> None:
    conversation = [turn("papers on speech", library), turn("newest first", library)]
    assert "speech" in understood("all of them again", library, conversation=conversation).topic


def test_what_was_asked_is_asked_of_a_third_paper_too(library: Library) -> None:
    conversation = [
        told("who wrote LoRA?", LORA, intent=Intent.METADATA),
        told("and QLoRA?", QLORA, intent=Intent.METADATA),
    ]
    query = understood("and AnimateDiff?", library, conversation=conversation)
    assert (query.papers, query.aggregate) == ((ANIMATEDIFF,), Fact.AUTHORS)


def test_a_third_narrowing_in_the_same_words_narrows_the_first_list(library: Library) -> None:
    conversation = [
        turn("papers on speech", library), turn("for robots", library, papers=5), turn("for agents", library, papers=4),
    ]  # fmt: skip
    query = understood("for driving", library, conversation=conversation)
    assert query.filters.those == conversation[0].papers
