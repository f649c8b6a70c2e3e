"""`chunking`: chunks fit the window, cover the text and point at it."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rag_app.collection.chunking import chunk
from rag_app.records import Chunk, Paper, Section

SEED = Path(__file__).parents[3] / "shared" / "digests" / "seed"


def count(text: str) -> int:
    """A tokenizer in kind: words of ASCII are a token for every four letters, other characters two each."""
    return sum(
        2 * len(run) if not run.isascii() else (len(run) + 3) // 4
        for run in re.findall(r"[!-~]+|[^\s!-~]+", text)
    )


def paper(*texts: str, title: str = "Title") -> Paper:
    return Paper("2411.00001", title, (), tuple(Section(f"S{n}", text, n) for n, text in enumerate(texts, 1)))


def assert_whole(source: Paper, chunks: list[Chunk], max_tokens: int) -> None:
    """Each chunk fits, and the spans of a section lie end to end over all of it."""
    assert all(count(piece.text) <= max_tokens for piece in chunks)
    assert len({piece.id for piece in chunks}) == len(chunks)
    for section in source.sections:
        spans = [(piece.start, piece.end) for piece in chunks if piece.section == section.name]
        if spans:
            assert (spans[0][0], spans[-1][1]) == (0, len(section.text))
            assert all(before[1] == after[0] for before, after in pairwise(spans))


def test_a_short_section_is_one_chunk_decided_by_one_call() -> None:
    calls: list[str] = []

    def counting(text: str) -> int:
        calls.append(text)
        return count(text)

    source = paper("- **짧은** 글입니다.")
    assert chunk(source, count_tokens=counting, max_tokens=50) == [
        Chunk("2411.00001", "S1", 0, len(source.sections[0].text), "Title: 짧은 글입니다.")
    ]
    assert len(calls) <= 3  # the title, the section, and the last look at its text


def test_a_long_section_is_cut_between_sentences() -> None:
    source = paper("첫째 문장은 이렇게 깁니다. " * 10)
    chunks = chunk(source, count_tokens=count, max_tokens=60)
    assert len(chunks) > 1
    assert_whole(source, chunks, 60)
    assert all(piece.text.endswith("깁니다.") and piece.text.startswith("Title: ") for piece in chunks)


@example(["가가\n \n가"], 7)  # a blank line is no token, and was repeated
@given(st.lists(st.text(alphabet="가나다. ab\n,*𝕏<>b", max_size=300), max_size=3), st.integers(1, 40))
@settings(max_examples=200, deadline=None)
def test_chunks_fit_and_cover_whatever_the_text(texts: list[str], max_tokens: int) -> None:
    source = paper(*texts)
    chunks = chunk(source, count_tokens=count, max_tokens=max_tokens)
    assert chunks
    assert_whole(source, chunks, max_tokens)


def test_a_section_without_words_gives_no_chunk_and_a_bare_paper_its_title() -> None:
    assert chunk(paper("<!-- -->", "![](a.png)"), count_tokens=count, max_tokens=50) == [
        Chunk("2411.00001", "", 0, 0, "Title")
    ]


def test_a_very_long_title_leaves_room_for_the_text() -> None:
    (only,) = chunk(paper("body words", title="long " * 1000), count_tokens=count, max_tokens=40)
    assert only.text.endswith(": body words")
    assert count(only.text) <= 40


@pytest.mark.parametrize("unit", ["a", "가", "𝕏", "ab ", "다."])
def test_one_enormous_line_takes_calls_in_proportion(unit: str) -> None:
    counted = 0

    def counting(text: str) -> int:
        nonlocal counted
        counted += len(text)
        return count(text)

    source = paper(unit * 100_000)
    assert_whole(source, chunk(source, count_tokens=counting, max_tokens=100), 100)
    assert counted < 20 * len(source.sections[0].text)


@pytest.mark.skipif(not SEED.is_dir(), reason="no shared digests")
def test_real_papers_are_covered() -> None:
    from rag_app.collection.digests import read

    for source in read([SEED])[0]:
        chunks = chunk(source, count_tokens=count, max_tokens=126)
        assert {piece.section for piece in chunks} == {section.name for section in source.sections}
        assert_whole(source, chunks, 126)
