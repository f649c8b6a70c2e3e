"""What `rag-app read` and `rag-app ingest` print of a reading: its papers, and what was skipped and merged.

Knows: the JSON and the tables of a reading. Does not know: how digests are read.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from rag_app.cli import terminal
from rag_app.collection import digests
from rag_app.collection.digests import Missing
from rag_app.collection.reading.addresses import is_arxiv
from rag_app.records import Paper

if TYPE_CHECKING:
    from rag_app.pipeline import IngestResult

SHOWN = 20  # rows of each table
OFFER_ADAPT = 500  # papers from which fitting the embedding model is worth its minutes


def show(folders: Sequence[Path], *, as_json: bool) -> None:
    """Read the folders or files and print what they give. Raises DigestError."""
    papers, report = digests.read(folders)
    if as_json:
        print(json.dumps(reading_as_json(papers, report), ensure_ascii=False, indent=1))
        return
    for paper in papers[:SHOWN]:
        print(_line(paper))
    if len(papers) > SHOWN:
        print(f"… and {len(papers) - SHOWN:,} more papers (all with --json)")
    for line in report_lines(report):
        print(line)


def reading_as_json(papers: Sequence[Paper], report: digests.Report) -> dict[str, object]:
    """`papers` have an arXiv id; those that are known by another address stand apart, so that whoever
    counts arXiv ids need not sort them out.
    """
    by_id = [paper for paper in papers if is_arxiv(paper.arxiv_id)]
    others = [paper for paper in papers if not is_arxiv(paper.arxiv_id)]
    return {
        "papers": [_paper_as_json(paper) for paper in by_id],
        "papers_without_arxiv_id": [_paper_as_json(paper) for paper in others],
        "report": asdict(report),
    }


def _paper_as_json(paper: Paper) -> dict[str, object]:
    return {
        "arxiv_id": paper.arxiv_id,
        "title": paper.title,
        "dates": list(paper.dates),
        "period": paper.period,
        "authors": list(paper.authors),
        "unnamed_authors": paper.unnamed_authors,
        "votes": paper.votes,
        "url": paper.url,
        "file": paper.source,
        "line": paper.line,
        "sections": [{"name": s.name, "text": s.text, "line": s.line} for s in paper.sections],
        "text": "\n\n".join(section.text for section in paper.sections),
    }


def _line(paper: Paper) -> str:
    day = paper.period.replace("/", " to ") or ", ".join(paper.dates) or "no day"
    votes = "votes unknown" if paper.votes is None else f"{paper.votes:,} votes"
    authors = f"{len(paper.authors) + paper.unnamed_authors} authors" if paper.authors else "no authors"
    names = ", ".join(section.name for section in paper.sections[:6]) or "no text"
    return f"{paper.arxiv_id}  {paper.title}\n    {day}; {votes}; {authors}; {names}  ({paper.source}:{paper.line})"


def report_lines(report: digests.Report) -> list[str]:
    """The report: shapes, what is missing, notes, and what was skipped and merged."""
    lines = [
        "",
        f"{report.papers:,} papers from {report.entries:,} entries in {report.files:,} files",
        "",
        "read as",
    ]
    lines += [f"  {count:>7,}  {shape}" for shape, count in report.shapes]
    for told in (_missing_lines, _note_lines, _skipped_lines, _merged_lines):
        lines += _paragraph(_cut(told(report)))
    return lines


def print_report(result: IngestResult) -> None:
    """What was read, merged and skipped, and how long it took."""
    report = result.report
    for told in (_skipped_lines, _merged_lines, _note_lines, _missing_lines):
        for line in _cut(told(report)):
            print(line)
    print(
        f"{report.papers:,} papers from {report.entries:,} entries in {report.files:,} files; "
        f"{result.chunks:,} chunks, {result.embedded:,} embedded"
        + (" (nothing changed)" if result.unchanged else "")
        + f"; {result.seconds:.1f} s"
    )
    if report.papers >= OFFER_ADAPT and not result.adapted:
        minutes = terminal.minutes_to_adapt(report.papers)
        print(f"`rag-app adapt` fits the embedding model to it: better search, {minutes}, once.")


def _skipped_lines(report: digests.Report) -> list[str]:
    return [f"skipped {_place(skip)}: {skip.reason}" for skip in report.skipped]


def _merged_lines(report: digests.Report) -> list[str]:
    return [f"merged {m.arxiv_id}: kept {m.kept}, also {m.also}" for m in report.merged]


def _note_lines(report: digests.Report) -> list[str]:
    return [f"note {_place(note)}: {note.reason}" for note in report.notes]


def _missing_lines(report: digests.Report) -> list[str]:
    """What is not known of how many papers, which filters and lists then leave out."""
    lines = [f"{_MISSING[name]} in {count:,} of {report.papers:,} papers" for name, count in report.missing]
    if report.weeks:
        lines.append(f"{report.weeks:,} papers of a week are dated by its first day")
    return lines


_MISSING = {
    Missing.DAY: "no day found",
    Missing.VOTES: "votes unknown",
    Missing.AUTHORS: "no authors",
    Missing.TEXT: "no text",
}


def _place(said: digests.Skipped) -> str:
    return f"{said.file}:{said.line}" if said.line else said.file


def _paragraph(lines: list[str]) -> list[str]:
    """The lines below an empty one; none for none."""
    return ["", *lines] if lines else []


def _cut(lines: list[str]) -> list[str]:
    left = len(lines) - SHOWN
    return lines if left <= 0 else [*lines[:SHOWN], f"… and {left:,} more (all with `rag-app read --json`)"]
