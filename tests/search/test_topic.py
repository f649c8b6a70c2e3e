"""What taking a topic apart promises: phrases are those that the collection says together."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rag_app.search.topic import joined_topics, leaves_out, parts


class Said:
    """A collection that says a few terms, and their words alone everywhere."""

    def __init__(self, *terms: str, narrow: Sequence[str] = ()) -> None:
        self.terms, self.narrow = terms, narrow

    def papers_saying(self, phrase: str) -> int:
        return 3 if phrase in self.terms else 0 if " " in phrase else 200

    def is_said(self, phrase: str) -> bool:
        return self.papers_saying(phrase) > 0

    def is_translated(self, phrase: str) -> bool:
        return self.is_term(phrase)

    def is_term(self, phrase: str) -> bool:
        return phrase in self.terms

    def is_too_narrow(self, phrase: str, words: Sequence[str]) -> bool:
        return phrase in self.narrow


@pytest.mark.parametrize(
    ("topic", "term"),
    [
        ("혼합 선호 최적화", "혼합 선호 최적화"),  # a noun made of another
        ("확산 변환기를 쓰는", "확산 변환기"),
        ("확산 변환기들", "확산 변환기"),  # a plural is the same noun
        ("객체 환각에 관한", "객체 환각"),
        ("object hallucination", "object hallucination"),
    ],
)
def test_a_term_of_several_words_is_one_phrase(topic: str, term: str) -> None:
    assert [part.alternatives for part in parts(topic, Said(term))] == [((term,),)]


@pytest.mark.parametrize(
    ("topic", "alternatives"),
    [
        ("collect the works on object hallucination", (("object hallucination",),)),
        ("object hallucination (the OH thing)", (("object hallucination",), ("OH",))),
        ("object hallucination (images, text, whatever)", (("object hallucination",),)),
        ("객체 환각(이미지, 텍스트 등)", (("객체 환각",),)),
    ],
)
def test_brackets_at_the_end_say_it_again_or_give_examples(
    topic: str, alternatives: tuple[tuple[str, ...], ...]
) -> None:
    (part,) = parts(topic, Said("object hallucination", "객체 환각"))
    assert part.alternatives == alternatives


@pytest.mark.parametrize(
    ("topic", "left_out"),
    [
        ("객체 환각 (비디오 말고)", True),
        ("object hallucination, not in video", True),
        ("物体幻覚、動画以外", True),
        ("object hallucination", False),
        ("객체 환각", False),
    ],
)
def test_a_topic_says_whether_a_part_of_it_is_left_out(topic: str, left_out: bool) -> None:
    assert leaves_out(topic) is left_out


def test_brackets_may_say_what_is_left_out() -> None:
    wanted, left_out = parts("객체 환각 (바다나 비디오 말고)", Said("객체 환각"))
    assert (wanted.alternatives, wanted.left_out) == ((("객체 환각",),), False)
    assert (left_out.alternatives, left_out.left_out) == ((("바다",), ("비디오",)), True)


@pytest.mark.parametrize(
    "topic",
    [
        "object hallucination (in video)",
        "(video) object hallucination",
        "video (object hallucination) models",
    ],
)
def test_other_brackets_narrow_a_topic(topic: str) -> None:
    found = parts(topic, Said("object hallucination"))
    assert {part.alternatives for part in found} >= {(("object hallucination",),), (("video",),)}


def test_a_term_that_far_fewer_say_than_its_words_is_several_that_stand_together() -> None:
    said = Said("jailbreaking attacks", narrow=["jailbreaking attacks"])
    assert [part.alternatives for part in parts("jailbreaking attacks", said)] == [
        (("jailbreaking", "attacks"),)
    ]


@pytest.mark.parametrize(
    ("topic", "left_out"),
    [
        ("music, but I don't want anything about speech", "speech"),
        ("music; skip the ones on speech", "speech"),
        ("music. Speech doesn't count", "Speech"),
    ],
)
def test_what_is_left_out_may_be_said_in_a_clause(topic: str, left_out: str) -> None:
    assert leaves_out(topic)
    found = parts(topic, Said())
    assert [part.alternatives for part in found if part.left_out] == [((left_out,),)]
    assert [part.alternatives for part in found if not part.left_out] == [(("music",),)]


@pytest.mark.parametrize(
    "topic", ["skip connections", "that drop tokens in transformers", "layers that ignore noise"]
)
def test_what_papers_do_is_left_in(topic: str) -> None:
    assert not leaves_out(topic)


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("object hallucination and wave forecasting", ("object hallucination", "wave forecasting")),
        ("객체 환각 논문이랑 파도 예보 논문", ("객체 환각 논문", "파도 예보 논문")),
        ("object hallucination", ()),
        ("and object hallucination", ()),
        ("object hallucination or wave forecasting", ()),
        ("text and image generation", ()),
        ("object hallucination and wave forecasting but not video models", ()),
    ],
)
def test_topics_that_are_joined_are_told_apart(text: str, topics: tuple[str, ...]) -> None:
    assert joined_topics(text, Said("object hallucination", "객체 환각")) == topics


def test_what_is_left_out_does_not_reach_back_before_a_conjunction() -> None:
    wanted, left_out = parts("객체 환각을 내놓은 단, 파도 예보는 제외", Said("객체 환각", "파도 예보"))
    assert (wanted.alternatives, wanted.left_out) == ((("객체 환각",),), False)
    assert (left_out.alternatives, left_out.left_out) == ((("파도 예보",),), True)
