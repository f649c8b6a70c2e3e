"""References as RIS, which reference managers import.

Knows: the tags of RIS, one value a line. Does not know: which papers they are.

The form is that of https://en.wikipedia.org/wiki/RIS_(file_format): `TY  - ` first, `ER  - ` last,
lines end in CR LF.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag_app.export.names import parted
from rag_app.export.reference import UNKNOWN_AUTHORS, Reference


def write(papers: Sequence[Reference]) -> str:
    return "".join(f"{tag}  - {value}\r\n" for paper in papers for tag, value in [*_tags(paper), ("ER", "")])


def _tags(paper: Reference) -> Iterator[tuple[str, str]]:
    # a preprint is an unpublished work; RIS has no type of its own for it
    yield "TY", "JOUR" if paper.doi else "UNPB" if paper.arxiv else "ELEC"
    yield "ID", paper.key
    yield "TI", paper.title
    for author in paper.authors:
        family, given = parted(author)
        yield "AU", f"{family}, {given}" if given else family
    if paper.month:
        yield "PY", paper.year
        yield "DA", "/".join([paper.year, *(f"{month:02}" for month in paper.month[1:])])
    if paper.arxiv:
        yield "PB", "arXiv"
        yield "AN", f"arXiv:{paper.arxiv}"
    if paper.doi:
        yield "DO", paper.doi
    yield "UR", paper.url
    for tag in paper.keywords:
        yield "KW", tag
    if paper.paper.unnamed_authors:
        yield "N1", f"{paper.paper.unnamed_authors} more authors"
    if not paper.authors_known:
        yield "N1", UNKNOWN_AUTHORS
