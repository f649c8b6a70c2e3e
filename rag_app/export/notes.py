"""One Markdown note a paper, for Obsidian or any folder of notes; written again, nothing of the reader's
is lost.

Knows: what a note holds, and which part of a file is the reader's own. Does not know: which papers
they are.

A note ends in a marker with a hash of what stands above it. Below the marker everything is the
reader's and stays. A file whose upper part was changed, or that has no marker, is not ours any more
and is left as it is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from rag_app import files
from rag_app.errors import RagError
from rag_app.export.formats import utf8
from rag_app.export.markdown import escaped_line
from rag_app.export.reference import Reference, file_name, line
from rag_app.text.cleaning import escape_markdown

_MARKER = re.compile(r"^<!-- rag-app ([0-9a-f]{12}): .*-->$", re.MULTILINE)
_HELP = "what stands above is written again; your own notes go below"
_NO_LINK = re.compile(r"[\[\]|#^\\/:<>*\"?]")  # what Obsidian does not take in the name of a note


@dataclass(frozen=True, slots=True)
class NotesWritten:
    """What became of the notes, by the names of their files."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    left: tuple[str, ...] = ()  # edited above the marker, or not made by rag-app


def write_notes(papers: Sequence[Reference], folder: Path) -> NotesWritten:
    """A note of each paper in `folder`, which is made where it is missing. Raises RagError."""
    done: dict[str, list[str]] = {"new": [], "changed": [], "unchanged": [], "left": []}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for paper in papers:
            name = f"{file_name(paper.paper.arxiv_id)}.md"
            done[_write(folder / name, note(paper))].append(name)
    except OSError as error:
        raise RagError(f"{folder} cannot be written: {error.strerror}", "choose another folder") from error
    return NotesWritten(**{what: tuple(names) for what, names in done.items()})


def archive(papers: Sequence[Reference]) -> bytes:
    """The notes as one ZIP file, for a browser, which writes no folder; of the same papers the same bytes."""
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as packed:
        for paper in papers:
            # without a time of its own, so that a new archive of the same papers is the same
            entry = ZipInfo(f"{file_name(paper.paper.arxiv_id)}.md")
            packed.writestr(entry, note(paper), ZIP_DEFLATED)
    return made.getvalue()


def note(paper: Reference) -> str:
    """The part of a note that rag-app writes, which ends in its marker."""
    text = "\n".join(_lines(paper)) + "\n\n"
    return f"{text}<!-- rag-app {_hash(text)}: {_HELP} -->\n"


def _write(file: Path, made: str) -> str:
    """Put the note in its place, with what the reader added; the field of `NotesWritten` it belongs to."""
    if not file.exists():
        files.replace(file, made)
        return "new"
    try:
        before = file.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return "left"
    marker = _MARKER.search(before)
    if marker is None or _hash(before[: marker.start()]) != marker[1]:
        return "left"
    after = made.removesuffix("\n") + before[marker.end() :]
    if after == before:
        return "unchanged"
    files.replace(file, after)
    return "changed"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]


def _lines(paper: Reference) -> Iterator[str]:
    yield _front_matter(paper)
    yield f"# {escaped_line(paper.title)}"
    yield ""
    days = " ".join(f"[[{day}]]" for day in paper.paper.dates)
    authors = ", ".join(f"[[{name}]]" for name in map(_link_name, paper.authors) if name)
    yield " · ".join(
        part for part in (f"[{escaped_line(paper.paper.arxiv_id)}]({paper.url})", days, authors) if part
    )
    for section in paper.paper.sections:
        yield f"\n## {escaped_line(section.name)}\n"
        yield utf8(escape_markdown(section.text)).strip()


def _front_matter(paper: Reference) -> str:
    """Properties as YAML between two lines of dashes."""
    import yaml

    properties: dict[str, object] = {
        "title": paper.title,
        "aliases": [paper.title],
        "authors": list(paper.authors),
        "date": paper.paper.date,
        "votes": paper.paper.votes,
        "arxiv": paper.arxiv,
        "doi": paper.doi,
        "url": paper.url,
        "citekey": paper.key,
        "tags": ["paper", *(tag for tag in map(_tag, paper.keywords) if tag)],
    }
    known = {name: value for name, value in properties.items() if value not in (None, "", [])}
    text = yaml.safe_dump(known, allow_unicode=True, sort_keys=False, width=10**6)
    return f"---\n{utf8(text)}---\n"


def _link_name(name: str) -> str:
    return line(_NO_LINK.sub(" ", name))


def _tag(tag: str) -> str:
    """Letters, digits, `_`, `-` and `/`: https://help.obsidian.md/tags."""
    return re.sub(r"[^\w/-]+", "-", line(tag)).strip("-")
