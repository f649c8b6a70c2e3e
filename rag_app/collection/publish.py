"""Building a new snapshot of the index and switching to it.

Knows: the steps and their order: build aside, verify, flush to disk, rename, switch, sweep. A kill
at any moment leaves the last snapshot answering; the next ingest removes what was left behind.
Does not know: where papers, chunks and vectors come from.

    index/CURRENT                 the name of the snapshot that answers
    index/<name>/                 the current one, and the one before it
    index/<name>.tmp-<pid>/       one being built
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from rag_app import __version__, files
from rag_app.collection import verify
from rag_app.collection.lock import ingest_lock, unwritable
from rag_app.collection.papers import build as build_table
from rag_app.collection.snapshot import (
    CHUNKS,
    CURRENT,
    FORMAT,
    MANIFEST,
    PAPERS,
    STORE,
    VECTORS,
    Manifest,
    Snapshot,
    current_name,
    file_marks,
    open_current,
    store_rows,
    write_chunks,
)
from rag_app.collection.vector_store import StoredChunk, Vectors, VectorStore
from rag_app.errors import CollectionError
from rag_app.home import Home
from rag_app.progress import Stage
from rag_app.records import Chunk, Paper

TEMPORARY = ".tmp-"
# Share of changed chunks up to which changing a copy of the last store beats making a new one.
MOST_CHANGED = 0.25
SPARE = 64 << 20  # bytes that must be left on the disk after a build


def known_roots(home: Path) -> tuple[str, ...]:
    """The collection's roots, from the current snapshot or else the newest readable one; empty
    before the first.

    Raises CollectionError when there are snapshots and none can be read: other roots would be
    another collection.
    """
    index = Home(home).index
    with suppress(CollectionError):
        return Manifest.read(index / current_name(home)).roots
    snapshots = sorted(index.glob("[0-9]*/"), reverse=True)
    for folder in (index, *snapshots):
        with suppress(CollectionError):
            return Manifest.read(folder).roots
    if any(TEMPORARY not in folder.name for folder in snapshots):
        raise CollectionError(
            f"no index in {home} says any more where its digests are",
            "name them: rag-app ingest --replace DIR",
        )
    return ()


@dataclass(frozen=True, slots=True)
class Last:
    """What a new build may take over from the current snapshot; nothing without one that is whole."""

    folder: Path | None = None
    # Text of a paper -> its chunks.
    chunks: Mapping[Hashable, tuple[Chunk, ...]] = field(default_factory=dict)

    def chunks_of(self, paper: Paper) -> tuple[Chunk, ...]:
        """The chunks of a paper whose text has not changed; empty for any other."""
        return self.chunks.get(_text_of(paper), ())


def finish(home: Path, chroma_url: str) -> None:
    """Remove what an ingest that was killed after its switch has left: all but the current index
    and the one before.
    """
    index, current = Home(home).index, current_name(home)
    older = [
        path.name
        for path in index.iterdir()
        if path.is_dir() and TEMPORARY not in path.name and path.name < current
    ]
    _remove_others(index, {current, max(older, default="")}, chroma_url)


def last_build(home: Path, fingerprint: str) -> Last:
    """The current snapshot's parts, if this version of the program made it with the same
    embedding model.
    """
    try:
        snapshot = open_current(home)
    except CollectionError:
        return Last()
    with closing(snapshot):
        manifest, papers = snapshot.manifest, snapshot.papers
        if (manifest.app_version, manifest.fingerprint) != (__version__, fingerprint):
            return Last()
        chunks = groupby(snapshot.chunks, key=lambda chunk: chunk.arxiv_id)
        return Last(snapshot.folder, {_text_of(papers.get(arxiv_id)): tuple(own) for arxiv_id, own in chunks})


def _text_of(paper: Paper) -> Hashable:
    """All of a paper that its chunks depend on."""
    return paper.arxiv_id, paper.title, tuple((section.name, section.text) for section in paper.sections)


def build_and_publish(
    home: Path,
    *,
    papers: Sequence[Paper],
    chunks: Sequence[Chunk],
    vectors: Vectors,
    roots: Sequence[str],
    fingerprint: str,
    report_json: Mapping[str, Any],
    extra: Callable[[Path], None] | None = None,
    chroma_url: str = "",
    on_step: Callable[[Stage], None] = lambda stage: None,
) -> Snapshot:
    """Make a snapshot of `papers` (in digest order), their `chunks` and `vectors` (n, d), and
    switch to it.

    `extra` may write more files into the new folder, `on_step` is told each step's name as it
    starts. Raises CollectionError (another ingest, no space, no permission, failed verification);
    the last snapshot then stays.
    """
    if not papers:
        raise CollectionError("there are no papers to index", "give `rag-app ingest` a folder with digests")
    if vectors.ndim != 2 or len(vectors) != len(chunks) or not np.isfinite(vectors).all():
        raise CollectionError(
            f"vectors of shape {vectors.shape} do not fit {len(chunks)} chunks, or are not finite"
        )
    digest = _digest(papers, chunks, roots, fingerprint, chroma_url)
    now = datetime.now(UTC)
    manifest = Manifest(
        name=f"{now:%Y%m%dT%H%M%S%fZ}-{digest[:8]}",
        created=now.isoformat(timespec="seconds"),
        app_version=__version__,
        roots=tuple(roots),
        fingerprint=fingerprint,
        dimensions=vectors.shape[1],
        papers=len(papers),
        chunks=len(chunks),
        digest=digest,
        chroma_url=chroma_url,
        report=report_json,
    )
    with ingest_lock(home):
        build = _Build(
            Home(home).index, manifest, papers, chunks, np.ascontiguousarray(vectors, np.float32), extra
        )
        try:
            for stage, step in build.steps():
                on_step(stage)
                step()
            on_step(Stage.DONE)
        except (OSError, sqlite3.Error) as error:
            raise unwritable(home, error) from error
        finally:
            build.discard_unfinished()
        return open_current(home)


@dataclass
class _Build:
    """One build, as a list of named steps, each of which may be the last before a kill."""

    index: Path
    manifest: Manifest
    papers: Sequence[Paper]
    chunks: Sequence[Chunk]
    vectors: Vectors
    add_files: Callable[[Path], None] | None
    changed_a_copy: bool = False
    before: str = ""  # the snapshot that was current until the switch

    def steps(self) -> list[tuple[Stage, Callable[[], None]]]:
        return [
            (Stage.SPACE, self._check_space),
            (Stage.FOLDER, self._folder.mkdir),
            (Stage.PAPERS, lambda: build_table(self.papers, self._folder / PAPERS)),
            (Stage.CHUNKS, lambda: write_chunks(self.chunks, self._folder / CHUNKS)),
            (Stage.VECTORS, lambda: np.save(self._folder / VECTORS, self.vectors, allow_pickle=False)),
            (Stage.DICTIONARIES, lambda: self.add_files(self._folder) if self.add_files else None),
            (Stage.STORE, self._fill_store),
            (Stage.MANIFEST, self._write_manifest),
            (Stage.VERIFYING, self._verify),
            (Stage.FLUSHING, self._flush),
            (Stage.RENAMING, self._rename),
            (Stage.SWITCHING, self._switch),
            (Stage.SWEEPING, self._sweep),
        ]

    def discard_unfinished(self) -> None:
        """Remove what this build made, unless it has become current."""
        with suppress(CollectionError):
            if current_name(self.index.parent) == self.manifest.name:
                return
        for folder in (self._folder, self._final):
            if folder.exists():
                _remove(folder, self.manifest.chroma_url)

    @property
    def _folder(self) -> Path:
        return self.index / f"{self.manifest.name}{TEMPORARY}{os.getpid()}"

    @property
    def _final(self) -> Path:
        return self.index / self.manifest.name

    def _check_space(self) -> None:
        """Twice the vectors and six times the text was enough for Chroma's copy, its text index and ours."""
        text = sum(len(chunk.text) for chunk in self.chunks) * 3  # bytes of a Hangul syllable
        needed = 3 * self.vectors.nbytes + 6 * text + SPARE
        free = shutil.disk_usage(self.index).free
        if free < needed:
            message = f"the index needs {needed >> 20} MB in {self.index}, where {free >> 20} MB are free"
            raise CollectionError(message, "free some disk space, or set RAG_HOME to another disk")

    def _fill_store(self) -> None:
        rows = store_rows(self.papers, self.chunks)
        last = self._last_store()
        if last is None:
            self._fill_new_store(rows)
            return
        with closing(last):
            changed, gone = _changes(last, rows, self.vectors)
            if len(changed) + len(gone) > MOST_CHANGED * len(rows):
                self._fill_new_store(rows)
                return
            shutil.copytree(last.folder / STORE, self._folder / STORE)
        try:
            with VectorStore(self._folder / STORE) as store:
                store.delete(gone)
                store.upsert([rows[i] for i in changed], self.vectors[changed])
            self.changed_a_copy = True
        except CollectionError:
            self._fill_again(rows)

    def _fill_new_store(self, rows: Sequence[StoredChunk]) -> None:
        with VectorStore(self._folder / STORE, self.manifest.chroma_url, self.manifest.collection) as store:
            store.create(rows, self.vectors)

    def _fill_again(self, rows: Sequence[StoredChunk]) -> None:
        """Put a new store in place of a changed copy: the last one was not as whole as its files looked."""
        shutil.rmtree(self._folder / STORE)
        self._fill_new_store(rows)

    def _last_store(self) -> Snapshot | None:
        """The current snapshot, if its embedded store is whole and holds vectors of the same model."""
        try:
            last = open_current(self.index.parent)
        except CollectionError:
            return None
        same = (last.manifest.fingerprint, last.manifest.dimensions, last.manifest.chroma_url) == (
            self.manifest.fingerprint,
            self.manifest.dimensions,
            self.manifest.chroma_url,
        )
        if same and not self.manifest.chroma_url and not last.store_damage():
            return last
        last.close()
        return None

    def _write_manifest(self) -> None:
        replace(self.manifest, files=file_marks(self._folder)).write(self._folder)

    def _verify(self) -> None:
        problems = verify.damage(self._folder)
        if problems and self.changed_a_copy:
            self._fill_again(store_rows(self.papers, self.chunks))
            self._write_manifest()
            problems = verify.damage(self._folder)
        if problems:
            raise CollectionError(
                f"the new index failed its check: {problems[0]}", "run `rag-app ingest` again"
            )

    def _flush(self) -> None:
        for path in [*self._folder.rglob("*"), self._folder]:
            files.flush(path)

    def _rename(self) -> None:
        self._folder.rename(self._final)
        files.flush(self.index)

    def _switch(self) -> None:
        """Make the new snapshot current; what was current before is kept until the next time.

        A second copy of its manifest beside it still knows the folders when the first is damaged.
        """
        shutil.copyfile(self._final / MANIFEST, self.index / MANIFEST)
        with suppress(CollectionError):
            self.before = current_name(self.index.parent)
        files.replace(self.index / CURRENT, f"{self.manifest.name}\n")
        with suppress(OSError):  # it is the current one already: an error would say that it is not
            files.flush(self.index)

    def _sweep(self) -> None:
        _remove_others(self.index, {self.manifest.name, self.before}, self.manifest.chroma_url)


def _changes(last: Snapshot, rows: Sequence[StoredChunk], vectors: Vectors) -> tuple[list[int], list[str]]:
    """Places of the rows that are new or other than in `last`, and ids that it has and `rows` has not."""
    old = {row.id: (place, row) for place, row in enumerate(store_rows(last.papers.all(), last.chunks))}
    changed = []
    for place, row in enumerate(rows):
        old_place, old_row = old.pop(row.id, (0, None))
        if row != old_row or not np.array_equal(vectors[place], last.vectors[old_place]):
            changed.append(place)
    return changed, list(old)


def _digest(
    papers: Sequence[Paper], chunks: Sequence[Chunk], roots: Sequence[str], fingerprint: str, chroma_url: str
) -> str:
    """SHA-256 of all that decides a snapshot's contents; the records' `repr` is complete and
    deterministic.
    """
    digest = hashlib.sha256(repr((FORMAT, __version__, tuple(roots), fingerprint, chroma_url)).encode())
    for record in (*papers, *chunks):
        digest.update(repr(record).encode())
    return digest.hexdigest()


def _remove_others(index: Path, kept: Collection[str], chroma_url: str) -> None:
    for path in index.iterdir():
        if path.is_dir() and path.name not in kept:
            _remove(path, chroma_url)
        elif path.name.startswith(f"{CURRENT}{TEMPORARY}"):
            path.unlink(missing_ok=True)


def _remove(folder: Path, chroma_url: str) -> None:
    """Remove a snapshot, whole or not, and its collection if a server holds that; failing leaves
    it to the next.
    """
    with suppress(CollectionError):
        chroma_url = Manifest.read(folder).chroma_url
    if chroma_url:
        with (
            suppress(CollectionError),
            VectorStore(folder, chroma_url, f"rag-{folder.name.split(TEMPORARY)[0]}") as s,
        ):
            s.drop()
    shutil.rmtree(folder, ignore_errors=True)
