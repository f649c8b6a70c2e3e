"""What the command line prints: progress bars, reports, answers, findings.

Knows: the terminal.
Does not know: how anything was made.
"""

from __future__ import annotations

import re
import signal
import sys
import textwrap
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any

from rag_app.records import Answer, Evidence, Sentence, Working

if TYPE_CHECKING:
    from rag_app.answer.glosses import Gloss
    from rag_app.diagnostics.doctor import Finding
    from rag_app.embedding.adapt import AdaptResult

EVIDENCE = 3  # papers that are named before the answer is there
SOURCES = 20  # of an answer


class ProgressBar:
    """A progress callback `(stage, done, total)` drawn on stderr; stages without a total are named once."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._stage = ""
        self._bar: Any = None

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._close()

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage != self._stage:
            self._close()
            self._stage = stage
            if not total:
                print(f"{self._title}: {stage}", file=sys.stderr, flush=True)
        if not total:
            return
        if self._bar is None:
            from tqdm import tqdm

            size = total > 10_000_000  # bytes
            self._bar = tqdm(
                total=total, desc=f"{self._title}: {stage}", unit="B" if size else "", unit_scale=size
            )
        self._bar.update(done - self._bar.n)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def table(rows: Sequence[Sequence[str]]) -> None:
    """Rows of text in aligned columns; the first row is the heading."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def print_answer(answer: Answer) -> None:
    """The answer's Markdown without escapes, then its sources."""
    print(plain(answer.text))
    if answer.citations:
        print()
    for citation in answer.citations[:SOURCES]:
        print(f"[{citation.n}] {citation.title} ({citation.date or 'no day'}) {citation.url}")
        if citation.quote:  # a digest may have no sentence
            print(textwrap.indent(textwrap.fill(f"“{citation.quote}”", 100), "    "))
    if len(answer.citations) > SOURCES:
        print(f"… and {len(answer.citations) - SOURCES} more sources (all with --json)")
    said = [f"{answer.scanned:,} papers scanned", f"{answer.seconds:.1f} s"]
    if answer.model:
        speed = f", {answer.usage.tokens_per_second:.0f} tokens/s" if answer.usage.generated_tokens else ""
        said.append(f"{answer.model} on {answer.device}{speed}")
    print(f"\n{'; '.join(said)}", file=sys.stderr)


def print_glosses(heading: str, numbers: Sequence[int], glosses: Iterable[Gloss]) -> None:
    """What the quotes say in the reader's language, as it comes; `numbers` cite them."""
    print(f"\n{heading}", flush=True)
    for gloss in glosses:
        if gloss.finished and gloss.text:
            print(textwrap.fill(f"[{numbers[gloss.index]}] {gloss.text}", 100), flush=True)


def plain(markdown: str) -> str:
    """Markdown for reading in a terminal: escapes and the targets of links go."""
    text = re.sub(r"(?<!\\)\]\(https?://[^)\s]+\)", "\0", markdown)
    text = re.sub(r"(?<!\\)\[([^\[\]\0]*(?:\\.[^\[\]\0]*)*)\0", r"\1", text)
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text).replace("\u2060", "")


def print_evidence(evidence: Evidence) -> None:
    for hit in evidence.hits[:EVIDENCE]:
        print(f"  · {hit.paper.title} ({hit.paper.date or 'no day'})", file=sys.stderr)


def print_sentence(sentence: Sentence) -> None:
    mark = "✓" if sentence.supported else "✗"
    print(f"  {mark} {sentence.text}", file=sys.stderr)


def print_working(working: Working) -> None:
    """How far a long answer is; nothing for the last step, whose sentence is printed by itself."""
    if working.done < working.total:
        print(f"  … {working.done} of {working.total} sentences", file=sys.stderr)


@contextmanager
def stoppable() -> Iterator[threading.Event]:
    """An event that Ctrl-C sets, so that work can end in order; a second Ctrl-C is a KeyboardInterrupt."""
    stop = threading.Event()

    def interrupted(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before = signal.signal(signal.SIGINT, interrupted)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


def print_stopped() -> None:
    print("\nstopped; what was checked until then stays above", file=sys.stderr)


def print_findings(findings: Sequence[Finding]) -> None:
    for finding in findings:
        print(f"{'ok  ' if finding.fine else 'FAIL'} {finding.what}: {finding.says}")
        if finding.hint:
            print(f"     hint: {finding.hint}")


def adapting(papers: int, threads: int) -> str:
    """What adapting will take, and what it may bring."""
    return (
        f"{minutes_to_adapt(papers, threads)} for {papers:,} papers, while others leave the processor idle; "
        "what is stopped goes on from there. Questions find more of the papers "
        "they mean; kept only if that is so for papers held out."
    )


def minutes_to_adapt(papers: int, threads: int = 0) -> str:
    from rag_app.embedding.adapt import expected_seconds
    from rag_app.machine import cores

    minutes = expected_seconds(papers, threads or cores()) / 60
    return f"about {max(round(minutes), 1)} minutes"


def adapted(result: AdaptResult) -> str:
    verdict = "kept" if result.kept else "not kept: no better on held-out pairs"
    return (
        f"held-out recall@10 {result.before:.3f} -> {result.after:.3f} after {result.steps} steps on {result.pairs:,} "
        f"pairs; {verdict}; {result.seconds:.0f} s"
    )
