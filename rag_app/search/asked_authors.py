"""The authors that a question names, in full or by surname.

Knows: how a name of a person is typed, and which author of the collection it is.
Does not know: what is asked of their papers.
"""

from __future__ import annotations

import re

from rag_app.collection.papers import PaperTable, author_key
from rag_app.lang import other_scripts
from rag_app.lang.wording import matched_group
from rag_app.search import patterns
from rag_app.text.dictionaries import is_common
from rag_app.text.spans import after_ending, masked

AUTHOR_WORDS = re.compile(r"[^\W\d_][\w.'’-]*")
GLUED = re.compile(rf"[{other_scripts()}]+$")
OTHER_SPELLING = re.compile(rf"(?:[{other_scripts()}]{{1,5}} ?){{1,3}}\($")
MOST_NAMESAKES = 5  # authors of one surname, any of whom may be meant


def named(text: str, papers: PaperTable) -> tuple[tuple[str, ...], list[tuple[int, int]], str]:
    """(authors of the table that are named in full, their spans, a name asked for as author that is
    not there).
    """
    unmeant = [match.span() for match in patterns.NOT_AUTHOR.finditer(text)]
    text = masked(text, unmeant)
    words = list(AUTHOR_WORDS.finditer(text))
    found, spans, at = [], [*unmeant], 0
    while at < len(words):
        for size in (4, 3, 2):
            if at + size > len(words):
                continue
            span = words[at].start(), words[at + size - 1].end()
            typed = _bare(text[slice(*span)])
            spelling = _author(typed, papers) if _is_person(typed) else ""
            if spelling:
                found.append(spelling)
                spans.append((_before_brackets(text, span[0]), after_ending(text, span[0] + len(typed))))
                at += size - 1
                break
        at += 1
    if found:
        return tuple(found), spans, ""
    asked = patterns.ASKED_AUTHOR.search(text)
    maybe = asked or patterns.MAYBE_AUTHOR.search(text)
    if not maybe:
        return (), [], ""
    typed = _bare(matched_group(maybe))
    close = papers.find_authors(typed, limit=1, cutoff=88)
    if close:
        return (close[0][0],), [*unmeant, maybe.span()], ""
    return ((), [*unmeant, asked.span()], typed) if asked else ((), [], "")


def by_surname(text: str, papers: PaperTable) -> tuple[tuple[str, ...], list[tuple[int, int]]]:
    """(the authors of a surname that papers are asked by, where it is named); none where many have it, or
    where it is a word or a given name, too ("papers by Adam").
    """
    asked = patterns.ASKED_SURNAME.search(text)
    surname = _bare(matched_group(asked)) if asked else ""
    if not asked or is_common(surname.casefold()):
        return (), []
    holding = [name for name in papers.authors_with(surname) if " " in name]
    named = tuple(name for name in holding if name.split()[-1] == surname)
    if len(named) < len(holding) or not 0 < len(named) <= MOST_NAMESAKES:
        return (), []
    return named, [asked.span()]


def _author(typed: str, papers: PaperTable) -> str:
    """The author of that name; one with initials between its words, if there is only one of them."""
    spellings = papers.author_spellings(author_key(typed))
    if spellings:
        return spellings[0]
    words = author_key(typed).split()
    same = [name for name in papers.authors_with(typed) if _without_initials(name) == words]
    return same[0] if len(words) == 2 and len(same) == 1 else ""


def _without_initials(name: str) -> list[str]:
    first, *between, last = author_key(name).split()
    return [first, *(word for word in between if len(word) > 1), last]


def _before_brackets(text: str, at: int) -> int:
    """Where a name begins that is spelled before its brackets too: "허카이밍(Kaiming He)"."""
    other = OTHER_SPELLING.search(text, 0, at)
    return other.start() if other else at


def _bare(name: str) -> str:
    """A name without the "'s" or, where it is in Latin letters, the particle that is written to its end."""
    name = re.sub(r"['’]s$", "", name)
    return GLUED.sub("", name).strip() if re.search(r"[A-Za-z]", name) else name


def _is_person(typed: str) -> bool:
    words = typed.split()
    return len(words) >= 2 and (typed.islower() or all(word[0].isupper() or len(word) <= 3 for word in words))
