"""Paper -> chunks, section by section, each small enough for the embedding model's window.

Knows: how a long section is cut, and which text of a piece is embedded.
Does not know: which model counts the tokens; its tokenizer is given as `count_tokens`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rag_app.records import Chunk, Paper, Section
from rag_app.text.cleaning import clean
from rag_app.text.truncate import longest

# Cut at the first of these that leaves pieces short enough: lines, sentences, clauses, words, and
# at last anywhere. The fixed lengths keep the count of tokenizer calls low when a line has no
# blanks. Of the letters that end Korean sentences only some: others would cut other pieces, and
# every paper would be embedded again.
SEPARATORS = [
    r"\n+",
    r"(?<=[.!?。！？])\s+|(?<=[다요음함]\.)(?=[가-힣A-Z])",
    r"(?<=[,;:])\s+",
    r"\s+",
    "(?s:.{64})",
    "(?s:.{8})",
    "",
]


def chunk(paper: Paper, *, count_tokens: Callable[[str], int], max_tokens: int) -> list[Chunk]:
    """The paper's chunks in order; their spans cover each section that has any words.

    `count_tokens` counts without special tokens; `Chunk.text` is "title: body", cleaned, of at most
    `max_tokens`. A paper without any words but its title is one chunk of the title: section "",
    start and end 0.
    """

    def fits(text: str) -> bool:
        return count_tokens(text) <= max_tokens

    title = longest(clean(paper.title), lambda text: count_tokens(text) <= max(1, max_tokens // 2))
    chunks = [
        Chunk(paper.arxiv_id, section.name, start, end, longest(_text(title, section.text[start:end]), fits))
        for section in paper.sections
        if clean(section.text)
        for start, end in _spans(section, title, count_tokens, max_tokens)
    ]
    return chunks or [Chunk(paper.arxiv_id, "", 0, 0, longest(clean(paper.title), fits))]


def _text(title: str, piece: str) -> str:
    body = clean(piece)
    return f"{title}: {body}" if body else title


def _spans(
    section: Section, title: str, count_tokens: Callable[[str], int], max_tokens: int
) -> Iterator[tuple[int, int]]:
    """Spans of the pieces of a section, end to end."""
    if count_tokens(_text(title, section.text)) <= max_tokens:  # most sections: one call decides
        yield 0, len(section.text)
        return
    from langchain_text_splitters.character import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(
        separators=SEPARATORS,
        is_separator_regex=True,
        keep_separator="end",
        chunk_size=max(1, max_tokens - count_tokens(f"{title}: ")),
        chunk_overlap=0,
        length_function=count_tokens,
        strip_whitespace=False,
    )
    end = 0
    for piece in splitter.split_text(section.text):
        start, end = end, _end_of(piece, section.text, end)
        yield start, end


def _end_of(piece: str, text: str, at: int) -> int:
    """Where a piece ends that begins at `at`, or just before it: the splitter repeats blanks that are no
    token at the head of the next piece.
    """
    repeated = next(count for count in range(len(piece)) if text.startswith(piece, at - count))
    return at - repeated + len(piece)
