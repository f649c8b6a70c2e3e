"""How an answer came about, made small enough to keep with it, and brought back.

Knows: what of the evidence a page shows again. Does not know: the history's file, or how anything
looks. Called by `ui.conversations`. The text of papers is not kept: the collection has it; a paper
that the collection has lost since is what was kept of it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rag_app.history.store import SavedTurn
from rag_app.records import Evidence, Hit, Paper, Section, Trace
from rag_app.web.state.answer_jobs import AnswerProgress, papers_of
from rag_app.web.widgets.evidence import CARDS

if TYPE_CHECKING:
    from rag_app.collection.library import Library


def workings_of(progress: AnswerProgress) -> Trace:
    """What is kept of a finished answer, beside its query and the answer itself."""
    return Trace(progress.evidence and _slim(progress.evidence), progress.prompts)


def restored_progress(turn: SavedTurn, library: Library) -> AnswerProgress:
    """A saved turn as it was when it had just been answered."""
    evidence = turn.trace.evidence and _with_papers(turn.trace.evidence, library)
    papers = {hit.paper.arxiv_id: hit.paper for hit in evidence.hits} if evidence else {}
    if turn.answer:
        papers |= papers_of(turn.answer, library)
    return AnswerProgress(
        turn.query, evidence, answer=turn.answer, papers=papers, prompts=turn.trace.prompts, finished=True
    )


def _slim(evidence: Evidence) -> Evidence:
    hits = (replace(hit, paper=replace(hit.paper, sections=())) for hit in evidence.hits[:CARDS])
    return replace(evidence, hits=tuple(hits), matched=(), borderline=())


def _with_papers(evidence: Evidence, library: Library) -> Evidence:
    return replace(evidence, hits=tuple(replace(hit, paper=_paper(hit, library)) for hit in evidence.hits))


def _paper(hit: Hit, library: Library) -> Paper:
    table = library.snapshot.papers
    if table.has(hit.paper.arxiv_id):
        return table.get(hit.paper.arxiv_id)
    quoted = dict.fromkeys(passage.section for passage in hit.passages)
    texts = {name: "\n".join(p.text for p in hit.passages if p.section == name) for name in quoted}
    return replace(hit.paper, sections=tuple(Section(name, text) for name, text in texts.items()))
