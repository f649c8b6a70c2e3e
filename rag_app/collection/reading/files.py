"""The bytes of one file -> its papers, and what to say of it.

Knows: which reader a file is for (Markdown or text, JSON, one paper with front matter). Does not know:
folders, and papers that several files hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import PurePath
from typing import Protocol

from rag_app.collection.reading.addresses import bare_id, is_arxiv, key_of
from rag_app.collection.reading.authors import Authors, authors_list, authors_of
from rag_app.collection.reading.days import Day, day_in, day_of_path, year_in
from rag_app.collection.reading.encoding import decoded
from rag_app.collection.reading.fields import Body, Fields, read_body, sections_of
from rag_app.collection.reading.front_matter import FrontMatter, Value, front_matter
from rag_app.collection.reading.json_objects import json_papers
from rag_app.collection.reading.json_values import looks_like_json, strings_with_addresses
from rag_app.collection.reading.labels import Role, role_of
from rag_app.collection.reading.markup import Kind, SourceText, definitions_in, opaque_spans, scan
from rag_app.collection.reading.outline import EntryShape, addresses_by_line, entry_shape
from rag_app.collection.reading.reader import NOT_UTF8, Days, damage, read_text
from rag_app.collection.reading.titles import plain_title
from rag_app.collection.reading.votes import votes_of
from rag_app.records import Paper, Section
from rag_app.text.cleaning import clean_line, nfc

LeftOut = tuple[int, str]  # number of the line, and why


@dataclass(frozen=True, slots=True)
class FileReading:
    """The papers of one file in order with the shape of each, and what was left out; `note` says how
    the file was decoded where that is worth saying, `problem` why it could not be.
    """

    papers: tuple[Paper, ...] = ()
    shapes: tuple[EntryShape, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    note: str = ""
    problem: str = ""


def read_bytes(data: bytes, source: str, path: PurePath) -> FileReading:
    """The papers of a file. `source` is the name to report; `path` is the part of its path below the
    root, from which a day may come.
    """
    text = decoded(data)
    found = read_normalised(text.text, source, path)
    left_out = _as_one(found.left_out, text.problem) if text.problem else found.left_out
    return replace(found, left_out=left_out, note=text.note, problem=text.problem)


def _as_one(left_out: tuple[LeftOut, ...], problem: str) -> tuple[LeftOut, ...]:
    """What was left out, with one line for all bytes that are no text, as the whole file is encoded so."""
    damaged = [line for line, reason in left_out if reason.startswith(NOT_UTF8)]
    if not damaged:
        return left_out
    count = f"{len(damaged):,} place{'s' * (len(damaged) > 1)} left out"
    others = [(line, reason) for line, reason in left_out if not reason.startswith(NOT_UTF8)]
    return tuple(sorted([(damaged[0], f"{problem}: {count}"), *others]))


def read_normalised(text: str, source: str, path: PurePath, day: str = "") -> FileReading:
    """The papers of a normalised text. `day` holds until the text names one."""
    on_path = Day(day) if day else day_of_path(path)
    if path.suffix.lower() in (".json", ".jsonl", ".ndjson") or looks_like_json(text):
        found = _json(text, source, on_path)
        if found.papers or path.suffix.lower() in (".json", ".jsonl", ".ndjson"):
            return found
    front = front_matter(text)
    days = Days(_digest_day(on_path, front), year_in(nfc(path.as_posix())))
    papers: list[Paper] = []
    shapes: list[EntryShape] = []
    left_out: list[LeftOut] = []
    for piece in read_text(text, days, front.end):
        papers += [_paper(entry, day_, source) for entry, day_ in piece.entries]
        shapes += [entry_shape(entry.shape) for entry, _ in piece.entries]
        left_out += piece.left_out
    alone = _one_paper(text, front, path, {paper.arxiv_id for paper in papers})
    if alone:
        return _of_file(text, source, front, alone, on_path)
    return FileReading(tuple(papers), tuple(shapes), tuple(left_out))


class _Entry(Protocol):
    """What every reader gives of a paper."""

    @property
    def key(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def fields(self) -> Fields: ...
    @property
    def sections(self) -> tuple[Section, ...]: ...


@dataclass(frozen=True, slots=True)
class _WholeFile:
    """The paper that a file is about."""

    key: str
    title: str
    fields: Fields
    sections: tuple[Section, ...]
    line: int = 1


@lru_cache(maxsize=64)
def _dates(day: str) -> tuple[str, ...]:
    """What the papers of one digest share."""
    return (day,)


def _paper(entry: _Entry, day: Day | None, source: str) -> Paper:
    authors = entry.fields.authors or Authors(())
    return Paper(
        entry.key,
        entry.title,
        _dates(day.day) if day else (),
        entry.sections,
        entry.fields.votes,
        authors.names,
        authors.unnamed,
        source,
        entry.line,
        period=day.period if day else "",
    )


# --- JSON -------------------------------------------------------------------------------------


def _json(text: str, source: str, on_path: Day | None) -> FileReading:
    entries, problem = json_papers(text)
    if not entries and (kept := strings_with_addresses(text)):
        return _markdown_in_json(kept, text, source, on_path)
    papers = []
    for entry in entries:
        own = entry.fields.day or entry.fields.published
        day = on_path if on_path and not on_path.until else own or on_path
        papers.append(_paper(entry, day, source))
    return FileReading(
        tuple(papers), (EntryShape.JSON_OBJECT,) * len(papers), ((1, problem),) if problem else ()
    )


def _markdown_in_json(kept: str, text: str, source: str, on_path: Day | None) -> FileReading:
    """The papers of Markdown that stands in the strings of a JSON file."""
    pieces = read_text(kept, Days(on_path, on_path.year if on_path else 0))
    papers = []
    for entry, day in (dated for piece in pieces for dated in piece.entries):
        line = text.count("\n", 0, max(0, text.find(entry.key))) + 1
        sections = tuple(Section(s.name, s.text, line) for s in entry.sections)
        papers.append(replace(_paper(entry, day, source), sections=sections, line=line))
    return FileReading(tuple(papers), (EntryShape.JSON_STRING,) * len(papers))


# --- one paper a file -------------------------------------------------------------------------


def _digest_day(on_path: Day | None, front: FrontMatter) -> Day | None:
    """The day of the file's name, of its front matter, or of the title there."""
    if on_path and not on_path.until:
        return on_path
    dated = [v for name, v in front.values.items() if role_of(name) in (Role.DAY, Role.PUBLISHED)]
    titles = [v for name, v in front.values.items() if role_of(name) == Role.TITLE]
    return next((day for value in [*dated, *titles] if (day := day_in(value.text))), on_path)


def _one_paper(text: str, front: FrontMatter, path: PurePath, keys: set[str]) -> str:
    """The key of the paper that the whole file is about, or an empty string; `keys` are of its entries."""
    if len(keys) > 1:
        return ""
    in_front = _front_key(front)
    if in_front and (not keys or keys == {in_front} or is_arxiv(in_front)):
        return in_front
    if keys:
        return ""
    titled = any(role_of(name) == Role.TITLE for name in front.values)
    if titled:
        found = {a.key for here in addresses_by_line(_scanned(text, front.end)).values() for a in here}
        if len(found) == 1:
            return found.pop()
    named = bare_id(path.stem)
    return named.key if named and path.stem[named.end :][:1] in ("", "-", "_", " ") else ""


def _scanned(text: str, begin: int) -> SourceText:
    return scan(text, begin, len(text), definitions_in(text), opaque_spans(text, begin))


def _front_key(front: FrontMatter) -> str:
    keys = [
        key
        for name, value in front.values.items()
        if role_of(name) in (Role.LINK, Role.OTHER) or name.casefold() in ("id", "slug")
        for written in value.texts[:3]
        if (key := key_of(written) or _bare(written))
    ]
    return next((key for key in keys if is_arxiv(key)), keys[0] if keys else "")


def _bare(written: str) -> str:
    found = bare_id(written.strip())
    return found.key if found and found.end == len(written.strip()) else ""


def _of_file(text: str, source: str, front: FrontMatter, key: str, on_path: Day | None) -> FileReading:
    scanned = _scanned(text, front.end)
    if damaged := damage(text, 0, len(text)):
        return FileReading(left_out=((text.count("\n", 0, damaged[0]) + 1, damaged[1]),))
    body = Body(title=_title(front))
    sections = _front_sections(text, front, body.fields)
    heading = next((line for line in scanned.lines if line.kind == Kind.HEADING), None)
    lines = [line for line in scanned.lines if not (line is heading and not body.title)]
    if not body.title and heading:
        body.title = plain_title(heading.inner, scanned.definitions)
    read_body(lines, body, scanned.definitions)
    title = body.title or key
    taken = {section.name for section in sections}
    for section in sections_of(body.marks, text):
        name = section.name if section.name not in taken else f"{section.name} (text)"
        sections.append(Section(name, section.text, section.line))
    day = on_path if on_path and not on_path.until else body.fields.day or body.fields.published or on_path
    own = _own_day(front)
    entry = _WholeFile(key, title[:300].rstrip(), body.fields, _distinct(sections))
    paper = _paper(entry, own or day, source)
    shape = EntryShape.FRONT_MATTER if front.values else EntryShape.NAMED_FILE
    return FileReading((paper,), (shape,))


def _own_day(front: FrontMatter) -> Day | None:
    """The paper's day in its own front matter: of a file that is one paper it comes first."""
    for wanted in (("date", "day"), None):
        for name, value in front.values.items():
            fits = name.casefold() in wanted if wanted else role_of(name) in (Role.DAY, Role.PUBLISHED)
            if fits and (day := day_in(value.text)):
                return day
    return None


def _title(front: FrontMatter) -> str:
    titled = [(name, value) for name, value in front.values.items() if role_of(name) == Role.TITLE]
    plain = [value for name, value in titled if name.casefold() == "title"] or [value for _, value in titled]
    return clean_line(plain[0].text) if plain else ""


def _front_sections(text: str, front: FrontMatter, fields: Fields) -> list[Section]:
    """The fields of front matter, and its texts as sections, each a slice of the file."""
    sections: list[Section] = []
    for name, value in front.values.items():
        role = role_of(name)
        if role == Role.AUTHORS and fields.authors is None:
            fields.authors = authors_list(list(value.texts)) if value.is_list else authors_of(value.text)
        elif role == Role.VOTES and (count := votes_of(value.text)):
            fields.votes, fields.counted = count.count, True
        elif _is_told(role, value, front):
            sections += _section(text, name, value)
    return sections


def _is_told(role: Role | None, value: Value, front: FrontMatter) -> bool:
    """Whether a value is text: a title in another language, a summary, or a sentence of any name."""
    other_title = role == Role.TITLE and clean_line(value.text) != _title(front)
    return other_title or role in (Role.ORIGINAL, Role.TEXT) or (role is None and _is_prose(value))


def _is_prose(value: Value) -> bool:
    plain = value.text
    return (
        not value.is_list
        and not plain.startswith(("http", "/", "[", "{"))
        and (len(plain.split()) >= 5 or len(plain) >= 15)
    )


def _section(text: str, name: str, value: Value) -> list[Section]:
    raw = text[value.start : value.end]
    inner = raw.strip().lstrip("|>+-").strip() if raw.lstrip()[:1] in "|>" else raw.strip()
    if len(inner) >= 2 and inner[0] in "'\"" and inner[-1] == inner[0]:
        inner = inner[1:-1].strip()
    line = text.count("\n", 0, value.start + raw.find(inner)) + 1
    return [Section(clean_line(name)[:60] or "Summary", inner, line)] if inner else []


def _distinct(sections: Sequence[Section]) -> tuple[Section, ...]:
    kept: dict[str, Section] = {}
    for section in sections:
        name, count = section.name, 2
        while name in kept:
            name, count = f"{section.name} ({count})", count + 1
        kept[name] = Section(name, section.text, section.line)
    return tuple(kept.values())
