"""What is kept of the pairs of spellings is what the texts give."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag_app.collection import bm25
from rag_app.collection.library import LEXICAL, Library
from rag_app.collection.mentions import is_other
from rag_app.collection.pairs import PAIRS, Pairs
from rag_app.collection.spellings import Spellings
from tests.collection.test_spellings import TEXTS, Translations


def plain(pairs: Pairs) -> tuple[object, object]:
    """The pairs with lists and tuples alike."""
    beside = [[list(keys) for keys in pair] for pair in pairs.beside]
    return beside, {one: list(ways) for one, ways in pairs.written.items()}


def test_brackets_stand_beside_every_ending_of_the_words_before_them() -> None:
    pairs = Pairs.mine(["a pebble alignment (stone sorting; ps)"])
    assert plain(pairs)[0] == [[["stonesorting", "ps"], ["apebblealignment", "pebblealignment", "alignment"]]]
    assert list(pairs.written["pebblealignment"]) == ["pebble alignment"]


def test_kept_pairs_are_those_of_the_texts_and_give_the_same_spellings(tmp_path: Path) -> None:
    mined = Pairs.mine(TEXTS)
    mined.save(tmp_path / PAIRS)
    kept = Pairs.load(tmp_path / PAIRS)
    assert kept is not None
    assert plain(kept) == plain(mined)
    assert any(map(is_other, kept.written))
    mining, reading = (Spellings(TEXTS, Translations(), pairs) for pairs in (None, kept))
    for phrase in ("pebble alignment", "PA", "조약돌 정렬", "buoy alignment", "wave forecasting", "wave"):
        assert mining.of(phrase) == reading.of(phrase)


@pytest.mark.parametrize("body", ["", "[]", '{"beside": []}', None])
def test_what_is_damaged_or_not_there_is_not_read(body: str | None, tmp_path: Path) -> None:
    if body is not None:
        (tmp_path / PAIRS).write_text(body, encoding="utf-8")
    assert Pairs.load(tmp_path / PAIRS) is None


def test_an_index_keeps_the_pairs_of_its_papers(library: Library) -> None:
    kept = Pairs.load(library.snapshot.folder / PAIRS)
    texts = bm25.documents_of(library.snapshot.folder / LEXICAL)
    assert kept is not None and kept.beside
    assert plain(kept) == plain(Pairs.mine(text.casefold() for text in texts))
