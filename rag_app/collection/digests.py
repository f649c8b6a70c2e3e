"""Folders of digests -> papers, and a report of what was merged or skipped and why.

Knows: folders and files, and how a paper seen twice becomes one. Does not know: the inside of a file
(`reading` does), chunks, the index.

A digest is untrusted and often irregular. Whatever it holds, reading raises nothing and takes linear
time; all text of an entry ends up in some section, as a verbatim slice, or is reported with its file
and line. An entry that holds bytes which are no text is left out, since nothing in it could be quoted;
the entries around it stay.
"""

from __future__ import annotations

import errno
import os
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path, PurePath

from rag_app.collection.reading.days import day_of_path
from rag_app.collection.reading.encoding import normalise
from rag_app.collection.reading.files import FileReading, read_bytes, read_normalised
from rag_app.collection.reading.outline import EntryShape
from rag_app.collection.reading.reader import damage
from rag_app.errors import DigestError
from rag_app.files import as_stored
from rag_app.records import Paper, Section

__all__ = [
    "SUFFIXES",
    "Merged",
    "Report",
    "Skipped",
    "day_of",
    "files_below",
    "normalise",
    "parse",
    "read",
]

SUFFIXES = (".md", ".markdown", ".mdx", ".txt", ".json", ".jsonl")
UNREAD = (
    ".html",
    ".htm",
    ".csv",
    ".tsv",
    ".org",
    ".rst",
    ".tex",
    ".bib",
    ".ipynb",
    ".xml",
    ".docx",
    ".pdf",
    ".rss",
)
EMPTIED = "no digests are left here"
HIDDEN_FOLDERS = (".github",)  # read although they are hidden: digests are published as issues from there


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


class Missing(StrEnum):
    """What digests need not say of a paper."""

    DAY = "day"
    VOTES = "votes"
    AUTHORS = "authors"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Report:
    """What reading found. `entries` counts the entries taken, before papers found twice become one."""

    files: int
    entries: int
    papers: int
    skipped: tuple[Skipped, ...]
    merged: tuple[Merged, ...]
    notes: tuple[Skipped, ...] = ()  # other encodings, and files of kinds that are not read
    # What the entries are in their files, most frequent first.
    shapes: tuple[tuple[EntryShape, int], ...] = ()
    missing: tuple[tuple[Missing, int], ...] = ()  # papers without a field
    weeks: int = 0  # papers dated by the first day of a range


def read(roots: Sequence[Path], known: Collection[Path] = ()) -> tuple[tuple[Paper, ...], Report]:
    """The papers below the roots (folders, or single files), one per key (arXiv id or address), in
    reading order, and the report.

    Roots in `known` were read before: where the last digest of one was deleted, that is a note.

    Raises DigestError when a root does not exist, a file given directly is not text, or any other
    root, or all of them, hold no digest.
    """
    found: list[Paper] = []
    shapes: Counter[EntryShape] = Counter()
    skipped: list[Skipped] = []
    notes: list[Skipped] = []
    seen: set[Path] = set()
    for given in roots:
        root, taken = as_stored(given), 0
        for path, name in _files(root, skipped, notes):
            if path.resolve() in seen:
                taken += 1
                continue
            seen.add(path.resolve())
            reading = _read_file(path, name, root)
            found += reading.papers
            shapes.update(reading.shapes)
            skipped += [Skipped(name, line, reason) for line, reason in reading.left_out]
            notes += [Skipped(name, 0, reading.note)] if reading.note else []
            taken += bool(reading.papers)
        if not taken and given not in known:
            raise DigestError(f"no digests in {given}", _why_nothing(skipped))
        notes += [] if taken else [Skipped(str(given), 0, EMPTIED)]
    if not found:
        raise DigestError(f"no digests in {', '.join(map(str, roots))}", _why_nothing(skipped))
    papers, merged = _merge(found)
    return papers, Report(
        len(seen),
        len(found),
        len(papers),
        tuple(skipped),
        merged,
        tuple(notes),
        tuple(shapes.most_common()),
        _missing(papers),
        sum(bool(paper.period) for paper in papers),
    )


def files_below(root: Path) -> Iterator[Path]:
    """The files that `read` reads below a root; none when there is no such root."""
    existing = as_stored(root)
    if existing.exists():
        yield from (path for path, _ in _files(existing, [], []) if path.is_file())


def parse(text: str, source: str, day: str = "") -> tuple[list[Paper], list[Skipped]]:
    """The entries of one normalised file, in order, and what was skipped. `day` holds until a
    heading names one.
    """
    reading = read_normalised(text, source, PurePath(PurePath(source).name), day)
    return list(reading.papers), [Skipped(source, line, reason) for line, reason in reading.left_out]


def day_of(path: PurePath) -> str:
    """The day in a path, `2024-07-09.md` or `2024/07/09.md`, or the first of a range; the one nearest to
    the file's name, or an empty string.
    """
    found = day_of_path(path)
    return found.day if found else ""


def _missing(papers: Sequence[Paper]) -> tuple[tuple[Missing, int], ...]:
    counts = {
        Missing.DAY: sum(not paper.dates for paper in papers),
        Missing.VOTES: sum(paper.votes is None for paper in papers),
        Missing.AUTHORS: sum(not paper.authors for paper in papers),
        Missing.TEXT: sum(not paper.sections for paper in papers),
    }
    return tuple((name, count) for name, count in counts.items() if count)


# --- files ------------------------------------------------------------------------------------


def _files(root: Path, skipped: list[Skipped], notes: list[Skipped]) -> Iterator[tuple[Path, str]]:
    """Digest files below a root, sorted, each with the name it is reported by. Hidden ones are left
    out; a link to a folder is followed once, so there are no loops. Files of other kinds that may hold
    digests are counted in a note. Raises DigestError when there is no such root.
    """
    if root.is_file():
        yield root, _printable(root.name)
        return
    if not root.is_dir():
        raise DigestError(
            f"no such folder: {root}", "give a folder of .md, .txt or .json digests, or one such file"
        )

    def unreadable(error: OSError) -> None:
        skipped.append(Skipped(_printable(str(error.filename)), 0, f"cannot be opened: {error.strerror}"))

    visited: set[Path] = set()
    others: Counter[str] = Counter()
    for folder, folders, files in os.walk(root, onerror=unreadable, followlinks=True):
        real = Path(folder).resolve()
        if real in visited:
            folders[:] = []
            continue
        visited.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith(".") or name in HIDDEN_FOLDERS)
        for file in sorted(files):
            path = Path(folder, file)
            if file.startswith("."):
                continue
            if not file.lower().endswith(SUFFIXES):
                others[path.suffix.lower()] += 1
            elif not path.is_dir():
                yield path, _printable(str(Path(root.absolute().name, path.relative_to(root)).as_posix()))
    for suffix, count in sorted(others.items()):
        if suffix in UNREAD:
            reason = f"{count:,} {suffix} file{'s' * (count > 1)}: only {', '.join(SUFFIXES)} are read"
            notes.append(Skipped(_printable(root.absolute().name), 0, reason))


def _read_file(path: Path, name: str, root: Path) -> FileReading:
    """One file. A bad file is an error when it was given directly, and one report line inside a folder."""
    given = path == root
    try:
        if not path.is_file():
            raise OSError(errno.EINVAL, "not a regular file")
        data = path.read_bytes()
    except OSError as error:
        if given:
            raise DigestError(
                f"{name} cannot be opened: {error.strerror}", "give UTF-8 Markdown, text or JSON"
            ) from None
        return FileReading(left_out=((0, f"cannot be opened: {error.strerror}"),))
    below = PurePath(name) if given else path.relative_to(root)
    reading = read_bytes(data, name, below)
    if reading.papers:
        return reading
    text = normalise(data) if not reading.note else ""
    damaged = damage(text, 0, len(text))
    if damaged and given:
        line = text.count("\n", 0, damaged[0]) + 1
        reason = reading.problem or f"{damaged[1]} on line {line}"
        raise DigestError(f"{name} is no digest: {reason}", "give UTF-8 Markdown, text or JSON")
    if damaged:
        line = text.count("\n", 0, damaged[0]) + 1
        return replace(reading, left_out=((line, reading.problem or damaged[1]),))
    return replace(reading, left_out=((1, _looks_like(below, reading)),))


def _looks_like(path: PurePath, reading: FileReading) -> str:
    """What a file that gave nothing holds, and what would be read."""
    if path.suffix.lower() in (".json", ".jsonl"):
        return f"no entries: {reading.left_out[0][1]}" if reading.left_out else "no entries"
    lost = [reason for _, reason in reading.left_out if "address" in reason and "running text" in reason]
    return "no entries: addresses of papers stand in running text alone" if lost else "no entries"


def _printable(name: str) -> str:
    return name.encode("utf-8", "replace").decode("utf-8")


def _why_nothing(skipped: list[Skipped]) -> str:
    first = f"; {skipped[-1].file}: {skipped[-1].reason}" if skipped else ""
    return (
        "an entry is a heading, list item or table row with a title and an arXiv address, "
        f'"### [Title](https://arxiv.org/abs/2411.15131)"{first}'
    )


# --- one paper from several entries -----------------------------------------------------------


def _merge(found: list[Paper]) -> tuple[tuple[Paper, ...], tuple[Merged, ...]]:
    by_key: dict[str, list[Paper]] = {}
    for paper in found:
        by_key.setdefault(paper.arxiv_id, []).append(paper)
    merged: list[Merged] = []
    papers: list[Paper] = []
    for entries in by_key.values():
        kept = _one(entries) if len(entries) > 1 else entries[0]
        papers.append(kept)
        if len(entries) > 1:
            places = [f"{entry.source}:{entry.line}" for entry in entries]
            places.remove(f"{kept.source}:{kept.line}")
            merged += [Merged(kept.arxiv_id, f"{kept.source}:{kept.line}", place) for place in places]
    return tuple(papers), tuple(merged)


def _one(entries: list[Paper]) -> Paper:
    """The entry with the longest text, with every day and the latest known votes of them all; what one
    file says of a paper in several places is joined first.
    """
    by_file: dict[str, list[Paper]] = {}
    for entry in entries:
        by_file.setdefault(entry.source, []).append(entry)
    told = [_joined(same) for same in by_file.values()]
    return _with_all_told(_fullest(told), told)


def _joined(entries: list[Paper]) -> Paper:
    """One paper of the entries of one file: the longest entry's text first, then what the others add."""
    if len(entries) == 1:
        return entries[0]
    kept = _fullest(entries)
    sections = list(kept.sections)
    for entry in entries:
        sections += [s for s in entry.sections if not any(s.text in held.text for held in sections)]
    return replace(_with_all_told(kept, entries), sections=_named_apart(sections))


def _fullest(entries: Sequence[Paper]) -> Paper:
    """The entry with the longest text, rather one with a title."""
    return max(entries, key=lambda entry: (_is_titled(entry), _length(entry)))


def _with_all_told(kept: Paper, entries: Sequence[Paper]) -> Paper:
    """One of the entries with every day and the latest known votes of all, and authors where it has none."""
    dated = sorted(entries, key=lambda entry: entry.dates)
    votes = [entry.votes for entry in dated if entry.votes is not None]
    named = next((entry for entry in [kept, *dated] if entry.authors), kept)
    periods = {day: entry.period for entry in reversed(dated) for day in entry.dates}
    return replace(
        kept,
        dates=tuple(sorted(periods)),
        votes=votes[-1] if votes else None,
        authors=named.authors,
        unnamed_authors=named.unnamed_authors,
        period=periods.get(min(periods, default=""), ""),
    )


def _is_titled(entry: Paper) -> bool:
    return entry.title != entry.arxiv_id


def _length(entry: Paper) -> int:
    return sum(len(section.text) for section in entry.sections)


def _named_apart(sections: list[Section]) -> tuple[Section, ...]:
    kept: dict[str, Section] = {}
    for section in sections:
        name, count = section.name, 2
        while name in kept:
            name, count = f"{section.name} ({count})", count + 1
        kept[name] = replace(section, name=name)
    return tuple(kept.values())
