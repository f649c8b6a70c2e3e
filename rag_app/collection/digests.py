"""Folders of digests -> papers, and a report of what was merged or skipped and why.

Knows: folders and files, the days of digests, and how a paper seen twice becomes one.
Does not know: the inside of an entry (`collection.entry`), chunks, the index.

A digest is untrusted and often irregular. Whatever it holds, parsing raises nothing and takes
linear time; all text of an entry ends up in some section, as a verbatim slice, or is reported with
its file and line. An entry that holds bytes which are not text is left out, since nothing in it
could be quoted; the entries around it stay.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from rag_app.collection.entry import Block, LeftOut, blocks, paper_of, whole
from rag_app.errors import DigestError
from rag_app.records import Paper
from rag_app.text.cleaning import nfc

SUFFIXES = (".md", ".txt")

_DAY = re.compile(r"(?<!\d)(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?!\d)")
_NO_TEXT = re.compile("[\0\udc80-\udcff]")  # NUL, and bytes that are not UTF-8 (`normalise`)


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was not taken: an entry, a file or a folder. `line` is 1-based, 0 for the whole."""

    file: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Merged:
    """One paper found twice; each place is "file:line"."""

    arxiv_id: str
    kept: str  # whose text was kept
    also: str


@dataclass(frozen=True, slots=True)
class Report:
    """What reading found. `entries` counts the entries taken, before papers found twice become one."""

    files: int
    entries: int
    papers: int
    skipped: tuple[Skipped, ...]
    merged: tuple[Merged, ...]


def read(roots: Sequence[Path]) -> tuple[tuple[Paper, ...], Report]:
    """The papers below the roots (folders, or single files), one per arXiv id, in reading order,
    and the report.

    Raises DigestError when a root does not exist, a file given directly is not text, or a root
    holds no digest.
    """
    found: list[Paper] = []
    skipped: list[Skipped] = []
    seen: set[Path] = set()
    for root in roots:
        taken = 0
        for path, name in _files(root, skipped):
            if path.resolve() in seen:
                taken += 1
                continue
            seen.add(path.resolve())
            entries, problems = _read_file(path, name, given=path == root)
            found += entries
            skipped += problems
            taken += bool(entries)
        if not taken:
            raise DigestError(f"no digests in {root}", _why_nothing(skipped))
    papers, merged = _merge(found)
    return papers, Report(len(seen), len(found), len(papers), tuple(skipped), merged)


def normalise(data: bytes) -> str:
    """The text of a file: UTF-8 without byte order marks, NFC, lines ended by `\\n`.

    Bytes that are not UTF-8 become lone surrogates (PEP 383), which no text holds.
    """
    text = data.decode("utf-8", "surrogateescape").replace("\ufeff", "")
    return nfc(text.replace("\r\n", "\n").replace("\r", "\n"))


def parse(text: str, source: str, day: str = "") -> tuple[list[Paper], list[Skipped]]:
    """The entries of one normalised file, in order, and what was skipped. `day` holds until a
    heading names one.
    """
    papers: list[Paper] = []
    skipped: list[Skipped] = []
    file_day = day
    damaged = _NO_TEXT.search(text) is not None
    for block in blocks(text):
        damage = _damage(block) if damaged else None
        if block.arxiv_id and not damage:
            paper, left_out = paper_of(block, source, day)
            papers.append(paper)
        else:
            left_out = [damage] if damage else _untaken(block)
        skipped += [Skipped(source, line, reason) for line, reason in left_out]
        dated = _DAY.search(block.heading)
        if dated and not block.arxiv_id:
            day = _iso(dated) or file_day
    return papers, skipped


def _untaken(block: Block) -> list[LeftOut]:
    """What to report of a block that is no entry."""
    dated = _DAY.search(block.heading)
    if dated:
        return [] if _iso(dated) else [(block.line, f"{dated[0]} is not a day")]
    if not block.level:
        lost = next((line.number for line in block.body if line.has_address), 0)
        return [(lost, "an arXiv address without a heading")] if lost else []
    if block.has_text or "](" in block.heading:
        return [(block.line, "no arXiv address in or under the heading")]
    return []


def _damage(block: Block) -> LeftOut | None:
    """The first byte of a block that is no text."""
    found = _NO_TEXT.search(block.text, block.start, block.end)
    if not found:
        return None
    byte = ord(found[0]) & 0xFF
    return block.line_at(found.start()), f"not UTF-8: byte 0x{byte:02x}" if byte else "binary: a NUL byte"


# --- files ------------------------------------------------------------------------------------


def _files(root: Path, skipped: list[Skipped]) -> Iterator[tuple[Path, str]]:
    """Digest files below a root, sorted, each with the name it is reported by. Hidden ones and
    links to folders are left out, so there are no loops. Raises DigestError when there is no such
    root.
    """
    if root.is_file():
        yield root, _printable(root.name)
        return
    if not root.is_dir():
        raise DigestError(f"no such folder: {root}", "give a folder of .md or .txt digests, or one such file")

    def unreadable(error: OSError) -> None:
        skipped.append(Skipped(_printable(str(error.filename)), 0, f"cannot be opened: {error.strerror}"))

    for folder, folders, files in os.walk(root, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for file in sorted(files):
            path = Path(folder, file)
            if not file.startswith(".") and file.lower().endswith(SUFFIXES) and not path.is_dir():
                yield path, _printable(str(Path(root.absolute().name, path.relative_to(root)).as_posix()))


def _read_file(path: Path, name: str, *, given: bool) -> tuple[list[Paper], list[Skipped]]:
    """One file. A bad file is an error when it was given directly, and one report line inside a folder."""
    try:
        if not path.is_file():
            raise OSError(errno.EINVAL, "not a regular file")
        text = normalise(path.read_bytes())
    except OSError as error:
        if given:
            raise DigestError(
                f"{name} cannot be opened: {error.strerror}", "give UTF-8 Markdown or text"
            ) from None
        return [], [Skipped(name, 0, f"cannot be opened: {error.strerror}")]
    papers, skipped = parse(text, name, day_of(path))
    if papers:
        return papers, skipped
    damage = _damage(whole(text))
    if given and damage:
        raise DigestError(
            f"{name} is no digest: {damage[1]} on line {damage[0]}", "give UTF-8 Markdown or text"
        )
    line, reason = damage or (1, "no entries")
    return [], [Skipped(name, line, reason)]


def day_of(path: Path) -> str:
    """The day in a path, `2024-07-09.md` or `2024/07/09.md`; the last one that exists, or an empty string."""
    days = [_iso(match) for match in _DAY.finditer(path.absolute().as_posix())]
    return next((day for day in reversed(days) if day), "")


def _iso(match: re.Match[str]) -> str:
    try:
        return date(*map(int, match.groups())).isoformat()
    except ValueError:
        return ""


def _printable(name: str) -> str:
    return name.encode("utf-8", "replace").decode("utf-8")


def _why_nothing(skipped: list[Skipped]) -> str:
    first = f"; {skipped[-1].file}: {skipped[-1].reason}" if skipped else ""
    return (
        f'an entry is a heading with an arXiv address, "### [Title](https://arxiv.org/abs/2411.15131)"{first}'
    )


# --- one paper from several entries -----------------------------------------------------------


def _merge(found: list[Paper]) -> tuple[tuple[Paper, ...], tuple[Merged, ...]]:
    by_id: dict[str, list[Paper]] = {}
    for paper in found:
        by_id.setdefault(paper.arxiv_id, []).append(paper)
    merged: list[Merged] = []
    papers: list[Paper] = []
    for entries in by_id.values():
        kept = _one(entries)
        papers.append(kept)
        places = [f"{entry.source}:{entry.line}" for entry in entries]
        places.remove(f"{kept.source}:{kept.line}")
        merged += [Merged(kept.arxiv_id, f"{kept.source}:{kept.line}", place) for place in places]
    return tuple(papers), tuple(merged)


def _one(entries: list[Paper]) -> Paper:
    """The entry with the longest text, with every day and the latest known votes of them all."""
    entries = sorted(entries, key=lambda entry: entry.dates)
    kept = max(entries, key=lambda entry: sum(len(section.text) for section in entry.sections))
    votes = [entry.votes for entry in entries if entry.votes is not None]
    dates = sorted({day for entry in entries for day in entry.dates})
    return replace(kept, dates=tuple(dates), votes=votes[-1] if votes else None)
