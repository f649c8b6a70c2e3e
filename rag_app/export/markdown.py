"""References as a Markdown list.

Knows: a line a paper: title, link, day, votes, authors. Does not know: which papers they are. What
digests say is escaped: nothing of it is markup.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag_app.export.reference import GONE, Reference, line
from rag_app.text.cleaning import escape_markdown


def write(papers: Sequence[Reference]) -> str:
    return "".join(f"- {_item(paper)}\n" for paper in papers)


def link(paper: Reference) -> str:
    """The title as a link to the paper's page."""
    return f"[{escaped_line(paper.title)}]({paper.url})"


def escaped_line(text: str) -> str:
    return escape_markdown(line(text))


def _item(paper: Reference) -> str:
    votes = "" if paper.paper.votes is None else f"{paper.paper.votes} votes"
    facts = [paper.paper.date, votes, "; ".join(paper.authors), GONE if paper.gone else ""]
    said = [link(paper), *(escaped_line(fact) for fact in facts if fact)]
    return ", ".join(said) + "".join(f" *{escaped_line(tag)}*" for tag in paper.keywords)
