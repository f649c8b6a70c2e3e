"""JSON and JSONL -> the papers in lists of objects, by their usual keys.

Knows: which keys hold a paper's id, title, authors, day, votes and text, also in objects within
objects and in strings that hold an object. Does not know: Markdown. The text of a section is the
decoded value of a string.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rag_app.collection.reading.addresses import arxiv_key, bare_id, is_arxiv, key_of, web_key
from rag_app.collection.reading.authors import Authors, authors_list, authors_of
from rag_app.collection.reading.days import day_in
from rag_app.collection.reading.fields import Fields
from rag_app.collection.reading.json_values import DEEPEST, flat, literal, parsed
from rag_app.collection.reading.labels import Role, role_of
from rag_app.collection.reading.votes import votes_of
from rag_app.records import SUMMARY, Section
from rag_app.text.cleaning import clean_line

_MISSES = 20  # ids that are not written in the file as their key is; the lines stay rough then
_LEVELS = 4  # objects within objects that are one paper's

_ID_KEYS = (
    "arxiv_id",
    "arxivid",
    "arxiv",
    "paper_id",
    "paperid",
    "id",
    "entry_id",
    "externalids",
    "external_ids",
    "doi",
)
_LINK_KEYS = (
    "url",
    "link",
    "arxiv_url",
    "abs_url",
    "pdf_url",
    "pdf",
    "abs",
    "arxiv_page_url",
    "paper_url",
    "page_url",
    "links",
    "openaccesspdf",
    "html_url",
)
_NO_PAPER = (
    "submittedby",
    "submittedondailyby",
    "user",
    "organization",
    "metadata",
    "embedding",
    "tokens",
    "usage",
)


@dataclass(frozen=True, slots=True)
class JsonEntry:
    """A paper of a JSON file."""

    key: str
    title: str
    line: int
    fields: Fields
    sections: tuple[Section, ...]


@dataclass(slots=True)
class _Found:
    """What an object and the objects in it say of one paper."""

    key: str = ""
    other_key: str = ""
    title: str = ""
    titles: dict[str, str] = field(default_factory=dict)
    fields: Fields = field(default_factory=Fields)
    texts: dict[str, str] = field(default_factory=dict)


def json_papers(text: str) -> tuple[list[JsonEntry], str]:
    """The papers of a JSON or JSONL text, and why there are none (an empty string when there are)."""
    values, problem = parsed(text)
    found = [_paper(*candidate) for value in values for candidate in _candidates(value, 0, "")]
    entries = _with_lines([_entry(paper) for paper in found if paper], text)
    if entries:
        return entries, ""
    return [], problem or "JSON without objects that have a paper's id or address and a title"


def _candidates(value: Any, level: int, name: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    """The objects that may be papers, each with the key it stands under (a day, an id, or a category)."""
    if isinstance(value, str) and level <= _LEVELS:
        value = literal(value)
    if isinstance(value, dict):
        if _is_paper(value, name):
            yield value, name
            return
        if level <= DEEPEST:
            for key, inner in value.items():
                if isinstance(inner, dict | list):
                    yield from _candidates(
                        inner,
                        level + 1,
                        str(key) if not isinstance(inner, list) or day_in(str(key)) else name,
                    )
    elif isinstance(value, list) and level <= DEEPEST:
        for inner in value:
            yield from _candidates(inner, level + 1, name)


def _is_paper(value: Mapping[str, Any], name: str) -> bool:
    """Whether an object, or one object right in it, has a title and a paper's id or address."""
    inner = [v for k, v in value.items() if isinstance(v, dict) and k.casefold() not in _NO_PAPER]
    titled = any(
        role_of(str(k)) == Role.TITLE and isinstance(v, str | list)
        for o in [value, *inner]
        for k, v in o.items()
    )
    if not titled:
        return False
    return any(_key_in(o, "")[0] or _key_in(o, "")[1] for o in [value, *inner]) or bool(bare_id(name))


def _paper(value: Mapping[str, Any], name: str) -> _Found | None:
    found = _Found()
    _collect(value, found, 0)
    found.key = found.key or (bare.key if (bare := bare_id(name)) else "") or found.other_key
    if not found.fields.day and (day := day_in(name)):
        found.fields.day = day
    return found if found.key and (found.title or found.titles) else None


def _collect(value: Mapping[str, Any], found: _Found, level: int) -> None:
    key, other = _key_in(value, found.key)
    found.key, found.other_key = found.key or key, found.other_key or other
    inner: list[Mapping[str, Any]] = []
    for name, held in value.items():
        plain = str(name).casefold()
        if isinstance(held, dict):
            if plain not in _NO_PAPER and role_of(str(name)) not in (Role.ELSEWHERE, Role.AUTHORS):
                inner.append(held)
        else:
            _take(str(name), held, found)
    if level < _LEVELS:
        for held in inner:
            _collect(held, found, level + 1)


def _key_in(value: Mapping[str, Any], known: str) -> tuple[str, str]:
    """The arXiv id of an object, and any other address of a paper."""
    lowered = {str(name).casefold().replace("-", "_"): held for name, held in value.items()}
    other = ""
    for name in _ID_KEYS:
        held = lowered.get(name)
        held = (
            next((v for k, v in held.items() if str(k).casefold() in ("arxiv", "doi")), "")
            if isinstance(held, dict)
            else held
        )
        if isinstance(held, str) and held:
            bare = bare_id(held.strip())
            key = (
                arxiv_key(bare.key)
                if bare and bare.end == len(held.strip())
                else key_of(held) or (key_of(f"doi:{held}") if name == "doi" else "")
            )
            if is_arxiv(key):
                return key, ""
            other = other or key
    for name in _LINK_KEYS:
        for address in _strings(lowered.get(name)):
            key = key_of(address)
            if is_arxiv(key):
                return key, ""
            other = other or key or (web_key(address) if name != "links" and not known else "")
    return "", other


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [inner for inner in value.values() if isinstance(inner, str)]
    if isinstance(value, list):
        return [
            s
            for inner in value[:20]
            for s in (
                [inner] if isinstance(inner, str) else _strings(inner) if isinstance(inner, dict) else []
            )
        ]
    return []


def _take(name: str, held: Any, found: _Found) -> None:
    role, fields = role_of(name), found.fields
    if role == Role.AUTHORS and fields.authors is None:
        fields.authors = _authors(held)
    elif role == Role.VOTES and fields.votes is None and not isinstance(held, bool):
        _take_votes(held, fields)
    elif role in (Role.DAY, Role.PUBLISHED, Role.UPDATED) and isinstance(held, str | int):
        day = day_in(str(held))
        if role == Role.DAY:
            fields.day = fields.day or day
        elif role == Role.PUBLISHED:
            fields.published = fields.published or day
    elif role in (Role.TITLE, Role.ORIGINAL):
        title = clean_line(flat(held))
        if (
            title
            and role_of(name) == Role.TITLE
            and not found.title
            and name.casefold() in ("title", "paper_title", "papertitle", "name", "标题", "제목")
        ):
            found.title = title
        elif title:
            found.titles.setdefault(name, title)
    elif role in (Role.LINK, Role.ELSEWHERE, Role.NUMBER):
        return
    elif (text := flat(held)) and _is_text(text, role):
        found.texts.setdefault(name, text)


def _is_text(text: str, role: Role | None) -> bool:
    """Whether a string is prose, and no address or code word of a key that is not known."""
    if text.startswith(("http://", "https://", "/")):
        return False
    return role is not None or len(text.split()) >= 5 or len(text) >= 30


def _take_votes(held: Any, fields: Fields) -> None:
    count = (
        held
        if isinstance(held, int)
        else int(held)
        if isinstance(held, float) and held == int(held)
        else None
    )
    if count is None and isinstance(held, str) and (votes := votes_of(held)):
        count = votes.count
    if count is not None and 0 <= count < 10**9:
        fields.votes, fields.counted = count, True


def _authors(held: Any) -> Authors | None:
    if isinstance(held, str):
        return authors_of(held)
    if isinstance(held, list):
        return authors_list([name for item in held[:5_000] if (name := _name(item))])
    return None


def _name(item: Any) -> str:
    if isinstance(item, str):
        return item
    if isinstance(item, dict):
        for key in ("name", "full_name", "fullname", "fullName", "author"):
            if isinstance(item.get(key), str):
                return str(item[key])
        parts = [item.get(key) for key in ("first", "given", "firstName", "last", "family", "lastName")]
        return " ".join(part for part in parts if isinstance(part, str))
    return ""


def _entry(found: _Found) -> JsonEntry:
    title = found.title or next(iter(found.titles.values()))
    texts = {name: text for name, text in [*found.titles.items(), *found.texts.items()] if text != title}
    sections = {
        (name := clean_line(key)[:60] or SUMMARY): Section(name, text, 1) for key, text in texts.items()
    }
    return JsonEntry(found.key, title[:300].rstrip(), 1, found.fields, tuple(sections.values()))


def _with_lines(entries: list[JsonEntry], text: str) -> list[JsonEntry]:
    """The entries with the lines on which their ids stand, searched in order."""
    at, line, placed, misses = 0, 1, [], 0
    for entry in entries:
        where = text.find(entry.key.rpartition("/")[2], at) if misses < _MISSES else -1
        misses += where < 0
        if where >= 0:
            line += text.count("\n", at, where)
            at = where
        sections = tuple(Section(s.name, s.text, line) for s in entry.sections)
        placed.append(JsonEntry(entry.key, entry.title, line, entry.fields, sections))
    return placed
