"""What would be read of a folder or of uploaded files, before anything is written.

Knows: that uploads stay in memory and in a folder that is gone at the end. Does not know: how
digests are read (`collection.digests`), or how a preview looks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rag_app.collection import digests
from rag_app.collection.reading.outline import EntryShape
from rag_app.errors import RagError
from rag_app.web.state.uploads import Upload, by_stored_name, stored_name

SAME_NAME = "another file of this upload has the same name, and is taken instead"


@dataclass(frozen=True, slots=True)
class DigestPreview:
    """What would be read, and what would not."""

    files: int
    papers: tuple[str, ...] = ()  # arXiv ids
    skipped: tuple[digests.Skipped, ...] = ()
    good: tuple[str, ...] = ()  # stored names of the uploads that hold an entry
    shapes: tuple[tuple[EntryShape, int], ...] = ()  # what the entries are in their files
    missing: tuple[tuple[digests.Missing, int], ...] = ()  # papers without a field
    notes: tuple[digests.Skipped, ...] = ()  # on whole files


def preview_folder(folder: Path) -> DigestPreview:
    """What `ingest` would read below a folder. Raises DigestError."""
    papers, report = digests.read([folder])
    ids = tuple(paper.arxiv_id for paper in papers)
    return DigestPreview(report.files, ids, report.skipped, (), report.shapes, report.missing, report.notes)


def preview_uploads(files: Sequence[Upload]) -> DigestPreview:
    """What `ingest` would read of uploaded files, under the names they will be saved under."""
    papers: list[str] = []
    skipped = [digests.Skipped(name, 0, SAME_NAME) for name in _hidden_by_a_later_one(files)]
    notes: list[digests.Skipped] = []
    good: list[str] = []
    shapes: Counter[EntryShape] = Counter()
    missing: Counter[digests.Missing] = Counter()
    with TemporaryDirectory() as folder:
        for name, file in by_stored_name(files).items():
            path = Path(folder, name)
            path.write_bytes(file.getvalue())
            try:
                found, report = digests.read([path])
            except RagError as error:
                why = f"{error.message}; {error.hint}".replace(str(path), path.name)
                skipped.append(digests.Skipped(path.name, 0, why))
                continue
            good.append(path.name)
            papers += [paper.arxiv_id for paper in found]
            skipped += report.skipped
            notes += report.notes
            shapes.update(dict(report.shapes))
            missing.update(dict(report.missing))
    return DigestPreview(
        len(files),
        tuple(dict.fromkeys(papers)),
        tuple(skipped),
        tuple(good),
        tuple(shapes.most_common()),
        tuple(missing.items()),
        tuple(notes),
    )


def _hidden_by_a_later_one(files: Sequence[Upload]) -> list[str]:
    taken = list(map(id, by_stored_name(files).values()))
    return [stored_name(file.name) for file in files if id(file) not in taken]


def preview_or_error(folder: Path) -> DigestPreview | RagError:
    try:
        return preview_folder(folder)
    except RagError as error:
        return error
