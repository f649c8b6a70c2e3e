"""References as CSL-JSON, which pandoc, Zotero and citeproc read.

Knows: the item that a paper becomes. Does not know: which papers they are.

The form is that of https://github.com/citation-style-language/schema (csl-data.json, 1.0.2).
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from rag_app.export.names import parted
from rag_app.export.reference import UNKNOWN_AUTHORS, Reference


def write(papers: Sequence[Reference]) -> str:
    return json.dumps([_item(paper) for paper in papers], ensure_ascii=False, indent=2) + "\n"


def _item(paper: Reference) -> dict[str, object]:
    fields: dict[str, object] = {
        "id": paper.key,
        "type": "article-journal" if paper.doi else "article" if paper.arxiv else "webpage",
        "title": paper.title,
        "author": [_author(name) for name in paper.authors],
        "issued": {"date-parts": [list(paper.month)]} if paper.month else None,
        "publisher": "arXiv" if paper.arxiv else "",
        "number": f"arXiv:{paper.arxiv}" if paper.arxiv else "",
        "DOI": paper.doi,
        "URL": paper.url,
        "keyword": ", ".join(paper.keywords),
        "note": "" if paper.authors_known else UNKNOWN_AUTHORS,
    }
    return {name: value for name, value in fields.items() if value}


def _author(name: str) -> dict[str, str]:
    family, given = parted(name)
    return {"family": family, "given": given} if given else {"literal": family}
