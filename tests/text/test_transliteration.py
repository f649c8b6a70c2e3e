"""What sounding names out promises: one name sounds alike in both scripts, and others do not."""

from __future__ import annotations

import pytest

from rag_app.text.transliteration import letters_of, readings, sounds, spelled_out


@pytest.mark.parametrize(
    ("hangul", "latin"),
    [("와일드제브라", "WildZebra"), ("비디오마못", "VideoMarmot"), ("툴포머", "Toolformer"), ("위스퍼", "Whisper"),
     ("비전 트랜스포머", "Vision Transformer"), ("애니씽", "Anything"), ("캥거루", "Kangaroo"), ("매칭", "Matching"),
     ("욜로월드", "YOLO-World"), ("갈로어", "GaLore"), ("롤로폼", "LoloForm")],
)  # fmt: skip
def test_a_name_sounds_alike_in_both_scripts(hangul: str, latin: str) -> None:
    assert sounds(hangul) == sounds(latin)


@pytest.mark.parametrize(
    ("hangul", "latin"),
    [
        ("매직펠리컨", "MagicPelican"),
        ("리듬헤론", "RhythmHeron"),
        ("터치스톤", "Touchstone"),
        ("젬마", "Gemma"),
    ],
)
def test_a_letter_that_is_read_in_two_ways_sounds_like_either(hangul: str, latin: str) -> None:
    assert sounds(hangul) in readings(latin)


def test_other_names_sound_otherwise() -> None:
    names = ["WildZebra", "VideoMarmot", "Toolformer", "Whisper", "Kangaroo", "Heron"]
    assert len({sounds(name) for name in names}) == len(names)


def test_syllables_are_written_in_letters() -> None:
    assert letters_of("메두사 2") == "medusa2"
    assert letters_of("!?") == sounds("!?") == ""


@pytest.mark.parametrize(
    ("word", "letters"),
    [
        ("엘엘엠", "LLM"),
        ("알엘에이치에프", "RLHF"),
        ("에스디엑스엘", "SDXL"),
        ("지피유", "GPU"),
        ("비", ""),
        ("비둘기", ""),
    ],
)
def test_an_abbreviation_is_read_letter_by_letter(word: str, letters: str) -> None:
    assert spelled_out(word) == letters


@pytest.mark.parametrize("word", ["시티", "지오", "유엔"])
def test_two_syllables_are_no_abbreviation(word: str) -> None:
    assert spelled_out(word) == ""
