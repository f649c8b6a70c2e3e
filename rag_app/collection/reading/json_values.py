"""JSON and JSONL -> values, also those that stand in strings, as JSON or as Python writes them.

Knows: what may be parsed without harm: sizes, depths. Does not know: papers.
"""

from __future__ import annotations

import ast
import json
import re
from typing import Any

from rag_app.collection.reading.addresses import key_of
from rag_app.text.cleaning import nfc

LONGEST = 64 << 20  # characters of a file
DEEPEST = 60  # brackets within brackets; json gives up at about a thousand
_LONGEST_LITERAL = 400_000
_LONGEST_STRING = 100_000


def looks_like_json(text: str) -> bool:
    """Whether a text can only be JSON or JSONL."""
    begin = text[:200].lstrip()
    return begin[:1] in "[{" and re.match(r"\[\s*(?:[\[{\"\]]|\Z)|\{\s*(?:\"|\}|\Z)", begin) is not None


def strings_with_addresses(text: str) -> str:
    """The strings of a JSON text that hold a paper's address, one below the other: Markdown that a
    script keeps in JSON.
    """
    found: list[str] = []
    for value in parsed(text)[0]:
        stack = [value]
        while stack:
            held = stack.pop()
            if isinstance(held, dict):
                stack.extend(reversed(held.values()))
            elif isinstance(held, list):
                stack.extend(reversed(held))
            elif (
                isinstance(held, str)
                and len(held) < _LONGEST_STRING
                and ("|" in held or "](" in held)
                and key_of(held)
            ):
                found.append(flat(held))
    return "\n".join(found)


def parsed(text: str) -> tuple[list[Any], str]:
    """The values of a JSON text (one) or of the lines of JSONL, and why there are none."""
    if len(text) > LONGEST:
        return [], f"larger than {LONGEST >> 20} MB"
    if _too_deep(text):
        return [], "JSON nested too deeply"
    try:
        return [json.loads(text)], ""
    except (ValueError, RecursionError) as error:
        lines = [line for line in text.split("\n") if line.strip()]
        values = []
        for line in lines:
            try:
                values.append(json.loads(line))
            except (ValueError, RecursionError):
                continue
        usable = [value for value in values if isinstance(value, dict | list)]
        if usable and 2 * len(usable) >= len(lines):
            return usable, ""
        return [], f"broken JSON: {error}"


def _too_deep(text: str) -> bool:
    depth = deepest = 0
    for mark in re.finditer(r"\"(?:[^\"\\]|\\.)*+\"|[\[{]|[\]}]", text, re.DOTALL):
        if mark[0] in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif mark[0] in "]}":
            depth -= 1
    return deepest > DEEPEST


def literal(text: str) -> Any:
    """The object that a string holds, as JSON or as Python writes it; the string itself when it is none."""
    plain = text.strip()
    if not (plain[:1] == "{" and plain[-1:] == "}") or len(plain) > _LONGEST_LITERAL:
        return text
    if re.search(r"(?:[\[{(]\s*+){60}", plain) or sum(map(plain.count, "[{(")) > 20_000:
        return text
    try:
        return json.loads(plain)
    except (ValueError, RecursionError):
        pass
    try:
        return ast.literal_eval(plain)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return text


def flat(held: Any) -> str:
    """The text of a string, or of a list of strings, one a line."""
    if isinstance(held, str):
        text = held
    elif isinstance(held, list) and held and all(isinstance(item, str) for item in held):
        text = "\n".join(held) if any(len(item) > 40 for item in held) else ", ".join(held)
    else:
        return ""
    plain = nfc(text.replace("\r\n", "\n").replace("\r", "\n").replace("\ufeff", "").replace("\0", ""))
    return plain.encode("utf-8", "replace").decode()[:_LONGEST_STRING].strip()
