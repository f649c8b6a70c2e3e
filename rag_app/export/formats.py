"""The formats of references: what kind of file each is, and what writes it.

Knows: names, suffixes, types and encodings. Does not know: how a format is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rag_app.export import bibtex, csl, markdown, ris, spreadsheet
from rag_app.export.reference import Reference


@dataclass(frozen=True, slots=True)
class FileType:
    """One kind of file that is handed out."""

    title: str  # as people know it
    suffix: str
    mime: str
    encoding: str = "utf-8"

    def encoded(self, text: str) -> bytes:
        """The file's bytes; half a surrogate pair becomes "?"."""
        return utf8(text).encode(self.encoding)


FILES: Mapping[str, FileType] = {
    "bibtex": FileType("BibTeX", "bib", "text/plain"),
    "ris": FileType("RIS", "ris", "application/x-research-info-systems"),
    "csl": FileType("CSL-JSON", "json", "application/vnd.citationstyles.csl+json"),
    "md": FileType("Markdown", "md", "text/markdown"),
    # a byte order mark tells spreadsheets that it is UTF-8
    "csv": FileType("CSV", "csv", "text/csv", "utf-8-sig"),
}
_WRITERS: Mapping[str, Callable[[Sequence[Reference]], str]] = {
    "bibtex": bibtex.write,
    "ris": ris.write,
    "csl": csl.write,
    "md": markdown.write,
    "csv": spreadsheet.write,
}


def write(format: str, papers: Sequence[Reference]) -> str:
    """The papers in that order, as a file of one of `FILES`."""
    return _WRITERS[format](papers)


def utf8(text: str) -> str:
    """The text that UTF-8 can hold."""
    return text.encode("utf-8", "replace").decode()
