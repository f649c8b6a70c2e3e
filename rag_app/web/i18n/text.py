"""The texts of the page by language, and the wordings that depend on a value.

Knows: which languages there are. Does not know: streamlit, or where a text appears. Texts are
Markdown; values put into them by `format` must be escaped by the caller.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from rag_app.progress import Stage
from rag_app.records import Why
from rag_app.web.i18n.english import ENGLISH
from rag_app.web.i18n.korean import KOREAN

Words = Mapping[str, str]

LANGUAGES = {"en": "English", "ko": "한국어"}
WORDS: Mapping[str, Words] = {"en": ENGLISH, "ko": KOREAN}
_COUNTED = re.compile(r"([\d/]+) (thread|layer)s?")


def words_for(language: str) -> Words:
    """The texts beside an answer in `language`: the page speaks fewer languages than answers do."""
    return WORDS.get(language, ENGLISH)


def stage(words: Words, name: str) -> str:
    """The wording of a stage; those without one of their own are the building of the index."""
    key = f"stage_{name.name.lower()}" if isinstance(name, Stage) else ""
    return words.get(key, words["stage_building"])


def reason(words: Words, why: Why) -> str:
    """The wording of one of `Hit.why`."""
    return words[f"why_{why.reason}"].format(rank=why.place)


def votes(words: Words, count: int | None) -> str:
    """A vote count; unknown is not zero."""
    if count is None:
        return words["votes_unknown"]
    return words["votes_one" if count == 1 else "votes"].format(n=count)


def device(words: Words, name: str) -> str:
    """Where a model runs, as the engine names it: "CPU, 2 threads", "RTX, 28/28 layers"; a server's stays."""
    where, _, count = name.rpartition(", ")
    found = _COUNTED.fullmatch(count)
    if not where or not found:
        return name
    one = "_one" if found[1] == "1" else ""
    return f"{where} · {words[f'device_{found[2]}{one}'].format(n=found[1])}"


def span(words: Words, first: str, last: str) -> str:
    """From one day to another; the day alone where both are the same, nothing where none is known."""
    return words["span"].format(first=first, last=last) if first != last else last


def size(count: int) -> str:
    """Bytes for people, in decimal units as disks are sold."""
    return f"{count / 1e9:.2f} GB" if count >= 1e8 else f"{count / 1e6:.1f} MB"
