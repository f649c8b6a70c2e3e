"""Text of answers and digests as Markdown: `[n]` markers as badges, untrusted text escaped.

Knows: `[n]` markers, Streamlit's directives, and what escapes them. Does not know: papers, jobs or
pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag_app.text.cleaning import escape_markdown

_MARKER = re.compile(r"(?<!\\)\[(\d+)\](?!\()")
_MARKERS = re.compile(r" *(?:(?<!\\)\[\d+\](?!\())+([.!?:。]?)")
_AT_LINE_END = re.compile(r" *(?:(?<!\\)\[\d+\])+([.!?:。]?)$", re.MULTILINE)
_LIST_ITEM = re.compile(r"(?:[-*]|\d+\.) ")
_RECORD = re.compile(r"^(\d+\. \[.*\]\(\S+\)) (\(\d{4}-\d\d-\d\d[^()\[\]]*\))", re.MULTILINE)


def badge(n: int) -> str:
    return f":blue-badge[{n}]"


def with_badges(markdown: str) -> str:
    """Our own Markdown with each `[n]` as a numbered badge."""
    return _MARKER.sub(lambda match: badge(int(match[1])), markdown)


def escape_with_badges(text: str) -> str:
    """Untrusted text that carries `[n]` markers, as Markdown with badges."""
    pieces = re.split(r"\[(\d+)\]", text)  # odd places are the numbers
    return "".join(
        badge(int(piece)) if place % 2 else escape_inline(piece) for place, piece in enumerate(pieces)
    )


def blocks(markdown: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Our own Markdown block by block, without markers at line ends, and the numbers each block cites.

    A block is a paragraph or a list item, with the quotes that follow it. Tables keep their markers; a
    block whose markers are all of one number keeps none.
    """
    for block in _split(markdown):
        if block.startswith("|"):
            yield with_badges(block), ()
        else:
            numbers = dict.fromkeys(int(match[1]) for match in _MARKER.finditer(block))
            said_beside = _AT_LINE_END if len(numbers) > 1 else _MARKERS
            text = said_beside.sub(r"\1", _RECORD.sub(r"\1 :gray[\2]", block))
            yield with_badges(text), tuple(numbers)


def without_table(markdown: str) -> str:
    """The text without the lines of a table, quoted or not: the page draws those as columns."""
    return "\n".join(line for line in markdown.splitlines() if not line.startswith(("|", "> |"))).rstrip()


def _split(markdown: str) -> list[str]:
    found: list[list[str]] = []
    after_blank = True
    for line in markdown.strip().splitlines():
        begins = _LIST_ITEM.match(line) or (after_blank and line and not line.startswith((" ", ">")))
        if begins or not found:
            found.append([])
        found[-1].append(line)
        after_blank = not line.strip()
    return ["\n".join(lines).rstrip() for lines in found]


def escape_inline(text: str) -> str:
    """Escaped text for the inside of a directive, on one line.

    Streamlit counts brackets there, escaped or not.
    """
    return escape_markdown(text).replace("\n", " ").replace("\\[", "&#91;").replace("\\]", "&#93;")


def label(text: str, length: int) -> str:
    """Untrusted text on one line of at most `length` characters, as Markdown."""
    line = " ".join(text.split())
    return escape_inline(line if len(line) <= length else f"{line[: length - 1].rstrip()}…")
