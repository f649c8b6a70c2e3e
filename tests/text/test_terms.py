"""Terms: Kiwi is not loaded for what it has nothing to say about."""

from __future__ import annotations

import pytest

from rag_app.text import terms
from rag_app.text.terms import CONTENT_TAGS, morphemes

LATIN = [
    "Which papers improve video generation?",
    "papers of 2024-11-25 (at least 10 votes), as in Smith et al.",
    "",
    "What's new: text-to-image, image/text, LLMs and RAG in 5,487 papers?",
    "Reconstructing Hand-Held Objects in 3D",
    "Phidias 1) 3D , 2) 3D",
    "漢字",
    "“quoted”",
]
OTHERS = ["비디오 생성 video", "3D 생성", "한"]


@pytest.mark.parametrize("text", LATIN)
def test_latin_text_has_no_morphemes_and_loads_nothing(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(terms, "_kiwi")
    assert list(morphemes([text])) == [[]]


def test_morphemes_are_those_of_kiwi_whatever_texts_stand_side_by_side() -> None:
    texts = [text for pair in zip(LATIN, OTHERS, strict=False) for text in pair] + OTHERS
    asked = terms._kiwi().tokenize(texts)
    whole = [[t.form.casefold() for t in tokens if t.tag.split("-")[0] in CONTENT_TAGS] for tokens in asked]
    assert list(morphemes(texts)) == whole
