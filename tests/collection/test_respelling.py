"""Words of a question are read as the digests spell them, and words of their own stay."""

from __future__ import annotations

import pytest

from rag_app.collection.respelling import respelled
from rag_app.pipeline import Library, understood

SAID = {
    "speech": 40, "diffusion": 900, "hallucination": 200, "summarization": 130, "summarisation": 1, "behavior": 90,
    "behaviour": 2, "robotic": 80, "robot": 150, "recommendation": 60, "fitting": 12, "colour": 30, "color": 20,
    "speedy": 1,
}  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("mnay", "many"), ("sepech", "speech"),
        ("speach", "speech"), ("difusion", "diffusion"), ("diffussion", "diffusion"),
        ("hallucinaton", "hallucination"), ("hallucinatoin", "hallucination"), ("recomendation", "recommendation"),
        ("summarisation", "summarization"), ("behaviours", "behavior"), ("color", "colour"),
    ],
)  # fmt: skip
def test_a_word_is_read_as_the_digests_spell_it(typed: str, meant: str) -> None:
    assert respelled(typed, SAID) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "speech",
        "knitting",
        "sitting",
        "recital",
        "our",
        "gpt4o",
        "robo",
        "speedo",
        "qwertzuiop",
        "음성",
        "valle",
        "adn",
        "speechlm",
    ],
)
def test_other_words_stay(typed: str) -> None:
    assert respelled(typed, SAID) == ""


def test_a_mistyped_topic_is_found_and_said(library: Library) -> None:
    query = understood("papers on speach recogniton", library)
    assert "speech recognition" in query.topic
    assert query.notes == ("speach → speech", "recogniton → recognition")


def test_a_name_is_not_respelled(library: Library) -> None:
    assert "Speach" in understood("What does the Speach model do?", library).topic
