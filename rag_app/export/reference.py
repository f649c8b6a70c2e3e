"""A paper as a reference: what every export format is made of.

Knows: what identifies a paper outside of the collection (citation key, eprint, DOI, address, year).
Does not know: any file format, or where papers come from.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from rag_app.records import Paper, url_of
from rag_app.text.cleaning import visible

Lookup = Callable[[str], Paper | None]  # arXiv id -> the paper, where the collection still holds it

GONE = "its digest is not in the collection any more"
UNKNOWN_AUTHORS = f"Authors not known: {GONE}"

_ARXIV_ID = re.compile(r"(?:[a-z.-]+/)?(\d\d)(\d\d)", re.IGNORECASE)
_FIRST_YEAR = 91  # two-digit years of arXiv ids start in 1991


@dataclass(frozen=True, slots=True)
class Reference:
    """A paper to refer to, with what an export adds to it."""

    paper: Paper
    gone: bool = False  # its digest is not in the collection any more
    authors_known: bool = True  # False where nothing tells its authors any more
    tags: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """On one line, without invisible characters; the id where nothing of it is visible."""
        return line(self.paper.title) or self.paper.arxiv_id

    @property
    def authors(self) -> tuple[str, ...]:
        """Names on one line each; names that are empty are left out."""
        return tuple(name for name in map(line, self.paper.authors) if name)

    @property
    def keywords(self) -> tuple[str, ...]:
        """The tags on one line each; empty ones are left out."""
        return tuple(tag for tag in map(line, self.tags) if tag)

    @property
    def key(self) -> str:
        """The citation key of BibTeX and LaTeX, `surname:2411.15115`: unique because the id is."""
        words = self.paper.authors[0].split() if self.paper.authors else []
        letters = unicodedata.normalize("NFKD", words[-1] if words else "").casefold()
        return f"{re.sub(r'[^a-z]', '', letters) or 'arxiv'}:{file_name(self.paper.arxiv_id)}"

    @property
    def doi(self) -> str:
        """The DOI of a paper that is known by it, or an empty string."""
        return self.paper.arxiv_id if self.paper.arxiv_id.startswith("10.") else ""

    @property
    def arxiv(self) -> str:
        """The arXiv id, or an empty string for a paper that is known by a DOI or an address."""
        return "" if self.doi or "://" in self.paper.arxiv_id else self.paper.arxiv_id

    @property
    def url(self) -> str:
        """The paper's page, with what an address may not hold percent-encoded."""
        key = self.paper.arxiv_id
        return url_of(quote(key, safe="/:?=&%#" if "://" in key else "/"))

    @property
    def month(self) -> tuple[int, ...]:
        """(year, month) of submission to arXiv, which its id tells; empty where it does not.

        Source: https://info.arxiv.org/help/arxiv_identifier.html
        """
        found = _ARXIV_ID.match(self.arxiv)
        if not found:
            return ()
        year, month = int(found[1]), int(found[2])
        full = year + (1900 if year >= _FIRST_YEAR else 2000)
        return (full, month) if 1 <= month <= 12 else (full,)

    @property
    def year(self) -> str:
        """The year of submission to arXiv, or an empty string."""
        return str(self.month[0]) if self.month else ""


def references(
    papers: Iterable[Paper], tags: Callable[[str], Sequence[str]] | None = None
) -> list[Reference]:
    """Each paper once, in that order; `tags` gives those of a paper by its id."""
    once = {paper.arxiv_id: paper for paper in papers}
    return [Reference(paper, tags=tuple(tags(key)) if tags else ()) for key, paper in once.items()]


def kept(arxiv_id: str, paper: Paper | None, tags: Sequence[str], title: str) -> Reference:
    """A paper that the reader kept; of one whose digest is gone there are its address and the title kept."""
    if paper is not None:
        return Reference(paper, tags=tuple(tags))
    lost = Paper(arxiv_id, title or arxiv_id, (), ())
    return Reference(lost, gone=True, authors_known=False, tags=tuple(tags))


def file_name(arxiv_id: str) -> str:
    """The id in letters that citation keys and file systems take; two ids never share one."""
    safe = re.sub(r"[^0-9A-Za-z.-]", "-", arxiv_id)
    if safe == arxiv_id or re.fullmatch(r"[a-z.-]+/\d{7}", arxiv_id):  # an id of before 2007
        return safe
    return f"{safe}-{hashlib.sha256(arxiv_id.encode('utf-8', 'replace')).hexdigest()[:6]}"


def line(text: str) -> str:
    """The visible text on one line."""
    return " ".join(visible(text).split())
