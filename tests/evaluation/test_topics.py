"""Topics are terms whose spellings everyone can check, and lists are scored by their papers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from rag_app.evaluation import lists, report, topics
from rag_app.evaluation.answers import Given
from rag_app.evaluation.topics import MinedTopic
from rag_app.records import Paper, Section


def paper(number: int, text: str, title: str = "A study") -> Paper:
    return Paper(f"2401.{number:05}", title, (), (Section("Summary", text),))


def collection() -> list[Paper]:
    """Papers on knowledge distillation in several spellings, and others that only sound like it."""
    told = [
        "모델을 줄이는 지식 증류(knowledge distillation, KD)를 씁니다.",
        "이 논문은 지식 증류(Knowledge Distillation, KD)로 학습합니다.",
        "새로운 지식 증류(knowledge distillation) 방법입니다.",
        "지식 증류(KD)는 큰 모델을 따릅니다.",
        "여기서는 지식증류를 하지 않고 다른 일을 합니다.",
        "It distills with knowledge-distillation and KD.",
        "지식 증류하는 방법을 비교합니다.",
    ]
    others = [
        "지식 증류기를 만듭니다.",
        "KDE와 knowledge distillationist.",
        "모델(model)을 씁니다.",
        "세상의 지식",
    ]
    papers = [paper(number, text) for number, text in enumerate([*told, *others])]
    return [Paper("2401.99999", "Knowledge Distillation Revisited", (), papers[0].sections), *papers]


def only(found: Iterable[MinedTopic]) -> MinedTopic:
    (topic,) = found
    return topic


def test_a_topic_holds_the_papers_that_say_one_of_its_spellings_as_a_whole_word() -> None:
    topic = only(topics.mine(collection()))
    assert (topic.name, topic.korean) == ("knowledge distillation", "지식 증류")
    assert {"kd", "지식 증류"} <= set(topic.spellings)
    assert topic.papers == {"2401.99999", *(f"2401.{number:05}" for number in range(7))}


def test_a_spelling_in_both_scripts_is_found_in_whatever_case() -> None:
    told = [f"{kind} KV 캐시(KV cache)를 씁니다." for kind in ("빠른", "작은", "긴", "새")]
    papers = [paper(n, text, "A KV Cache") for n, text in enumerate(told)]
    topic = only(topics.mine([*papers, paper(4, "kv 캐시를 줄입니다.")]))
    assert topic.korean == "KV 캐시"
    assert len(topic.papers) == 5


def test_a_word_that_goes_with_many_terms_is_no_spelling() -> None:
    pairs = [f"{kind} 모델({english} model)을 씁니다." for kind, english in
             [("확산", "diffusion"), ("언어", "language"), ("보상", "reward")] for _ in range(4)]  # fmt: skip
    papers = [paper(n, text, "A Diffusion Model") for n, text in enumerate(pairs)]
    named = {topic.name: topic for topic in topics.mine(papers)}
    assert named["diffusion model"].korean == "확산 모델"
    assert all("모델" not in topic.spellings for topic in named.values())


def test_a_term_that_no_title_names_is_no_topic() -> None:
    assert topics.mine(collection()[1:]) == []


def test_an_abbreviation_that_is_an_english_word_is_no_spelling() -> None:
    text = "지시 튜닝(instruction tuning, IT)을 하고 it is on."
    papers = [paper(n, text, "Instruction Tuning") for n in range(4)]
    assert "it" not in only(topics.mine(papers)).spellings


def test_topics_are_taken_evenly_over_their_sizes_and_the_same_every_time() -> None:
    made = [
        MinedTopic(f"t{size}-{n}", "", (), frozenset(f"{size}-{n}-{i}" for i in range(size)))
        for size in (5, 20)
        for n in range(6)
    ]
    taken = topics._spread(made, 4)
    assert [len(topic.papers) for topic in taken] == [5, 5, 20, 20]
    assert len({(topic.size, topic.part) for topic in taken}) == 4
    assert topics._spread(reversed(made), 4) == taken


def test_of_topics_with_the_same_papers_one_is_kept() -> None:
    one, other = (MinedTopic(name, "", (), frozenset("abcd")) for name in "xy")
    assert topics._distinct([one, other, MinedTopic("z", "", (), frozenset("efg"))]) == [
        one,
        MinedTopic("z", "", (), frozenset("efg")),
    ]


@pytest.mark.parametrize(("size", "name"), [(3, "3-9 papers"), (9, "3-9 papers"), (400, "100-400 papers")])
def test_a_topic_knows_its_range(size: int, name: str) -> None:
    assert MinedTopic("x", "", (), frozenset(map(str, range(size)))).size == name


def test_a_topic_is_asked_for_in_one_wording_of_each_language_and_topics_in_different_ones() -> None:
    made = [MinedTopic(f"term {n}", f"용어 {n}", (), frozenset("abc")) for n in range(40)]
    for at, wordings in ((0, topics.ENGLISH), (1, topics.KOREAN)):
        asked = [topic.questions()[at] for topic in made]
        assert len({question.turns[0].replace(topic.name, "").replace(topic.korean, "")
                    for question, topic in zip(asked, made, strict=True)}) == len(wordings)  # fmt: skip
        assert all(
            (topic.korean if at else topic.name) in q.turns[0] for topic, q in zip(made, asked, strict=True)
        )


# --- the scores of lists --------------------------------------------------------------------------

TOPIC = MinedTopic(
    "knowledge distillation", "지식 증류", ("knowledge distillation",), frozenset("abcdefghij")
)


def scored(**given: object) -> lists.ListScore:
    english, korean = (question.id for question in TOPIC.questions())
    answers = {english: Given(english, **given), korean: Given(korean)}  # type: ignore[arg-type]
    first, second = lists.score([TOPIC], answers)
    assert first.part is second.part is TOPIC.part
    return first


def test_a_list_is_scored_by_the_papers_it_shows_and_the_count_it_states() -> None:
    score = scored(citations=(*"abcdef", "x", "y"), matched=8)
    assert (score.precision, score.recall, score.near) == (0.75, 0.6, True)
    assert score.f1 == pytest.approx(2 / 3)
    assert (score.listed, score.lang) == (8, "en")


@pytest.mark.parametrize(("stated", "near"), [(7, False), (8, True), (12, True), (13, False)])
def test_a_count_is_near_within_a_fifth(stated: int, near: bool) -> None:
    assert scored(citations=("a",), matched=stated).near is near


def test_a_refusal_states_nothing() -> None:
    score = scored(citations=("a",), matched=10, refused=True)
    assert (score.precision, score.recall, score.stated, score.near) == (0, 0, 0, False)


def test_both_languages_of_a_topic_count_as_one_trial() -> None:
    both = [scored(citations=("a",)), replace(scored(citations=("x",)), lang="ko")]
    rows = {row.name: row for row in report.rows(lists.measures(both))}
    assert (rows["precision"].questions, rows["precision"].all, rows["precision: ko"].all) == (1, 0.5, 0)


def test_lists_are_reported_by_range_and_language_and_printed_for_checking() -> None:
    names = {row.name: row.all for row in report.rows(lists.measures([scored(citations=("a",), matched=10)]))}
    assert (names["precision"], names["recall: en"], names["count within a fifth: 10-29 papers"]) == (
        1,
        0.1,
        1,
    )
    heading, line = lists.table([TOPIC], [scored(citations=("a",), matched=10)])
    assert dict(zip(heading, line, strict=True))["spellings"] == "knowledge distillation"


def test_both_languages_ask_for_the_same_papers() -> None:
    english, korean = TOPIC.questions()
    assert english.key == korean.key
    assert ("knowledge distillation" in english.turns[0], "지식 증류" in korean.turns[0]) == (True, True)
