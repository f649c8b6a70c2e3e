"""References as BibTeX.

Knows: the entries and fields that a paper becomes, and how names stay whole. Does not know: which
papers they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag_app.export.latex import escaped
from rag_app.export.reference import UNKNOWN_AUTHORS, Reference


def write(papers: Sequence[Reference]) -> str:
    """An entry a paper, in that order; an empty file is one without entries."""
    return "\n".join(map(_entry, papers))


def _entry(paper: Reference) -> str:
    elsewhere = not paper.arxiv and not paper.doi
    fields = {
        "title": f"{{{escaped(paper.title)}}}",  # a second pair of braces keeps the capitals
        "author": " and ".join(
            [*map(_author, paper.authors), *(["others"] if paper.paper.unnamed_authors else [])]
        ),
        "year": paper.year,
        "eprint": escaped(paper.arxiv),
        "archivePrefix": "arXiv" if paper.arxiv else "",
        "doi": escaped(paper.doi),
        "howpublished": f"\\url{{{paper.url}}}" if elsewhere else "",
        "url": paper.url,
        "keywords": ", ".join(escaped(tag.replace(",", " ")) for tag in paper.keywords),
        "note": "" if paper.authors_known else UNKNOWN_AUTHORS,
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    kind = "article" if paper.doi else "misc"
    return "\n".join([f"@{kind}{{{paper.key},", *lines, "}", ""])


def _author(name: str) -> str:
    """The name; in braces when BibTeX would cut it in pieces."""
    text = escaped(name)
    return f"{{{text}}}" if re.search(r",|\b(?:and|others)\b", name, re.IGNORECASE) else text
