"""What the digests say, for comparing answers with it.

Knows: the text and title of each paper.
Does not know: answers, keys, scores.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rag_app.records import Paper


@dataclass(frozen=True, slots=True)
class Truth:
    """The papers of a collection by arXiv id."""

    papers: Mapping[str, Paper]

    @classmethod
    def of(cls, papers: Iterable[Paper]) -> Truth:
        return cls({paper.arxiv_id: paper for paper in papers})

    def __contains__(self, arxiv_id: object) -> bool:
        return arxiv_id in self.papers

    def title(self, arxiv_id: str) -> str:
        """The title, or an empty text for a paper that is not there."""
        paper = self.papers.get(arxiv_id)
        return paper.title if paper else ""

    def text(self, arxiv_id: str) -> str:
        """All that the digest says of a paper, its record included; empty for one that is not there."""
        paper = self.papers.get(arxiv_id)
        return text_of(paper) if paper else ""


def text_of(paper: Paper) -> str:
    """Title, days, votes, authors and sections of a paper as one text."""
    votes = "" if paper.votes is None else f"Vote: {paper.votes}"
    others = f"+{paper.unnamed_authors}" if paper.unnamed_authors else ""
    record = [paper.title, paper.arxiv_id, *paper.dates, votes, ", ".join([*paper.authors, others])]
    return "\n".join([*record, *(section.text for section in paper.sections)])
