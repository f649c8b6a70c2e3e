"""Front matter (YAML between `---`, also hexo's without the first mark, and TOML's `+++` lines) -> fields.

Knows: where front matter ends, and where its values stand in the file. Does not know: what the fields
mean to an entry. Untrusted: read without types, without aliases, up to a size; what cannot be read is
no front matter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml

LONGEST = 40_000  # characters; YAML is slow to scan, and honest front matter has a few hundred
_OPENING = re.compile(r"(?:---|\+\+\+)[ \t]*\n")
_HEXO = re.compile(
    r"(?:[\w-]{1,40}:[^\n]{0,2000}+\n(?:[ \t][^\n]{0,2000}+\n|- [^\n]{0,2000}+\n){0,200}+){2,60}+---[ \t]*\n"
)
_TOML = re.compile(r"^([\w-]{1,40})\s?=\s?(.{1,2000})$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Value:
    """A value of front matter: its text or texts, and where it stands in the file."""

    texts: tuple[str, ...]
    is_list: bool
    start: int
    end: int

    @property
    def text(self) -> str:
        return ", ".join(self.texts)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The values by name, and where the text of the file begins."""

    values: dict[str, Value]
    end: int = 0


NONE = FrontMatter({})


def front_matter(text: str) -> FrontMatter:
    """The front matter that a normalised text begins with; `NONE` when it has none."""
    begin = len(text) - len(text.lstrip("\n"))
    opening = _OPENING.match(text, begin)
    if opening:
        mark = text[opening.start() : opening.start() + 3]
        closing = re.compile(rf"^{re.escape(mark)}[ \t]*$", re.MULTILINE).search(
            text, opening.end(), begin + LONGEST
        )
        if not closing:
            return NONE
        values = (
            _values(text, opening.end(), closing.start())
            if mark == "---"
            else _toml(text, opening.end(), closing.start())
        )
        return FrontMatter(values, min(closing.end() + 1, len(text))) if values else NONE
    hexo = _HEXO.match(text, begin, begin + LONGEST)
    if hexo and (values := _values(text, begin, text.rfind("---", begin, hexo.end()))):
        return FrontMatter(values, hexo.end())
    return NONE


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    """Nodes without aliases, so that nothing can grow."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("an alias")
        return super().compose_node(parent, index)


def _values(text: str, start: int, end: int) -> dict[str, Value]:
    """The fields of a YAML mapping; an empty dict when it is none."""
    raw = text[start:end]
    try:
        node = _Loader(
            raw.replace("\t", "    ") if "\t" in raw and _tabs_indent(raw) else raw
        ).get_single_node()
    except (yaml.YAMLError, RecursionError, ValueError):
        return _plain(text, start, end)
    if not isinstance(node, yaml.MappingNode):
        return {}
    found: dict[str, Value] = {}
    for key, value in node.value:
        if isinstance(key, yaml.ScalarNode) and (texts := _texts(value)):
            is_list = isinstance(value, yaml.SequenceNode)
            found.setdefault(
                str(key.value),
                Value(texts, is_list, start + value.start_mark.index, start + value.end_mark.index),
            )
    return found


def _tabs_indent(raw: str) -> bool:
    return re.search(r"^\t", raw, re.MULTILINE) is not None


def _texts(node: yaml.Node) -> tuple[str, ...]:
    """The strings of a value, of a list of strings, or of a list of names ("- name: ...")."""
    if isinstance(node, yaml.ScalarNode):
        return (str(node.value),) if node.value else ()
    if isinstance(node, yaml.SequenceNode):
        return tuple(text for item in node.value for text in _one(item))
    return ()


def _one(item: yaml.Node) -> tuple[str, ...]:
    if isinstance(item, yaml.ScalarNode):
        return (str(item.value),)
    if isinstance(item, yaml.MappingNode):
        return tuple(
            str(v.value)
            for k, v in item.value
            if isinstance(v, yaml.ScalarNode) and k.value in ("name", "author", "full_name")
        )
    return ()


_LINE = re.compile(r"^([\w -]{1,40}):[ \t]+(\S[^\n]{0,4000}?)[ \t]*$", re.MULTILINE)


def _plain(text: str, start: int, end: int) -> dict[str, Value]:
    """`name: value` lines, where YAML was written with a slip ("title: A: B")."""
    return {
        found[1]: Value((found[2].strip("'\""),), False, found.start(2), found.end(2))
        for found in _LINE.finditer(text, start, end)
    }


def _toml(text: str, start: int, end: int) -> dict[str, Value]:
    found = {}
    for line in _TOML.finditer(text, start, end):
        raw = line[2].strip()
        listed = re.findall(r"[\"']([^\"']{1,400})[\"']", raw) if raw.startswith("[") else []
        texts = tuple(listed) if raw.startswith("[") else (raw.strip("\"'"),)
        if texts and texts[0]:
            found[line[1]] = Value(texts, bool(listed), line.start(2), line.end(2))
    return found
