"""What spellings promise: translations and abbreviations are found in the texts, and only those."""

from __future__ import annotations

import pytest

from rag_app.collection.library import Library
from rag_app.collection.mentions import pattern
from rag_app.collection.pairs import key
from rag_app.collection.spellings import Spellings

TEXTS = (
    *["조약돌 정렬(pebble alignment, pa)을 씁니다."] * 6,
    *["the pebble alignment (pa) of beaches"] * 3,
    *["큰 조약돌 정렬은 느립니다."] * 2,
    *["정렬(alignment)은 다른 것입니다."] * 8,
    *["부표 정렬(buoy alignment, ba)"] * 4,
    *["학습 없는 파도 예보(wave forecasting)"] * 3,
    "빠르게 만드는 방법인 갈매기(gullnet)는 새것입니다.",
    *["이 방법은 다릅니다."] * 5,
    *["mambo를 씁니다."] * 6,
    *["취향 조율(preference tuning, ptu)을 합니다."] * 3,
    *["여러 조율을 합니다."] * 12,
    "sled2hill and the reefs",
    *["a sled-to-hill ride"] * 2,
    *["모래톱 지도(shoal map, shm)"] * 4,
    *["넓은 모래톱 지도(wide shoal map)"] * 5,
    *["닻 예보 조약(anchor forecast pact, afp)를 씁니다."] * 3,
    *["닻 예보 조약 모델(anchor forecast pact models, afp)"] * 2,
    *["돌섬 산책(islet walk)"] * 2,
    "돌섬 산책 나룻배(islet ferry)",
    *["빠른 나룻배(islet ferry)"] * 9,
    "안개 등대(lamp mist, +27.5%)",
    *["묻고 답하기(rock lore, rl)를 합니다."] * 2,
    *["바위 전설(rl)을 합니다."] * 30,
    *["조개적 해석(shell reading)을 합니다."] * 2,
    "조개 해석을 봅니다.",
    "pa 파도",
    "a pa wave",
    *["연구는 연구입니다."] * 200,
)


class Translations:
    """Stands for a lexical index: translations of single words, and how many papers use a word."""

    def __init__(self) -> None:
        self.glossary = {"wave": {"파도": 0.9}, "rarely": {"파도": 0.9}, "sort": {"정렬": 0.1}}
        self.glossary["mambo"] = {"방법": 0.4}
        self.glossary["reef"] = {"연구": 1.0}  # frequent, so that it stands in the sentence of a rare word
        self.glossary["sled2hill"] = {"갈매기": 1.0}
        self.glossary["gullnet"] = {"방법": 0.5, "갈매기": 0.5}  # said by one paper, in one sentence

    def all_translations(self, word: str) -> dict[str, float]:
        return self.glossary.get(word, {})

    def forms(self, word: str) -> list[str]:
        return ["pebbling"] if word == "pebbled" else []

    def papers_with(self, term: str) -> int:
        return 30 if term == "wave" else 1


@pytest.fixture(scope="module")
def spellings() -> Spellings:
    return Spellings([f"title {n}\n{text}" for n, text in enumerate(TEXTS)], Translations())


@pytest.mark.parametrize(
    "phrase", ["pebble alignment", "Pebble-Alignments", "PA", "조약돌 정렬", "조약돌정렬"]
)
def test_a_phrase_has_all_its_spellings_whichever_is_asked_for(spellings: Spellings, phrase: str) -> None:
    assert {key(one) for one in spellings.of(phrase)} == {"pebblealignment", "pa", "조약돌정렬"}


def test_a_part_of_a_term_is_no_spelling_of_it(spellings: Spellings) -> None:
    assert "정렬" not in spellings.of("pebble alignment")
    assert "pebble alignment" not in spellings.of("정렬")


def test_single_words_are_translated_by_the_usual_word(spellings: Spellings) -> None:
    assert set(spellings.of("wave")) == {"wave", "파도"}
    assert set(spellings.of("파도")) == {"wave", "파도"}


def test_a_rare_name_is_translated_by_what_stands_at_its_brackets(spellings: Spellings) -> None:
    assert set(spellings.of("GullNet")) == {"gullnet", "갈매기"}


def test_a_name_is_not_translated_by_what_its_papers_seldom_say(spellings: Spellings) -> None:
    assert spellings.of("Mambo") == ("mambo",)


def test_a_rare_word_is_not_translated_by_what_far_more_papers_say(spellings: Spellings) -> None:
    assert "연구" not in spellings.of("reef")


@pytest.mark.parametrize("phrase", ["sled2hill", "Sled-to-Hill", "sled- to-hill"])
def test_from_one_to_another_is_written_with_a_two_as_well(spellings: Spellings, phrase: str) -> None:
    assert {key(one) for one in spellings.of(phrase)} == {"sled2hill", "sledtohill"}


def test_the_end_of_a_term_that_many_papers_say_alone_is_not_the_term(spellings: Spellings) -> None:
    assert spellings.of("조율") == ("조율",)
    assert {"취향 조율", "ptu"} <= set(spellings.of("preference tuning"))


def test_a_word_without_other_spellings_is_said_in_its_other_forms(spellings: Spellings) -> None:
    assert set(spellings.of("pebbled")) == {"pebbled", "pebbling"}


def test_an_abbreviation_within_a_phrase_is_not_translated(spellings: Spellings) -> None:
    assert set(spellings.of("pa wave")) == {"pa wave", "pa 파도"}
    assert set(spellings.of("pa 파도")) == {"pa 파도", "pa wave"}


def test_a_term_is_abbreviated_with_and_without_its_general_noun(spellings: Spellings) -> None:
    assert "afp" in spellings.of("닻 예보 조약")
    assert "afp" in spellings.of("닻 예보 조약 모델")


def test_a_translation_may_mostly_stand_in_longer_terms(spellings: Spellings) -> None:
    assert "모래톱 지도" in spellings.of("shoal map")
    assert "넓은 모래톱 지도" not in spellings.of("shoal map")


def test_a_term_once_beside_another_is_no_translation_where_their_words_are_not(spellings: Spellings) -> None:
    assert "islet ferry" not in spellings.of("돌섬 산책")


def test_a_figure_is_no_translation(spellings: Spellings) -> None:
    assert not any("27" in one for one in spellings.of("안개 등대"))


def test_an_abbreviation_is_what_it_is_seldom_spelled_out_as(spellings: Spellings) -> None:
    assert "rock lore" in spellings.of("rl")


def test_a_noun_is_the_same_before_another_whatever_ties_it(spellings: Spellings) -> None:
    assert spellings.papers_saying("조개적 해석") == spellings.papers_saying("조개 해석") == 3
    assert "shell reading" in spellings.of("조개 해석")


def test_an_unknown_phrase_has_its_own_spelling_alone(spellings: Spellings) -> None:
    assert spellings.of("Knitting Patterns") == ("knitting patterns",)
    assert spellings.papers_saying("knitting patterns") == 0
    assert spellings.is_term("pebble alignment") and not spellings.is_term("knitting")


@pytest.mark.parametrize(
    ("spelling", "text", "said"),
    [
        ("text encoder", "text-encoders are", True),
        ("text encoder", "context encoder", False),
        ("policy", "two policies", True),
        ("rl", "rlhf", False),
        ("kv 캐시", "kv캐시를", True),
        ("강화 학습", "강화학습으로", True),
        ("보상 모델", "보상 모델링", False),
        ("추론", "추론하는", True),
        ("추론", "재추론", False),
        ("소형 언어 모델", "소형 언어 모델들은", True),
        ("llm agent", "llm-based agents", True),
        ("llm 에이전트", "llm 기반 에이전트는", True),
        ("llm agent", "llm biased agents", False),
        ("수학 추론", "수학적 추론을", True),
        ("수학적 추론", "수학 추론을", True),
        ("목적 함수", "목 함수", False),
    ],
)
def test_whole_words_are_said_whatever_their_endings(spelling: str, text: str, said: bool) -> None:
    assert bool(pattern(spelling).search(text)) is said


def test_the_title_says_it_twice() -> None:
    spellings = Spellings(["buoys of the sea\nnothing", "a title\nbuoys", "a title\nsea"], Translations())
    assert spellings.saying(["buoy"]).tolist() == [2, 1, 0]


def test_a_library_offers_the_spellings_of_its_papers(library: Library) -> None:
    assert library.spellings is library.spellings
    assert library.spellings.papers_saying("diffusion") > 0


def test_a_name_of_several_words_in_one_is_not_translated_by_one_of_them() -> None:
    texts = [
        *["해안지도망(shoremap)으로 그립니다. 지도를 봅니다."] * 4,
        *["다른 지도입니다."] * 4,
        *["연구입니다."] * 30,
    ]
    words = Translations()
    words.glossary = {"shoremap": {"지도": 0.9}, "map": {"지도": 0.9}}
    found = Spellings(texts, words)
    assert "지도" not in found.of("ShoreMap")
    assert "지도" in found.of("map")


def test_some_of_its_words_are_no_spelling_of_a_phrase() -> None:
    texts = [*["조개 해변(shell beach)입니다."] * 4, *["해변(shell beach)입니다."] * 4, *["연구입니다."] * 30]
    found = Spellings(texts, Translations())
    assert "해변" not in found.of("조개 해변")
    assert "해변" in found.of("shell beach") or "조개 해변" in found.of("shell beach")


def test_a_phrase_is_too_narrow_that_far_fewer_say_than_its_words_which_stand_together() -> None:
    texts = ["a siege of marsh gulls"] * 2 + ["gulls in a marsh"] * 9 + ["a marsh"] * 3 + ["many boats"] * 30
    found = Spellings(texts, Translations())
    assert found.is_too_narrow("marsh gulls", ["marsh", "gulls"])
    texts = ["a siege of marsh gulls"] * 4 + ["gulls"] * 9 + ["a marsh"] * 9 + ["many boats"] * 30
    assert not Spellings(texts, Translations()).is_too_narrow("marsh gulls", ["marsh", "gulls"])
