"""A conversation as a document: Markdown to read, JSON to run again, BibTeX of its citations.

Knows: the three formats and what their readers would take for markup.
Does not know: where conversations are kept, or what becomes of the document.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import Literal
from urllib.parse import quote

from rag_app import __version__
from rag_app.history.store import Conversation, SavedTurn
from rag_app.records import Answer, Citation, Paper, url_of
from rag_app.records_json import as_stored_json, query_as_json
from rag_app.text.cleaning import escape_markdown, visible

Format = Literal["md", "json", "bibtex"]
Lookup = Callable[[str], Paper | None]  # arXiv id -> the paper, where the collection still holds it

NO_ANSWER = "*(no answer)*"
GONE = "its digest is not in the collection any more"
UNKNOWN_AUTHORS = f"Authors not known: {GONE}"
FIRST_YEAR = 91  # two-digit years of arXiv ids start in 1991

# Braces are spelled out: BibTeX counts them even after a backslash.
_LATEX = str.maketrans(
    {character: f"\\{character}" for character in "&%$#_"}
    | {
        "\\": r"{\textbackslash}",
        "{": r"{\textbraceleft}",
        "}": r"{\textbraceright}",
        "~": r"{\textasciitilde}",
    }
    | {"^": r"{\textasciicircum}", "<": r"{\textless}", ">": r"{\textgreater}", "|": r"{\textbar}"}
)


def export(conversation: Conversation, turns: Sequence[SavedTurn], format: Format, papers: Lookup) -> str:
    """The conversation as text that UTF-8 can hold; `papers` gives the authors for BibTeX, and says
    which sources the collection has lost.

    Those of a paper whose digest is gone are what the answer's evidence kept.
    """
    match format:
        case "md":
            text = "\n\n".join(_markdown(conversation, turns, papers)) + "\n"
        case "json":
            text = _json(conversation, turns)
        case "bibtex":
            kept = _kept_papers(turns)
            text = "\n".join(
                _bibtex(citation, papers(citation.arxiv_id) or kept.get(citation.arxiv_id))
                for citation in _cited(turns)
            )
    return text.encode("utf-8", "replace").decode()


def _cited(turns: Sequence[SavedTurn]) -> list[Citation]:
    """The first citation of each paper, in the order they came up."""
    first: dict[str, Citation] = {}
    for turn in turns:
        for citation in turn.answer.citations if turn.answer else ():
            first.setdefault(citation.arxiv_id, citation)
    return list(first.values())


def _kept_papers(turns: Sequence[SavedTurn]) -> dict[str, Paper]:
    """The papers of the evidence, as they were when the questions were answered."""
    found = (turn.trace.evidence for turn in turns)
    return {hit.paper.arxiv_id: hit.paper for evidence in found if evidence for hit in evidence.hits}


# --- Markdown -----------------------------------------------------------------------------------


def _markdown(conversation: Conversation, turns: Sequence[SavedTurn], papers: Lookup) -> Iterator[str]:
    yield f"# {_escaped_line(conversation.title)}"
    for turn in turns:
        yield f"## {_escaped_line(turn.question)}"
        yield turn.answer.text.strip() if turn.answer else NO_ANSWER
        if turn.answer and turn.answer.citations:
            yield _sources(turn.answer, papers)


def _sources(answer: Answer, papers: Lookup) -> str:
    sources = [_source(citation, papers(citation.arxiv_id)) for citation in answer.citations]
    return "\n".join(["**Sources**\n", *sources])


def _source(citation: Citation, paper: Paper | None) -> str:
    link = f"[{_escaped_line(citation.title)}]({_url(citation.arxiv_id)})"
    facts = [citation.date, citation.section, "" if paper else GONE]
    head = ", ".join([link, *(_escaped_line(fact) for fact in facts if fact)])
    quoted = escape_markdown("\n".join(citation.quote.splitlines())).split("\n")
    return "\n".join([f"- \\[{citation.n}\\] {head}", "", *(f"  > {line}" for line in quoted), ""])


def _escaped_line(text: str) -> str:
    return escape_markdown(" ".join(text.split()))


def _url(arxiv_id: str) -> str:
    return url_of(quote(arxiv_id, safe="/:?=&%#" if "://" in arxiv_id else "/"))


# --- JSON ---------------------------------------------------------------------------------------


def _json(conversation: Conversation, turns: Sequence[SavedTurn]) -> str:
    document = {
        "app": f"rag-app {__version__}",
        "id": conversation.id,
        "title": conversation.title,
        "created": conversation.created,
        "updated": conversation.updated,
        "turns": [_turn(turn) for turn in turns],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _turn(turn: SavedTurn) -> dict[str, object]:
    return {
        "question": turn.question,
        "asked": turn.asked,
        "query": query_as_json(turn.query) if turn.query else None,
        "answer": as_stored_json(turn.answer) if turn.answer else None,
        "thumb": turn.thumb,
        "reason": turn.reason,
    }


# --- BibTeX -------------------------------------------------------------------------------------


def _bibtex(citation: Citation, paper: Paper | None) -> str:
    authors = paper.authors if paper else ()
    key = citation.arxiv_id
    doi = key.startswith("10.")
    on_arxiv = not doi and "://" not in key
    fields = {
        "title": f"{{{_latex(citation.title)}}}",  # a second pair of braces keeps the capitals
        "author": " and ".join(
            [*map(_author, authors), *(["others"] if paper and paper.unnamed_authors else [])]
        ),
        "year": _year(key) if on_arxiv else "",
        "eprint": _latex(key) if on_arxiv else "",
        "archivePrefix": "arXiv" if on_arxiv else "",
        "doi": _latex(key) if doi else "",
        "howpublished": "" if on_arxiv or doi else f"\\url{{{_url(key)}}}",
        "url": _url(citation.arxiv_id),
        "note": "" if paper else UNKNOWN_AUTHORS,
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    kind = "article" if doi else "misc"
    return "\n".join([f"@{kind}{{{_key(citation.arxiv_id, authors)},", *lines, "}", ""])


def _key(arxiv_id: str, authors: Sequence[str]) -> str:
    """`surname:2411.15115`: unique because the id is."""
    surname = authors[0].split()[-1] if authors and authors[0].split() else ""
    letters = unicodedata.normalize("NFKD", surname).casefold()
    name = re.sub(r"[^a-z]", "", letters) or "arxiv"
    return f"{name}:{re.sub(r'[^0-9A-Za-z.-]', '-', arxiv_id)}"


def _author(name: str) -> str:
    """The name; in braces when BibTeX would cut it in pieces."""
    escaped = _latex(name)
    return f"{{{escaped}}}" if re.search(r",|\b(?:and|others)\b", name, re.IGNORECASE) else escaped


def _year(arxiv_id: str) -> str:
    """The year in an id, `2411.15115` or `hep-th/9901001`, or an empty string."""
    match = re.match(r"(?:[a-z.-]+/)?(\d\d)\d\d", arxiv_id, re.IGNORECASE)
    return f"{'19' if int(match[1]) >= FIRST_YEAR else '20'}{match[1]}" if match else ""


def _latex(text: str) -> str:
    return " ".join(visible(text).split()).translate(_LATEX)
