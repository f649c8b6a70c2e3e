"""A conversation as a document: Markdown to read, JSON to ask again, LaTeX, or a bibliography.

Knows: what of a conversation goes where.
Does not know: where conversations are kept, how references are written (`export.formats`), or what
becomes of the document.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from rag_app import __version__
from rag_app.export import formats, latex
from rag_app.export.formats import FileType, utf8
from rag_app.export.markdown import escaped_line, link
from rag_app.export.reference import GONE, Lookup, Reference
from rag_app.history.store import Conversation, SavedTurn
from rag_app.records import Answer, Citation, Paper, Section
from rag_app.records_json import as_stored_json, query_as_json
from rag_app.text.cleaning import escape_markdown

NO_ANSWER = "*(no answer)*"
# papers are cited in every other format
FILES: Mapping[str, FileType] = {
    "md": FileType("Markdown", "md", "text/markdown"),
    "json": FileType("JSON", "json", "application/json"),
    "latex": FileType("LaTeX", "tex", "text/x-tex"),
    **{name: file for name, file in formats.FILES.items() if name != "md"},
}


def export(conversation: Conversation, turns: Sequence[SavedTurn], format: str, papers: Lookup) -> str:
    """The conversation as text that UTF-8 can hold; `format` is one of `FILES`.

    `papers` gives the papers as the collection has them, and says which sources it has lost: of those
    the authors are what the answer's evidence kept.
    """
    match format:
        case "md":
            text = "\n\n".join(_markdown(conversation, turns, papers)) + "\n"
        case "json":
            text = _json(conversation, turns)
        case "latex":
            text = "\n".join(_latex(turns, papers))
        case _:
            text = formats.write(format, cited(turns, papers))
    return utf8(text)


def cited(turns: Sequence[SavedTurn], papers: Lookup) -> list[Reference]:
    """Each paper that the turns cite, once, in the order they came up."""
    kept = _kept_papers(turns)
    first: dict[str, Reference] = {}
    for turn in turns:
        for citation in turn.answer.citations if turn.answer else ():
            if citation.arxiv_id not in first:
                first[citation.arxiv_id] = _reference(citation, papers(citation.arxiv_id), kept)
    return list(first.values())


def _reference(citation: Citation, held: Paper | None, kept: dict[str, Paper]) -> Reference:
    """The paper as the collection holds it, else as the evidence or the citation kept it; its title is
    the one that was cited.
    """
    known = held or kept.get(citation.arxiv_id)
    said = Paper(
        citation.arxiv_id,
        citation.title,
        known.dates if known else (citation.date,) if citation.date else (),
        known.sections if known else (Section(citation.section, citation.quote),),
        votes=known.votes if known else None,
        authors=known.authors if known else (),
        unnamed_authors=known.unnamed_authors if known else 0,
    )
    return Reference(said, gone=held is None, authors_known=known is not None)


def _kept_papers(turns: Sequence[SavedTurn]) -> dict[str, Paper]:
    """The papers of the evidence, as they were when the questions were answered."""
    found = (turn.trace.evidence for turn in turns)
    return {hit.paper.arxiv_id: hit.paper for evidence in found if evidence for hit in evidence.hits}


# --- Markdown -----------------------------------------------------------------------------------


def _markdown(conversation: Conversation, turns: Sequence[SavedTurn], papers: Lookup) -> Iterator[str]:
    yield f"# {escaped_line(conversation.title)}"
    for turn in turns:
        yield f"## {escaped_line(turn.question)}"
        yield turn.answer.text.strip() if turn.answer else NO_ANSWER
        if turn.answer and turn.answer.citations:
            yield _sources(turn.answer, papers)


def _sources(answer: Answer, papers: Lookup) -> str:
    sources = [_source(citation, papers(citation.arxiv_id)) for citation in answer.citations]
    return "\n".join(["**Sources**\n", *sources])


def _source(citation: Citation, paper: Paper | None) -> str:
    facts = [citation.date, citation.section, "" if paper else GONE]
    cited_as = link(_reference(citation, paper, {}))
    head = ", ".join([cited_as, *(escaped_line(fact) for fact in facts if fact)])
    quoted = escape_markdown("\n".join(citation.quote.splitlines())).split("\n")
    return "\n".join([f"- \\[{citation.n}\\] {head}", "", *(f"  > {line}" for line in quoted), ""])


# --- LaTeX --------------------------------------------------------------------------------------


def _latex(turns: Sequence[SavedTurn], papers: Lookup) -> Iterator[str]:
    """Each question as a heading, above its answer."""
    references = cited(turns, papers)
    for turn in turns:
        yield f"\\section*{{{latex.escaped(turn.question)}}}\n"
        yield latex.answer(turn.answer, references) if turn.answer else ""


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
