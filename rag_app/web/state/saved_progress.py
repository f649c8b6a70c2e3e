"""What the history keeps of how an answer came about, and its progress brought back from that.

Knows: what of the evidence a page shows again. Does not know: the history's file, or how anything
looks. The text of papers is not kept, since the collection has it; of a paper that the collection
has lost, the passages that were kept are left.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rag_app.history.store import SavedTurn
from rag_app.records import Evidence, Hit, Paper, Section, Trace
from rag_app.web.state.answer_jobs import AnswerProgress, openable_papers

if TYPE_CHECKING:
    from rag_app.collection.library import Library

KEPT_PAPERS = 12  # of the evidence, each a card on the page; an answer rarely rests on more


def trace_of(progress: AnswerProgress) -> Trace:
    """What is kept of a finished answer, beside its query and the answer itself."""
    return Trace(progress.evidence and _without_texts(progress.evidence), progress.prompts)


def restored_progress(turn: SavedTurn, library: Library) -> AnswerProgress:
    """A saved turn as it was when it had just been answered."""
    evidence = turn.trace.evidence and _with_papers(turn.trace.evidence, library)
    papers = {hit.paper.arxiv_id: hit.paper for hit in evidence.hits} if evidence else {}
    if turn.answer:
        papers |= openable_papers(turn.answer, library)
    return AnswerProgress(
        turn.query, evidence, answer=turn.answer, papers=papers, prompts=turn.trace.prompts, finished=True
    )


def _without_texts(evidence: Evidence) -> Evidence:
    hits = (replace(hit, paper=replace(hit.paper, sections=())) for hit in evidence.hits[:KEPT_PAPERS])
    return replace(evidence, hits=tuple(hits), matched=(), borderline=())


def _with_papers(evidence: Evidence, library: Library) -> Evidence:
    return replace(
        evidence, hits=tuple(replace(hit, paper=_restored_paper(hit, library)) for hit in evidence.hits)
    )


def _restored_paper(hit: Hit, library: Library) -> Paper:
    table = library.snapshot.papers
    if table.has(hit.paper.arxiv_id):
        return table.get(hit.paper.arxiv_id)
    quoted = dict.fromkeys(passage.section for passage in hit.passages)
    texts = {name: "\n".join(p.text for p in hit.passages if p.section == name) for name in quoted}
    return replace(hit.paper, sections=tuple(Section(name, text) for name, text in texts.items()))
